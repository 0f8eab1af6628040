"""The journal port on a table of SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from parrot.adapters.sql.faults import named, translated
from parrot.adapters.sql.lease import Lease, take
from parrot.adapters.sql.sessions import reading
from parrot.adapters.sql.tables import ENTRIES, JOURNALS, octets
from parrot.kernel.errors import DataError, StorageError
from parrot.ports.journal import EMPTY_DIGEST, Head, chain

_PAGE: Final = 2_000
_FIX: Final = "keep the database as it is, and bring it back from a copy"


class SqlJournal:
    """The journal `name` in a database that `open_sqlite` or `open_postgres` opened, over a connection of its own.

    One process owns it at a time; `takes_over` opens it although another holds the lease, and that one is refused at
    its next commit. With `writes` False it only reads, beside an owner. Raises InputError when it is in use, DataError
    when its end is damaged, StorageError when the database fails.
    """

    def __init__(self, engine: Engine, name: str = "main", *, writes: bool = True, takes_over: bool = False) -> None:
        self.name = name
        self._place = f"journal {name} in {engine.url.database}"
        self._broken = "" if writes else "it was opened for reading"
        self._token = 0
        self._lease: Lease | None = None
        self._engine = engine
        self._ours = ENTRIES.c.journal == name
        self._connection: Connection | None = None
        try:
            with named(self._place):
                self._head = self._open(writes, takes_over)
        except BaseException:
            self.close()
            raise

    def head(self) -> Head:
        """The last entry that is durable."""
        return self._head if self._lease else self._stored()

    def append(self, bodies: Sequence[bytes]) -> Head:
        """Adds a batch and returns when it is durable; after an error the journal takes no more."""
        connection = self._connection
        if self._broken or connection is None:
            raise StorageError(f"{self._place} takes no more: {self._broken}", fix="mend that, then open it anew")
        if not bodies:
            return self._head
        rows = self._rows(bodies)
        try:
            with connection.begin():
                self._move_head(connection, rows[-1])
                connection.execute(insert(ENTRIES), rows)
        except (SQLAlchemyError, StorageError) as fault:
            error = translated(self._place, fault) if isinstance(fault, SQLAlchemyError) else fault
            self._broken = error.problem.removeprefix(f"{self._place}: ")
            raise error from fault
        self._head = Head(rows[-1]["seq"], rows[-1]["digest"])
        return self._head

    def read(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Entries behind number `after`; raises DataError where the chain does not hold."""
        head = self.head()
        last = Head(after, self._digest(after)) if after < head.seq else head
        while last.seq < head.seq:
            rows = self._page(last.seq, head.seq)
            if not rows:
                raise DataError(f"{self._place}: entry {last.seq + 1} is missing", fix=_FIX)
            for seq, digest, body in rows:
                flaw = _flaw(last, seq, digest, body)
                if flaw:
                    raise DataError(f"{self._place}: {flaw}", expected="every entry as it was written", fix=_FIX)
                last = Head(seq, octets(digest))
                yield seq, octets(body)

    def verify(self) -> list[str]:
        """Every entry, the head, and SQLite's own pages: what is altered, missing or added, one text each."""
        try:
            with named(self._place):
                return [*self._pages(), *self._entries()]
        except DataError as damage:
            return [str(damage)]

    def close(self) -> None:
        """Lets go of the lease and the connection."""
        self._broken = self._broken or "it was closed"
        if self._connection is not None:
            with suppress(SQLAlchemyError):  # a connection that is broken is gone already
                self._connection.invalidate()  # not back into the pool: the session's end is the lease's
                self._connection.close()
        if self._lease is not None:
            self._lease.close()
        self._connection = self._lease = None

    # -- opening -----------------------------------------------------------------------------------------------------

    def _open(self, writes: bool, takes_over: bool) -> Head:
        if writes:
            self._connection = self._engine.connect()
            self._lease = take(self._connection, self.name, takes_over=takes_over)
            self._token = self._take_token(self._connection)
        head = self._stored()
        if self._digest(head.seq) != head.digest or self._beyond(head.seq):
            raise DataError(
                f"{self._place}: its end is not where its head says, entry {head.seq}",
                expected="every entry as it was written",
                fix=_FIX,
            )
        return head

    def _take_token(self, connection: Connection) -> int:
        mine = JOURNALS.c.name == self.name
        with connection.begin():
            found = connection.execute(update(JOURNALS).where(mine).values(token=JOURNALS.c.token + 1))
            if not found.rowcount:
                values = {"name": self.name, "seq": 0, "digest": EMPTY_DIGEST, "token": 1}
                connection.execute(insert(JOURNALS), values)
            return int(connection.execute(select(JOURNALS.c.token).where(mine)).scalar_one())

    # -- writing -----------------------------------------------------------------------------------------------------

    def _rows(self, bodies: Sequence[bytes]) -> list[dict[str, Any]]:
        rows, digest = [], self._head.digest
        for seq, body in enumerate(bodies, self._head.seq + 1):
            digest = chain(digest, seq, body)
            rows.append({"journal": self.name, "seq": seq, "digest": digest, "body": bytes(body)})
        return rows

    def _move_head(self, connection: Connection, row: dict[str, Any]) -> None:
        ours = (JOURNALS.c.name == self.name) & (JOURNALS.c.token == self._token) & (JOURNALS.c.seq == self._head.seq)
        moved = connection.execute(update(JOURNALS).where(ours).values(seq=row["seq"], digest=row["digest"]))
        if moved.rowcount != 1:
            raise StorageError(
                f"{self._place} has another owner since; this one is fenced", fix="see who runs, and stop this one"
            )

    # -- reading -----------------------------------------------------------------------------------------------------

    def _select(self, statement: Select[Any]) -> Sequence[Any]:
        with reading(self._engine, self._place) as connection:
            return connection.execute(statement).all()

    def _stored(self) -> Head:
        found = self._select(select(JOURNALS.c.seq, JOURNALS.c.digest).where(JOURNALS.c.name == self.name))
        return Head(found[0][0], octets(found[0][1])) if found else Head(0, EMPTY_DIGEST)

    def _digest(self, seq: int) -> bytes:
        """The digest that is stored with entry `seq`; of none when it is not there."""
        found = self._select(select(ENTRIES.c.digest).where(self._ours, ENTRIES.c.seq == seq)) if seq else []
        return octets(found[0][0]) if found else EMPTY_DIGEST

    def _beyond(self, seq: int) -> int:
        outside = (ENTRIES.c.seq > seq) | (ENTRIES.c.seq < 1)
        return int(self._select(select(func.count()).select_from(ENTRIES).where(self._ours, outside))[0][0])

    def _page(self, after: int, last: int) -> Sequence[Any]:
        """A stretch of numbers: a LIMIT would let the server sort all that is left, page after page."""
        between = (ENTRIES.c.seq > after) & (ENTRIES.c.seq <= min(after + _PAGE, last))
        rows = select(ENTRIES.c.seq, ENTRIES.c.digest, ENTRIES.c.body).where(self._ours, between)
        return self._select(rows.order_by(ENTRIES.c.seq))

    def _pages(self) -> list[str]:
        if self._engine.dialect.name != "sqlite":
            return []
        with reading(self._engine, self._place) as connection:
            found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        return [f"{self._place}: {text}" for text in found if text != "ok"]

    def _entries(self) -> list[str]:
        head, problems = self._stored(), []
        last = Head(0, EMPTY_DIGEST)
        for after in range(0, head.seq, _PAGE):
            for seq, digest, body in self._page(after, head.seq):
                flaw = _flaw(last, seq, digest, body)
                problems += [f"{self._place}: {flaw}"] if flaw else []
                last = Head(seq, octets(digest))
        if last != head:
            problems.append(f"{self._place}: it ends at entry {last.seq}, its head says {head.seq}")
        added = self._beyond(head.seq)
        return problems + ([f"{self._place}: {added} entries are outside 1 to {head.seq}: added"] if added else [])


def _flaw(last: Head, seq: object, digest: object, body: object) -> str:
    if not isinstance(seq, int):
        return f"the number of the entry behind {last.seq} is altered"
    if seq != last.seq + 1:
        return f"entries {last.seq + 1} to {seq - 1} are missing"
    whole = isinstance(body, bytes | memoryview) and chain(last.digest, seq, body) == octets(digest)
    return "" if whole else f"entry {seq} is altered"

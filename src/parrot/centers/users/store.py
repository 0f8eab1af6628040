"""Everything that is kept of users: in memory for reading, and in the records port before anything binds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from parrot.contracts.message import Message
from parrot.contracts.users import (
    ActWaiting,
    ApiKey,
    Link,
    Passkey,
    Person,
    Proofs,
    SealingKey,
    Session,
    Team,
)
from parrot.kernel.errors import MissingError, ParrotError
from parrot.ports.records import Records

KINDS: Final[tuple[type[Message], ...]] = (
    *(Person, Proofs, SealingKey, Passkey, Session, ApiKey, Team, Link, ActWaiting),
)
_PAGE: Final = 1_000
_DIGITS: Final = 15
R = TypeVar("R", bound=Message)
Sink = Callable[[ActWaiting], None]


class Change:
    """What one transaction changes; reading sees it at once, others when it is durable."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.puts: dict[tuple[type[Message], str], Message | None] = {}
        self.ended: set[str] = set()

    def get(self, kind: type[R], key: str) -> R | None:
        """The record as this change leaves it."""
        if (kind, key) in self.puts:
            found: Any = self.puts[kind, key]
            return found  # type: ignore[no-any-return]  # kept under its own type
        return self._store.get(kind, key)

    def put(self, key: str, record: Message) -> None:
        """Keeps a record."""
        self.puts[type(record), key] = record

    def drop(self, kind: type[Message], key: str) -> None:
        """Lets go of a record."""
        self.puts[kind, key] = None

    def note(self, who: str, what: str, *, ts: int, **about: str) -> None:
        """Notes an act for the audit log, durable together with the change."""
        self.put(self._store.next_act(), ActWaiting(ts=ts, who=who, what=what, about=about))

    def tell(self, user: str) -> None:
        """Has those who watch hear that rights or sessions of a user changed."""
        self.ended.add(user)


class Store:
    """Records by kind and key. Reading takes no lock; changes follow one another.

    `sink` takes acts into the audit log; what it cannot take stays here until it can. Raises StorageError, DataError.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._lock = threading.RLock()
        self._open: Change | None = None
        self._kept: dict[type[Message], dict[str, Any]] = {kind: self._read(kind) for kind in KINDS}
        self._acts = max((int(key) for key in self._kept[ActWaiting]), default=0)
        self.sink: Sink | None = None
        self.watchers: list[Callable[[str], None]] = []

    def get(self, kind: type[R], key: str) -> R | None:
        """A record, None where there is none."""
        found: R | None = self._kept[kind].get(key)
        return found

    def all(self, kind: type[R]) -> Mapping[str, R]:
        """All of a kind as they are now."""
        return dict(self._kept[kind])

    @contextmanager
    def change(self) -> Iterator[Change]:
        """A transaction for the block of a `with`: durable when it ends well, nothing when it raises."""
        with self._lock:
            if self._open is not None:
                yield self._open
                return
            change = self._open = Change(self)
            try:
                yield change
                self._keep(change)
            finally:
                self._open = None
            self.flush()
        for user in change.ended:
            for told in self.watchers:
                told(user)

    @property
    def now_open(self) -> Change | None:
        """The change that is going on in this thread's block, None outside of one."""
        return self._open

    def next_act(self) -> str:
        """The key of the next act: they stay in their order."""
        self._acts += 1
        return f"{self._acts:0{_DIGITS}d}"

    def flush(self) -> None:
        """Hands acts that wait to the audit log."""
        with self._lock:
            waiting = sorted(self._kept[ActWaiting].items())
            done = []
            for key, act in waiting if self.sink is not None else ():
                try:
                    self.sink(act)  # type: ignore[misc]  # looked at above
                except (ParrotError, TimeoutError):
                    break  # it is kept, and comes with the next
                done.append(key)
            if done:
                change = Change(self)
                for key in done:
                    change.drop(ActWaiting, key)
                self._keep(change)

    def _keep(self, change: Change) -> None:
        if not change.puts:
            return
        self._require_there(change)
        with self._records.work() as work:
            for (kind, key), record in change.puts.items():
                if record is None:
                    work.drop(kind, key)
                else:
                    work.put(key, record)
        for (kind, key), record in change.puts.items():
            kept = dict(self._kept[kind])  # readers hold the one before
            if record is None:
                kept.pop(key, None)
            else:
                kept[key] = record
            self._kept[kind] = kept

    def _require_there(self, change: Change) -> None:
        """Raises MissingError for what would bring back who is erased: it was begun before that, and ends after."""
        for record in change.puts.values():
            if isinstance(record, Person):
                before, there = self.get(Person, record.id), not record.erased
            else:
                before, there = change.get(Person, getattr(record, "user", "")), record is not None
            if there and before is not None and before.erased:
                raise MissingError("this user is erased")

    def _read(self, kind: type[R]) -> dict[str, R]:
        found: dict[str, R] = {}
        after = ""
        while True:
            page = self._records.scan(kind, after, _PAGE)
            found.update(page)
            if len(page) < _PAGE:
                return found
            after = page[-1][0]

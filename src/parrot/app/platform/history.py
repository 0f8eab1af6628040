"""The history beside a running desk: it follows in a thread of its own, and is never in the way of trading."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

import structlog

from parrot.adapters.history import SqliteHistory, SqliteHistoryReader
from parrot.app.desk import decode, encode
from parrot.centers.history import manifest as history
from parrot.contracts.message import Entry
from parrot.kernel.errors import DataError, ParrotError
from parrot.ports.history import HistoryReader, HistoryStore

_WAITING_MOST: Final = 4_096  # batches; what does not fit is read from the journal
_EACH_S: Final = 0.05
_STRETCH: Final = 32  # entries that are folded in one go: half a millisecond of the interpreter
_PAUSE_S: Final = 0.001
_PATIENCE_S: Final = 0.5
_AGAIN_S: Final = 1.0
_LATEST_STOP_S: Final = 10.0
_T = TypeVar("_T")

Read = Callable[[int], Iterable[tuple[int, bytes]]]


class History:
    """Keeps the store up with the desk. `heard` is a watcher of the desk: it takes a reference and does nothing else.

    `open_store` is called in its thread. `read` gives the journal's entries behind a number, for the beginning and for
    what `heard` had no room for; it ends at `seq` now. When the store cannot be opened or written it stands still, says
    so in the log, and tries again; the desk does not notice.
    """

    def __init__(self, open_store: Callable[[], HistoryStore], reader: HistoryReader, read: Read, seq: int) -> None:
        self.told = seq  # the last entry that is durable
        self.reader = reader
        self._open_store = open_store
        self._read = read
        self._fold = history.build()
        self._waiting: deque[Sequence[Entry]] = deque(maxlen=_WAITING_MOST)
        self._written = threading.Condition()
        self._wanted = threading.Event()
        self._over = False
        self._seq = -1  # before it has begun
        self._hopes: list[tuple[int, Callable[[], object]]] = []
        self._thread = threading.Thread(target=self._run, name="history", daemon=True)

    async def settled(self, patience_s: float = _PATIENCE_S) -> bool:
        """The same as `settle` for who must not stand still."""
        seq = self.told
        if self._seq >= seq:
            return True
        loop = asyncio.get_running_loop()
        reached = loop.create_future()

        def tell() -> None:
            if not reached.done():
                reached.set_result(None)

        with self._written:
            if self._seq >= seq:
                return True
            self._hopes.append((seq, lambda: loop.call_soon_threadsafe(tell)))
        self._wanted.set()
        return bool((await asyncio.wait({reached}, timeout=patience_s))[0])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        """Writes what waits and lets go."""
        self._over = True
        self._wanted.set()
        self._thread.join(_LATEST_STOP_S)

    def heard(self, entries: Sequence[Entry]) -> None:
        """Takes what was committed; costs the trading thread an append."""
        self._waiting.append(entries)
        self.told = entries[-1].seq

    @property
    def behind(self) -> int:
        """How many entries are durable and not in it yet."""
        return max(self.told - self._seq, 0)

    def settle(self, patience_s: float = _PATIENCE_S) -> bool:
        """Waits until all that is durable now is in it: who was answered finds what they did. False after patience."""
        seq = self.told
        if self._seq >= seq:
            return True
        self._wanted.set()
        with self._written:
            return self._written.wait_for(lambda: self._seq >= seq or self._over, patience_s)

    def _run(self) -> None:
        log, said = structlog.get_logger("parrot.history"), ""
        while True:
            try:
                with contextlib.closing(self._open_store()) as store:
                    self._follow(store)
                    return
            except ParrotError as fault:
                if str(fault) != said:
                    log.warning("the history stands still", reason=(said := str(fault)))
            if self._over:
                return
            self._wanted.wait(_AGAIN_S)
            self._wanted.clear()

    def _follow(self, store: HistoryStore) -> None:
        self._begin(store)
        while True:
            over = self._over
            self._drain()
            if over:
                return
            self._wanted.wait(_EACH_S)
            self._wanted.clear()

    def _begin(self, store: HistoryStore) -> None:
        """Goes on where the store ends, or begins anew where that is no place in this journal."""
        seq = store.seq
        if seq and (seq > self.told or _mark(next(iter(self._read(seq - 1)))[1]) != store.mark):
            store.clear()
            seq = 0
        self._store, self._fold = store, history.build(store.live(), store.order)
        self._reached(seq)

    def _drain(self) -> None:
        entries: list[Entry] = []
        for _ in range(len(self._waiting)):
            batch, last = self._waiting.popleft(), entries[-1].seq if entries else self._seq
            if batch[0].seq > last + 1:
                break  # one made room for a newer one: the journal has it
            entries += [entry for entry in batch if entry.seq > last]
        for stretch in _stretches(entries, _STRETCH):
            self._write(stretch)
        if self._seq < self.told and not self._waiting:
            self._catch_up()

    def _catch_up(self) -> None:
        for stretch in _stretches(self._read(self._seq), _STRETCH):
            self._write([decode(body) for _, body in stretch])
            if self._over:
                return
            self._pause()

    def _pause(self) -> None:
        """Lets the thread that trades have its turn."""
        threading.Event().wait(_PAUSE_S)

    def _write(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        if entries[0].seq != self._seq + 1:
            raise DataError(f"the history ends at {self._seq} and was given {entries[0].seq}", expected="no gap")
        last = entries[-1]
        self._store.write(self._fold.take(entries), last.seq, _mark(encode(last)))
        self._reached(last.seq)

    def _reached(self, seq: int) -> None:
        with self._written:
            self._seq = seq
            self._written.notify_all()
            told = [tell for wanted, tell in self._hopes if wanted <= seq]
            self._hopes = [(wanted, tell) for wanted, tell in self._hopes if wanted > seq]
        for tell in told:
            with contextlib.suppress(RuntimeError):  # whoever hoped has gone with its loop
                tell()


def history_of(path: Path, read: Read, seq: int) -> History:
    """The history in `path` of a journal that ends at `seq`."""
    return History(lambda: SqliteHistory(path, history.VERSION), SqliteHistoryReader(path), read, seq)


def _mark(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


def _stretches(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    found = iter(items)
    while stretch := list(islice(found, size)):
        yield stretch

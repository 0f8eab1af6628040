"""One transaction after another: decide, fold, journal, and only then let anything leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, get_args

import msgspec

from parrot.app.desk.lines import canonical, decode, digest, encode
from parrot.contracts.message import Entry
from parrot.contracts.venue import Request
from parrot.kernel.errors import DataError
from parrot.ports.component import Component
from parrot.ports.journal import Head, Journal, Snapshots, chain

_REQUESTS: frozenset[type] = frozenset(get_args(Request))

Watcher = Callable[[Sequence[Entry]], None]


class Desk:
    """The single writer of an account; synchronous, without a clock.

    `take` decides and folds, `commit` makes durable and then lets requests leave through `send` and tells `watchers`.
    Several messages may be taken before one commit. When the journal fails, the desk is over: nothing of the batch has
    left, and the process has to start again from what the journal holds. `seq` and `ts` (ns UTC) are of the last entry.
    """

    def __init__(
        self,
        components: Sequence[Component],
        journal: Journal,
        send: Callable[[Any], None],
        *,
        snapshots: Snapshots | None = None,
    ) -> None:
        self.seq = 0
        self.ts = 0
        self.watchers: list[Watcher] = []
        self._components = tuple(components)
        self._journal = journal
        self._send = send
        self._snapshots = snapshots
        self._receives = _table(components, "receives")
        self._answers = _table(components, "answers")
        self._follows = _table(components, "follows")
        self._batch: list[Entry] = []
        self._requests: list[Any] = []

    def recover(self) -> int:
        """Folds the newest snapshot and every entry behind it; returns how many entries were replayed.

        A desk that was given a state by `load` goes on from there. Raises DataError when the journal is damaged or of
        another version.
        """
        after = self.seq or self._restore()
        replayed = 0
        for seq, body in self._journal.read(after):
            entry = decode(body)
            if entry.seq != seq:
                raise DataError(f"entry {seq} of the journal calls itself {entry.seq}", fix="run `parrot verify`")
            self.seq, self.ts = seq, entry.ts
            self._fold(entry)
            replayed += 1
        return replayed

    def take(self, message: Any, now: int) -> list[Entry]:
        """Decides on one command, report or tick; returns the entries that follow, not durable yet."""
        begin = len(self._batch)
        for receive in self._receives.get(type(message), ()):
            self._settle(list(receive(message, now)), 0, now)
        return self._batch[begin:]

    def commit(self) -> list[Entry]:
        """Makes what was taken durable, lets requests leave, tells the watchers. Raises StorageError."""
        batch, requests = self._batch, self._requests
        self._batch, self._requests = [], []
        if batch:
            self._journal.append([encode(entry) for entry in batch])
        for request in requests:
            self._send(request)
        if batch:
            for watcher in self.watchers:
                watcher(batch)
        return batch

    def state(self) -> bytes:
        """The canonical state of all components."""
        return canonical(
            {"seq": self.seq, "ts": self.ts, "parts": {part.name: part.state() for part in self._components}}
        )

    def hash(self) -> str:
        """The hash of the state: equal for live, rebuilt, and snapshot with tail (I13)."""
        return digest(self.state())

    def save_snapshot(self) -> None:
        """Keeps the state as of the last commit; only between transactions."""
        if self._snapshots is not None and not self._batch:
            self._snapshots.save(self._journal.head(), self.state())

    def _restore(self) -> int:
        found = self._snapshots.newest() if self._snapshots is not None else None
        if found is None or not self._leads_here(found[0]):
            return 0  # a snapshot of another journal, or none: everything is replayed
        head, state = found
        self.load(head, state)
        return head.seq

    def _leads_here(self, place: Head) -> bool:
        """Whether the chain goes on from `place` to the end of the journal: only then is it a place in this one."""
        end, digest = self._journal.head(), place.digest
        if place.seq > end.seq:
            return False
        for seq, body in self._journal.read(place.seq):
            digest = chain(digest, seq, body)
        return digest == end.digest

    def load(self, head: Head, state: bytes) -> None:
        """Takes the state of a snapshot as of `head`."""
        found = msgspec.msgpack.decode(state)
        for part in self._components:
            part.load(found["parts"][part.name])
        self.seq, self.ts = head.seq, found["ts"]

    def _settle(self, items: Sequence[Any], cause: int, now: int) -> None:
        """Takes items in order, all that follows from one before the next: a check always sees what came before it."""
        for item in items:
            if type(item) in _REQUESTS:
                self._requests.append(item)
                continue
            self.seq += 1
            self.ts = now
            entry = Entry(self.seq, now, cause, item)
            self._batch.append(entry)
            self._fold(entry)
            for answer in self._answers.get(type(item), ()):
                self._settle(list(answer(entry, now)), entry.seq, now)

    def _fold(self, entry: Entry) -> None:
        for follow in self._follows.get(type(entry.record), ()):
            follow(entry)


def _table(components: Sequence[Component], what: str) -> dict[type, tuple[Callable[..., Any], ...]]:
    """For each kind of message the methods of all components, in their order."""
    found: dict[type, list[Callable[..., Any]]] = {}
    for part in components:
        for kind, method in getattr(part, what).items():
            found.setdefault(kind, []).append(method)
    return {kind: tuple(methods) for kind, methods in found.items()}

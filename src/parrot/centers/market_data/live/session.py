"""A session's market data in a journal of its own: written as it was handed over, read back the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from parrot.centers.market_data.live.service import Flow
from parrot.contracts.listing import Listing
from parrot.contracts.message import Message
from parrot.contracts.sessions import MarketBatch, SessionClosed, SessionOpened, decoder, encoder
from parrot.kernel.errors import DataError
from parrot.ports.journal import Journal

EVERY: Final = 50_000_000  # ns
MOST: Final = 10_000  # messages


class SessionRecorder:
    """Writes flows to a journal, a batch of them at a time: after `every` ns or `most` messages, whichever is first.

    What a loss of power takes is at most one such batch; whatever was written before stays whole.
    """

    def __init__(self, journal: Journal, opened: SessionOpened, *, every: int = EVERY, most: int = MOST) -> None:
        self.written = 0
        self._journal = journal
        self._encode = encoder().encode
        self._every = every
        self._most = most
        self._since = opened.ts
        self._bodies: list[bytes] = []
        self._waiting = 0
        if journal.head().seq:
            raise DataError("the journal holds a session already", expected="an empty journal", fix="name another one")
        self.note(opened)
        self.flush(opened.ts)

    def __len__(self) -> int:
        """Messages that are not written yet."""
        return self._waiting

    def take(self, flow: Flow, now: int) -> None:
        """Takes what was handed over at `now`: messages, then quotes for the desk, then what was kept back."""
        self.put([*flow.messages, *flow.quoted, *flow.quarantined], now)

    def put(self, messages: Sequence[Any], now: int) -> None:
        """Takes messages that were handed over at `now`, in that order; none is fine."""
        if messages:
            self._bodies.append(self._encode(MarketBatch(now=now, messages=list(messages))))
            self._waiting += len(messages)
        if self._bodies and (self._waiting >= self._most or now - self._since >= self._every):
            self.flush(now)

    def note(self, message: Message) -> None:
        """Adds an entry of another kind, which a reader must know by its type."""
        self._bodies.append(self._encode(message))

    def flush(self, now: int) -> None:
        """Writes what waits; returns when it is durable. Raises StorageError when the journal cannot."""
        if self._bodies:
            self._journal.append(self._bodies)
            self.written += self._waiting
            self._bodies, self._waiting = [], 0
        self._since = now

    def close(self, now: int) -> None:
        """Ends the session in good order; the journal stays open."""
        self.note(SessionClosed(ts=now))
        self.flush(now)


def opened(session: str, venue: str, listings: Sequence[Listing], now: int, note: str = "") -> SessionOpened:
    """The first entry of a session."""
    return SessionOpened(session=session, venue=venue, ts=now, listings=list(listings), note=note)


@dataclass(slots=True)
class Session:
    """A recorded session as it is read; `closed` is known when all entries were read."""

    opened: SessionOpened
    closed: bool
    _journal: Journal
    _decoder: msgspec.msgpack.Decoder[Any]

    def entries(self) -> Iterator[Any]:
        """All entries behind the first, in order: MarketBatch and whatever other kinds it was opened with."""
        for _, body in self._journal.read(1):
            entry = _decoded(self._decoder, body)
            if isinstance(entry, SessionClosed):
                self.closed = True
            else:
                yield entry

    def batches(self) -> Iterator[MarketBatch]:
        """The market data alone."""
        return (entry for entry in self.entries() if isinstance(entry, MarketBatch))


def read_session(journal: Journal, *others: type[Message]) -> Session:
    """A recorded session; `others` are further kinds of entries in it.

    Raises DataError when the journal is damaged or holds no session.
    """
    reader = decoder(*others)
    first = next(iter(journal.read()), None)
    entry = _decoded(reader, first[1]) if first else None
    if not isinstance(entry, SessionOpened):
        raise DataError("the journal holds no session", expected="SessionOpened as its first entry")
    return Session(entry, closed=False, _journal=journal, _decoder=reader)


def _decoded(reader: msgspec.msgpack.Decoder[Any], body: bytes) -> Any:
    try:
        return reader.decode(body)
    except msgspec.DecodeError as fault:
        raise DataError(
            f"an entry of the session cannot be read: {fault}", fix="read it with the build that wrote it"
        ) from None

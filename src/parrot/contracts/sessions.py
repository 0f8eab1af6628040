"""What a recorded session holds: the market data of a feed as it was handed over, in order, one journal a session."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from parrot.contracts.commands import Quoted
from parrot.contracts.listing import Listing
from parrot.contracts.message import Message
from parrot.contracts.ticks import (
    BarClosed,
    BarFeatures,
    BookChanged,
    BookSnapshot,
    FeedGap,
    Quarantined,
    QuoteTick,
    TradeTick,
)

Recorded = TradeTick | QuoteTick | BookChanged | BookSnapshot | BarClosed | BarFeatures | FeedGap | Quoted | Quarantined


class SessionOpened(Message, frozen=True, kw_only=True, gc=False):
    """The first entry: whose data these are, and the units of their integers."""

    session: str
    venue: str
    ts: int
    listings: list[Listing]
    note: str = ""


class MarketBatch(Message, frozen=True, kw_only=True, gc=False):
    """What was handed over in one go at `now` (the desk's time, ns UTC), in order."""

    now: int
    messages: list[Recorded]


class SessionClosed(Message, frozen=True, kw_only=True, gc=False):
    """The last entry of a session that ended in good order."""

    ts: int


SessionEntry = SessionOpened | MarketBatch | SessionClosed


def encoder() -> msgspec.msgpack.Encoder:
    """Writes the body of an entry (MessagePack)."""
    return msgspec.msgpack.Encoder()


def decoder(*others: type[Message]) -> msgspec.msgpack.Decoder[Any]:
    """Reads the body of an entry; `others` are more kinds of entries that the writer put into the same journal."""
    kinds: Any = SessionEntry
    for other in _distinct(others):
        kinds = kinds | other
    return msgspec.msgpack.Decoder(kinds)


def _distinct(kinds: Iterable[type[Message]]) -> list[type[Message]]:
    return list(dict.fromkeys(kinds))

"""Market data as it flows live: exact integers in the units of the symbol's listing, times ns UTC.

Prices are in 10^-`price_decimals` of the listing, sizes in 10^-8 base units, as in the engine's columns.
"""

from __future__ import annotations

import msgspec

from parrot.contracts.message import Message


class TradeTick(Message, frozen=True, kw_only=True, gc=False):
    """One public trade; `seq` counts those of a symbol, `side` is 1 for a buying aggressor, -1 selling, 0 unknown."""

    symbol: str
    seq: int
    ts: int
    received: int
    price: int
    size: int
    side: int = 0


class QuoteTick(Message, frozen=True, kw_only=True, gc=False):
    """Best bid and ask; `seq` counts the quotes of a symbol."""

    symbol: str
    seq: int
    ts: int
    received: int
    bid: int
    ask: int
    bid_size: int
    ask_size: int


class BookLevel(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One level: `side` 1 bid, -1 ask; the new size, 0 removes it."""

    side: int
    price: int
    size: int


class BookChanged(Message, frozen=True, kw_only=True, gc=False):
    """Level-2 changes of one message, update ids `first` to `last`; a gap before `first` breaks the book."""

    symbol: str
    first: int
    last: int
    ts: int
    received: int
    levels: list[BookLevel]


class BookSnapshot(Message, frozen=True, kw_only=True, gc=False):
    """A whole book as of update id `last`."""

    symbol: str
    last: int
    ts: int
    received: int
    levels: list[BookLevel]


class BarClosed(Message, frozen=True, kw_only=True, gc=False):
    """A bar that is complete; `kind` is "time", "tick", "volume" or "dollar", `step` its length.

    Lengths are in ns, trades, size or quote units. `ts` is its open time, `close_ts` its close. `made` False where no
    trade fell in it and it repeats the last close; `corrected` where cleaning changed it: the raw one is in the lake.
    `partial` where it may lack trades: the stream began within it, or trades were missed.
    """

    symbol: str
    kind: str
    step: int
    ts: int
    close_ts: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    trades: int
    made: bool = True
    corrected: bool = False
    partial: bool = False


class BarFeatures(Message, frozen=True, kw_only=True, gc=False):
    """What the last `window` bars of a series say at the close `ts` of the newest of them; all plain ratios.

    `change` of the close to the one before; `deviation` of the close's moves, as a share of the close (population);
    `score` of the close: its distance from the mean in standard deviations (population), 0 where there is none;
    `volume_ratio` of the volume to the mean volume, 0 where nothing was traded.
    """

    symbol: str
    kind: str
    step: int
    ts: int
    window: int
    change: float
    deviation: float
    score: float
    volume_ratio: float


class FeedGap(Message, frozen=True, kw_only=True, gc=False):
    """Numbers `first` to `last` of a stream ("trade", "quote" or "book") never came; a book is invalid from here."""

    symbol: str
    kind: str
    first: int
    last: int
    ts: int


class Quarantined(Message, frozen=True, kw_only=True, gc=False):
    """A datum that the gate kept back, with the name of the gate and its numbers."""

    symbol: str
    kind: str
    gate: str
    text: str
    ts: int


Tick = TradeTick | QuoteTick | BookChanged | BookSnapshot

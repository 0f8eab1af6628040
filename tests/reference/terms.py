"""What a case is made of: bars, market terms, script steps, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.reference.exact import UNIT, Number, rate, units

MINUTE = 60_000_000_000
DAY = 1440 * MINUTE
START = 1_577_836_800_000_000_000  # 2020-01-01


@dataclass(frozen=True)
class Bar:
    """One bar in units; `ts` is its open time and `close_ts` its close time, ns."""

    ts: int
    close_ts: int
    open: int
    high: int
    low: int
    close: int
    volume: int


def bars_of(rows, *, step: int = MINUTE, start: int = START) -> list[Bar]:
    """Bars from rows of (open, high, low, close[, volume]), one every `step` ns."""
    made = []
    for index, row in enumerate(rows):
        first, high, low, last = (units(value) for value in row[:4])
        volume = units(row[4]) if len(row) > 4 else 1000 * UNIT
        ts = start + index * step
        made.append(Bar(ts, ts + step, first, high, low, last, volume))
    return made


@dataclass(frozen=True)
class Terms:
    """Market terms as a person writes them; the properties are exact."""

    account: str = "cash"
    maker: Number = "0"
    taker: Number = "0"
    per_unit: Number = "0"
    minimum: Number = "0"
    slippage_bp: Number = "0"
    slippage_ticks: int = 0
    touch: bool = False
    participation: Number | None = None
    bounds: str = "convention"
    initial_margin: Number = "50%"
    maintenance_margin: Number = "25%"
    tick: Number = "0.00000001"
    lot: Number = "0.00000001"
    multiplier: Number = "1"
    kind: str = "spot"

    @property
    def tick_units(self) -> int:
        return units(self.tick)

    @property
    def lot_units(self) -> int:
        return units(self.lot)

    @property
    def touches(self) -> bool:
        return self.touch or self.bounds == "optimistic"

    def fee_rate(self, maker: bool) -> Fraction:
        return rate(self.maker if maker else self.taker)


@dataclass(frozen=True)
class Event:
    """A corporate action or a funding: `kind` is split, dividend or funding, `value` its ratio, amount or rate."""

    kind: str
    symbol: str
    ts: int
    value: Number


@dataclass(frozen=True)
class Step:
    """A decision taken at the close of bar number `bar` of `symbol`."""

    bar: int
    symbol: str
    verb: str
    words: dict = field(default_factory=dict)


def pct(value: Number) -> tuple[str, Number]:
    return ("pct", value)


def distance(value: Number) -> tuple[str, Number]:
    return ("distance", value)


def trailing(value) -> tuple[str, object]:
    return ("trailing", value)


@dataclass
class Order:
    """One order and its life. `quantity` is what is left to fill; `side` is 1 (buy) or -1 (sell); prices are units."""

    id: int
    symbol: str
    side: int
    kind: str
    quantity: int
    limit: Any = None
    trigger: Any = None
    trail: Any = None
    tif: str = "GTC"
    until: Any = None
    post_only: bool = False
    reduce_only: bool = False
    oco: str | None = None
    stop: Any = None
    take: Any = None
    why: str = ""
    role: str = "user"  # user, target (of target and hold), stop, take, liquidation
    status: str = "working"
    reason: str = ""
    filled: int = 0
    arrived: bool = False
    session: int | None = None
    triggered: bool = False
    best: Any = None
    first_price: Any = None
    entry: Any = None  # protection: the fill price that it was made at
    born: str = ""  # protection: "open", "inside" or "late" (in the close tests) while its first open or bar lasts
    type: str = ""  # the kind that it was submitted as; a triggered stop goes on as a market order

    def __post_init__(self) -> None:
        self.type = self.kind

    @property
    def working(self) -> bool:
        return self.status == "working"

    @property
    def rests_as_limit(self) -> bool:
        return self.kind in ("limit", "take-profit") or self.triggered

    @property
    def protects(self) -> bool:
        return self.role in ("stop", "take")

    def end(self, status: str, reason: str = "") -> None:
        self.status, self.reason = status, reason


@dataclass(frozen=True)
class Fill:
    """One fill, in units; `position` is the position after it."""

    ts: int
    evidence_ts: int
    symbol: str
    side: int
    quantity: int
    price: int
    fee: int
    maker: bool
    order_id: int
    position: int


@dataclass
class Outcome:
    """What a run leaves: all fills, all orders, (ts, equity) at every close, cash at the end."""

    fills: list[Fill]
    orders: list[Order]
    equity: list[tuple[int, int]]
    cash: int
    positions: dict[str, int]

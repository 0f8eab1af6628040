"""Markets: terms, quotes, candles, indicators, depth, tape. Amounts are decimal text, times ns UTC."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from parrot.gateway.rest.bodies import Body

Decimals = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", examples=["64213.50"])]
Level = tuple[Decimals, Decimals]


class Quote(Body):
    """The market of one symbol; `change`, `high`, `low` and `volume` (base) count from `since_ns` on, 24 hours at most.

    `ts` is the venue's time of the quote, `received_ns` ours; `valid` False says that it must not be traded on.
    """

    symbol: str
    bid: Decimals | None
    ask: Decimals | None
    bid_size: Decimals | None
    ask_size: Decimals | None
    last: Decimals | None
    ts: int
    received_ns: int
    valid: bool
    change: Decimals | None
    change_percent: Decimals | None
    high: Decimals | None
    low: Decimals | None
    volume: Decimals
    since_ns: int


class Market(Quote):
    """A symbol with the terms of its venue; fees are rates of what is traded, `age_ns` is that of its newest datum."""

    venue: str
    mode: str
    base: str
    quote: str
    tick: Decimals
    lot: Decimals
    min_quantity: Decimals
    max_quantity: Decimals
    min_notional: Decimals
    price_decimals: int
    quantity_decimals: int
    maker_fee: Decimals
    taker_fee: Decimals
    age_ns: int | None


class Markets(Body):
    """Every symbol that may be traded."""

    items: list[Market]


class Candle(Body):
    """One span of time that opens at `ts`; `closed` False while it forms."""

    symbol: str
    ts: int
    open: Decimals
    high: Decimals
    low: Decimals
    close: Decimals
    volume: Decimals
    trades: int
    closed: bool


class Missing(Body):
    """A span without candles, and why."""

    from_ns: int
    to_ns: int
    why: str


class Candles(Body):
    """Candles, oldest first; `next` gives those before them. A span in which nothing was traded has none."""

    symbol: str
    timeframe: str
    items: list[Candle]
    next: str | None
    missing: list[Missing]


class Line(Body):
    """One output of an indicator, a value for each time, null while it warms up."""

    name: str
    values: list[float | None]


class Indicator(Body):
    """One indicator as it was asked for."""

    wanted: str
    name: str
    parameters: list[float]
    on_price: bool
    lines: list[Line]


class Indicators(Body):
    """Indicators over the same candles."""

    symbol: str
    timeframe: str
    ts: list[int]
    items: list[Indicator]


class Parameter(Body):
    """A parameter of an indicator; one with `whole` False takes fractions."""

    name: str
    default: float
    whole: bool


class KnownIndicator(Body):
    """An indicator of the engine; `on_price` says that its lines belong on the chart of prices."""

    name: str
    title: str
    on_price: bool
    parameters: list[Parameter]
    lines: list[str]


class KnownIndicators(Body):
    """All indicators that can be asked for."""

    items: list[KnownIndicator]


class Depth(Body):
    """Both sides of a book as (price, size), best first; `valid` False while it must not be used."""

    symbol: str
    ts: int
    valid: bool
    update_id: int
    bids: list[Level]
    asks: list[Level]


class Print(Body):
    """One trade of the market; `side` is that of who took: buy, sell, or empty where it is unknown."""

    symbol: str
    seq: int
    ts: int
    price: Decimals
    size: Decimals
    side: str


class Tape(Body):
    """The newest trades of a market, newest first."""

    items: list[Print]

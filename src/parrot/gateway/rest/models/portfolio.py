"""The portfolio: worth, positions, the curve, attribution, tax lots. Amounts are decimal text, times ns UTC."""

from __future__ import annotations

from typing import Literal

from parrot.gateway.rest.bodies import Body
from parrot.gateway.rest.models.markets import Decimals


class HeldPosition(Body):
    """A position of the account (`strategy` empty) or of a strategy's book.

    `value` and `share` of equity are in the account's currency, the other amounts in `currency`, the symbol's quote.
    """

    strategy: str
    symbol: str
    currency: str
    quantity: Decimals
    cost: Decimals
    average: Decimals
    mark: Decimals | None
    unrealised: Decimals | None
    realised: Decimals
    fees: dict[str, Decimals]
    value: Decimals | None
    share: Decimals | None


class Balance(Body):
    """One currency of the account; `value` is in the account's currency, null without a price."""

    currency: str
    total: Decimals
    reserved: Decimals
    available: Decimals
    value: Decimals | None


class Today(Body):
    """What the day (UTC) brought; `change` is of equity less what came from outside, null before the first mark."""

    since_ns: int
    start: Decimals | None
    change: Decimals | None
    realised: Decimals
    fees: Decimals


class Portfolio(Body):
    """What the account is worth: equity = deposits + realised + unrealised - fees; profit = equity - deposits."""

    ts: int
    account: str
    currency: str
    equity: Decimals
    deposits: Decimals
    realised: Decimals
    unrealised: Decimals
    fees: Decimals
    profit: Decimals
    unpriced: list[str]
    today: Today
    positions: list[HeldPosition]
    balances: list[Balance]


class CurvePoint(Body):
    """Equity at a time, and how far profit is below its peak (never above 0), also as a share of equity at the peak."""

    ts: int
    equity: Decimals
    deposits: Decimals
    drawdown: Decimals
    drawdown_share: Decimals | None


class EquityCurve(Body):
    """The curve, oldest first; `drawdown` is the deepest."""

    currency: str
    items: list[CurvePoint]
    drawdown: Decimals


class Part(Body):
    """A part of the profit: net = realised + unrealised - fees."""

    name: str
    realised: Decimals
    unrealised: Decimals
    fees: Decimals
    net: Decimals
    fills: int
    turnover: Decimals


class Attribution(Body):
    """Where profit comes from; the parts of each list add up to `whole` exactly. The day "open" is what is open."""

    currency: str
    whole: Part
    by_strategy: list[Part]
    by_symbol: list[Part]
    by_day: list[Part]


class OpenLot(Body):
    """What is left of one opening, at the mark; short lots are negative."""

    symbol: str
    currency: str
    opened: int
    fill: int
    quantity: Decimals
    cost: Decimals
    value: Decimals | None
    gain: Decimals | None
    held_days: int


class ClosedLot(Body):
    """A piece of a lot that was closed: gain = proceeds - cost, both after fees."""

    symbol: str
    currency: str
    opened: int
    closed: int
    opening_fill: int
    closing_fill: int
    quantity: Decimals
    short: bool
    cost: Decimals
    proceeds: Decimals
    gain: Decimals
    held_days: int


class YearGain(Body):
    """What a calendar year (UTC) brought; `long_term` is of what was held for more than a year."""

    year: int
    currency: str
    pieces: int
    proceeds: Decimals
    cost: Decimals
    gain: Decimals
    long_term: Decimals
    short_term: Decimals


class Lots(Body):
    """Open lots and gains by year; `other_fees` are in no basis."""

    method: Literal["fifo", "lifo"]
    open: list[OpenLot]
    closed_count: int
    years: list[YearGain]
    other_fees: dict[str, Decimals]


class ClosedLotPage(Body):
    """Closed lots, newest first."""

    items: list[ClosedLot]
    next: str | None

"""What an account is asked about: balances, positions, profit, worth. Answers, not records; all amounts exact."""

from __future__ import annotations

from decimal import Decimal

import msgspec


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """One currency of an account; `available` = `total` - `reserved`."""

    currency: str
    total: Decimal
    reserved: Decimal
    available: Decimal


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """One symbol of an account, or of one strategy's virtual book; negative quantities are short.

    `cost` is the total cost of what is open, signed as the quantity, in `currency` (the symbol's quote); `average` is
    derived from it and rounded to 12 fraction digits. `mark` and `unrealised` are None while no price is known. `fees`
    are by currency and are not part of `realised`. `strategy` is empty for a whole account.
    """

    strategy: str
    symbol: str
    currency: str
    quantity: Decimal
    cost: Decimal
    average: Decimal
    mark: Decimal | None
    unrealised: Decimal | None
    realised: Decimal
    fees: dict[str, Decimal]


class Profit(msgspec.Struct, frozen=True, kw_only=True):
    """Realised profit and fees of one strategy and symbol on one day (UTC, "2026-11-21"; empty for all days).

    `realised` and `turnover` are in `currency`, the symbol's quote; `fees` by currency.
    """

    day: str
    strategy: str
    symbol: str
    currency: str
    realised: Decimal
    fees: dict[str, Decimal]
    turnover: Decimal
    fills: int


class Worth(msgspec.Struct, frozen=True, kw_only=True):
    """What an account is worth in `currency` at `marks`: equity = deposits + realised + unrealised - fees, exactly.

    `unpriced` are currencies that are held and have no price; they count for nothing.
    """

    account: str
    currency: str
    equity: Decimal
    deposits: Decimal
    realised: Decimal
    unrealised: Decimal
    fees: Decimal
    marks: dict[str, Decimal]
    strategies: dict[str, Decimal]
    unpriced: list[str]


class CurvePoint(msgspec.Struct, frozen=True, array_like=True):
    """Equity at `ts` (ns UTC) in the account's currency; `flow` came in from outside since the point before."""

    ts: int
    equity: Decimal
    flow: Decimal


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the profit, in the account's currency: `net` = `realised` + `unrealised` - `fees`, exactly."""

    name: str
    realised: Decimal
    unrealised: Decimal
    fees: Decimal
    net: Decimal
    fills: int
    turnover: Decimal


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """Where profit comes from; the parts of each list add up to `whole`, to the last digit."""

    currency: str
    whole: Part
    by_strategy: list[Part]
    by_symbol: list[Part]
    by_day: list[Part]

"""Tax lots: what was bought when and for how much, and what each sale of it won. Answers, not records; exact."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import msgspec


class LotMethod(StrEnum):
    """Which lot a sale takes first: the oldest or the newest."""

    FIFO = "fifo"
    LIFO = "lifo"


class LotFill(msgspec.Struct, frozen=True, kw_only=True):
    """A fill as lots are made from it: `quantity` of `symbol` at `price`; amounts of a symbol are in its quote.

    `id` tells it from all others; fills of one time go by it.
    """

    id: int
    ts: int
    symbol: str
    buys: bool
    quantity: Decimal
    price: Decimal
    fee: Decimal = Decimal(0)
    fee_currency: str = ""


class OpenLot(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of one opening; a short lot has negative `quantity` and `cost` (what it brought in).

    `cost` includes the fees of the opening; `value` and `gain` are at the mark, None where there is none.
    """

    symbol: str
    currency: str
    opened: int
    fill: int
    quantity: Decimal
    cost: Decimal
    value: Decimal | None
    gain: Decimal | None
    held_days: int


class ClosedLot(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a lot that was closed: `gain` = `proceeds` - `cost`, both after fees.

    Of a short lot `cost` is what buying it back took and `proceeds` what the sale before brought.
    """

    symbol: str
    currency: str
    opened: int
    closed: int
    opening_fill: int
    closing_fill: int
    quantity: Decimal
    short: bool
    cost: Decimal
    proceeds: Decimal
    gain: Decimal
    held_days: int


class YearGain(msgspec.Struct, frozen=True, kw_only=True):
    """What a calendar year (UTC) brought in one currency; `long_term` is of what was held for more than a year."""

    year: int
    currency: str
    pieces: int
    proceeds: Decimal
    cost: Decimal
    gain: Decimal
    long_term: Decimal
    short_term: Decimal


class Lots(msgspec.Struct, frozen=True, kw_only=True):
    """All lots; `other_fees` were taken in currencies that are not of the symbol, and are in no basis."""

    method: LotMethod
    open: list[OpenLot]
    closed: list[ClosedLot]
    years: list[YearGain]
    other_fees: dict[str, Decimal]

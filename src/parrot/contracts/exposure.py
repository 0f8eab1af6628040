"""What risk is asked about: the use of limits, exposures, what a fall of prices would cost. Answers, not records."""

from __future__ import annotations

from decimal import Decimal

import msgspec


class LimitUse(msgspec.Struct, frozen=True, kw_only=True):
    """One limit of one scope: as it was approved, and what is used of it now.

    `used`, `headroom` and `share` (of the limit, 1 is all) are None where only an order can say it, or a price is
    missing; `unit` is a currency, "base", "orders", "x" for ratios, or empty.
    """

    rule: str
    limit: str
    used: Decimal | None
    headroom: Decimal | None
    share: Decimal | None
    unit: str
    known: bool


class ScopeUse(msgspec.Struct, frozen=True, kw_only=True):
    """One node of the tree with its limits; `kind` is firm, user, account, strategy or symbol."""

    scope: str
    kind: str
    name: str
    version: int
    approver: str
    stopped: str
    open_orders: int
    gross: Decimal | None
    net: Decimal | None
    limits: list[LimitUse]


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """What is held under one name (a symbol, strategy or currency), in the account's currency; `reach` with all orders.

    `long` and `short` are sizes, gross is their sum, net their difference. None where a price is missing.
    """

    name: str
    long: Decimal | None
    short: Decimal | None
    gross: Decimal | None
    net: Decimal | None
    reach: Decimal | None
    share: Decimal | None


class Exposures(msgspec.Struct, frozen=True, kw_only=True):
    """All that is held, in `currency`; shares are of gross."""

    currency: str
    equity: Decimal | None
    gross: Decimal | None
    net: Decimal | None
    reach: Decimal | None
    leverage: Decimal | None
    by_symbol: list[Exposure]
    by_strategy: list[Exposure]
    by_currency: list[Exposure]
    largest: str


class Shock(msgspec.Struct, frozen=True, kw_only=True):
    """What one symbol, or all (empty), would win (negative: lose) when prices move by `move` (-0.1 is 10 % down)."""

    symbol: str
    position: Decimal
    mark: Decimal | None
    move: Decimal
    result: Decimal | None


class Stress(msgspec.Struct, frozen=True, kw_only=True):
    """Shocks in `currency`, each symbol alone, then all together; `of_equity` is the result of all over equity."""

    currency: str
    equity: Decimal | None
    shocks: list[Shock]
    together: list[Shock]
    unpriced: list[str]

"""What a venue lists: the terms of one symbol, and how the venue treats orders."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import msgspec


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """Terms of one symbol at one venue; all amounts exact decimals, the step sizes in price and base units."""

    symbol: str
    base: str
    quote: str
    tick: Decimal
    lot: Decimal
    price_decimals: int
    quantity_decimals: int
    min_quantity: Decimal = Decimal(0)
    max_quantity: Decimal = Decimal("1e12")
    min_notional: Decimal = Decimal(0)
    maker_fee: Decimal = Decimal(0)
    taker_fee: Decimal = Decimal(0)


class IdScope(StrEnum):
    """How long a venue keeps client ids apart: among open orders only, or for ever."""

    OPEN = "open"
    FOREVER = "forever"


class Amends(StrEnum):
    """Which changes of a working order a venue carries out in place: any, a smaller quantity only, or none."""

    ANY = "any"
    SMALLER = "smaller"
    NONE = "none"


class VenueTerms(msgspec.Struct, frozen=True, kw_only=True):
    """How one venue treats orders; durations in ns.

    After `receive_window + query_lag + clock_allowance` from the time of a request the venue can no longer accept it,
    and "not found" is evidence. `expires_requests` False means that a request may be accepted at any later time.
    `stops` says that it takes stops, `touches` that it takes touches as well, `trailing` that it takes trailing stops;
    the desk holds the others.
    What it cannot do in place by `amends` the desk does by a cancel and a new order; orders with an end (GTD, DAY) that
    it would not end by itself (`gtd` False) the desk cancels. `dust` says that it lets what only reduces be worth less
    than the smallest notional.
    """

    venue: str
    id_scope: IdScope = IdScope.OPEN
    expires_requests: bool = True
    receive_window: int = 5_000_000_000
    query_lag: int = 1_000_000_000
    clock_allowance: int = 1_000_000_000
    request_timeout: int = 2_000_000_000
    stops: bool = True
    touches: bool = True
    trailing: bool = False
    oco: bool = False
    amends: Amends = Amends.ANY
    gtd: bool = True
    dust: bool = True

    @property
    def fence(self) -> int:
        """How long after its request an order may still be accepted, ns."""
        return self.receive_window + self.query_lag + self.clock_allowance

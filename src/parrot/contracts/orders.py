"""Orders and fills as handlers see them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order at the time of an event; prices in the quote currency, quantities in units."""

    order_id: int
    symbol: str
    side: str
    type: str
    role: str
    status: str
    quantity: float
    filled: float
    limit: float | None
    trigger: float | None
    reason: str | None
    why: str


@dataclass(frozen=True, slots=True)
class FillView:
    """One fill; `ts` in ns UTC, `fee` in account currency, `position` afterwards."""

    ts: int
    order_id: int
    symbol: str
    side: str
    quantity: float
    price: float
    fee: float
    liquidity: str
    position: float

"""What a venue's protocol says once it is decoded: orders and trades, not yet numbered, times in the local clock."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from parrot.contracts.commands import Side

OPEN: Final = ("new", "partially_filled")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNews:
    """An order as the venue shows it; `status` is that of contracts.venue.Found."""

    client_id: str
    venue_id: str
    symbol: str
    side: Side
    status: str
    quantity: Decimal
    filled: Decimal
    limit: Decimal | None
    reason: str = ""
    ts: int

    @property
    def open(self) -> bool:
        """Whether it may still trade."""
        return self.status in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeNews:
    """One execution of an order of ours; `client_id` is empty where the venue does not say it."""

    venue_id: str
    client_id: str
    symbol: str
    trade_id: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    maker: bool
    ts: int

    @property
    def key(self) -> str:
        """What tells it from every other: a trade with ourselves has one id and two orders."""
        return f"{self.symbol}|{self.trade_id}|{self.venue_id}"


News = OrderNews | TradeNews


@dataclass(frozen=True, slots=True)
class KeyScope:
    """What a key may do; None where the venue does not say."""

    trade: bool | None = None
    withdraw: bool | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """From where own trades of a symbol are wanted: those after `trade_id`, or since `since` (ns) where it is empty."""

    trade_id: str
    since: int

"""Orders and trades of a shadow venue's account, and what of them is written down."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

import msgspec

from parrot.contracts.venue import Filled, Found, OpenOrder, PlaceOrder
from parrot.kernel.errors import DataError

OPEN: Final = frozenset({"new", "partially_filled"})
VERSION: Final = 1


class Kept(msgspec.Struct, kw_only=True):
    """One order: as it was asked for and changed since, as the core has it, and how far it came.

    `worst` is the price at which a purchase holds money; `status` one of Found's.
    """

    asked: PlaceOrder
    sent: PlaceOrder
    venue_id: str
    worst: Decimal
    filled: Decimal = Decimal(0)
    status: str = "new"

    @property
    def left(self) -> Decimal:
        """What is not filled yet."""
        return self.asked.quantity - self.filled

    @property
    def is_open(self) -> bool:
        """Whether it is on the books."""
        return self.status in OPEN


class Image(msgspec.Struct, tag="image", kw_only=True):
    """The whole account, with which a segment of the journal begins."""

    version: int
    orders: list[Kept]
    trades: list[Filled]
    balances: dict[str, Decimal]
    positions: dict[str, Decimal]
    next_order: int
    next_trade: int


class Change(msgspec.Struct, tag="change", kw_only=True):
    """What one moment changed: orders as they are now, new trades, balances and positions as they are now."""

    orders: list[Kept]
    trades: list[Filled]
    balances: dict[str, Decimal]
    positions: dict[str, Decimal]


_DECODER: Final = msgspec.msgpack.Decoder(Image | Change)


def encode(record: Image | Change) -> bytes:
    """A record as it is written."""
    return msgspec.msgpack.encode(record)


def decode(body: bytes) -> Image | Change:
    """A record that was written. Raises DataError."""
    try:
        record: Image | Change = _DECODER.decode(body)
    except msgspec.DecodeError as fault:
        fix = "bring it back from a copy, or use the build that wrote it"
        raise DataError(f"the shadow venue's journal cannot be read: {fault}", fix=fix) from None
    if isinstance(record, Image) and record.version != VERSION:
        raise DataError(f"the shadow venue's journal has version {record.version}", expected=str(VERSION))
    return record


class OrderBooks:
    """Orders by client id, the newest trades, and which of both changed since they were last written down."""

    def __init__(self, orders_kept: int, trades_kept: int) -> None:
        self._orders_kept = orders_kept
        self._trades_kept = trades_kept
        self.orders: dict[str, Kept] = {}
        self.trades: list[Filled] = []
        self.next_order = 1
        self.next_trade = 1
        self.changed: dict[str, Kept] = {}
        self.new_trades: list[Filled] = []

    def find(self, client_id: str) -> Kept | None:
        """An order by its client id."""
        return self.orders.get(client_id)

    def open(self) -> Iterator[Kept]:
        """Orders on the books, oldest first."""
        return (order for order in self.orders.values() if order.is_open)

    def add(self, asked: PlaceOrder, sent: PlaceOrder, worst: Decimal) -> Kept:
        """Takes an order on."""
        made = Kept(asked=asked, sent=sent, venue_id=str(self.next_order), worst=worst)
        self.next_order += 1
        self.orders.pop(asked.client_id, None)
        self.orders[asked.client_id] = made
        self.touch(made)
        return made

    def forget(self, order: Kept) -> None:
        """An order that was refused after all."""
        self.orders.pop(order.asked.client_id, None)
        self.changed.pop(order.asked.client_id, None)

    def touch(self, order: Kept) -> None:
        """It is not as it was written down."""
        self.changed[order.asked.client_id] = order

    def trade(self, fill: Filled) -> None:
        """One more trade."""
        self.trades.append(fill)
        self.new_trades.append(fill)
        self.next_trade = fill.number + 1

    def trim(self) -> None:
        """Lets go of what is too old to be asked for."""
        del self.trades[: max(0, len(self.trades) - self._trades_kept)]
        over = len(self.orders) - self._orders_kept
        if over > self._orders_kept // 10:
            ended = [name for name, order in self.orders.items() if not order.is_open]
            for name in ended[:over]:
                del self.orders[name]

    def apply(self, record: Image | Change) -> None:
        """Takes over what was written down."""
        if isinstance(record, Image):
            self.orders, self.trades = {}, []
            self.next_order, self.next_trade = record.next_order, record.next_trade
        for order in record.orders:
            self.orders.pop(order.asked.client_id, None)
            self.orders[order.asked.client_id] = order
            self.next_order = max(self.next_order, int(order.venue_id) + 1)
        for fill in record.trades:
            self.trades.append(fill)
            self.next_trade = fill.number + 1

    def found(self, client_id: str, now: int) -> Found | None:
        """The answer to a query."""
        order = self.orders.get(client_id)
        if order is None:
            return None
        return Found(client_id=client_id, venue_id=order.venue_id, status=order.status, filled=order.filled, ts=now)


def listed(order: Kept) -> OpenOrder:
    """An open order as the state lists it."""
    asked = order.asked
    return OpenOrder(
        client_id=asked.client_id,
        venue_id=order.venue_id,
        symbol=asked.symbol,
        side=asked.side,
        quantity=asked.quantity,
        filled=order.filled,
        limit=asked.limit,
    )


def unknown(record: Any) -> DataError:
    """A segment that does not begin with an image, or has another one in it."""
    return DataError(f"the shadow venue's journal holds {type(record).__name__} out of place")

"""What the exchange knows: currencies, symbols, owners, orders, and the events it has written."""

from __future__ import annotations

from collections import deque

from tests.reference.exchange import words as w
from tests.reference.exchange.rows import EventRow, Row

TRIGGER_TYPES = (w.Type.STOP, w.Type.STOP_LIMIT, w.Type.TOUCH, w.Type.TOUCH_LIMIT, w.Type.TRAILING)
PEG_TYPES = (w.Type.PEG_PRIMARY, w.Type.PEG_MID)
CALLS = (w.Phase.OPENING, w.Phase.CLOSING)
LARGEST = 2**53
GENERATIONS_MAX = 2**31 - 1


class Symbol:
    """A market: its terms, its limits, its phase and its book."""

    def __init__(self, row: Row) -> None:
        self.number = row.symbol
        self.tick = row.price
        self.lot = row.quantity
        self.base_unit = row.display
        self.quote_unit = row.minimum
        self.base = row.owner >> 16
        self.quote = row.owner & 0xFFFF
        self.limits: dict[int, int] = {}
        self.at_first = {
            w.Limit.MIN_PRICE: self.tick,
            w.Limit.MAX_PRICE: LARGEST,
            w.Limit.MIN_QUANTITY: self.lot,
            w.Limit.MAX_QUANTITY: LARGEST,
        }
        self.phase = w.Phase.CLOSED
        self.last: int | None = None
        self.reference: int | None = None
        self.book: tuple[list[Order], list[Order]] = ([], [])  # of each side, in time order
        self.priced: tuple[int | None, int | None] | None = None  # best not-pegged prices of the last pricing

    def limit(self, which: int) -> int:
        return self.limits.get(which) or self.at_first.get(which, 0)

    def first(self, side: int) -> Order | None:
        """The next maker of a side."""
        book = self.book[side]
        if not book:
            return None
        return max(book, key=standing) if side == w.BUY else min(book, key=standing)

    def best(self, side: int) -> int | None:
        first = self.first(side)
        return first.at if first else None

    def visible(self, side: int, price: int) -> int:
        return sum(order.visible for order in self.book[side] if order.at == price)

    def band(self) -> tuple[int, int] | None:
        """The lowest and highest price of a trade (M25)."""
        ppm = self.limit(w.Limit.BAND)
        if not ppm or self.reference is None:
            return None
        return -(-self.reference * (10**6 - ppm) // 10**6), self.reference * (10**6 + ppm) // 10**6


class Owner:
    """Somebody with balances and positions."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.free: dict[int, int] = {}
        self.locked: dict[int, int] = {}
        self.positions: dict[int, int] = {}
        self.tier = 0
        self.pays_third = False


class Lock:
    """Money that one order, or both legs of an OCO, keep locked."""

    def __init__(self, orders: list[Order]) -> None:
        self.orders = orders
        self.amount = 0


class Order:
    """An order, alive or being looked at."""

    def __init__(self, row: Row, symbol: Symbol, owner: Owner) -> None:
        self.row = row
        self.id = row.id
        self.symbol = symbol
        self.owner = owner
        self.side = row.side
        self.type = row.order
        self.tif = row.tif
        self.stp = row.stp
        self.flags = row.flags
        self.price = row.price  # limit, or a peg's cap
        self.quantity = row.quantity
        self.left = row.quantity
        self.filled = 0
        self.display = row.display
        self.minimum = row.minimum
        self.trigger = row.trigger
        self.trail = row.trail
        self.expiry = row.expiry
        self.visible = 0
        self.at = 0  # price of its level
        self.rank = 0  # number of its acceptance
        self.handle = 0
        self.first_handle = 0
        self.state = ""  # book, waiting, aside, child
        self.alive = True
        self.queued = False
        self.reached = 0  # trigger level at which it was reached
        self.best = 0  # of a trailing stop
        self.lock_price = row.price
        self.lock: Lock | None = None
        self.listed = row.list != 0
        self.mate: Order | None = None
        self.children: list[Order] = []

    def has(self, flag: int) -> bool:
        return self.flags & flag != 0

    @property
    def quote(self) -> bool:
        return self.flags & w.Flag.QUOTE != 0

    @property
    def reduce_only(self) -> bool:
        return self.flags & w.Flag.REDUCE_ONLY != 0

    @property
    def gives(self) -> int:
        """The currency that it pays with."""
        return self.symbol.base if self.side == w.SELL else self.symbol.quote

    def reducible(self) -> int:
        """How much of the position an order of this side may take away."""
        position = self.owner.positions.get(self.symbol.number, 0)
        return max(0, position if self.side == w.SELL else -position)


def standing(order: Order) -> int:
    return order.at


class World:
    """All of it."""

    def __init__(self) -> None:
        self.now = 0
        self.seq = 0
        self.ranks = 0
        self.currencies = 0
        self.symbols: list[Symbol] = []
        self.owners: list[Owner] = []
        self.fees: dict[int, int] = {}
        self.supply: dict[int, int] = {}  # deposits minus withdrawals
        self.tiers: dict[int, tuple[int, int]] = {}  # maker's and taker's rate
        self.fee_currency: int | None = None
        self.discount = 0
        self.conversions: dict[int, int] = {}
        self.live: dict[int, Order] = {}  # by handle
        self.generations: list[int] = [0]  # by slot; slots count from 1
        self.freed: list[int] = []
        self.queue: deque[tuple[list[Order], int]] = (
            deque()
        )  # behind the command (M28): triggered orders with 0, children
        self.events: list[EventRow] = []

    def keep(self, order: Order) -> None:
        """Gives an order its slot (M4)."""
        if order.handle:
            return
        if self.freed:
            slot = self.freed.pop()
        else:
            slot = len(self.generations)
            self.generations.append(0)
        self.generations[slot] += 1
        order.handle = order.first_handle = self.generations[slot] << 32 | slot
        self.live[order.handle] = order

    def let_go(self, order: Order) -> None:
        order.alive = False
        if order.handle:
            del self.live[order.handle]
            if order.handle >> 32 < GENERATIONS_MAX:
                self.freed.append(order.handle & 0xFFFFFFFF)

    def orders(self, symbol: Symbol | None = None, owner: Owner | None = None) -> list[Order]:
        """Live orders by acceptance."""
        found = [
            order
            for order in self.live.values()
            if (symbol is None or order.symbol is symbol) and (owner is None or order.owner is owner)
        ]
        return sorted(found, key=lambda order: order.rank)

    def write(self, kind: int, order: Order | None = None, **more: int) -> None:
        """Writes an event; with an order its own fields."""
        self.seq += 1
        if order is not None:
            more = {
                "id": order.id,
                "handle": order.handle,
                "owner": order.owner.number,
                "symbol": order.symbol.number,
                "side": order.side,
                **more,
            }
        self.events.append(EventRow(seq=self.seq, ts=self.now, kind=kind, **more))

    def refuse(self, row: Row, reason: int) -> None:
        self.events.append(
            EventRow(
                ts=self.now,
                kind=w.Event.REJECTED,
                id=row.id,
                handle=row.handle,
                owner=row.owner,
                symbol=row.symbol,
                side=row.side,
                command=row.kind,
                reason=reason,
            )
        )

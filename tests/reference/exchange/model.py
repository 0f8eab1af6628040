"""The exchange as a whole: command rows in, event rows out."""

from __future__ import annotations

from tests.reference.exchange import words as w
from tests.reference.exchange.accounts import take_lock
from tests.reference.exchange.admission import admit, is_market_buy
from tests.reference.exchange.auctions import indicative
from tests.reference.exchange.changes import amend, cancel, disconnect, mass_cancel
from tests.reference.exchange.fields import legs_of, list_fits
from tests.reference.exchange.pegs import reprice_all
from tests.reference.exchange.phases import kept_from_start, start
from tests.reference.exchange.rows import EventRow, Row
from tests.reference.exchange.settings import SETTINGS, change_phase
from tests.reference.exchange.state import TRIGGER_TYPES, Order, World
from tests.reference.exchange.turns import work_off

NONE = w.Reason.NONE
CHANGES = {
    w.Command.CANCEL: cancel,
    w.Command.AMEND: amend,
    w.Command.MASS_CANCEL: mass_cancel,
    w.Command.DISCONNECT: disconnect,
    w.Command.PHASE: change_phase,
}


class Model:
    """A slow exchange."""

    def __init__(self) -> None:
        self.world = World()
        self.results: list[int] = []  # one a record: a handle, 0, or minus the reason

    def execute(self, records: list[Row]) -> list[EventRow]:
        """Carries out all records; their events. `results` holds what became of each."""
        events: list[EventRow] = []
        results: list[int] = []
        while len(results) < len(records):
            events += self.begin(records[len(results) : len(results) + 3])
            results += self.results
        self.results = results
        return events

    def begin(self, records: list[Row]) -> list[EventRow]:
        """Carries out the first record, with the legs of its list; its events, and the results of what it used."""
        self.world.events, self.results = [], []
        row = records[0]
        if row.kind == w.Command.ORDER:
            self.results += submit(self.world, legs_of(records))
        else:
            reason = change(self.world, row)
            if reason:
                self.world.refuse(row, reason)
            self.results.append(-reason)
        work_off(self.world)
        reprice_all(self.world)
        return self.world.events

    def levels(self, symbol: int, side: int) -> list[tuple[int, int, int]]:
        """Price, visible quantity and number of orders, best first."""
        orders = self.orders(symbol, side)
        prices = dict.fromkeys(order.at for order in orders)
        return [
            (price, sum(o.visible for o in orders if o.at == price), sum(o.at == price for o in orders))
            for price in prices
        ]

    def orders(self, symbol: int, side: int) -> list[Order]:
        """Orders in the book, in priority."""
        return sorted(self.world.symbols[symbol].book[side], key=lambda o: -o.at if side == w.BUY else o.at)

    def balance(self, owner: int, currency: int) -> tuple[int, int]:
        held = self.world.owners[owner]
        return held.free.get(currency, 0), held.locked.get(currency, 0)

    def fees(self, currency: int) -> int:
        return self.world.fees.get(currency, 0)

    def position(self, owner: int, symbol: int) -> int:
        return self.world.owners[owner].positions.get(symbol, 0)

    def indicative(self, symbol: int) -> tuple[int, int, int]:
        return indicative(self.world.symbols[symbol])

    def phase(self, symbol: int) -> int:
        return self.world.symbols[symbol].phase

    def last(self, symbol: int) -> int | None:
        return self.world.symbols[symbol].last

    def reference(self, symbol: int) -> int | None:
        return self.world.symbols[symbol].reference


def change(world: World, row: Row) -> int:
    """A command that is no order; the reason if it was refused."""
    if row.kind in CHANGES:
        return CHANGES[row.kind](world, row)
    if row.kind not in SETTINGS:
        return w.Reason.INVALID_KIND
    reason = SETTINGS[row.kind](world, row)
    if not reason:
        world.write(w.Event.DONE, command=row.kind, owner=row.owner, symbol=row.symbol)
    return reason


def submit(world: World, legs: list[Row]) -> list[int]:
    """An order or a list; the result of each record."""
    kind = legs[0].list
    if kind in (w.ListKind.OCO, w.ListKind.OTO, w.ListKind.BRACKET) and not list_fits(legs):
        return refuse_all(world, legs, [w.Reason.INVALID_LIST] * len(legs))
    orders: list[Order] = []
    for row in legs:
        child = kind in (w.ListKind.OTO, w.ListKind.BRACKET) and bool(orders)
        reason, order = admit(world, row, orders, child=child)
        if reason:
            reasons = [reason if leg is row else w.Reason.LIST_MEMBER for leg in legs]
            return refuse_all(world, legs, reasons)
        orders.append(order)
    tie(orders, kind)
    for order in orders:
        accept(world, order)
    if kind == w.ListKind.OCO:
        take_lock(orders)
    elif not (orders[0].quote or is_market_buy(orders[0])):
        take_lock(orders[:1])
    for order in orders:
        if order.alive and order.state != "child":
            start(world, order)
    return [order.first_handle for order in orders]


def refuse_all(world: World, legs: list[Row], reasons: list[int]) -> list[int]:
    for row, reason in zip(legs, reasons, strict=True):
        world.refuse(row, reason)
    return [-reason for reason in reasons]


def tie(orders: list[Order], kind: int) -> None:
    """Makes a list of orders."""
    first, *rest = orders
    if kind == w.ListKind.OCO:
        first.mate, rest[0].mate = rest[0], first
    elif kind:
        first.children = rest
        for child in rest:
            child.state = "child"
        if kind == w.ListKind.BRACKET:
            rest[0].mate, rest[1].mate = rest[1], rest[0]


def accept(world: World, order: Order) -> None:
    world.ranks += 1
    order.rank = world.ranks
    if kept_from_start(order):
        world.keep(order)
    if order.type in TRIGGER_TYPES and order.state != "child":
        order.state = "waiting"
    price = order.price if order.row.price or order.type == w.Type.LIMIT else 0
    world.write(w.Event.ACCEPTED, order, price=price, quantity=order.quantity)

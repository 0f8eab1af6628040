"""A venue that a case talks to. With every command it checks what must hold always, whatever the case is about."""

from __future__ import annotations

from collections import defaultdict
from typing import Protocol

from tests.golden.matching.feed import Feed
from tests.golden.matching.story import (
    ANN,
    BOB,
    CASH,
    CAT,
    COIN,
    DAN,
    TOKEN,
    Answer,
    Order,
    Row,
    add_currency,
    add_owner,
    add_symbol,
    deposit,
    in_words,
    limit,
    phase,
    rejected,
    withdraw,
)
from tests.golden.matching.words import (
    BUY,
    IN_AUCTION,
    IN_BOOK,
    KEPT,
    MAKER_DONE,
    MAKER_THIRD,
    POST_ONLY,
    REDUCE_ONLY,
    SELL,
    SLIDE,
    TAKER_DONE,
    TAKER_THIRD,
    CommandKind,
    EventKind,
    Phase,
    Setting,
)

OWN = {"id", "handle", "owner", "side", "symbol"}  # an order's own fields
BOOK = {"price", "quantity", "left", "level"}
PAIR = OWN | BOOK | {"taker", "taker_owner", "flags"}
# The fields that an event may use, and the marks that it may bear: all others are zero.
USES: dict[EventKind, set[str]] = {
    EventKind.REJECTED: OWN | {"command", "reason"},
    EventKind.ACCEPTED: OWN | {"price", "quantity"},
    EventKind.RESTED: OWN | BOOK | {"flags"},
    EventKind.TRADE: PAIR | {"fee", "taker_fee"},
    EventKind.REFRESHED: OWN | BOOK | {"flags"},
    EventKind.REDUCED: OWN | BOOK | {"flags"},
    EventKind.FILLED: OWN | {"quantity"},
    EventKind.CANCELLED: OWN | {"price", "quantity", "level", "reason", "flags"},
    EventKind.EXPIRED: OWN | {"price", "quantity", "level", "reason", "flags"},
    EventKind.AMENDED: OWN | BOOK | {"flags"},
    EventKind.TRIGGERED: OWN | {"price", "quantity"},
    EventKind.REPRICED: OWN | {"price", "quantity", "level", "flags"},
    EventKind.ASIDE: OWN | {"price", "quantity", "level", "flags"},
    EventKind.PREVENTED: PAIR | {"reason"},
    EventKind.SHRUNK: OWN | BOOK | {"reason", "flags"},
    EventKind.PHASE: {"symbol", "price", "reason"},
    EventKind.AUCTION: {"symbol", "price", "quantity", "left"},
    EventKind.DONE: {"command", "owner", "symbol", "quantity"},
}
MARKS = {
    EventKind.TRADE: IN_BOOK | MAKER_DONE | TAKER_DONE | IN_AUCTION | MAKER_THIRD | TAKER_THIRD,
    EventKind.AMENDED: IN_BOOK | KEPT,
}
ALWAYS_IN_BOOK = {EventKind.RESTED, EventKind.REFRESHED, EventKind.REDUCED, EventKind.PREVENTED}
ENDS = {EventKind.FILLED, EventKind.CANCELLED, EventKind.EXPIRED}
OUTCOMES: dict[int, EventKind] = {
    CommandKind.ORDER: EventKind.ACCEPTED,
    CommandKind.CANCEL: EventKind.CANCELLED,
    CommandKind.AMEND: EventKind.AMENDED,
    CommandKind.PHASE: EventKind.PHASE,
}


class Machine(Protocol):
    """What executes commands: the engine, or the plain model of the rules."""

    def execute(self, rows: list[Row]) -> list[Row]: ...
    def levels(self, symbol: int, side: int) -> list[tuple[int, int, int]]: ...
    def orders(self, symbol: int, side: int) -> list[Row]: ...
    def balance(self, owner: int, currency: int) -> tuple[int, int]: ...
    def fees(self, currency: int) -> int: ...
    def position(self, owner: int, symbol: int) -> int: ...
    def phase(self, symbol: int) -> int: ...
    def last(self, symbol: int) -> int: ...
    def reference(self, symbol: int) -> int: ...
    def indicative(self, symbol: int) -> tuple[int, int, int]: ...
    def state(self) -> object: ...
    def audit(self) -> None: ...
    def fresh(self) -> Machine: ...
    def copies(self) -> list[Machine]: ...


class Venue:
    """A machine, the books that its feed tells, and the journal of all that it did not reject."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.feed = Feed()
        self.journal: list[list[Row]] = []
        self.known: dict[int, Order] = {}
        self.over: set[int] = set()
        self.paid_in: defaultdict[int, int] = defaultdict(int)
        self.positions: defaultdict[tuple[int, int], int] = defaultdict(int)  # by owner and symbol
        self.seq = self.now = self.owners = self.currencies = self.symbols = 0

    def opened(self, **units: int) -> Venue:
        """Three currencies, the market COIN for CASH, four owners with much of both, continuous trading."""
        for number in (COIN, CASH, TOKEN):
            self.send(add_currency(number))
        self.send(add_symbol(0, **units))
        for owner in (ANN, BOB, CAT, DAN):
            self.send(add_owner(owner))
            self.send(deposit(owner, COIN, 1_000))
            self.send(deposit(owner, CASH, 1_000_000))
        self.send(phase(Phase.CONTINUOUS))
        return self

    def traded_at(self, price: int) -> None:
        """One unit changes hands between Cat and Dan at this price, which becomes the last price."""
        self.send(limit(CAT, SELL, price, 1))
        self.send(limit(DAN, BUY, price, 1))
        assert self.last() == price

    def send(self, commands: Row | list[Row]) -> Answer:
        """Carry out one command, or one list with all its legs."""
        rows = [dict(row) for row in (commands if isinstance(commands, list) else [commands])]
        orders = [self._numbered(row) for row in rows if row["kind"] == CommandKind.ORDER]
        before = self.machine.state()
        events = self.machine.execute(rows)
        assert events, "a command without any event"
        if events[0]["kind"] == EventKind.REJECTED:
            self._check_rejection(rows, events, before)
        else:
            self._check_outcome(rows, events)
            self._follow(rows, events)
        self._check_books()
        self._check_money()
        self.machine.audit()
        return Answer(events, orders)

    def refuses(self, commands: Row | list[Row], *reasons: int) -> None:
        """The command is rejected for this reason; the legs of a list for these."""
        self.send(commands).gives(*map(rejected, reasons))

    def leave(self, owner: int, currency: int, amount: int) -> None:
        """Withdraw until only this much is free."""
        self.send(withdraw(owner, currency, self.free(owner, currency) - amount))

    def place(self, command: Row) -> Order:
        """Carry out one order of which only the handle matters."""
        answer = self.send(command)
        assert answer.events[0]["kind"] == EventKind.ACCEPTED, in_words(answer.events[0])
        return answer.orders[0]

    def _numbered(self, row: Row) -> Order:
        row["id"] = len(self.known) + 1
        order = Order(row["id"], row["owner"], row["side"], row.get("symbol", 0))
        order.flags, order.display = row.get("flags", 0), row.get("display", 0)
        self.known[order.id] = order
        return order

    # What a case asks of the state.
    def book(self, side: int, symbol: int = 0) -> list[tuple[int, int]]:
        """(price, visible), best price first."""
        return [(price, visible) for price, visible, _ in self.machine.levels(symbol, side)]

    def queue(self, side: int, symbol: int = 0) -> list[int]:
        """The ids of the orders in the book in their priority."""
        return [order["id"] for order in self.machine.orders(symbol, side)]

    def hidden(self, side: int, symbol: int = 0) -> list[int]:
        return [order["hidden"] for order in self.machine.orders(symbol, side)]

    def free(self, owner: int, currency: int) -> int:
        return self.machine.balance(owner, currency)[0]

    def locked(self, owner: int, currency: int) -> int:
        return self.machine.balance(owner, currency)[1]

    def position(self, owner: int, symbol: int = 0) -> int:
        return self.machine.position(owner, symbol)

    def last(self, symbol: int = 0) -> int:
        return self.machine.last(symbol)

    # What must hold with every command.
    def _check_rejection(self, rows: list[Row], events: list[Row], before: object) -> None:
        assert len(events) == len(rows)
        for row, event in zip(rows, events, strict=True):
            assert (event["kind"], event["seq"], event["ts"]) == (EventKind.REJECTED, 0, self.now)
            assert event["reason"], "a rejection without a reason"
            self._only_used_fields(event)
            said = {name: row.get(name, 0) for name in ("id", "handle", "owner", "symbol", "side")}
            assert {name: event[name] for name in said} == said
            assert event["command"] == row["kind"]
        assert self.machine.state() == before, "a rejected command changed the state"

    def _check_outcome(self, rows: list[Row], events: list[Row]) -> None:
        outcome = OUTCOMES.get(rows[0]["kind"], EventKind.DONE)
        ids = {row.get("id", 0) for row in rows}
        if outcome == EventKind.PHASE:
            found = [event for event in events if event["kind"] == outcome and not event["reason"]]
        elif outcome == EventKind.DONE:
            found = [event for event in events if event["kind"] == outcome]
            assert [event["command"] for event in found] == [rows[0]["kind"]]
        else:
            found = [event for event in events if event["kind"] == outcome and event["id"] in ids]
        assert len(found) == len(rows), "\n".join(map(in_words, events))
        assert not [event for event in events if event["kind"] == EventKind.REJECTED]

    def _follow(self, rows: list[Row], events: list[Row]) -> None:
        self.journal.append(rows)
        self._note(rows[0])
        for event in events:
            self.seq += 1
            assert (event["seq"], event["ts"]) == (self.seq, self.now), in_words(event)
            self._only_used_fields(event)
            self._whose(event)
            if event["kind"] == EventKind.TRADE:
                self._trade(event)
            self.feed.hear(event)

    def _note(self, row: Row) -> None:
        kind, quantity = row["kind"], row.get("quantity", 0)
        self.now = row["expiry"] if kind == CommandKind.TIME else self.now
        self.owners += kind == Setting.ADD_OWNER
        self.currencies += kind == Setting.ADD_CURRENCY
        self.symbols += kind == Setting.ADD_SYMBOL
        if kind in (Setting.DEPOSIT, Setting.WITHDRAW):
            self.paid_in[row["symbol"]] += quantity if kind == Setting.DEPOSIT else -quantity

    def _only_used_fields(self, event: Row) -> None:
        kind = EventKind(event["kind"])
        stray = {name for name, value in event.items() if value} - USES[kind] - {"kind", "seq", "ts"}
        assert not stray, f"{in_words(event)} has {stray}"
        assert not event["flags"] & ~MARKS.get(kind, IN_BOOK), in_words(event)
        if kind in ALWAYS_IN_BOOK:
            assert event["flags"] & IN_BOOK, in_words(event)
        if kind == EventKind.TRADE:
            assert bool(event["flags"] & IN_BOOK) != bool(event["flags"] & IN_AUCTION), in_words(event)

    def _whose(self, event: Row) -> None:
        order = self.known.get(event["id"])
        if not order:
            assert not event["handle"], in_words(event)
            return
        assert (event["owner"], event["symbol"], event["side"]) == (order.owner, order.symbol, order.side)
        if event["kind"] != EventKind.REDUCED:  # M44: it follows the trade that may have ended the order
            assert order.id not in self.over, f"{in_words(event)} after the end of the order"
        order.handle = order.handle or event["handle"]
        assert event["handle"] == order.handle, f"{in_words(event)}: its handle is {order.handle}"
        if event["kind"] in (EventKind.TRADE, EventKind.PREVENTED):
            assert event["taker_owner"] == self.known[event["taker"]].owner
        self._end(event)

    def _trade(self, event: Row) -> None:
        """M10, M22, M32: positions add up, post-only and slide never take, reduce-only never grows or flips."""
        maker, taker = self.known[event["id"]], self.known[event["taker"]]
        if not event["flags"] & IN_AUCTION:
            assert not taker.flags & (POST_ONLY | SLIDE), in_words(event)
        for order, side in ((maker, maker.side), (taker, 1 - maker.side)):
            signed = -event["quantity"] if side == SELL else event["quantity"]
            position = self.positions[order.owner, order.symbol]
            if order.flags & REDUCE_ONLY and maker.owner != taker.owner:
                assert abs(position + signed) == abs(position) - event["quantity"], in_words(event)
            self.positions[order.owner, order.symbol] += signed

    def _end(self, event: Row) -> None:
        """M3: an accepted order ends exactly once."""
        if event["kind"] in ENDS or event["flags"] & MAKER_DONE:
            self.over.add(event["id"])
        if event["flags"] & TAKER_DONE:
            self.over.add(event["taker"])

    def _check_books(self) -> None:
        for symbol in range(self.symbols):
            for side in (BUY, SELL):
                orders = self.machine.orders(symbol, side)
                told = self.feed.in_priority(symbol, side)
                assert told == [(order["price"], order["handle"], order["visible"]) for order in orders]
                assert self.feed.by_level(symbol, side) == self.book(side, symbol)
                displays = [self.known[order["id"]].display or order["visible"] for order in orders]
                assert all(o["visible"] <= display for o, display in zip(orders, displays, strict=True))  # M20
            for owner in range(self.owners):
                assert self.machine.position(owner, symbol) == self.positions[owner, symbol]
            bids, asks = self.book(BUY, symbol), self.book(SELL, symbol)
            if self.machine.phase(symbol) == Phase.CONTINUOUS and bids and asks:
                assert bids[0][0] < asks[0][0], "a crossed book in continuous trading"

    def _check_money(self) -> None:
        for currency in range(self.currencies):
            balances = [self.machine.balance(owner, currency) for owner in range(self.owners)]
            assert all(free >= 0 and locked >= 0 for free, locked in balances)
            assert sum(map(sum, balances)) + self.machine.fees(currency) == self.paid_in[currency]

    def check_replay(self) -> None:
        """M47: the journal leads a new machine, or a snapshot of this one half-way, to the same state."""
        again = self.machine.fresh()
        middle = len(self.journal) // 2
        for rows in self.journal[:middle]:
            again.execute(rows)
        for copy in [again, *again.copies()]:
            for rows in self.journal[middle:]:
                copy.execute(rows)
            assert copy.state() == self.machine.state()

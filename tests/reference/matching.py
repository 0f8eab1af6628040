"""Fills of one symbol on one bar: at the open, then inside it (rules B1 to B13, T4)."""

from __future__ import annotations

from dataclasses import dataclass

from tests.reference.account import Account
from tests.reference.desk import Desk
from tests.reference.exact import down, fraction, half_even, trigger_price, units
from tests.reference.terms import Bar, Fill, Order


@dataclass(frozen=True)
class Offer:
    """A price that an order may fill at: a maker's own price, or a taker's, which may slip."""

    price: int
    maker: bool = False
    slips: bool = True


STOP_LIKE = ("stop", "stop-limit", "trailing-stop")


class Matcher:
    """Fills orders against bars; knows what the bar under way has left to give."""

    def __init__(self, account: Account, desk: Desk) -> None:
        self.account, self.desk = account, desk
        self.fills: list[Fill] = []
        self.left: dict[str, int] = {}  # participation left in the bar under way, in units
        self.now = self.evidence = 0

    # what an order says to a price

    def through(self, order: Order, price: int) -> bool:
        """Whether `price` lies through the order's limit, or touches it where that is enough."""
        gap = (order.limit - price) * order.side
        return gap > 0 or (gap == 0 and self.account.terms[order.symbol].touches)

    def level(self, order: Order) -> int:
        """The trigger: fixed, or trailing behind the best price (B8)."""
        if order.kind != "trailing-stop":
            return order.trigger
        trail = order.trail
        gap = half_even(order.best * fraction(trail[1]) / 100) if isinstance(trail, tuple) else units(trail)
        return trigger_price(order.best + order.side * gap, order.side, self.account.terms[order.symbol].tick_units)

    @staticmethod
    def hit(order: Order, price: int, level: int) -> bool:
        """Whether `price` is at or beyond `level`: upwards for a buy stop, downwards for a buy if-touched."""
        direction = -order.side if order.kind.endswith("if-touched") else order.side
        return (price - level) * direction >= 0

    @staticmethod
    def follow(order: Order, price: int) -> None:
        """A trailing order's best price takes in `price`."""
        order.best = min(order.best, price) if order.side > 0 else max(order.best, price)

    # at the open

    def start(self, symbol: str, bar: Bar) -> None:
        """Time of the open, and the share of volume that its bar has to give (B12)."""
        terms = self.account.terms[symbol]
        if terms.participation is not None:
            self.left[symbol] = down(fraction(terms.participation) * bar.volume, terms.lot_units)

    def at_open(self, order: Order, o: int) -> None:
        """One order's turn at the open `o`."""
        new, order.arrived = not order.arrived, True
        offer = self._offer_at_open(order, o, new)
        order.born = ""
        if offer is not None and order.working:
            self.fill(order, offer, "open")

    def _offer_at_open(self, order: Order, o: int, new: bool) -> Offer | None:
        if order.kind == "market":
            return Offer(o)
        if order.rests_as_limit:
            return self._limit_at_open(order, o, new or order.born == "open")
        if order.kind == "trailing-stop" and order.born == "":
            if new:
                order.best = o
                return None
            self.follow(order, o)
        level = self.level(order)
        if not self.hit(order, o, level):
            return None
        if order.limit is None:
            return self._trigger(order, Offer(o))
        order.triggered = True
        return self._limit_at_open(order, o, True)

    def _limit_at_open(self, order: Order, o: int, new: bool) -> Offer | None:
        if not new:
            return Offer(order.limit, maker=True) if self.through(order, o) else None
        if (order.limit - o) * order.side < 0:
            return None
        if order.post_only:
            order.end("canceled", "post-only would take")
            return None
        return Offer(o, slips=False)

    @staticmethod
    def _trigger(order: Order, offer: Offer) -> Offer:
        """A triggered order is a market order; what the bar cannot give waits for the next open (B12)."""
        order.kind = "market"
        return offer

    def liquidate_at_open(self, symbol: str, o: int) -> None:
        if (
            self.account.kind == "margin"
            and self.account.positions[symbol]
            and self.account.below_maintenance(symbol, o)
        ):
            self.liquidate(symbol, o, "open")

    def liquidate(self, symbol: str, price: int, when: str) -> None:
        """Sell (buy) the whole position at `price`, slipped (A3)."""
        held = self.account.positions[symbol]
        if self.left.get(symbol) == 0:
            return
        order = self.desk.add(
            symbol, -1 if held > 0 else 1, "liquidation", abs(held), role="liquidation", reduce_only=True, arrived=True
        )
        self.fill(order, Offer(price), when)
        if order.working:
            order.end("filled", "participation")

    # inside the bar

    def inside(self, symbol: str, bar: Bar) -> None:
        """All that happens between the open and the close, in the order of B9."""
        live = [order for order in self.desk.working(symbol) if order.arrived]
        stops = [order for order in live if order.kind in STOP_LIKE and not order.triggered]
        limits = [order for order in live if order.rests_as_limit or order.kind.endswith("if-touched")]
        if self.account.terms[symbol].bounds == "optimistic":
            self._limits([order for order in limits if order.role == "take"], bar)
        self._stops(symbol, stops, bar)
        self._limits(limits, bar)
        self._born_inside(symbol, bar)
        self._close_tests(symbol, bar)
        self._grow_up(symbol, bar)

    def _stops(self, symbol: str, waiting: list[Order], bar: Bar) -> None:
        """Stop-like orders and the liquidation price, nearest to the open first."""
        held = self.account.positions[symbol]
        while True:
            waiting = [order for order in waiting if order.working and self._in_range(order, bar)]
            turns = [(abs(self.level(order) - bar.open), order.id) for order in waiting]
            kept = 0 <= self.account.positions[symbol] * (1 if held > 0 else -1) <= abs(held)
            threat = self._threat(symbol, bar) if kept else None
            if threat is not None and (not turns or abs(threat - bar.open) < min(turns)[0]):
                self.liquidate(symbol, threat, "inside")
            elif turns:
                self._turn(waiting.pop(turns.index(min(turns))), bar)
            else:
                return

    def _limits(self, waiting: list[Order], bar: Bar) -> None:
        """Limit-like orders, nearest to the open first."""

        def nearness(order: Order) -> tuple[int, int]:
            return abs((order.limit if order.rests_as_limit else order.trigger) - bar.open), order.id

        for order in sorted(waiting, key=nearness):
            if order.working and self._in_range(order, bar):
                self._turn(order, bar)

    def _in_range(self, order: Order, bar: Bar) -> bool:
        if order.rests_as_limit:
            return self.through(order, bar.low if order.side > 0 else bar.high)
        upwards = (order.side > 0) != order.kind.endswith("if-touched")
        return self.hit(order, bar.high if upwards else bar.low, self.level(order))

    def _turn(self, order: Order, bar: Bar) -> None:
        """The turn of one order whose price lies in the range of the bar."""
        if order.rests_as_limit:
            self.fill(order, Offer(order.limit, maker=True), "inside")
        elif order.limit is None:
            self.fill(order, self._trigger(order, Offer(self.level(order))), "inside")
        else:
            order.triggered = True
            if (order.limit - order.trigger) * order.side >= 0:
                self.fill(order, Offer(order.trigger, slips=False), "inside")
            elif self.through(order, bar.close):
                self.fill(order, Offer(order.limit, maker=True), "inside")

    def _threat(self, symbol: str, bar: Bar) -> int | None:
        """The liquidation price of the position as it stands, where this bar reaches it and can fill anything."""
        if self.left.get(symbol) == 0:
            return None
        extreme = bar.low if self.account.positions[symbol] > 0 else bar.high
        return self.account.liquidation_price(symbol, bar.open, extreme)

    def _born_inside(self, symbol: str, bar: Bar) -> None:
        """Protection that was made inside this bar (B10, B13)."""
        stop, take = (self._newborn(symbol, role) for role in ("stop", "take"))
        bounds = self.account.terms[symbol].bounds
        takes = take is not None and bounds != "pessimistic" and self._take_reached(take, bar, bounds)
        saved = takes and bounds == "optimistic"
        threatened = not saved and self._first_threat(symbol, stop, bar, bounds)
        if take is not None and takes and not threatened:
            wrong = (take.limit - take.entry) * take.side >= 0
            self.fill(take, Offer(take.entry, slips=False) if wrong else Offer(take.limit, maker=True), "inside")

    def _newborn(self, symbol: str, role: str) -> Order | None:
        order = self.desk.protection(symbol, role)
        return order if order is not None and order.born == "inside" else None

    @staticmethod
    def _take_reached(take: Order, bar: Bar, bounds: str) -> bool:
        reach = bar.close if bounds == "convention" else bar.high if take.side < 0 else bar.low
        return any((take.limit - price) * take.side >= 0 for price in (reach, take.entry))

    def _first_threat(self, symbol: str, stop: Order | None, bar: Bar, bounds: str) -> bool:
        """The stop or the liquidation price, whichever the bar's way down (up) meets first; whether one was met."""
        price = None if stop is None else self._stop_met(stop, bar, bounds)
        threat = self._threat(symbol, bar)
        if threat is not None and (price is None or (price - threat) * self.account.positions[symbol] < 0):
            self.liquidate(symbol, threat, "inside")
        elif stop is not None and price is not None:
            self.fill(stop, self._trigger(stop, Offer(price)), "inside")
        return threat is not None or price is not None

    def _stop_met(self, stop: Order, bar: Bar, bounds: str) -> int | None:
        """The price at which a stop made inside this bar is live in it (B10, O3)."""
        level = self.level(stop)
        if self.hit(stop, stop.entry, level):
            return stop.entry
        reach = bar.close if bounds == "optimistic" else bar.low if stop.side < 0 else bar.high
        return level if self.hit(stop, reach, level) else None

    def _close_tests(self, symbol: str, bar: Bar) -> None:
        """Trailing stops take in the bar's best price and are tested against its close (B8)."""
        for order in self.desk.working(symbol):
            if order.kind == "trailing-stop" and order.arrived and not order.born:
                self.follow(order, bar.low if order.side > 0 else bar.high)
                level = self.level(order)
                if self.hit(order, bar.close, level):
                    self.fill(order, self._trigger(order, Offer(level)), "late")

    def _grow_up(self, symbol: str, bar: Bar) -> None:
        """What was made inside the bar is an order like others from the next bar on."""
        for order in self.desk.working(symbol):
            if order.born == "inside" and order.kind == "trailing-stop":
                self.follow(order, bar.close)
            order.born = ""

    # the fill itself

    def fill(self, order: Order, offer: Offer, when: str) -> None:
        """Fill what position, volume and account allow of `order` (O4, B12, A1, A2)."""
        symbol, left = order.symbol, self.left.get(order.symbol)
        if self._killed(order, order.quantity if left is None else left) or left == 0:
            return
        if order.reduce_only and self._reduced_away(order):
            return
        can = order.quantity if left is None else min(order.quantity, left)
        price = offer.price
        if offer.slips and not offer.maker:
            price = self.account.slipped(symbol, price, order.side)
        pays = self.account.affordable(symbol, order.side, can, price, maker=offer.maker)
        if self._killed(order, pays):
            return
        if pays > 0:
            self._book(order, pays, price, offer.maker, when)
        if order.working and pays < can:
            self._end_trimmed(order)

    def _reduced_away(self, order: Order) -> bool:
        """Trim a reduce-only order to the position; whether that ended it (O4)."""
        held = self.account.closing(order.symbol, order.side, order.quantity)
        if held == 0:
            order.end("canceled", "reduce-only: no position")
        elif not self._killed(order, held):
            order.quantity = held
        return not order.working

    @staticmethod
    def _killed(order: Order, available: int) -> bool:
        """Fill or kill: less than all of it ends it (B12)."""
        if order.tif == "FOK" and available < order.quantity:
            order.end("canceled", "fok")
        return not order.working

    def _end_trimmed(self, order: Order) -> None:
        short = "insufficient cash" if self.account.kind == "cash" else "insufficient margin"
        if self.account.kind == "cash" and order.side < 0:
            short = "no position to sell"
        order.end("filled" if order.filled else "refused", f"trimmed: {short}" if order.filled else short)

    def _book(self, order: Order, quantity: int, price: int, maker: bool, when: str) -> None:
        symbol = order.symbol
        fee = self.account.fee(symbol, quantity, price, maker=maker)
        self.account.apply(symbol, order.side, quantity, price, fee)
        position = self.account.positions[symbol]
        self.fills.append(
            Fill(self.now, self.evidence, symbol, order.side, quantity, price, fee, maker, order.id, position)
        )
        if symbol in self.left:
            self.left[symbol] -= quantity
        order.filled += quantity
        order.quantity -= quantity
        if order.quantity == 0:
            order.end("filled")
        self.desk.shrink_siblings(order, quantity)
        self.desk.fit_protection(symbol)
        self.desk.protect(order, price, when)

"""The course of a run: time, opens, closes, events, and the script that plays the strategy (rules T1 to T6, A7, A8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from tests.reference.account import Account
from tests.reference.desk import Desk
from tests.reference.exact import UNIT, down, fraction, half_even, limit_price, trigger_price, units
from tests.reference.matching import Matcher
from tests.reference.terms import DAY, Bar, Event, Order, Outcome, Step, Terms


class Run:
    """One run of a script over bars of one or several symbols."""

    def __init__(
        self, bars: Mapping[str, Sequence[Bar]], script: Sequence[Step], terms: Mapping[str, Terms], cash
    ) -> None:
        self.bars = bars
        self.account = Account(units(cash), terms)
        self.desk = Desk(self.account)
        self.matcher = Matcher(self.account, self.desk)
        self.made: dict[int, int | None] = {}  # step number -> order id
        self.equity: list[tuple[int, int]] = []
        self.opens, self.closes = self._by_time("ts"), self._by_time("close_ts")
        self.steps = defaultdict(list)
        for number, step in enumerate(script):
            self.steps[step.symbol, step.bar].append((number, step))

    def play(self, events: Sequence[Event]) -> Outcome:
        """Walk through all times (T3), then let what is left expire (T2)."""
        actions = sorted((event for event in events if event.kind != "funding"), key=lambda event: event.ts)
        funding = [event for event in events if event.kind == "funding"]
        end = max(self.closes)
        times = {*self.opens, *self.closes, *(event.ts for event in funding if event.ts <= end)}
        for now in sorted(times):
            self._at(now, actions, funding)
        for order in self.desk.orders:
            if order.working:
                order.end("expired", "end of data")
        return Outcome(
            self.matcher.fills, self.desk.orders, self.equity, self.account.cash, dict(self.account.positions)
        )

    def _at(self, now: int, actions: list[Event], funding: list[Event]) -> None:
        closing = self.closes.get(now, [])
        for symbol, _, bar in closing:
            self.matcher.now, self.matcher.evidence = now, bar.ts
            self.matcher.inside(symbol, bar)
            self.account.marks[symbol] = self.account.closes[symbol] = bar.close
        for event in funding:
            if event.ts == now:
                self._fund(event)
        if closing:
            self.equity.append((now, self.account.equity_at_closes()))
        for symbol, index, _ in closing:
            self._decide(symbol, index)
        self._open(now, self.opens.get(now, []), actions)

    def _by_time(self, field: str) -> dict[int, list[tuple[str, int, Bar]]]:
        """(symbol, number, bar) by the time that they open or close at, in declared order."""
        table = defaultdict(list)
        for symbol, row in self.bars.items():
            for index, bar in enumerate(row):
                table[getattr(bar, field)].append((symbol, index, bar))
        return table

    def _decide(self, symbol: str, index: int) -> None:
        """Play the steps of the script that belong to this bar."""
        for number, step in self.steps[symbol, index]:
            self.made[number] = self._verb(step, f"s{number}")

    def _verb(self, step: Step, why: str) -> int | None:
        words = dict(step.words)
        if step.verb in ("buy", "sell"):
            return self.desk.submit(step.symbol, 1 if step.verb == "buy" else -1, words.pop("qty"), why, **words)
        if step.verb == "cancel":
            self.desk.cancel(self.made.get(words["step"]))
        elif step.verb == "cancel_all":
            self.desk.cancel_all(step.symbol)
        else:
            return self._aim(step, why, words)
        return None

    def _aim(self, step: Step, why: str, words: dict) -> int | None:
        """target, hold or close."""
        return getattr(self.desk, step.verb)(step.symbol, why, **words)

    # opens

    def _open(self, now: int, opening: list[tuple[str, int, Bar]], actions: list[Event]) -> None:
        """Expiries, actions, liquidation, then the two passes of T4."""
        for symbol, _, _ in opening:
            self._expire(symbol, now)
            for event in [event for event in actions if event.symbol == symbol and event.ts <= now]:
                actions.remove(event)
                self._act(event)
        self.matcher.now = self.matcher.evidence = now
        for symbol, _, bar in opening:
            self.account.marks[symbol] = bar.open
            self.matcher.start(symbol, bar)
        for symbol, _, bar in opening:
            self.matcher.liquidate_at_open(symbol, bar.open)
        seen: set[int] = set()
        for shrinking in (True, False):
            for symbol, _, bar in opening:
                self._pass(symbol, bar, seen, shrinking)
        for order in self.desk.orders:
            if order.working and order.id in seen and order.tif in ("IOC", "FOK"):
                order.end("canceled", order.tif.lower())

    def _pass(self, symbol: str, bar: Bar, seen: set[int], shrinking: bool) -> None:
        """One symbol's turn in one pass, by id; protection made meanwhile joins the second pass."""
        for order in self.desk.orders:
            if order.symbol != symbol or not order.working or order.id in seen:
                continue
            shrinks = order.side * self.account.positions[symbol] < 0 and order.born == ""
            if shrinks or not shrinking:
                seen.add(order.id)
                self.matcher.at_open(order, bar.open)

    def _expire(self, symbol: str, now: int) -> None:
        """DAY and GTD orders whose time is over (T6)."""
        for order in self.desk.working(symbol):
            if order.tif == "GTD" and now >= order.until:
                order.end("expired", "gtd")
            if order.tif == "DAY":
                order.session = now // DAY if order.session is None else order.session
                if order.session != now // DAY:
                    order.end("expired", "day")

    # events

    def _fund(self, event: Event) -> None:
        held, price = self.account.positions[event.symbol], self.account.marks[event.symbol]
        if held:
            self.account.cash -= half_even(self.account.notional(event.symbol, held, price) * fraction(event.value))

    def _act(self, event: Event) -> None:
        if event.kind == "dividend":
            self.account.cash += half_even(self.account.positions[event.symbol] * fraction(event.value))
        else:
            self._split(event.symbol, fraction(event.value))

    def _split(self, symbol: str, ratio: Fraction) -> None:
        """Position and open orders in new shares; a fraction of a lot is paid in cash (A8)."""
        held, lot = self.account.positions[symbol], self.account.terms[symbol].lot_units
        sign = 1 if held >= 0 else -1
        whole = down(abs(held) * ratio, lot)
        fraction_left = sign * (abs(held) * ratio - whole)
        self.account.positions[symbol] = sign * whole
        self.account.cash += half_even(fraction_left * self.account.marks[symbol] / ratio / UNIT)
        for prices in (self.account.marks, self.account.closes):
            prices[symbol] = half_even(prices[symbol] / ratio)
        for order in self.desk.working(symbol):
            self._split_order(order, ratio, lot)
        self.desk.fit_protection(symbol)

    def _split_order(self, order: Order, ratio: Fraction, lot: int) -> None:
        tick = self.account.terms[order.symbol].tick_units
        order.quantity = down(order.quantity * ratio, lot)
        if order.limit is not None:
            order.limit = limit_price(order.limit / ratio, order.side, tick)
        if order.trigger is not None:
            order.trigger = trigger_price(order.trigger / ratio, order.side, tick)
        if order.best is not None:
            order.best = half_even(order.best / ratio)
        if order.first_price is not None:
            order.first_price = order.first_price / ratio
        order.trail, order.stop, order.take = (divided(wish, ratio) for wish in (order.trail, order.stop, order.take))
        if order.quantity == 0:
            order.end("canceled", "split")


def divided(wish, ratio: Fraction):
    """A price or distance after a split; percentages stay."""
    if isinstance(wish, tuple):
        return wish if wish[0] == "pct" else (wish[0], divided(wish[1], ratio))
    return None if wish is None else Fraction(half_even(units(wish) / ratio), UNIT)


def simulate(bars, script=(), *, terms=None, cash="10000", events=()) -> Outcome:
    """Run `script` over bars of one symbol ("A") or of {symbol: bars}; terms are one for all or by symbol."""
    table = bars if isinstance(bars, Mapping) else {"A": bars}
    given = terms if isinstance(terms, Mapping) else dict.fromkeys(table, terms or Terms())
    return Run(table, script, given, cash).play(events)

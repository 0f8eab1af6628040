"""One run: market, referee, line, desk and its callers on one agenda, all from one seed."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from random import Random
from typing import Any

import msgspec

from parrot.app.desk import decode
from parrot.contracts.commands import Beat, CancelOrder, Deposit, OrderKind, SetLimits, Side, SubmitOrder
from parrot.contracts.listing import Amends, IdScope, VenueTerms
from parrot.contracts.message import Entry
from tests.simulation.agenda import Agenda
from tests.simulation.callers import STYLES, Caller
from tests.simulation.faults import Faults
from tests.simulation.groups import Planner
from tests.simulation.line import MILLISECOND, Line
from tests.simulation.market import SYMBOLS, Market
from tests.simulation.office import Office
from tests.simulation.people import Person
from tests.simulation.referee import SECOND, Placed, Referee
from tests.simulation.store import Disk
from tests.simulation.verdict import compare
from tests.simulation.witness import Violation, Witness

START = 1_767_225_600 * SECOND
RICH = {"USDT": Decimal(100_000), "BTC": Decimal("0.5"), "ETH": Decimal(5), "BNB": Decimal(10)}
POOR = {"USDT": Decimal(1_500), "BNB": Decimal(1)}
BEAT = 250 * MILLISECOND
STEP = 400 * MILLISECOND
CONVERGED = 30 * SECOND
PROBE = 8 * SECOND
STILL = 2 * SECOND


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended; `violation` is empty when all held."""

    seed: int
    trace: str
    faults: int
    kinds: dict[str, int]
    orders: int
    fills: int
    crashes: int
    violation: str = ""
    rule: str = ""


class World:
    """Everything of one seed. `parts` builds the desk's components anew for each process."""

    def __init__(self, seed: int, parts: Callable[..., Sequence[Any]]) -> None:
        self.seed = seed
        self.agenda = Agenda(START)
        self.trace = blake2b(digest_size=16)
        self.shape = self.chance("shape")
        self.faults = Faults(self.chance("faults"))
        self.market = Market(self.chance("market"), gaps=self.shape.choice((0.0, 0.01, 0.04)))
        amends = self.chance("amends").choice((Amends.ANY, Amends.ANY, Amends.SMALLER, Amends.NONE))
        self.terms = venue_terms(self.shape, stops=self.chance("stops").random() < 0.7, amends=amends)
        fee_currency = self.shape.choice(("", "", "BNB", "received"))
        self.net_of_fees = Decimal("0.9") if fee_currency == "received" else Decimal(1)
        self.tolerance = Decimal("1.05") if fee_currency == "received" else Decimal(1)  # fees in base shrink positions
        self.referee = Referee(self.terms, self.market, self.chance("referee"), fee_currency=fee_currency)
        self.opening = self.shape.choice((RICH, RICH, POOR))
        self.referee.balances = dict(self.opening)
        self.referee.on_accept = self.accepted
        self.line = Line(self.agenda, self.referee, self.faults, chance=self.chance("line"))
        self.witness = Witness(self.terms, base_fees=fee_currency == "received")
        self.disk = Disk()
        self.disk.on_durable = self.durable
        self.office = Office(self, parts)
        self.line.inbox = self.office.deliver
        self.callers = [self.caller(number) for number in range(self.shape.randint(2, 4))]
        self.planner = Planner(chance=self.chance("groups"), ask=self.insist, price=self.market.bid)
        self.person = Person(self.witness, chance=self.chance("person"), ask=self.insist)
        self.still = False
        self.until = START + self.shape.randint(15, 30) * SECOND

    def chance(self, name: str) -> Random:
        return Random(f"{self.seed}/{name}")

    def caller(self, number: int) -> Caller:
        name = f"s{number}"
        style, symbol = self.shape.choice(list(STYLES)), self.shape.choice(SYMBOLS).symbol
        return Caller(name, symbol, style, chance=self.chance(name), ask=self.ask)

    # -- what is heard and asked -----------------------------------------------------------------------------------

    def note(self, what: str, message: Any) -> None:
        self.trace.update(f"{self.agenda.now} {what} ".encode())
        self.trace.update(message if isinstance(message, bytes) else msgspec.msgpack.encode(message))

    def durable(self, bodies: Sequence[bytes]) -> None:
        for body in bodies:
            self.note("durable", body)
            entry = decode(body)
            self.witness(entry)
            self.planner.see(entry)
            self.office.fresh(entry)

    def entries(self, after: int) -> list[Entry]:
        return [decode(body) for body in self.disk.bodies[after:]]

    def ask(self, command: Any) -> None:
        """A command of a strategy: gone when nobody is there, sometimes it comes twice."""
        self.office.deliver(command)
        if isinstance(command, SubmitOrder) and self.faults.hit("asked twice"):
            self.agenda.after(self.faults.chance.randint(1, 3000) * MILLISECOND, lambda: self.office.deliver(command))

    def insist(self, command: Any) -> None:
        """A command of a person, who tries again while nobody is there."""
        if self.office.alive:
            self.office.deliver(command)
        else:
            self.agenda.after(500 * MILLISECOND, lambda: self.insist(command))

    def accepted(self, placed: Placed) -> None:
        """What the venue takes on, seen from the side of the truth."""
        if placed.client_id:
            self.once(placed)
            self.within_limits(placed)

    def once(self, placed: Placed) -> None:
        """I1 at the venue itself: all attempts of an order together never come to more than was meant."""
        intent = self.witness.intents.get(placed.client_id)
        if intent is None:
            raise Violation("I5", f"{placed.client_id} is at the venue, and no durable intent is")
        life = self.witness.orders[intent[0].order_id]
        attempts = [one for name in life.attempts for one in self.referee.by_client.get(name, [])]
        effect = sum(one.quantity if one.open else one.filled for one in attempts)
        if effect > life.most:
            raise Violation("I1", f"order {life.order_id} of {life.most} may come to {effect} at the venue")

    def within_limits(self, placed: Placed) -> None:
        """I9 at the venue itself: position and open buys together stay below the largest limit there ever was."""
        most = self.witness.widest.get(f"symbol:{placed.symbol}")
        if most is None or placed.side is Side.SELL or not self.witness.long_only:
            return  # where books may be short, what shrinks one of them may grow the account
        worst = self.referee.net(placed.symbol) + sum(
            one.left
            for one in self.referee.resting.values()
            if one.symbol == placed.symbol and one.client_id and one.side is Side.BUY
        )
        if worst > most * self.tolerance:
            raise Violation("I9", f"{placed.symbol} may come to {worst} at the venue, the limit is {most}")

    # -- the run ---------------------------------------------------------------------------------------------------

    def run(self) -> Outcome:
        violation, rule = "", ""
        try:
            self.office.start()
            self.tick()
            self.beat()
            self.plan()
            self.agenda.run(self.until)
            self.heal()
            self.settle(self.until + CONVERGED)
            compare(self, after_probe=False)
            self.probe()
            self.settle(self.until + CONVERGED + PROBE)
            compare(self, after_probe=True)
        except Violation as found:
            violation, rule = str(found), found.rule
        except Exception as fault:  # noqa: BLE001  whatever comes out of a desk is a defect of the desk
            where = traceback.extract_tb(fault.__traceback__)[-1]
            rule, violation = "defect", f"{type(fault).__name__} at {where.filename}:{where.lineno}: {fault}"
        counts = self.witness.counts
        return Outcome(
            seed=self.seed,
            trace=self.trace.hexdigest(),
            faults=self.faults.total,
            kinds=dict(self.faults.counts),
            orders=counts["OrderReceived"],
            fills=counts["OrderFilled"],
            crashes=self.witness.epoch - 1,
            violation=violation,
            rule=rule,
        )

    def settle(self, until: int) -> None:
        """Runs on; nothing trades in the last moments, so that no report is on its way at the end."""
        self.still = False
        self.agenda.run(until - STILL)
        self.still = True
        self.agenda.run(until)

    def tick(self) -> None:
        """The market moves; the desk and its callers see it, mostly."""
        for listing in SYMBOLS:
            symbol = listing.symbol
            self.market.move(symbol)
            if not self.still:
                self.line.publish(self.referee.step(symbol, self.line.venue_time()))
            if self.faults.hit("quote lost"):
                continue
            valid = not self.faults.hit("book invalid")
            received = self.office.clock()
            quoted = self.market.quoted(symbol, ts=self.line.venue_time(), received=received, valid=valid)
            self.office.deliver(quoted)
            for caller in self.callers:
                caller.decide(quoted)
        self.agenda.after(STEP, self.tick)

    def beat(self) -> None:
        if self.office.alive:
            self.office.deliver(Beat(ts=self.office.clock()))
        self.agenda.after(BEAT, self.beat)

    def plan(self) -> None:
        """Faults and doings that have their time: outages, clocks, kills, storms, other programs' orders."""
        chance, span = self.chance("plan"), self.until - START
        for action, most in (
            (self.outage, 2),
            (self.limit_change, 3),
            (self.kill_drill, 2),
            (self.storm, 1),
            (self.manual_order, 1),
            (self.end_process, 1),
            (self.transfer, 1),
            (self.restart_strategy, 1),
        ):
            for _ in range(chance.randint(0, most)):
                self.agenda.after(chance.randint(2 * SECOND, span), action)
        chance = self.planner.chance
        for action, most in ((self.planner.place, 2), (self.planner.change, 1), (self.planner.end, 1)):
            for _ in range(chance.randint(0, most)):
                self.agenda.after(chance.randint(SECOND, span), action)

    def heal(self) -> None:
        """No fault from here on. Strategies stop, persons put right what is theirs to put right."""
        self.faults.on = False
        self.line.skew = 0
        self.line.mend()
        if self.office.jump and self.office.alive:
            self.office.die()  # a process keeps the clock it started with
        for caller in self.callers:
            caller.quiet = True
        for delay in (0, 3, 12):
            self.agenda.after(delay * SECOND, self.planner.end)
        for delay in (3, 15, 24):
            self.agenda.after(delay * SECOND, self.person.put_right)
        if self.shape.random() < 0.5:
            self.agenda.after(16 * SECOND, self.person.cancel)

    def probe(self) -> None:
        """The next order: it has to work, with room below the limit of its symbol and money of its own.

        What is UNKNOWN for ever, at a venue whose requests do not expire, holds its money for ever.
        """
        amount = Decimal(100)
        self.referee.balances["USDT"] += amount
        self.office.deliver(Deposit(key="probe", currency="USDT", amount=amount, by="ann"))
        wide = {"max_position": str(self.referee.net("BTCUSDT") + 1)}
        self.office.deliver(SetLimits(scope="symbol:BTCUSDT", limits=wide, approver="ann"))
        tick = self.market.listings["BTCUSDT"].tick
        passive = self.market.bid("BTCUSDT") * 970 / 1000 // tick * tick  # meets no order of ours
        order = SubmitOrder(
            strategy="probe",
            key="1",
            symbol="BTCUSDT",
            side=Side.BUY,
            quantity=Decimal("0.001"),
            kind=OrderKind.LIMIT,
            limit=passive,
            decided=self.agenda.now,
        )
        self.office.deliver(order)

    # -- planned faults --------------------------------------------------------------------------------------------

    def outage(self) -> None:
        if not self.faults.on:
            return
        self.faults.note("outage")
        self.line.lose()
        self.agenda.after(self.shape.randint(100, 6000) * MILLISECOND, self.line.mend)

    def limit_change(self) -> None:
        if self.faults.on:
            self.faults.note("limits changed")
            self.person.change_limits()

    def kill_drill(self) -> None:
        if not self.faults.on:
            return
        self.faults.note("kill")
        self.person.kill()
        self.agenda.after(self.shape.randint(200, 5000) * MILLISECOND, self.person.rearm)

    def storm(self) -> None:
        """Many stops at once, and a gap through all of them."""
        if not self.faults.on:
            return
        self.faults.note("stop storm")
        caller = self.callers[0]
        quoted = self.market.quoted(caller.symbol, ts=self.agenda.now, received=self.office.clock())
        for points in range(1, 9):
            trigger = caller.price(quoted, Side.BUY, points * 2)
            size = caller.size(1)
            caller.submit(quoted, Side.SELL, size, kind=OrderKind.STOP, trigger=trigger, reduce_only=points % 2 == 0)
        self.agenda.after(SECOND, lambda: self.market.gap(caller.symbol, -60))

    def manual_order(self) -> None:
        """Somebody else's order on the same account; it is taken back later."""
        if not self.faults.on:
            return
        self.faults.note("manual order")
        placed = self.referee.manual(self.shape.choice(SYMBOLS).symbol, self.line.venue_time())
        self.agenda.after(4 * SECOND, lambda: self.referee.end(placed, "canceled", self.line.venue_time()))

    def transfer(self) -> None:
        """Money moves at the venue without us; a person has to adopt it."""
        if not self.faults.on or self.shape.random() < 0.7:
            return
        self.faults.note("transfer")
        self.witness.outside = True
        self.referee.balances["USDT"] += Decimal("12.34")

    def end_process(self) -> None:
        """The whole desk dies between two turns."""
        if self.faults.on and self.office.alive:
            self.faults.note("killed at rest")
            if self.shape.random() < 0.5:
                self.office.close()
            else:
                self.office.die()

    def restart_strategy(self) -> None:
        """A strategy forgets all but what the journal tells it, and asks for something that has ended."""
        if not self.faults.on:
            return
        self.faults.note("strategy restarted")
        caller = self.callers[-1]
        caller.forget()
        caller.catch_up(self.entries(0))
        self.ask(CancelOrder(order_id=1, why="no such order"))


def venue_terms(shape: Random, *, stops: bool, amends: Amends) -> VenueTerms:
    """Mostly a venue that keeps ids apart among open orders only, as Binance does; some leave stops to the desk."""
    scope, expires = shape.choice(
        ((IdScope.OPEN, True), (IdScope.OPEN, True), (IdScope.FOREVER, True), (IdScope.FOREVER, False))
    )
    return VenueTerms(venue="referee", id_scope=scope, expires_requests=expires, stops=stops, amends=amends)

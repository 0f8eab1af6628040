"""One run: risk, execution and capital on a journal, the exchange behind ccxt, faults, a comparison at the end."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from parrot.adapters.clock.steady import SteadyClock
from parrot.adapters.journal.files import FileJournal
from parrot.adapters.venues.connecting import connect
from parrot.adapters.venues.skeleton.line import Pace
from parrot.app.desk import Desk, decode
from parrot.app.platform.assemble import components
from parrot.app.platform.spine import Parts, Spine
from parrot.centers.audit import manifest as audit
from parrot.centers.market_data.live import LiveMarket
from parrot.contracts.commands import CancelAll, Deposit, OpenDesk, OrderKind, SetLimits, Side, SubmitOrder
from parrot.contracts.connections import Connection
from parrot.contracts.ledger import AccountKind
from parrot.contracts.message import Entry
from parrot.contracts.records import OrderAccepted, OrderFilled, OrderReceived, OrderSent, ReduceOnlySet
from tests.ports.trading.served import Served
from tests.venues.books import Books
from tests.venues.caller import NAME, Caller
from tests.venues.faults import Storm

MONEY = {"USDT": "10000000", "BTC": "10"}
SYMBOL, MARKET = "BTC/USDT", "BTCUSDT"
LIMITS = {
    "price_collar": "0.05",
    "max_notional": "1000000",
    "stale_data": "5s",
    "order_rate": "2000/1s",
    "max_open_orders": "2000",
}
CONVERGED = 30
PROBED = 10


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to; `wrong` is empty when every invariant held."""

    asked: int
    orders: int
    requests: int
    accepted: int
    fills: int
    unknown: int
    attempts: int
    faults: dict[str, int]
    lost: int
    doubled: int
    settled_s: float
    seconds: float
    wrong: tuple[str, ...]


class Trial:
    """A desk of its own with an account of its own; `run` gives the result."""

    def __init__(
        self, exchange: Served, folder: Path, *, orders: int, seed: int, rate: float = 60, pause: float = 1.0
    ) -> None:
        credentials = exchange.account(MONEY)
        self._books = Books(exchange.urls["binance"], credentials, MARKET)
        self._clock = SteadyClock()
        connection = Connection(
            name="trial", exchange="binance", url=exchange.urls["binance"], options={"limits": "off"}
        )
        self._own = FileJournal(folder / "own-trades.journal", sync=False)
        pace = Pace(first=0.05, most=1.0, echo=1.0)
        live = connect(connection, credentials, [SYMBOL], clock=self._clock, trades=self._own, pace=pace)
        assert live.venue is not None
        self._venue = live.venue
        (listing,) = live.venue.listings()
        self._listing = listing
        self._parts = components([listing], live.venue.terms)
        self._journal = FileJournal(folder / "desk.journal", sync=False)
        self._desk = Desk(self._parts.all, self._journal, live.venue.send)
        self._caller = Caller(listing, orders=orders, rate=rate, seed=seed)
        self._storm = Storm(exchange, seed=seed, pause=pause)
        self._spine = Spine(
            Parts(
                desk=self._desk,
                venue=live.venue,
                feed=live.feed,
                market=LiveMarket([listing]),
                hosts=self._caller,
                flagged_kills=lambda: (),
                record=lambda flow, now: None,
                beat=lambda now: None,
            )
        )
        self._spine.connect()

    def run(self) -> Result:
        begin = time.monotonic()
        self._open()
        self._turn_until(lambda: self._caller.done, 3600)
        self._storm.heal()
        healed = time.monotonic()
        self._caller.quiet = True
        self._take(CancelAll(why="the end"))
        quiet = self._turn_until(self._quiet, CONVERGED)
        settled = time.monotonic() - healed
        wrong = [] if quiet else [f"I20: open after {CONVERGED} s: {self._shown()}"]
        wrong += self._probe()
        self._turn_until(lambda: False, 1)
        self._turn_until(self._certain, PROBED)
        self._venue.close()
        try:
            return self._compared(wrong, settled, time.monotonic() - begin)
        finally:
            self._own.close()
            self._journal.close()

    # -- the run -------------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        self._take(OpenDesk(build="b", schema="s", config="c"))
        self._take(SetLimits(scope="firm", limits=LIMITS, approver="ann"))
        for currency, amount in MONEY.items():
            self._take(Deposit(key=f"opening:{currency}", currency=currency, amount=Decimal(amount), by="opening"))

    def _take(self, command: Any) -> list[Entry]:
        entries = self._desk.take(command, self._clock.now_ns())
        self._desk.commit()
        return entries

    def _turn_until(self, done: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                return False
            now = self._clock.now_ns()
            if self._parts.execution.ready:
                self._storm.blow(now)
            if not self._spine.turn(now):
                time.sleep(0.001)
        return True

    def _open_orders(self) -> list[Any]:
        return self._parts.execution.open_orders()

    def _certain(self) -> bool:
        """Nothing is on its way: protection may be made anew at any time, so both sides are compared in between."""
        return not any(
            order.state.value in ("sent", "unknown") or order.cancel.value != "none" or order.replace.value != "none"
            for order in self._open_orders()
        )

    def _quiet(self) -> bool:
        """Protection stays: it ends with what it protects."""
        return not [order for order in self._open_orders() if not order.protective]

    def _shown(self) -> str:
        return ", ".join(f"{order.id} {order.state.value} {order.client_id}" for order in self._open_orders()[:5])

    def _probe(self) -> list[str]:
        """I20: the next order works, once there are good prices again."""
        touch = self._spine.parts.market.symbol(SYMBOL).touch
        if not self._turn_until(lambda: touch.valid(self._clock.now_ns()), CONVERGED):
            return ["I20: there are no good prices"]
        price = self._caller.price
        limit = (price * Decimal("0.97") / self._listing.tick).to_integral_value() * self._listing.tick
        quantity = self._listing.lot * 100
        order = SubmitOrder(
            strategy="probe",
            key="1",
            symbol=SYMBOL,
            side=Side.BUY,
            quantity=quantity,
            kind=OrderKind.LIMIT,
            limit=limit,
        )
        (received, *others) = self._take(order)

        def accepted() -> bool:
            found = self._parts.execution.order(received.seq)
            return found is not None and found.state.value == "accepted"

        works = self._turn_until(accepted, PROBED)
        state = self._parts.execution.order(received.seq)
        texts = [getattr(one.record, "text", "") for one in others]
        said = [] if works else [f"I20: the next order is {state and state.state.value}: {texts}"]
        self._take(CancelAll(strategy="probe", why="the end"))
        self._turn_until(lambda: not any(o.asked.strategy == "probe" for o in self._open_orders()), PROBED)
        return said

    # -- the comparison ------------------------------------------------------------------------------------------------

    def _compared(self, wrong: list[str], settled: float, seconds: float) -> Result:
        entries = [decode(body) for _, body in self._journal.read()]
        story = Story(entries)
        orders, trades = self._books.orders(), self._books.trades()
        ours = [order for order in orders if order["clientOrderId"] in story.order_of]
        strangers = [order["clientOrderId"] for order in orders if order["clientOrderId"] not in story.order_of]
        wrong += [f"I2: {name} is at the exchange and not in the journal" for name in strangers]
        wrong += self._once(ours, story)
        lost, doubled, differ = self._fills(ours, trades, story)
        wrong += differ
        wrong += self._still_open(ours)
        wrong += self._money()
        wrong += [f"{one.invariant}: entry {one.seq}: {one.text}" for one in audit.violations(entries, [self._listing])]
        wrong += [f"reduce-only: {why}" for why in story.reduce_only]
        return Result(
            asked=self._caller.asked,
            orders=self._caller.sent,
            requests=len(story.order_of),
            accepted=len(ours),
            fills=len(trades),
            unknown=story.counts["OrderUnknown"],
            attempts=max(story.attempts.values(), default=0),
            faults=dict(self._storm.counts),
            lost=lost + len(strangers),
            doubled=doubled,
            settled_s=settled,
            seconds=seconds,
            wrong=tuple(wrong),
        )

    def _once(self, ours: list[dict[str, Any]], story: Story) -> list[str]:
        """I1: of the attempts of one order at most one was ever there; I4: none filled more than was meant."""
        there: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for order in ours:
            there[story.order_of[order["clientOrderId"]]].append(order)
        wrong = []
        for order_id, found in there.items():
            if len(found) > 1:
                wrong.append(f"I1: order {order_id} is {len(found)} orders at the exchange")
            filled = sum(Decimal(one["executedQty"]) for one in found)
            if filled > story.most[order_id]:
                wrong.append(f"I4: order {order_id} of {story.most[order_id]} filled {filled}")
        return wrong

    def _fills(
        self, ours: list[dict[str, Any]], trades: list[dict[str, Any]], story: Story
    ) -> tuple[int, int, list[str]]:
        """I3: what was executed there is what was counted here, each once, to the last digit."""
        names = {order["orderId"]: order["clientOrderId"] for order in ours}
        theirs = Counter(
            (names.get(one["orderId"], ""), str(one["id"]), *map(_plain, (one["qty"], one["price"], one["commission"])))
            for one in trades
        )
        mine = Counter(
            (fill.client_id, fill.trade_id, *map(_plain, (fill.quantity, fill.price, fill.fee))) for fill in story.fills
        )
        lost, doubled = theirs - mine, mine - theirs
        wrong = [f"I3: {name} was executed and not counted" for name in list(lost)[:5]]
        wrong += [f"I3: {name} was counted and not executed, or twice" for name in list(doubled)[:5]]
        return lost.total(), doubled.total(), wrong

    def _still_open(self, ours: list[dict[str, Any]]) -> list[str]:
        theirs = {order["clientOrderId"] for order in ours if order["status"] in ("NEW", "PARTIALLY_FILLED")}
        mine = {order.client_id for order in self._open_orders() if order.out}
        return [f"I2: open on one side only: {sorted(theirs ^ mine)[:5]}"] if theirs != mine else []

    def _money(self) -> list[str]:
        theirs = self._books.balances()
        cash = self._parts.capital.ledger.of("main", AccountKind.CASH)
        mine = {name: total for name, total in cash.items() if total}
        return [f"I7: the ledger has {mine}, the exchange {theirs}"] if mine != theirs else []


class Story:
    """What the journal tells."""

    def __init__(self, entries: list[Entry]) -> None:
        self.counts = Counter(type(entry.record).__name__ for entry in entries)
        self.order_of: dict[str, int] = {}
        self.attempts: Counter[int] = Counter()
        self.most: dict[int, Decimal] = {}
        self.fills = [entry.record.fill for entry in entries if isinstance(entry.record, OrderFilled)]
        self.accepted = [entry.record.client_id for entry in entries if isinstance(entry.record, OrderAccepted)]
        self.reduce_only = [entry.record.why for entry in entries if isinstance(entry.record, ReduceOnlySet)]
        for entry in entries:
            record = entry.record
            if isinstance(record, OrderReceived):
                self.most[entry.seq] = record.order.quantity
            elif isinstance(record, OrderSent):
                self.order_of[record.client_id] = record.order_id
                self.attempts[record.order_id] += 1
                self.most[record.order_id] = max(self.most[record.order_id], record.quantity)


def _plain(amount: object) -> Decimal:
    return Decimal(str(amount)).normalize()


__all__ = ["NAME", "Result", "Story", "Trial"]

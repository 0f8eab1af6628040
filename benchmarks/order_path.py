"""The whole order path in one process: paper venue, market data, a strategy's core, desk with its centers, journals."""

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from parrot.adapters.journal.files import FileJournal, FileSegments, FileSnapshots
from parrot.app.desk import Desk
from parrot.app.hosting.hosts import fill_report
from parrot.app.hosting.life import Life
from parrot.app.platform.assemble import components
from parrot.centers.market_data.live import LiveMarket
from parrot.centers.matching import manifest as matching
from parrot.centers.risk import manifest as risk
from parrot.contracts.commands import Beat, Deposit, OpenDesk
from parrot.contracts.hosting import Held, InputBatch, LifeBegun, OrderReport
from parrot.contracts.message import Entry
from parrot.contracts.records import OrderFilled, OrderReceived
from parrot.contracts.ticks import QuoteTick
from parrot.contracts.venue import Accepted, AskState, VenueState

SECOND = 1_000_000_000
START = 1_750_000_000 * SECOND
BEAT = 100_000_000
SYMBOL = "BTC/USDT"
WARM_UP = 100
STRATEGY = """
from parrot.sdk import Strategy


class EachQuote(Strategy):
    def init(self):
        self.count = 0

    def on_quote(self, quote):
        self.count += 1
        if self.count == 1:
            self.buy(0.5)
        elif self.count % 2:
            self.buy(0.001)
        else:
            self.sell(0.001)
"""


@dataclass
class Timed:
    """Time of each order, ns: until the venue's answer was in our hands, and until that was in the journal."""

    answered: list[int] = field(default_factory=list)
    recorded: list[int] = field(default_factory=list)


class OrderPath:
    """An account at the paper venue, and a strategy that sends an order at each quote.

    With `sync` wall time is taken, because waiting for the disk is the point; without, nothing waits, and processor
    time leaves out what other programs took.
    """

    def __init__(self, folder: Path, *, sync: bool, venue_sync: bool | None = None, crowd: bool = True) -> None:
        self.now = START
        self.clock = time.perf_counter_ns if sync else time.thread_time_ns
        self.timed = Timed()
        self.count = self.beaten = 0
        self.told: Counter[str] = Counter()
        self.numbers: dict[int, int] = {}
        self.news: list[OrderReport] = []
        self.reports: deque[Any] = deque()
        segments = FileSegments(folder / "venue", sync=sync if venue_sync is None else venue_sync)
        self.venue = matching.build(matching.Settings(crowd=crowd), segments, now=self.now)
        self.answered = 0
        self.venue.connect(self._hear)
        self.market = LiveMarket(self.venue.listings())
        self.journal = FileJournal(folder / "desk.journal", sync=sync)
        self.snapshots = FileSnapshots(folder, "desk")
        self.desk = Desk(parts(self.venue), self.journal, self.venue.send, snapshots=self.snapshots)
        self._begin()
        self.life = Life(self._life())

    def _life(self) -> LifeBegun:
        return LifeBegun(
            strategy="bench",
            version=1,
            name="EachQuote",
            path="each_quote.py",
            source=STRATEGY,
            code_hash="",
            parameters={},
            listings=[listing for listing in self.venue.listings() if listing.symbol == SYMBOL],
            timeframe=0,
            feeds=["quotes"],
            cash=Decimal(500_000),
            opening=[Held(symbol=SYMBOL, quantity=Decimal(1), price=Decimal(60_000))],
        )

    def _begin(self) -> None:
        self.desk.recover()
        self.desk.watchers.append(self._heard)
        self.desk.take(OpenDesk(account="main", build="bench", schema="bench", config="bench"), self.now)
        for currency, amount in self.balances().items():
            deposit = Deposit(key=f"opening:{currency}", currency=currency, amount=amount, by="opening")
            self.desk.take(deposit, self.now)
        for limits in risk.paper_limits("bench"):
            self.desk.take(limits, self.now)
        self.desk.commit()
        self.drain()
        for _ in range(100):
            self.turn()

    def _hear(self, report: Any) -> None:
        """The venue's word; the moment of its first answer to an order is kept."""
        if not self.answered and isinstance(report, Accepted):
            self.answered = self.clock()
        self.reports.append(report)

    def _heard(self, entries: Sequence[Entry]) -> None:
        self.told.update(type(entry.record).__name__ for entry in entries)
        for entry in entries:
            if isinstance(entry.record, OrderReceived):
                self.numbers[entry.seq] = int(entry.record.order.key)
            if isinstance(entry.record, OrderFilled):
                self.news.append(fill_report(entry, self.numbers[entry.record.order_id]))

    def drain(self) -> None:
        """Takes what the venue said, until it says nothing more."""
        while self.reports:
            while self.reports:
                self.desk.take(self.reports.popleft(), self.now)
            self.desk.commit()

    def turn(self) -> QuoteTick | None:
        """The market goes on for a moment, and nobody is timed; the newest quote that passed the gates, if any."""
        return self.look(self.arrive())

    def arrive(self) -> Sequence[Any]:
        """What the venue's feed brings at the next moment in which something happens."""
        self.now = max(self.now + 1, self.venue.due() or 0)
        ticks = self.venue.poll(self.now)
        if self.now - self.beaten >= BEAT:
            self.beaten = self.now
            self.desk.take(Beat(ts=self.now), self.now)
        self.desk.commit()
        self.drain()
        return ticks

    def look(self, ticks: Sequence[Any]) -> QuoteTick | None:
        """Ticks through the gates to the desk; the newest quote of the symbol."""
        flow = self.market.take(ticks, self.now)
        for quoted in flow.quoted:
            self.desk.take(quoted, self.now)
        for symbol in flow.asks:
            self.venue.ask_snapshot(symbol, self.now)
        quotes = [m for m in flow.messages if m.__class__ is QuoteTick and m.symbol == SYMBOL]
        return quotes[-1] if quotes else None

    def play(self, going_on: Callable[[], bool]) -> None:
        """An order at each quote, timed from the arrival of its ticks, as long as `going_on` says so."""
        begin, number = 0, 0

        def feed() -> bool:
            nonlocal begin, number
            if number:
                self._decided(begin)
            if not going_on():
                return False
            while True:
                ticks = self.arrive()
                begin = self.clock()
                quote = self.look(ticks)
                if quote is not None:
                    break
            number += 1
            news, self.news = self.news, []
            self.life.take(InputBatch(number=number, upto=quote.ts, quotes=[quote], reports=news))
            return True

        self.life.run.play(feed)

    def _decided(self, begin: int) -> None:
        """The strategy has seen a quote: its orders leave, and the venue answers."""
        self.answered = 0
        for deed in self.life.deeds():
            self.count += 1
            self.desk.take(deed.submit, self.now)
        self.desk.commit()
        answered = self.answered
        self.drain()
        if answered:
            self.timed.answered.append(answered - begin)
            self.timed.recorded.append(self.clock() - begin)

    def balances(self) -> dict[str, Decimal]:
        """What the venue says that we own."""
        found: list[Any] = []
        self.venue.connect(found.append)
        self.venue.send(AskState(ts=self.now))
        self.venue.connect(self._hear)
        (state,) = (report for report in found if isinstance(report, VenueState))
        return state.balances

    def wrong(self) -> str:
        """What is not as it must be after the run, empty when all is well."""
        if self.told["CommandRefused"]:
            return "a command was refused"
        if self.told["OrderReceived"] != self.count or self.told["OrderAccepted"] != self.count:
            return f"of {self.count} orders {dict(self.told)}"
        if not self.told["OrderFilled"] or self.told["LedgerPosted"] < self.told["OrderFilled"]:
            return "fills without postings"
        booked = self.desk.state()
        again = Desk(parts(self.venue), self.journal, refuse)
        again.recover()
        return "" if again.state() == booked else "the journal leads to another state"

    def close(self) -> None:
        """Lets go of the files."""
        self.venue.close()
        self.journal.close()


def parts(venue: Any) -> Sequence[Any]:
    """The components of a platform's desk."""
    return components(venue.listings(), venue.terms).all


def refuse(request: Any) -> None:
    """A desk that is rebuilt sends nothing."""
    raise AssertionError(request)


def timed(path: OrderPath, count: int) -> Timed:
    """`count` orders one after the other, behind a hundred that do not count."""
    orders = 0

    def going_on() -> bool:
        nonlocal orders
        if orders == WARM_UP:
            path.timed = Timed()
        orders += 1
        return orders <= count + WARM_UP

    path.play(going_on)
    return path.timed


def share(values: Sequence[int], part: float) -> float:
    """The value that a part of all values does not exceed, in microseconds from ns."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] / 1e3

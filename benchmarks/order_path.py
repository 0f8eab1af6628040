"""The whole order path in one process: paper venue, market data, desk with its centers, journals on disk."""

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from parrot.adapters.journal.files import FileJournal, FileSegments, FileSnapshots
from parrot.app.desk import Desk
from parrot.centers.capital import manifest as capital
from parrot.centers.execution import manifest as execution
from parrot.centers.market_data.live import LiveMarket
from parrot.centers.matching import manifest as matching
from parrot.centers.risk import manifest as risk
from parrot.contracts.commands import Beat, Deposit, OpenDesk, OrderKind, SetLimits, Side, SubmitOrder, TimeInForce
from parrot.contracts.message import Entry
from parrot.contracts.records import OrderFilled
from parrot.contracts.ticks import QuoteTick
from parrot.contracts.venue import Accepted, AskState, VenueState

SECOND = 1_000_000_000
START = 1_750_000_000 * SECOND
STEP = 10_000_000
SYMBOL = "BTC/USDT"
QUANTITY = Decimal("0.001")
_ROOM = {"order_rate": "1000000/1s", "rate_breaker": "100000000/10s", "max_gross": "100000000", "daily_loss": "900000"}


@dataclass
class Timed:
    """Wall time of each order, ns: until the venue's answer was in our hands, and until that was in the journal."""

    answered: list[int] = field(default_factory=list)
    recorded: list[int] = field(default_factory=list)


class OrderPath:
    """An account at the paper venue; `order` sends one order at each quote and says how long it took."""

    def __init__(self, folder: Path, *, sync: bool, venue_sync: bool | None = None, crowd: bool = True) -> None:
        self.now = START
        self.timed = Timed()
        self.count = 0
        self.told: Counter[str] = Counter()
        self.filled = Decimal(0)
        self.reports: deque[Any] = deque()
        segments = FileSegments(folder / "venue", sync=sync if venue_sync is None else venue_sync)
        self.venue = matching.build(matching.Settings(crowd=crowd), segments, now=self.now)
        self.venue.connect(self.reports.append)
        self.market = LiveMarket(self.venue.listings())
        self.journal = FileJournal(folder / "desk.journal", sync=sync)
        self.snapshots = FileSnapshots(folder, "desk")
        self.desk = Desk(parts(self.venue), self.journal, self.venue.send, snapshots=self.snapshots)
        self._begin()

    def _begin(self) -> None:
        self.desk.recover()
        self.desk.watchers.append(self._heard)
        self.desk.take(OpenDesk(account="main", build="bench", schema="bench", config="bench"), self.now)
        for currency, amount in self.balances().items():
            deposit = Deposit(key=f"opening:{currency}", currency=currency, amount=amount, by="opening")
            self.desk.take(deposit, self.now)
        for limits in risk.paper_limits("bench"):
            self.desk.take(SetLimits(scope=limits.scope, limits=limits.limits | _ROOM, approver="bench"), self.now)
        self.desk.commit()
        self.drain()
        for _ in range(40):
            self.turn()

    def _heard(self, entries: Sequence[Entry]) -> None:
        self.told.update(type(entry.record).__name__ for entry in entries)
        self.filled += sum(entry.record.fill.quantity for entry in entries if isinstance(entry.record, OrderFilled))

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
        """What the venue's feed brings in a moment."""
        self.now += STEP
        ticks = self.venue.poll(self.now)
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

    def submit(self, quote: QuoteTick) -> None:
        """Buys and sells in turn at the best price of the other side, and lets the order leave."""
        self.count += 1
        buys = self.count % 2
        order = SubmitOrder(
            strategy="bench",
            key=str(self.count),
            symbol=SYMBOL,
            side=Side.BUY if buys else Side.SELL,
            quantity=QUANTITY,
            kind=OrderKind.LIMIT,
            limit=Decimal(quote.ask if buys else quote.bid).scaleb(-2),
            tif=TimeInForce.IOC,
            decided=quote.ts,
        )
        self.desk.take(order, self.now)
        self.desk.commit()

    def order(self) -> None:
        """One order at the next quote, timed from the arrival of its ticks."""
        while True:
            ticks = self.arrive()
            begin = time.perf_counter_ns()
            quote = self.look(ticks)
            if quote is not None:
                break
        self.submit(quote)
        answered = time.perf_counter_ns()
        heard = any(isinstance(report, Accepted) for report in self.reports)
        self.drain()
        if heard:
            self.timed.answered.append(answered - begin)
            self.timed.recorded.append(time.perf_counter_ns() - begin)

    def balances(self) -> dict[str, Decimal]:
        """What the venue says that we own."""
        found: list[Any] = []
        self.venue.connect(found.append)
        self.venue.send(AskState(ts=self.now))
        self.venue.connect(self.reports.append)
        (state,) = (report for report in found if isinstance(report, VenueState))
        return state.balances

    def wrong(self) -> str:
        """What is not as it must be after the run, empty when all is well."""
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


def parts(venue: Any) -> list[Any]:
    """The components of a desk, in order."""
    listings = venue.listings()
    return [risk.build(listings), execution.build(listings, venue.terms), capital.build(listings)]


def refuse(request: Any) -> None:
    """A desk that is rebuilt sends nothing."""
    raise AssertionError(request)


def timed(path: OrderPath, count: int, each: Callable[[], None] | None = None) -> Timed:
    """`count` orders one after the other, after a hundred that do not count."""
    for _ in range(100):
        path.order()
    path.timed = Timed()
    for _ in range(count):
        path.order()
        if each is not None:
            each()
    return path.timed


def share(values: Sequence[int], part: float) -> float:
    """The value that a part of all values does not exceed, in microseconds from ns."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] / 1e3

"""A running spine: a real desk on a file journal, the referee as its venue, quotes that stand still."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from parrot.adapters.journal.files import FileJournal
from parrot.app.desk import Desk
from parrot.app.platform.spine import Parts, Spine
from parrot.contracts.commands import Deposit, EngageKill, OpenDesk, Quoted, SetLimits
from parrot.contracts.listing import VenueTerms
from parrot.contracts.venue import CancelPlaced, PlaceOrder
from tests.simulation.market import SYMBOLS, Market
from tests.simulation.parts import real_parts
from tests.simulation.referee import Placed, Referee

SYMBOL = "BTCUSDT"
PATIENCE_S = 30.0


class NearVenue:
    """The trading port on a referee in the same process; what it accepted and when each request left is kept."""

    def __init__(self) -> None:
        self.terms = VenueTerms(venue="referee")
        self.referee = Referee(self.terms, Market(Random(1)), Random(1))
        self.referee.hit_rate = 0.0
        self.left: list[tuple[float, Any]] = []
        self.inbox: Callable[[Any], None] = lambda report: None

    def listings(self) -> Sequence[Any]:
        return SYMBOLS

    def connect(self, inbox: Callable[[Any], None]) -> None:
        self.inbox = inbox

    def send(self, request: Any) -> None:
        self.left.append((time.monotonic(), request))
        for report in self.referee.answer(request, time.time_ns()):
            self.inbox(report)

    def close(self) -> None:
        """Nothing to end."""

    def sent(self, kind: type, since: float = 0.0) -> list[float]:
        return [at for at, request in self.left if isinstance(request, kind) and at >= since]

    def orders_since(self, since: float) -> list[float]:
        return self.sent(PlaceOrder, since)

    def cancels_since(self, since: float) -> list[float]:
        return self.sent(CancelPlaced, since)


class HungHosts:
    """Strategies of which none answers any more: they are offered data and give nothing."""

    def offer(self, messages: Sequence[Any], now: int) -> None:
        """Goes nowhere."""

    def heard(self, entries: Sequence[Any]) -> None:
        """Goes nowhere."""

    def collect(self, take: Callable[[Any, int], Any], now: int) -> int:
        return 0

    def beat(self, now: int) -> None:
        """Goes nowhere."""


class Platform:
    """Turns a spine in a thread of its own, as the platform's loop does; `ask` is for any thread."""

    def __init__(self, folder: Path, limits: dict[str, dict[str, str]], *, worst: Decimal | None = None) -> None:
        self.venue = NearVenue()
        self.worst = worst
        self.breaches: list[Decimal] = []
        self.venue.referee.on_accept = self.look
        self.venue.referee.balances = {"USDT": Decimal(100_000_000), "BTC": Decimal(1_000)}
        self.flag = threading.Event()
        self.journal = FileJournal(folder / "desk.journal")
        listings = {listing.symbol: listing for listing in SYMBOLS}
        self.desk = Desk(real_parts(listings, self.venue.terms), self.journal, self.venue.send)
        self.spine = Spine(self.parts())
        self.spine.connect()
        self.desk.recover()
        self.first(limits)
        self.over = False
        self.thread = threading.Thread(target=self.loop)
        self.thread.start()
        self.until(lambda: any(type(request).__name__ == "AskState" for _, request in self.venue.left))

    def parts(self) -> Parts:
        nothing: Any = SimpleNamespace(poll=lambda now: (), ask_snapshot=lambda symbol, now: None)
        market: Any = SimpleNamespace(take=self.quotes)
        return Parts(
            desk=self.desk,
            venue=self.venue,
            feed=nothing,
            market=market,
            hosts=HungHosts(),
            flagged_kills=self.flagged,
            record=lambda flow, now: None,
            beat=lambda now: None,
        )

    def flagged(self) -> Sequence[EngageKill]:
        return [EngageKill(by="file", source="file", reason="the file is there")] if self.flag.is_set() else []

    def first(self, limits: dict[str, dict[str, str]]) -> None:
        now = time.time_ns()
        self.desk.take(OpenDesk(account="main", build="b", schema="s", config="c"), now)
        for currency, amount in self.venue.referee.balances.items():
            self.desk.take(Deposit(key=f"opening:{currency}", currency=currency, amount=amount, by="opening"), now)
        for scope, rules in limits.items():
            self.desk.take(SetLimits(scope=scope, limits=rules, approver="ann"), now)
        self.desk.commit()

    def quotes(self, incoming: Any, now: int) -> Any:
        middle = self.venue.referee.market.middle[SYMBOL]
        quoted = Quoted(symbol=SYMBOL, ts=now, received=now, bid=middle - 1, ask=middle + 1, last=middle)
        return SimpleNamespace(messages=[], quoted=[quoted], asks=[])

    def look(self, placed: Placed) -> None:
        """The truth at the venue after each order that it takes on."""
        if self.worst is None:
            return
        buys = [one.left for one in self.venue.referee.resting.values() if one.symbol == SYMBOL]
        held = self.venue.referee.net(SYMBOL) + sum(buys)
        if held > self.worst:
            self.breaches.append(held)

    def loop(self) -> None:
        while not self.over:
            if not self.spine.turn(time.time_ns()):
                time.sleep(0.0005)

    def ask(self, command: Any) -> list[Any]:
        """The entries that followed, once they are durable."""
        return self.spine.ask(command).result(timeout=PATIENCE_S)

    def until(self, holds: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not holds():
            assert time.monotonic() - began < PATIENCE_S, "it never came to that"
            time.sleep(0.002)

    def close(self) -> None:
        self.over = True
        self.thread.join()
        self.journal.close()

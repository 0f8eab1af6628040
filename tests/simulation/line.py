"""The wire between desk and venue: delays, losses, repeats, outages, and a process at the near end that may die."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from parrot.contracts.venue import (
    AskState,
    CancelPlaced,
    LineBack,
    LineLost,
    PlaceOrder,
    QueryPlaced,
    ReplacePlaced,
    Unanswered,
)
from tests.simulation.agenda import Agenda
from tests.simulation.faults import Faults
from tests.simulation.referee import SECOND, Referee

MILLISECOND = 1_000_000
KINDS = {
    PlaceOrder: "place",
    CancelPlaced: "cancel",
    ReplacePlaced: "replace",
    QueryPlaced: "query",
    AskState: "state",
}


class Exchange:
    """One request and its reply; at most one of reply and `Unanswered` comes first, a late reply may follow."""

    def __init__(self, request: Any, life: int) -> None:
        self.request = request
        self.life = life
        self.settled = False


class Line:
    """Carries requests to the referee and reports to `inbox`, as well as the faults let it.

    `life` counts the processes at the near end: what was on its way to one that died goes nowhere.
    """

    def __init__(self, agenda: Agenda, referee: Referee, faults: Faults, *, chance: Random) -> None:
        self.agenda = agenda
        self.referee = referee
        self.faults = faults
        self.chance = chance
        self.inbox: Callable[[Any], None] = lambda report: None
        self.up = True
        self.life = 0
        self.skew = 0
        self.on_arrival: Callable[[Any], None] = lambda request: None
        self.throttled_until = 0

    def venue_time(self) -> int:
        return self.agenda.now + self.skew

    # -- the way there ---------------------------------------------------------------------------------------------

    def send(self, request: Any) -> None:
        exchange = Exchange(request, self.life)
        timeout = self.referee.terms.request_timeout
        if not self.up:
            self.agenda.after(MILLISECOND, lambda: self.unanswered(exchange, "no connection"))
            return
        if self.faults.hit("silence"):
            exchange.settled = True  # not even the adapter's own "no answer" comes through
            if self.chance.random() < 0.5:
                return
        else:
            self.agenda.after(timeout, lambda: self.unanswered(exchange, "timeout"))
        if self.faults.hit("request lost"):
            return
        if self.faults.hit("throttled"):
            wait = self.chance.randint(1, 3) * SECOND
            self.agenda.after(self.latency(), lambda: self.unanswered(exchange, "429", retry_after=wait))
            return
        if self.faults.hit("error before execution"):
            self.agenda.after(self.latency(), lambda: self.unanswered(exchange, "503"))
            return
        delay = self.latency()
        if self.faults.hit("request late"):
            delay += int(self.chance.random() * 1.4 * self.referee.terms.receive_window)
        self.agenda.after(delay, lambda: self.arrive(exchange))

    def arrive(self, exchange: Exchange) -> None:
        self.on_arrival(exchange.request)
        reply, *stream = self.referee.answer(exchange.request, self.venue_time())
        self.reply(exchange, reply)
        self.publish(stream)

    # -- the way back ----------------------------------------------------------------------------------------------

    def reply(self, exchange: Exchange, reply: Any) -> None:
        if self.faults.hit("reply lost"):
            return
        if self.faults.hit("error after execution"):
            self.agenda.after(self.latency(), lambda: self.unanswered(exchange, "502"))
            return
        delay = self.latency()
        if self.faults.hit("reply late"):
            delay += int(self.chance.random() * 20 * SECOND)
        times = 2 if self.faults.hit("reply twice") else 1
        for _ in range(times):
            self.agenda.after(delay, lambda: self.answered(exchange, reply))
            delay += self.latency()

    def answered(self, exchange: Exchange, reply: Any) -> None:
        if exchange.life == self.life and self.up:
            exchange.settled = True
            self.inbox(reply)

    def unanswered(self, exchange: Exchange, reason: str, *, retry_after: int = 0) -> None:
        if exchange.settled or exchange.life != self.life:
            return
        exchange.settled = True
        client_id = getattr(exchange.request, "client_id", "")
        kind = KINDS[exchange.request.__class__]
        ts = self.venue_time()
        self.inbox(Unanswered(client_id=client_id, request=kind, reason=reason, retry_after=retry_after, ts=ts))

    def publish(self, reports: list[Any]) -> None:
        """The stream: each report on its own way, so that they overtake one another and the reply."""
        for report in reports:
            if not self.up or self.faults.hit("report lost"):
                continue
            times = 2 if self.faults.hit("report twice") else 1
            for _ in range(times):
                delay = self.latency()
                if self.faults.hit("report late"):
                    delay += int(self.chance.random() * 8 * SECOND)
                self.agenda.after(delay, self.carrier(report))

    def carrier(self, report: Any) -> Callable[[], None]:
        life = self.life

        def carry() -> None:
            if life == self.life and self.up:
                self.inbox(report)

        return carry

    def latency(self) -> int:
        return int(self.chance.uniform(1, 40) * MILLISECOND)

    # -- the connection --------------------------------------------------------------------------------------------

    def lose(self) -> None:
        if self.up:
            self.up = False
            self.inbox(LineLost(venue=self.referee.terms.venue, reason="reset by peer", ts=self.venue_time()))

    def mend(self) -> None:
        if not self.up:
            self.up = True
            self.inbox(LineBack(venue=self.referee.terms.venue, ts=self.venue_time()))

    def reconnect(self) -> None:
        """A new process is at the near end."""
        self.life += 1

"""The line between us and the venue: latency both ways, what gets lost on it, and when it breaks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np

from parrot.centers.matching.agenda import Agenda
from parrot.centers.matching.settings import SECOND, SHARES, Latency, Outage, OutageKind, Settings
from parrot.contracts.venue import (
    REQUEST_WORDS,
    LineBack,
    LineLost,
    Report,
    Request,
    Unanswered,
)

_BEFORE: Final = "HTTP 503: the venue did not take the request"
_AFTER: Final = "HTTP 500: the outcome is not known"
_HOUR: Final = 3600 * SECOND
CLOCK_AHEAD: Final = SECOND  # how far a request's time stamp may lie ahead, ns

Arrive = Callable[[int, Request], None]


class Line:
    """Carries requests to `arrive(number, request)` and reports to `inbox`, each way in order.

    A *reply* answers one request, by its number; it may get lost or come too late, and then the request is Unanswered
    after the timeout. All others are the *stream*; it misses only what is told while the line is down.
    """

    def __init__(self, settings: Settings, agenda: Agenda, arrive: Arrive, seed: int) -> None:
        self.inbox: Callable[[Report], None] | None = None
        self.down = ""
        self._ended = False
        self._settings = settings
        self._faults = settings.faults
        self._script = list(settings.faults.script)
        self._agenda = agenda
        self._arrive_at = arrive
        self._rng = np.random.default_rng((settings.seed, seed, 0x11E))
        self._number = 0
        self._open: dict[int, Request] = {}
        self._fates: dict[int, OutageKind] = {}
        self._last_in = self._last_out = 0
        self._letters: deque[Report] = deque()
        self._delivering = False
        latencies = (settings.requests, settings.replies)
        self._instant = not any(latency.fixed or latency.jitter for latency in latencies)
        self._calm = not (self._script or any(getattr(self._faults, name) for name in SHARES))

    def begin(self, now: int) -> None:
        """Notes the breaks of the script and the first one of chance."""
        for outage in self._script:
            self._note(outage)
        self._next_break(now)

    def plan(self, outage: Outage) -> None:
        """One more outage, from now on."""
        self._script.append(outage)
        self._calm = False
        self._note(outage)

    def _note(self, outage: Outage) -> None:
        if outage.kind is OutageKind.LINE and outage.end > self._agenda.now:
            self._agenda.at(outage.begin, self._break, outage.end)

    def _next_break(self, now: int) -> None:
        if self._faults.line_breaks:
            begin = now + int(self._rng.exponential(_HOUR / self._faults.line_breaks))
            self._agenda.at(begin, self._break, begin + self._faults.line_break)

    def resting(self) -> int:
        """Until when the venue is in maintenance, 0 when it is not."""
        found = self._during(self._agenda.now, OutageKind.MAINTENANCE)
        return found.end if found is not None else 0

    def _during(self, now: int, kind: OutageKind) -> Outage | None:
        return next((o for o in self._script if o.kind is kind and o.begin <= now < o.end), None)

    # -- requests ------------------------------------------------------------------------------------------------------

    def send(self, request: Request) -> None:
        """Lets a request leave at its time stamp, or now where that is past."""
        now = max(self._agenda.now, min(request.ts, self._agenda.now + CLOCK_AHEAD))
        self._number += 1
        number = self._number
        self._open[number] = request
        if self.down:
            self._unanswered(number, self.down, now)
            return
        fate = None if self._calm else self._fate(now)
        if self._instant and fate is None:
            self._arrive_at(number, request)
            return
        if fate is not None:
            self._fates[number] = fate
        self._agenda.at(now + self._settings.terms.request_timeout, self._time_out, number)
        if fate is not OutageKind.LOST_REQUESTS:
            self._last_in = max(self._last_in, now + self._travel(self._settings.requests))
            self._agenda.at(self._last_in, self._arrive, number, request)

    def _fate(self, now: int) -> OutageKind | None:
        faults = self._faults
        shares = (
            (OutageKind.LOST_REQUESTS, faults.lost_requests),
            (OutageKind.LOST_REPLIES, faults.lost_replies),
            (OutageKind.ERRORS_BEFORE, faults.errors_before),
            (OutageKind.ERRORS_AFTER, faults.errors_after),
        )
        for kind, share in shares:
            if (self._script and self._during(now, kind)) or (share and self._rng.random() < share):
                return kind
        return OutageKind.MAINTENANCE if self._script and self._during(now, OutageKind.MAINTENANCE) else None

    def _travel(self, latency: Latency) -> int:
        return latency.fixed + (int(self._rng.integers(0, latency.jitter + 1)) if latency.jitter else 0)

    def _arrive(self, number: int, request: Request) -> None:
        fate = self._fates.get(number)
        if fate is OutageKind.ERRORS_BEFORE:
            self._answer(number, self._refusal(number, _BEFORE))
        elif fate is OutageKind.MAINTENANCE:
            rests = max(0, self.resting() - self._agenda.now)
            self._answer(number, self._refusal(number, "HTTP 503: maintenance", retry_after=rests))
        else:
            self._arrive_at(number, request)

    def _refusal(self, number: int, reason: str, *, retry_after: int = 0) -> Unanswered | None:
        request = self._open.get(number)
        if request is None:
            return None
        return Unanswered(
            client_id=getattr(request, "client_id", ""),
            request=REQUEST_WORDS[type(request)],
            reason=reason,
            retry_after=retry_after,
            ts=self._agenda.now,
        )

    # -- reports -------------------------------------------------------------------------------------------------------

    def reply(self, number: int, report: Report) -> None:
        """The answer to request `number` leaves the venue."""
        fate = self._fates.get(number)
        if fate is OutageKind.LOST_REPLIES:
            return
        self._answer(number, self._refusal(number, _AFTER) if fate is OutageKind.ERRORS_AFTER else report)

    def _answer(self, number: int, report: Report | None) -> None:
        if report is not None:
            self._carry(number, report)

    def stream(self, report: Report) -> None:
        """What nobody asked for leaves the venue; now and then twice."""
        self._carry(0, report)
        if self._faults.repeated and self._rng.random() < self._faults.repeated:
            self._carry(0, report)

    def _carry(self, number: int, report: Report) -> None:
        if self._instant:
            self._deliver(number, report)
            return
        self._last_out = max(self._last_out, self._agenda.now + self._travel(self._settings.replies))
        self._agenda.at(self._last_out, self._deliver, number, report)

    def _deliver(self, number: int, report: Report) -> None:
        if self.down or (number and self._open.pop(number, None) is None):
            return  # nobody listens, or nobody waits for it any more
        self._fates.pop(number, None)
        self._hand_over(report)

    def _time_out(self, number: int) -> None:
        if number in self._open:
            self._unanswered(number, "no answer in time", self._agenda.now)

    def _unanswered(self, number: int, reason: str, now: int) -> None:
        request = self._open.pop(number)
        self._fates.pop(number, None)
        client_id = getattr(request, "client_id", "")
        self._hand_over(Unanswered(client_id=client_id, request=REQUEST_WORDS[type(request)], reason=reason, ts=now))

    def _hand_over(self, report: Report) -> None:
        """To the inbox, in order: what the inbox causes waits until it has returned."""
        self._letters.append(report)
        if self._delivering:
            return
        self._delivering = True
        try:
            while self._letters:
                letter = self._letters.popleft()
                if self.inbox is not None:
                    self.inbox(letter)
        finally:
            self._delivering = False

    # -- breaks --------------------------------------------------------------------------------------------------------

    def _break(self, until: int) -> None:
        self.cut("the line to the venue broke")
        self._agenda.at(until, self._mend)

    def cut(self, reason: str) -> None:
        """The line breaks: what was asked and not answered yet will not be."""
        if self.down:
            return
        now = self._agenda.now
        self.down = reason
        self._hand_over(LineLost(venue=self._settings.venue, reason=reason, ts=now))
        for number in list(self._open):
            self._unanswered(number, reason, now)

    def end(self) -> None:
        """The line never comes back."""
        self._ended = True

    def _mend(self) -> None:
        if self._ended:
            return
        self.down = ""
        self._hand_over(LineBack(venue=self._settings.venue, ts=self._agenda.now))
        self._next_break(self._agenda.now)

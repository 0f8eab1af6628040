"""The paper venue: the trading port and the feed port on one floor, moved by virtual time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from parrot.centers.matching.floor import Batch, Floor, Outcome
from parrot.centers.matching.house import OPERATIONS_HELD, House
from parrot.centers.matching.keeping import Keeper
from parrot.centers.matching.line import CLOCK_AHEAD, Line
from parrot.centers.matching.settings import Outage
from parrot.centers.matching.tape import Tape
from parrot.contracts.listing import Listing, VenueTerms
from parrot.contracts.ticks import Tick
from parrot.contracts.venue import (
    AskState,
    CancelFailed,
    CancelPlaced,
    PlaceOrder,
    QueryPlaced,
    Rejected,
    ReplacePlaced,
    Report,
    Request,
)
from parrot.kernel.errors import Refused, StorageError

Sent = tuple[int, Report]


class PaperVenue:
    """One account at a simulated venue with a crowd of its own: TradingVenue and Feed.

    Nothing happens but in `send` and `poll`. With `segments` every operation is in the journal before a report of it
    leaves; market data do not wait for that. Time is ns UTC and comes in with each call. Raises StorageError and
    DataError when the journal cannot be used; later failures of the journal end the line for good.
    """

    def __init__(self, house: House, *, now: int) -> None:
        """To be made before the house lets the crowd in; else the tape begins with the next change."""
        self.settings = house.settings
        self._house = house
        self._agenda = house.agenda
        self._outbox: list[Sent] = []
        self._wanted: list[str] = []
        self._batches: list[Batch] = []
        self._carry_out: dict[type, Callable[[Any], Outcome]] = {
            PlaceOrder: self._place,
            CancelPlaced: self._cancel,
            ReplacePlaced: self._replace,
        }
        floor = house.floor
        self._line = Line(self.settings, self._agenda, self._arrive, floor.session)
        self._tape = Tape(floor.exchange, floor.listings, session=floor.session, last=house.last)
        floor.tapes.append(self._batches.append)
        floor.tell = self._told
        house.rests(self._line.resting)
        self._line.begin(now)

    @property
    def _floor(self) -> Floor:
        return self._house.floor

    @property
    def _keeper(self) -> Keeper | None:
        return self._house.keeper

    # -- the trading port ----------------------------------------------------------------------------------------------

    @property
    def terms(self) -> VenueTerms:
        """How the venue treats orders."""
        return self.settings.terms

    def listings(self) -> Sequence[Listing]:
        """What may be traded."""
        return self._floor.listings

    def connect(self, inbox: Callable[[Report], None]) -> None:
        """Says where reports go, from within `send` and `poll`."""
        self._line.inbox = inbox

    def send(self, request: Request) -> None:
        """Lets a request leave; reports come by the inbox."""
        self._line.send(request)
        self._release()

    def close(self) -> None:
        """Writes down what is left and lets go of the journal."""
        self._house.close()

    def abandon(self) -> None:
        """Lets go of the journal as a killed process does, without writing down what is left."""
        self._house.abandon()

    # -- the feed port -------------------------------------------------------------------------------------------------

    def poll(self, now: int) -> Sequence[Tick]:
        """Lets time go on to `now`: the crowd trades, reports arrive; returns the market data."""
        self._house.run(now)
        while self._outbox:
            self._release()
            self._agenda.run(now)
        if len(self._floor.done) > OPERATIONS_HELD:
            self._write()
        return self._published(now)

    def ask_snapshot(self, symbol: str, now: int) -> None:
        """Asks for the whole book, which comes at the end of the next `poll`."""
        self._wanted.append(symbol)

    def due(self) -> int | None:
        """When something happens next."""
        return self._agenda.now if self._outbox else self._agenda.due()

    def plan(self, outage: Outage) -> None:
        """Something will be broken for a while."""
        self._line.plan(outage)

    def hash(self) -> int:
        """A hash of the exchange's whole state."""
        return self._floor.exchange.hash()

    def _published(self, now: int) -> list[Tick]:
        ticks: list[Tick] = []
        for events, ts in self._batches:
            ticks += self._tape.publish(events, ts, max(now, ts))
        self._batches.clear()
        for symbol in self._wanted:
            book = self._tape.snapshot(symbol, self._floor.now, max(now, self._floor.now))
            if book is not None:
                ticks.append(book)
        self._wanted.clear()
        return ticks

    # -- what happens at the venue -------------------------------------------------------------------------------------

    def _arrive(self, number: int, request: Request) -> None:
        now = max(min(request.ts, self._agenda.now + CLOCK_AHEAD), self._agenda.now, self._floor.now)
        if now > self._floor.now:
            self._floor.move(now)
        carry_out = self._carry_out.get(type(request))
        if carry_out is None:
            self._outbox.append((number, self._told_of(request)))
            return
        try:
            self._in_time(request)
            _, (first, *others) = carry_out(request)
        except Refused as fault:
            self._outbox.append((number, _refusal(request, str(fault), self._floor.now)))
            return
        self._outbox.append((number, first))
        if others:
            self._told(others)

    def _in_time(self, request: Request) -> None:
        now, window = self._floor.now, self.terms.receive_window
        if self.terms.expires_requests and not now - window <= request.ts <= now + CLOCK_AHEAD:
            text = f"time stamp {request.ts} at {now}"
            raise Refused(text, reason="RECEIVE_WINDOW", expected=f"at most {window} ns old")

    def _place(self, request: PlaceOrder) -> Outcome:
        account = self._floor.account
        if account.open_with(request.client_id) is not None:
            # A refusal would say that the id is not on the books, and it is.
            return [], [account.found(request.client_id, self._floor.now)]
        return self._floor.place(request)

    def _cancel(self, request: CancelPlaced) -> Outcome:
        return self._floor.end(request.client_id)

    def _replace(self, request: ReplacePlaced) -> Outcome:
        return self._floor.change(request)

    def _told_of(self, request: Request) -> Report:
        now = self._floor.now
        if isinstance(request, AskState):
            return self._floor.account.state(request.after, self._floor.balances(), now)
        assert isinstance(request, QueryPlaced)
        return self._floor.account.found(request.client_id, now, self.settings.faults.query_lag)

    def _told(self, reports: Sequence[Report]) -> None:
        self._outbox += [(0, report) for report in reports]

    # -- durable first, then told --------------------------------------------------------------------------------------

    def _release(self) -> None:
        if not self._outbox:
            return
        self._write()
        outbox, self._outbox = self._outbox, []
        for number, report in outbox:
            if number:
                self._line.reply(number, report)
            else:
                self._line.stream(report)

    def _write(self) -> None:
        try:
            self._house.write()
        except StorageError:
            self._outbox.clear()
            self._line.cut(self._house.failed)
            self._line.end()


def _refusal(request: Request, reason: str, now: int) -> Report:
    if isinstance(request, PlaceOrder):
        return Rejected(client_id=request.client_id, reason=reason, ts=now)
    return CancelFailed(client_id=getattr(request, "client_id", ""), reason=reason, ts=now)

"""Requests on their way to the venue: by urgency, one after another for each order, each answered exactly once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from itertools import count
from typing import Any, Final

from parrot.adapters.venues.skeleton.checks import objection
from parrot.adapters.venues.skeleton.news import News, OrderNews
from parrot.adapters.venues.skeleton.roster import Roster, replaced
from parrot.adapters.venues.skeleton.state import AccountState
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.skeleton.wire import Wire
from parrot.contracts.listing import Listing
from parrot.contracts.venue import (
    REQUEST_WORDS,
    AskState,
    CancelFailed,
    CancelPlaced,
    Found,
    NotFound,
    PlaceOrder,
    QueryPlaced,
    Rejected,
    ReplacePlaced,
    Report,
    Request,
    Unanswered,
)

_URGENCY: Final[dict[type, int]] = {CancelPlaced: 0, PlaceOrder: 1, ReplacePlaced: 1, QueryPlaced: 2, AskState: 3}
_PARALLEL: Final = 16
_STATE_PATIENCE: Final = 5  # times the timeout of one request: a state is several
urgency: ContextVar[int] = ContextVar("urgency", default=4)
"""How urgent the request is in whose task this is read: 0 a cancel, 1 an order, 2 a question, 3 a state, 4 the rest."""


class Requests:
    """Runs in the adapter's loop. `resync` puts the clock right, `key_failed` hears that the key was refused."""

    def __init__(
        self,
        wire: Wire,
        roster: Roster,
        state: AccountState,
        *,
        now: Callable[[], int],
        emit: Callable[[list[Report]], None],
        resync: Callable[[], Awaitable[None]],
        key_failed: Callable[[str], None],
    ) -> None:
        self.answered = 0
        self.barred = ""  # why no order may leave
        self._wire = wire
        self._roster = roster
        self._state = state
        self._now = now
        self._emit = emit
        self._resync = resync
        self._key_failed = key_failed
        self._listings: dict[str, Listing] = {}
        self._queue: asyncio.PriorityQueue[tuple[int, int, Request]] = asyncio.PriorityQueue()
        self._numbers = count()
        self._behind: dict[str, deque[Request]] = {}
        self._workers: list[asyncio.Task[None]] = []
        self._carry_out: dict[type, Callable[[Any], Awaitable[list[Report]]]] = {
            PlaceOrder: self._place,
            CancelPlaced: self._cancel,
            ReplacePlaced: self._replace,
            QueryPlaced: self._query,
            AskState: self._ask,
        }

    def start(self) -> None:
        """Begins to work, once the wire is open."""
        self._listings = {listing.symbol: listing for listing in self._wire.listings()}
        self._workers = [asyncio.create_task(self._work()) for _ in range(_PARALLEL)]

    async def stop(self) -> None:
        """Lets go of what is under way."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def take(self, request: Request) -> None:
        """Takes a request in; one about an order of which another is under way waits for that one's answer."""
        if isinstance(request, PlaceOrder):
            self._roster.expect(request.client_id, request.symbol)
        client_id = getattr(request, "client_id", "")
        if client_id in self._behind:
            self._behind[client_id].append(request)
            return
        if client_id:
            self._behind[client_id] = deque()
        self._put(request)

    def _put(self, request: Request) -> None:
        self._queue.put_nowait((_URGENCY[type(request)], next(self._numbers), request))

    async def _work(self) -> None:
        while True:
            urgent, _, request = await self._queue.get()
            token = urgency.set(urgent)
            try:
                self._emit(await self._answer(request))
            finally:
                urgency.reset(token)
                self.answered += 1
                self._next(getattr(request, "client_id", ""))

    def _next(self, client_id: str) -> None:
        behind = self._behind.get(client_id)
        if behind:
            self._put(behind.popleft())
        else:
            self._behind.pop(client_id, None)

    async def _answer(self, request: Request) -> list[Report]:
        patience = self._wire.terms.request_timeout
        if isinstance(request, AskState):
            patience *= _STATE_PATIENCE
        try:
            async with _limit(patience):
                return await self._carry_out[type(request)](request)
        except Trouble as trouble:
            return self._troubled(request, trouble)
        except TimeoutError:
            return [self._unanswered(request, "no answer in time")]
        except Exception as fault:  # noqa: BLE001  whatever a protocol's library trips over, the outcome is unknown
            return [self._unanswered(request, f"{type(fault).__name__}: {fault}"[:200])]

    # -- one kind of request after another -----------------------------------------------------------------------------

    async def _place(self, request: PlaceOrder) -> list[Report]:
        if wrong := self._never_leaves(request):
            return [Rejected(client_id=request.client_id, reason=wrong, ts=self._now())]
        try:
            return self._roster.hear(await self._again(lambda: self._wire.place(request)))
        except Trouble as trouble:
            if trouble.outcome is not Outcome.DUPLICATE:
                raise
            # A refusal would say that the id is not on the books, and it is.
            return await self._query(QueryPlaced(client_id=request.client_id, symbol=request.symbol, ts=request.ts))

    def _never_leaves(self, request: PlaceOrder) -> str:
        terms = self._wire.terms
        if self.barred:
            return self.barred
        if terms.expires_requests and self._now() > request.ts + terms.receive_window:
            return f"it waited longer than {terms.receive_window / 1e9:g} s and was not sent"
        return objection(request, self._listings.get(request.symbol))

    async def _again(self, send: Callable[[], Awaitable[list[News]]]) -> list[News]:
        """Once more with the clock put right, where the venue did not like the time stamp: it did nothing then."""
        try:
            return await send()
        except Trouble as trouble:
            if trouble.outcome is not Outcome.CLOCK:
                raise
        await self._resync()
        return await send()

    async def _cancel(self, request: CancelPlaced) -> list[Report]:
        return self._roster.hear(await self._again(lambda: self._wire.cancel(request)))

    async def _replace(self, request: ReplacePlaced) -> list[Report]:
        found = await self._again(lambda: self._wire.replace(request))
        return [*self._roster.hear(found), *(replaced(news) for news in found[:1] if isinstance(news, OrderNews))]

    async def _query(self, request: QueryPlaced) -> list[Report]:
        asked = self._now()  # the venue answers later than this: to say it did not know the order then is safe
        try:
            news = await self._wire.query(request)
        except Trouble as trouble:
            if trouble.outcome is Outcome.CLOCK:
                await self._resync()
            if trouble.outcome is not Outcome.MISSING:
                raise
            return [NotFound(client_id=request.client_id, ts=asked)]
        found = Found(
            client_id=request.client_id,
            venue_id=news.venue_id,
            status=news.status,
            filled=news.filled,
            ts=asked,
        )
        return [*self._roster.learn([news]), found]

    async def _ask(self, request: AskState) -> list[Report]:
        return await self._state.ask(request)

    # -- what failed ---------------------------------------------------------------------------------------------------

    def _troubled(self, request: Request, trouble: Trouble) -> list[Report]:
        now, outcome = self._now(), trouble.outcome
        if outcome is Outcome.KEY:
            self._key_failed(trouble.reason)
        certain = outcome in (Outcome.REFUSED, Outcome.KEY, Outcome.CLOCK, Outcome.MISSING)
        if certain and isinstance(request, PlaceOrder):
            return [Rejected(client_id=request.client_id, reason=trouble.reason, ts=now)]
        if certain and isinstance(request, CancelPlaced | ReplacePlaced):
            return [CancelFailed(client_id=request.client_id, reason=trouble.reason, ts=now)]
        return [self._unanswered(request, trouble.reason, retry_after=trouble.retry_after)]

    def _unanswered(self, request: Request, reason: str, *, retry_after: int = 0) -> Unanswered:
        return Unanswered(
            client_id=getattr(request, "client_id", ""),
            request=REQUEST_WORDS[type(request)],
            reason=reason,
            retry_after=retry_after,
            ts=self._now(),
        )


def _limit(nanoseconds: int) -> asyncio.Timeout:
    return asyncio.timeout(nanoseconds / 1e9)

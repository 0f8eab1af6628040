"""The line to one venue: opens, carries, breaks, comes back; a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import structlog

from parrot.adapters.venues.skeleton.news import KeyScope, News
from parrot.adapters.venues.skeleton.outbox import Outbox
from parrot.adapters.venues.skeleton.own_trades import OwnTrades
from parrot.adapters.venues.skeleton.requests import Requests
from parrot.adapters.venues.skeleton.roster import Roster
from parrot.adapters.venues.skeleton.state import AccountState
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.skeleton.wire import Wire
from parrot.contracts.venue import LineBack, LineLost
from parrot.kernel.errors import MissingError, VenueError

_SAMPLES: Final = 3
_DRIFT: Final = 100_000_000  # ns that the venue's clock may be off what was measured
_LOOK_AGAIN_S: Final = 0.3  # behind news of a fill without its trade
_LOOK_BEHIND_S: Final = 3.0
_KEY_AGAIN_S: Final = 30.0
_OPEN_S: Final = 60.0
_CLOSE_S: Final = 5.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a broken stream waits before it is tried again, and how often a standing one is asked; seconds."""

    first: float = 0.2
    most: float = 30.0
    echo: float = 10.0

    def pause(self, failures: int) -> float:
        """The pause behind so many failures in a row."""
        return min(self.most, self.first * 2.0 ** min(failures - 1, 10))


class Line:
    """Owns the loop. `open` blocks until the venue was reached; from then on streams are kept up until `close`."""

    def __init__(
        self,
        wire: Wire,
        outbox: Outbox,
        trades: OwnTrades | None,
        *,
        symbols: Sequence[str],
        now: Callable[[], int],
        allow_withdrawals: bool,
        pace: Pace | None = None,
    ) -> None:
        self.warnings: list[str] = []
        self.up = False
        self._wire = wire
        self._outbox = outbox
        self._symbols = tuple(symbols)
        self._now = now
        self._allow_withdrawals = allow_withdrawals
        self._pace = pace or Pace()
        self._private = trades is not None
        self._trades = trades or OwnTrades(None, opened=now())
        self._roster = Roster(self._trades)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=f"venue {wire.terms.venue}", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking = False
        self._told_down = False
        self._reason = ""
        self._state = AccountState(wire, self._roster, self._trades, symbols=symbols, now=now)
        self._requests: Requests | None = None

    # -- from any thread -----------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Loads markets, puts the clock right, looks what the key may do, begins the streams.

        Raises VenueError, MissingError for an unknown symbol.
        """
        self._thread.start()
        try:
            self.run(self._open()).result(_OPEN_S)
        except Trouble as trouble:
            self.close()
            temporary = trouble.outcome not in (Outcome.KEY, Outcome.REFUSED)
            fix = "look whether it can be reached, and try again" if trouble.outcome is Outcome.UNKNOWN else ""
            raise VenueError(f"{self._wire.terms.venue}: {trouble.reason}", fix=fix, temporary=temporary) from trouble
        except TimeoutError as late:
            self.close()
            reason = f"{self._wire.terms.venue} did not open in time: {self._reason or 'no answer'}"
            raise VenueError(reason, fix="look whether it can be reached, and try again") from late
        except BaseException:
            self.close()
            raise

    def run(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Runs a coroutine in the loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, function: Callable[..., object], *arguments: Any) -> None:
        """Calls a function in the loop, some time soon; nothing happens once it is closed."""
        with contextlib.suppress(RuntimeError):  # the loop may close while others still call
            self._loop.call_soon_threadsafe(function, *arguments)

    @property
    def answered(self) -> int:
        """How many requests were answered."""
        return self._requests.answered if self._requests is not None else 0

    def send(self, request: Any) -> None:
        """Takes a request in; called in the loop."""
        assert self._requests is not None
        self._requests.take(request)

    def close(self) -> None:
        """Ends everything; returns when the thread has ended."""
        if not self._thread.is_alive():
            return
        with contextlib.suppress(Exception):  # whatever fails at the venue, the thread has to end
            self.run(self._close()).result(_CLOSE_S)
        self.call(self._loop.stop)
        self._thread.join(_CLOSE_S)

    # -- the loop ------------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(self._noted)
        try:
            self._loop.run_forever()
        finally:
            with contextlib.suppress(Exception):  # whatever a stream throws as it ends, the loop is closed
                self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    def _noted(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        log().warning("venue loop", venue=self._wire.terms.venue, what=str(context.get("message"))[:200])

    async def _open(self) -> None:
        await self._wire.open()
        self._require_listed()
        await self.resync()
        if self._private:
            self._look_at(await self._wire.scope())
        self._requests = Requests(
            self._wire,
            self._roster,
            self._state,
            now=self._now,
            emit=self._outbox.report,
            resync=self.resync,
            key_failed=self._key_failed,
        )
        self._requests.start()
        ready = asyncio.Event()
        if self._private:
            self._start(self._keep(self._carry_private, ready))
            async with asyncio.timeout(_OPEN_S / 2):
                await ready.wait()
        for stream in self._wire.markets(self._symbols, self._outbox.raw):
            self._start(self._keep(stream))
        await self._say_alive()
        self._start(self._tend())

    def _require_listed(self) -> None:
        """Before a stream asks for it in vain."""
        venue, listed = self._wire.terms.venue, {listing.symbol for listing in self._wire.listings()}
        missing = [symbol for symbol in self._symbols if symbol not in listed]
        if missing:
            near = difflib.get_close_matches(missing[0], listed, n=5, cutoff=0.5)
            expected = f"one of its {len(listed)} symbols" + (f", perhaps {' or '.join(near)}" if near else "")
            raise MissingError(f"{venue} does not list {', '.join(missing)}", expected=expected)

    async def _close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._requests is not None:
            await self._requests.stop()
        await self._wire.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- clock and key -------------------------------------------------------------------------------------------------

    async def resync(self) -> None:
        """Measures the venue's clock a few times and believes the answer that came soonest."""
        samples = [await self._measured() for _ in range(_SAMPLES)]
        self._wire.offset = min((found for found in samples if found is not None), default=(0, self._wire.offset))[1]

    async def _measured(self) -> tuple[int, int] | None:
        """How long an answer took, and by how much the venue's clock is ahead: it was read midway."""
        asked = self._now()
        told = await self._wire.server_time()
        heard = self._now()
        return None if told is None else (heard - asked, told - (asked + heard) // 2)

    def _look_at(self, scope: KeyScope) -> None:
        venue = self._wire.terms.venue
        if scope.trade is False:
            raise Trouble(Outcome.KEY, "the key may not trade; give it that right, or use a feed only")
        if scope.withdraw and not self._allow_withdrawals:
            raise Trouble(
                Outcome.KEY, "the key may withdraw; make one that may only trade, or allow it in the settings"
            )
        if scope.withdraw:
            self.warnings.append(f"{venue}: the key may withdraw; one that may only trade is safer")
        if scope.withdraw is None:
            self.warnings.append(f"{venue} does not say whether the key may withdraw; look there yourself")

    def _key_failed(self, reason: str) -> None:
        if self._requests is not None and not self._requests.barred:
            self._requests.barred = f"the key does not work: {reason}"
            self._start(self._try_key())

    async def _try_key(self) -> None:
        """No order leaves until the key works again."""
        while True:
            await asyncio.sleep(_KEY_AGAIN_S)
            with contextlib.suppress(Exception):  # whatever fails, the key has not shown that it works
                await self._wire.balances()
                assert self._requests is not None
                self._requests.barred = ""
                return

    async def _tend(self) -> None:
        """Every few seconds a word on the streams, and a look at the venue's clock: data are dated by it."""
        while True:
            await asyncio.sleep(self._pace.echo)
            await self._say_alive()
            try:
                await self._wire.echo()
            except Exception as fault:  # noqa: BLE001  whatever it is, the stream cannot be trusted
                log().warning("venue streams are cut", venue=self._wire.terms.venue, reason=str(fault)[:200])
                with contextlib.suppress(Exception):  # it is broken, so its end may be too
                    await self._wire.hang_up()
            with contextlib.suppress(Exception):  # the next round tries again
                found = await self._measured()
                if found is not None and abs(found[1] - self._wire.offset) > _DRIFT + found[0]:
                    await self.resync()

    async def _say_alive(self) -> None:
        if self._private:
            try:
                await self._wire.alive()
            except Exception as fault:  # noqa: BLE001  the next round tries again, and the venue acts if all of them fail
                log().warning("the dead-man's switch", venue=self._wire.terms.venue, reason=str(fault)[:200])

    # -- streams -------------------------------------------------------------------------------------------------------

    async def _keep(self, carry: Callable[..., Awaitable[None]], *arguments: Any) -> None:
        """Carries a stream again and again, with longer pauses while it does not come up."""
        failures = 0
        while True:
            begin = self._loop.time()
            try:
                await carry(*arguments)
                reason = "ended"
            except Trouble as trouble:
                reason = trouble.reason
            except Exception as fault:  # noqa: BLE001  a stream that trips over something is begun anew
                reason = f"{type(fault).__name__}: {fault}"
            failures = 1 if self._loop.time() - begin > self._pace.most else failures + 1
            self._reason = reason[:200]
            log().info("venue stream broke", venue=self._wire.terms.venue, reason=self._reason)
            await asyncio.sleep(self._pace.pause(failures))

    async def _carry_private(self, ready: asyncio.Event) -> None:
        def up() -> None:
            self.up = True
            if self._told_down:
                self._told_down = False
                self._outbox.report([LineBack(venue=self._wire.terms.venue, ts=self._now())])
            ready.set()
            self._start(self._look_behind())

        reason = "the private stream ended"
        try:
            await self._wire.private(self._heard, up)
        except Trouble as trouble:
            reason = trouble.reason
            raise
        except Exception as fault:
            reason = f"{type(fault).__name__}: {fault}"
            raise
        finally:
            self.up = False
            if ready.is_set() and not self._told_down:
                self._told_down = True
                self._outbox.report([LineLost(venue=self._wire.terms.venue, reason=reason[:200], ts=self._now())])

    async def _look_behind(self) -> None:
        """Some venues take a moment until they tell what happens: what was executed meanwhile is in the history."""
        await asyncio.sleep(_LOOK_BEHIND_S)
        with contextlib.suppress(Exception):  # the desk asks for the state from time to time as well
            self._outbox.report(await self._state.recover(self._symbols))

    def _heard(self, news: News) -> None:
        self._outbox.report(self._roster.hear([news]))
        if not self._looking and (self._roster.waiting or self._lacks(news)):
            self._looking = True
            self._start(self._look())

    def _lacks(self, news: News) -> bool:
        known = self._roster.get(news.client_id)
        return known is not None and known.lacks_trades

    async def _look(self) -> None:
        """Reads the history where the venue shows fills of which no trade came: once, the desk asks from there on."""
        try:
            await asyncio.sleep(_LOOK_AGAIN_S)
            with contextlib.suppress(Trouble):  # the desk asks for the state from time to time as well
                self._outbox.report(await self._state.name())
                self._outbox.report(await self._state.recover(self._roster.lacking()))
        finally:
            self._looking = False


def log() -> Any:
    """The log of venue adapters."""
    return structlog.get_logger("parrot.venues")

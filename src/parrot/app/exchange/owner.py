"""The exchange and its time on one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import structlog

from parrot.contracts.exchange import AccountEvent, MarketEvent
from parrot.kernel.errors import StorageError
from parrot.ports.clock import Clock
from parrot.ports.exchange import Listener, PublicExchange

T = TypeVar("T")
_LATEST: Final = 20_000_000  # ns that time may stand still
_SOONEST: Final = 1_000_000  # what the loop's timers can tell apart


class LoopOwner:
    """Owns an exchange in the thread of the running loop: time goes on before each call, and by a timer.

    Listeners hear of things once the exchange has returned, so that they may ask it something. `failed` hears the error
    with which the exchange stopped: its journal cannot be written.
    """

    def __init__(self, exchange: PublicExchange, clock: Clock, failed: Callable[[Exception], None]) -> None:
        self._failed = failed
        self._exchange = exchange
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._events: list[AccountEvent | MarketEvent] = []
        self._listeners: list[Listener] = []
        self._ticks: list[Callable[[int], None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._armed = 0
        exchange.listen(self._heard)

    def call(self, work: Callable[[], T], done: Callable[[T | None, Exception | None], None]) -> None:
        """Has `work` done now; `done` hears the result or the error before this returns."""
        result, error = None, None
        try:
            self._exchange.turn(self._clock.now_ns())
            result = work()
        except Exception as fault:  # noqa: BLE001  # whoever asked gets it
            error = fault
        self._tell()
        done(result, error)
        self._hurry()

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns, or the error that it raises."""
        try:
            self._exchange.turn(self._clock.now_ns())
            return work()
        finally:
            self._tell()
            self._hurry()

    def listen(self, listener: Listener) -> None:
        """Tells `listener` all that happens."""
        self._listeners.append(listener)

    def each_tick(self, tick: Callable[[int], None]) -> None:
        """Calls `tick(now)` after each turn of the timer."""
        self._ticks.append(tick)

    def start(self) -> None:
        """Lets time go on until `stop`."""
        self._turn()

    def stop(self) -> None:
        """Lets time stand still."""
        if self._timer is not None:
            self._timer.cancel()

    def _turn(self) -> None:
        now = self._clock.now_ns()
        try:
            self._exchange.turn(now)
            self._tell()
            for tick in self._ticks:
                tick(now)
        except StorageError as fault:
            self._failed(fault)
            return
        except Exception:  # noqa: BLE001  # a defect there, and time goes on
            _log().exception("a turn failed")
        self._arm(now, now + _SOONEST, now + _LATEST)

    def _hurry(self) -> None:
        """What a call has left to happen or to tell may be due before the timer."""
        due = self._exchange.due()
        if due is not None and due < self._armed and self._timer is not None:
            now = self._clock.now_ns()
            self._arm(now, now if due <= now else now + _SOONEST, self._armed)

    def _arm(self, now: int, soonest: int, latest: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        due = self._exchange.due()
        self._armed = max(soonest, latest if due is None else min(latest, due))
        self._timer = self._loop.call_later((self._armed - now) / 1e9, self._turn)

    def _heard(self, events: Sequence[AccountEvent | MarketEvent]) -> None:
        self._events.extend(events)

    def _tell(self) -> None:
        while self._events:
            events, self._events = self._events, []
            for listener in self._listeners:
                try:
                    listener(events)
                except Exception:  # noqa: BLE001  # a defect of one protocol is none of the others'
                    _log().exception("a listener failed")


def _log() -> Any:
    return structlog.get_logger("parrot.exchange")

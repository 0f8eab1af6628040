"""A platform's venue for other clients: servers in a thread of their own, the exchange in the platform's."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, Final, TypeVar

import structlog
import uvloop

from parrot.app.exchange.binance import BinanceServer
from parrot.app.exchange.front import Front
from parrot.app.exchange.keys import Keys
from parrot.app.exchange.settings import ExchangeSettings
from parrot.app.exchange.site import Site
from parrot.app.listening import listen
from parrot.contracts.exchange import AccountEvent, MarketEvent
from parrot.kernel.errors import BusyError, StorageError
from parrot.ports.exchange import Listener, PublicExchange

T = TypeVar("T")
Done = Callable[[Any, Exception | None], None]
Ask = Callable[[Callable[[], Any]], "Future[Any]"]
_TICK_S: Final = 0.02
_ASKED_MOST: Final = 64  # at once: the platform's own commands come through the same door, and its turns stay short
_WAITING_MOST: Final = 10_000
_LATEST_STOP_S: Final = 5.0
_LATEST_S: Final = 5.0


class ThreadOwner:
    """Has work done in the thread that owns an exchange, by `ask`, and says what came of it in the loop's thread."""

    def __init__(self, exchange: PublicExchange, ask: Ask) -> None:
        self._exchange = exchange
        self._ask = ask
        self._loop = asyncio.get_running_loop()
        self._listeners: list[Listener] = []
        self._ticks: list[Callable[[int], None]] = []
        self._waiting: deque[tuple[Callable[[], Any], Done]] = deque()
        self._asked = 0
        exchange.listen(self._heard)

    def call(self, work: Callable[[], T], done: Callable[[T | None, Exception | None], None]) -> None:
        """Has `work` done soon, in the order of the calls; `done` hears the result or the error."""
        if len(self._waiting) >= _WAITING_MOST:
            done(None, StorageError("too many requests wait", expected=f"at most {_WAITING_MOST}", fix="try again"))
            return
        self._waiting.append((work, done))
        self._hand_over()

    def _hand_over(self) -> None:
        while self._waiting and self._asked < _ASKED_MOST:
            work, done = self._waiting.popleft()
            try:
                asked = self._ask(partial(self._whole, work))
            except Exception as fault:  # noqa: BLE001  # too much waits there
                done(None, fault)
                continue
            self._asked += 1
            asked.add_done_callback(partial(self._soon, self._answered, done))

    def _answered(self, done: Done, future: Future[Any]) -> None:
        self._asked -= 1
        fault = future.exception()
        done(None if fault else future.result(), fault if isinstance(fault, Exception) else None)
        self._hand_over()

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns, or the error that it raises."""
        result: T = await asyncio.wrap_future(self._ask(lambda: self._whole(work)))
        return result

    def _whole(self, work: Callable[[], T]) -> T:
        """The work, and then at once what it did to the market, which is else told with the next turn."""
        try:
            return work()
        finally:
            self._exchange.turn(self._exchange.now)

    def listen(self, listener: Listener) -> None:
        """Tells `listener` all that happens."""
        self._listeners.append(listener)

    def each_tick(self, tick: Callable[[int], None]) -> None:
        """Calls `tick(now)` every 20 ms."""
        self._ticks.append(tick)

    def start(self) -> None:
        """Lets ticks come."""
        self._loop.call_later(_TICK_S, self._tick)

    def _tick(self) -> None:
        self._loop.call_later(_TICK_S, self._tick)
        for tick in self._ticks:
            tick(self._exchange.now)

    def _heard(self, events: Sequence[AccountEvent | MarketEvent]) -> None:
        self._soon(self._tell, tuple(events))

    def _tell(self, events: Sequence[AccountEvent | MarketEvent]) -> None:
        for listener in self._listeners:
            listener(events)

    def _soon(self, work: Callable[..., None], *given: Any) -> None:
        if not self._loop.is_closed():  # the platform outlives its servers by a moment
            self._loop.call_soon_threadsafe(work, *given)


class PublicServer:
    """Serves the exchange of a platform on a port of its own until `stop`. Raises InputError when the port is taken."""

    def __init__(self, exchange: PublicExchange, ask: Ask, settings: ExchangeSettings, keys: Keys) -> None:
        self._exchange = exchange
        self._ask = ask
        self._settings = settings
        self._keys = keys
        self._listener = listen(settings.host, settings.port or 0, option="settings.toml, [exchange] port =")
        self.url = f"http://{settings.host}:{self._listener.getsockname()[1]}"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: BinanceServer | None = None
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._serve, name="exchange", daemon=True)

    @property
    def keys(self) -> Keys:
        """Who may trade from outside."""
        return self._keys

    def within(self, work: Callable[[Front], T]) -> T:
        """What `work` returns of the face, in the thread of the servers. Raises BusyError while it is not there."""
        loop, server = self._loop, self._server
        if loop is None or server is None or server.front is None or loop.is_closed():
            raise BusyError("the public exchange is starting or stopping", fix="try again")
        front = server.front

        async def asked() -> T:
            return work(front)

        return asyncio.run_coroutine_threadsafe(asked(), loop).result(_LATEST_S)

    def start(self) -> None:
        """Begins; clients are answered as soon as the platform turns."""
        self._thread.start()

    def stop(self) -> None:
        """Says good-bye to clients and lets go of the port."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(_LATEST_STOP_S)
        self._listener.close()

    def _serve(self) -> None:
        try:
            uvloop.run(self._run())
        except Exception:  # noqa: BLE001  # the platform goes on without it
            structlog.get_logger("parrot.exchange").exception("the public exchange stopped")

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        owner = ThreadOwner(self._exchange, self._ask)
        server = BinanceServer(Site(self._exchange, self._keys, owner, self._settings), self._listener)
        self._server = server
        starting = asyncio.create_task(server.start())
        owner.start()
        ended = asyncio.create_task(self._ended.wait())
        await asyncio.wait({starting, ended}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            await ended
        starting.cancel()
        await server.stop()

"""Between sockets and the exchange: requests and what faults make of them, connections and who hears what."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import msgspec
import structlog

from parrot.app.exchange.site import Site
from parrot.app.exchange.websocket import ApiTalk, MarketTalk, WebSocket
from parrot.contracts.exchange import PublicMarket
from parrot.gateway.binance_api import trouble
from parrot.gateway.binance_api.admin import PREFIX, Admin
from parrot.gateway.binance_api.face import Face
from parrot.gateway.binance_api.faults import FaultKind, Faults, FaultSpec
from parrot.gateway.binance_api.hub import MILLISECOND, Hub
from parrot.gateway.binance_api.session import ApiSession
from parrot.gateway.binance_api.wire import ApiRequest, ApiResponse

Answer = Callable[[ApiResponse | None], None]
_MICROSECOND: Final = 1_000
_FAULTS: Final = PREFIX + "v1/faults"
_LOST: Final = ApiResponse(
    500, b'{"code":-1000,"msg":"An unknown error occurred while processing the request."}', [trouble.JSON]
)
_TOO_LONG: Final = ApiResponse(414, b'{"code":-1000,"msg":"The address is too long."}', [trouble.JSON])
_MISSING: Final = ApiResponse(404, b'{"code":-1000,"msg":"There is nothing at this address."}', [trouble.JSON])
_SWEEP_S: Final = 1.0


class Front:
    """One Binance face with its hub, faults and admin calls; all in the loop's thread."""

    def __init__(self, site: Site, face: Face, markets: list[PublicMarket]) -> None:
        settings = site.settings
        self.owner = site.owner
        self.face = face
        self.exchange = site.exchange
        self.limits = settings.limits
        self.faults = Faults()
        self.hub = Hub(site.exchange, markets, site.owner.call, self.faults)
        self.admin = Admin(
            site.exchange, site.keys, self.faults, settings.secret, status=self.facts, changed=self.meet_faults
        )
        self.sockets: dict[WebSocket, None] = {}
        self.closing = False
        self._loop = asyncio.get_running_loop()
        self._sweeper: asyncio.TimerHandle | None = None
        self._requests = 0
        site.owner.listen(self.hub.take)
        site.owner.each_tick(self.hub.tick)

    def start(self) -> None:
        """Looks after connections from here on."""
        self._sweeper = self._loop.call_later(_SWEEP_S, self._sweep)

    def stop(self) -> None:
        """Tells clients that the server goes, and closes their connections."""
        self.closing = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        now = self.exchange.now // MILLISECOND
        for socket in tuple(self.sockets):
            socket.talk.shutdown(now)
            socket.close(1001, "server shutdown")

    # -- requests ------------------------------------------------------------------------------------------------------

    def ask(self, request: ApiRequest, answer: Answer) -> None:
        """Has a request answered; `answer` hears None where the connection is to be cut."""
        self._requests += 1
        if request.path.startswith(_FAULTS):
            answer(self.admin.handle(request))  # they belong to this thread, not to the exchange's
        elif request.path.startswith(PREFIX):
            self._work(lambda: self.admin.handle(request), answer)
        elif self.faults.active:
            self._ask_in_trouble(request, answer)
        else:
            self._work(lambda: self.face.handle(request), answer)

    def _work(self, work: Callable[[], ApiResponse], answer: Answer) -> None:
        def done(response: ApiResponse | None, fault: Exception | None) -> None:
            if fault is not None:
                _log().error("a request failed", exc_info=fault)
            answer(_LOST if response is None else response)

        self.owner.call(work, done)

    def _ask_in_trouble(self, request: ApiRequest, answer: Answer) -> None:
        now = self.exchange.now
        self.face.skew = self.faults.skew(now)
        struck = self.faults.request(f"{request.method} {request.path}", now)
        if struck is None:
            self._work(lambda: self.face.handle(request), answer)
        elif struck.kind in trouble.NOT_CARRIED_OUT:
            answer(trouble.answer(struck, now))
        elif struck.kind is FaultKind.DROP_BEFORE:
            answer(None)
        elif struck.kind is not FaultKind.SILENT:
            self._work(lambda: self.face.handle(request), self._after(struck, answer))

    def _after(self, struck: FaultSpec, answer: Answer) -> Answer:
        if struck.kind is FaultKind.SLOW:
            return lambda response: _later(self._loop, struck.delay_ms, answer, response)
        if struck.kind is FaultKind.DROP_AFTER:
            return lambda _: answer(None)
        return lambda _: answer(trouble.answer(struck, self.exchange.now))

    def ask_method(self, talk: ApiTalk, text: bytes, answer: Callable[[bytes | None], None]) -> None:
        """Has a request of the WebSocket API answered; `answer` hears None where the connection is to be cut."""
        self._requests += 1
        if not self.faults.active:
            self._method(talk, text, answer)
            return
        now = self.exchange.now
        self.face.skew = self.faults.skew(now)
        name, number = _method_of(text)
        struck = self.faults.request(name, now)
        if struck is None:
            self._method(talk, text, answer)
        elif struck.kind in trouble.NOT_CARRIED_OUT:
            answer(trouble.message(struck, now, number))
        elif struck.kind is FaultKind.DROP_BEFORE:
            answer(None)
        elif struck.kind is FaultKind.SLOW:
            self._method(talk, text, lambda told: _later(self._loop, struck.delay_ms, answer, told))
        elif struck.kind is FaultKind.DROP_AFTER:
            self._method(talk, text, lambda _: answer(None))
        elif struck.kind is FaultKind.ERROR_AFTER:
            self._method(talk, text, lambda _: answer(trouble.message(struck, now, number)))

    def _method(self, talk: ApiTalk, text: bytes, answer: Callable[[bytes | None], None]) -> None:
        def done(told: bytes | None, fault: Exception | None) -> None:
            if fault is not None or told is None:
                _log().error("a request failed", exc_info=fault)
                error = {"code": -1000, "msg": "An unknown error occurred while processing the request."}
                told = msgspec.json.encode({"id": _method_of(text)[1], "status": 500, "error": error})
            talk.follow(self.hub)
            answer(told)

        self.owner.call(lambda: talk.session.handle(text), done)

    # -- connections ---------------------------------------------------------------------------------------------------

    def connect(self, request: ApiRequest) -> WebSocket | ApiResponse:
        """A WebSocket for the address, or why not."""
        now = self.exchange.now
        if self.closing or (self.faults.active and self.faults.maintenance(now)):
            return trouble.answer(FaultSpec(kind=FaultKind.MAINTENANCE), now)
        if self.faults.active and self.faults.socket(request.path, now, FaultKind.REFUSED_SOCKETS):
            return trouble.answer(FaultSpec(kind=FaultKind.ERROR_BEFORE, status=503), now)
        unit = _unit_of(request.query)
        if request.path == "/ws-api/v3":
            session = ApiSession(self.face, request.address, request.query)
            return WebSocket(self, request.path, lambda socket: ApiTalk(self, socket, session, unit=unit))
        names, wrapped = _streams_of(request)
        if names is None:
            return _MISSING
        socket = WebSocket(
            self, request.path, lambda socket: MarketTalk(self.hub, socket, self._user_of, wrapped=wrapped, unit=unit)
        )
        opened = socket.talk.open(names)
        return socket if opened else _TOO_LONG

    def _user_of(self, name: str) -> str | None:
        return self.face.listen_account(name)

    def _sweep(self) -> None:
        now = self._loop.time()
        for socket in tuple(self.sockets):
            socket.sweep(now)
        self._sweeper = self._loop.call_later(_SWEEP_S, self._sweep)

    # -- admin ---------------------------------------------------------------------------------------------------------

    def facts(self) -> dict[str, Any]:
        """How many connections are open, how many requests were asked."""
        return {"sockets": len(self.sockets), "requests": self._requests}

    def meet_faults(self) -> None:
        """Has faults that came or went do what they do."""
        self._loop.call_soon(self._meet_faults)

    def _meet_faults(self) -> None:
        """What faults do to connections that are open, and to the clock."""
        now = self.exchange.now
        self.face.skew = self.faults.skew(now)
        down = self.faults.maintenance(now)
        for socket in tuple(self.sockets):
            if down:
                socket.close(1012, "System is under maintenance.")
            elif self.faults.socket(socket.path, now, FaultKind.DROP_SOCKETS):
                socket.cut()
            else:
                socket.mute(muted=self.faults.socket(socket.path, now, FaultKind.SILENT_SOCKETS))


def _later(loop: asyncio.AbstractEventLoop, delay_ms: int, answer: Callable[[Any], None], told: Any) -> None:
    loop.call_later(delay_ms / 1_000, answer, told)


def _method_of(text: bytes) -> tuple[str, Any]:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return "", None
    return (str(found.get("method")), found.get("id")) if isinstance(found, dict) else ("", None)


def _unit_of(query: bytes) -> int:
    pairs = query.lower().split(b"&")
    return _MICROSECOND if b"timeunit=microsecond" in pairs else MILLISECOND


def _streams_of(request: ApiRequest) -> tuple[list[str] | None, bool]:
    """The streams that an address names, and whether they come with their names; None for an unknown address."""
    root, _, rest = request.path.removeprefix("/").partition("/")
    if root == "ws":
        return [name for name in rest.split("/") if name], False
    if root != "stream" or (rest and rest != "ws" and not rest.startswith("ws/")):
        return None, False
    if rest:
        return [], False  # ccxt numbers its connections: /stream/ws/<n>, which speak as /ws does
    named = [pair for pair in request.query.split(b"&") if pair.startswith(b"streams=")]
    text = named[0].removeprefix(b"streams=").decode("ascii", "replace") if named else ""
    return [name for name in text.replace("%40", "@").replace("%2F", "/").replace("%21", "!").split("/") if name], True


def _log() -> Any:
    return structlog.get_logger("parrot.exchange")

"""The Binance face on a port: REST, market streams and the WebSocket API, users' streams, admin calls."""

from __future__ import annotations

import asyncio
import socket
from typing import Final

from parrot.app.exchange.front import Front
from parrot.app.exchange.http import HttpConnection
from parrot.app.exchange.site import Site
from parrot.app.listening import listen
from parrot.gateway.binance_api.face import Face

_CONNECTIONS_MOST: Final = 2_000
_SWEEP_S: Final = 5.0
_LAST_WORDS: Final = 50
_A_MOMENT_S: Final = 0.01


class BinanceServer:
    """Serves one site on `settings.port`, or on a socket that listens already."""

    name = "binance"

    def __init__(self, site: Site, listener: socket.socket | None = None) -> None:
        self.url = ""
        self._listener = listener
        self._site = site
        self.http: dict[HttpConnection, None] = {}
        self.front: Front | None = None
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Listens. Raises InputError when the port is taken."""
        site, settings = self._site, self._site.settings
        listener = self._listener or listen(settings.host, settings.port or 0)
        face = Face(
            site.exchange,
            site.keys,
            limits=settings.limits,
            legacy_listen_key=settings.legacy_listen_key,
            seed=settings.seed,
        )
        markets = await site.owner.run(lambda: list(site.exchange.markets()))
        front = self.front = Front(site, face, markets)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: self._client(front), sock=listener)
        host, port = listener.getsockname()[:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        front.start()
        self._sweep()

    async def stop(self) -> None:
        """Says good-bye to its clients and lets go of the port."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._server is not None:
            self._server.close()
        if self.front is not None:
            self.front.stop()
        for connection in tuple(self.http):
            connection.close()
        for _ in range(_LAST_WORDS):
            await asyncio.sleep(_A_MOMENT_S)  # what was written goes out, and clients say good-bye as well
            if self.front is None or not self.front.sockets:
                break

    def _client(self, front: Front) -> asyncio.Protocol:
        if len(self.http) + len(front.sockets) >= _CONNECTIONS_MOST:
            return _Full()
        return HttpConnection(front, self.http)

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        for connection in tuple(self.http):
            connection.sweep(loop.time())
        self._sweeper = loop.call_later(_SWEEP_S, self._sweep)


class _Full(asyncio.Protocol):
    """There is no room for one more."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()

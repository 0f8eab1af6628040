"""The FIX server of an exchange: one TCP port, one session layer behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, cast

from parrot.adapters.sessions import FileSessions, MemorySessions
from parrot.app.exchange.site import Site
from parrot.app.listening import listen
from parrot.gateway.fix import Acceptor, Link

CONNECTIONS_MAX: Final = 256
UNREAD_BYTES_MAX: Final = 16 << 20  # a client that lets more wait is cut off; a replay of a whole session fits
_TICK_NS: Final = 250_000_000
_FAREWELL: Final = 2.0  # s that a client has to read what was said last


class FixServer:
    """FIX 4.4 on one port; with a data folder sessions survive the end of the process."""

    name = "fix"

    def __init__(self, site: Site, *, host: str, port: int, folder: Path | None) -> None:
        self._site = site
        self._host = host
        self._port = port
        stores = MemorySessions() if folder is None else FileSessions(folder / "fix")
        self._acceptor = Acceptor(site.exchange, site.keys, stores)
        self._connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None
        self._ticked = 0
        site.owner.listen(self._acceptor.hear)
        site.owner.each_tick(self._tick)

    @property
    def port(self) -> int:
        """The port, once it listens."""
        return self._port

    @property
    def url(self) -> str:
        """Where it is."""
        return f"tcp://[{self._host}]:{self._port}" if ":" in self._host else f"tcp://{self._host}:{self._port}"

    async def start(self) -> None:
        """Listens. Raises InputError when the port is taken, or the host is not this machine."""
        loop = asyncio.get_running_loop()
        connect = partial(_Connection, self._site, self._acceptor, self._connections)
        listener = listen(self._host, self._port, option="--fix-port")
        self._port = listener.getsockname()[1]
        self._server = await loop.create_server(connect, sock=listener)

    async def stop(self) -> None:
        """Logs everybody out and lets go of the port."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._connections):
            connection.stop()
        while self._connections:
            await asyncio.sleep(0.01)
        self._acceptor.close()
        self._server = None

    def _tick(self, now: int) -> None:
        if now - self._ticked < _TICK_NS:
            return
        self._ticked = now
        for connection in list(self._connections):
            connection.link.tick(now)


def _done(_result: None, fault: Exception | None) -> None:
    if fault is not None:
        raise fault  # asyncio logs it and cuts this client off


class _Connection(asyncio.Protocol):
    """One client's socket. It lives in the loop that owns the exchange."""

    def __init__(self, site: Site, acceptor: Acceptor, connections: set[_Connection]) -> None:
        self._site = site
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._awake = False
        self.link: Link = acceptor.connect(site.exchange.now, self._wake)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        if len(self._connections) >= CONNECTIONS_MAX:
            self._transport.abort()
        else:
            self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        """It said something."""
        self._do(lambda: self.link.receive(data, self._site.exchange.now))

    def connection_lost(self, _fault: Exception | None) -> None:
        """It is gone."""
        self._transport = None
        self._connections.discard(self)
        self._do(self.link.gone)

    def stop(self) -> None:
        """The exchange closes."""
        self.link.stop(self._site.exchange.now)
        self._write()

    def _do(self, work: Callable[[], None]) -> None:
        self._site.owner.call(work, _done)

    def _wake(self) -> None:
        if not self._awake:
            self._awake = True
            self._loop.call_soon(self._write)

    def _write(self) -> None:
        self._awake = False
        transport = self._transport
        if transport is None:
            return
        out = self.link.out
        if out:
            transport.write(b"".join(out))
            out.clear()
        if transport.get_write_buffer_size() > UNREAD_BYTES_MAX:
            transport.abort()
        elif self.link.closed:
            transport.close()
            self._loop.call_later(_FAREWELL, transport.abort)

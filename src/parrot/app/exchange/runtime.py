"""A served exchange from its start to a clean end, in one thread on one event loop."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Sequence
from typing import Any, Final

import uvloop

from parrot.adapters.clock.steady import SteadyClock
from parrot.adapters.telemetry import set_up
from parrot.app.exchange.faces import servers
from parrot.app.exchange.opening import Opened, open_exchange
from parrot.app.exchange.owner import LoopOwner
from parrot.app.exchange.settings import ExchangeSettings
from parrot.app.exchange.site import Server, Site
from parrot.app.garbage import settle
from parrot.kernel.errors import InputError

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


def serve(settings: ExchangeSettings, ready: Callable[[dict[str, Any]], None]) -> None:
    """Serves until a signal; `ready` hears the ports once all answer. Raises InputError, DataError, StorageError.

    With the ports come `kept` (the account is not new) and what the settings left open: `api_key`, and `secret` where
    it was made.
    """
    _check_ports(settings)
    opened = open_exchange(settings, SteadyClock().now_ns())
    chosen = opened.settings
    found: dict[str, Any] = {"kept": not opened.fresh}
    if not settings.api_key:
        found["api_key"] = chosen.api_key
    if not settings.secret and opened.made_secret:
        found["secret"] = chosen.secret
    try:
        logs = set_up(chosen.data / "logs" if chosen.data else None, level=logging.WARNING, secrets=[chosen.secret])
        try:
            uvloop.run(_serve(opened, SteadyClock(opened.exchange.now), lambda facts: ready(facts | found)))
        finally:
            logs.close()
    finally:
        opened.close()


def _check_ports(settings: ExchangeSettings) -> None:
    ports = {"--port": settings.port, "--alpaca-port": settings.alpaca_port, "--fix-port": settings.fix_port}
    taken: dict[int, str] = {}
    for name, port in ports.items():
        if port and port in taken:
            raise InputError(f"{taken[port]} and {name} are both {port}", expected="a port for each")
        taken[port or 0] = name


async def _serve(opened: Opened, clock: SteadyClock, ready: Callable[[dict[str, Any]], None]) -> None:
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    owner = LoopOwner(opened.exchange, clock, lambda fault: None if ended.done() else ended.set_exception(fault))
    site = Site(opened.exchange, opened.keys, owner, opened.settings)
    for number in _SIGNALS:
        loop.add_signal_handler(number, lambda: None if ended.done() else ended.set_result(None))
    started: list[Server] = []
    made = servers(site)  # they hear of what happens from the first turn on
    owner.start()
    try:
        for server in made:
            await server.start()
            started.append(server)
        settle()
        ready(facts(started))
        await ended
    finally:
        for server in reversed(started):
            await server.stop()
        owner.stop()


def facts(started: Sequence[Server]) -> dict[str, Any]:
    """Where the servers are: `url` and `port` of the first face, `<name>_url` and `<name>_port` of each."""
    urls = {server.name: server.url for server in started}
    ports = {name: int(url.rpartition(":")[2]) for name, url in urls.items()}
    told: dict[str, Any] = {"url": urls.get("binance"), "port": ports.get("binance")}
    for name in ("alpaca", "fix"):
        told |= {f"{name}_url": urls.get(name), f"{name}_port": ports.get(name)}
    return told

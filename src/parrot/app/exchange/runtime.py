"""A served exchange from its start to a clean end, in one thread on one event loop."""

from __future__ import annotations

import asyncio
import gc
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

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


def serve(settings: ExchangeSettings, ready: Callable[[dict[str, Any]], None]) -> None:
    """Serves until a signal; `ready` hears the ports once all answer. Raises InputError, DataError, StorageError."""
    logs = set_up(settings.data / "logs" if settings.data else None, level=logging.WARNING, secrets=[settings.secret])
    try:
        _open_and_serve(settings, ready)
    finally:
        logs.close()


def _open_and_serve(settings: ExchangeSettings, ready: Callable[[dict[str, Any]], None]) -> None:
    opened = open_exchange(settings, SteadyClock().now_ns())
    try:
        uvloop.run(_serve(settings, opened, SteadyClock(opened.exchange.now), ready))
    finally:
        opened.close()


async def _serve(
    settings: ExchangeSettings, opened: Opened, clock: SteadyClock, ready: Callable[[dict[str, Any]], None]
) -> None:
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    owner = LoopOwner(opened.exchange, clock, lambda fault: None if ended.done() else ended.set_exception(fault))
    site = Site(opened.exchange, opened.keys, owner, settings)
    for number in _SIGNALS:
        loop.add_signal_handler(number, lambda: None if ended.done() else ended.set_result(None))
    started: list[Server] = []
    made = servers(site)  # they hear of what happens from the first turn on
    owner.start()
    try:
        for server in made:
            await server.start()
            started.append(server)
        gc.collect()
        gc.freeze()  # what is there from the start is not looked through again and again
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

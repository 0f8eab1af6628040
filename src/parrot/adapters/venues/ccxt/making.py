"""An exchange of ccxt, made so that nothing in it counts in floats, waits by itself or speaks to anybody else."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from parrot.adapters.venues.table import Row
from parrot.kernel.errors import InputError, MissingError
from parrot.ports.secrets import Secret


def make(
    exchange_id: str,
    row: Row,
    *,
    key: Secret | None,
    secret: Secret | None,
    passphrase: Secret | None,
    url: str = "",
    sandbox: bool = False,
) -> Any:
    """The exchange with its streams, where ccxt has them.

    Raises MissingError for an id that ccxt does not know, InputError for a sandbox that is not there.
    """
    import ccxt.pro as ccxt  # takes seconds, so only who needs it pays

    if exchange_id not in ccxt.exchanges:
        near = difflib.get_close_matches(exchange_id, ccxt.exchanges, n=3)
        raise MissingError(
            f"unknown venue {exchange_id!r}",
            expected=f"perhaps {' or '.join(near)}" if near else f"one of {len(ccxt.exchanges)} exchanges of ccxt",
        )
    settings: dict[str, Any] = {"enableRateLimit": True, "timeout": row.timeout_ms, "newUpdates": True}
    for name, value in (("apiKey", key), ("secret", secret), ("password", passphrase)):
        if value is not None:
            settings[name] = value.reveal()
    exchange = getattr(ccxt, exchange_id)(settings)
    exchange.number = str  # numbers stay the text that the venue sent
    exchange.on_json_response = partial(json.loads, parse_float=str)  # also those that it sent without quotes
    exchange.options.update(row.options)
    exchange.options["recvWindow"] = row.window_ms
    exchange.options["timeDifference"] = 0
    if sandbox:
        try:
            exchange.set_sandbox_mode(True)
        except (ccxt.NotSupported, TypeError):  # the latter where ccxt has no address for it
            raise InputError(f"{exchange_id} has no sandbox", expected="a venue without the option sandbox") from None
    if url:
        _move(exchange, row, url.rstrip("/"))
    spot = exchange.exceptions.get("spot") if isinstance(exchange.exceptions, dict) else None
    if isinstance(spot, dict):  # ccxt takes the table of spot only for addresses that it knows
        exchange.exceptions["exact"] = {**exchange.exceptions.get("exact", {}), **spot.get("exact", {})}
    return exchange


def _move(exchange: Any, row: Row, url: str) -> None:
    """Every address to another scheme and host: nothing is left that leads anywhere else."""
    socket = re.sub("^http", "ws", url)
    for place, addresses in list(exchange.urls.items()):
        if place in ("api", "test", "demo"):
            exchange.urls[place] = _moved(addresses, url, socket)
    sockets = exchange.urls.get("api", {}).get("ws") if isinstance(exchange.urls.get("api"), dict) else None
    for name, path in row.sockets.items():
        first, _, second = name.partition(".")
        if not isinstance(sockets, dict):
            break
        if second:
            sockets[first] = {**(sockets.get(first) or {}), second: socket + path}
        else:
            sockets[first] = socket + path


def _moved(addresses: Any, url: str, socket: str) -> Any:
    if isinstance(addresses, Mapping):
        return {name: _moved(address, url, socket) for name, address in addresses.items()}
    if not isinstance(addresses, str):
        return addresses
    return re.sub(r"^https?://[^/]+", url, re.sub(r"^wss?://[^/]+", socket, addresses))

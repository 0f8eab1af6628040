"""Alpaca's two streams: what happens to the account's orders, and what happens on the market."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from parrot.adapters.venues.alpaca import reading
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.ports.secrets import Credentials

_OPEN_S: Final = 10
_GREETING_S: Final = 10.0  # a peer that takes the connection and then says nothing
_FRAME_MOST: Final = 16 << 20
Told = Callable[[Mapping[str, Any]], None]


async def account(url: str, credentials: Credentials, told: Told, ready: Callable[[ClientConnection], None]) -> None:
    """Carries trade updates until the connection ends. Raises Trouble."""
    try:
        async with connect(url, open_timeout=_OPEN_S, max_size=_FRAME_MOST, proxy=None) as socket:
            keys = {"key_id": credentials.key.reveal(), "secret_key": credentials.secret.reveal()}
            async with asyncio.timeout(_GREETING_S):
                await _say(socket, {"action": "authenticate", "data": keys})
                granted = await _hear(socket)
                if granted.get("data", {}).get("status") != "authorized":
                    raise Trouble(Outcome.KEY, "the stream does not take the key")
                await _say(socket, {"action": "listen", "data": {"streams": ["trade_updates"]}})
                await _hear(socket)
            ready(socket)
            async for frame in socket:
                message = reading.decode(frame)
                if message.get("stream") == "trade_updates":
                    told(message["data"])
    except (OSError, WebSocketException, TimeoutError, msgspec.DecodeError) as fault:
        raise Trouble(Outcome.UNKNOWN, f"{type(fault).__name__}: {fault}"[:200]) from fault
    raise Trouble(Outcome.UNKNOWN, "the account's stream was closed")


async def market(url: str, credentials: Credentials, names: Sequence[str], told: Told) -> None:
    """Carries trades and quotes until the connection ends. Raises Trouble."""
    try:
        async with connect(url, open_timeout=_OPEN_S, max_size=_FRAME_MOST, proxy=None) as socket:
            keys = {"key": credentials.key.reveal(), "secret": credentials.secret.reveal()}
            async with asyncio.timeout(_GREETING_S):
                await socket.recv()
                await _say(socket, {"action": "auth", **keys})
                (granted, *_) = reading.decode(await socket.recv())
            if granted.get("msg") != "authenticated":
                raise Trouble(Outcome.KEY, f"the stream does not take the key: {granted.get('msg')}")
            await _say(socket, {"action": "subscribe", "trades": list(names), "quotes": list(names)})
            async for frame in socket:
                for message in reading.decode(frame):
                    told(message)
    except (OSError, WebSocketException, TimeoutError, msgspec.DecodeError) as fault:
        raise Trouble(Outcome.UNKNOWN, f"{type(fault).__name__}: {fault}"[:200]) from fault
    raise Trouble(Outcome.UNKNOWN, "the market's stream was closed")


class Ticks:
    """Trades and quotes as raw messages, counted by symbol."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def of(self, message: Mapping[str, Any], offset: int) -> Mapping[str, Any] | None:
        """The raw message, None for other kinds."""
        kind = message.get("T")
        if kind not in ("t", "q"):
            return None
        symbol = reading.symbol(message["S"])
        self._counts[kind, symbol] += 1
        raw = {"symbol": symbol, "seq": self._counts[kind, symbol], "ts": reading.moment(message["t"]) - offset}
        if kind == "t":
            return {"type": "trade", **raw, "price": message["p"], "size": message["s"], "side": 0}
        sizes = {"bid_size": message["bs"], "ask_size": message["as"]}
        return {"type": "quote", **raw, "bid": message["bp"], "ask": message["ap"], **sizes}


async def _say(socket: ClientConnection, message: Mapping[str, Any]) -> None:
    await socket.send(msgspec.json.encode(message).decode())


async def _hear(socket: ClientConnection) -> dict[str, Any]:
    found = reading.decode(await socket.recv())
    return found if isinstance(found, dict) else {}

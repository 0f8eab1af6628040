"""A whole Binance face on a free port within the test, and a client that says exactly what it is told."""

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect

from parrot.adapters.clock.steady import SteadyClock
from parrot.app.exchange.binance import BinanceServer
from parrot.app.exchange.opening import open_exchange
from parrot.app.exchange.owner import LoopOwner
from parrot.app.exchange.settings import ExchangeSettings
from parrot.app.exchange.site import Site
from parrot.ports.exchange import PublicExchange

KEY, SECRET = "test-key", "test-secret"


class Whole:
    """The face, and how to talk to it."""

    def __init__(self, server: BinanceServer, exchange: PublicExchange) -> None:
        self.server = server
        self.exchange = exchange
        self.port = int(server.url.rpartition(":")[2])
        self.front = server.front

    async def say(self, data: bytes) -> bytes:
        """Everything that is answered to bytes until the connection ends."""
        async with self.talking() as (reader, writer):
            writer.write(data)
            return await reader.read()

    @contextlib.asynccontextmanager
    async def talking(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            writer.close()

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> "Answered":
        """One request on a connection of its own."""
        lines = "".join(f"{name.replace('_', '-')}: {text}\r\n" for name, text in headers.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
        said = await self.say(head.encode() + body)
        if not said:
            return Answered(0, {}, None)
        first, _, rest = said.partition(b"\r\n")
        head_, _, text = rest.partition(b"\r\n\r\n")
        pairs = [line.split(": ", 1) for line in head_.decode().split("\r\n")]
        found = {name.lower(): value for name, value in pairs}
        return Answered(int(first.split()[1]), found, json.loads(text))

    async def admin(self, method: str, call: str, **fields: Any) -> Any:
        """What an admin call answers."""
        answered = await self.ask(
            method, f"/admin/v1/{call}", json.dumps(fields).encode() if fields else b"", X_Parrot_Token=SECRET
        )
        assert answered.status == 200, answered
        return answered.body

    async def fault(self, kind: str, **more: Any) -> int:
        return (await self.admin("POST", "faults", kind=kind, **more))["id"]

    async def order(self, name: str, **more: Any) -> "Answered":
        """A resting order of that client id."""
        fields = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": "50000"}
        fields |= {"quantity": "0.001", "newClientOrderId": name} | more
        return await self.signed("POST", "/api/v3/order", **fields)

    async def signed(self, method: str, path: str, **fields: Any) -> "Answered":
        text = signature(**fields)
        if method == "POST":
            return await self.ask(method, path, text.encode(), X_MBX_APIKEY=KEY)
        return await self.ask(method, f"{path}?{text}", X_MBX_APIKEY=KEY)

    async def open_orders(self) -> list[str]:
        """Client ids of what rests."""
        return [row["clientOrderId"] for row in (await self.signed("GET", "/api/v3/openOrders")).body]

    def socket(self, path: str) -> connect:
        return connect(f"ws://127.0.0.1:{self.port}{path}", compression=None)


@dataclass
class Answered:
    """An answer; status 0 where the connection was cut instead."""

    status: int
    headers: dict[str, str]
    body: Any


def signature(*, secret: str = SECRET, **fields: Any) -> str:
    text = urlencode({**fields, "timestamp": SteadyClock().now_ns() // 1_000_000})
    return f"{text}&signature={hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()}"


async def heard(socket: ClientConnection) -> Any:
    return json.loads(await socket.recv())


def serve(work: Callable[[Whole], Awaitable[None]], **settings: Any) -> None:
    """Runs `work` with a face of its own."""

    async def main() -> None:
        fields = {"funds": {"USDT": Decimal(100_000), "BTC": Decimal(5)}, "symbols": ("BTCUSDT",), "limits": False}
        chosen = ExchangeSettings(port=0, api_key=KEY, secret=SECRET, **fields | settings)
        opened = open_exchange(chosen, SteadyClock().now_ns())
        owner = LoopOwner(opened.exchange, SteadyClock(opened.exchange.now), _never)
        server = BinanceServer(Site(opened.exchange, opened.keys, owner, chosen))
        owner.start()
        try:
            await server.start()
            async with asyncio.timeout(30):
                await work(Whole(server, opened.exchange))
        finally:
            await server.stop()
            owner.stop()
            opened.close()

    asyncio.run(main())


def _never(fault: Exception) -> None:
    raise fault

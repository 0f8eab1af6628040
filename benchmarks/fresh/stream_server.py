"""The gateway's stream on a port, told of quotes 100 times a second and of orders 20 times, for a while.

It prints one JSON line when it serves, and begins when `clients` have subscribed to both channels.
"""

import asyncio
import json
import sys
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

from parrot.app.listening import listen
from parrot.app.platform.web import WebServer
from parrot.gateway.rest import create_app
from parrot.gateway.rest.schema import closed
from parrot.gateway.stream.endpoint import StreamDoor
from parrot.gateway.stream.hub import Hub

TOKEN = "only-for-this-machine"
SYMBOLS = [f"SYM{number}/USDT" for number in range(10)]
ORDERS_EVERY = 5
TURN_S = 0.01


def quote(symbol: str, number: int) -> dict[str, object]:
    """A row as long as a real one, with its number and when it was made."""
    price = f"{60_000 + number % 1_000}.25"
    return {
        "symbol": symbol, "n": number, "made": time.time_ns(), "bid": price, "ask": price, "bid_size": "0.03886",
        "ask_size": "0.02541", "last": price, "ts": time.time_ns(), "received_ns": time.time_ns(), "valid": True,
        "change": "12.5", "change_percent": "0.0208", "high": "60120.5", "low": "59870.1", "volume": "118.203",
        "since_ns": 0,
    }  # fmt: skip


class Source:
    """Begins when the last of `clients` has come and the turn behind it."""

    def __init__(self, hub: Hub, clients: int, rounds: int) -> None:
        self.hub, self.clients, self.rounds = hub, clients, rounds
        self.task: asyncio.Task[None] | None = None

    def came(self) -> None:
        if self.task is None:
            self.task = asyncio.create_task(self.tell())

    async def tell(self) -> None:
        while sum(len(client.lines) for client in self.hub.clients) < 2 * self.clients:
            await asyncio.sleep(TURN_S)
        self.hub.begin("quotes", [quote(symbol, 0) for symbol in SYMBOLS])
        self.hub.begin("orders", [])
        loop = asyncio.get_running_loop()
        begin = loop.time() + 0.5
        for number in range(1, self.rounds + 1):
            await asyncio.sleep(max(0.0, begin + number * TURN_S - loop.time()))
            rows = [quote(SYMBOLS[(number + other) % len(SYMBOLS)], number) for other in range(3)]
            self.hub.change("quotes", rows)
            if number % ORDERS_EVERY == 0:
                self.hub.change("orders", [{"order_id": number // 50, "n": number, "made": time.time_ns()}])
            self.hub.flush(time.time_ns())
        self.hub.change("quotes", [quote(symbol, self.rounds + 1) for symbol in SYMBOLS])
        await asyncio.sleep(5 * TURN_S)
        self.hub.flush(time.time_ns())


def main() -> None:
    clients, rounds = int(sys.argv[1]), int(sys.argv[2])
    hub = Hub()
    source = Source(hub, clients, rounds)
    door = StreamDoor(hub, time.time_ns, source.came)
    doors = replace(closed(), now=time.time_ns, platform=SimpleNamespace(token=TOKEN), stream=door)
    listener = listen("127.0.0.1", 0)
    WebServer(create_app(doors), listener).start()
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    threading.Event().wait()  # until it is ended


if __name__ == "__main__":
    main()

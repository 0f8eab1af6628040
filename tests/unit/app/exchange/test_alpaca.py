"""Alpaca's API on a real socket: orders over HTTP, trade updates and ticks over WebSockets."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from httpx2 import AsyncClient
from websockets.asyncio.client import connect
from websockets.frames import CloseCode

from parrot.adapters.clock.steady import SteadyClock
from parrot.app.exchange.alpaca import alpaca_server
from parrot.app.exchange.opening import open_exchange
from parrot.app.exchange.owner import LoopOwner
from parrot.app.exchange.settings import ExchangeSettings
from parrot.app.exchange.site import Site

KEY, SECRET = "test-key", "test-secret"
HEADERS = {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET}


def serve(story: Callable[[str], Awaitable[None]]) -> None:
    """Runs a story with the address of a server of its own, whose stocks trade around the clock."""

    async def main() -> None:
        chosen = ExchangeSettings(port=None, alpaca_port=0, api_key=KEY, secret=SECRET, symbols=(), stocks=("AAPL",))
        opened = open_exchange(chosen, SteadyClock().now_ns())
        owner = LoopOwner(opened.exchange, SteadyClock(opened.exchange.now), _never)
        server = alpaca_server(Site(opened.exchange, opened.keys, owner, chosen), 0)
        owner.start()
        try:
            await server.start()
            async with asyncio.timeout(30):
                await story(server.url)
        finally:
            await server.stop()
            owner.stop()
            opened.close()

    asyncio.run(main())


def _never(fault: Exception) -> None:
    raise fault


def test_an_order_over_http_is_told_on_the_stream() -> None:
    async def story(url: str) -> None:
        fields = {"symbol": "AAPL", "qty": 1, "side": "buy", "type": "market", "time_in_force": "day"}
        async with connect(url.replace("http", "ws") + "/stream") as stream, AsyncClient(base_url=url) as client:
            authenticate = {"action": "authenticate", "data": {"key_id": KEY, "secret_key": SECRET}}
            listen = {"action": "listen", "data": {"streams": ["trade_updates"]}}
            for message, answer in ((authenticate, "authorization"), (listen, "listening")):
                await stream.send(json.dumps(message))
                assert json.loads(await stream.recv())["stream"] == answer
            answered = await client.post("/v2/orders", json=fields, headers=HEADERS)
            assert answered.status_code == 200
            events: list[Any] = []
            while not events or events[-1]["event"] != "fill":
                frame = await stream.recv()
                assert isinstance(frame, bytes)
                events.append(json.loads(frame)["data"])
            assert {row["order"]["id"] for row in events} == {answered.json()["id"]}
            assert events[-1]["position_qty"] == "1"
            position = await client.get("/v2/positions/AAPL", headers=HEADERS)
            assert position.json()["qty"] == "1"
            assert (await client.get("/v2/account")).status_code == 401

    serve(story)


def test_ticks_of_the_crowd_come_in_messagepack() -> None:
    async def story(url: str) -> None:
        address, headers = url.replace("http", "ws") + "/v2/iex", {"Content-Type": "application/msgpack"}
        async with connect(address, additional_headers=headers) as stream:
            for message in (
                None,
                {"action": "auth", "key": KEY, "secret": SECRET},
                {"action": "subscribe", "trades": ["AAPL"], "quotes": ["*"]},
            ):
                if message is not None:
                    await stream.send(msgspec.msgpack.encode(message))
                (answer,) = msgspec.msgpack.decode(await stream.recv())
                assert answer["T"] in ("success", "subscription"), answer
            ticks = msgspec.msgpack.decode(await stream.recv())
            assert {tick["S"] for tick in ticks} == {"AAPL"}
            assert {tick["T"] for tick in ticks} <= {"t", "q"}
            assert all(tick["t"].tzinfo is not None for tick in ticks)

    serve(story)


@pytest.mark.parametrize("path", ["/stream", "/v2/iex"])
def test_text_that_is_no_utf_8_ends_its_connection_and_no_other_without_a_word_in_the_log(
    caplog: pytest.LogCaptureFixture, path: str
) -> None:
    async def story(url: str) -> None:
        address = url.replace("http", "ws") + path
        async with connect(address) as other, connect(address) as stream:
            await stream.send(b'{"action": "\xff\xfe"}', text=True)
            await stream.wait_closed()
            assert stream.close_code == CloseCode.INVALID_DATA
            await other.send(json.dumps({"action": "auth", "key": KEY, "secret": SECRET}))
            assert await other.recv()

    serve(story)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]

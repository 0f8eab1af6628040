"""Trade updates and market data over WebSockets, without sockets and, as ASGI, with those of a test."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
import pytest

from parrot.contracts.exchange import PublicTrade, SessionChanged, TopChanged, Traded
from parrot.gateway.alpaca_api.account_stream import AccountStream
from parrot.gateway.alpaca_api.application import Application, Connection
from parrot.gateway.alpaca_api.data_stream import DataStream, Ticks
from tests.unit.gateway.alpaca_api.sample import NOON, Market

T = TypeVar("T")


@pytest.fixture
def market() -> Market:
    return Market()


# -- trade updates -----------------------------------------------------------------------------------------------------


def said(frames: list[bytes]) -> list[Any]:
    assert all(isinstance(frame, bytes) for frame in frames)  # JSON, but in binary frames
    return [json.loads(frame) for frame in frames]


def listening(market: Market, heard: list[Any], key: str = "ann-key") -> AccountStream:
    stream = AccountStream(market.face)
    authenticate = {"action": "authenticate", "data": {"key_id": key, "secret_key": key[::-1]}}
    assert said(stream.receive(json.dumps(authenticate))) == [
        {"stream": "authorization", "data": {"status": "authorized", "action": "authenticate"}}
    ]
    listen = json.dumps({"action": "listen", "data": {"streams": ["trade_updates"]}}).encode()
    assert said(stream.receive(listen)) == [{"stream": "listening", "data": {"streams": ["trade_updates"]}}]
    market.exchange.listen(lambda events: heard.extend(said(stream.hear(events))))
    return stream


def test_an_order_is_told_from_its_beginning_to_its_end(market: Market) -> None:
    heard: list[Any] = []
    listening(market, heard)
    order = market.ann.order("buy", 3, 190, time_in_force="gtc")
    market.bob.order("sell", 1, 190)
    market.bob.order("sell", "0.5", 190)
    market.ann.ask("DELETE", f"/v2/orders/{order['id']}")
    assert {row["stream"] for row in heard} == {"trade_updates"}
    updates = [row["data"] for row in heard]
    assert [row["event"] for row in updates] == ["new", "partial_fill", "partial_fill", "canceled"]
    assert [(row["price"], row["qty"], row["position_qty"]) for row in updates[1:3]] == [
        ("190", "1", "1"),
        ("190", "0.5", "1.5"),
    ]
    assert {row["order"]["id"] for row in updates} == {order["id"]}
    assert [row["order"]["filled_qty"] for row in updates] == ["0", "1", "1.5", "1.5"]
    assert updates[0]["order"] == order
    assert updates[0]["timestamp"] == "2026-11-25T17:00:00Z"
    assert len({row["execution_id"] for row in updates}) == 4


def test_several_fills_of_one_order_each_have_their_position(market: Market) -> None:
    heard: list[Any] = []
    listening(market, heard)
    for price in (190, 191, 192):
        market.bob.order("sell", 1, price)
    market.ann.order("buy", 3)
    updates = [row["data"] for row in heard]
    assert [(row["event"], row.get("price"), row["position_qty"]) for row in updates] == [
        ("new", None, "0"),
        ("partial_fill", "190", "1"),
        ("partial_fill", "191", "2"),
        ("fill", "192", "3"),
    ]


def test_nobody_hears_of_the_orders_of_others(market: Market) -> None:
    heard: list[Any] = []
    listening(market, heard, "bob-key")
    market.ann.order("buy", 1, 150)
    assert heard == []


def test_a_client_that_is_not_authorized_hears_nothing(market: Market) -> None:
    stream = AccountStream(market.face)
    listen = {"action": "listen", "data": {"streams": ["trade_updates"]}}
    assert said(stream.receive(json.dumps(listen))) == [
        {"stream": "authorization", "data": {"status": "unauthorized", "action": "listen"}}
    ]
    wrong = {"action": "authenticate", "data": {"key_id": "ann-key", "secret_key": "no"}}
    assert said(stream.receive(json.dumps(wrong)))[0]["data"]["status"] == "unauthorized"
    assert stream.streams == ()


@pytest.mark.parametrize("sent", ["", "{", "[]", "1", '"x"', b"\xff\xfe", '{"action":"dance"}', "[" * 5000])
def test_messages_that_mean_nothing_are_answered(market: Market, sent: str | bytes) -> None:
    assert said(AccountStream(market.face).receive(sent))[0]["stream"] == "error"
    assert DataStream(market.face, packed=False).receive(sent) == ['[{"T":"error","code":400,"msg":"invalid syntax"}]']


def test_streams_that_are_unknown_are_named(market: Market) -> None:
    stream = listening(market, [])
    answer = said(stream.receive('{"action":"listen","data":{"streams":["trade_updates","x"]}}'))[0]
    assert answer["data"] == {"streams": ["trade_updates"], "error": "unknown streams: x"}
    assert said(stream.receive('{"action":"listen","data":{"streams":5}}'))[0]["data"]["streams"] == []


# -- market data -------------------------------------------------------------------------------------------------------

TRADE = Traded(
    trade=PublicTrade(
        symbol="AAPL", id=7, price=19_012_000_000, quantity=150_000_000, ts=NOON + 1, buyer_is_maker=False
    )
)
QUOTE = TopChanged(
    symbol="AAPL",
    last=9,
    bid=19_011_000_000,
    bid_quantity=100_000_000,
    ask=19_013_000_000,
    ask_quantity=250_000_000,
    ts=NOON,
)
AUTH = {"action": "auth", "key": "ann-key", "secret": "ann-key"[::-1]}


def test_the_data_stream_in_json(market: Market) -> None:
    stream = DataStream(market.face, packed=False)
    assert stream.begin() == ['[{"T":"success","msg":"connected"}]']
    asked = json.dumps({"action": "subscribe", "trades": ["AAPL"], "quotes": ["*"], "statuses": ["AAPL"]})
    assert stream.receive(asked) == ['[{"T":"error","code":401,"msg":"not authenticated"}]']
    assert stream.receive(json.dumps(AUTH | {"key": "x"})) == ['[{"T":"error","code":402,"msg":"auth failed"}]']
    assert stream.receive(json.dumps(AUTH)) == ['[{"T":"success","msg":"authenticated"}]']
    assert stream.receive(json.dumps(AUTH)) == ['[{"T":"error","code":403,"msg":"already authenticated"}]']
    assert json.loads(stream.receive(asked)[0]) == [
        {
            "T": "subscription",
            "trades": ["AAPL"],
            "quotes": ["*"],
            "bars": [],
            "updatedBars": [],
            "dailyBars": [],
            "statuses": ["AAPL"],
            "lulds": [],
            "corrections": ["AAPL"],
            "cancelErrors": ["AAPL"],
        }
    ]
    ticks = Ticks(market.face).of([TRADE, QUOTE, SessionChanged(symbol="AAPL", phase="continuous", ts=NOON)])
    (frame,) = stream.hear(ticks)
    assert json.loads(frame) == [
        {
            "T": "t",
            "S": "AAPL",
            "t": "2026-11-25T17:00:00.000000001Z",
            "x": "V",
            "p": 190.12,
            "s": 1.5,
            "c": ["@"],
            "i": 7,
            "z": "C",
        },
        {
            "T": "q",
            "S": "AAPL",
            "t": "2026-11-25T17:00:00Z",
            "ax": "V",
            "ap": 190.13,
            "as": 2.5,
            "bx": "V",
            "bp": 190.11,
            "bs": 1,
            "c": ["R"],
            "z": "C",
        },
        {
            "T": "s",
            "S": "AAPL",
            "sc": "T",
            "sm": "Trading",
            "rc": "",
            "rm": "",
            "t": "2026-11-25T17:00:00Z",
            "z": "C",
        },
    ]
    left = json.loads(stream.receive('{"action":"unsubscribe","quotes":["*"],"statuses":["AAPL"]}')[0])[0]
    assert (left["trades"], left["quotes"]) == (["AAPL"], [])
    assert len(json.loads(stream.hear(ticks)[0])) == 1
    assert stream.hear(Ticks(market.face).of([])) == []


def test_the_data_stream_in_messagepack(market: Market) -> None:
    stream = DataStream(market.face, packed=True)
    (hello,) = stream.begin()
    assert msgspec.msgpack.decode(hello) == [{"T": "success", "msg": "connected"}]
    assert msgspec.msgpack.decode(stream.receive(msgspec.msgpack.encode(AUTH))[0])[0]["msg"] == "authenticated"
    stream.receive(msgspec.msgpack.encode({"action": "subscribe", "trades": ["AAPL"]}))
    (frame,) = stream.hear(Ticks(market.face).of([TRADE, QUOTE]))
    (row,) = msgspec.msgpack.decode(frame)
    assert (row["T"], row["p"], row["s"], row["i"]) == ("t", 190.12, 1.5, 7)
    assert row["t"].timestamp() * 1e6 == NOON // 1000
    assert b"\xd7\xff" + struct.pack(">Q", 1 << 34 | NOON // 1_000_000_000) in frame
    assert stream.receive(b"\xc1") == [_packed([{"T": "error", "code": 400, "msg": "invalid syntax"}])]


def _packed(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)


def test_many_ticks_are_one_array(market: Market) -> None:
    stream = DataStream(market.face, packed=True)
    for message in (AUTH, {"action": "subscribe", "trades": ["*"]}):
        stream.receive(msgspec.msgpack.encode(message))
    for count in (15, 16, 300):
        (frame,) = stream.hear(Ticks(market.face).of([TRADE]) * count)
        assert len(msgspec.msgpack.decode(frame)) == count


def test_a_symbol_that_is_no_text_is_invalid_syntax(market: Market) -> None:
    stream = DataStream(market.face, packed=False)
    stream.receive(json.dumps(AUTH))
    for wrong in ('{"action":"subscribe","trades":[1]}', '{"action":"subscribe","trades":"AAPL"}'):
        assert json.loads(stream.receive(wrong)[0])[0]["code"] == 400
    many = json.dumps({"action": "subscribe", "trades": [f"S{n}" for n in range(1001)]})
    assert json.loads(stream.receive(many)[0])[0] == {"T": "error", "code": 405, "msg": "symbol limit exceeded"}


def test_a_minute_that_ended_gives_its_bar(market: Market) -> None:
    ticks = Ticks(market.face)
    market.bob.order("sell", 2, 190)
    market.ann.order("buy", 1, 190)
    market.go(30)
    assert [tick for tick in ticks.of([]) if tick.channel == "bars"] == []
    market.go(30)
    told = {tick.channel: tick.told for tick in ticks.of([])}
    assert {name: str(told["bars"][name]) for name in "Stohlcv"} == {
        "S": "AAPL",
        "t": "2026-11-25T17:00:00Z",
        "o": "190",
        "h": "190",
        "l": "190",
        "c": "190",
        "v": "1",
    }
    assert (told["bars"]["T"], told["dailyBars"]["T"]) == ("b", "d")
    assert ticks.of([]) == []


def test_a_client_that_does_not_keep_up_is_let_go() -> None:
    async def story() -> None:
        connection = Connection()
        connection.push([b"x"] * 10_001)
        assert connection.slow
        assert connection.frames.get_nowait() is None
        connection.push([b"y"])
        assert connection.frames.empty()

    asyncio.run(story())


# -- ASGI --------------------------------------------------------------------------------------------------------------


class Direct:
    """Owns an exchange in the thread of the loop."""

    async def run(self, work: Callable[[], T]) -> T:
        return work()


class Socket:
    """What a server would pass between an application and a client."""

    def __init__(self, application: Application, scope: dict[str, Any]) -> None:
        self._incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._outgoing: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.task = asyncio.create_task(application(scope, self._incoming.get, self._send))

    async def _send(self, message: Any) -> None:
        await self._outgoing.put(message)

    def give(self, **message: Any) -> None:
        self._incoming.put_nowait(message)

    async def take(self) -> dict[str, Any]:
        return await asyncio.wait_for(self._outgoing.get(), 5)


def served(story: Callable[[Market, Application], Awaitable[None]]) -> None:
    async def run() -> None:
        market = Market()
        application = Application(market.face, Direct())
        market.exchange.listen(application.hear)
        await story(market, application)

    asyncio.run(run())


def scope(kind: str, path: str, headers: list[tuple[bytes, bytes]], **more: Any) -> dict[str, Any]:
    return {"type": kind, "path": path, "query_string": b"", "headers": headers, **more}


ANN = [(b"apca-api-key-id", b"ann-key"), (b"apca-api-secret-key", b"ann-key"[::-1])]


def test_a_request_over_asgi() -> None:
    async def story(market: Market, application: Application) -> None:
        socket = Socket(application, scope("http", "/v2/orders", ANN, method="POST"))
        socket.give(type="http.request", body=b'{"symbol":"AAPL","qty":1,"side":"buy","type":"limit",', more_body=True)
        socket.give(type="http.request", body=b'"limit_price":150,"time_in_force":"day"}')
        start, body = await socket.take(), await socket.take()
        assert start["status"] == 200
        assert dict(start["headers"])[b"content-length"] == str(len(body["body"])).encode()
        assert json.loads(body["body"])["limit_price"] == "150"
        await socket.task

    served(story)


def test_trade_updates_over_asgi() -> None:
    async def story(market: Market, application: Application) -> None:
        socket = Socket(application, scope("websocket", "/stream", []))
        socket.give(type="websocket.connect")
        assert (await socket.take())["type"] == "websocket.accept"
        authenticate = {"action": "authenticate", "data": {"key_id": "ann-key", "secret_key": "ann-key"[::-1]}}
        socket.give(type="websocket.receive", bytes=json.dumps(authenticate).encode(), text=None)
        assert b'"authorized"' in (await socket.take())["bytes"]
        listen = {"action": "listen", "data": {"streams": ["trade_updates"]}}
        socket.give(type="websocket.receive", text=json.dumps(listen))
        assert b"listening" in (await socket.take())["bytes"]
        market.ann.order("buy", 1, 150)
        assert json.loads((await socket.take())["bytes"])["data"]["event"] == "new"
        socket.give(type="websocket.disconnect", code=1000)
        await socket.task
        market.ann.order("buy", 1, 150)

    served(story)


def test_market_data_over_asgi_and_a_path_that_is_none() -> None:
    async def story(market: Market, application: Application) -> None:
        packed = [(b"content-type", b"application/msgpack")]
        socket = Socket(application, scope("websocket", "/v2/iex", packed))
        socket.give(type="websocket.connect")
        assert (await socket.take())["type"] == "websocket.accept"
        assert msgspec.msgpack.decode((await socket.take())["bytes"]) == [{"T": "success", "msg": "connected"}]
        socket.give(type="websocket.disconnect", code=1000)
        await socket.task
        nowhere = Socket(application, scope("websocket", "/v2/moon", []))
        nowhere.give(type="websocket.connect")
        assert (await nowhere.take())["type"] == "websocket.close"
        await nowhere.task

    served(story)

"""WebSocket connections: limits, pings, slow clients, users' streams, and the end."""

import asyncio
import json
import socket as sockets

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from parrot.contracts.exchange import Traded
from tests.unit.app.exchange.serving import KEY, Whole, heard, serve
from tests.unit.gateway.streams.quiet import trade


def said(method: str, *params: object, number: int = 1) -> str:
    return json.dumps({"method": method, "params": params, "id": number})


def test_the_address_names_streams_and_whether_they_carry_their_names():
    async def work(whole: Whole) -> None:
        cases = {
            "/ws/btcusdt@trade/btcusdt@depth": (["btcusdt@trade", "btcusdt@depth"], False),
            "/stream?streams=btcusdt@trade/!ticker@arr": (["btcusdt@trade", "!ticker@arr"], True),
            "/stream?streams=btcusdt%40trade%2F%21ticker%40arr": (["btcusdt@trade", "!ticker@arr"], True),
            "/ws": ([], False),
            "/stream": ([], True),
            "/stream/ws/7": ([], False),
        }
        for path, (names, wrapped) in cases.items():
            async with whole.socket(path) as socket:
                await socket.send(said("LIST_SUBSCRIPTIONS"))
                await socket.send(said("GET_PROPERTY", "combined", number=2))
                answers = {}
                while len(answers) < 2:
                    if "result" in (told := await heard(socket)):
                        answers[told["id"]] = told["result"]
                assert answers == {1: names, 2: wrapped}

    serve(work)


REFUSED = [
    ("/ws/" + "/".join(f"s{number}@trade" for number in range(2_000)), 414),
    ("/ws/" + "/".join(f"s{number}@trade" for number in range(10_000)), 414),
    ("/stream/other", 404),
    ("/elsewhere", 404),
    ("/ws-api/v4", 404),
]


def test_an_address_that_cannot_be_is_refused():
    async def work(whole: Whole) -> None:
        for path, status in REFUSED:
            with pytest.raises(InvalidStatus) as refused:
                await whole.socket(path).__aenter__()
            assert refused.value.response.status_code == status
        assert whole.front.sockets == {}

    serve(work)


def test_more_than_five_messages_a_second_end_the_connection():
    async def work(whole: Whole) -> None:
        async with whole.socket("/ws") as socket:
            texts = [said("LIST_SUBSCRIPTIONS", number=number).encode() for number in range(6)]
            frames = [Frame(Opcode.TEXT, text).serialize(mask=True) for text in texts]
            socket.transport.write(b"".join(frames))  # at once, however slow this machine is
            answers = [await heard(socket) for _ in range(5)]
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            assert [told["id"] for told in answers] == [0, 1, 2, 3, 4]
            assert closed.value.rcvd.code == 1008

    serve(work, limits=True)


def test_a_message_that_is_too_large_or_no_websocket_ends_the_connection():
    async def work(whole: Whole) -> None:
        async with whole.socket("/ws") as socket:
            await socket.send("x" * 300_000)
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            assert closed.value.rcvd.code == 1009
        async with whole.socket("/ws") as socket:
            socket.transport.write(b"\xff" * 20)
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            assert closed.value.rcvd.code == 1002

    serve(work)


def test_pings_come_and_a_client_that_does_not_answer_is_dropped():
    async def work(whole: Whole) -> None:
        loop = asyncio.get_running_loop()
        async with whole.socket("/ws") as good:
            (served,) = whole.front.sockets
            served.sweep(loop.time() + 21)  # the client answers by itself
            await good.send(said("LIST_SUBSCRIPTIONS"))
            await heard(good)
            served.sweep(loop.time() + 59)
            await good.send(said("LIST_SUBSCRIPTIONS"))
            await heard(good)
            served.sweep(loop.time() + 61)
            with pytest.raises(ConnectionClosed) as closed:
                await good.recv()
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "Pong timeout")

    serve(work)


def test_a_client_that_does_not_read_is_cut_off_and_holds_nobody_up():
    async def work(whole: Whole) -> None:
        slow = sockets.create_connection(("127.0.0.1", whole.port))
        slow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4_096)
        handshake = (
            "GET /ws/btcusdt@trade HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        slow.sendall(handshake.encode())
        async with whole.socket("/ws/btcusdt@trade") as fast:
            while len(whole.front.sockets) < 2:
                await asyncio.sleep(0)
            number = 10**6
            while len(whole.front.sockets) == 2:
                assert number < 10**6 + 200_000
                whole.front.hub.take([Traded(trade=trade(number + step)) for step in range(2_000)])
                number += 2_000
                numbers = [told["t"] for told in [await heard(fast) for _ in range(2_000)]]
                assert numbers[-1] >= number - 100  # trades of the crowd come in between
        slow.close()

    serve(work)


def test_a_listen_key_tells_the_accounts_events():
    async def work(whole: Whole) -> None:
        key = (await whole.ask("POST", "/api/v3/userDataStream", X_MBX_APIKEY=KEY)).body["listenKey"]
        async with whole.socket(f"/ws/{key}") as bare, whole.socket(f"/stream?streams={key}") as wrapped:
            await whole.order("mine")
            events = [await heard(bare) for _ in range(2)]
            assert [told["e"] for told in events] == ["executionReport", "outboundAccountPosition"]
            assert (events[0]["c"], events[0]["x"], events[0]["X"]) == ("mine", "NEW", "NEW")
            assert [await heard(wrapped) for _ in range(2)] == [{"stream": key, "data": told} for told in events]

    serve(work, legacy_listen_key=True)


def test_listen_keys_are_gone_unless_they_are_asked_for():
    async def work(whole: Whole) -> None:
        assert (await whole.ask("POST", "/api/v3/userDataStream", X_MBX_APIKEY=KEY)).status == 410

    serve(work)


def test_clients_hear_that_the_server_goes():
    async def work(whole: Whole) -> None:
        async with whole.socket("/ws") as market, whole.socket("/ws-api/v3") as api:
            whole.front.stop()
            assert (await heard(market))["e"] == "serverShutdown"
            assert (await heard(api))["event"]["e"] == "serverShutdown"
            with pytest.raises(ConnectionClosed) as closed:
                await market.recv()
            assert closed.value.rcvd.code == 1001

    serve(work)

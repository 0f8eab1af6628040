"""Faults that an admin call sets: what clients see, and what was carried out."""

import asyncio

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.unit.app.exchange.serving import Whole, heard, serve

ORDER = "POST /api/v3/order"


REFUSALS = [
    ("429", 429, -1003, False),
    ("418", 418, -1003, False),
    ("error_before", 500, -1000, False),
    ("error_after", 504, -1007, True),
    ("drop_before", 0, None, False),
    ("drop_after", 0, None, True),
    ("maintenance", 503, 1, False),
]


def test_a_fault_of_requests_says_what_the_venue_says_and_does_what_it_should():
    async def work(whole: Whole) -> None:
        resting: list[str] = []
        for kind, status, code, done in REFUSALS:
            number = await whole.fault(kind, match=ORDER, count=1, retry_after_s=7)
            struck = await whole.order(kind)
            assert (struck.status, struck.body and struck.body["code"]) == (status, code)
            assert struck.headers.get("retry-after") == ("7" if status in (418, 429) else None)
            resting += [kind] if done else []
            assert await whole.open_orders() == resting
            assert (await whole.order(f"after-{kind}")).status == 200
            resting.append(f"after-{kind}")
            assert [(fault["id"], fault["happened"]) for fault in await whole.admin("GET", "faults")] == [(number, 1)]
            assert await whole.admin("DELETE", f"faults/{number}") == {"cleared": 1}

    serve(work)


def test_a_silent_request_is_never_answered_and_a_slow_one_late():
    async def work(whole: Whole) -> None:
        await whole.fault("silent", match=ORDER, count=1)
        silent = asyncio.create_task(whole.order("silent"))
        while not (await whole.admin("GET", "faults"))[0]["happened"]:
            assert not silent.done()
        await whole.fault("slow", match=ORDER, count=1, delay_ms=20)
        assert (await whole.order("slow")).status == 200
        assert (silent.done(), await whole.open_orders()) == (False, ["slow"])
        silent.cancel()

    serve(work)


def test_methods_of_the_websocket_api_meet_faults_too():
    async def work(whole: Whole) -> None:
        async with whole.socket("/ws-api/v3") as socket:
            for kind, status in (("429", 429), ("error_before", 500), ("error_after", 504)):
                await whole.fault(kind, match="time", count=1)
                await socket.send('{"id":5,"method":"time"}')
                told = await heard(socket)
                assert (told["id"], told["status"], "code" in told["error"]) == (5, status, True)
            await socket.send('{"id":"x","method":"time"}')
            assert (await heard(socket))["status"] == 200
            await whole.fault("drop_before", match="time")
            await socket.send('{"id":6,"method":"time"}')
            with pytest.raises(ConnectionClosed):
                await socket.recv()

    serve(work)


def test_a_wrong_clock_is_seen_and_rejects_signatures():
    async def work(whole: Whole) -> None:
        right = (await whole.ask("GET", "/api/v3/time")).body["serverTime"]
        await whole.fault("clock_skew", skew_ms=60_000)
        wrong = (await whole.ask("GET", "/api/v3/time")).body["serverTime"]
        assert 60_000 <= wrong - right < 90_000
        assert (await whole.order("late")).body["code"] == -1021
        await whole.admin("DELETE", "faults")
        assert (await whole.order("right")).status == 200

    serve(work)


def test_maintenance_closes_connections_and_lets_nobody_in_until_it_ends():
    async def work(whole: Whole) -> None:
        async with whole.socket("/ws") as socket:
            await whole.fault("maintenance")
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            assert closed.value.rcvd.code == 1012
        with pytest.raises(InvalidStatus) as refused:
            await whole.socket("/ws").__aenter__()
        assert refused.value.response.status_code == 503
        await whole.admin("DELETE", "faults")
        async with whole.socket("/ws"):
            assert (await whole.ask("GET", "/api/v3/ping")).status == 200

    serve(work)


def test_sockets_are_cut_silenced_and_refused_by_their_path():
    async def work(whole: Whole) -> None:
        async with whole.socket("/ws/btcusdt@trade") as cut, whole.socket("/ws-api/v3") as other:
            await whole.fault("drop_sockets", match="/ws/*", count=1)
            with pytest.raises(ConnectionClosed) as closed:
                await cut.recv()
            assert closed.value.rcvd is None  # not a word
            number = await whole.fault("silent_sockets", match="/ws-api*")
            await other.send('{"id":1,"method":"ping"}')
            await whole.ask("GET", "/api/v3/ping")
            await whole.admin("DELETE", f"faults/{number}")
            await other.send('{"id":2,"method":"ping"}')
            assert (await heard(other))["id"] == 2
        await whole.fault("refused_sockets", match="/stream*", count=1)
        with pytest.raises(InvalidStatus):
            await whole.socket("/stream").__aenter__()
        async with whole.socket("/stream"):
            pass

    serve(work)

"""HTTP as it may come: malformed, too large, ahead of the answers, and the admin calls."""

import asyncio

from tests.unit.app.exchange.serving import KEY, SECRET, Whole, serve, signature

GET = b"GET /api/v3/ping HTTP/1.1\r\nHost: x\r\n"


REQUESTS = [
    (b"HELLO\r\n\r\n", 400),
    (b"GET /api/v3/ping HTTP/9.9\r\n\r\n", 400),
    (b"\x16\x03\x01\x02\x00\x01\x00", 400),
    (GET + b"Content-Length: x\r\n\r\n", 400),
    (GET + b"Content-Length: 99999999999999999999999\r\n\r\n", 400),
    (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n\r\n", 414),
    (GET + b"X: " + b"a" * 20_000 + b"\r\n\r\n", 431),
    (GET + b"X: " + b"a" * 200_000, 431),
    (GET + b"x" * 200_000, 431),
    (b"POST /api/v3/order HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n", 413),
    (b"POST /api/v3/order HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n11170\r\n" + b"a" * 70_000, 413),
    (b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
    (GET + b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n", 400),
    (GET + b"Connection: close\r\n\r\n", 200),
    (b"GET http://localhost/api/v3/ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 200),
]


def test_what_is_no_good_request_is_answered_and_the_connection_ended():
    async def work(whole: Whole) -> None:
        for data, status in REQUESTS:
            said = await whole.say(data)
            assert said.startswith(b"HTTP/1.1 %d " % status), data[:60]
            assert said.endswith(b"}")

    serve(work)


def test_requests_sent_ahead_are_answered_in_order():
    async def work(whole: Whole) -> None:
        paths = [b"/api/v3/ping", b"/api/v3/time", b"/nowhere", b"/api/v3/ping"]
        ahead = b"".join(b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % path for path in paths)
        said = await whole.say(ahead + GET + b"Connection: close\r\n\r\n")
        answers = [part.split(b"\r\n")[0] for part in said.split(b"HTTP/1.1 ")[1:]]
        assert answers == [b"200 OK", b"200 OK", b"404 Not Found", b"200 OK", b"200 OK"]

    serve(work)


def test_what_came_before_something_unreadable_is_answered_first():
    async def work(whole: Whole) -> None:
        said = await whole.say((GET + b"\r\n") * 3 + b"NONSENSE\r\n\r\n" + GET)
        assert [part[:3] for part in said.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200", b"200", b"400"]
        flood = await whole.say((GET + b"\r\n") * 200)
        assert flood.count(b"200 OK") == 64
        assert flood.count(b"429 Too Many Requests") == 1

    serve(work)


def test_a_defect_is_an_error_for_the_one_who_met_it_only(monkeypatch):
    async def work(whole: Whole) -> None:
        def broken(*_: object) -> None:
            raise RuntimeError("broken")

        whole.front.owner.listen(broken)
        assert (await whole.order("mine")).status == 200
        with monkeypatch.context() as patched:
            patched.setattr(whole.front.face, "handle", broken)
            answered = await whole.ask("GET", "/api/v3/time")
        assert (answered.status, answered.body["code"]) == (500, -1000)
        assert await whole.open_orders() == ["mine"]

    serve(work)


def test_a_request_in_pieces_is_one_request():
    async def work(whole: Whole) -> None:
        async with whole.talking() as (reader, writer):
            for piece in (GET[:9], GET[9:30], GET[30:] + b"Connection: close\r\n\r", b"\n"):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            assert (await reader.read()).endswith(b"{}")

    serve(work)


def test_an_idle_connection_is_ended():
    async def work(whole: Whole) -> None:
        async with whole.talking() as (reader, writer):
            writer.write(GET + b"\r\n")
            await reader.readuntil(b"{}")
            (connection,) = whole.server.http
            connection.sweep(connection.touched + 1)
            connection.sweep(connection.touched + 1_000)
            assert await reader.read() == b""

    serve(work)


# -- admin -------------------------------------------------------------------------------------------------------------


CALLS = [
    ("GET", "status"),
    ("POST", "faucet"),
    ("GET", "keys"),
    ("POST", "keys"),
    ("GET", "faults"),
    ("DELETE", "faults"),
]


def test_nothing_is_told_or_done_without_the_token():
    async def work(whole: Whole) -> None:
        for method, call in CALLS:
            for headers in ({}, {"X_Parrot_Token": "wrong"}, {"X_MBX_APIKEY": KEY}):
                answered = await whole.ask(method, f"/admin/v1/{call}", **headers)
                assert (answered.status, list(answered.body)) == (401, ["error"])
        assert (await whole.ask("GET", "/admin/", X_Parrot_Token=SECRET)).status == 404
        assert (await whole.ask("PUT", "/admin/v1/keys", X_Parrot_Token=SECRET)).status == 405

    serve(work)


def test_a_key_is_made_for_a_new_account_funded_used_and_taken_away():
    async def work(whole: Whole) -> None:
        made = await whole.admin("POST", "keys", account="bot")
        told = await whole.admin("POST", "faucet", key=made["key"], asset="USDT", amount="12.5")
        assert told == {"account": "bot", "asset": "USDT", "free": "12.50000000", "locked": "0.00000000"}
        listed = await whole.admin("GET", "keys")
        assert listed == [{"key": KEY, "account": "main"}, {"key": made["key"], "account": "bot"}]
        assert made["secret"] not in str(listed)
        headers = {"X_MBX_APIKEY": made["key"]}
        text = signature(secret=made["secret"])
        account = await whole.ask("GET", f"/api/v3/account?{text}", **headers)
        assert [row["free"] for row in account.body["balances"] if row["asset"] == "USDT"] == ["12.50000000"]
        await whole.admin("DELETE", f"keys/{made['key']}")
        gone = await whole.ask("GET", f"/api/v3/account?{text}", **headers)
        assert gone.body["code"] == -2015
        assert "bot" in (await whole.admin("GET", "status"))["accounts"]

    serve(work)


IMPOSSIBLE = [
    ("faucet", b"{"),
    ("faucet", b'{"asset":"USDT"}'),
    ("faucet", b'{"asset":"USDT","amount":"1","account":"nobody"}'),
    ("faucet", b'{"asset":"USDT","amount":"NaN","account":"main"}'),
    ("faucet", b'{"asset":"USDT","amount":"0","account":"main"}'),
    ("faucet", b'{"asset":"USDT","amount":"1e30","account":"main"}'),
    ("faucet", b'{"asset":"USDT","amount":"0.000000001","account":"main"}'),
    ("faucet", b'{"asset":"USDT","amount":"-999999","account":"main"}'),
    ("faucet", b'{"asset":"DOGE","amount":"1","account":"main"}'),
    ("faucet", b'{"asset":"USDT","amount":"1","key":"unknown"}'),
    ("keys", b'{"account":"../x"}'),
    ("keys", b'{"account":""}'),
    ("keys", b'{"account":"x","more":1}'),
    ("faults", b'{"kind":"nothing"}'),
    ("faults", b'{"kind":"429","probability":2}'),
    ("faults", b'{"kind":"error_after","status":200}'),
    ("faults", b'{"kind":"429","count":0}'),
    ("faults", b"[" * 60_000),
]


def test_admin_calls_refuse_what_cannot_be():
    async def work(whole: Whole) -> None:
        before = whole.exchange.held("main")
        for call, body in IMPOSSIBLE:
            answered = await whole.ask("POST", f"/admin/v1/{call}", body, X_Parrot_Token=SECRET)
            assert answered.status in (400, 404), body[:60]
        number = "9" * 5_000  # more digits than a number may have
        assert (await whole.ask("DELETE", f"/admin/v1/faults/{number}", X_Parrot_Token=SECRET)).status == 404
        assert whole.exchange.held("main") == before
        assert await whole.admin("GET", "faults") == []

    serve(work)

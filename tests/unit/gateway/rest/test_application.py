"""The gateway answers this machine, takes commands with the token only, and says every error the same way."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from parrot.app.listening import listen
from parrot.app.platform.web import WebServer
from parrot.contracts import commands, records
from parrot.contracts.message import Entry
from parrot.kernel.errors import InputError, MissingError, StorageError
from tests.unit.gateway.rest.house import application

TOKEN = "a-token-that-is-long-enough"
ORDER = {"key": "1", "symbol": "BTC/USDT", "side": "buy", "quantity": "0.01", "user": "ann"}


class Fake:
    """A platform that writes down what it is asked."""

    token = TOKEN

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answer: Any = [records.OrderReceived(order=commands.SubmitOrder(**_submit()))]
        self.ready = True

    def ask(self, command: Any) -> list[Entry]:
        self.asked.append(command)
        if isinstance(self.answer, Exception):
            raise self.answer
        return [Entry(seq, 1, 0, record) for seq, record in enumerate(self.answer, 7)]

    def status(self) -> dict[str, Any]:
        return {"ready": self.ready, "reasons": [] if self.ready else ["data are 9 s old"]}

    def rows(self, what: str, limit: int) -> list[dict[str, Any]]:
        return [{"what": what, "limit": limit}]

    def metrics(self) -> str:
        return "parrot_orders_total 3\n"


def _submit() -> dict[str, Any]:
    return {
        "strategy": "manual",
        "key": "1",
        "symbol": "BTC/USDT",
        "side": commands.Side.BUY,
        "quantity": Decimal("0.01"),
    }


class Site:
    def __init__(self, platform: Fake, port: int) -> None:
        self.platform = platform
        self.port = port

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, host: str = ""
    ) -> tuple[int, dict[str, str], Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        text = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        sent = {"Host": host or f"localhost:{self.port}", "Content-Type": "application/json"} | (headers or {})
        connection.request(method, path, text, sent)
        reply = connection.getresponse()
        held = reply.read().decode()
        found = {name.lower(): value for name, value in reply.getheaders()}
        connection.close()
        return reply.status, found, json.loads(held) if "json" in found.get("content-type", "") else held

    def get(self, path: str) -> tuple[int, dict[str, str], Any]:
        return self.call("GET", path, headers={"X-Parrot-Token": TOKEN})

    def command(self, method: str, path: str, body: Any) -> tuple[int, dict[str, str], Any]:
        return self.call(method, path, body, {"X-Parrot-Token": TOKEN})


@pytest.fixture(scope="module")
def server() -> Iterator[Site]:
    platform = Fake()
    listener = listen("127.0.0.1", 0)
    web = WebServer(application(platform), listener)
    web.start()
    yield Site(platform, listener.getsockname()[1])
    web.stop()


@pytest.fixture
def site(server: Site) -> Site:
    server.platform.__init__()  # type: ignore[misc]  # as new for each test
    return server


def test_an_order_is_taken_exactly_and_answered_with_its_number(site):
    status, _, told = site.command("POST", "/api/v1/orders", ORDER | {"quantity": "0.10", "limit": "60000.5"})
    assert (status, told["order_id"]) == (201, 7)
    asked = site.platform.asked[0]
    assert (asked.strategy, asked.quantity, asked.limit, asked.user) == (
        "manual",
        Decimal("0.10"),
        Decimal("60000.5"),
        "ann",
    )


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"quantity": "NaN"}, "quantity"),
        ({"quantity": "Infinity"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "1e400"}, "quantity"),
        ({"quantity": "0.0000000000000000001"}, "quantity"),
        ({"limit": "x"}, "limit"),
        ({"until": 1 << 63}, "until"),  # no journal can hold it
        ({"duration": 10**30}, "duration"),
        ({"side": "long"}, "side"),
        ({"kind": "magic"}, "kind"),
        ({"symbol": ""}, "symbol"),
        ({"symbol": "a" * 61}, "symbol"),
        ({"colour": "red"}, "colour"),
        ({"user": None}, "user"),
        ({"user": "a\nb"}, "user"),
    ],
)
def test_what_cannot_be_an_order_is_named_and_asks_nothing(site, change, named):
    status, headers, told = site.command("POST", "/api/v1/orders", ORDER | change)
    assert status == 422
    assert headers["content-type"] == "application/problem+json"
    assert [field["field"] for field in told["fields"]] == [named]
    assert site.platform.asked == []


def test_a_refusal_names_rule_limit_and_actual(site):
    site.platform.answer.append(
        records.OrderRefused(
            order_id=7, rule="max_notional", scope="firm", limit="1000", actual="6000", text="6000 is too much"
        )
    )
    status, _, told = site.command("POST", "/api/v1/orders", ORDER)
    assert status == 422
    assert "6000 is too much" in told["title"]
    assert told["expected"] == "max_notional of firm: 1000"


@pytest.mark.parametrize("headers", [{}, {"X-Parrot-Token": "wrong"}, {"X-Parrot-Token": ""}])
@pytest.mark.parametrize("path", ["/api/v1/orders", "/api/v1/kill"])
def test_nothing_is_taken_without_the_token(site, path, headers):
    status, _, told = site.call("POST", path, ORDER, headers)
    assert (status, told["code"], told["reason"]) == (401, "not_allowed", "signed_out")
    assert site.platform.asked == []
    assert TOKEN not in json.dumps(told)


@pytest.mark.parametrize("path", ["/api/v1/orders", "/api/v1/status", "/api/v1/orders/7"])
def test_nothing_is_told_without_the_token(site, path):
    assert site.call("GET", path)[0] == 401
    assert site.call("GET", path, headers={"X-Parrot-Token": "wrong"})[0] == 401


def test_nothing_is_taken_where_nothing_is(site):
    assert site.call("POST", "/", ORDER)[0] == 405
    assert site.command("POST", "/api/v1/missing", ORDER)[0] in (404, 405)


def test_names_of_other_machines_are_not_answered(site):
    assert site.call("GET", "/health", host="evil.example")[0] == 421
    assert site.call("GET", "/health", host=f"evil.example:{site.port}")[0] == 421
    assert site.call("GET", "/health", host="127.0.0.1")[0] == 200


@pytest.mark.parametrize(
    ("prices", "kind"),
    [
        ({}, "market"),
        ({"limit": "1"}, "limit"),
        ({"trigger": "1"}, "stop"),
        ({"limit": "1", "trigger": "1"}, "stop_limit"),
        ({"trail": "1"}, "trailing"),
    ],
    ids=lambda value: str(value),
)
def test_the_kind_follows_from_the_prices(site, prices, kind):
    assert site.command("POST", "/api/v1/orders", ORDER | prices)[0] == 201
    assert site.platform.asked[0].kind == kind


def test_a_price_is_never_dropped(site):
    status, _, told = site.command("POST", "/api/v1/orders", ORDER | {"kind": "market", "limit": "2990"})
    assert status == 422
    assert "no limit" in told["title"]
    assert site.platform.asked == []


def test_large_bodies_are_refused_unread(site):
    status, _, _ = site.command("POST", "/api/v1/orders", b"x" * 100_000)
    assert status == 413


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (InputError("wrong"), 422),
        (MissingError("not there"), 404),
        (StorageError("busy"), 503),
        (TimeoutError(), 503),
        (RuntimeError("secret detail"), 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_error_is_a_problem(site, fault, status):
    site.platform.answer = fault
    found, headers, told = site.command("POST", "/api/v1/kill", {"by": "ann"})
    assert (found, told["status"]) == (status, status)
    assert headers["content-type"] == "application/problem+json"
    assert "secret detail" not in json.dumps(told)


def test_a_refused_command_is_an_error(site):
    site.platform.answer = [records.CommandRefused(command="RearmKill", text="only a person re-arms", user="bot")]
    status, _, told = site.command("POST", "/api/v1/rearm", {"by": "bot"})
    assert (status, told["title"]) == (422, "only a person re-arms")


def test_commands_become_what_they_say(site):
    site.platform.answer = []
    site.command("POST", "/api/v1/kill", {"by": "ann", "scope": "symbol:BTC/USDT", "flatten": True})
    site.command("POST", "/api/v1/rearm", {"by": "ann"})
    site.command("DELETE", "/api/v1/orders/9", {"by": "ann"})
    site.command("POST", "/api/v1/orders/cancel-all", {"by": "ann", "scope": "strategy:s"})
    site.command("POST", "/api/v1/strategies/s/stop", {"by": "ann", "flatten": True})
    assert site.platform.asked == [
        commands.EngageKill(scope="symbol:BTC/USDT", by="ann", source="api", flatten=True),
        commands.RearmKill(by="ann"),
        commands.CancelOrder(order_id=9, user="ann"),
        commands.CancelAll(strategy="s", user="ann"),
        commands.StopStrategy(strategy="s", by="ann", flatten=True),
    ]


def test_questions_have_bounds(site):
    assert site.get("/api/v1/positions?limit=5")[2] == {"positions": [{"what": "positions", "limit": 5}]}
    assert site.get("/api/v1/orders?limit=0")[0] == 422
    assert site.get("/api/v1/orders?limit=100000")[0] == 422
    assert "parrot_orders_total 3" in site.call("GET", "/metrics")[2]


def test_ready_says_why_not(site):
    assert site.call("GET", "/ready")[0] == 200
    site.platform.ready = False
    status, _, told = site.call("GET", "/ready")
    assert (status, told["reasons"]) == (503, ["data are 9 s old"])


def test_every_answer_protects_its_reader(site):
    for path in ("/", "/health", "/missing", "/api/v1/status"):
        headers = site.call("GET", path)[1]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::", "example.com"])
def test_only_loopback_is_listened_on(host):
    with pytest.raises(InputError, match="no loopback address"):
        listen(host, 0)


def test_a_taken_port_is_named(site):
    with pytest.raises(InputError, match=f"port {site.port} is already in use") as refused:
        listen("127.0.0.1", site.port)
    assert refused.value.fix == f"--port {site.port + 1}"
    with pytest.raises(InputError) as refused:
        listen("127.0.0.1", site.port, option="--fix-port")
    assert refused.value.fix == f"--fix-port {site.port + 1}"

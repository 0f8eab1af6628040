"""What is no text comes no further than the guards, in addresses and in bodies; every text that is one does."""

from __future__ import annotations

import asyncio
import itertools
import json

import pytest

from parrot.contracts.access import Role
from tests.unit.gateway.rest.house import NOW, application, browser, person
from tests.unit.gateway.rest.test_application import TOKEN, Fake

KILL = "/api/v1/kill"


@pytest.fixture(scope="module")
def desk():
    return Fake()


@pytest.fixture(scope="module")
def app(desk):
    ticks = itertools.count(NOW, 100_000_000)  # so that nobody asks too often
    return application(desk, person(Role.ADMIN), now=lambda: next(ticks))


@pytest.fixture
def platform(desk):
    desk.__init__()
    desk.answer = []
    return desk


@pytest.mark.parametrize(
    "address", ["/api/v1/approvals/%00", "/api/v1/approvals/a%00b", "/%00", "/health%00", "/api/v1/orders?text=%00",
                "/api/v1/orders?%00=1", "/api/v1/approvals/%ed%a0%80", "/api/v1/orders?text=%ED%BF%BF", "/api/v1/%ff",
                "/api/v1/orders?text=%c0%80"],
)  # fmt: skip
@pytest.mark.parametrize("who", ["ann", "nobody"])
def test_an_address_that_is_no_text_is_refused_before_anything_sees_it(app, address, who):
    told = browser(app, who).get(address)
    assert (told.status_code, told.json()["code"]) == (400, "bad_input")
    assert told.headers["content-type"] == "application/problem+json"
    assert told.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "sent",
    [b'"\\u0000"', b'"\\ud800"', b'"\\uDFFF"', b'"\\udc00\\ud800"', b'"\\ud83d\\ud83d\\ude00"', b'"\xed\xa0\x80"',
             b'"\xff"', b'"\0"', b'"\\\\\\u0000"', '"a"'.encode("utf-16")],
)  # fmt: skip
@pytest.mark.parametrize("form", [b'{"reason": %s}', b'{"more": {%s: 1}}', b"[%s]"])
def test_a_body_that_is_no_text_is_refused_on_every_route(app, platform, sent, form):
    for method, path in (("POST", KILL), ("PATCH", "/api/v1/orders/1"), ("PUT", "/api/v1/limits")):
        given = {"content": form % sent, "headers": {"Content-Type": "application/json"}}
        told = browser(app, "ann").request(method, path, **given)
        assert (told.status_code, told.json()["code"]) == (400, "bad_input"), path
    assert platform.asked == []


@pytest.mark.parametrize("text", ["\N{PARROT}", "a\\\\u0000", "\\ud800", "Żółw", '"\\'])
@pytest.mark.parametrize("plain", [True, False])
def test_every_text_that_is_one_is_taken(app, platform, text, plain):
    sent = json.dumps({"reason": text}, ensure_ascii=plain).encode()
    told = browser(app, "ann").post(KILL, content=sent, headers={"Content-Type": "application/json"})
    assert told.status_code == 200
    assert platform.asked[0].reason == text
    assert browser(app, "ann").get("/api/v1/strategies", params={"after": text}).status_code != 400


def test_who_goes_away_in_the_middle_of_a_body_has_done_nothing(app, platform):
    said = iter([{"type": "http.request", "body": b"{}", "more_body": True}, {"type": "http.disconnect"}])
    sent = []

    async def receive():
        return next(said)

    async def send(message):
        sent.append(message)

    headers = {"host": "localhost", "x-parrot-token": TOKEN, "content-type": "application/json", "content-length": "9"}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": KILL, "query_string": b"", "headers": raw, "scheme": "http",
             "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "root_path": ""}  # fmt: skip
    asyncio.run(app(scope, receive, send))
    assert (sent, platform.asked) == ([], [])

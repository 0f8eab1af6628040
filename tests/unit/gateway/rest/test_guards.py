"""The guards: who asks is known, pages of other sites are refused, nothing is without bounds."""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from parrot.contracts.access import Role, Way
from parrot.contracts.signing import sign
from parrot.gateway.rest import limits
from parrot.gateway.rest.site import Site
from tests.unit.gateway.rest.house import NOW, ORIGIN, People, application, browser, client, person
from tests.unit.gateway.rest.test_application import ORDER, TOKEN, Fake

KILL = "/api/v1/kill"
OWN = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


class House:
    """One application for all tests; its platform is as new for each."""

    def __init__(self, folder: Path) -> None:
        self.platform = Fake()
        self.people = People(person(Role.ADMIN), person(Role.VIEWER, name="vic"))
        self.app = application(self.platform, users=self.people)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return House(tmp_path_factory.mktemp("reports"))


@pytest.fixture
def platform(house) -> Fake:
    house.platform.__init__()
    house.platform.answer = []
    house.people.owner = True
    house.people.passive.clear()
    house.people.keys.clear()
    return house.platform


@pytest.fixture
def app(house, platform):
    return house.app


def signed(who: TestClient, secret: str = "s3cret", sent: bytes = b"{}", **change: Any) -> Any:
    given = {"method": "POST", "path": KILL, "query": "", "time": "1700000000000", "nonce": "n" * 16, "body": b"{}"}
    headers = {
        "Parrot-Key": "key",
        "Parrot-Time": given["time"],
        "Parrot-Nonce": given["nonce"],
        "Parrot-Signature": sign(secret, **given | change),
        "Content-Type": "application/json",
    }
    return who.post(KILL, content=sent, headers=headers)


def test_a_session_may_what_its_roles_may_and_its_name_is_recorded(app, platform):
    assert browser(app, "ann").post(KILL, json={}).status_code == 200
    assert platform.asked[0].by == "ann"
    told = browser(app, "vic").post(KILL, json={})
    assert (told.status_code, told.json()["reason"]) == (403, "forbidden")


def test_who_was_refused_stands_in_the_log(app, caplog):
    caplog.set_level("INFO", "parrot.gateway")
    browser(app, "vic").post(KILL + "?secret=1", json={})
    client(app, address="127.0.0.7").get("/api/v1/orders")
    assert [record.getMessage() for record in caplog.records] == [
        "POST /api/v1/kill refused: 403, vic from 127.0.0.1",
        "GET /api/v1/orders refused: 401, nobody from 127.0.0.7",
    ]


def test_nobody_acts_in_the_name_of_another(app, platform):
    told = browser(app, "ann").post(KILL, json={"by": "bob"})
    assert (told.status_code, told.json()["reason"]) == (403, "forbidden")
    assert platform.asked == []


def test_a_session_that_is_over_is_signed_out(app):
    told = client(app, cookies={"parrot": "gone"}).get("/api/v1/positions")
    assert (told.status_code, told.json()["reason"]) == (401, "signed_out")


def test_the_cookie_of_plain_http_is_not_taken_over_tls(app):
    with TestClient(app, base_url="https://localhost", client=("127.0.0.1", 1)) as who:
        assert who.get("/api/v1/positions", headers={"Cookie": "parrot=ann"}).status_code == 401
        answer = who.get("/api/v1/positions", headers={"Cookie": "__Host-parrot=ann"})
        assert answer.status_code == 200


def test_browsers_are_told_to_come_by_tls_only_but_not_for_localhost(platform):
    app = application(platform, site=PROXY)
    named = client(app, address="10.0.0.1")
    said = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "desk.example"}
    assert "max-age=31536000" in named.get("/health", headers=said).headers["strict-transport-security"]
    told = TestClient(app, base_url="https://localhost", client=("127.0.0.1", 1)).get("/health")
    assert (told.status_code, "strict-transport-security" in told.headers) == (200, False)


def test_polling_does_not_keep_a_session(app, house):
    who = browser(app, "ann")
    who.get("/api/v1/positions", headers={"Parrot-Passive": "1"})
    who.get("/api/v1/positions")
    assert house.people.passive == [True, False]


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (OWN, "csrf"),
        (OWN | {"Parrot-CSRF": "csrf of vic"}, "csrf"),
        ({"Parrot-CSRF": "csrf of ann"}, "cross_site"),
        ({"Parrot-CSRF": "csrf of ann", "Origin": "null"}, "cross_site"),
        ({"Parrot-CSRF": "csrf of ann", "Origin": "http://evil.example"}, "cross_site"),
        ({"Parrot-CSRF": "csrf of ann", "Origin": "https://localhost"}, "cross_site"),
        ({"Parrot-CSRF": "csrf of ann", "Origin": "http://localhost:81"}, "cross_site"),
        ({"Parrot-CSRF": "csrf of ann", "Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"}, "cross_site"),
        ({"Parrot-CSRF": "csrf of ann", "Origin": ORIGIN, "Sec-Fetch-Site": "same-site"}, "cross_site"),
    ],
    ids=str,
)
def test_a_write_with_a_cookie_comes_from_a_page_of_ours(app, platform, headers, reason):
    told = client(app, cookies={"parrot": "ann"}).post(KILL, json={}, headers=headers)
    assert (told.status_code, told.json()["reason"]) == (403, reason)
    assert platform.asked == []


def test_a_page_of_another_site_signs_nobody_in_and_reads_nothing(app):
    other = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client(app).post("/api/v1/auth/session", json={}, headers=other).status_code == 403
    assert client(app).get("/health", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    framed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    assert client(app).get("/health", headers=framed).status_code == 403
    assert client(app).get("/health", headers=framed | {"Sec-Fetch-Dest": "document"}).status_code == 200


def test_no_other_origin_is_let_in_by_cors(app):
    asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    answer = client(app).options(KILL, headers=asked)
    assert answer.status_code == 501
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_key_signs_the_whole_request(app, platform, house):
    house.people.keys["key"] = ("s3cret", person(Role.TRADER, name="bot"))
    who = client(app)
    assert signed(who).status_code == 403  # a session's rules do not hold for a key; here it is one
    house.people.keys["key"] = ("s3cret", person(Role.TRADER, name="bot", way=Way.KEY))
    assert signed(who).status_code == 200
    assert platform.asked[0].by == "bot"
    for wrong in (
        {"secret": "other"},
        {"sent": b"{ }"},
        {"path": KILL + "/"},
        {"query": "a=1"},
        {"method": "PUT"},
        {"time": "1700000000001"},
        {"nonce": "m" * 16},
    ):
        assert signed(who, **wrong).status_code == 401, wrong
    assert len(platform.asked) == 1


def test_before_there_is_an_owner_only_the_machine_is_let_in(app, house):
    house.people.owner = False
    who = client(app)
    for path in ("/api/v1/positions", "/api/v1/profile", "/api/v1/nothing"):
        told = who.get(path)
        assert (told.status_code, told.json()["reason"]) == (403, "setup"), path
    assert who.get("/health").status_code == 200
    assert who.get("/api/v1/positions", headers={"X-Parrot-Token": TOKEN}).status_code == 200


def test_bodies_are_json_of_a_stated_size(app, platform):
    who = browser(app, "ann")
    assert who.post(KILL, content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert who.post(KILL, data={"by": "ann"}).status_code == 415
    assert who.post(KILL, content=iter([b"{}"])).status_code == 411
    assert who.post(KILL, json={"reason": "x" * limits.BODY_BYTES_MAX}).status_code == 413
    assert who.get("/health", headers={f"X-{n}": "1" for n in range(limits.HEADERS_MOST)}).status_code == 431
    assert who.get("/health", headers={"X-Long": "1" * limits.HEADER_BYTES_MOST}).status_code == 431
    assert platform.asked == []


def test_who_guesses_is_slowed_down(app):
    who = client(app, address="127.0.0.9")
    codes = [who.post("/api/v1/auth/session", json={}).status_code for _ in range(limits.SIGN_INS.amount)]
    assert 429 not in codes
    told = who.post("/api/v1/auth/session", json={})
    assert (told.status_code, told.json()["code"]) == (429, "too_many")
    assert 1 <= int(told.headers["retry-after"]) <= 61
    assert who.get("/health").status_code == 200


def test_windows_move_with_the_clock():
    now = [NOW]
    rates = limits.Rates(lambda: now[0])
    assert [rates.wait(limits.SIGN_INS, "a") for _ in range(limits.SIGN_INS.amount)] == [0] * limits.SIGN_INS.amount
    assert rates.wait(limits.SIGN_INS, "a") > 0
    assert rates.wait(limits.SIGN_INS, "b") == 0
    now[0] += 61 * 10**9
    assert rates.wait(limits.SIGN_INS, "a") == 0


PROXY = Site(names=frozenset({"desk.example"}), proxies=(ipaddress.ip_network("10.0.0.0/8"),), open_metrics=False)


def far(app: Any, address: str, **headers: str) -> int:
    with TestClient(app, base_url="http://desk.example", client=(address, 1)) as who:
        return who.get(
            "/metrics", headers={name.replace("_", "-"): value for name, value in headers.items()}
        ).status_code


def test_a_trusted_proxy_speaks_for_others_and_nobody_else_does(platform, tmp_path):
    app = application(platform, person(Role.ADMIN), site=PROXY)
    said = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Proto": "https"}
    assert far(app, "10.1.2.3", **said) == 401
    assert far(app, "10.1.2.3", **said, X_Parrot_Token=TOKEN) == 401  # the token counts on this machine only
    assert far(app, "10.1.2.3", **said | {"X_Forwarded_For": "127.0.0.1"}, X_Parrot_Token=TOKEN) == 401
    assert far(app, "127.0.0.1", X_Parrot_Token=TOKEN) == 403  # a proxy that says nothing of whom it speaks for
    assert client(app, headers={"X-Parrot-Token": TOKEN}).get("/metrics").status_code == 200
    assert far(app, "127.0.0.1", **said, X_Parrot_Token=TOKEN) == 403  # a proxy that nobody named
    assert far(app, "203.0.113.9", **said, X_Parrot_Token=TOKEN) == 403  # it says so itself
    assert far(app, "10.1.2.3", X_Forwarded_For="203.0.113.9", X_Parrot_Token=TOKEN) == 403  # no TLS in front
    assert far(app, "10.1.2.3", X_Forwarded_For="what", X_Parrot_Token=TOKEN) == 403
    assert far(app, "10.1.2.3", X_Forwarded_For="127.0.0.1, 203.0.113.9", X_Parrot_Token=TOKEN) == 403


def test_a_visit_by_number_is_led_to_the_name(app):
    who = TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 1), follow_redirects=False)
    told = who.get("/orders?id=12", headers={"Sec-Fetch-Mode": "navigate"})
    assert (told.status_code, told.headers["location"]) == (308, "http://localhost:8000/orders?id=12")
    assert who.get("/a", headers={"Accept": "text/html"}).headers["location"] == "http://localhost:8000/a"
    assert who.get("/health").status_code == 200


def test_a_defect_is_told_without_its_details_and_with_every_header(app, platform):
    platform.answer = RuntimeError("secret detail")
    told = browser(app, "ann").post(KILL, json={})
    assert (told.status_code, told.json()["code"]) == (500, "defect")
    assert "secret detail" not in json.dumps(told.json())
    assert told.headers["x-content-type-options"] == "nosniff"


def test_orders_carry_the_name_of_who_is_signed_in(platform, app):
    platform.__init__()  # with an order as its answer
    given = {name: ORDER[name] for name in ORDER if name != "user"}
    assert browser(app, "ann").post("/api/v1/orders", json=given).status_code == 201
    assert platform.asked[0].user == "ann"


def test_a_parameter_that_is_not_known_is_named(app):
    who = browser(app, "ann")
    told = who.get("/api/v1/strategies?limit=5&colour=red")
    assert (told.status_code, told.json()["fields"]) == (422, [{"field": "colour", "problem": "is not known here"}])
    told = who.get("/api/v1/strategies?limit=5&limit=6")
    assert (told.status_code, told.json()["fields"]) == (422, [{"field": "limit", "problem": "is given twice"}])
    assert who.get("/health?x=1").status_code == 422
    assert client(app).get("/api/v1/strategies?colour=red").status_code == 401
    assert who.get("/orders?id=12", headers={"Accept": "text/html"}).status_code == 404  # pages take what they like

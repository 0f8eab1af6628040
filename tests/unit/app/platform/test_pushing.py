"""Pushes reach browsers of people who may see them, sealed and signed, and never a place that is not public."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import http_ece  # type: ignore[import-untyped]  # it has no types
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02  # type: ignore[import-untyped]  # it has no types

from parrot.adapters.feeds.http.guard import Guard
from parrot.adapters.push import Sent
from parrot.adapters.sql import SqlRecords, open_sqlite
from parrot.app.platform.pushing import PushGuard, Pushing, require_push_address
from parrot.contracts.access import Role
from parrot.contracts.push import PushSubscription
from parrot.kernel.errors import InputError, MissingError
from parrot.ports.secrets import Secret
from tests.unit.gateway.rest.house import NOW, application, browser, person

ANN, BOB = person(Role.VIEWER, name="ann"), person(Role.VIEWER, name="bob")


class Keeper:
    """Secrets in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, name: str) -> Secret:
        return Secret(name, self.kept[name])

    def set(self, name: str, text: str) -> None:
        self.kept[name] = text

    def names(self) -> list[str]:
        return list(self.kept)


class Service:
    """A push service on this machine that writes down what it is sent; `status` is what it answers."""

    def __init__(self) -> None:
        self.status, self.location, self.got = 201, "", list[tuple[str, dict[str, str], bytes]]()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.got.append((self.path, dict(self.headers), body))
                self.send_response(service.status)
                if service.location:
                    self.send_header("Location", service.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return None

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def house(tmp_path: Path, service: Service) -> Iterator[Any]:
    service.status, service.location = 201, ""
    service.got.clear()
    engine = open_sqlite(tmp_path / "records.db")
    found = SimpleNamespace(alerts=[alert(1)], may={"ann": True, "bob": True}, keeper=Keeper(), noted=[])
    found.records = SqlRecords(engine)
    allow = frozenset({service.place})
    found.pushing = Pushing(
        found.records,
        found.keeper,
        alerts=lambda: found.alerts,
        may=lambda user, _: found.may.get(user),
        now=lambda: NOW,
        note=lambda who, what, /, **about: found.noted.append((who.name, what)),
        guard=PushGuard(Guard(allow), allow),
    )
    yield found
    engine.dispose()


def alert(number: int) -> dict[str, Any]:
    told = {"alert_id": str(number), "level": "warning", "text": f"limit {number}", "account": "main"}
    return told | {"symbol": "BTC/USDT", "strategy": "", "scope": "", "order_id": 7}


def keys() -> tuple[ec.EllipticCurvePrivateKey, bytes, dict[str, str]]:
    private, secret = ec.generate_private_key(ec.SECP256R1()), b"s" * 16
    raw = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    text = {
        "p256dh": base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "auth": base64.urlsafe_b64encode(secret).decode().rstrip("="),
    }
    return private, secret, text


def subscribed(
    house: Any, service: Service, who: Any = ANN, path: str = "x"
) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    house.pushing.set(who, on=True, contact="mailto:ann@example.org")
    private, secret, text = keys()
    house.pushing.subscribe(who, endpoint=f"http://{service.place}/{path}", label="phone", **text)
    return private, secret


def kept(house: Any) -> list[PushSubscription]:
    return [one for _, one in house.records.scan(PushSubscription)]


def test_an_alert_reaches_the_browser_sealed_for_it_and_signed_by_us(house: Any, service: Service) -> None:
    private, secret = subscribed(house, service)
    house.pushing.turn()
    assert service.got == []  # what is old is not told
    house.alerts.append(alert(2))
    house.pushing.turn()
    (path, headers, body), = service.got  # fmt: skip
    told = json.loads(http_ece.decrypt(body, private_key=private, auth_secret=secret, version="aes128gcm"))
    assert told == {"title": "Warning: BTC/USDT", "body": "limit 2", "tag": "alert-2", "place": "/orders?id=7"}
    assert Vapid02.verify(headers["Authorization"])
    assert (path, headers["Urgency"], headers["Host"]) == ("/x", "high", service.place)
    house.pushing.turn()
    assert len(service.got) == 1  # once
    assert kept(house)[0].sent == NOW


def test_who_may_not_see_an_alert_gets_none_and_who_is_gone_is_forgotten(house: Any, service: Service) -> None:
    subscribed(house, service, ANN, "ann")
    subscribed(house, service, BOB, "bob")
    house.pushing.turn()
    house.may["ann"], house.may["bob"] = False, None
    house.alerts.append(alert(2))
    house.pushing.turn()
    assert service.got == []
    assert [one.user for one in kept(house)] == ["ann"]


def test_a_push_under_way_brings_no_browser_back_that_was_forgotten(
    house: Any, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(house, service)
    found = house.records.get

    def forgotten(kind: type, key: str) -> Any:
        one = found(kind, key)
        if kind is PushSubscription:
            assert house.pushing.forget("ann")
        return one

    def sent(*_: Any, **__: Any) -> tuple[Sent, str]:
        return Sent.FAILED, "slow"

    monkeypatch.setattr(house.records, "get", forgotten)
    monkeypatch.setattr("parrot.app.platform.pushing.Pusher.send", sent)
    house.pushing.test(ANN)
    house.pushing.turn()
    house.pushing.forget("ann")
    house.may["ann"] = None
    with pytest.raises(MissingError, match="erased"):
        subscribed(house, service)
    assert kept(house) == []


def test_nothing_leaves_while_pushes_are_off(house: Any, service: Service) -> None:
    _, _, text = keys()
    with pytest.raises(InputError):
        house.pushing.subscribe(ANN, endpoint=f"http://{service.place}/x", label="", **text)
    subscribed(house, service)
    house.pushing.turn()
    house.pushing.set(ANN, on=False, contact="mailto:ann@example.org")
    house.alerts.append(alert(2))
    house.pushing.test(ANN)
    house.pushing.turn()
    assert service.got == []


def test_the_key_is_made_once_sealed_and_never_told(house: Any, service: Service) -> None:
    assert house.keeper.kept == {}
    subscribed(house, service)
    before = dict(house.keeper.kept)
    facts = house.pushing.facts(ANN)
    assert "PRIVATE KEY" in before["push-vapid"]
    assert len(base64.urlsafe_b64decode(facts["public_key"] + "=")) == 65
    house.pushing.set(ANN, on=True, contact="https://example.org")
    assert house.keeper.kept == before
    assert "PRIVATE" not in repr(house.pushing._keys)


@pytest.mark.parametrize(
    ("status", "left", "failures"), [(201, 1, 0), (410, 0, 0), (404, 0, 0), (429, 1, 1), (500, 1, 1)]
)
def test_a_service_that_says_gone_ends_it_and_one_that_fails_is_asked_again(
    house: Any, service: Service, status: int, left: int, failures: int
) -> None:
    subscribed(house, service)
    service.status = status
    house.pushing.test(ANN)
    house.pushing.turn()
    found = kept(house)
    assert len(found) == left
    assert sum(one.failures for one in found) == failures


def test_a_redirect_is_not_followed(house: Any, service: Service) -> None:
    subscribed(house, service)
    service.status, service.location = 307, f"http://{service.place}/elsewhere"
    house.pushing.test(ANN)
    house.pushing.turn()
    assert [path for path, _, _ in service.got] == ["/x"]
    assert kept(house)[0].problem == "127.0.0.1 answered 307"


def test_a_name_that_leads_inside_is_not_asked(house: Any, service: Service) -> None:
    subscribed(house, service)
    own = kept(house)[0]
    moved = {"endpoint": "https://push.example.org/x"}
    with house.records.work() as work:
        work.put(
            f"{own.user}/{own.id}", type(own)(**{name: getattr(own, name) for name in own.__struct_fields__} | moved)
        )
    house.pushing._guard = PushGuard(Guard(resolve=lambda host, port: ["93.184.216.34", "169.254.169.254"]))
    house.pushing.test(ANN)
    house.pushing.turn()
    assert service.got == []
    assert "169.254.169.254" in kept(house)[0].problem


@pytest.mark.parametrize(
    "url",
    ["http://push.example.org/x", "https://localhost/x", "https://127.0.0.1/x", "https://[::1]/x", "https://10.1.2.3/x",
     "https://169.254.169.254/latest", "https://8.8.8.8/x", "https://0x7f000001/x", "https://2130706433/x",
     "https://push.example.org:8443/x", "https://push.example.org:22/x", "https://user@push.example.org/x",
     "https://a:b@push.example.org/x", "file:///etc/passwd", "ftp://push.example.org/x", "https:///x",
     "//push.example.org",
     "https://push.example.org/x#y", "https://p\u00fcsh.example.org/x", "https://[fe80::1%25eth0]/x", "https://push.example.org:99999/x"],
)  # fmt: skip
def test_an_address_that_is_no_push_services_is_refused_at_once(url: str) -> None:
    with pytest.raises(InputError):
        require_push_address(url)


@pytest.mark.parametrize(
    "url", ["https://fcm.googleapis.com/fcm/send/abc", "https://updates.push.services.mozilla.com:443/wpush/v2/x"]
)
def test_addresses_of_push_services_are_taken(url: str) -> None:
    require_push_address(url)


def test_over_http_everybody_looks_after_their_own_browsers_only(house: Any, service: Service, tmp_path: Path) -> None:
    app = application(None, tmp_path, ANN, BOB, person(Role.ADMIN, name="root"), push=house.pushing)
    ann, bob, root = (browser(app, name) for name in ("ann", "bob", "root"))
    before = ann.get("/api/v1/push").json()
    assert (before["on"], before["public_key"], before["items"]) == (False, "", [])
    switch = {"on": True, "contact": "mailto:ann@example.org"}
    assert ann.put("/api/v1/settings/push", json=switch).status_code == 403
    assert root.put("/api/v1/settings/push", json=switch).status_code == 200
    _, _, text = keys()
    body = {"endpoint": f"http://{service.place}/x", "label": "phone", **text}
    number = ann.post("/api/v1/push/subscriptions", json=body).json()["items"][0]["id"]
    assert ann.post("/api/v1/push/subscriptions", json=body).json()["items"][0]["id"] == number  # the same browser
    assert ann.post("/api/v1/push/subscriptions", json=body | {"endpoint": "https://127.0.0.1/x"}).status_code == 422
    assert ann.post("/api/v1/push/subscriptions", json=body | {"p256dh": "A" * 87}).status_code == 422
    assert bob.get("/api/v1/push").json()["items"] == []
    assert bob.delete(f"/api/v1/push/subscriptions/{number}").status_code == 404
    assert service.place.split(":")[1] not in ann.get("/api/v1/push").text  # the address itself stays here
    assert ann.post("/api/v1/push/test", json={}).status_code == 202
    assert ann.delete(f"/api/v1/push/subscriptions/{number}").json()["items"] == []
    with pytest.raises(MissingError):
        house.pushing.unsubscribe(ANN, number)

"""The broker's view over HTTP: who sees which accounts, personal data, and that money needs two people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from parrot.contracts.access import Role
from parrot.contracts.approvals import ApprovalKept, ApprovalKind, Person
from parrot.contracts.clients import ClientKept, ClientStatus, Contact
from parrot.kernel.errors import MissingError
from tests.unit.gateway.rest.house import NOW, application, browser, person

CONTACT = Contact(email="zoe@example.org", phone="1", address="Street")


def client_of(number: str, *accounts: str) -> ClientKept:
    return ClientKept(
        id=number,
        name=f"client {number}",
        status=ClientStatus.ACTIVE,
        contact=CONTACT,
        notes="secret note",
        accounts=list(accounts),
        created=NOW,
        updated=NOW,
    )


class Fake:
    """Clients, accounts and requests that write down what they are asked."""

    token = "t"

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.people = {"000001": client_of("000001", "zoe-1", "zoe-2"), "000002": client_of("000002", "max-1")}
        self.requests: dict[str, ApprovalKept] = {}

    def clients(self) -> list[ClientKept]:
        return list(self.people.values())

    def client(self, number: str) -> ClientKept:
        if number not in self.people:
            raise MissingError(f"there is no client {number}")
        return self.people[number]

    def make(self, name: str, contact: Contact, notes: str, *, who: str) -> ClientKept:
        self.asked.append(("make", name, contact, notes, who))
        return msgspec.structs.replace(client_of("000003"), name=name)

    def change(self, number: str, version: int, **given: Any) -> ClientKept:
        self.asked.append(("change", number, version, given))
        return self.people[number]

    def erase(self, number: str, *, who: str) -> ClientKept:
        self.asked.append(("erase", number, who))
        return self.people[number]

    def is_account(self, account: str) -> bool:
        return account in ("zoe-1", "zoe-2", "max-1")

    def open_account(self, number: str, account: str, *, who: str) -> ClientKept:
        self.asked.append(("open", number, account, who))
        return self.people[number]

    def activity(self, number: str, *, before: int, limit: int) -> list[dict[str, Any]]:
        last = before - 1 if before else 3
        rows = [{"number": n, "ts": NOW, "who": "ann", "what": f"act {n}", "about": {}} for n in range(last, 0, -1)]
        return rows[:limit]

    def accounts(self, wanted: Any) -> list[dict[str, Any]]:
        return [_account(name) for name in ("zoe-1", "zoe-2", "max-1") if wanted(name)]

    def account(self, account: str) -> dict[str, Any]:
        return _account(account) | {"positions": [], "symbols": ["BTCUSDT"]}

    def orders(self, account: str, *, symbol: str, until: int, limit: int) -> tuple[list[Any], int]:
        self.asked.append(("orders", account, symbol, until, limit))
        return [], NOW if not until else 0

    def ask(self, kind: ApprovalKind, account: str, asset: str, amount: Any, **given: Any) -> ApprovalKept:
        self.asked.append((kind, account, asset, amount, given))
        terms = {"account": account, "asset": asset, "amount": str(amount)}
        made = ApprovalKept(
            id="000000001", kind=kind, subject=account, terms=terms, reason="", by=given["by"], ts=1, expires=NOW * 2
        )
        self.requests[made.id] = made
        return made

    def get(self, number: str) -> ApprovalKept:
        if number not in self.requests:
            raise MissingError(f"there is no request {number}")
        return self.requests[number]

    def approve(self, number: str, *, by: Person) -> ApprovalKept:
        self.asked.append(("approve", number, by.user))
        return self.requests[number]

    decline = withdraw = lambda self, number, **given: self.requests[number]


def _account(name: str) -> dict[str, Any]:
    balances = [{"asset": "USDT", "free": "1", "locked": "0", "value": "1"}]
    given = {"account": name, "client": "000001", "currency": "USDT", "worth": "1", "balances": balances}
    return given | {"waiting": [], "fees": {"BTC": "0.1"}, "open_orders": 0}


PEOPLE = (
    person(Role.ADMIN, name="adm"),
    person(Role.RISK_OFFICER, name="ris"),
    person(Role.TRADER, name="tom"),
    person(Role.AUDITOR, name="aud", accounts=("exchange:zoe-1",)),
    person(Role.ADMIN, name="few", accounts=("exchange:zoe-1", "exchange:zoe-2")),
)


class Site:
    def __init__(self, folder: Path) -> None:
        self.fake = Fake()
        self.app = application(self.fake, folder, *PEOPLE, clients=self.fake, approvals=self.fake)

    def as_(self, name: str) -> Any:
        return browser(self.app, name)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Site:
    return Site(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def site(built: Site) -> Site:
    built.fake.__init__()  # type: ignore[misc]  # as new for each test
    return built


def test_people_see_the_clients_and_accounts_that_are_theirs(site):
    def seen(name: str) -> list[tuple[str, list[str]]]:
        return [(one["id"], one["accounts"]) for one in site.as_(name).get("/api/v1/clients").json()["items"]]

    assert seen("adm") == [("000001", ["zoe-1", "zoe-2"]), ("000002", ["max-1"])]
    assert seen("aud") == [("000001", ["zoe-1"])]
    accounts = site.as_("aud").get("/api/v1/clients/accounts").json()["items"]
    assert [one["account"] for one in accounts] == ["zoe-1"]
    assert site.as_("tom").get("/api/v1/clients").status_code == 403


@pytest.mark.parametrize(
    "path", ["/000002", "/000002/activity", "/accounts/max-1", "/accounts/max-1/orders", "/accounts/max-1/trades"]
)
def test_what_is_not_theirs_is_not_there(site, path):
    assert site.as_("aud").get(f"/api/v1/clients{path}").status_code == 404
    assert site.fake.asked == []


def test_nothing_is_changed_that_is_not_theirs(site):
    body = {"name": "x", "status": "active", "version": 1}
    few = site.as_("few")
    assert few.put("/api/v1/clients/000002", json=body).status_code == 404
    assert few.post("/api/v1/clients/000002/erase").status_code == 404
    assert few.post("/api/v1/clients/000001/accounts", json={"account": "max-1"}).status_code == 404
    assert few.post("/api/v1/clients", json={"name": "x"}).status_code == 404
    money = {"asset": "USDT", "amount": "1"}
    assert few.post("/api/v1/clients/accounts/max-1/withdrawals", json=money).status_code == 404
    assert site.fake.asked == []
    assert few.post("/api/v1/clients/000001/accounts", json={"account": "new-1"}).status_code == 201


def test_personal_data_are_for_who_may_change_them(site):
    told = site.as_("adm").get("/api/v1/clients/000001").json()
    assert (told["contact"]["email"], told["notes"]) == ("zoe@example.org", "secret note")
    for name in ("ris", "aud"):
        answer = site.as_(name).get("/api/v1/clients/000001")
        assert (answer.json()["contact"], answer.json()["notes"]) == (None, None)
        assert "zoe@example" not in answer.text
        assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("contact", {"email": "nobody"}),
        ("contact", {"email": "\x1dzoe@example.org"}),
        ("contact", {"phone": "call me"}),
        ("contact", {"twitter": "x"}),
        ("notes", "x" * 4_001),
        ("colour", "red"),
    ],
)
def test_what_cannot_be_a_client_is_named(site, field, value):
    answer = site.as_("adm").post("/api/v1/clients", json={"name": "Zoe", field: value})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"].split(".")[0] == field
    assert site.fake.asked == []


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "1e400", "x", None])
def test_amounts_that_cannot_be_are_named_and_ask_nothing(site, amount):
    body = {"asset": "USDT", "amount": amount}
    assert site.as_("adm").post("/api/v1/clients/accounts/zoe-1/deposits", json=body).status_code == 422
    assert site.fake.asked == []


def test_money_is_asked_for_exactly_and_decided_by_who_may(site):
    body = {"asset": "USDT", "amount": "1500.25000001", "reason": "house"}
    told = site.as_("adm").post("/api/v1/clients/accounts/zoe-1/withdrawals", json=body)
    assert (told.status_code, told.json()["state"], told.json()["may_decide"]) == (202, "pending", False)
    kind, account, asset, amount, given = site.fake.asked[0]
    assert (kind, account, asset, str(amount)) == (ApprovalKind.WITHDRAWAL, "zoe-1", "USDT", "1500.25000001")
    assert given["by"] == Person("adm", "adm")
    for name, status in (("adm", 403), ("tom", 403), ("aud", 403), ("ris", 200)):  # an admin approves no funds
        assert site.as_(name).post("/api/v1/funds/000000001/approve").status_code == status
    assert site.fake.asked[1:] == [("approve", "000000001", "ris")]
    assert site.as_("ris").get("/api/v1/approvals/000000001").json()["may_decide"] is True


def test_pages_of_orders_and_of_what_was_done(site):
    first = site.as_("adm").get("/api/v1/clients/accounts/zoe-1/orders?limit=5&symbol=BTCUSDT").json()
    site.as_("adm").get("/api/v1/clients/accounts/zoe-1/orders", params={"after": first["next"]})
    assert site.fake.asked == [("orders", "zoe-1", "BTCUSDT", 0, 5), ("orders", "zoe-1", "", NOW, 100)]
    page = site.as_("adm").get("/api/v1/clients/000001/activity?limit=2").json()
    rest = site.as_("adm").get("/api/v1/clients/000001/activity", params={"limit": 2, "after": page["next"]}).json()
    assert [one["number"] for one in (*page["items"], *rest["items"])] == [3, 2, 1]
    assert rest["next"] is None

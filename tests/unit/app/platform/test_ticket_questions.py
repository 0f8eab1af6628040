"""The preview of a ticket: cost against the book, what is left afterwards, and the verdict that the desk then gives."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from parrot.app.desk import Desk
from parrot.app.platform.assemble import components
from parrot.app.platform.market_watch import MarketWatch
from parrot.app.platform.questions.tickets import TicketQuestions
from parrot.centers.market_data.live import Flow, LiveMarket
from parrot.centers.risk.manifest import paper_limits
from parrot.contracts.commands import Deposit, EngageKill, OpenDesk, Quoted
from parrot.contracts.listing import VenueTerms
from parrot.contracts.ticks import BookLevel, BookSnapshot
from parrot.contracts.venue import Accepted, VenueState
from tests.unit.app.platform.test_market_questions import BTC, LISTING, NOON
from tests.unit.centers.risk.table import Pages
from tests.unit.gateway.rest.house import application
from tests.unit.gateway.rest.house import client as machine
from tests.unit.gateway.rest.test_application import TOKEN, Fake

BOOK = ((1, "99.50", "2"), (1, "99.00", "10"), (-1, "100.50", "1"), (-1, "101.00", "2"), (-1, "103.00", "50"))


class Running(Fake):
    """A desk with all its parts and a market that stands still."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.components = components([LISTING], VenueTerms(venue="paper"))
        self.sent: list[Any] = []
        self.desk = Desk(self.components.all, Pages(), self.sent.append)
        self.clock = SimpleNamespace(now_ns=lambda: self.now)
        self.terms = SimpleNamespace(name="paper", mode="paper")
        self.market, self.watch = LiveMarket([LISTING]), MarketWatch([LISTING])
        self.take(OpenDesk(build="b", schema="s", config="c"))
        for limits in paper_limits("ann"):
            self.take(limits)
        self.take(Deposit(key="1", currency="USDT", amount=Decimal(10_000), by="ann"))
        levels = [BookLevel(side, int(Decimal(price) * 100), int(size) * 10**8) for side, price, size in BOOK]
        self.market.take([BookSnapshot(symbol=BTC, last=7, ts=NOON, received=NOON, levels=levels)], NOON)
        prices = {"bid": Decimal("99.5"), "ask": Decimal("100.5"), "last": Decimal(100)}
        quoted = Quoted(symbol=BTC, ts=NOON, received=NOON, **prices)
        self.watch.take(Flow([], [quoted], [], [], []), NOON)
        self.take(quoted)
        self.take(VenueState(orders=[], trades=[], balances={"USDT": Decimal(10_000)}, ts=NOON))

    def take(self, message: Any) -> Sequence[Any]:
        entries = self.desk.take(message, self.now)
        self.desk.commit()
        return entries

    def ask(self, command: Any) -> Any:
        return self.take(command)

    def read(self, question: Any) -> Any:
        return question(self)


@pytest.fixture
def running():
    return Running()


@pytest.fixture
def client(running, tmp_path):
    app = application(running, tickets=TicketQuestions(running))
    return machine(app, headers={"X-Parrot-Token": TOKEN})


def preview(client, **order) -> dict:
    given = {"symbol": BTC, "side": "buy", "quantity": "2", "user": "ann"} | order
    answer = client.post("/api/v1/orders/preview", json=given)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_market_order_is_measured_against_the_levels_that_it_eats(client) -> None:
    found = preview(client)
    estimate = found["estimate"]
    assert (estimate["price"], estimate["middle"], estimate["levels"]) == ("100.75", "100", 2)
    assert (estimate["notional"], estimate["fee"], estimate["total"]) == ("201.5", "0.403", "201.903")
    assert (estimate["slippage"], estimate["slippage_bps"]) == ("1.5", "75")
    assert found["verdict"]["approved"] is True
    assert found["balances"][1] == {"currency": "USDT", "available": "10000", "after": "9798.097"}
    assert (found["position"], found["position_after"], found["currency"]) == ("0", "2", "USDT")
    assert {gate["rule"] for gate in found["gates"]} >= {"max_gross", "max_notional", "stale_data", "funds"}


def test_a_limit_that_crosses_in_part_takes_and_rests(client) -> None:
    estimate = preview(client, quantity="5", limit="101")["estimate"]
    assert (estimate["taken"], estimate["rests"], estimate["unmet"]) == ("3", "2", "0")
    assert estimate["fee"] == "0.807"  # 302.5 taken at 0.2 %, 202 resting at 0.1 %: 0.605 + 0.202
    cut = preview(client, quantity="5", limit="101", tif="ioc")["estimate"]
    assert (cut["taken"], cut["rests"], cut["unmet"]) == ("3", "0", "2")


def test_more_than_the_book_holds_is_said(client) -> None:
    assert preview(client, quantity="60")["estimate"]["unmet"] == "7"


@pytest.mark.parametrize(
    ("order", "waits", "price"),
    [
        ({"trigger": "105"}, "its trigger", "105"),
        ({"trail": "10", "trail_percent": True}, "its trigger", "110"),
        ({"kind": "twap", "duration": 60 * 10**9}, "its schedule: the desk works it in parts", "100"),
    ],
)
def test_what_waits_is_reckoned_at_the_price_that_it_waits_for(client, order, waits, price) -> None:
    found = preview(client, **order)
    assert (found["waits_for"], found["estimate"]["price"]) == (waits, price)
    assert found["estimate"]["slippage_bps"] is None


@pytest.mark.parametrize(
    ("order", "rule", "field"),
    [
        ({"quantity": "0.00005"}, "fields", "quantity"),
        ({"limit": "100.001"}, "fields", "limit"),
        ({"side": "sell", "quantity": "2"}, "long_only", ""),
        ({"quantity": "99"}, "funds", ""),
        ({"limit": "110"}, "price_collar", ""),
        ({"stop": "120"}, "fields", "stop"),
    ],
)
def test_the_verdict_is_the_one_that_the_desk_then_gives(client, running, order, rule, field) -> None:
    verdict = preview(client, **order)["verdict"]
    assert (verdict["approved"], verdict["rule"], verdict["field"]) == (False, rule, field)
    given = {"symbol": BTC, "side": "buy", "quantity": "2", "user": "ann", "key": "k"} | order
    answer = client.post("/api/v1/orders", json=given)
    assert answer.status_code == 422
    assert verdict["text"] in answer.json()["title"]


def test_a_preview_leaves_the_desk_as_it_was(client, running) -> None:
    before, seq, sent = running.desk.state(), running.desk.seq, len(running.sent)
    for order in ({}, {"side": "sell"}, {"limit": "99"}, {"trigger": "105"}):
        preview(client, **order)
    assert (running.desk.state(), running.desk.seq, len(running.sent)) == (before, seq, sent)


def test_behind_a_kill_the_other_gates_are_still_named(client, running) -> None:
    running.take(EngageKill(by="ann", source="api", reason="drill"))
    found = preview(client, limit="110")
    assert found["verdict"]["rule"] == "kill"
    assert [gate["rule"] for gate in found["gates"] if not gate["passed"]] == ["kill", "price_collar"]


def test_an_order_is_amended_in_place_or_says_why_not(client, running) -> None:
    sent = client.post(
        "/api/v1/orders", json={"symbol": BTC, "side": "buy", "quantity": "2", "limit": "99", "key": "a", "user": "ann"}
    ).json()
    order_id = sent["order_id"]
    refused = client.patch(f"/api/v1/orders/{order_id}", json={"quantity": "3"})
    assert refused.status_code == 422
    assert "wait for the venue" in refused.json()["title"]
    client_id = running.components.execution.order(order_id).client_id
    running.take(Accepted(client_id=client_id, venue_id="v1", ts=NOON))
    changed = client.patch(f"/api/v1/orders/{order_id}", json={"quantity": "3", "limit": "98"})
    assert changed.status_code == 200, changed.text
    assert "ReplaceApproved" in changed.json()["records"]
    nothing = client.patch(f"/api/v1/orders/{order_id}", json={})
    assert nothing.status_code == 422


def test_a_change_that_risk_refuses_leaves_the_order(client, running) -> None:
    sent = client.post(
        "/api/v1/orders", json={"symbol": BTC, "side": "buy", "quantity": "2", "limit": "99", "key": "a", "user": "ann"}
    ).json()
    order = running.components.execution.order(sent["order_id"])
    running.take(Accepted(client_id=order.client_id, venue_id="v1", ts=NOON))
    answer = client.patch(f"/api/v1/orders/{order.id}", json={"quantity": "400"})
    assert answer.status_code == 422
    assert "stays as it is" in answer.json()["title"]
    assert order.quantity == 2

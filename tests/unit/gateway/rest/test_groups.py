"""Groups over HTTP: exact plans in, clear problems out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parrot.contracts import groups, records
from parrot.contracts.commands import Side
from tests.unit.gateway.rest.house import application
from tests.unit.gateway.rest.house import client as client_of
from tests.unit.gateway.rest.test_application import TOKEN, Fake

GRID = {"form": "grid", "symbol": "BTC/USDT", "low": "90", "high": "110.5", "levels": 5, "quantity": "0.10"}
LADDER = {
    "form": "ladder", "symbol": "BTC/USDT", "quantity": "0.1", "safety_orders": 2, "deviation": "1", "take": "0.5"
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    platform = Fake()
    with client_of(application(platform), headers={"X-Parrot-Token": TOKEN}) as found:
        yield platform, found


@pytest.fixture
def platform(site):
    site[0].__init__()
    return site[0]


@pytest.fixture
def client(site, platform):
    return site[1]


def placed(plan):
    asked = groups.PlaceGroup(strategy="manual", key="1", plan=plan)
    return [groups.GroupPlaced(asked=asked, reference=Decimal(100))]


def test_a_grid_is_taken_exactly_and_answered_with_its_number(platform, client):
    plan = groups.Grid(symbol="BTC/USDT", low=Decimal(90), high=Decimal("110.5"), levels=5, quantity=Decimal("0.10"))
    platform.answer = placed(plan)
    told = client.post("/api/v1/groups", json={"key": "1", "plan": GRID, "user": "ann"})
    assert (told.status_code, told.json()["group_id"]) == (201, 7)
    assert platform.asked == [groups.PlaceGroup(strategy="manual", key="1", plan=plan, user="ann")]


def test_safety_orders_are_as_large_as_the_first_where_nothing_is_said(platform, client):
    platform.answer = []
    told = client.post("/api/v1/groups", json={"key": "1", "plan": LADDER, "user": "ann"})
    assert told.json() == {"key": "1", "records": []}
    plan = platform.asked[0].plan
    assert (plan.safety_quantity, plan.side, plan.gap_scale) == (Decimal("0.1"), Side.BUY, Decimal(1))


@pytest.mark.parametrize(
    ("plan", "named"),
    [
        (GRID | {"levels": 1}, "levels"),
        (GRID | {"low": "-1"}, "low"),
        (GRID | {"low": "NaN"}, "low"),
        (GRID | {"colour": "red"}, "colour"),
        (GRID | {"form": "pyramid"}, "form"),
        (LADDER | {"safety_orders": 51}, "safety_orders"),
        (LADDER | {"take": None}, "take"),
        (LADDER | {"rounds": -1}, "rounds"),
    ],
)
def test_what_cannot_be_a_plan_is_named_and_asks_nothing(platform, client, plan, named):
    told = client.post("/api/v1/groups", json={"key": "1", "plan": plan, "user": "ann"})
    assert told.status_code == 422
    assert named in told.text
    assert platform.asked == []


def test_a_number_out_of_its_range_is_not_told_how_numbers_are_written(client):
    told = client.post("/api/v1/groups", json={"key": "1", "plan": GRID | {"levels": 1}, "user": "ann"})
    assert told.json()["fix"] == ""
    told = client.post("/api/v1/groups", json={"key": "1", "plan": GRID | {"low": "2,950"}, "user": "ann"})
    assert "without separators" in told.json()["fix"]


def test_a_group_is_changed_and_ended(platform, client):
    platform.answer = []
    assert client.put("/api/v1/groups/7", json={"plan": LADDER, "user": "ann"}).status_code == 200
    gone = client.request("DELETE", "/api/v1/groups/7", json={"by": "ann", "reason": "enough"})
    assert gone.status_code == 200
    assert [type(command).__name__ for command in platform.asked] == ["AmendGroup", "CancelGroup"]


def test_the_desks_refusal_is_a_problem_with_its_words(platform, client):
    platform.answer = [records.CommandRefused(command="CancelGroup", text="group 9 is not open", user="ann")]
    told = client.request("DELETE", "/api/v1/groups/9", json={"by": "ann"})
    assert (told.status_code, "group 9 is not open" in told.text) == (422, True)


def test_without_the_token_nothing_is_placed(platform, client):
    told = client.post(
        "/api/v1/groups", json={"key": "1", "plan": GRID, "user": "ann"}, headers={"X-Parrot-Token": "x"}
    )
    assert told.status_code == 401
    assert platform.asked == []


def test_groups_come_in_pages_newest_first(platform, client):
    row = {
        "ts": 1, "strategy": "manual", "key": "k", "symbol": "BTC/USDT", "form": "grid", "status": "working",
        "reason": "", "plan": {"type": "grid", "low": "90", "levels": 3}, "round": 0, "fills": 2, "held": "0.1",
        "cash": "-9", "orders": [4, 5], "stopped": {},
    }  # fmt: skip
    platform.rows = lambda what, limit: [row | {"group_id": number} for number in (9, 7, 3)]
    first = client.get("/api/v1/groups?limit=2").json()
    assert [one["group_id"] for one in first["items"]] == [9, 7]
    second = client.get("/api/v1/groups", params={"limit": 2, "after": first["next"]}).json()
    assert ([one["group_id"] for one in second["items"]], second["next"]) == ([3], None)

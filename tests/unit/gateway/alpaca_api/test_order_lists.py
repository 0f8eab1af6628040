"""Orders that replace others, and orders that belong together."""

from __future__ import annotations

import pytest

from tests.unit.gateway.alpaca_api.sample import Market, order


@pytest.fixture
def market() -> Market:
    return Market()


def test_a_replaced_order_gives_way_to_a_new_one(market: Market) -> None:
    old = market.ann.order("buy", 1, 150, client_order_id="old")
    new = market.ann.good(
        market.ann.ask("PATCH", f"/v2/orders/{old['id']}", {"qty": "3", "limit_price": 149.5, "client_order_id": "new"})
    )
    assert (new["qty"], new["limit_price"], new["client_order_id"], new["status"]) == ("3", "149.5", "new", "new")
    assert new["replaces"] == old["id"] != new["id"]
    gone = market.ann.get(f"/v2/orders/{old['id']}")
    assert (gone["status"], gone["replaced_by"], gone["replaced_at"]) == (
        "replaced",
        new["id"],
        "2026-11-25T17:00:00Z",
    )
    assert market.ann.get("/v2/account")["buying_power"] == "999551.5"


def test_a_replacement_that_cannot_be_paid_leaves_the_order(market: Market) -> None:
    old = market.ann.order("buy", 6000, 150)
    status, code, _ = market.ann.refused("PATCH", f"/v2/orders/{old['id']}", {"qty": "7000"})
    assert (status, code) == (403, 40310000)
    assert market.ann.get(f"/v2/orders/{old['id']}") == old
    bigger = market.ann.good(market.ann.ask("PATCH", f"/v2/orders/{old['id']}", {"qty": "6500"}))
    assert market.ann.get("/v2/account")["buying_power"] == "25000"
    assert bigger["qty"] == "6500"


def test_a_bracket_has_two_legs_that_wait_for_the_first(market: Market) -> None:
    market.bob.order("sell", 1, 190)
    market.ann.order("buy", 1)
    fields = order("buy", 1, 180, order_class="bracket", time_in_force="gtc")
    told = market.ann.post("/v2/orders", **fields, take_profit={"limit_price": 200}, stop_loss={"stop_price": 170})
    assert (told["order_class"], told["status"], told["limit_price"]) == ("bracket", "new", "180")
    assert [(leg["type"], leg["side"], leg["status"]) for leg in told["legs"]] == [
        ("limit", "sell", "held"),
        ("stop", "sell", "held"),
    ]
    assert [leg["limit_price"] for leg in told["legs"]] == ["200", None]
    market.bob.order("sell", 1, 180)
    nested = market.ann.get("/v2/orders", status="all", nested="true")
    first = next(row for row in nested if row["id"] == told["id"])
    assert (first["status"], [leg["status"] for leg in first["legs"]]) == ("filled", ["new", "new"])
    assert len(market.ann.get("/v2/orders")) == 2
    market.bob.order("buy", 1, 200)
    after = market.ann.get(f"/v2/orders/{told['id']}")["legs"]
    assert [leg["status"] for leg in after] == ["filled", "canceled"]
    assert market.ann.get("/v2/positions/AAPL")["qty"] == "1"


def test_of_an_oco_one_cancels_the_other(market: Market) -> None:
    market.bob.order("sell", 1, 190)
    market.ann.order("buy", 1)
    told = market.ann.post(
        "/v2/orders",
        **order("sell", 1, order_class="oco", type="limit"),
        take_profit={"limit_price": 200},
        stop_loss={"stop_price": 180, "limit_price": 179},
    )
    assert (told["order_class"], told["type"], told["limit_price"]) == ("oco", "limit", "200")
    assert [(leg["type"], leg["stop_price"], leg["limit_price"]) for leg in told["legs"]] == [
        ("stop_limit", "180", "179")
    ]
    cancelled = {row["id"] for row in market.ann.ask("DELETE", "/v2/orders")}
    assert cancelled == {told["id"], told["legs"][0]["id"]}
    assert market.ann.get("/v2/orders") == []


def test_an_oto_sends_its_second_order_after_the_first(market: Market) -> None:
    market.bob.order("sell", 1, 190)
    told = market.ann.post(
        "/v2/orders", **order("buy", 1, 190, order_class="oto", take_profit={"limit_price": "210.1"})
    )
    assert (told["order_class"], told["status"]) == ("oto", "filled")
    leg = told["legs"][0]
    assert (leg["limit_price"], leg["side"], leg["status"]) == ("210.1", "sell", "new")

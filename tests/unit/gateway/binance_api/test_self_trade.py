"""Orders that would meet others of their own account: the taker's mode decides, and everybody can read what it did."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.gateway.binance_api.place import OTHER_KEY, Place, decimal
from tests.unit.gateway.binance_api.test_user_events import told


@pytest.mark.parametrize(
    ("mode", "taker_status", "maker_status", "lost"),
    [
        ("NONE", "PARTIALLY_FILLED", "FILLED", set()),
        ("EXPIRE_TAKER", "EXPIRED_IN_MATCH", "NEW", {"taker"}),
        ("EXPIRE_MAKER", "NEW", "EXPIRED_IN_MATCH", {"maker"}),
        ("EXPIRE_BOTH", "EXPIRED_IN_MATCH", "EXPIRED_IN_MATCH", {"taker", "maker"}),
        ("DECREMENT", "NEW", "EXPIRED_IN_MATCH", {"taker", "maker"}),
    ],
)
def test_each_mode_does_its_part(mode: str, taker_status: str, maker_status: str, lost: set[str]) -> None:
    place = Place()
    bid, ask = place.best()
    price = decimal((bid + ask) // 2 // 10**6 * 10**6)
    maker = place.order("SELL", "0.02", price)
    place.heard.clear()
    taker = place.order("BUY", "0.03", price, selfTradePreventionMode=mode)
    assert taker["status"] == taker_status
    assert taker["selfTradePreventionMode"] == mode
    rested = place.done("GET", "order", symbol="BTCUSDT", orderId=maker["orderId"])
    assert rested["status"] == maker_status
    reports = [one for one in told(place) if one.get("x") == "TRADE_PREVENTION"]
    assert {"taker" if one["i"] == taker["orderId"] else "maker" for one in reports} == lost
    found: list[dict[str, Any]] = place.done("GET", "myPreventedMatches", symbol="BTCUSDT", orderId=maker["orderId"])
    assert found == place.done("GET", "myPreventedMatches", symbol="BTCUSDT", orderId=taker["orderId"])
    if not lost:
        assert found == []
        assert "preventedMatches" not in taker
        return
    (match,) = found
    assert {one["v"] for one in reports} == {match["preventedMatchId"]}
    assert (match["takerOrderId"], match["makerOrderId"]) == (taker["orderId"], maker["orderId"])
    assert (match["price"], match["selfTradePreventionMode"], match["tradeGroupId"]) == (price, mode, -1)
    assert {name for name in ("taker", "maker") if f"{name}PreventedQuantity" in match} == lost
    by_number = {"symbol": "BTCUSDT", "preventedMatchId": match["preventedMatchId"]}
    assert place.done("GET", "myPreventedMatches", **by_number) == found
    (told_at_once,) = taker["preventedMatches"]
    assert told_at_once == {name: match[name] for name in told_at_once}
    assert "transactTime" not in told_at_once


def test_a_decrement_leaves_the_difference() -> None:
    place = Place()
    bid, ask = place.best()
    price = decimal((bid + ask) // 2 // 10**6 * 10**6)
    place.order("SELL", "0.02", price)
    taker = place.order("BUY", "0.03", price, selfTradePreventionMode="DECREMENT")
    assert (taker["origQty"], taker["executedQty"], taker["preventedQuantity"]) == (
        "0.03000000",
        "0.00000000",
        "0.02000000",
    )
    locked = decimal((bid + ask) // 2 // 10**6 * 10**6 // 100)
    assert place.balance("USDT")[1] == locked
    assert place.balance("BTC") == ("10.00000000", "0.00000000")


@pytest.mark.parametrize("mode", ["EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT"])
def test_a_stop_that_meets_a_newer_order_is_the_taker(mode: str) -> None:
    place = Place(crowd=False)
    limit = {"symbol": "BTCUSDT", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": "60000"}
    place.done("POST", "order", **(limit | {"side": "SELL"}))
    place.done("POST", "order", key=OTHER_KEY, **(limit | {"side": "BUY"}))
    stop = place.order(
        "BUY",
        "0.01",
        "60200",
        type="STOP_LOSS_LIMIT",
        timeInForce="GTC",
        stopPrice="60100",
        selfTradePreventionMode=mode,
    )
    place.order("SELL", "0.01", "60100", key=OTHER_KEY)
    newer = place.order("SELL", "0.02", "60150")
    place.order("BUY", "0.01", "60100", selfTradePreventionMode="NONE")
    (match,) = place.done("GET", "myPreventedMatches", symbol="BTCUSDT", orderId=stop["orderId"])
    assert (match["takerOrderId"], match["makerOrderId"]) == (stop["orderId"], newer["orderId"])
    assert (match["price"], match["selfTradePreventionMode"]) == ("60150.00000000", mode)
    reports = [one for one in told(place) if one.get("x") == "TRADE_PREVENTION"]
    assert {one["v"] for one in reports} == {match["preventedMatchId"]}

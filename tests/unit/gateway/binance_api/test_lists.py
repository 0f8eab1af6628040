"""Lists of orders on the wire: OCO, OTO, OTOCO and the older OCO."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parrot.contracts.exchange import ListChanged, OrderChanged
from parrot.gateway.binance_api import user_events
from tests.unit.gateway.binance_api.place import OTHER_KEY, Place, Socket, decimal

OCO = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "quantity": "0.1",
    "aboveType": "LIMIT_MAKER",
    "abovePrice": "65000",
    "aboveClientOrderId": "above",
    "belowType": "STOP_LOSS_LIMIT",
    "belowStopPrice": "55000",
    "belowPrice": "54900",
    "belowTimeInForce": "GTC",
    "belowClientOrderId": "below",
    "listClientOrderId": "pair",
}
OTO = {
    "symbol": "BTCUSDT",
    "listClientOrderId": "chain",
    "workingType": "LIMIT",
    "workingSide": "BUY",
    "workingPrice": "50000",
    "workingQuantity": "0.1",
    "workingTimeInForce": "GTC",
    "workingClientOrderId": "working",
    "pendingType": "LIMIT",
    "pendingSide": "SELL",
    "pendingPrice": "70000",
    "pendingQuantity": "0.05",
    "pendingTimeInForce": "GTC",
    "pendingClientOrderId": "pending",
}
OTOCO = {name: value for name, value in OTO.items() if not name.startswith("pending")} | {
    "pendingSide": "SELL",
    "pendingQuantity": "0.05",
    "pendingAboveType": "LIMIT_MAKER",
    "pendingAbovePrice": "70000",
    "pendingBelowType": "STOP_LOSS",
    "pendingBelowStopPrice": "40000",
}
OLD = {"symbol": "BTCUSDT", "side": "SELL", "quantity": "0.1", "price": "65000", "stopPrice": "55000"}


@pytest.fixture
def place() -> Place:
    place = Place()
    place.heard.clear()
    return place


def reports(place: Place) -> list[dict[str, Any]]:
    """What the account hears of orders and lists since the last time."""
    found = [
        json.loads(user_events.encode(one)[0]) for one in place.heard if isinstance(one, OrderChanged | ListChanged)
    ]
    place.heard.clear()
    return found


def test_a_pair_is_one_answer_with_both_orders(place: Place) -> None:
    made = place.done("POST", "orderList/oco", **OCO)
    assert {name: made[name] for name in ("contingencyType", "listStatusType", "listOrderStatus")} == {
        "contingencyType": "OCO",
        "listStatusType": "EXEC_STARTED",
        "listOrderStatus": "EXECUTING",
    }
    assert (made["listClientOrderId"], made["symbol"], made["transactionTime"]) == ("pair", "BTCUSDT", place.ms)
    assert [one["clientOrderId"] for one in made["orders"]] == ["below", "above"]
    stop, limit = made["orderReports"]
    assert (stop["type"], stop["stopPrice"], stop["price"]) == ("STOP_LOSS_LIMIT", "55000.00000000", "54900.00000000")
    assert (stop["status"], stop["workingTime"]) == ("NEW", -1)
    assert (limit["type"], limit["price"], limit["workingTime"]) == ("LIMIT_MAKER", "65000.00000000", place.ms)
    assert {stop["orderListId"], limit["orderListId"]} == {made["orderListId"]}
    assert place.balance("BTC") == ("9.90000000", "0.10000000")  # locked once for both
    told = reports(place)
    assert [(one["e"], one.get("x")) for one in told].count(("executionReport", "NEW")) == 2
    (listed,) = [one for one in told if one["e"] == "listStatus"]
    assert (listed["g"], listed["c"], listed["l"], listed["L"], listed["C"]) == (
        made["orderListId"],
        "OCO",
        "EXEC_STARTED",
        "EXECUTING",
        "pair",
    )
    assert [one["i"] for one in listed["O"]] == [one["orderId"] for one in made["orders"]]


def test_one_that_fills_ends_the_other(place: Place) -> None:
    bid, ask = place.best()
    price = decimal((bid + ask) // 2 // 10**6 * 10**6)
    made = place.done("POST", "orderList/oco", **OCO | {"abovePrice": price})
    reports(place)
    place.order("BUY", "0.1", price, key=OTHER_KEY)
    below = place.done("GET", "order", symbol="BTCUSDT", origClientOrderId="below")
    above = place.done("GET", "order", symbol="BTCUSDT", origClientOrderId="above")
    assert (above["status"], below["status"], below["expiryReason"]) == ("FILLED", "EXPIRED", "OCO_TRIGGER")
    listed = place.done("GET", "orderList", orderListId=made["orderListId"])
    assert (listed["listStatusType"], listed["listOrderStatus"]) == ("ALL_DONE", "ALL_DONE")
    (told,) = [one for one in reports(place) if one["e"] == "listStatus"]
    assert (told["l"], told["L"]) == ("ALL_DONE", "ALL_DONE")
    assert place.balance("BTC") == ("9.90000000", "0.00000000")


@pytest.mark.parametrize("by", ["list", "list name", "order", "all"])
def test_a_pair_ends_whole_however_it_is_ended(place: Place, by: str) -> None:
    made = place.done("POST", "orderList/oco", **OCO)
    ids: dict[str, Any] = {
        "list": {"orderListId": made["orderListId"], "newClientOrderId": "bye"},
        "list name": {"listClientOrderId": "pair", "newClientOrderId": "bye"},
        "order": {"origClientOrderId": "above", "newClientOrderId": "bye"},
        "all": {},
    }[by]
    path = {"order": "order", "all": "openOrders"}.get(by, "orderList")
    ended = place.done("DELETE", path, symbol="BTCUSDT", **ids)
    ended = ended[0] if by == "all" else ended
    assert (ended["listStatusType"], ended["listOrderStatus"]) == ("ALL_DONE", "ALL_DONE")
    assert [one["status"] for one in ended["orderReports"]] == ["CANCELED", "CANCELED"]
    assert [one["origClientOrderId"] for one in ended["orderReports"]] == ["below", "above"]
    if by != "all":
        assert {one["clientOrderId"] for one in ended["orderReports"]} == {"bye"}
    assert place.balance("BTC") == ("10.00000000", "0.00000000")
    assert place.refused("DELETE", "orderList", symbol="BTCUSDT", listClientOrderId="pair") == (
        400,
        -2011,
        "Unknown order list sent.",
    )


def test_the_second_order_enters_once_the_first_is_filled(place: Place) -> None:
    bid, ask = place.best()
    price = decimal((bid + ask) // 2 // 10**6 * 10**6)
    made = place.done("POST", "orderList/oto", **OTO | {"workingPrice": price})
    assert made["contingencyType"] == "OTO"
    assert [one["status"] for one in made["orderReports"]] == ["NEW", "PENDING_NEW"]
    assert made["orderReports"][1]["workingTime"] == -1
    assert place.balance("BTC") == ("10.00000000", "0.00000000")
    place.order("SELL", "0.1", price, key=OTHER_KEY)
    pending = place.done("GET", "order", symbol="BTCUSDT", origClientOrderId="pending")
    assert (pending["status"], pending["isWorking"]) == ("NEW", True)
    assert place.balance("BTC")[1] == "0.05000000"


def test_the_second_order_goes_with_the_first(place: Place) -> None:
    place.done("POST", "orderList/oto", **OTO)
    ended = place.done("DELETE", "order", symbol="BTCUSDT", origClientOrderId="working")
    assert ended["orderReports"][0]["status"] == "CANCELED"
    assert place.done("GET", "openOrders") == []
    assert place.balance("USDT")[1] == "0.00000000"


def test_a_first_order_brings_a_pair(place: Place) -> None:
    bid, ask = place.best()
    price = decimal((bid + ask) // 2 // 10**6 * 10**6)
    made = place.done("POST", "orderList/otoco", **OTOCO | {"workingPrice": price, "newOrderRespType": "FULL"})
    assert [one["status"] for one in made["orderReports"]] == ["NEW", "PENDING_NEW", "PENDING_NEW"]
    assert all(one["fills"] == [] for one in made["orderReports"])
    place.order("SELL", "0.1", price, key=OTHER_KEY)
    kinds = {one["type"]: one["status"] for one in place.done("GET", "openOrders")}
    assert kinds == {"STOP_LOSS": "NEW", "LIMIT_MAKER": "NEW"}


def test_the_older_form_is_a_limit_maker_and_a_stop(place: Place) -> None:
    made = place.done("POST", "order/oco", **OLD)
    assert [one["type"] for one in made["orderReports"]] == ["STOP_LOSS", "LIMIT_MAKER"]
    limited = OLD | {"stopLimitPrice": "54000", "stopLimitTimeInForce": "GTC"}
    again = place.done("POST", "order/oco", **limited)
    assert [one["type"] for one in again["orderReports"]] == ["STOP_LOSS_LIMIT", "LIMIT_MAKER"]
    assert place.refused("POST", "order/oco", **OLD | {"stopLimitPrice": "54000"}) == (
        400,
        -1128,
        "Combination of optional parameters invalid. Recommendation: 'stopLimitTimeInForce' should also be sent.",
    )


def test_lists_are_found_by_number_name_and_time(place: Place) -> None:
    first = place.done("POST", "orderList/oco", **OCO)["orderListId"]
    second = place.done("POST", "orderList/oto", **OTO)["orderListId"]

    def numbers(path: str, **params: Any) -> list[int]:
        return [one["orderListId"] for one in place.done("GET", path, **params)]

    assert numbers("openOrderList") == numbers("allOrderList") == [first, second]
    place.done("DELETE", "orderList", symbol="BTCUSDT", orderListId=first)
    assert numbers("openOrderList") == [second]
    assert numbers("allOrderList", limit=1) == [second]
    assert numbers("allOrderList", fromId=first, limit=1) == [first]
    assert numbers("allOrderList", startTime=place.ms) == [first, second]
    assert numbers("allOrderList", endTime=place.ms - 1) == []
    assert place.done("GET", "orderList", origClientOrderId="chain")["orderListId"] == second
    assert place.refused("GET", "orderList", orderListId=999)[1:] == (-2018, "Order list does not exist.")
    assert place.refused("GET", "orderList", key=OTHER_KEY, orderListId=first)[1] == -2018
    assert place.refused("DELETE", "orderList", key=OTHER_KEY, symbol="BTCUSDT", orderListId=second)[1] == -2011
    assert place.refused("GET", "orderList")[1] == -1102


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("oco", OCO | {"aboveType": "STOP_LOSS"}, -1197),
        ("oco", OCO | {"side": "BUY"}, -1165),
        ("oco", OCO | {"belowType": "LIMIT_MAKER"}, -1168),
        ("oco", OCO | {"belowType": "TAKE_PROFIT"}, -1199),
        ("oco", OCO | {"aboveType": "MARKET"}, -1158),
        ("oco", OCO | {"aboveType": "ABOVE"}, -1116),
        ("oco", OCO | {"belowTimeInForce": "IOC", "belowIcebergQty": "0.01"}, -1160),
        ("oco", {name: value for name, value in OCO.items() if name != "aboveType"}, -1102),
        ("oco", OCO | {"aboveTimeInForce": "GTC"}, -1106),
        ("oco", OCO | {"quoteOrderQty": "100"}, -1104),
        ("oco", OCO | {"quantity": "11"}, -2010),
        ("oco", OCO | {"abovePrice": "50000"}, -2010),
        ("oco", OCO | {"belowStopPrice": "62000"}, -2010),
        ("oco", OCO | {"abovePrice": "65000.001"}, -1013),
        ("oco", OCO | {"belowClientOrderId": "above"}, -2010),
        ("oto", OTO | {"workingType": "MARKET"}, -1116),
        ("oto", OTO | {"workingQuantity": "100"}, -2010),
        ("oto", OTO | {"pendingPrice": "0"}, -1013),
        ("otoco", OTOCO | {"pendingBelowType": "STOP_LOSS_LIMIT"}, -1102),
    ],
)
def test_a_list_that_is_wrong_leaves_nothing(place: Place, path: str, params: dict[str, str], code: int) -> None:
    before = place.state()
    assert place.refused("POST", "orderList/" + path, **params)[:2] == (400, code)
    answer = Socket(place).send("orderList.place." + path, signed=True, **params)
    assert (answer["status"], answer["error"]["code"]) == (400, code)
    assert place.state() == before


def test_each_order_of_a_list_counts(place: Place) -> None:
    place.done("POST", "orderList/oco", **OCO)
    place.done("POST", "orderList/otoco", **OTOCO)
    assert [one["count"] for one in place.done("GET", "rateLimit/order")] == [5, 5]

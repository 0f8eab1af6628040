"""Orders on the wire, asserted on values: amounts held, fills, commissions, names, statuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parrot.contracts.exchange import SCALE
from tests.unit.gateway.binance_api.place import KEY, OTHER_KEY, SECOND, Place, decimal, form, signature

ACK = {"symbol", "orderId", "orderListId", "clientOrderId", "transactTime"}
RESULT = ACK | {
    "price",
    "origQty",
    "executedQty",
    "origQuoteOrderQty",
    "cummulativeQuoteQty",
    "status",
    "timeInForce",
    "type",
    "side",
    "workingTime",
    "selfTradePreventionMode",
}


@pytest.fixture
def place() -> Place:
    return Place()


def test_a_resting_order_locks_exactly_what_it_may_cost(place: Place) -> None:
    made = place.order("BUY", "0.02", "50000", newClientOrderId="first")
    assert set(made) == RESULT | {"fills"}
    assert made == {
        "symbol": "BTCUSDT",
        "orderId": made["orderId"],
        "orderListId": -1,
        "clientOrderId": "first",
        "transactTime": place.ms,
        "price": "50000.00000000",
        "origQty": "0.02000000",
        "executedQty": "0.00000000",
        "origQuoteOrderQty": "0.00000000",
        "cummulativeQuoteQty": "0.00000000",
        "status": "NEW",
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "BUY",
        "workingTime": place.ms,
        "selfTradePreventionMode": "EXPIRE_MAKER",
        "fills": [],
    }
    assert place.balance("USDT") == ("999000.00000000", "1000.00000000")
    place.order("SELL", "0.5", "90000")
    assert place.balance("BTC") == ("9.50000000", "0.50000000")


def test_a_market_order_pays_its_fills_and_the_commission_in_what_it_buys(place: Place) -> None:
    made = place.order("BUY", "0.5")
    assert made["status"] == "FILLED"
    assert made["price"] == "0.00000000"
    fills = made["fills"]
    paid = sum(units(fill["price"]) * units(fill["qty"]) // SCALE for fill in fills)
    assert sum(units(fill["qty"]) for fill in fills) == units("0.5")
    assert made["cummulativeQuoteQty"] == decimal(paid)
    assert {fill["commissionAsset"] for fill in fills} == {"BTC"}
    assert all(fill["commission"] == decimal(units(fill["qty"]) // 1000) for fill in fills)
    fees = sum(units(fill["commission"]) for fill in fills)
    assert place.balance("USDT") == (decimal(1_000_000 * SCALE - paid), "0.00000000")
    assert place.balance("BTC") == (decimal(10 * SCALE + units("0.5") - fees), "0.00000000")


def test_a_seller_pays_commission_in_quote(place: Place) -> None:
    made = place.order("SELL", "0.1")
    assert {fill["commissionAsset"] for fill in made["fills"]} == {"USDT"}
    worth = sum(units(fill["price"]) * units(fill["qty"]) // SCALE for fill in made["fills"])
    fees = sum(units(fill["commission"]) for fill in made["fills"])
    assert fees == sum(-(-units(fill["price"]) * units(fill["qty"]) // (1000 * SCALE)) for fill in made["fills"])
    assert place.balance("USDT")[0] == decimal(1_000_000 * SCALE + worth - fees)


def test_two_accounts_trade_at_the_maker_s_price(place: Place) -> None:
    bid, ask = place.best()
    price = decimal((bid + ask) // 2 // 10**6 * 10**6)
    maker = place.order("SELL", "0.01", price, key=OTHER_KEY)
    taker = place.order("BUY", "0.004", decimal(ask))
    assert [(fill["price"], fill["qty"]) for fill in taker["fills"]] == [(price, "0.00400000")]
    mine = place.done("GET", "myTrades", symbol="BTCUSDT", orderId=taker["orderId"])
    theirs = place.done("GET", "myTrades", key=OTHER_KEY, symbol="BTCUSDT")
    assert (mine[0]["isBuyer"], mine[0]["isMaker"], theirs[0]["isBuyer"], theirs[0]["isMaker"]) == (
        True,
        False,
        False,
        True,
    )
    assert mine[0]["id"] == theirs[0]["id"] == taker["fills"][0]["tradeId"]
    assert mine[0]["quoteQty"] == decimal(units(price) * units("0.004") // SCALE)
    left = place.done("GET", "order", key=OTHER_KEY, symbol="BTCUSDT", orderId=maker["orderId"])
    assert (left["status"], left["executedQty"], left["isWorking"]) == ("PARTIALLY_FILLED", "0.00400000", True)
    assert place.balance("BTC", key=OTHER_KEY) == ("9.99000000", "0.00600000")


def test_an_order_by_amount_spends_no_more_than_the_amount(place: Place) -> None:
    made = place.done("POST", "order", symbol="BTCUSDT", side="BUY", type="MARKET", quoteOrderQty="1000")
    assert made["status"] == "FILLED"
    assert made["origQuoteOrderQty"] == "1000.00000000"
    assert units(made["cummulativeQuoteQty"]) <= 1000 * SCALE
    assert made["origQty"] == made["executedQty"]
    assert place.balance("USDT")[0] == decimal(1_000_000 * SCALE - units(made["cummulativeQuoteQty"]))


@pytest.mark.parametrize("kind", ["ACK", "RESULT", "FULL"])
def test_the_answer_has_the_kind_that_was_asked_for(place: Place, kind: str) -> None:
    made = place.order("BUY", "0.01", "50000", newOrderRespType=kind)
    assert set(made) == {"ACK": ACK, "RESULT": RESULT, "FULL": RESULT | {"fills"}}[kind]


def test_without_a_wish_stops_and_makers_are_acknowledged_only(place: Place) -> None:
    stop = place.done(
        "POST", "order", symbol="BTCUSDT", side="SELL", type="STOP_LOSS", quantity="0.1", stopPrice="55000"
    )
    maker = place.done("POST", "order", symbol="BTCUSDT", side="BUY", type="LIMIT_MAKER", quantity="0.1", price="55000")
    assert set(stop) == set(maker) == ACK


def test_a_name_of_22_letters_is_made_where_none_is_given(place: Place) -> None:
    names = {place.order("BUY", "0.001", "50000")["clientOrderId"] for _ in range(5)}
    assert len(names) == 5
    assert all(len(name) == 22 and name.isalnum() for name in names)


def test_what_an_immediate_order_leaves_expires(place: Place) -> None:
    _, ask = place.best()
    depth = place.exchange.depth("BTCUSDT", 1).asks[0][1]
    made = place.order("BUY", decimal(depth + SCALE), decimal(ask), timeInForce="IOC")
    assert (made["status"], made["executedQty"]) == ("EXPIRED", decimal(depth))
    assert made["expiryReason"] == "UNFILLED_IOC_QUANTITY_EXPIRED"
    none = place.order("BUY", "5", decimal(ask), timeInForce="FOK")
    assert (none["status"], none["executedQty"], none["fills"]) == ("EXPIRED", "0.00000000", [])
    assert none["expiryReason"] == "UNFILLED_FOK_ORDER_EXPIRED"
    away = place.order("BUY", "0.01", "50000", timeInForce="IOC")
    assert (away["status"], away["executedQty"]) == ("EXPIRED", "0.00000000")
    assert place.balance("USDT")[1] == "0.00000000"


def test_a_cancel_has_a_name_of_its_own_and_the_order_keeps_its(place: Place) -> None:
    made = place.order("BUY", "0.02", "50000", newClientOrderId="mine")
    ended = place.done("DELETE", "order", symbol="BTCUSDT", orderId=made["orderId"], newClientOrderId="the-cancel")
    assert (ended["origClientOrderId"], ended["clientOrderId"]) == ("mine", "the-cancel")
    assert (ended["status"], ended["orderId"], ended["origQty"]) == ("CANCELED", made["orderId"], "0.02000000")
    kept = place.done("GET", "order", symbol="BTCUSDT", origClientOrderId="mine")
    assert (kept["clientOrderId"], kept["status"], kept["isWorking"]) == ("mine", "CANCELED", True)
    assert place.balance("USDT") == ("1000000.00000000", "0.00000000")
    other = place.order("BUY", "0.02", "50000")
    without = place.done("DELETE", "order", symbol="BTCUSDT", origClientOrderId=other["clientOrderId"])
    assert len(without["clientOrderId"]) == 22
    assert without["clientOrderId"] != other["clientOrderId"]


def test_number_and_name_of_a_cancel_must_agree(place: Place) -> None:
    made = place.order("BUY", "0.02", "50000", newClientOrderId="mine")
    wrong = {"symbol": "BTCUSDT", "orderId": made["orderId"], "origClientOrderId": "other"}
    assert place.refused("DELETE", "order", **wrong)[1] == -2011
    assert place.done("DELETE", "order", **wrong | {"origClientOrderId": "mine"})["status"] == "CANCELED"


def test_cancel_restrictions_look_at_the_stage(place: Place) -> None:
    made = place.order("BUY", "0.02", "50000")
    asked = {"symbol": "BTCUSDT", "orderId": made["orderId"]}
    words = "Order was not canceled due to cancel restrictions."
    assert place.refused("DELETE", "order", **asked, cancelRestrictions="ONLY_PARTIALLY_FILLED") == (400, -2011, words)
    assert place.done("DELETE", "order", **asked, cancelRestrictions="ONLY_NEW")["status"] == "CANCELED"


def test_all_open_orders_of_a_symbol_end_at_once(place: Place) -> None:
    made = [place.order("BUY", "0.01", str(50000 + at))["orderId"] for at in range(3)]
    ended = place.done("DELETE", "openOrders", symbol="BTCUSDT")
    assert [one["orderId"] for one in ended] == made
    assert {one["status"] for one in ended} == {"CANCELED"}
    assert place.done("GET", "openOrders", symbol="BTCUSDT") == []


def test_a_stop_waits_off_the_book_and_becomes_a_market_order(place: Place) -> None:
    bid, _ = place.best()
    stop = decimal(bid - 10**8)
    made = place.done(
        "POST",
        "order",
        symbol="BTCUSDT",
        side="SELL",
        type="STOP_LOSS",
        quantity="0.01",
        stopPrice=stop,
        newOrderRespType="RESULT",
    )
    assert (made["status"], made["stopPrice"], made["workingTime"]) == ("NEW", stop, -1)
    waiting = place.done("GET", "order", symbol="BTCUSDT", orderId=made["orderId"])
    assert (waiting["isWorking"], waiting["workingTime"], waiting["type"]) == (False, -1, "STOP_LOSS")
    place.order("SELL", "0.1", key=OTHER_KEY)  # through several levels of the book
    after = place.done("GET", "order", symbol="BTCUSDT", orderId=made["orderId"])
    assert (after["status"], after["executedQty"]) == ("FILLED", "0.01000000")


def test_a_trailing_stop_tells_by_how_much_it_trails(place: Place) -> None:
    made = place.done(
        "POST",
        "order",
        symbol="BTCUSDT",
        side="SELL",
        type="STOP_LOSS",
        quantity="0.01",
        trailingDelta="100",
        newOrderRespType="RESULT",
        strategyId="7",
        strategyType="1000000",
    )
    assert (made["trailingDelta"], made["trailingTime"]) == (100, place.ms)
    assert (made["strategyId"], made["strategyType"]) == (7, 1000000)
    assert "stopPrice" not in made


def test_an_iceberg_shows_its_part_only(place: Place) -> None:
    bid, ask = place.best()
    price = (bid + ask) // 2 // 10**6 * 10**6
    made = place.order("SELL", "1", decimal(price), icebergQty="0.1")
    assert made["icebergQty"] == "0.10000000"
    book = place.ask("depth", symbol="BTCUSDT", limit=5)
    assert book["asks"][0] == [decimal(price), "0.10000000"]
    assert place.balance("BTC") == ("9.00000000", "1.00000000")


def test_an_order_becomes_smaller_where_it_stands(place: Place) -> None:
    made = place.order("BUY", "0.02", "50000", newClientOrderId="mine")
    asked = {"symbol": "BTCUSDT", "orderId": made["orderId"], "newQty": "0.015"}
    after = place.done("PUT", "order/amend/keepPriority", **asked, newClientOrderId="smaller")
    order = after["amendedOrder"]
    assert (order["qty"], order["status"], order["origClientOrderId"]) == ("0.01500000", "NEW", "mine")
    assert after["executionId"] == place.face.venue.last_change_id > 0
    assert place.balance("USDT") == ("999250.00000000", "750.00000000")
    assert place.done("GET", "order", symbol="BTCUSDT", orderId=made["orderId"])["origQty"] == "0.01500000"


def test_the_amendments_of_an_order_are_told_in_their_order(place: Place) -> None:
    made = place.order("BUY", "0.02", "50000", newClientOrderId="mine")
    ids = {"symbol": "BTCUSDT", "orderId": made["orderId"]}
    for quantity in ("0.015", "0.01"):
        place.done("PUT", "order/amend/keepPriority", **ids, newQty=quantity, newClientOrderId="q" + quantity[2:])
    first, second = place.done("GET", "order/amendments", **ids)
    assert (first["origClientOrderId"], first["newClientOrderId"]) == ("mine", "q015")
    assert (first["origQty"], first["newQty"]) == ("0.02000000", "0.01500000")
    assert (second["origQty"], second["newQty"]) == ("0.01500000", "0.01000000")
    assert place.done("GET", "order/amendments", **ids, fromExecutionId=second["executionId"]) == [second]
    assert place.refused("GET", "order/amendments", key=OTHER_KEY, **ids)[1] == -2013


def test_trying_an_order_changes_nothing(place: Place) -> None:
    before = place.state()
    asked = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
    assert place.done("POST", "order/test", **asked) == {}
    rates = place.done("POST", "order/test", **asked, computeCommissionRates="true")
    assert rates["standardCommissionForOrder"] == {"maker": "0.00100000", "taker": "0.00100000"}
    assert place.refused("POST", "order/test", **asked | {"quantity": "0.000001"})[1] == -1013
    assert place.state() == before


def test_open_orders_and_history_are_told_by_number_and_time(place: Place) -> None:
    made = []
    for at in range(4):
        made.append(place.order("BUY", "0.01", str(50000 + at))["orderId"])
        place.exchange.turn(place.exchange.now + SECOND)
    place.done("DELETE", "order", symbol="BTCUSDT", orderId=made[0])

    def numbers(path: str, **params: Any) -> list[int]:
        return [one["orderId"] for one in place.done("GET", path, **params)]

    assert numbers("openOrders", symbol="BTCUSDT") == made[1:]
    assert numbers("openOrders") == made[1:]
    assert numbers("allOrders", symbol="BTCUSDT") == made
    assert numbers("allOrders", symbol="BTCUSDT", limit=2) == made[2:]
    assert numbers("allOrders", symbol="BTCUSDT", orderId=made[1], limit=2) == made[1:3]
    second = place.done("GET", "order", symbol="BTCUSDT", orderId=made[1])["time"]
    assert numbers("allOrders", symbol="BTCUSDT", startTime=second, limit=1) == [made[1]]
    assert numbers("allOrders", symbol="BTCUSDT", endTime=second, limit=1) == [made[1]]
    assert numbers("allOrders", symbol="ETHUSDT") == []


def test_times_come_in_microseconds_where_they_are_asked_for(place: Place) -> None:
    text = form(
        {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01", "timestamp": place.ms * 1000}
    )
    body = f"{text}&signature={signature(text)}"
    response = place.raw("POST", "/api/v3/order", b"", body, x_mbx_apikey=KEY, x_mbx_time_unit="microsecond")
    assert json.loads(response.body)["transactTime"] == place.exchange.now // 1000


def units(text: str) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole) * SCALE + int(fraction.ljust(8, "0") or 0)

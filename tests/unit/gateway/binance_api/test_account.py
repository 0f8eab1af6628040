"""Accounts, rates, what clients ask before they begin, and the older listen keys."""

from __future__ import annotations

import json

import pytest

from tests.unit.gateway.binance_api.place import KEY, OTHER_KEY, READ_KEY, SECOND, Place


@pytest.fixture
def place() -> Place:
    return Place()


def test_an_account_shows_balances_rates_and_rights(place: Place) -> None:
    account = place.done("GET", "account")
    assert account["balances"] == [
        {"asset": "BTC", "free": "10.00000000", "locked": "0.00000000"},
        {"asset": "USDT", "free": "1000000.00000000", "locked": "0.00000000"},
        {"asset": "ETH", "free": "0.00000000", "locked": "0.00000000"},
        {"asset": "AAPL", "free": "0.00000000", "locked": "0.00000000"},
        {"asset": "USD", "free": "0.00000000", "locked": "0.00000000"},
    ]
    assert (account["makerCommission"], account["takerCommission"]) == (10, 10)
    assert account["commissionRates"]["taker"] == "0.00100000"
    assert (account["canTrade"], account["canWithdraw"], account["accountType"]) == (True, False, "SPOT")
    assert account["updateTime"] == place.ms
    held = place.done("GET", "account", omitZeroBalances="true")["balances"]
    assert [one["asset"] for one in held] == ["BTC", "USDT"]
    assert account["uid"] != place.done("GET", "account", key=OTHER_KEY)["uid"]


def test_the_time_of_an_account_is_that_of_its_last_change(place: Place) -> None:
    place.order("BUY", "0.001", "50000")
    then = place.ms
    place.exchange.turn(place.exchange.now + 5 * SECOND)
    assert place.done("GET", "account")["updateTime"] == then


def test_fills_are_told_when_their_orders_are_forgotten() -> None:
    place = Place(orders_kept=2)
    place.order("SELL", "0.01", "60000.5", newClientOrderId="maker")
    place.order("BUY", "0.01", "60000.5", selfTradePreventionMode="EXPIRE_TAKER")
    bought = place.order("BUY", "0.02")
    for _ in range(3):
        order = place.order("BUY", "0.001", "50000")
        place.done("DELETE", "order", symbol="BTCUSDT", orderId=order["orderId"])
    assert place.refused("GET", "order", symbol="BTCUSDT", orderId=bought["orderId"])[1] == -2013
    fills = place.done("GET", "myTrades", symbol="BTCUSDT", orderId=bought["orderId"])
    assert [fill["id"] for fill in fills] == [fill["tradeId"] for fill in bought["fills"]]
    assert {fill["orderListId"] for fill in fills} == {-1}
    assert place.done("GET", "myPreventedMatches", symbol="BTCUSDT", orderId=1) == []


def test_rates_are_told_by_symbol(place: Place) -> None:
    rates = place.done("GET", "account/commission", symbol="BTCUSDT")
    plain = {"maker": "0.00100000", "taker": "0.00100000", "buyer": "0.00000000", "seller": "0.00000000"}
    assert (rates["symbol"], rates["standardCommission"]) == ("BTCUSDT", plain)
    fees = place.done("GET", "/sapi/v1/asset/tradeFee")
    assert fees[0] == {"symbol": "BTCUSDT", "makerCommission": "0.00100000", "takerCommission": "0.00100000"}
    assert [one["symbol"] for one in place.done("GET", "/sapi/v1/asset/tradeFee", symbol="ETHUSDT")] == ["ETHUSDT"]


def test_what_clients_ask_of_the_wallet_before_they_begin(place: Place) -> None:
    coins = {one["coin"]: one for one in place.done("GET", "/sapi/v1/capital/config/getall")}
    assert (coins["BTC"]["free"], coins["BTC"]["withdrawAllEnable"]) == ("10.00000000", False)
    assert coins["BTC"]["networkList"][0]["withdrawEnable"] is False
    for path in ("margin/allPairs", "margin/isolated/allPairs"):
        assert json.loads(place.raw("GET", "/sapi/v1/" + path, "symbol=X&anything=1").body) == []
    assert json.loads(place.raw("GET", "/sapi/v1/system/status").body) == {"status": 0, "msg": "normal"}
    assert place.done("GET", "/sapi/v1/account/status") == {"data": "Normal"}
    rights = place.done("GET", "/sapi/v1/account/apiRestrictions")
    assert (rights["enableWithdrawals"], rights["enableSpotAndMarginTrading"]) == (False, True)
    rights = place.done("GET", "/sapi/v1/account/apiRestrictions", key=READ_KEY)
    assert rights["enableSpotAndMarginTrading"] is False


def test_listen_keys_are_gone_unless_they_are_asked_for(place: Place) -> None:
    response = place.raw("POST", "/api/v3/userDataStream", x_mbx_apikey=KEY)
    assert (response.status, json.loads(response.body)["code"]) == (410, -1020)


def test_a_listen_key_lives_for_an_hour_after_it_was_kept_alive() -> None:
    place = Place(legacy=True)

    def asked(method: str, query: str = "", key: str = KEY) -> tuple[int, dict[str, object]]:
        response = place.raw(method, "/api/v3/userDataStream", query, x_mbx_apikey=key)
        return response.status, json.loads(response.body)

    made = asked("POST")[1]["listenKey"]
    assert isinstance(made, str)
    assert len(made) == 60
    assert asked("POST")[1]["listenKey"] == made
    assert place.face.listen_account(made) == "main"
    assert place.face.listen_account("x") is None
    unknown = (400, {"code": -1125, "msg": "This listenKey does not exist."})
    assert asked("PUT", "listenKey=" + made, OTHER_KEY) == unknown
    assert asked("DELETE", "listenKey=nope") == unknown
    place.exchange.turn(place.exchange.now + 3000 * SECOND)
    assert asked("PUT", "listenKey=" + made) == (200, {})
    place.exchange.turn(place.exchange.now + 3000 * SECOND)
    assert place.face.listen_account(made) == "main"
    place.exchange.turn(place.exchange.now + 601 * SECOND)
    assert place.face.listen_account(made) is None
    assert asked("PUT", "listenKey=" + made) == unknown
    again = asked("POST")[1]["listenKey"]
    assert again != made
    assert asked("DELETE", f"listenKey={again}") == (200, {})
    assert place.face.listen_account(str(again)) is None
    assert asked("PUT") == (
        400,
        {"code": -1102, "msg": "Mandatory parameter 'listenKey' was not sent, was empty/null, or malformed."},
    )

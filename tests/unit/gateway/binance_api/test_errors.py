"""What the venue says to wrong requests: status, code and words; and nothing has changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.gateway.binance_api.place import KEY, OTHER_KEY, Place, Socket, form, signature

LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "50000",
}
MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
STOP = {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_LOSS", "quantity": "0.01", "stopPrice": "50000"}
DECIMAL = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"


def without(params: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in params.items() if name not in names}


def mandatory(name: str) -> str:
    return f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."


def illegal(name: str, legal: str) -> str:
    return f"Illegal characters found in parameter '{name}'; legal range is '{legal}'."


ORDERS: list[tuple[dict[str, str], int, str]] = [
    (without(LIMIT, "symbol"), -1102, mandatory("symbol")),
    (without(LIMIT, "side"), -1102, mandatory("side")),
    (without(LIMIT, "type"), -1102, mandatory("type")),
    (without(LIMIT, "timeInForce"), -1102, mandatory("timeInForce")),
    (without(LIMIT, "quantity"), -1102, mandatory("quantity")),
    (without(LIMIT, "price"), -1102, mandatory("price")),
    (without(STOP, "stopPrice"), -1102, "Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!"),
    (without(MARKET, "quantity"), -1102, "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!"),
    (LIMIT | {"symbol": "BTCEUR"}, -1121, "Invalid symbol."),
    (LIMIT | {"symbol": "AAPL"}, -1121, "Invalid symbol."),
    (LIMIT | {"symbol": "btcusdt"}, -1100, illegal("symbol", "^[A-Z0-9-_.]{1,20}$")),
    (LIMIT | {"symbol": "BTC'; DROP TABLE"}, -1100, illegal("symbol", "^[A-Z0-9-_.]{1,20}$")),
    (LIMIT | {"symbol": ""}, -1105, "Parameter 'symbol' was empty."),
    (LIMIT | {"side": "HOLD"}, -1117, "Invalid side."),
    (LIMIT | {"type": "PEGGED"}, -1116, "Invalid orderType."),
    (LIMIT | {"timeInForce": "GTX"}, -1115, "Invalid timeInForce."),
    (LIMIT | {"price": ""}, -1105, "Parameter 'price' was empty."),
    (LIMIT | {"price": "1e5"}, -1100, illegal("price", DECIMAL)),
    (LIMIT | {"price": "NaN"}, -1100, illegal("price", DECIMAL)),
    (LIMIT | {"price": "-1"}, -1100, illegal("price", DECIMAL)),
    (LIMIT | {"price": "+5"}, -1100, illegal("price", DECIMAL)),
    (LIMIT | {"price": ".5"}, -1100, illegal("price", DECIMAL)),
    (LIMIT | {"price": "٣"}, -1100, illegal("price", DECIMAL)),
    (LIMIT | {"quantity": "0,01"}, -1100, illegal("quantity", DECIMAL)),
    (LIMIT | {"quantity": "0.000000001"}, -1111, "Parameter 'quantity' has too much precision."),
    (LIMIT | {"quantity": "99999999999999999999"}, -1108, "Parameter 'quantity' overflowed."),
    (LIMIT | {"stopPrice": "1"}, -1106, "Parameter 'stopPrice' sent when not required."),
    (LIMIT | {"quoteOrderQty": "5"}, -1106, "Parameter 'quoteOrderQty' sent when not required."),
    (MARKET | {"price": "50000"}, -1106, "Parameter 'price' sent when not required."),
    (MARKET | {"timeInForce": "GTC"}, -1106, "Parameter 'timeInForce' sent when not required."),
    (MARKET | {"quoteOrderQty": "500"}, -1106, "Parameter 'quoteOrderQty' sent when not required."),
    (LIMIT | {"foo": "1"}, -1104, "Not all sent parameters were read; read '8' parameter(s) but was sent '9'."),
    (LIMIT | {"newOrderRespType": "SHORT"}, -1130, "Data sent for parameter 'newOrderRespType' is not valid."),
    (
        LIMIT | {"selfTradePreventionMode": "LATER"},
        -1130,
        "Data sent for parameter 'selfTradePreventionMode' is not valid.",
    ),
    (LIMIT | {"newClientOrderId": "a b"}, -1100, illegal("newClientOrderId", "^[a-zA-Z0-9-_]{1,36}$")),
    (LIMIT | {"newClientOrderId": "a" * 37}, -1100, illegal("newClientOrderId", "^[a-zA-Z0-9-_]{1,36}$")),
    (LIMIT | {"strategyType": "999999"}, -1134, "strategyType was less than 1000000."),
    (LIMIT | {"icebergQty": "0.005", "timeInForce": "IOC"}, -1014, "Unsupported order combination."),
    (LIMIT | {"icebergQty": "0.02"}, -2010, "IcebergQty exceeds QTY."),
    (LIMIT | {"pegPriceType": "PRIMARY_PEG"}, -2010, "Pegged orders are not supported for this symbol."),
    (LIMIT | {"price": "50000.001"}, -1013, "Filter failure: PRICE_FILTER"),
    (LIMIT | {"price": "0"}, -1013, "Invalid price."),
    (LIMIT | {"quantity": "0"}, -1013, "Invalid quantity."),
    (STOP | {"stopPrice": "0"}, -1013, "Filter failure: PRICE_FILTER"),
    (LIMIT | {"quantity": "0.0100001"}, -1013, "Filter failure: LOT_SIZE"),
    (LIMIT | {"quantity": "9000.1"}, -1013, "Filter failure: LOT_SIZE"),
    (MARKET | {"quantity": "900.1"}, -1013, "Filter failure: MARKET_LOT_SIZE"),
    (LIMIT | {"quantity": "0.00009"}, -1013, "Filter failure: NOTIONAL"),
    (without(MARKET, "quantity") | {"quoteOrderQty": "4.99"}, -1013, "Filter failure: NOTIONAL"),
    (LIMIT | {"price": "1000", "quantity": "1"}, -1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
    (LIMIT | {"icebergQty": "0.00001"}, -1013, "Filter failure: ICEBERG_PARTS"),
    (without(STOP, "stopPrice") | {"trailingDelta": "5"}, -1013, "Filter failure: TRAILING_DELTA"),
    (LIMIT | {"quantity": "100"}, -2010, "Account has insufficient balance for requested action."),
    (LIMIT | {"side": "SELL", "quantity": "10.00001"}, -2010, "Account has insufficient balance for requested action."),
    (
        without(LIMIT, "timeInForce") | {"type": "LIMIT_MAKER", "price": "61000"},
        -2010,
        "Order would immediately match and take.",
    ),
    (STOP | {"stopPrice": "70000"}, -2010, "Stop price would trigger immediately."),
    (STOP | {"side": "BUY"}, -2010, "Stop price would trigger immediately."),
    (LIMIT | {"newClientOrderId": "taken"}, -2010, "Duplicate order sent."),
    (LIMIT | {"recvWindow": "60001"}, -1131, "'recvWindow' must be less than 60000."),
]


@pytest.fixture(scope="module")
def place() -> Place:
    place = Place()
    place.order("BUY", "0.001", "40000", newClientOrderId="taken")
    return place


@pytest.mark.parametrize(("params", "code", "words"), ORDERS)
def test_an_order_that_is_wrong_is_refused_in_the_venue_s_words(
    place: Place, params: dict[str, str], code: int, words: str
) -> None:
    before = place.state()
    assert place.refused("POST", "order", **params) == (400, code, words)
    answer = Socket(place).send("order.place", signed=True, **params)
    assert (answer["status"], answer["error"]) == (400, {"code": code, "msg": words})
    assert place.state() == before


@pytest.mark.parametrize(
    ("method", "path", "params", "code", "words"),
    [
        ("DELETE", "order", {"symbol": "BTCUSDT", "orderId": "999"}, -2011, "Unknown order sent."),
        ("DELETE", "order", {"symbol": "BTCUSDT", "origClientOrderId": "no"}, -2011, "Unknown order sent."),
        (
            "DELETE",
            "order",
            {"symbol": "BTCUSDT"},
            -1102,
            "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
        ),
        ("DELETE", "order", {"symbol": "BTCUSDT", "orderId": "x"}, -1100, illegal("orderId", "^[0-9]{1,20}$")),
        (
            "DELETE",
            "order",
            {"symbol": "BTCUSDT", "orderId": "1", "cancelRestrictions": "ANY"},
            -1145,
            "Invalid cancelRestrictions",
        ),
        ("DELETE", "openOrders", {"symbol": "ETHUSDT"}, -2011, "Unknown order sent."),
        ("DELETE", "openOrders", {}, -1102, mandatory("symbol")),
        ("GET", "order", {"symbol": "BTCUSDT", "orderId": "999"}, -2013, "Order does not exist."),
        ("GET", "order", {"symbol": "ETHUSDT", "origClientOrderId": "taken"}, -2013, "Order does not exist."),
        ("GET", "allOrders", {}, -1102, mandatory("symbol")),
        (
            "GET",
            "allOrders",
            {"symbol": "BTCUSDT", "limit": "0"},
            -1130,
            "Data sent for parameter 'limit' is not valid.",
        ),
        (
            "GET",
            "allOrders",
            {"symbol": "BTCUSDT", "startTime": "1600000000000", "endTime": "1600100000000"},
            -1127,
            "More than 24 hours between startTime and endTime.",
        ),
        (
            "GET",
            "myTrades",
            {"symbol": "BTCUSDT", "fromId": "1", "startTime": "1"},
            -1128,
            "Combination of optional parameters invalid.",
        ),
        ("GET", "myPreventedMatches", {"symbol": "BTCUSDT"}, -1128, "Combination of optional parameters invalid."),
        ("PUT", "order/amend/keepPriority", {"symbol": "BTCUSDT", "orderId": "1"}, -1102, mandatory("newQty")),
        (
            "PUT",
            "order/amend/keepPriority",
            {"symbol": "BTCUSDT", "orderId": "999", "newQty": "1"},
            -2038,
            "Unknown order sent.",
        ),
        (
            "PUT",
            "order/amend/keepPriority",
            {"symbol": "BTCUSDT", "origClientOrderId": "taken", "newQty": "0.001"},
            -2038,
            "The requested action would change no state; rejecting.",
        ),
        (
            "PUT",
            "order/amend/keepPriority",
            {"symbol": "BTCUSDT", "origClientOrderId": "taken", "newQty": "0.002"},
            -2038,
            "Order amend (quantity increase) is not supported.",
        ),
        (
            "GET",
            "account",
            {"omitZeroBalances": "maybe"},
            -1130,
            "Data sent for parameter 'omitZeroBalances' is not valid.",
        ),
    ],
)
def test_a_question_or_cancel_that_is_wrong_is_refused(
    place: Place, method: str, path: str, params: dict[str, str], code: int, words: str
) -> None:
    before = place.state()
    assert place.refused(method, path, **params) == (400, code, words)
    assert place.state() == before


@pytest.mark.parametrize(
    ("path", "query", "status", "code", "words"),
    [
        ("depth", "", 400, -1102, mandatory("symbol")),
        ("depth", "symbol=NOPE", 400, -1121, "Invalid symbol."),
        ("depth", "symbol=BTCUSDT&limit=abc", 400, -1100, illegal("limit", "^[0-9]{1,20}$")),
        (
            "depth",
            "symbol=BTCUSDT&x=1",
            400,
            -1104,
            "Not all sent parameters were read; read '1' parameter(s) but was sent '2'.",
        ),
        ("time", "x=1", 400, -1101, "Too many parameters; expected '0' and received '1'."),
        ("depth", "symbol=BTCUSDT&symbol=ETHUSDT", 400, -1101, "Duplicate values for a parameter detected."),
        ("depth", "&".join(f"a{n}=1" for n in range(200)), 400, -1101, "Too many parameters sent for this endpoint."),
        ("depth", "symbol=" + "A" * 70_000, 413, -1101, "Too many parameters sent for this endpoint."),
        ("klines", "symbol=BTCUSDT", 400, -1102, mandatory("interval")),
        ("klines", "symbol=BTCUSDT&interval=7m", 400, -1120, "Invalid interval."),
        (
            "klines",
            "symbol=BTCUSDT&interval=1m&timeZone=15",
            400,
            -1130,
            "Data sent for parameter 'timeZone' is not valid.",
        ),
        ("ticker/24hr", "symbol=BTCUSDT&type=HALF", 400, -1139, "Invalid ticker type."),
        ("exchangeInfo", 'symbols=["BTCUSDT","BTCUSDT"]', 400, -1151, "Symbol is present multiple times in the list."),
        (
            "exchangeInfo",
            "symbols=BTCUSDT",
            400,
            -1100,
            illegal("symbols", '^\\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\\]$'),
        ),
        ("exchangeInfo", "symbolStatus=GONE", 400, -1122, "Invalid symbolStatus."),
        ("nothing", "", 404, -5000, "Path /api/v3/nothing, Method GET is invalid"),
        ("order/test", "", 405, -5000, "Path /api/v3/order/test, Method GET is invalid"),
    ],
)
def test_a_public_question_that_is_wrong_is_refused(
    place: Place, path: str, query: str, status: int, code: int, words: str
) -> None:
    response = place.raw("GET", "/api/v3/" + path, query)
    assert (response.status, json.loads(response.body)) == (status, {"code": code, "msg": words})


def test_requests_without_a_key_or_signature_are_refused(place: Place) -> None:
    stamp = f"timestamp={place.ms}"
    signed = f"{stamp}&signature={signature(stamp)}"

    def asked(query: str, **headers: str) -> tuple[int, Any]:
        response = place.raw("GET", "/api/v3/account", query, **headers)
        return response.status, json.loads(response.body)

    unknown = {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}
    malformed = {"code": -2014, "msg": "API-key format invalid."}
    assert asked(signed) == (401, malformed)
    assert asked(signed, x_mbx_apikey="") == (401, malformed)
    assert asked(signed, x_mbx_apikey="a b'") == (401, malformed)
    assert asked(signed, x_mbx_apikey="Z" * 64) == (401, unknown)
    assert asked(stamp, x_mbx_apikey=KEY) == (400, {"code": -1102, "msg": mandatory("signature")})
    assert asked("", x_mbx_apikey=KEY) == (400, {"code": -1102, "msg": mandatory("timestamp")})
    assert asked(stamp + "&signature=", x_mbx_apikey=KEY)[1]["code"] == -1105
    assert asked(stamp + "&signature=%00", x_mbx_apikey=KEY)[1]["code"] == -1100
    assert asked(signed, x_mbx_apikey=OTHER_KEY)[1]["code"] == -1022


def test_an_unknown_unit_of_time_is_refused(place: Place) -> None:
    response = place.raw("GET", "/api/v3/time", x_mbx_time_unit="NANOSECOND")
    words = "Invalid value for time unit; expected either MICROSECOND or MILLISECOND."
    assert (response.status, json.loads(response.body)) == (400, {"code": -1194, "msg": words})


def test_nobody_sees_or_ends_the_orders_of_somebody_else(place: Place) -> None:
    mine = place.order("BUY", "0.001", "41000", newClientOrderId="mine")
    before = place.state()
    for ids in ({"orderId": mine["orderId"]}, {"origClientOrderId": "mine"}):
        asked = {"symbol": "BTCUSDT", **ids}
        assert place.refused("GET", "order", key=OTHER_KEY, **asked)[1] == -2013
        assert place.refused("DELETE", "order", key=OTHER_KEY, **asked)[1] == -2011
        new = {"newQty": "0.0005"}
        assert place.refused("PUT", "order/amend/keepPriority", key=OTHER_KEY, **asked, **new)[1] == -2038
    assert place.done("GET", "openOrders", key=OTHER_KEY) == []
    assert place.done("GET", "allOrders", key=OTHER_KEY, symbol="BTCUSDT") == []
    assert place.done("GET", "myTrades", key=OTHER_KEY, symbol="BTCUSDT", orderId=mine["orderId"]) == []
    assert place.state() == before


def test_a_request_may_be_sent_twice_only_as_two_orders(place: Place) -> None:
    text = form({**LIMIT, "newClientOrderId": "replayed", "timestamp": place.ms})
    body = f"{text}&signature={signature(text)}"
    first = place.raw("POST", "/api/v3/order", b"", body, x_mbx_apikey=KEY)
    again = place.raw("POST", "/api/v3/order", b"", body, x_mbx_apikey=KEY)
    assert (first.status, json.loads(again.body)) == (200, {"code": -2010, "msg": "Duplicate order sent."})

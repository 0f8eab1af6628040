"""What is refused, with status, code and text."""

from __future__ import annotations

from typing import Any

import pytest

from parrot.gateway.alpaca_api.wire import ApiRequest
from tests.unit.gateway.alpaca_api.sample import Client, Market, order

NO_SUCH = "00000000-0000-4000-8000-000000000000"
BRACKET = {"take_profit": {"limit_price": "200"}, "stop_loss": {"stop_price": "180"}}

# What is sent to POST /v2/orders: status, code, a part of the message.
ORDERS: dict[str, tuple[dict[str, Any], int, int, str]] = {
    "no symbol": ({**order("buy"), "symbol": ""}, 422, 40010001, "symbol is required"),
    "a symbol that is not traded": ({**order("buy"), "symbol": "ZZZ"}, 422, 42210000, 'asset "ZZZ" not found'),
    "a symbol of another type": ({**order("buy"), "symbol": ["AAPL"]}, 422, 40010001, "symbol is required"),
    "a coin": ({**order("buy"), "symbol": "BTCUSDT"}, 422, 42210000, "not found"),
    "no side": ({**order("buy"), "side": None}, 422, 40010001, "side is required"),
    "another side": (order("hold"), 422, 42210000, 'invalid side "hold"'),
    "another type": (order("buy", type="pegged"), 422, 42210000, "invalid type"),
    "another lifetime": (order("buy", time_in_force="week"), 422, 42210000, "invalid time_in_force"),
    "no quantity": (order("buy", None), 422, 40010001, "qty or notional is required"),
    "quantity and amount": (order("buy", 1, notional=5), 422, 42210000, "only one of qty or notional"),
    "a quantity of 0": (order("buy", 0), 422, 42210000, "qty must be greater than 0"),
    "a quantity below 0": (order("buy", -1), 422, 42210000, "qty must be a number greater than 0"),
    "a quantity in words": (order("buy", "one"), 422, 42210000, "qty must be a number"),
    "too fine a quantity": (order("buy", "0.0000001", 150), 422, 42210000, "qty is not a multiple"),
    "too large a quantity": (order("buy", "1" + "0" * 12, 1), 422, 42210000, "too large"),
    "an amount that is too small": (order("buy", None, notional="0.99"), 403, 40310000, "minimal amount of order 1"),
    "a cost that is too small": (order("buy", "0.001", 150), 403, 40310000, "minimal amount of order 1"),
    "an amount in parts of a cent": (order("buy", None, notional="9.999"), 422, 42210000, "2 decimal places"),
    "a limit order by amount": (order("buy", None, 150, notional=10), 422, 42210000, "must be market orders"),
    "a fraction that stays": (order("buy", "0.5", 150, time_in_force="gtc"), 422, 42210000, "must be DAY orders"),
    "a limit order without a limit": (order("buy", type="limit"), 422, 40010001, "require limit price"),
    "a market order with a limit": (order("buy", limit_price=1), 422, 42210000, "must not have limit price"),
    "a stop order without a stop": (order("buy", type="stop"), 422, 40010001, "require stop price"),
    "parts of a cent": (order("buy", 1, "150.123"), 422, 42210000, "invalid limit_price 150.123. sub-penny"),
    "both ways of trailing": (
        order("sell", type="trailing_stop", trail_price=1, trail_percent=1),
        422,
        42210000,
        "one of trail price or trail percent",
    ),
    "no way of trailing": (order("sell", type="trailing_stop"), 422, 42210000, "one of trail price"),
    "a trail that is too fine": (
        order("sell", type="trailing_stop", trail_percent="0.001"),
        422,
        42210000,
        "2 decimal places",
    ),
    "a market order after hours": (order("buy", extended_hours=True), 422, 42210000, "DAY limit orders"),
    "after hours until cancelled": (
        order("buy", 1, 150, time_in_force="gtc", extended_hours=True),
        422,
        42210000,
        "DAY limit orders",
    ),
    "after hours, perhaps": (order("buy", 1, 150, extended_hours="yes"), 422, 42210000, "invalid extended_hours"),
    "a stop for the open": (order("buy", type="stop", stop_price=1, time_in_force="opg"), 422, 42210000, "day or gtc"),
    "for the open while trading": (order("buy", time_in_force="opg"), 422, 42210000, "7:00pm to 9:28am"),
    "a long name": (order("buy", 1, 150, client_order_id="x" * 129), 422, 42210000, "128 characters"),
    "a name that cannot be shown": (order("buy", 1, 150, client_order_id="\x00"), 422, 42210000, "invalid client"),
    "another class": (order("buy", order_class="trio"), 422, 42210000, "invalid order_class"),
    "options": (order("buy", order_class="mleg"), 422, 42210000, "options"),
    "a simple order with a leg": (order("buy", take_profit={"limit_price": 1}), 422, 42210000, "must not have take"),
    "a bracket without legs": (order("buy", order_class="bracket"), 422, 42210000, "take_profit.limit_price"),
    "a bracket without its stop": (
        order("buy", order_class="bracket", take_profit={"limit_price": 1}),
        422,
        42210000,
        "stop_loss.stop_price",
    ),
    "an oto with both": (order("buy", 1, 190, order_class="oto", **BRACKET), 422, 42210000, "either"),
    "a bracket the wrong way round": (order("sell", 1, 190, order_class="bracket", **BRACKET), 422, 42210000, "less"),
    "a leg that is no object": (order("buy", order_class="oto", stop_loss=5), 422, 42210000, "stop_loss.stop_price"),
    "a fraction with legs": (order("buy", "0.5", order_class="bracket", **BRACKET), 422, 42210000, "simple orders"),
    "an intent against the side": (order("buy", position_intent="sell_to_close"), 422, 42210000, "does not match"),
    "to open short": (order("sell", position_intent="sell_to_open"), 403, 40310000, "not allowed to short"),
    "short": (order("sell", 1, 150), 403, 40310000, "account is not allowed to short"),
    "more than an order may cost": (order("buy", 90_000, 150), 403, 40310000, "insufficient buying power"),
    "more than the money": (order("buy", 9000, 150), 403, 40310000, "insufficient buying power"),
}

# Method, path, query: status, code, a part of the message.
REQUESTS: dict[str, tuple[str, str, dict[str, str], int, int, str]] = {
    "no such path": ("GET", "/v2/nothing", {}, 404, 40410000, "endpoint not found"),
    "no such version": ("GET", "/v1/account", {}, 404, 40410000, "endpoint not found"),
    "no path": ("GET", "/", {}, 404, 40410000, "endpoint not found"),
    "another method": ("PUT", "/v2/orders", {}, 405, 40510000, "method not allowed"),
    "posting to a position": ("POST", "/v2/positions/AAPL", {}, 405, 40510000, "method not allowed"),
    "an order's id that is none": ("GET", "/v2/orders/one", {}, 422, 40010001, "must be a UUID"),
    "an unknown order": ("GET", f"/v2/orders/{NO_SUCH}", {}, 404, 40410000, f"order not found for {NO_SUCH}"),
    "cancelling an unknown order": ("DELETE", f"/v2/orders/{NO_SUCH}", {}, 404, 40410000, "order not found"),
    "replacing an unknown order": ("PATCH", f"/v2/orders/{NO_SUCH}", {}, 404, 40410000, "order not found"),
    "an unknown name": ("GET", "/v2/orders:by_client_order_id", {"client_order_id": "x"}, 404, 40410000, "not found"),
    "no name": ("GET", "/v2/orders:by_client_order_id", {}, 422, 40010001, "client_order_id is required"),
    "an unknown status": ("GET", "/v2/orders", {"status": "lost"}, 422, 42210000, "invalid status"),
    "too many orders": ("GET", "/v2/orders", {"limit": "501"}, 422, 42210000, "between 1 and 500"),
    "a limit of none": ("GET", "/v2/orders", {"limit": "0"}, 422, 42210000, "between 1 and 500"),
    "no time": ("GET", "/v2/orders", {"after": "noon"}, 400, 40010000, "invalid after"),
    "no truth": ("GET", "/v2/orders", {"nested": "maybe"}, 400, 40010000, "invalid nested"),
    "closing what is not held": ("DELETE", "/v2/positions/AAPL", {}, 404, 40410000, "position does not exist"),
    "no asset": ("GET", "/v2/assets/ZZZ", {}, 404, 40410000, "asset not found for ZZZ"),
    "no date": ("GET", "/v2/calendar", {"start": "soon"}, 400, 40010000, "invalid start"),
    "no page": ("GET", "/v2/account/activities", {"page_token": "x"}, 400, 40010000, "invalid page_token"),
    "no symbols": ("GET", "/v2/stocks/bars", {"timeframe": "1Min"}, 400, 40010000, "symbols is required"),
    "no timeframe": ("GET", "/v2/stocks/bars", {"symbols": "AAPL"}, 400, 40010000, "timeframe is required"),
    "a symbol that is none": ("GET", "/v2/stocks/trades", {"symbols": "<b>"}, 400, 40010000, "invalid symbol: <B>"),
    "a token that is none": (
        "GET",
        "/v2/stocks/trades",
        {"symbols": "AAPL", "page_token": "%%%"},
        400,
        40010000,
        "invalid page_token",
    ),
    "an end before its start": (
        "GET",
        "/v2/stocks/trades",
        {"symbols": "AAPL", "start": "2026-11-25", "end": "2026-11-24"},
        400,
        40010000,
        "end should not be before start",
    ),
    "a feed that is none": (
        "GET",
        "/v2/stocks/trades/latest",
        {"symbols": "AAPL", "feed": "x"},
        422,
        42210000,
        "invalid feed",
    ),
    "a snapshot of nothing": ("GET", "/v2/stocks/snapshots", {}, 400, 40010000, "symbols is required"),
    "no such data": ("GET", "/v2/stocks/AAPL/dreams", {}, 404, 40410000, "endpoint not found"),
    "posting to data": ("POST", "/v2/stocks/bars", {}, 405, 40510000, "method not allowed"),
}


@pytest.fixture(scope="module")
def market() -> Market:
    market = Market()
    market.bob.order("sell", 1, 190)
    market.bob.order("buy", 1, 190, time_in_force="ioc", symbol="MSFT")
    return market


@pytest.mark.parametrize(("sent", "status", "code", "text"), ORDERS.values(), ids=list(ORDERS))
def test_an_order_that_cannot_be(market: Market, sent: dict[str, Any], status: int, code: int, text: str) -> None:
    before = market.exchange.held("ann")
    told = market.ann.refused("POST", "/v2/orders", sent)
    assert told[:2] == (status, code), told
    assert text in told[2]
    assert market.exchange.held("ann") == before
    assert market.ann.get("/v2/orders", status="all") == []


@pytest.mark.parametrize(("method", "path", "query", "status", "code", "text"), REQUESTS.values(), ids=list(REQUESTS))
def test_a_request_that_cannot_be(
    market: Market, method: str, path: str, query: dict[str, str], status: int, code: int, text: str
) -> None:
    told = market.ann.refused(method, path, **query)
    assert told[:2] == (status, code), told
    assert text in told[2]


@pytest.mark.parametrize("timeframe", ["0Min", "60Min", "24Hour", "2Day", "5Month", "1Year", "Min", "1min", "-1Min"])
def test_a_timeframe_that_is_none(market: Market, timeframe: str) -> None:
    told = market.ann.refused("GET", "/v2/stocks/bars", symbols="AAPL", timeframe=timeframe)
    assert told == (400, 40010000, f"invalid timeframe: {timeframe!r}")


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"x"', b"1", b"\xff", b'{"symbol":1e999999999}', b"[" * 9000])
def test_a_body_that_cannot_be_read(market: Market, raw: bytes) -> None:
    market.ann.ask("POST", "/v2/orders", raw=raw)
    assert market.ann.last.status in (400, 422)


def test_a_body_that_is_too_large(market: Market) -> None:
    answer = market.ann.ask("POST", "/v2/orders", raw=b" " * ((1 << 20) + 1))
    assert (market.ann.last.status, answer["code"]) == (413, 41310000)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {b"apca-api-key-id": b"ann-key"},
        {b"apca-api-key-id": b"ann-key", b"apca-api-secret-key": b"yek"},
        {b"apca-api-key-id": b"nobody", b"apca-api-secret-key": b"ydobon"},
        {b"apca-api-key-id": b"\xff", b"apca-api-secret-key": b"\xff"},
    ],
)
def test_a_request_of_nobody(market: Market, headers: dict[bytes, bytes]) -> None:
    for path in ("/v2/account", "/v2/stocks/bars", "/nothing"):
        answer = market.face.handle(ApiRequest("GET", path, b"", b"", headers))
        assert answer.status == 401
        assert answer.body == b'{"code":40110000,"message":"request is not authorized"}'


def test_a_key_that_may_only_look(market: Market) -> None:
    eve = Client(market, "eve-key")
    assert eve.get("/v2/account")["id"] == market.ann.get("/v2/account")["id"]
    assert eve.refused("POST", "/v2/orders", order("buy", 1, 150)) == (
        403,
        40310000,
        "the key is not allowed to trade",
    )
    assert eve.refused("DELETE", "/v2/orders")[0] == 403


def test_a_name_is_used_once_among_open_orders() -> None:
    market = Market()
    market.ann.order("buy", 1, 150, client_order_id="one")
    told = market.ann.refused("POST", "/v2/orders", order("buy", 1, 150, client_order_id="one"))
    assert told == (422, 40010001, "client_order_id must be unique")


def test_what_is_missing_is_told_in_amounts() -> None:
    market = Market()
    answer = market.ann.ask("POST", "/v2/orders", order("buy", 10_000, 150))
    assert answer == {
        "code": 40310000,
        "message": "insufficient buying power",
        "buying_power": "1000000",
        "cost_basis": "1500000",
    }
    market.bob.order("sell", 600, 300)
    answer = market.bob.ask("POST", "/v2/orders", order("sell", 500, 300))
    assert answer == {
        "code": 40310000,
        "message": "insufficient qty available for order (requested: 500, available: 400)",
        "available": "400",
        "existing_qty": "1000",
        "held_for_orders": "600",
        "symbol": "AAPL",
    }


def test_trading_with_oneself_is_refused() -> None:
    market = Market()
    resting = market.bob.order("sell", 1, 200)["id"]
    answer = market.bob.ask("POST", "/v2/orders", order("buy", 1, 200))
    assert (market.bob.last.status, answer["code"], answer["existing_order_id"]) == (403, 40310000, resting)
    assert answer["message"] == "potential wash trade detected. use complex orders"
    assert market.bob.refused("POST", "/v2/orders", order("buy", 1))[0] == 403
    assert market.bob.order("buy", 1, 199)["status"] == "new"


def test_a_key_has_200_requests_a_minute() -> None:
    market = Market(limits=True)
    for left in range(199, -1, -1):
        market.ann.get("/v2/clock")
        assert dict(market.ann.last.headers)[b"x-ratelimit-remaining"] == b"%d" % left
    assert market.ann.refused("GET", "/v2/clock") == (429, 42910000, "rate limit exceeded")
    assert market.bob.get("/v2/clock")["is_open"]
    assert "AAPL" not in market.ann.get("/v2/stocks/trades/latest", symbols="AAPL")["trades"]
    market.go(60)
    assert market.ann.get("/v2/clock")["is_open"]

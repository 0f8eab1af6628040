"""Weights, order counts, 429, then a ban; and what the answers tell of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parrot.gateway.binance_api.errors import ApiError
from parrot.gateway.binance_api.limits import DAY, MINUTE, Limits
from parrot.gateway.binance_api.wire import ApiResponse
from tests.unit.gateway.binance_api.place import KEY, OTHER_KEY, SECOND, Place, Socket


def headers(response: ApiResponse) -> dict[bytes, bytes]:
    return dict(response.headers)


@pytest.fixture
def place() -> Place:
    return Place(limits=True)


@pytest.mark.parametrize(
    ("path", "query", "weight"),
    [
        ("ping", "", 1),
        ("exchangeInfo", "", 20),
        ("depth", "symbol=BTCUSDT", 5),
        ("depth", "symbol=BTCUSDT&limit=500", 25),
        ("depth", "symbol=BTCUSDT&limit=1000", 50),
        ("depth", "symbol=BTCUSDT&limit=5000", 250),
        ("trades", "symbol=BTCUSDT", 25),
        ("aggTrades", "symbol=BTCUSDT", 4),
        ("ticker/bookTicker", "symbol=BTCUSDT", 2),
        ("ticker/bookTicker", "", 4),
        ("depth", "symbol=NOPE", 5),
    ],
)
def test_every_question_has_its_weight(place: Place, path: str, query: str, weight: int) -> None:
    response = place.raw("GET", "/api/v3/" + path, query)
    assert headers(response)[b"x-mbx-used-weight-1m"] == b"%d" % weight


UNREADABLE = [
    ("GET", "/api/v3/nothing", b"", b"", 404),
    ("DELETE", "/api/v3/ping", b"", b"", 405),
    ("GET", "/api/v3/depth", b"symbol=BTCUSDT&symbol=BTCUSDT", b"", 400),
    ("GET", "/api/v3/depth", b"&".join(b"a%d=1" % number for number in range(101)), b"", 400),
    ("POST", "/api/v3/order", b"", b"a" * 70_000, 413),
]


@pytest.mark.parametrize(("method", "path", "query", "body", "status"), UNREADABLE)
def test_what_cannot_be_read_costs_one_and_is_told_to_wait_as_well(
    place: Place, method: str, path: str, query: bytes, body: bytes, status: int
) -> None:
    first = place.raw(method, path, query, body)
    assert first.status == status
    assert headers(first)[b"x-mbx-used-weight-1m"] == b"1"
    for _ in range(23):
        place.raw("GET", "/api/v3/depth", "symbol=BTCUSDT&limit=5000")
    statuses = [place.raw(method, path, query, body).status for _ in range(262)]
    assert statuses == [status] * 249 + [429] * 10 + [418] * 3


def test_a_method_that_cannot_be_read_costs_one_as_well(place: Place) -> None:
    socket = Socket(place)
    used = place.face.venue.limits.used("127.0.0.1", place.face.venue.now)
    assert socket.send("ping", returnRateLimits="perhaps")["status"] == 400
    assert place.face.venue.limits.used("127.0.0.1", place.face.venue.now) == used + 1


def test_too_much_weight_is_told_to_wait_then_banned_ever_longer(place: Place) -> None:
    for _ in range(24):
        place.raw("GET", "/api/v3/depth", "symbol=BTCUSDT&limit=5000")
    first = place.raw("GET", "/api/v3/ping")
    assert first.status == 429
    assert json.loads(first.body) == {
        "code": -1003,
        "msg": "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. "
        "Please use WebSocket Streams for live updates to avoid polling the API.",
    }
    left = 60 - place.exchange.now // SECOND % 60
    assert headers(first)[b"retry-after"] == b"%d" % left
    statuses = [place.raw("GET", "/api/v3/ping").status for _ in range(12)]
    assert statuses == [429] * 9 + [418] * 3
    banned = place.raw("GET", "/api/v3/ping")
    assert headers(banned)[b"retry-after"] == b"120"
    until = place.ms + 120_000
    words = f"Way too much request weight used; IP banned until {until}. "
    assert json.loads(banned.body)["msg"].startswith(words)
    answer = Socket(place).send("ping")
    assert (answer["status"], answer["error"]["data"]) == (418, {"serverTime": place.ms, "retryAfter": until})
    place.exchange.turn(place.exchange.now + 121 * SECOND)
    assert place.raw("GET", "/api/v3/ping").status == 200


def test_bans_double_up_to_three_days() -> None:
    limits, now, lengths = Limits(enforced=True), 0, []
    for _ in range(14):
        while True:
            try:
                limits.charge("a", 6001, now)
            except ApiError as problem:
                if problem.status == 418:
                    lengths.append(problem.retry_at - now)
                    now = problem.retry_at
                    break
    assert lengths[:3] == [2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert lengths[-1] == 3 * DAY


def test_raw_requests_are_counted_over_five_minutes() -> None:
    limits = Limits(enforced=True)
    for minute in range(5):
        for _ in range(12_200):
            limits.charge("a", 0, minute * MINUTE)
    with pytest.raises(ApiError, match="61000 raw requests per 5 MINUTE"):
        limits.charge("a", 0, 4 * MINUTE)
    limits.charge("b", 0, 4 * MINUTE)
    limits.charge("a", 0, 5 * MINUTE)


def test_unfilled_orders_are_counted_and_fills_take_them_back(place: Place) -> None:
    def counts() -> list[int]:
        return [one["count"] for one in place.done("GET", "rateLimit/order")]

    for at in range(3):
        place.order("BUY", "0.001", str(50000 + at))
    assert counts() == [3, 3]
    place.order("BUY", "0.001")
    assert counts() == [3, 3]  # it was filled
    place.refused("POST", "order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="900")
    assert counts() == [3, 3]
    bid, ask = place.best()
    inside = f"{(bid + ask) // 2 // 10**6 / 100:.2f}"
    place.order("SELL", "0.002", inside)
    assert counts() == [4, 4]
    place.order("BUY", "0.001", inside, key=OTHER_KEY)
    assert counts() == [0, 0]  # a fill of what rested takes five back
    assert place.done("GET", "rateLimit/order", key=OTHER_KEY)[0]["count"] == 0


def test_too_many_unfilled_orders_are_refused_until_the_interval_ends(place: Place) -> None:
    made: Any = None
    for _ in range(100):
        made = place.sent("POST", "order", order())
        assert made.status == 200
    assert headers(made)[b"x-mbx-order-count-10s"] == headers(made)[b"x-mbx-order-count-1d"] == b"100"
    refused = place.sent("POST", "order", order())
    assert refused.status == 429
    words = "Too many new orders; current limit is 100 orders per 10 SECOND."
    assert json.loads(refused.body) == {"code": -1015, "msg": words}
    assert headers(refused)[b"retry-after"] == b"10"
    assert place.sent("POST", "order", order(), key=OTHER_KEY).status == 200
    answer = Socket(place).send("order.place", signed=True, **order())
    assert [one["count"] for one in answer["rateLimits"][:2]] == [100, 100]
    assert answer["status"] == 429
    place.exchange.turn(place.exchange.now + 10 * SECOND)
    assert place.sent("POST", "order", order()).status == 200


def test_where_limits_are_off_they_are_counted_and_do_not_refuse() -> None:
    place = Place()
    for _ in range(30):
        response = place.raw("GET", "/api/v3/depth", "symbol=BTCUSDT&limit=5000")
    assert response.status == 200
    assert headers(response)[b"x-mbx-used-weight-1m"] == b"7500"


def test_an_address_more_does_not_cost_memory_for_ever() -> None:
    limits = Limits(enforced=True)
    for number in range(30_000):
        limits.charge(str(number), 1, number * SECOND)
    assert len(limits._addresses) <= 10_001


def order() -> dict[str, str]:
    return {
        "symbol": "ETHUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": "GTC",
        "quantity": "0.01",
        "price": "2000",
    }


def test_the_key_of_an_account_does_not_matter_to_its_count(place: Place) -> None:
    place.sent("POST", "order", order(), key=KEY)
    assert place.face.venue.limits.orders("main", place.exchange.now) == (1, 1)

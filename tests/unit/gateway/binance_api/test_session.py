"""One connection to the WebSocket API."""

from __future__ import annotations

import json

import pytest

from tests.unit.gateway.binance_api.place import KEY, OTHER_KEY, OTHER_SECRET, READ_KEY, Place, Socket

LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "50000",
}


@pytest.fixture
def place() -> Place:
    return Place()


def test_ids_come_back_as_they_came(place: Place) -> None:
    session = Socket(place).session
    for written in ('"e2a8-5d9f"', "12", "null", "-1", '"ü"'):
        frame = f'{{"id":{written},"method":"ping"}}'
        assert session.handle(frame.encode()).startswith(f'{{"id":{written},"status":200,"result":{{}}'.encode())
    assert json.loads(session.handle(b'{"method":"ping"}'))["id"] is None
    assert json.loads(session.handle(b'{"id":3,"method":"v3/ping","params":null}'))["status"] == 200


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"id":1}',
        b'{"id":1,"method":5}',
        b'{"id":{},"method":"ping"}',
        b'{"id":1.5,"method":"ping"}',
        b'{"id":1,"method":"time","params":{"a":"\xff"}}',
        b'{"id":1,"method":"time","params":{"a":"\\ud800"}}',
        b"[" * 50_000,
    ],
)
def test_what_is_no_request_is_told_so(place: Place, frame: bytes) -> None:
    answer = json.loads(Socket(place).session.handle(frame))
    assert (answer["status"], answer["error"]) == (400, {"code": -1135, "msg": "Invalid JSON Request"})


def test_params_that_are_no_object_are_told_so(place: Place) -> None:
    answer = json.loads(Socket(place).session.handle(b'{"id":1,"method":"time","params":[]}'))
    assert (answer["id"], answer["status"]) == (1, 400)
    assert answer["error"] == {"code": -1135, "msg": "Invalid 'params' in JSON request; expected an object."}


def test_a_huge_frame_and_an_unknown_method_are_refused(place: Place) -> None:
    session = Socket(place).session
    huge = json.loads(session.handle(b'{"id":1,"method":"ping","params":{"a":"' + b"x" * 100_000 + b'"}}'))
    assert (huge["id"], huge["status"], huge["error"]["code"]) == (1, 413, -1101)
    unknown = json.loads(session.handle(b'{"id":1,"method":"order.eat"}'))
    assert (unknown["status"], unknown["error"]) == (400, {"code": -1020, "msg": "This operation is not supported."})


def test_limits_are_told_unless_the_client_does_not_want_to_know(place: Place) -> None:
    socket, silent = Socket(place), Socket(place, b"returnRateLimits=false")
    rule = {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000, "count": 5}
    assert socket.send("ping")["rateLimits"] == [rule]
    assert "rateLimits" not in socket.send("ping", returnRateLimits=False)
    assert "rateLimits" not in silent.send("ping")
    assert silent.send("ping", returnRateLimits=True)["rateLimits"][0]["count"] == 8
    placed = socket.send("order.place", signed=True, **LIMIT)
    assert [one["rateLimitType"] for one in placed["rateLimits"]] == ["ORDERS", "ORDERS", "REQUEST_WEIGHT"]
    assert socket.send("ping", returnRateLimits=5)["error"]["code"] == -1130


def test_an_order_lives_as_over_rest(place: Place) -> None:
    socket = Socket(place)
    made = socket.done("order.place", signed=True, **LIMIT)
    asked = {"symbol": "BTCUSDT", "orderId": made["orderId"]}
    assert socket.done("order.status", signed=True, **asked)["status"] == "NEW"
    assert [one["orderId"] for one in socket.done("openOrders.status", signed=True)] == [made["orderId"]]
    ended = socket.done("order.cancel", signed=True, **asked)
    assert (ended["status"], ended["origClientOrderId"]) == ("CANCELED", made["clientOrderId"])
    assert socket.done("allOrders", signed=True, symbol="BTCUSDT")[0]["status"] == "CANCELED"
    assert socket.send("openOrders.cancelAll", signed=True, symbol="BTCUSDT")["error"]["code"] == -2011
    assert socket.done("account.status", signed=True) == place.done("GET", "account")


def test_symbols_may_be_an_array_and_numbers_numbers(place: Place) -> None:
    socket = Socket(place)
    assert [one["symbol"] for one in socket.done("ticker.book", symbols=["BTCUSDT", "ETHUSDT"])] == [
        "BTCUSDT",
        "ETHUSDT",
    ]
    assert len(socket.done("depth", symbol="BTCUSDT", limit=3)["bids"]) == 3


def test_who_is_logged_on_needs_no_signature(place: Place) -> None:
    socket = Socket(place)
    none = socket.done("session.status")
    assert (none["apiKey"], none["authorizedSince"], none["userDataStream"]) == (None, None, False)
    assert socket.send("account.status", timestamp=place.ms)["error"]["code"] == -1102
    logged_on = socket.done("session.logon", signed=True)
    assert (logged_on["apiKey"], logged_on["authorizedSince"]) == (KEY, place.ms)
    assert socket.done("order.place", timestamp=place.ms, **LIMIT)["status"] == "NEW"
    assert socket.send("order.place", **LIMIT)["error"]["code"] == -1102  # a time is still needed
    assert socket.send("order.place", timestamp=place.ms - 6000, **LIMIT)["error"]["code"] == -1021
    assert socket.done("session.logout")["apiKey"] is None
    assert socket.send("order.place", timestamp=place.ms, **LIMIT)["error"]["code"] == -1102


def test_a_key_that_is_taken_away_ends_what_it_began(place: Place) -> None:
    socket = Socket(place)
    socket.done("session.logon", signed=True)
    socket.done("userDataStream.subscribe")
    del place.ring.known[KEY]
    answer = socket.send("account.status", timestamp=place.ms)
    assert (answer["status"], answer["error"]["code"]) == (401, -2015)
    assert socket.session.subscriptions == {}


def test_a_key_that_may_not_trade_places_nothing_after_logon(place: Place) -> None:
    socket = Socket(place, key=READ_KEY)
    socket.done("session.logon", signed=True)
    assert socket.send("order.place", timestamp=place.ms, **LIMIT)["error"]["code"] == -2015
    assert socket.done("account.status", timestamp=place.ms)["canTrade"] is False


def test_subscriptions_are_numbered_and_one_an_account(place: Place) -> None:
    socket = Socket(place)
    assert socket.send("userDataStream.subscribe")["error"]["code"] == -2015
    assert socket.done("userDataStream.subscribe.signature", signed=True) == {"subscriptionId": 0}
    assert socket.send("userDataStream.subscribe.signature", signed=True)["error"]["code"] == -2035
    socket.key, socket.secret = OTHER_KEY, OTHER_SECRET
    assert socket.done("userDataStream.subscribe.signature", signed=True) == {"subscriptionId": 1}
    assert socket.session.subscriptions == {0: "main", 1: "other"}
    assert socket.done("session.subscriptions") == [{"subscriptionId": 0}, {"subscriptionId": 1}]
    assert socket.done("session.status")["userDataStream"] is True
    assert socket.done("userDataStream.unsubscribe", subscriptionId=0) == {}
    assert socket.send("userDataStream.unsubscribe", subscriptionId=0)["error"]["code"] == -2036
    terminated = {"subscriptionId": 0, "event": {"e": "eventStreamTerminated", "E": place.ms}}
    assert [json.loads(one) for one in socket.session.pending] == [terminated]
    assert socket.done("userDataStream.unsubscribe") == {}
    assert socket.session.subscriptions == {}


def test_logging_out_ends_its_own_subscription_only(place: Place) -> None:
    socket = Socket(place)
    socket.done("session.logon", signed=True)
    socket.done("userDataStream.subscribe")
    socket.key, socket.secret = OTHER_KEY, OTHER_SECRET
    socket.done("userDataStream.subscribe.signature", signed=True)
    socket.done("session.logout")
    assert socket.session.subscriptions == {1: "other"}


def test_times_come_in_microseconds_where_the_address_says_so(place: Place) -> None:
    socket = Socket(place, b"timeUnit=MICROSECOND")
    assert socket.done("time")["serverTime"] == place.exchange.now // 1000
    assert socket.session.unit == 1000

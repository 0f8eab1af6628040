"""One order ends and another comes: all, half, or nothing of it, and the answer says which."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.gateway.binance_api.place import KEY, Place, Socket, form, signature

NEW = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.02", "price": "49000"}
TAKES = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT_MAKER", "quantity": "0.02", "price": "61000"}
WOULD_TAKE = {"code": -2010, "msg": "Order would immediately match and take."}
UNKNOWN = {"code": -2011, "msg": "Unknown order sent."}


@pytest.fixture
def place() -> Place:
    place = Place()
    place.order("BUY", "0.01", "50000", newClientOrderId="old")
    return place


def asked(place: Place, **params: str) -> tuple[int, Any]:
    response = place.sent("POST", "order/cancelReplace", params)
    return response.status, json.loads(response.body)


def names(place: Place) -> list[str]:
    return [one["clientOrderId"] for one in place.done("GET", "openOrders", symbol="BTCUSDT")]


def test_both_halves_succeed(place: Place) -> None:
    status, answer = asked(
        place,
        **NEW,
        cancelReplaceMode="STOP_ON_FAILURE",
        cancelOrigClientOrderId="old",
        newClientOrderId="new",
        cancelNewClientOrderId="the-cancel",
    )
    assert status == 200
    assert (answer["cancelResult"], answer["newOrderResult"]) == ("SUCCESS", "SUCCESS")
    ended, made = answer["cancelResponse"], answer["newOrderResponse"]
    assert (ended["status"], ended["origClientOrderId"], ended["clientOrderId"]) == ("CANCELED", "old", "the-cancel")
    assert (made["status"], made["clientOrderId"], made["fills"]) == ("NEW", "new", [])
    assert names(place) == ["new"]
    assert place.balance("USDT") == ("999020.00000000", "980.00000000")


def test_the_money_of_the_old_order_pays_for_the_new(place: Place) -> None:
    place.done("DELETE", "openOrders", symbol="BTCUSDT")
    place.order("BUY", "19", "50000", newClientOrderId="all")
    params = NEW | {"quantity": "20", "cancelOrigClientOrderId": "all", "cancelReplaceMode": "STOP_ON_FAILURE"}
    assert asked(place, **params)[0] == 200


@pytest.mark.parametrize(
    ("mode", "new", "cancel", "status", "data", "left"),
    [
        (
            "STOP_ON_FAILURE",
            NEW,
            "none",
            400,
            ("FAILURE", "NOT_ATTEMPTED", UNKNOWN, None),
            ["old"],
        ),
        ("ALLOW_FAILURE", TAKES, "none", 400, ("FAILURE", "FAILURE", UNKNOWN, WOULD_TAKE), ["old"]),
        ("STOP_ON_FAILURE", TAKES, "old", 409, ("SUCCESS", "FAILURE", "CANCELED", WOULD_TAKE), []),
        ("ALLOW_FAILURE", TAKES, "old", 409, ("SUCCESS", "FAILURE", "CANCELED", WOULD_TAKE), []),
        (
            "ALLOW_FAILURE",
            NEW | {"newClientOrderId": "new"},
            "none",
            409,
            ("FAILURE", "SUCCESS", UNKNOWN, "NEW"),
            ["old", "new"],
        ),
    ],
)
def test_a_half_that_fails_is_told_with_the_other(
    place: Place, mode: str, new: dict[str, str], cancel: str, status: int, data: tuple[Any, ...], left: list[str]
) -> None:
    params = new | {"cancelReplaceMode": mode, "cancelOrigClientOrderId": cancel}
    got, answer = asked(place, **params)
    whole = (
        (-2021, "Order cancel-replace partially failed.") if status == 409 else (-2022, "Order cancel-replace failed.")
    )
    assert (got, (answer["code"], answer["msg"])) == (status, whole)
    told = answer["data"]
    assert (told["cancelResult"], told["newOrderResult"]) == data[:2]
    for half, expected in zip((told["cancelResponse"], told["newOrderResponse"]), data[2:], strict=True):
        assert expected == (half["status"] if isinstance(expected, str) else half)
    assert names(place) == left


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"price": "49000.001"}, -1013),
        ({"quantity": "0.000001"}, -1013),
        ({"cancelReplaceMode": "MAYBE"}, -1130),
        ({"cancelReplaceMode": ""}, -1105),
        ({"cancelOrigClientOrderId": ""}, -1105),
        ({"cancelRestrictions": "NONE"}, -1145),
        ({"cancelOrderId": "x"}, -1100),
        ({"type": "LIMIT_IF"}, -1116),
    ],
)
def test_what_is_wrong_with_the_request_is_found_before_anything_ends(
    place: Place, change: dict[str, str], code: int
) -> None:
    before = place.state()
    params = NEW | {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrigClientOrderId": "old"} | change
    got, answer = asked(place, **params)
    assert (got, answer["code"]) == (400, code)
    assert place.state() == before


def test_restrictions_hold_for_the_order_that_ends(place: Place) -> None:
    params = NEW | {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrigClientOrderId": "old"}
    got, answer = asked(place, **params, cancelRestrictions="ONLY_PARTIALLY_FILLED")
    words = "Order was not canceled due to cancel restrictions."
    assert (got, answer["data"]["cancelResponse"]) == (400, {"code": -2011, "msg": words})
    assert asked(place, **params, cancelRestrictions="ONLY_NEW")[0] == 200


@pytest.mark.parametrize(("limit_mode", "left"), [("", ["old"]), ("DO_NOTHING", ["old"]), ("CANCEL_ONLY", [])])
def test_beyond_the_limit_of_orders_only_the_cancel_may_be_done(limit_mode: str, left: list[str]) -> None:
    place = Place(limits=True)
    place.order("BUY", "0.01", "50000", newClientOrderId="old")
    for _ in range(99):
        place.face.venue.limits.place("main", 1, place.exchange.now)
    params = NEW | {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrigClientOrderId": "old"}
    params |= {"orderRateLimitExceededMode": limit_mode} if limit_mode else {}
    text = form(params | {"timestamp": place.ms})
    response = place.raw(
        "POST", "/api/v3/order/cancelReplace", b"", f"{text}&signature={signature(text)}", x_mbx_apikey=KEY
    )
    answer = json.loads(response.body)
    words = "Too many new orders; current limit is 100 orders per 10 SECOND."
    assert response.status == 429
    assert dict(response.headers)[b"retry-after"] == b"10"
    if limit_mode == "CANCEL_ONLY":
        assert (answer["code"], answer["data"]["cancelResult"]) == (-2021, "SUCCESS")
        assert answer["data"]["newOrderResponse"] == {"code": -1015, "msg": words}
    else:
        assert answer == {"code": -1015, "msg": words}
    assert names(place) == left


def test_the_websocket_api_tells_both_halves_in_its_error(place: Place) -> None:
    params = TAKES | {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrigClientOrderId": "old"}
    answer = Socket(place).send("order.cancelReplace", signed=True, **params)
    assert (answer["status"], answer["error"]["code"]) == (409, -2021)
    assert answer["error"]["data"]["newOrderResponse"] == WOULD_TAKE
    assert "result" not in answer

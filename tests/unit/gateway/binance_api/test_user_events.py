"""What an account hears: execution reports, positions, deposits, in their order and with all fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parrot.contracts.exchange import SCALE, BalancesChanged, Deposited, ListChanged, OrderChanged
from parrot.gateway.binance_api import user_events
from tests.unit.gateway.binance_api.place import OTHER_KEY, Place, decimal

REPORT = set("esSofqpPFgCxXrilzLnNTtIwmMOZYQVEc")


@pytest.fixture
def place() -> Place:
    place = Place()
    place.heard.clear()
    return place


def told(place: Place, account: str = "main", unit: int = 1_000_000) -> list[dict[str, Any]]:
    """The account's messages since the last time."""
    made = []
    for event in place.heard:
        if isinstance(event, OrderChanged):
            owner = event.order.account
        elif isinstance(event, ListChanged):
            owner = event.state.account
        elif isinstance(event, BalancesChanged | Deposited):
            owner = event.account
        else:
            continue
        if owner == account:
            made += [json.loads(one) for one in user_events.encode(event, unit)]
    place.heard.clear()
    return made


def test_a_resting_order_is_reported_new_then_the_money_it_locks(place: Place) -> None:
    made = place.order("BUY", "0.02", "50000", newClientOrderId="mine")
    report, position = told(place)
    assert set(report) == REPORT | {"W"}
    assert report == {
        "e": "executionReport",
        "E": place.ms,
        "s": "BTCUSDT",
        "c": "mine",
        "S": "BUY",
        "o": "LIMIT",
        "f": "GTC",
        "q": "0.02000000",
        "p": "50000.00000000",
        "P": "0.00000000",
        "F": "0.00000000",
        "g": -1,
        "C": "",
        "x": "NEW",
        "X": "NEW",
        "r": "NONE",
        "i": made["orderId"],
        "l": "0.00000000",
        "z": "0.00000000",
        "L": "0.00000000",
        "n": "0",
        "N": None,
        "T": place.ms,
        "t": -1,
        "I": report["I"],
        "w": True,
        "m": False,
        "M": False,
        "O": place.ms,
        "Z": "0.00000000",
        "Y": "0.00000000",
        "Q": "0.00000000",
        "W": place.ms,
        "V": "EXPIRE_MAKER",
    }
    assert position == {
        "e": "outboundAccountPosition",
        "E": place.ms,
        "u": place.ms,
        "B": [{"a": "USDT", "f": "999000.00000000", "l": "1000.00000000"}],
    }


def test_every_fill_is_reported_and_the_balances_after_them(place: Place) -> None:
    made = place.order("BUY", "0.5")
    *reports, position = told(place)
    assert [one["x"] for one in reports] == ["NEW"] + ["TRADE"] * len(made["fills"])
    assert [one["X"] for one in reports[1:]] == ["PARTIALLY_FILLED"] * (len(reports) - 2) + ["FILLED"]
    for one, fill in zip(reports[1:], made["fills"], strict=True):
        expected = (fill["price"], fill["qty"], fill["commission"], fill["commissionAsset"], fill["tradeId"])
        assert (one["L"], one["l"], one["n"], one["N"], one["t"]) == expected
        assert one["Y"] == decimal(units(one["L"]) * units(one["l"]) // SCALE)
    assert reports[-1]["z"] == "0.50000000"
    assert reports[-1]["Z"] == made["cummulativeQuoteQty"]
    numbers = [one["I"] for one in reports]
    assert numbers == sorted(set(numbers))
    balances = {one["asset"]: one for one in place.done("GET", "account")["balances"]}
    for one in position["B"]:
        assert (one["f"], one["l"]) == (balances[one["a"]]["free"], balances[one["a"]]["locked"])


def test_a_maker_hears_of_its_fill(place: Place) -> None:
    bid, ask = place.best()
    price = decimal((bid + ask) // 2 // 10**6 * 10**6)
    place.order("SELL", "0.01", price, key=OTHER_KEY)
    told(place)
    place.order("BUY", "0.01", price)
    report, position = told(place, "other")
    assert (report["x"], report["X"], report["m"], report["N"], report["w"]) == ("TRADE", "FILLED", True, "USDT", False)
    assert {one["a"] for one in position["B"]} == {"BTC", "USDT"}


def test_a_cancel_is_reported_with_both_names(place: Place) -> None:
    made = place.order("BUY", "0.02", "50000", newClientOrderId="mine")
    told(place)
    place.done("DELETE", "order", symbol="BTCUSDT", orderId=made["orderId"], newClientOrderId="the-cancel")
    report, position = told(place)
    assert (report["x"], report["X"], report["c"], report["C"]) == ("CANCELED", "CANCELED", "the-cancel", "mine")
    assert position["B"] == [{"a": "USDT", "f": "1000000.00000000", "l": "0.00000000"}]


def test_an_amendment_is_reported_as_replaced(place: Place) -> None:
    made = place.order("BUY", "0.02", "50000", newClientOrderId="mine")
    told(place)
    asked = {"symbol": "BTCUSDT", "orderId": made["orderId"], "newQty": "0.01", "newClientOrderId": "smaller"}
    after = place.done("PUT", "order/amend/keepPriority", **asked)
    report, _ = told(place)
    assert (report["x"], report["X"], report["c"], report["C"]) == ("REPLACED", "NEW", "smaller", "mine")
    assert (report["q"], report["I"]) == ("0.01000000", after["executionId"])


def test_a_stop_is_reported_when_it_is_placed_when_it_triggers_and_when_it_trades(place: Place) -> None:
    bid, _ = place.best()
    asked = {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_LOSS", "quantity": "0.01"}
    place.done("POST", "order", **asked, stopPrice=decimal(bid - 10**8))
    (placed, _) = told(place)
    assert (placed["x"], placed["w"], placed["P"], "W" in placed) == ("NEW", False, decimal(bid - 10**8), False)
    place.order("SELL", "0.1", key=OTHER_KEY)
    *reports, _ = told(place)
    assert [(one["x"], one["X"]) for one in reports] == [("NEW", "NEW"), ("TRADE", "FILLED")]
    assert all("W" in one for one in reports)


def test_a_trailing_stop_has_its_fields(place: Place) -> None:
    asked = {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_LOSS", "quantity": "0.01"}
    place.done("POST", "order", **asked, trailingDelta="100", strategyId="7", strategyType="1000001")
    report = told(place)[0]
    assert (report["d"], report["D"], report["j"], report["J"]) == (100, place.ms, 7, 1000001)


def test_an_order_that_expires_says_why(place: Place) -> None:
    place.order("BUY", "0.01", "50000", timeInForce="IOC")
    reports = [one for one in told(place) if one["e"] == "executionReport"]
    assert [(one["x"], one["X"]) for one in reports] == [("NEW", "NEW"), ("EXPIRED", "EXPIRED")]
    assert reports[-1]["eR"] == "UNFILLED_IOC_QUANTITY_EXPIRED"


def test_a_deposit_is_an_update_of_the_balance(place: Place) -> None:
    place.exchange.deposit("main", "BTC", SCALE // 2)
    update, *_ = told(place)
    assert update == {"e": "balanceUpdate", "E": place.ms, "a": "BTC", "d": "0.50000000", "T": place.ms}


def test_times_may_be_microseconds(place: Place) -> None:
    place.order("BUY", "0.02", "50000")
    assert told(place, unit=1_000)[0]["T"] == place.exchange.now // 1_000


def test_nobody_hears_of_the_orders_of_others(place: Place) -> None:
    place.order("BUY", "0.02", "50000")
    assert told(place, "other") == []


def units(written: str) -> int:
    whole, _, fraction = written.partition(".")
    return int(whole) * SCALE + int(fraction.ljust(8, "0") or 0)

"""Orders that could never be valid are refused in words, before anybody counts with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot.centers.execution.client_ids import client_id, own_prefix
from parrot.centers.execution.life import State
from parrot.contracts.commands import AmendOrder, Guard, OrderKind, Role, Side, SubmitOrder, TimeInForce
from parrot.contracts.records import CommandRefused, OrderReceived, OrderRefused, OrderSent
from tests.unit.centers.execution.stage import D, Stage, names

LIMIT = {"kind": OrderKind.LIMIT, "limit": "100"}


@pytest.fixture
def stage():
    found = Stage()
    found.quote("100")
    return found


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"symbol": "XXX/USDT"}, "symbol", "'XXX/USDT' is not listed"),
        ({"account": "other"}, "account", "'other' is unknown"),
        ({"quantity": "NaN"}, "quantity", "NaN"),
        ({"quantity": "Infinity"}, "quantity", "Infinity"),
        ({"quantity": "-0"}, "quantity", "minus zero"),
        ({"quantity": "0"}, "quantity", "above zero"),
        ({"quantity": "-1"}, "quantity", "above zero"),
        ({"quantity": "1e400"}, "quantity", "digits"),
        ({"quantity": "1e-30"}, "quantity", "digits"),
        ({"quantity": "0.0005"}, "quantity", "multiple of 0.001"),
        ({"quantity": "0.0000001"}, "quantity", "for example 0.001"),
        ({"quantity": "1001"}, "quantity", "at most 1000"),
        ({"quantity": "0.001"}, "quantity", "dust"),
        ({**LIMIT, "limit": "100.005"}, "limit", "off the tick"),
        ({**LIMIT, "limit": "0.001"}, "limit", "for example 0.01"),
        ({**LIMIT, "limit": "NaN"}, "limit", "NaN"),
        ({**LIMIT, "limit": "-5"}, "limit", "above zero"),
        ({**LIMIT, "limit": "1e30"}, "limit", "digits"),
        ({"kind": OrderKind.LIMIT}, "limit", "missing"),
        ({"kind": OrderKind.STOP}, "trigger", "missing"),
        ({"kind": OrderKind.STOP, "trigger": "90.001"}, "trigger", "off the tick"),
        ({"kind": OrderKind.TRAILING}, "trail", "missing"),
        ({"kind": OrderKind.TRAILING, "trail": "100", "trail_percent": True}, "trail", "less than 100 percent"),
        ({"kind": OrderKind.TWAP}, "duration", "missing"),
        ({"kind": OrderKind.POV}, "participation", "missing"),
        ({"kind": OrderKind.POV, "participation": "1.5"}, "participation", "at most 1"),
        ({"kind": OrderKind.ICEBERG, "limit": "100"}, "display", "missing"),
        ({"kind": OrderKind.ICEBERG, "limit": "100", "display": "2"}, "display", "to the quantity"),
        ({"kind": OrderKind.TWAP, "duration": 10, "slices": -1}, "slices", "0 to 100000"),
        ({"duration": -1}, "duration", "positive"),
        ({"tif": TimeInForce.GTD, "until": 5}, "until", "has passed"),
        ({"post_only": True}, "post_only", "limit order"),
        ({**LIMIT, "post_only": True, "tif": TimeInForce.IOC}, "post_only", "gtc"),
        ({"stop": "101"}, "stop", "wrong side"),
        ({"take": "99"}, "take", "wrong side"),
        ({"stop": "90", "reduce_only": True}, "stop", "only reduces"),
        ({"guard": Guard(stop=D("NaN"))}, "guard.stop", "NaN"),
        ({"guard": Guard(take=D(-1))}, "guard.take", "above zero"),
        ({"guard": Guard(stop=D(1), stop_unit="feet")}, "guard.stop_unit", "price, percent or distance"),
        ({"role": Role.CHILD}, "role", "made by the desk"),
        ({"role": Role.STOP}, "role", "without reduce_only"),
    ],
)
def test_a_faulty_order_is_refused_with_what_is_wrong_expected_and_to_do(stage, fields, field, words):
    order = stage.submit(**{"quantity": "1", **fields})
    (refusal,) = stage.records(OrderRefused)
    assert (refusal.order_id, refusal.rule, refusal.scope) == (order.id, "fields", field)
    assert words in refusal.text
    assert "expected:" in refusal.text
    assert "fix:" in refusal.text
    assert stage.at(order, State.REFUSED)
    assert stage.requests() == []


def test_a_sell_has_its_stop_above_and_its_take_below(stage):
    order = stage.submit(Side.SELL, stop="110", take="90")
    assert stage.at(order, State.SENT)


def test_what_is_left_of_a_position_may_be_dust(stage):
    stage.fill(stage.working(), "0.001")
    assert stage.at(stage.submit(Side.SELL, "0.001", reduce_only=True), State.SENT)


@pytest.mark.parametrize(
    "fields",
    [{"key": ""}, {"strategy": ""}, {"key": "k" * 201}, {"symbol": "s" * 201}, {"why": "w" * 10_000}],
)
def test_texts_that_no_record_may_hold_are_refused_without_one(stage, fields):
    found = stage.say(
        SubmitOrder(**{"strategy": "s", "key": "k", "symbol": "BTC/USDT", "side": Side.BUY, "quantity": D(1), **fields})
    )
    assert names(found) == ["CommandRefused"]
    assert stage.records(OrderReceived) == []


def test_the_same_key_again_is_the_same_order(stage):
    order = SubmitOrder(strategy="s", key="k", symbol="BTC/USDT", side=Side.BUY, quantity=D(1))
    stage.say(order)
    assert stage.say(order) == []
    assert len(stage.requests()) == 1


def test_the_same_key_with_another_order_is_refused(stage):
    order = SubmitOrder(strategy="s", key="k", symbol="BTC/USDT", side=Side.BUY, quantity=D(1))
    other = SubmitOrder(strategy="s", key="k", symbol="BTC/USDT", side=Side.BUY, quantity=D(2))
    stage.say(order)
    (refusal,) = stage.say(other)
    assert isinstance(refusal, CommandRefused)
    assert "belongs to order" in refusal.text


def test_a_key_is_known_after_a_restart(stage):
    order = SubmitOrder(strategy="s", key="k", symbol="BTC/USDT", side=Side.BUY, quantity=D(1))
    stage.say(order)
    again = stage.reborn()
    assert again.say(order) == []
    assert again.requests() == []


def test_another_strategy_has_keys_of_its_own(stage):
    for strategy in ("a", "b"):
        stage.say(SubmitOrder(strategy=strategy, key="1", symbol="BTC/USDT", side=Side.BUY, quantity=D(1)))
    assert len(stage.requests()) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"quantity": "NaN"}, "NaN"),
        ({"quantity": "0.0001"}, "multiple of 0.001"),
        ({"quantity": "0.3"}, "filled are 0.4"),
        ({"limit": "99.999"}, "multiple of 0.01"),
        ({"limit": "-1"}, "above zero"),
    ],
)
def test_a_faulty_change_is_refused_and_the_order_stays(stage, change, words):
    order = stage.working()
    stage.fill(order, "0.4")
    (refusal,) = stage.say(AmendOrder(order_id=order.id, **{name: D(text) for name, text in change.items()}))
    assert words in refusal.text
    assert (order.quantity, order.limit) == (1, 100)


def test_a_change_of_what_is_not_working_is_refused(stage):
    order = stage.limit()
    (refusal,) = stage.say(AmendOrder(order_id=order.id, quantity=D(2)))
    assert "sent" in refusal.text
    (refusal,) = stage.say(AmendOrder(order_id=12345, quantity=D(2)))
    assert "not open" in refusal.text


@given(
    account=st.text(max_size=30),
    epoch=st.integers(1, 10**6),
    intent=st.integers(1, 10**12),
    attempt=st.integers(1, 99),
)
def test_client_ids_are_short_plain_and_carry_the_accounts_mark(account, epoch, intent, attempt):
    name = client_id(account, epoch=epoch, intent=intent, attempt=attempt)
    assert len(name) <= 36
    assert name.isascii()
    assert name.isalnum()
    assert name.startswith(own_prefix(account))


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 10**6), st.integers(1, 20)), unique=True, max_size=50))
def test_no_two_attempts_share_a_client_id(parts):
    made = {client_id("main", epoch=epoch, intent=intent, attempt=attempt) for epoch, intent, attempt in parts}
    assert len(made) == len(parts)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=20))
def test_no_text_from_outside_brings_the_desk_down(strategy, key, symbol):
    stage = Stage()
    order = SubmitOrder(strategy=strategy, key=key, symbol=symbol, side=Side.BUY, quantity=D(1))
    stage.say(order)
    assert stage.records(OrderSent) == []

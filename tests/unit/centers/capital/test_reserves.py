"""What is set aside: of a group the largest, of an algo the larger of it and its children, of a change the larger."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from parrot.centers.capital.reserves import Reserves
from parrot.contracts.commands import OrderKind, Role, Side, SubmitOrder


def open_order(
    reserves: Reserves, order_id: int, amount: str, quantity: str, *, parent: int = 0, **fields: Any
) -> None:
    side = fields.pop("side", Side.BUY)
    asked = SubmitOrder(
        strategy="a", key=str(order_id), symbol="BTCUSDT", side=side, quantity=Decimal(quantity), **fields
    )
    reserves.received(order_id, asked, parent)
    reserves.approved(
        order_id,
        currency="USDT" if side is Side.BUY else "BTC",
        amount=Decimal(amount),
        quantity=Decimal(quantity),
    )


def fill(reserves: Reserves, order_id: int, quantity: str, filled: str, left: str) -> None:
    reserves.filled(order_id, quantity=Decimal(quantity), filled=Decimal(filled), left=Decimal(left))


def test_orders_add_up_and_give_back_what_is_filled() -> None:
    reserves = Reserves()
    open_order(reserves, 1, "100", "3")
    open_order(reserves, 2, "50", "1")
    assert reserves.totals == {"USDT": 150}
    fill(reserves, 1, "1", "1", "2")
    assert reserves.totals == {"USDT": Decimal("116.666666666667")}
    fill(reserves, 1, "2", "3", "0")
    reserves.gone(2)
    assert reserves.totals == {"USDT": 0}
    assert reserves.orders == {}


def test_of_a_group_one_order_is_enough() -> None:
    reserves = Reserves()
    open_order(reserves, 1, "2", "2", group="g", role=Role.STOP, side=Side.SELL)
    open_order(reserves, 2, "3", "3", group="g", role=Role.TAKE, side=Side.SELL)
    assert reserves.totals == {"BTC": 3}
    reserves.gone(2)
    assert reserves.totals == {"BTC": 2}


def test_children_count_inside_their_parent() -> None:
    reserves = Reserves()
    open_order(reserves, 1, "100", "10", kind=OrderKind.TWAP)
    open_order(reserves, 2, "20", "2", role=Role.CHILD, parent=1)
    open_order(reserves, 3, "20", "2", role=Role.CHILD, parent=1)
    assert reserves.totals == {"USDT": 100}
    fill(reserves, 2, "2", "2", "0")
    assert reserves.totals == {"USDT": 80}
    reserves.gone(1)
    assert reserves.totals == {"USDT": 20}


def test_a_change_sets_the_larger_aside_until_it_is_decided() -> None:
    reserves = Reserves()
    open_order(reserves, 1, "100", "10")
    reserves.changing(1, amount=Decimal(150), quantity=Decimal(15))
    assert reserves.totals == {"USDT": 150}
    reserves.unchanged(1)
    assert reserves.totals == {"USDT": 100}
    reserves.changing(1, amount=Decimal(150), quantity=Decimal(15))
    reserves.changed(1, Decimal(15))
    assert reserves.totals == {"USDT": 150}
    reserves.changed(1, Decimal(3))
    assert reserves.totals == {"USDT": 30}


def test_a_refused_cancel_says_nothing_about_a_change_that_is_on_its_way() -> None:
    reserves = Reserves()
    open_order(reserves, 1, "100", "10")
    reserves.changing(1, amount=Decimal(150), quantity=Decimal(15))
    reserves.withdrawing(1)
    reserves.unchanged(1)
    assert reserves.totals == {"USDT": 150}
    reserves.unchanged(1)
    assert reserves.totals == {"USDT": 100}


def test_a_held_stop_sets_nothing_aside_before_it_is_triggered() -> None:
    reserves = Reserves()
    open_order(reserves, 1, "2", "2", role=Role.STOP, side=Side.SELL)
    reserves.held(1, on=True)
    assert reserves.totals == {"BTC": 0}
    reserves.held(1, on=False)
    assert reserves.totals == {"BTC": 2}


def test_orders_that_ended_lately_still_have_a_strategy() -> None:
    reserves = Reserves()
    open_order(reserves, 7, "1", "1")
    reserves.gone(7)
    assert (reserves.strategy(7), reserves.strategy(8)) == ("a", "")

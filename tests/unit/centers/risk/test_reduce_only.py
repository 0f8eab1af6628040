"""I8: reduce-only orders, however many, never flip or grow a position."""

from __future__ import annotations

from decimal import Decimal

from parrot.centers.risk.manifest import Settings
from parrot.contracts import records
from tests.unit.centers.risk.table import FLATTEN, STOP, TAKE, Table


def trigger(table: Table, order_id: int):
    return table.tell(records.OrderTriggered(order_id=order_id, price=Decimal(95), quoted=table.now))[-1]


def hold(table: Table, order_id: int) -> None:
    table.tell(records.OrderHeld(order_id=order_id, waits_for="trigger"))


def test_it_is_cut_to_what_can_be_closed() -> None:
    table = Table()
    table.hold_position("2")
    assert table.ask("sell", "5", reduce_only=True).quantity == 2
    assert table.refused("sell", "1", reduce_only=True).actual == "0"


def test_without_a_position_against_it_it_is_refused() -> None:
    table = Table()
    assert table.refused("sell", "1", reduce_only=True).rule == "reduce_only"
    table.hold_position("2")
    assert table.refused("buy", "1", reduce_only=True).rule == "reduce_only"


def test_the_position_of_another_strategy_cannot_be_closed() -> None:
    table = Table()
    table.hold_position("2")
    assert table.refused("sell", "1", reduce_only=True, strategy="t").scope == "strategy:t"


def test_a_held_stop_blocks_no_exit_and_is_cut_when_it_is_sent() -> None:
    table = Table()
    table.hold_position("2")
    stop = table.place("sell", "2", role=STOP)
    hold(table, stop)
    exit_order = table.ask("sell", "1.5", reduce_only=True)
    assert exit_order.quantity == Decimal("1.5")
    assert trigger(table, stop).quantity == Decimal("0.5")
    table.fill(exit_order.order_id, "sell", "1.5")
    table.fill(stop, "sell", "0.5")
    assert table.book("strategy:s").position == 0


def test_a_stop_that_finds_nothing_left_is_refused_when_it_is_sent() -> None:
    table = Table()
    table.hold_position("2")
    stop = table.place("sell", "2", role=STOP)
    hold(table, stop)
    table.place("sell", "2", "101")
    assert trigger(table, stop).rule == "reduce_only"
    assert table.book().sells == 2


def test_orders_of_one_group_may_each_close_everything() -> None:
    table = Table()
    table.hold_position("2")
    for limit in ("110", "120"):
        assert table.ask("sell", "2", limit, reduce_only=True, group="exit").quantity == 2
    assert table.book().sells == 2
    assert table.refused("sell", "1", role=FLATTEN).actual == "0"


def test_a_stop_at_the_venue_blocks_no_exit() -> None:
    table = Table(settings=Settings(), coins="2")
    table.limit("firm", long_only="yes", max_position="2")
    table.hold_position("2")
    for role in (STOP, TAKE):
        stop = table.place("sell", "2", role=role, parent=1)
        table.tell(records.OrderSent(order_id=stop, client_id="c", attempt=1, quantity=Decimal(2)))
    table.place("sell", "0.5", reduce_only=True)
    table.place("sell", "1.5", "101")
    grown = table.tell(records.ReplaceReceived(order_id=stop, quantity=Decimal(9)))[-1]
    assert grown.quantity == 2, "a stop is for what is held, whatever others take of it"
    assert trigger(table, stop).rule == "reduce_only", "when it fires, it takes what others leave"


def test_a_plain_order_does_not_take_the_position_from_under_one_that_stands() -> None:
    table = Table()
    table.hold_position("2")
    closing = table.place("sell", "1.5", "110", reduce_only=True)
    assert table.refused("sell", "1", "105").rule == "reduce_only"
    table.place("sell", "0.5", "105")
    table.cancel(closing)
    table.place("sell", "5", "105")


def test_it_says_to_the_venue_reduce_only_when_the_net_position_shrinks_too() -> None:
    table = Table()
    table.hold_position("1")
    assert table.ask("sell", "1", role=STOP).reduces
    assert table.ask("sell", "1", "110", reduce_only=True).reduces
    table = Table()
    table.hold_position("1")
    table.hold_position("-1", strategy="t")
    assert not table.ask("sell", "1", "110", reduce_only=True).reduces
    assert not table.ask("sell", "1", role=STOP).reduces


def test_a_growing_change_of_it_is_cut_too() -> None:
    table = Table()
    table.hold_position("3")
    order_id = table.place("sell", "1", "110", reduce_only=True)
    grown = table.tell(records.ReplaceReceived(order_id=order_id, quantity=Decimal(9)))[-1]
    assert grown.quantity == 3


def test_fees_taken_in_coins_leave_less_to_close() -> None:
    table = Table(settings=Settings(), coins="0")
    order_id = table.place("buy", "2")
    table.fill(order_id, "buy", "2", fee="0.0015", paid="BTC")
    assert table.book("strategy:s").position == Decimal("1.9985")
    assert table.ask("sell", "2", role=STOP).quantity == Decimal("1.998"), "whole lots of what is owned"


def test_it_leaves_in_whole_lots_only() -> None:
    table = Table()
    table.hold_position("2")
    assert table.ask("sell", "0.9995", reduce_only=True).quantity == Decimal("0.999")
    assert table.refused("sell", "0.0009", reduce_only=True).rule == "reduce_only"


def test_an_exit_that_waits_for_room_takes_none_from_another() -> None:
    table = Table()
    table.hold_position("2")
    waiting = table.place("sell", "2", "110", reduce_only=True)
    hold(table, waiting)
    other = table.ask("sell", "1.5", reduce_only=True)
    assert other.quantity == Decimal("1.5")
    assert trigger(table, waiting).quantity == Decimal("0.5")

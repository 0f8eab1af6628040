"""What is open counts as filled, whatever becomes of it, and is given back when it has ended."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from parrot.centers.risk.manifest import Settings
from parrot.contracts import ledger, records
from parrot.contracts.commands import OrderKind
from tests.unit.centers.risk.table import BTC, CHILD, ETH, STOP, Table, gates, listing


def test_what_is_open_counts_as_filled() -> None:
    table = Table({"firm": {"max_position": "3"}})
    first = table.place("buy", "2", "90")
    assert table.refused("buy", "1.5", "90").actual == "3.5"
    table.tell(records.OrderUnknown(order_id=first, client_id="c", request="place", reason="timeout", fence=0))
    assert table.refused("buy", "1.5", "90").actual == "3.5"
    table.cancel(first)
    table.place("buy", "1.5", "90")


def test_sides_are_not_netted() -> None:
    table = Table({"firm": {"max_position": "3", "max_gross": "300", "max_net": "300"}})
    table.place("buy", "3", "90")
    assert table.refused("sell", "3.1", "110").actual == "3.1"
    table.place("sell", "3", "110")
    assert table.refused("buy", "0.1", "90").rule == "max_position"


def test_gross_adds_symbols_and_net_sets_them_off() -> None:
    table = Table({"firm": {"max_gross": "500", "max_net": "300"}})
    table.hold_position("2")
    assert table.refused("buy", "11", symbol=ETH).rule == "max_net"
    table.hold_position("-25", symbol=ETH)
    assert table.refused("sell", "6", symbol=ETH).actual == "510"
    assert gates(table.ask("buy", "1", "9", symbol=ETH, strategy="t"))["max_net"][2] == "-40"


def test_what_does_not_make_it_worse_passes_a_limit_that_was_lowered() -> None:
    table = Table()
    table.hold_position("5")
    table.limit("firm", max_position="3", max_gross="100", concentration="0.0001")
    table.place("sell", "2", "101")
    assert table.refused("buy", "0.1").rule == "max_position"


def test_a_limit_that_was_lowered_binds_what_is_held_and_has_not_left() -> None:
    table = Table({"firm": {"max_position": "3"}})
    order_id = table.place("buy", "2", "90")
    table.tell(records.OrderHeld(order_id=order_id, waits_for="line"))
    table.limit("firm", max_position="1.999")
    (refused,) = table.tell(records.OrderTriggered(order_id=order_id, price=Decimal(90), quoted=table.now))
    assert (refused.rule, refused.actual) == ("max_position", "2")


def test_a_cash_account_pays_with_what_is_free() -> None:
    fees = listing(BTC, taker_fee=Decimal("0.001"))
    table = Table(settings=Settings(), listings=(fees,), cash="1001", coins="2")
    assert table.ask("buy", "5", "100").reserved == Decimal("500.5")
    assert table.refused("buy", "5.001", "100").text.startswith("funds of account:main: ")
    table.place("buy", "5", "100")
    assert table.refused("buy", "0.001", "100").actual == "0.1001 of 0 USDT"
    table.place("sell", "2", "101")
    assert table.refused("sell", "0.001", "101").actual == "0.001 of 0 BTC"


def test_a_market_order_is_reserved_at_a_worse_price() -> None:
    table = Table(settings=Settings(allowance=Decimal("0.02")), cash="204")
    approved = table.ask("buy", "2")
    assert (approved.price, approved.reserved, approved.currency) == (102, 204, "USDT")


def test_groups_reserve_their_larger_order_and_changes_the_larger_of_both() -> None:
    table = Table(settings=Settings(), cash="1000")
    one = table.place("buy", "6", "100", group="g")
    table.place("buy", "9", "100", group="g")
    assert table.refused("buy", "2", "100").actual == "200 of 100 USDT"
    table.cancel(one)
    assert table.refused("buy", "2", "100").actual == "200 of 100 USDT"


def change(table: Table, order_id: int, quantity: str, limit: str | None = None) -> Any:
    asked = records.ReplaceReceived(
        order_id=order_id, quantity=Decimal(quantity), limit=None if limit is None else Decimal(limit)
    )
    return table.tell(asked)[-1]


def test_a_change_is_checked_like_an_order_and_holds_the_larger_of_both() -> None:
    table = Table({"firm": {"max_position": "5"}})
    order_id = table.place("buy", "2", "90")
    assert change(table, order_id, "5.1").actual == "5.1"
    approved = change(table, order_id, "5", "91")
    assert (approved.quantity, approved.limit, approved.price) == (5, 91, 91)
    table.tell(records.ReplaceSent(order_id=order_id, client_id="c", quantity=Decimal(5), limit=Decimal(91)))
    assert table.refused("buy", "0.1").rule == "max_position"
    table.tell(records.CancelRefused(order_id=order_id, client_id="c", reason="too late"))
    assert table.book().buys == 2
    change(table, order_id, "4")
    table.tell(records.OrderReplaced(order_id=order_id, quantity=Decimal(1), limit=None))
    assert table.book().buys == 1


def test_a_refused_cancel_says_nothing_about_a_change_under_way() -> None:
    table = Table()
    order_id = table.place("buy", "2", "90")
    change(table, order_id, "5")
    table.tell(records.CancelSent(order_id=order_id, client_id="c", why=""))
    table.tell(records.CancelRefused(order_id=order_id, client_id="c", reason="too late"))
    assert table.book().buys == 5


def test_children_count_inside_their_parent() -> None:
    table = Table({"firm": {"max_position": "10"}})
    parent = table.place("buy", "10", kind=OrderKind.TWAP)
    child = table.place("buy", "4", role=CHILD, parent=parent)
    assert table.book().buys == 10
    assert table.refused("buy", "6.1", role=CHILD, parent=parent).text.startswith(f"parent of order:{parent}: ")
    table.fill(child, "buy", "4")
    assert (table.book().position, table.book().buys) == (Decimal(4), Decimal(6))
    second = table.place("buy", "5", role=CHILD, parent=parent)
    table.tell(records.OrderExpired(order_id=parent, reason="worked"))
    assert table.book().buys == 5, "a child outlives its parent at the venue"
    table.fill(second, "buy", "5")
    assert (table.book().position, table.book().buys) == (Decimal(9), Decimal(0))


def test_orders_of_others_are_counted() -> None:
    table = Table({"account:main": {"max_position": "5"}})
    seen = records.ExternalSeen(venue_id="x", symbol=BTC, side="buy", quantity=Decimal(4))
    table.tell(seen)
    assert table.refused("buy", "2").actual == "6"
    table.tell(records.ExternalSeen(venue_id="x", symbol=BTC, side="buy", quantity=Decimal(4), gone=True))
    table.place("buy", "2")


def test_a_fill_that_comes_late_moves_the_position_of_its_strategy() -> None:
    table = Table()
    order_id = table.place("buy", "2", "90")
    table.cancel(order_id)
    table.fill(order_id, "buy", "2")
    assert (table.book("strategy:s").position, table.book("strategy:s").buys) == (Decimal(2), Decimal(0))


def test_much_on_the_other_side_makes_no_room_on_this_one() -> None:
    table = Table()
    table.hold_position("0.5")
    table.place("sell", "9", "110")
    table.limit("firm", max_position="2", max_gross="200", max_net="200", concentration="0.0002")
    assert table.refused("buy", "1.6", "90").actual == "2.1"
    table.limit("firm", max_gross="200")
    assert table.refused("buy", "1.6", "90").actual == "210"
    table.limit("firm", max_net="200")
    assert table.refused("buy", "1.6", "90").actual == "210"
    table.place("buy", "1.5", "90")


def trigger(table: Table, order_id: int) -> Any:
    return table.tell(records.OrderTriggered(order_id=order_id, price=Decimal(95), quoted=table.now))[-1]


def held(table: Table, side: str, quantity: str, **more: Any) -> int:
    order_id = table.place(side, quantity, "90", **more)
    table.tell(records.OrderHeld(order_id=order_id, waits_for="room"))
    return order_id


def test_a_held_sell_whose_coins_are_gone_is_refused_when_it_is_to_leave() -> None:
    table = Table({"firm": {"long_only": "yes"}}, settings=Settings(), coins="0")
    table.hold_position("2")
    sell = held(table, "sell", "2")
    table.own("BTC", "-1")
    refused = trigger(table, sell)
    assert (refused.rule, refused.actual) == ("funds", "2 of 1 BTC")

    table = Table({"firm": {"long_only": "yes"}})
    table.hold_position("2")
    stop = table.place("sell", "2", role=STOP)
    sell = held(table, "sell", "2")
    table.fill(stop, "sell", "2")
    refused = trigger(table, sell)
    assert (refused.rule, refused.actual) == ("long_only", "-2")


def test_a_held_buy_whose_money_is_gone_is_refused_when_it_is_to_leave() -> None:
    table = Table(settings=Settings(), cash="180")
    buy = held(table, "buy", "2")
    assert isinstance(trigger(table, buy), records.OrderApproved)
    table = Table(settings=Settings(), cash="180")
    buy = held(table, "buy", "2")
    table.own("USDT", "-0.01")
    assert trigger(table, buy).actual == "180 of 179.99 USDT"


def test_coins_are_gone_with_the_fill_that_sold_them() -> None:
    table = Table(settings=Settings(), coins="2")
    first = table.place("sell", "2")
    table.fill(first, "sell", "2")
    assert table.refused("sell", "0.001").actual == "0.001 of 0 BTC"
    sold = ledger.Posting("main", ledger.AccountKind.CASH, "BTC", Decimal(-2))
    table.tell(ledger.LedgerPosted(what="trade", ref="t", order_id=first, strategy="s", symbol=BTC, legs=[sold]))
    table.own("BTC", "1")
    table.place("sell", "1")


@pytest.mark.parametrize("protected", [True, False])
def test_coins_that_others_hold_are_not_free_to_be_sold(protected: bool) -> None:
    table = Table(settings=Settings(), coins="1")
    table.hold_position("2")
    if protected:
        stop = table.place("sell", "2", role=STOP)
        table.tell(records.OrderHeld(order_id=stop, waits_for="trigger"))
    assert table.refused("sell", "1.001", "101", strategy="t").actual == "1.001 of 1 BTC"
    table.place("sell", "2", "101")
    table.place("sell", "1", "101", strategy="t")
    assert table.refused("sell", "0.001", "101", strategy="t").rule == "funds"


def test_protection_of_a_short_position_sets_its_money_aside() -> None:
    table = Table(settings=Settings(), coins="3", cash="100")
    table.hold_position("-2")
    table.place("buy", "2", role=STOP, trigger="110", kind=OrderKind.STOP)
    assert table.refused("buy", "1", "100", strategy="t").actual == "100 of 77.8 USDT"


def test_above_a_lowered_limit_only_reduce_only_orders_may_close_against_the_net_position() -> None:
    table = Table()
    table.hold_position("-2")
    table.hold_position("9", strategy="t")
    table.limit(f"symbol:{BTC}", max_position="5")
    assert table.refused("buy", "1", "99").rule == "max_position"
    table.place("sell", "1", "101")
    table.place("buy", "1", "99", reduce_only=True)

"""The tree shows what the limits count with; exposures and shocks add up to the last digit."""

from __future__ import annotations

from decimal import Decimal

from tests.unit.centers.risk.table import BTC, ETH, NOON, SECOND, Table

D = Decimal


def seen(table: Table, scope: str, rule: str):
    node = next(one for one in table.risk.sight.scopes(table.risk.stopped(), table.now) if one.scope == scope)
    return next(limit for limit in node.limits if limit.rule == rule)


def test_use_and_headroom_count_positions_and_open_orders():
    table = Table({"firm": {"max_gross": "1000", "max_position": "10", "max_open_orders": "5", "order_rate": "9/1s"}})
    table.hold_position("2")
    table.place("buy", "3", "100")
    gross = seen(table, "firm", "max_gross")
    assert (gross.used, gross.headroom, gross.share, gross.unit) == (D(500), D(500), D("0.5"), "USDT")
    assert seen(table, "firm", "max_position").used == 5
    assert seen(table, "firm", "max_open_orders").used == 1
    assert seen(table, "firm", "order_rate").used == 2
    table.now += 2 * SECOND
    assert seen(table, "firm", "order_rate").used == 0


def test_an_order_that_takes_all_headroom_passes_and_one_lot_more_does_not():
    table = Table({"firm": {"max_gross": "1000"}})
    table.hold_position("3")
    room = seen(table, "firm", "max_gross").headroom
    assert room == 700
    assert table.refused("buy", "7.001").rule == "max_gross"
    table.place("buy", "7")
    assert seen(table, "firm", "max_gross").headroom == 0


def test_short_and_long_books_of_two_strategies_are_not_netted():
    table = Table()
    table.hold_position("3", strategy="a")
    table.hold_position("-1", strategy="b")
    table.hold_position("5", strategy="a", symbol=ETH)
    found = table.risk.sight.exposures()
    assert (found.gross, found.net, found.largest) == (D(450), D(250), BTC)
    assert {one.name: (one.long, one.short, one.net) for one in found.by_strategy} == {
        "a": (D(350), D(0), D(350)),
        "b": (D(0), D(100), D(-100)),
    }
    assert {one.name: one.gross for one in found.by_symbol} == {BTC: D(400), ETH: D(50)}
    assert sum(one.share for one in found.by_symbol) == 1
    assert {one.name for one in found.by_currency} == {"BTC", "ETH"}


def test_a_missing_price_is_said_and_not_taken_for_nothing():
    table = Table(listings=(BTC, "SOL/USDT"))
    order_id = table.place("buy", "1", "5", symbol="SOL/USDT")
    table.limit("firm", max_gross="1000")
    use = seen(table, "firm", "max_gross")
    assert (use.used, use.known) == (None, False)
    assert table.risk.sight.exposures().gross is None
    table.fill(order_id, "buy", "1", price="5", symbol="SOL/USDT")
    assert seen(table, "firm", "max_gross").used == 5


def test_a_fall_costs_position_times_mark_times_move_and_all_together_the_sum():
    table = Table()
    table.hold_position("3")
    table.hold_position("-20", symbol=ETH)
    found = table.risk.sight.stress()
    alone = {(one.symbol, one.move): one.result for one in found.shocks}
    assert alone[BTC, D("-0.1")] == D(-30)
    assert alone[ETH, D("-0.1")] == D(20)
    assert {one.move: one.result for one in found.together} == {
        D("-0.05"): D(-5),
        D("-0.1"): D(-10),
        D("-0.2"): D(-20),
    }
    assert found.unpriced == []


def test_looking_changes_nothing():
    table = Table({"firm": {"max_gross": "1000", "drawdown": "50"}, "user:zoe": {"leverage": "1"}})
    table.hold_position("1")
    before = table.desk.hash()
    table.risk.sight.scopes({}, NOON)
    table.risk.sight.exposures()
    table.risk.sight.stress()
    assert table.desk.hash() == before

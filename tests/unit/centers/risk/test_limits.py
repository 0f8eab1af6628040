"""Each limit refuses what is beyond it, lets pass what is not, and says rule, scope, limit and actual."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from parrot.centers.risk.limits import RULES
from parrot.centers.risk.manifest import Settings
from parrot.centers.risk.wording import SAYS
from parrot.contracts import records
from parrot.contracts.commands import Beat, OrderKind, SetLimits
from tests.unit.centers.risk.table import BTC, CHILD, ETH, FLATTEN, NOON, SECOND, STOP, Table, listing


def gates(approved: records.OrderApproved) -> dict:
    return {rule: (scope, limit, actual) for rule, scope, limit, actual in approved.gates}


# Rule, its limit, an order at the limit, an order beyond it, what the refusal says was found.
AT_AND_BEYOND = [
    ("max_quantity", "2", ("buy", "2"), ("buy", "2.001"), "2.001"),
    ("max_notional", "202", ("buy", "2", "101"), ("buy", "2.001", "101"), "202.101"),
    ("price_collar", "0.05", ("buy", "1", "105"), ("buy", "1", "105.01"), "105.01 at 100"),
    ("price_collar", "0.05", ("sell", "1", "95"), ("sell", "1", "94.99"), "94.99 at 100"),
    ("max_position", "3", ("buy", "3"), ("buy", "3.001"), "3.001"),
    ("max_position", "3", ("sell", "3"), ("sell", "3.001"), "3.001"),
    ("max_gross", "300", ("sell", "3"), ("sell", "3.001"), "300.1"),
    ("max_net", "300", ("buy", "3"), ("buy", "3.001"), "300.1"),
    ("concentration", "0.5", ("buy", "5500"), ("buy", "5500.001"), "550000.1 of equity 1100000"),
    ("leverage", "2", ("buy", "22000"), ("buy", "22000.001"), "2200000.1 of equity 1100000"),
    ("long_only", "yes", ("buy", "1"), ("sell", "0.001"), "-0.001"),
]


@pytest.mark.parametrize("scope", ["firm", "user:ann", "account:main", "strategy:s", f"symbol:{BTC}"])
@pytest.mark.parametrize(("rule", "limit", "within", "beyond", "actual"), AT_AND_BEYOND)
def test_a_limit_holds_to_the_last_digit_at_every_node(rule, limit, within, beyond, actual, scope) -> None:
    refusal = Table({scope: {rule: limit}}).refused(*beyond, user="ann")
    assert (refusal.rule, refusal.scope, refusal.limit, refusal.actual) == (rule, scope, limit, actual)
    assert refusal.text.startswith(f"{rule} of {scope}: ")
    passed = Table({scope: {rule: limit}}).ask(*within, user="ann")
    assert gates(passed)[rule][:2] == (scope, limit)


def test_a_limit_of_one_branch_does_not_bind_another() -> None:
    table = Table({"strategy:s": {"max_quantity": "1"}, f"symbol:{ETH}": {"max_quantity": "1"}})
    assert table.refused("buy", "2").scope == "strategy:s"
    table.place("buy", "2", strategy="t")
    assert table.refused("buy", "2", strategy="t", symbol=ETH).scope == f"symbol:{ETH}"


def test_every_rule_can_say_what_it_refuses() -> None:
    assert set(RULES) <= set(SAYS)
    assert all("{actual}" in words for words in SAYS.values())


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
    assert gates(table.ask("buy", "1", "9", symbol=ETH, strategy="t"))["max_net"][2] == "50"


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


def test_stale_data_and_missing_data_deny() -> None:
    table = Table({"firm": {"stale_data": "2s"}})
    table.now += 2 * SECOND
    table.place("buy", "1")
    table.now += 1_000_000
    assert table.refused("buy", "1").actual == "2001ms"
    table.quote(BTC, "100", "100", valid=False)
    assert table.refused("buy", "1").actual == "no usable quote"
    table.quote(BTC, "100", "100")
    table.place("buy", "1")
    table.quote(BTC, "101", "100")
    assert table.refused("buy", "1").actual == "no usable quote", "a crossed market is no market"


@pytest.mark.parametrize("rule", ["max_notional", "max_gross", "max_net", "concentration", "leverage"])
def test_a_limit_in_money_denies_without_a_price(rule) -> None:
    table = Table({"firm": {rule: "1000000"}}, listings=(listing("SOL/EUR"),))
    table.quote("SOL/EUR", "10", "10")
    assert table.refused("buy", "1", symbol="SOL/EUR").actual in {"no price", "equity unknown"}


def test_nothing_is_approved_without_any_price() -> None:
    table = Table(listings=(listing("SOL/USDT"),))
    assert table.refused("buy", "1", symbol="SOL/USDT").rule == "price"


def test_a_limit_on_losses_denies_while_a_position_has_no_price() -> None:
    table = Table(listings=(listing("SOL/EUR"), BTC))
    table.quote("SOL/EUR", "10", "10")
    table.hold_position("1", symbol="SOL/EUR")
    table.limit("firm", daily_loss="1000000")
    assert table.refused("buy", "1").actual == "no price"


def test_a_quote_in_another_currency_is_valued_by_its_own_market() -> None:
    table = Table({"firm": {"max_gross": "1000"}}, listings=(BTC, listing("ETH/BTC")))
    table.quote("ETH/BTC", "0.1", "0.1")
    assert table.refused("buy", "101", symbol="ETH/BTC").actual == "1010"
    table.place("buy", "100", symbol="ETH/BTC")


def test_orders_and_changes_count_for_the_rate() -> None:
    table = Table({"strategy:s": {"order_rate": "2/1s"}})
    table.place("buy", "1", "90")
    table.place("buy", "2", "90")
    assert table.refused("buy", "3", "90").actual == "3 in 1000ms"
    table.now += SECOND
    table.place("buy", "4", "90")


def test_a_rate_breaker_latches_until_a_person_re_arms_it() -> None:
    table = Table({"strategy:s": {"rate_breaker": "2/1s"}})
    for quantity in ("1", "2"):
        table.place("buy", quantity, "90")
    assert table.refused("buy", "3", "90").rule == "rate_breaker"
    tripped = table.answers[0]
    assert (tripped.scope, tripped.rule, tripped.limit) == ("strategy:s", "rate_breaker", "2/1s")
    table.now += 60 * SECOND
    assert "latched" in table.refused("buy", "4", "90").text
    table.place("buy", "1", strategy="other")


def test_a_burst_of_refusals_latches() -> None:
    table = Table({"strategy:s": {"refusal_breaker": "2/1m", "max_quantity": "1"}})
    for _ in range(3):
        table.ask("buy", "2")
    assert isinstance(table.answers[-1], records.BreakerTripped)
    assert table.refused("buy", "1").rule == "refusal_breaker"


def test_rejections_of_the_venue_count_as_refusals() -> None:
    table = Table({"strategy:s": {"refusal_breaker": "1/1m"}})
    for _ in range(2):
        order_id = table.place("buy", "1")
        rejected = records.OrderRejected(order_id=order_id, client_id="c", reason="no", venue_ts=0)
        answers = table.tell(rejected)
    assert [type(one) for one in answers] == [records.BreakerTripped]


def test_the_same_order_again_within_the_window_is_refused() -> None:
    table = Table({"firm": {"duplicate_window": "2s"}})
    table.place("buy", "1", "90")
    table.now += SECOND
    assert table.refused("buy", "1.0", "90.00").rule == "duplicate_window"
    table.place("buy", "1", "90.01")
    table.place("buy", "1", "90", strategy="other")
    table.now += SECOND
    table.place("buy", "1", "90")


def test_a_refused_order_may_be_asked_for_again() -> None:
    table = Table({"firm": {"duplicate_window": "2s", "max_position": "1"}})
    first = table.place("buy", "1")
    table.refused("buy", "0.5")
    table.cancel(first)
    table.place("buy", "0.5")


def test_open_orders_are_counted_to_their_end() -> None:
    table = Table({"firm": {"max_open_orders": "2"}})
    first, second = table.place("buy", "1", "90"), table.place("buy", "2", "90")
    assert table.refused("buy", "1", "91").actual == "3"
    table.cancel(first)
    table.place("buy", "1", "91")
    table.fill(second, "buy", "1", filled="1", left="1")
    assert table.refused("buy", "1", "91").actual == "3"
    table.fill(second, "buy", "1", filled="2", left="0")
    table.place("buy", "1", "91")


def test_orders_for_each_fill_are_limited_from_a_number_of_orders_on() -> None:
    table = Table({"firm": {"order_to_trade": "2 after 3"}})
    orders = [table.place("buy", "1", f"9{n}") for n in range(3)]
    assert table.refused("buy", "1", "80").actual == "4 orders, 0 fills"
    table.fill(orders[0], "buy", "0.5", left="0.5")
    table.fill(orders[0], "buy", "0.5", filled="1")
    table.fill(orders[1], "buy", "1")
    table.place("buy", "1", "81")
    table.place("buy", "1", "82")
    assert table.refused("buy", "1", "83").actual == "7 orders, 3 fills"
    table.now += 86_400 * SECOND
    table.place("buy", "1", "84")


def test_lists_of_symbols_allow_and_forbid() -> None:
    table = Table({"strategy:s": {"instruments": f"{BTC}, SOL/USDT"}, "firm": {"restricted": ETH}})
    table.place("buy", "1")
    assert table.refused("buy", "1", symbol=ETH).rule == "instruments"
    assert table.refused("buy", "1", symbol=ETH, strategy="t").rule == "restricted"


def test_trading_hours_are_those_of_utc() -> None:
    table = Table({"firm": {"trading_hours": "mon-thu 09:00-17:00; fri 12:00-12:30"}})
    table.place("buy", "1")
    table.now += 30 * 60 * SECOND
    assert table.refused("buy", "1").actual == "12:30 UTC"


def test_an_order_does_not_meet_one_s_own() -> None:
    table = Table({"firm": {"self_trade": "yes"}})
    resting = table.place("sell", "1", "101")
    assert table.refused("buy", "1", "101", strategy="t").actual == f"order {resting} at 101"
    assert table.refused("buy", "1").rule == "self_trade"
    table.place("buy", "1", "100.99")


def test_a_node_may_be_told_only_to_shrink() -> None:
    table = Table()
    table.hold_position("2")
    table.limit("strategy:s", reduce_only="yes")
    assert table.refused("buy", "1").rule == "reduce_only"
    assert table.refused("sell", "2.1").rule == "reduce_only"
    table.place("sell", "2")


def test_a_mismatch_lets_an_account_only_shrink() -> None:
    table = Table()
    table.hold_position("2")
    table.tell(records.ReduceOnlySet(account="main", on=True, why="the venue shows 3", by="recovery"))
    refusal = table.refused("buy", "1")
    assert (refusal.rule, refusal.scope, refusal.actual) == ("mismatch", "account:main", "the venue shows 3")
    table.place("sell", "1")
    table.tell(records.ReduceOnlySet(account="main", on=False, why="", by="ann"))
    table.place("buy", "1")


def registered(mode: str) -> records.StrategyRegistered:
    return records.StrategyRegistered(
        strategy="s",
        version=1,
        name="S",
        path="s.py",
        code_hash="",
        parameters={},
        symbols=[BTC],
        timeframe="1m",
        mode=mode,
        cash=Decimal(1000),
    )


def test_a_live_strategy_needs_its_five_limits() -> None:
    five = {
        "instruments": BTC,
        "price_collar": "0.1",
        "max_notional": "1000",
        "order_rate": "9/1s",
        "max_position": "9",
    }
    for missing, name in zip(five, ("instruments", "price", "value", "number of orders", "position"), strict=True):
        table = Table({"strategy:s": {rule: text for rule, text in five.items() if rule != missing}})
        table.place("buy", "1")
        table.tell(registered("live"))
        refusal = table.refused("buy", "1")
        assert (refusal.rule, refusal.actual) == ("live_limits", name)
        table.limit("strategy:s", **five)
        table.place("buy", "1.5")


def test_the_day_s_loss_halts_and_latches() -> None:
    table = Table({"strategy:s": {"daily_loss": "50"}})
    table.hold_position("5")
    table.take(Beat(ts=table.now))
    table.quote(BTC, "90.01", "90.01")
    assert [type(one) for one in table.take(Beat(ts=table.now))] == []
    table.quote(BTC, "90", "90")
    (tripped,) = table.take(Beat(ts=table.now))
    assert (tripped.scope, tripped.rule, tripped.limit, tripped.actual) == ("strategy:s", "daily_loss", "50", "50")
    assert table.take(Beat(ts=table.now)) == []
    table.quote(BTC, "110", "110")
    assert table.refused("buy", "1").rule == "daily_loss"
    table.place("buy", "1", strategy="other")


def test_a_loss_is_seen_by_the_next_order_even_before_the_next_beat() -> None:
    table = Table({"firm": {"daily_loss": "50"}})
    table.hold_position("5")
    table.quote(BTC, "80", "80")
    assert table.refused("buy", "1").actual == "100"
    assert isinstance(table.answers[0], records.BreakerTripped)
    assert table.answers[0].scope == "all"


def test_a_new_day_counts_its_own_loss() -> None:
    table = Table({"firm": {"daily_loss": "50"}})
    table.hold_position("5")
    table.take(Beat(ts=table.now))
    table.quote(BTC, "91", "91")
    table.now += 86_400 * SECOND
    table.quote(BTC, "91", "91")
    (marked,) = table.take(Beat(ts=table.now))
    assert (marked.start, marked.peak) == (-45, 0)
    table.quote(BTC, "82", "82")
    assert table.take(Beat(ts=table.now)) == []


def test_drawdown_counts_from_the_highest_profit() -> None:
    table = Table({"firm": {"drawdown": "50"}})
    table.hold_position("5")
    table.take(Beat(ts=table.now))
    table.quote(BTC, "120", "120")
    table.now += 61 * SECOND
    (marked,) = table.take(Beat(ts=table.now))
    assert marked.peak == 100
    table.quote(BTC, "110.01", "110.01")
    assert table.take(Beat(ts=table.now)) == []
    table.quote(BTC, "110", "110")
    assert [one.actual for one in table.take(Beat(ts=table.now))] == ["50"]


def test_re_arming_takes_the_loss_as_given() -> None:
    from parrot.contracts.commands import RearmKill

    table = Table({"firm": {"daily_loss": "50"}})
    table.hold_position("5")
    table.quote(BTC, "80", "80")
    table.take(Beat(ts=table.now))
    rearmed, marked = table.take(RearmKill(scope="all", by="ann"))
    assert isinstance(rearmed, records.KillRearmed)
    assert marked.start == -100
    table.place("buy", "1")
    assert table.take(Beat(ts=table.now)) == []


def test_fees_in_any_currency_are_losses() -> None:
    table = Table({"firm": {"daily_loss": "10"}}, listings=(BTC, listing("BNB/USDT")))
    table.quote("BNB/USDT", "5", "5")
    first, second, third = (table.place("buy", "1", f"9{n}") for n in range(3))
    table.fill(first, "buy", "1", fee="2")
    table.fill(second, "buy", "1", fee="0.03", paid="BTC")
    table.fill(third, "buy", "1", fee="1", paid="BNB")
    assert [one.actual for one in table.take(Beat(ts=table.now)) if hasattr(one, "rule")] == ["10"]


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


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"quantity": "0"}, "quantity is 0"),
        ({"quantity": "-1"}, "quantity is -1"),
        ({"quantity": "NaN"}, "quantity is NaN"),
        ({"quantity": "1e999999"}, "quantity is 1.000e+999999"),
        ({"quantity": "1", "limit": "Infinity"}, "limit is Infinity"),
        ({"quantity": "1", "trigger": "-5"}, "trigger is -5"),
    ],
)
def test_what_is_no_amount_is_refused(given, found) -> None:
    assert Table().refused("buy", **given).actual == found


def test_a_symbol_that_is_not_listed_is_refused() -> None:
    refusal = Table().refused("buy", "1", symbol="XYZ")
    assert (refusal.rule, refusal.actual) == ("instruments", "XYZ")


def test_an_order_whose_fields_are_faulty_is_left_to_its_refusal() -> None:
    table = Table()
    faulty = records.OrderReceived(order=table.order("buy", "NaN"), fault="quantity is NaN")
    assert table.tell(faulty) == []


@pytest.mark.parametrize(
    ("scope", "limits"),
    [
        ("moon", {"max_quantity": "1"}),
        ("strategy:", {"max_quantity": "1"}),
        ("firm", {"max_quantty": "1"}),
        ("firm", {"max_quantity": "-1"}),
        ("firm", {"max_quantity": "NaN"}),
        ("firm", {"max_quantity": "a lot"}),
        ("firm", {"order_rate": "5"}),
        ("firm", {"order_rate": "0/1s"}),
        ("firm", {"order_rate": "5/0s"}),
        ("firm", {"max_open_orders": "1.5"}),
        ("firm", {"stale_data": "fast"}),
        ("firm", {"trading_hours": "mon-fry 09:00-17:00"}),
        ("firm", {"trading_hours": "mon 17:00-09:00"}),
        ("firm", {"order_to_trade": "5"}),
        ("firm", {"restricted": " , "}),
        ("firm", {"long_only": "maybe"}),
    ],
)
def test_limits_that_cannot_be_read_are_refused_whole(scope, limits) -> None:
    table = Table({"firm": {"max_quantity": "5"}})
    (refused,) = table.take(SetLimits(scope=scope, limits={"max_position": "1", **limits}, approver="ann"))
    assert refused.command == "SetLimits"
    table.place("buy", "5")


def test_limits_have_a_version_and_an_approver() -> None:
    table = Table()
    versions = [table.limit("firm", max_quantity=str(n))[0] for n in (1, 2)]
    assert [(one.version, one.approver) for one in versions] == [(1, "ann"), (2, "ann")]
    (refused,) = table.take(SetLimits(scope="firm", limits={}, approver=" "))
    assert "approver" in refused.text


def test_limits_bind_at_once_and_survive_a_restart() -> None:
    table = Table({"firm": {"max_quantity": "5", "order_rate": "9/1s"}})
    table.place("buy", "5", "90")
    table.limit("firm", max_quantity="4")
    assert table.refused("buy", "5").limit == "4"
    again = Table(pages=table.pages)
    assert again.refused("buy", "5").limit == "4"
    assert again.book().buys == 5


def test_protection_passes_where_size_number_and_rate_hold_others() -> None:
    table = Table()
    table.hold_position("5")
    limits = {
        "max_quantity": "1",
        "max_notional": "1",
        "order_rate": "1/1h",
        "max_open_orders": "0",
        "stale_data": "1s",
    }
    table.limit("firm", **limits, trading_hours="sun 00:00-00:01", restricted=BTC, daily_loss="0")
    table.now += 10 * SECOND
    assert table.refused("sell", "5", reduce_only=True).rule == "trading_hours"
    for role in (STOP, FLATTEN):
        table.cancel(table.place("sell", "5", role=role))
    assert table.refused("sell", "5", "89.99", role=STOP).rule == "protective_collar"
    table.place("sell", "5", "90", role=STOP)


def test_noon_is_a_friday() -> None:
    assert (NOON // (86_400 * SECOND) + 3) % 7 == 4

"""Each limit refuses what is beyond it, lets pass what is not, and says rule, scope, limit and actual."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parrot.centers.risk.limits import RULES
from parrot.centers.risk.settings import Settings
from parrot.centers.risk.wording import SAYS
from parrot.contracts import records
from parrot.contracts.commands import SetLimits
from tests.unit.centers.risk.table import BTC, ETH, FLATTEN, NOON, SECOND, STOP, Table, gates, listing

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
    table.quote(BTC, "99", "99.9")
    table.place("buy", "2")  # reaches 100.899, one per cent beyond the best price
    table.quote(BTC, "99", "100")
    assert table.refused("buy", "3").rule == "self_trade"
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


def test_on_a_live_account_every_strategy_is_a_live_one() -> None:
    table = Table(settings=Settings(cash=False, live=True))
    table.place("buy", "1")  # of a person
    table.tell(registered("paper"))
    assert table.refused("buy", "1").rule == "live_limits"


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


def test_amounts_too_long_to_multiply_are_refused() -> None:
    table = Table({"firm": {"max_notional": "1e14"}}, listings=(listing("SOL/BTC"), BTC))
    table.quote(BTC, "999999999999999.123456789123456789", "999999999999999.123456789123456789")
    long = "999999999999999.123456789123456789"
    assert table.refused("buy", long, long, symbol="SOL/BTC").text.startswith("fields of order: ")


def test_a_limit_that_says_no_is_off() -> None:
    table = Table({"firm": {"long_only": "no", "self_trade": "no", "reduce_only": "no"}})
    table.place("sell", "1", "100")
    table.place("buy", "1", "100")


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


def test_how_much_of_a_limit_is_used_can_be_read() -> None:
    limits = {"max_gross": "1000", "max_open_orders": "9", "max_position": "8", "daily_loss": "70", "stale_data": "2s"}
    table = Table({"firm": limits})
    table.hold_position("2")
    table.place("buy", "1", "90")
    table.quote(BTC, "95", "95")
    before = table.desk.hash()
    rows = {row["rule"]: row for row in table.risk.usage()}
    used = {rule: row["used"] for rule, row in rows.items()}
    assert used == {
        "max_gross": "285",
        "max_open_orders": "1",
        "max_position": "3",
        "daily_loss": "10",
        "stale_data": "",
    }
    assert rows["max_gross"] | {"used": ""} == {
        "scope": "firm",
        "rule": "max_gross",
        "limit": "1000",
        "used": "",
        "version": 1,
        "approver": "ann",
    }
    assert table.desk.hash() == before


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

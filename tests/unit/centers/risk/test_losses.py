"""Limits on losses and on bursts latch, and say where they count from."""

from __future__ import annotations

from parrot.contracts import records
from parrot.contracts.commands import Beat, RearmKill
from tests.unit.centers.risk.table import BTC, SECOND, Table, listing


def test_a_limit_on_losses_denies_while_a_position_has_no_price() -> None:
    table = Table(listings=(listing("SOL/EUR"), BTC))
    table.quote("SOL/EUR", "10", "10")
    table.hold_position("1", symbol="SOL/EUR")
    table.limit("firm", daily_loss="1000000")
    assert table.refused("buy", "1").actual == "no price"


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

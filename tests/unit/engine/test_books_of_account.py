"""What a run writes down: cost and profit, round trips, daily ratios, foreign money."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import mean, stdev

import pytest

import parrot
from parrot.sdk import Instrument, Market
from tests.reference.parrot_engine import ScriptPlayer, columns
from tests.reference.terms import DAY, Bar, Step, bars_of

HOUR = DAY // 24


def run(rows, script, *, step: int = 60_000_000_000, **words):
    strategy = type("Played", (ScriptPlayer,), {"script": [Step(bar, "A", verb, terms) for bar, verb, terms in script]})
    return parrot.backtest(strategy(), {"A": columns("A", bars_of(rows, step=step))}, cash=10_000, **words)


def flat(*prices):
    """One bar a price, all four prices alike."""
    return [(price, price, price, price) for price in prices]


def test_a10_a_partial_sale_takes_its_share_of_total_cost() -> None:
    """1 at 100 and 2 at 103 cost 306; 2 of 3 sold at 104 take 204: + 4; the last at 101 takes 102: - 1 (A10)."""
    rows = flat(100, 100, 103, 104, 101)
    script = [(0, "buy", {"qty": 1}), (1, "buy", {"qty": 2}), (2, "sell", {"qty": 2}), (3, "sell", {"qty": 1})]
    assert run(rows, script).fills["realised"].to_list() == [0, 0, 4, -1]


def test_a10_the_share_is_rounded_half_even() -> None:
    """3 for 100.00000001: a third is 33.33333334 (..336), half of the rest 33.33333334 (..335, to even) (A10)."""
    rows = flat(10, "33.33333333", "33.33333335", 40, 40, 40)
    script = [(0, "buy", {"qty": 2}), (1, "buy", {"qty": 1}), (2, "sell", {"qty": 1}), (3, "sell", {"qty": 1})]
    realised = run(rows, script).fills["realised"].to_list()
    assert realised == pytest.approx([0, 0, 40 - 33.33333334, 40 - 33.33333334], abs=1e-12)


def test_r2_a_trade_is_a_round_trip_with_its_first_and_last_reason() -> None:
    """Bought twice, sold twice: one trade, entered for s0 and left for s3 (R2)."""
    rows = flat(100, 100, 103, 104, 101)
    script = [(0, "buy", {"qty": 1}), (1, "buy", {"qty": 2}), (2, "sell", {"qty": 2}), (3, "sell", {"qty": 1})]
    (trade,) = run(rows, script, fees="10bp").trades.rows(named=True)
    assert (trade["side"], trade["quantity"], trade["open"]) == ("long", 3, False)
    assert (trade["why_entry"], trade["why_exit"]) == ("s0", "s3")
    assert trade["entry_price"] == pytest.approx(306 / 3)
    assert trade["exit_price"] == pytest.approx((208 + 101) / 3)
    assert trade["fees"] == pytest.approx(0.001 * (306 + 309))
    assert trade["pnl"] == pytest.approx(309 - 306 - 0.001 * (306 + 309))


def test_r2_a_flip_through_zero_ends_one_trade_and_starts_the_next() -> None:
    """Long 1 from 100, 3 sold at 104: + 4 and short 2, which stays open (R2)."""
    rows = flat(100, 100, 104, 103)
    script = [(0, "buy", {"qty": 1}), (1, "sell", {"qty": 3})]
    first, second = run(rows, script, market=Market(account="margin")).trades.rows(named=True)
    assert (first["side"], first["quantity"], first["pnl"], first["open"]) == ("long", 1, 4, False)
    assert (second["side"], second["quantity"], second["open"]) == ("short", 2, True)
    assert (second["entry_price"], second["exit_ts"]) == (104, None)


def test_r3_ratios_rest_on_daily_closes() -> None:
    """Two bars a day; the closes of the days 10000, 10030, 9990, 10060 decide, not those between (R3)."""
    rows = flat(100, 100, 150, 103, 20, 99, 400, 106)
    result = run(rows, [(0, "buy", {"qty": 10})], step=12 * HOUR)
    closes = [10_000, 10_000, 10_030, 9_990, 10_060]
    returns = [b / a - 1 for a, b in pairwise(closes)]
    assert result.stats["sharpe"] == pytest.approx(mean(returns) / stdev(returns) * math.sqrt(365), rel=1e-9)
    assert result.stats["max_drawdown"] == pytest.approx(9_990 / 10_030 - 1, rel=1e-9)


EURO = Market(instrument=Instrument(currency="EUR"), currency="USD")


def euro_rates(*closes: str, late: int = 0) -> parrot.Bars:
    rows = bars_of(flat(*closes))
    moved = [Bar(bar.ts + late, bar.close_ts + late, *list(vars(bar).values())[2:]) for bar in rows]
    return columns("EURUSD", moved)


def test_a9_foreign_money_is_converted_at_the_last_known_rate() -> None:
    """10 at 100 EUR cost 1100 USD at 1.1 (the close before the open); sold at 104 EUR at 1.2: 1248 USD (A9)."""
    result = run(
        flat(100, 100, 104, 104),
        [(0, "buy", {"qty": 10}), (1, "sell", {"qty": 10})],
        market=EURO,
        fx={"EUR": euro_rates("1.1", "1.2", "1.3", "1.4")},
    )
    assert result.equity["cash"].to_list() == [10_000, 8_900, 10_148, 10_148]


def test_a9_without_a_known_rate_the_order_is_refused() -> None:
    """The first rate comes after the decision and its open (A9)."""
    rates = euro_rates("1.1", "1.2", late=10 * 60_000_000_000)
    result = run(flat(100, 100, 104), [(0, "buy", {"qty": 10})], market=EURO, fx={"EUR": rates})
    (order,) = result.orders.rows(named=True)
    assert order["status"] == "refused"
    assert "rate" in order["reason"]

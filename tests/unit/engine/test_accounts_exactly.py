"""Money where several rules meet: foreign futures, fees in base currency, rebates, splits, several clocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import parrot
from parrot.kernel.errors import ParameterError, ParrotError
from parrot.sdk import Fees, FillModel, Funding, Instrument, Market, Split, Strategy, above
from tests.unit.sdk.markets import MINUTE, START, bars_of, closes


def scripted(*verbs: Any) -> type[Strategy]:
    """A strategy that calls `verbs[i](strategy)` at the close of the i-th bar of the first symbol."""

    class Scripted(Strategy):
        def on_start(self) -> None:
            self.seen = 0

        def on_bar(self, bar: Any) -> None:
            if bar.symbol != self.symbols[0]:
                return
            if self.seen < len(verbs) and verbs[self.seen] is not None:
                verbs[self.seen](self)
            self.seen += 1

    return Scripted


def test_a4_a_future_in_a_foreign_currency_gains_its_profit_not_its_notional() -> None:
    # Inverse contracts of 100 dollars settle in BTC. Long 10 from 100 to 125: 1000/100 - 1000/125 = 2 BTC of profit,
    # which is 250 dollars at the rate of the exit, whatever the rate was at the entry.
    market = Market(
        account="margin", currency="USD", instrument=Instrument(kind="inverse", multiplier=100, currency="BTC")
    )
    fx = {"BTC": closes(100, 100, 100, 125, 125, 125, start=START - MINUTE)}
    strategy = scripted(lambda s: s.buy(10), None, lambda s: s.close())
    result = parrot.backtest(strategy, closes(100, 100, 125, 125, 125), cash=10_000, market=market, fx=fx)
    assert result.fills["realised"].to_list() == [0, 250]
    assert result.equity["equity"].to_list() == [10_000, 10_000, 10_250, 10_250, 10_250]


def test_a5_a_fee_in_base_currency_counts_once_in_a_round_trip() -> None:
    market = Market(fees=Fees(taker="1%", currency="base"), instrument=Instrument(lot="0.001"))
    strategy = scripted(lambda s: s.buy(1), None, lambda s: s.close())
    result = parrot.backtest(strategy, closes(100, 100, 100, 100, 100), cash=1_000, market=market)
    # Bought 1, received 0.99; sold 0.99 for 99 less a fee of 0.99 in quote currency.
    assert result.stats["final_equity"] == 1_000 - 100 + 99 - 0.99
    assert result.trades["pnl"].to_list() == pytest.approx([-1.99])
    assert result.trades["open"].to_list() == [False]


def test_n4_less_than_a_lot_is_flat_so_the_round_trip_ends() -> None:
    market = Market(fees=Fees(taker="0.05%", currency="base"), instrument=Instrument(lot="0.001"))
    strategy = scripted(lambda s: s.buy(1), None, lambda s: s.close(), None, lambda s: s.buy(1))
    result = parrot.backtest(strategy, closes(*[100] * 8), cash=1_000, market=market)
    assert result.fills["quantity"].to_list() == [1, 0.999, 1]
    assert result.trades["open"].to_list() == [False, True]


def test_a5_a_purchase_that_covers_a_short_pays_in_quote_currency() -> None:
    market = Market(account="margin", fees=Fees(taker="1%", currency="base"))
    strategy = scripted(lambda s: s.sell(1), None, lambda s: s.close())
    result = parrot.backtest(strategy, closes(*[100] * 6), cash=1_000, market=market)
    assert result.fills["position"].to_list() == [-1, 0]


def test_a5_a_negative_maker_rate_is_a_rebate() -> None:
    market = Market(fees=Fees(maker="-1%", taker=0))
    bars = bars_of([(100, 101, 99, 100), (100, 101, 99, 100), (100, 101, 90, 95), (95, 96, 94, 95)])
    result = parrot.backtest(scripted(lambda s: s.buy(1, limit=95)), bars, cash=1_000, market=market)
    assert result.fills["fee"].to_list() == [-0.95]


def test_a8_a_split_that_leaves_no_lot_ends_cost_and_trade() -> None:
    market = Market(instrument=Instrument(lot=1))
    bars = bars_of([(100, 100, 100, 100)] * 3 + [(2000, 2000, 2000, 2000)] * 4)
    strategy = scripted(lambda s: s.buy(5), None, None, lambda s: s.buy(1), None, lambda s: s.close())
    split = Split("asset", START + 3 * MINUTE, "0.05")
    result = parrot.backtest(strategy, bars, cash=10_000, market=market, actions=[split])
    # 5 shares for 500 became a quarter of a share, paid out at 500; one share bought and sold at 2000.
    assert result.stats["final_equity"] == 10_000
    assert result.trades["pnl"].to_list() == [0, 0]
    assert result.trades["open"].to_list() == [False, False]


def test_r5_a_split_between_closes_does_not_show_as_a_profit() -> None:
    slow = bars_of([(100, 100, 100, 100)] * 2 + [(50, 50, 50, 50)] * 2, step=4 * MINUTE)
    quick = closes(*[10] * 16)
    strategy = scripted(lambda s: s.buy(1, symbol="SLOW"))
    split = Split("SLOW", START + 8 * MINUTE, 2)
    result = parrot.backtest(strategy, {"SLOW": slow, "QUICK": quick}, cash=1_000, actions=[split])
    assert set(result.equity["equity"].to_list()) == {1_000}


def test_a6_a_tick_is_that_of_the_order_s_symbol() -> None:
    market = Market(slippage="1tick", instruments={"A": Instrument(tick="0.5"), "B": Instrument(tick="0.01")})

    def both(strategy: Strategy) -> None:
        strategy.buy(1, symbol="A")
        strategy.buy(1, symbol="B")

    bars = {"A": closes(100, 100, 100), "B": closes(100, 100, 100)}
    result = parrot.backtest(scripted(both), bars, cash=1_000, market=market)
    assert result.fills["price"].to_list() == [100.5, 100.01]


def test_b12_a_volume_beyond_64_bits_caps_nothing() -> None:
    data = bars_of([(0.001, 0.001, 0.001, 0.001, 5e11)] * 4)
    market = Market(fill=FillModel(participation="50%"))
    result = parrot.backtest(scripted(lambda s: s.buy(1_000)), data, cash=1_000, market=market)
    assert result.fills["quantity"].to_list() == [1_000]


def test_t3_three_symbols_close_in_the_order_given_whatever_clocks_they_share() -> None:
    # A and C share a clock, B's differs in its last bar. All buy with a limit inside the same bar; cash is for 1.5.
    limited = bars_of([*[(100, 101, 99, 100)] * 2, (100, 101, 90, 95), (95, 96, 94, 95)])
    longer = bars_of([*[(100, 101, 99, 100)] * 2, (100, 101, 90, 95), (95, 96, 94, 95), (95, 96, 94, 95)])

    def everywhere(strategy: Strategy) -> None:
        for symbol in ("A", "C", "B"):
            strategy.buy(10, symbol=symbol, limit=95)

    result = parrot.backtest(scripted(everywhere), {"A": limited, "B": longer, "C": limited}, cash=1_500)
    assert result.fills["symbol"].to_list() == ["A", "B"]


def test_when_hears_of_larger_timeframes_too() -> None:
    heard: list[tuple[int, int]] = []

    class Larger(Strategy):
        timeframes = ("2m",)

        def init(self) -> None:
            self.when(above(self.sma(1, timeframe="2m"), 102), lambda bar: heard.append((bar.timeframe, bar.close)))

    parrot.backtest(Larger, closes(100, 101, 102, 103, 104, 105, 106, 107))
    assert heard == [(2 * MINUTE, 103), (2 * MINUTE, 105), (2 * MINUTE, 107)]


def test_a_condition_compares_lines_of_one_symbol() -> None:
    class Mixed(Strategy):
        def init(self) -> None:
            self.when(above(self.sma(1), self.sma(1)["B"]), lambda bar: None)

    with pytest.raises(ParrotError, match="one symbol"):
        parrot.backtest(Mixed, {"A": closes(1, 2, 3), "B": closes(3, 2, 1)})


def test_a7_borrowing_is_charged_from_the_first_day_of_time_on() -> None:
    data = closes(*[100] * 4, start=0, step=24 * 60 * MINUTE)
    market = Market(account="margin", borrow="36.5%")
    result = parrot.backtest(scripted(lambda s: s.sell(1)), data, cash=1_000, market=market)
    # 100 short at 0.1 % a day: sold on day 1, charged when days 2, 3 and 4 begin (the last bar closes then).
    assert result.stats["final_equity"] == pytest.approx(1_000 - 0.3)


def test_a7_funding_of_a_quoted_position_is_charged_at_its_time() -> None:
    seconds = np.arange(10) * 10**9 + START
    quotes = {"ts": seconds, "bid": np.arange(100.0, 110), "ask": np.arange(100.0, 110), "bid_size": np.full(10, 9.0)}
    quotes["ask_size"] = np.full(10, 9.0)

    class Buys(Strategy):
        def on_quote(self, quote: Any) -> None:
            if quote.ts == START:
                self.buy(1)

    funding = Funding("asset", int(START + 3.5 * 10**9), "1%")
    market = Market(account="margin", instrument=Instrument(kind="linear"))
    result = parrot.backtest(Buys, quotes=quotes, cash=1_000, market=market, actions=[funding])
    assert result.stats["final_equity"] == pytest.approx(1_000 + 9 - 1.03)


@pytest.mark.parametrize(
    "terms",
    [
        {"market": Market(instrument=Instrument(lot="1e30"))},
        {"market": Market(instrument=Instrument(tick="1e12"))},
        {"market": Market(account="margin", instrument=Instrument(kind="linear", multiplier="1e-25"))},
        {"market": Market(account="margin", instrument=Instrument(kind="linear", multiplier="1e25"))},
        {"fees": Fees(minimum="1e30")},
        {"actions": [Split("asset", START, "1.0000000000000000000001")]},
        {"cash": 1e30},
    ],
    ids=str,
)
def test_terms_beyond_64_bits_are_told(terms: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        parrot.backtest(scripted(), closes(100, 100), **{"cash": 1_000, **terms})


def test_a_latency_beyond_a_lifetime_is_told() -> None:
    with pytest.raises(ParameterError, match="order_latency"):
        FillModel(order_latency=2**62)

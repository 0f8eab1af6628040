"""Several currencies: amounts are converted at the last known rate, and without one orders are refused (A9)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import parrot
from parrot.engine.terms import fx_terms
from parrot.kernel.errors import ParameterError
from parrot.sdk import Instrument, Market, Strategy
from tests.unit.sdk.markets import MINUTE, START, bars_of, closes

EURO = Market(currency="USD", instrument=Instrument(currency="EUR"))
BARS = closes(100, 100, 110, 120)
EARLIER = START - MINUTE


class BuysTen(Strategy):
    """Buys ten at the first close and sells them at the third."""

    def on_bar(self, bar):
        if bar.ts == START:
            self.buy(10)
        elif bar.ts == START + 2 * MINUTE:
            self.close()


def euro(*rates: float, **where: object) -> dict[str, object]:
    """Rates of the euro by the minute, known at the close of each; the first is known at the start of the bars."""
    return {"EUR": closes(*rates, **{"start": EARLIER, **where})}


def run(fx: object = None, market: Market = EURO, bars: object = BARS, **terms: object) -> Any:
    return parrot.backtest(BuysTen, bars, cash=10_000, market=market, fx=fx, **terms)


def test_a9_amounts_are_converted_at_the_last_known_rate():
    # Bought at second 60 at 100 euro; the rate closed at 2 just then: 2,000 dollars. Sold at second 180 at 120 euro;
    # the rate closed at 1.5 then: 1,800 dollars.
    result = run(euro(1.9, 2, 1.8, 1.5, 9))
    assert result.equity["cash"].to_list() == [10_000, 8_000, 8_000, 9_800]
    assert result.fills["notional_units"].to_list() == [2_000 * 10**8, 1_800 * 10**8]
    assert result.fills["realised"].to_list() == [0, -200]


def test_a9_the_curve_values_positions_at_the_rate_of_its_time():
    # 10 x 100 x 1.8 at the second close, 10 x 110 x 1.5 at the third.
    result = run(euro(1.9, 2, 1.8, 1.5, 9))
    assert result.equity["equity"].to_list() == [10_000, 9_800, 9_650, 9_800]


def test_a9_an_open_position_counts_at_the_last_rate():
    class Holds(Strategy):
        def on_bar(self):
            self.hold(10)

    result = parrot.backtest(Holds, BARS, cash=10_000, market=EURO, fx=euro(2, 2, 2, 2, 2))
    assert result.stats["final_equity"] == 10_000 - 2_000 + 10 * 120 * 2


def test_a9_what_a_handler_sees_is_converted():
    told = []

    class Asks(Strategy):
        def on_bar(self):
            self.hold(10)
            told.append((self.cash, self.equity))

    parrot.backtest(Asks, BARS, cash=10_000, market=EURO, fx=euro(2, 2, 2, 2, 2))
    assert told == [(10_000, 10_000), (8_000, 10_000), (8_000, 10_200), (8_000, 10_400)]


def test_a9_fees_are_converted_too():
    # 0.001 x 10 x 100 x 2.
    assert run(euro(2, 2, 2, 2, 2), fees="10bp").fills["fee"].to_list()[0] == 2.0


def test_a9_a_target_is_a_share_of_the_account_s_equity():
    class Half(Strategy):
        def on_bar(self):
            self.target(0.5)

    fills = parrot.backtest(Half, closes(100, 100), cash=10_000, market=EURO, fx=euro(2, 2, 2)).fills
    assert fills["quantity"].to_list() == [25.0]  # 5,000 dollars are 2,500 euro


@pytest.mark.parametrize("fx", [None, {}, {"GBP": closes(2, 2)}])
def test_a9_without_a_rate_every_order_is_refused(fx):
    result = run(fx)
    assert result.orders["status"].to_list() == ["refused"]
    assert "rate" in result.orders["reason"][0]
    assert result.stats["final_equity"] == 10_000


def test_a9_before_the_first_rate_is_known_orders_are_refused():
    class Tries(Strategy):
        def on_bar(self):
            self.buy(1)

    # The first rate closes at the third close of the bars.
    fx = {"EUR": closes(2, 2, 2, start=START + 2 * MINUTE)}
    orders = parrot.backtest(Tries, BARS, cash=10_000, market=EURO, fx=fx).orders
    assert orders["status"].to_list() == ["refused", "refused", "filled", "expired"]


def test_a9_symbols_of_several_currencies_share_one_account():
    class Each(Strategy):
        def on_bar(self, bar):
            if bar.ts == START:
                self.buy(1, symbol=bar.symbol)

    currencies = {"SAP": "EUR", "VOD": "GBP", "KO": "USD"}
    instruments = {symbol: Instrument(currency=currency) for symbol, currency in currencies.items()}
    market = Market(currency="USD", instruments=instruments)
    fx = {**euro(2, 2, 2, 2, 2), "GBP": closes(3, 3, 3, 3, 3, start=EARLIER)}
    bars = {"SAP": BARS, "VOD": BARS, "KO": BARS, "FREE": BARS}
    result = parrot.backtest(Each, bars, cash=10_000, market=market, fx=fx)
    # 200 + 300 + 100, and 100 for the symbol that does not say its currency.
    assert result.equity["cash"][-1] == 10_000 - 700


def test_a9_a_rate_can_be_large_and_is_exact():
    # 1 bitcoin in yen; above 922 a product of 10^8 and 10^8 would not fit 64 bits.
    yen = Market(currency="JPY", instrument=Instrument(currency="BTC"))
    fx = {"BTC": closes(*[12_345_678.5] * 5, start=EARLIER)}
    cheap = bars_of([(0.01,) * 4] * 4)
    result = parrot.backtest(BuysTen, cheap, cash=10_000_000, market=yen, fx=fx)
    assert result.fills["notional_units"][0] == 123_456_785 * 10**6  # 10 x 0.01 x 12,345,678.5


def test_a9_a_rate_with_more_decimals_is_rounded_half_even():
    rates = bars_of([(price,) * 4 for price in (0.0000000125, 0.0000000135, 0.0000000126)])
    assert rates.price_decimals > 8
    _, units = fx_terms(EURO, ["X"], {"EUR": rates})["X"]
    assert units.tolist() == [1, 1, 1]
    rates = bars_of([(price,) * 4 for price in (1.0000000150, 1.0000000250, 1.0000000251)])
    _, units = fx_terms(EURO, ["X"], {"EUR": rates})["X"]
    assert units.tolist() == [100_000_002, 100_000_002, 100_000_003]


def test_a9_a_rate_beyond_64_bits_is_refused():
    with pytest.raises(ParameterError, match="a rate of EUR is too large"):
        fx_terms(EURO, ["X"], {"EUR": bars_of([(1e12,) * 4, (1e12,) * 4])})


@pytest.mark.parametrize(
    ("market", "known", "foreign"),
    [
        (Market(), [], []),
        (Market(instrument=Instrument(currency="USD")), [], []),  # one currency: the account's
        (Market(currency="USD", instrument=Instrument(currency="USD")), [], []),
        (Market(currency="USD", instrument=Instrument(currency="EUR")), [], ["A", "B"]),
        (Market(instrument=Instrument(currency="EUR")), ["EUR"], ["A", "B"]),
        (Market(instruments={"A": Instrument(currency="EUR"), "B": Instrument(currency="USD")}), ["EUR"], ["A"]),
        (Market(currency="EUR", instruments={"A": Instrument(currency="EUR")}), ["EUR"], []),
    ],
)
def test_a9_the_account_s_currency_is_said_or_is_the_one_without_a_rate(market, known, foreign):
    rates = {currency: closes(2, 2) for currency in known}
    assert list(fx_terms(market, ["A", "B"], rates)) == foreign


def test_a9_two_currencies_and_no_account_currency_are_refused():
    market = Market(instruments={"A": Instrument(currency="EUR"), "B": Instrument(currency="USD")})
    with pytest.raises(ParameterError, match="symbols settle in EUR, USD"):
        parrot.backtest(Strategy, {"A": BARS, "B": BARS}, market=market)


def test_rates_of_a_currency_are_no_copy_where_none_is_needed():
    rates = closes(2, 2)
    times, units = fx_terms(EURO, ["X"], {"EUR": rates})["X"]
    assert np.shares_memory(times, rates.close_ts)
    assert units.tolist() == [2 * 10**8] * 2

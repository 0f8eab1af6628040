"""Symbols of any name with a past: bars of every length, statistics, averages."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from parrot.centers.matching.listed import public_settings
from parrot.centers.matching.market.intervals import LENGTHS, exact_sums
from parrot.contracts.exchange import SCALE, PublicTrade, Traded
from parrot.kernel.errors import ParameterError
from tests.unit.centers.matching.public import SECOND, START, Public

MINUTE = 60 * SECOND
DAY = 1440 * MINUTE


@pytest.fixture(scope="module")
def lived() -> Public:
    """Five minutes have passed."""
    public = Public(symbols=("BTCUSDT",))
    public.run(300)
    public.exchange.depth("BTCUSDT", 1)
    return public


def test_there_is_a_month_before_the_first_trade_that_ends_at_the_opening_price() -> None:
    public = Public(symbols=("BTCUSDT",), crowd=False)
    bars = public.exchange.candles("BTCUSDT", "1m", limit=50_000)
    assert len(bars) == 30 * 1440 + 1
    assert all(before.close_ts + 1 == after.open_ts for before, after in pairwise(bars))
    assert all(before.close == after.open for before, after in pairwise(bars))
    assert all(bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high for bar in bars)
    assert bars[-1].open == 60_000 * SCALE
    assert not bars[-1].closed
    assert all(bar.low * bar.volume <= bar.quote_volume * SCALE <= bar.high * bar.volume for bar in bars)
    assert all(0 <= bar.taker_volume <= bar.volume and bar.volume % 1000 == 0 for bar in bars)
    assert 0.05 < np.std(np.diff(np.log([bar.close for bar in bars]))) * 725 < 2  # a year's
    (first,) = public.exchange.candles("BTCUSDT", "1m", since=1, limit=1)
    assert first == bars[0]


def test_one_seed_gives_one_past_whenever_it_is_asked_for() -> None:
    early, late, other = Public(crowd=False), Public(), Public(crowd=False, seed=9)
    late.run(2)
    past = [public.exchange.candles("ETHUSDT", "1m", until=START - MINUTE) for public in (early, late, other)]
    assert past[0] == past[1] != past[2]


def test_live_trades_are_in_the_bars_to_the_last_digit(lived: Public) -> None:
    trades = [event.trade for event in lived.told(Traded)]
    assert sum(bar.trades for bar in lived.exchange.candles("BTCUSDT", "1m", limit=6)) >= len(trades) > 100
    for bar in lived.exchange.candles("BTCUSDT", "1m", limit=4)[:-1]:
        of_it = [trade for trade in trades if bar.open_ts <= trade.ts <= bar.close_ts]
        assert (bar.open, bar.close) == (of_it[0].price, of_it[-1].price)
        assert (bar.first_trade, bar.last_trade, bar.trades) == (of_it[0].id, of_it[-1].id, len(of_it))
        assert bar.high == max(trade.price for trade in of_it)
        assert bar.low == min(trade.price for trade in of_it)
        assert (bar.volume, bar.quote_volume) == amounts(of_it)
        taken = amounts([trade for trade in of_it if not trade.buyer_is_maker])
        assert (bar.taker_volume, bar.taker_quote_volume) == taken


def amounts(trades: list[PublicTrade]) -> tuple[int, int]:
    return (
        sum(trade.quantity for trade in trades),
        sum(trade.price * trade.quantity // SCALE for trade in trades),
    )


@pytest.mark.parametrize("interval", LENGTHS)
def test_bars_of_all_lengths_follow_one_another(lived: Public, interval: str) -> None:
    exchange = lived.exchange
    bars = exchange.candles("BTCUSDT", interval, limit=200)
    assert all(before.close_ts + 1 == after.open_ts for before, after in pairwise(bars))
    assert [bar.closed for bar in bars] == [True] * (len(bars) - 1) + [False]
    assert exchange.candles("BTCUSDT", interval, limit=1) == bars[-1:]
    assert exchange.candles("BTCUSDT", interval, since=bars[0].open_ts, limit=2) == bars[:2]
    assert exchange.candles("BTCUSDT", interval, until=bars[-1].open_ts - 1, limit=1) == bars[-2:-1]
    if interval not in ("1s", "1m"):
        inside = exchange.candles("BTCUSDT", "1m", since=bars[-1].open_ts, limit=50_000)
        assert bars[-1].volume == sum(bar.volume for bar in inside)
        assert bars[-1].high == max(bar.high for bar in inside)


def test_weeks_begin_on_mondays_and_months_on_the_first(lived: Public) -> None:
    weeks = lived.exchange.candles("BTCUSDT", "1w")
    assert {(bar.open_ts // DAY + 3) % 7 for bar in weeks} == {0}
    months = lived.exchange.candles("BTCUSDT", "1M")
    assert {str(np.datetime64(bar.open_ts, "ns"))[8:10] for bar in months} == {"01"}


def test_statistics_are_of_the_bars(lived: Public) -> None:
    found = lived.exchange.statistics("BTCUSDT", DAY)
    bars = lived.exchange.candles("BTCUSDT", "1m", since=lived.now - DAY, limit=1500)
    assert (found.open, found.last, found.high) == (bars[0].open, bars[-1].close, max(bar.high for bar in bars))
    assert found.volume == sum(bar.volume for bar in bars)
    assert (found.first_trade, found.last_trade) == (1, bars[-1].last_trade)
    top = lived.exchange.depth("BTCUSDT", 1)
    assert ((found.bid, found.bid_quantity), (found.ask, found.ask_quantity)) == (top.bids[0], top.asks[0])
    five = lived.exchange.candles("BTCUSDT", "1m", limit=5)
    average = sum(bar.quote_volume for bar in five) * SCALE // sum(bar.volume for bar in five)
    assert lived.exchange.average_price("BTCUSDT", 5) == average


def test_minutes_without_trades_are_flat() -> None:
    public = Public(crowd=False)
    public.run(600, step=600)
    bars = public.exchange.candles("BTCUSDT", "1m", limit=10)
    assert {(bar.open, bar.high, bar.low, bar.close, bar.volume) for bar in bars} == {(60_000 * SCALE,) * 4 + (0,)}


def test_sums_are_right_beyond_63_bits() -> None:
    values = np.array([2**62, 2**62, 2**62, 5, 2**62 + 1])
    assert exact_sums(values, np.array([0, 3])) == [3 * 2**62, 2**62 + 6]


def test_symbols_of_any_name_live() -> None:
    symbols = ("BTCUSDT", "ETHBTC", "DOGEUSDT", "XYZUSDT", "SOL/USDC", "BNBEUR")
    public = Public(symbols=symbols, stocks=("AAPL", "ZZZZ"))
    public.run(20)
    for market in public.exchange.markets():
        depth = public.exchange.depth(market.symbol, 5)
        assert len(depth.bids) == len(depth.asks) == 5
        assert depth.bids[0][0] < depth.asks[0][0]
        assert len(public.exchange.trades(market.symbol)) >= 5
        assert all(price % market.tick == 0 and size % market.step == 0 for price, size in depth.bids + depth.asks)
    names = [market.symbol for market in public.exchange.markets()]
    assert names == ["BTCUSDT", "ETHBTC", "DOGEUSDT", "XYZUSDT", "SOLUSDC", "BNBEUR", "AAPL", "ZZZZ"]


@pytest.mark.parametrize("name", ["", "USDT", "FOO", "B!CUSDT", "X" * 30 + "USDT", "BTC/BTC", "ÄUSDT"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ParameterError):
        public_settings((name,))

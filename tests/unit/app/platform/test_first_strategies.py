"""The examples of an empty data directory, over ten minutes of the simulated market."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import parrot
from parrot.app.platform.settings import PlatformSettings
from parrot.app.platform.setup import strategies_of
from parrot.app.strategies import configured, load_text, read_text
from parrot.centers.matching.manifest import build
from parrot.contracts.commands import RegisterStrategy
from parrot.contracts.ticks import QuoteTick, TradeTick

BEGIN = 1_763_700_000_000_000_000
SECOND = 1_000_000_000
TEN_MINUTES = 600 * SECOND
FILLS_MAX = 60
FEES_SHARE_MAX = 0.0001  # of its cash


@pytest.fixture(scope="module")
def market() -> dict[str, pl.DataFrame]:
    """What the simulated venue shows: quotes by symbol, and bars of a second."""
    venue = build(now=BEGIN)
    venue.connect(lambda report: None)
    quotes: list[tuple[Any, ...]] = []
    trades: list[tuple[Any, ...]] = []
    for now in range(BEGIN, BEGIN + TEN_MINUTES, SECOND // 2):
        for tick in venue.poll(now):
            if isinstance(tick, QuoteTick):
                quotes.append((tick.symbol, tick.ts, tick.bid / 100, tick.ask / 100))
            elif isinstance(tick, TradeTick):
                trades.append((tick.symbol, tick.ts // SECOND * SECOND, tick.price / 100))
    bars = pl.DataFrame(trades, ["symbol", "ts", "price"], orient="row").group_by("symbol", "ts", maintain_order=True)
    price = pl.col("price")
    made = bars.agg(open=price.first(), high=price.max(), low=price.min(), close=price.last(), volume=price.len())
    return {"quotes": pl.DataFrame(quotes, ["symbol", "ts", "bid", "ask"], orient="row"), "bars": made}


def registered() -> list[RegisterStrategy]:
    return [one for one in strategies_of(PlatformSettings(), ()) if isinstance(one, RegisterStrategy)]


def played(chosen: RegisterStrategy, market: dict[str, pl.DataFrame]) -> Any:
    (symbol,) = chosen.symbols
    kind = "bars" if chosen.timeframe else "quotes"
    times = pl.col("ts").cast(pl.Datetime("ns", "UTC"))
    data = market[kind].filter(pl.col("symbol") == symbol).drop("symbol").with_columns(times)
    strategy = configured(load_text(read_text(chosen.path), chosen.path), chosen.parameters)
    return parrot.backtest(strategy, **{kind: {symbol: data}}, cash=chosen.cash, fees="10bp")


@pytest.mark.parametrize("chosen", registered(), ids=lambda chosen: chosen.strategy)
def test_an_example_trades_seldom_enough_for_its_fees(chosen, market):
    result = played(chosen, market)
    assert result.fills.height <= FILLS_MAX
    assert result.fills["fee"].sum() <= FEES_SHARE_MAX * float(chosen.cash)


def test_an_example_that_waits_says_so(market, caplog):
    caplog.set_level("INFO")
    (momentum,) = [chosen for chosen in registered() if chosen.strategy == "momentum"]
    played(momentum, market)
    assert any("waits: the fast average is" in record.message for record in caplog.records)


def test_one_example_trades_within_the_first_seconds(market):
    first = [played(chosen, market).fills["ts"].cast(pl.Int64) for chosen in registered()]
    assert min(times[0] for times in first if len(times)) <= BEGIN + 10 * SECOND

"""Indicators agree with TA-Lib to 1e-9, warm-up rows included."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import talib

import parrot.indicators as ind

Bars = dict[str, np.ndarray]
Pairs = list[tuple[np.ndarray, np.ndarray]]

# Files of different venues and magnitudes, below the folder of recorded data.
FILES = ("binance/BTCUSDT/ohlcv_1h.parquet", "binance/DOGEUSDT/ohlcv_1h.parquet", "binance/BTCUSDT/ohlcv_1d.parquet")


def closes(function: Callable[..., np.ndarray], oracle: Callable[..., np.ndarray]) -> Callable[[Bars, int], Pairs]:
    return lambda bars, n: [(function(bars["close"], n), oracle(bars["close"], n))]


def ranges(function: Callable[..., np.ndarray], oracle: Callable[..., np.ndarray]) -> Callable[[Bars, int], Pairs]:
    def pairs(bars: Bars, n: int) -> Pairs:
        columns = (bars["high"], bars["low"], bars["close"])
        return [(function(*columns, n), oracle(*columns, n))]

    return pairs


def macd(bars: Bars, n: int) -> Pairs:
    return list(zip(ind.macd(bars["close"], n, n + 7, 5), talib.MACD(bars["close"], n, n + 7, 5), strict=True))


def bbands(bars: Bars, n: int) -> Pairs:
    return list(zip(ind.bbands(bars["close"], n, 2.0), talib.BBANDS(bars["close"], n, 2, 2), strict=True))


def stoch(bars: Bars, n: int) -> Pairs:
    columns = (bars["high"], bars["low"], bars["close"])
    return list(zip(ind.stoch(*columns, n, 3, 4), talib.STOCH(*columns, n, 3, 0, 4, 0), strict=True))


def adx(bars: Bars, n: int) -> Pairs:
    columns = (bars["high"], bars["low"], bars["close"], n)
    oracle = (talib.ADX(*columns), talib.PLUS_DI(*columns), talib.MINUS_DI(*columns))
    return list(zip(ind.adx(*columns), oracle, strict=True))


def linreg(bars: Bars, n: int) -> Pairs:
    line = ind.linreg(bars["close"], n)
    return [
        (line.value, talib.LINEARREG(bars["close"], n)),
        (line.slope, talib.LINEARREG_SLOPE(bars["close"], n)),
        (line.intercept, talib.LINEARREG_INTERCEPT(bars["close"], n)),
    ]


def of_volume(bars: Bars, n: int) -> Pairs:
    columns = (bars["high"], bars["low"], bars["close"], bars["volume"])
    return [
        (ind.mfi(*columns, n), talib.MFI(*columns, n)),
        (ind.obv(bars["close"], bars["volume"]), talib.OBV(bars["close"], bars["volume"])),
    ]


def without_length(bars: Bars, n: int) -> Pairs:
    high, low, close = bars["high"], bars["low"], bars["close"]
    step, most = 0.01 * n, 0.1 * n
    return [
        (ind.true_range(high, low, close), talib.TRANGE(high, low, close)),
        (ind.psar(high, low, step, most), talib.SAR(high, low, step, most)),
        (ind.donchian(high, low, n).upper, talib.MAX(high, n)),
        (ind.donchian(high, low, n).lower, talib.MIN(low, n)),
    ]


INDICATORS: dict[str, Callable[[Bars, int], Pairs]] = {
    "sma": closes(ind.sma, talib.SMA),
    "ema": closes(ind.ema, talib.EMA),
    "wma": closes(ind.wma, talib.WMA),
    "dema": closes(ind.dema, talib.DEMA),
    "tema": closes(ind.tema, talib.TEMA),
    "rsi": closes(ind.rsi, talib.RSI),
    "roc": closes(ind.roc, talib.ROC),
    "highest": closes(ind.highest, talib.MAX),
    "lowest": closes(ind.lowest, talib.MIN),
    "atr": ranges(ind.atr, talib.ATR),
    "cci": ranges(ind.cci, talib.CCI),
    "willr": ranges(ind.willr, talib.WILLR),
    "adx": adx,
    "macd": macd,
    "bbands": bbands,
    "stoch": stoch,
    "linreg": linreg,
    "volume": of_volume,
    "others": without_length,
}


def walk(seed: int) -> Bars:
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 5e-3, 3_000)))
    opened = np.concatenate([[100.0], close[:-1]])
    high = np.maximum(opened, close) * (1 + np.abs(rng.normal(0, 2e-3, 3_000)))
    low = np.minimum(opened, close) * (1 - np.abs(rng.normal(0, 2e-3, 3_000)))
    return {"high": high, "low": low, "close": close, "volume": rng.lognormal(8, 1, 3_000)}


def recorded(path: Path) -> Bars:
    frame = pl.read_parquet(path).head(20_000)
    return {name: frame[name].to_numpy().astype(np.float64) for name in ("high", "low", "close", "volume")}


def check(pairs: Pairs, scale: float) -> None:
    for ours, oracle in pairs:
        assert np.array_equal(np.isnan(ours), np.isnan(oracle)), "values start on different rows"
        np.testing.assert_allclose(ours, oracle, rtol=1e-9, atol=1e-9 * scale)


@pytest.mark.parametrize("n", [2, 3, 14, 20, 100])
@pytest.mark.parametrize("name", INDICATORS)
def test_random_walks(name: str, n: int) -> None:
    for seed in (1, 2, 3):
        check(INDICATORS[name](walk(seed), n), 1.0)


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("name", INDICATORS)
def test_recorded_markets(name: str, path: str, shared: Path) -> None:
    bars = recorded(shared / "data" / path)
    for n in (2, 14, 50):
        # TA-Lib's regression takes differences of sums as large as the prices: its error is a share of the price.
        check(INDICATORS[name](bars, n), float(bars["close"].max()) if name == "linreg" else 1.0)


@pytest.mark.parametrize("n", [2, 14, 50])
def test_standard_deviation(n: int) -> None:
    # TA-Lib subtracts the squared mean from the mean square, which loses digits; on centred values it does not.
    close = walk(1)["close"]
    centred = close - close.mean()
    np.testing.assert_allclose(ind.stddev(centred, n), talib.STDDEV(centred, n), rtol=1e-9, atol=1e-12)

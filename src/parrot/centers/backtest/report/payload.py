"""What the page's script draws, as JSON that cannot end its own script element."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from parrot.centers.backtest.report.analysis import Analysis
from parrot.centers.backtest.report.data import Candles, ReportData
from parrot.centers.backtest.report.series import (
    CANDLES_MAX,
    CANDLES_PER_SYMBOL_MIN,
    Merged,
    merged_candles,
    price_decimals,
)

TRADES_MAX = 50_000
SYMBOLS_MAX = 50
NS_PER_MS = 1_000_000


def embedded(data: ReportData, analysis: Analysis) -> str:
    """The payload as the text of a script element of type application/json."""
    text = json.dumps(payload(data, analysis), separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def payload(data: ReportData, analysis: Analysis) -> dict[str, Any]:
    """Columns for the charts and the list of trades; times in ms since 1970 (UTC)."""
    symbols = charted_symbols(data)
    limit = max(CANDLES_PER_SYMBOL_MIN, CANDLES_MAX // max(1, len(symbols)))
    return {
        "currency": data.currency,
        "curve": _curve(analysis),
        "exposure": {"t": _times(analysis.exposure[0]), "mean": _rounded(analysis.exposure[1], 4)},
        "rolling": _rolling(analysis),
        "bins": {"edges": _rounded(analysis.bin_edges, 8), "counts": analysis.bin_counts.tolist()},
        "candles": {symbol: _candles(data.bars[symbol], limit) for symbol in symbols},
        "trades": _trades(data, analysis.unit.decimals),
    }


def charted_symbols(data: ReportData) -> list[str]:
    """Symbols whose candles the page holds: those with most trades first, at most fifty."""
    counts = dict(data.trades.group_by("symbol").len().iter_rows()) if data.trades.height else {}
    present = [symbol for symbol, candles in data.bars.items() if len(candles.ts)]
    return sorted(present, key=lambda symbol: -counts.get(symbol, 0))[:SYMBOLS_MAX]


def _curve(analysis: Analysis) -> dict[str, Any]:
    rows = analysis.rows
    places = analysis.unit.decimals
    held = None if analysis.benchmark is None else _rounded(analysis.benchmark[rows], places)
    return {
        "t": _times(analysis.ts[rows]),
        "equity": _rounded(analysis.equity[rows], places),
        "benchmark": held,
        "drawdown": _rounded(analysis.drawdown[rows], 6),
    }


def _rolling(analysis: Analysis) -> dict[str, Any]:
    stamps = analysis.closes.days.astype("datetime64[ms]").astype(np.int64)
    return {"window": analysis.window, "t": stamps.tolist(), "sharpe": _rounded(analysis.rolling, 4)}


def _candles(bars: Candles, limit: int) -> dict[str, Any]:
    merged = merged_candles(bars, limit)
    decimals = price_decimals(np.concatenate([merged.open, merged.high, merged.low, merged.close]))
    return {
        "decimals": decimals,
        "merged": merged.merged,
        "bars": len(bars.ts),
        "step": bars.timeframe // NS_PER_MS,
        "t": _times(merged.ts),
        **_prices(merged, 10.0**decimals),
        "v": [float(f"{value:.4g}") for value in merged.volume],
    }


def _prices(merged: Merged, scale: float) -> dict[str, list[int]]:
    """Opens as steps from the last close, the others as distances: small integers make a small page."""
    o, h, low, c = (
        np.round(column * scale).astype(np.int64) for column in (merged.open, merged.high, merged.low, merged.close)
    )
    before = np.concatenate([[0], c[:-1]])
    top, bottom = np.maximum(o, c), np.minimum(o, c)
    return {"o": (o - before).tolist(), "h": (h - top).tolist(), "l": (bottom - low).tolist(), "c": (c - o).tolist()}


def _trades(data: ReportData, places: int) -> dict[str, Any]:
    shown = data.trades.tail(TRADES_MAX)
    reasons, symbols = _Names(), _Names()
    unit = _held_unit(shown)
    return {
        "total": data.trades.height,
        "decimals": places,
        "prices": price_decimals(_joined(shown, "entry_price", "exit_price")),
        "quantities": _quantity_decimals(shown),
        "symbol": symbols.places(shown["symbol"]),
        "long": [int(side == "long") for side in shown["side"]],
        "entry": _times(shown["entry_ts"].to_numpy()),
        "held": _held(shown, unit),
        "heldUnit": unit,
        "quantity": _plain(shown["quantity"], 8),
        "entryPrice": _plain(shown["entry_price"], 8),
        "exitPrice": _plain(shown["exit_price"], 8),
        "pnl": _plain(shown["pnl"], places + 3),
        "fees": _plain(shown["fees"], places + 3),
        "return": _plain(shown["return"], 6),
        "bars": shown["bars"].to_list(),
        "open": [int(flag) for flag in shown["open"]],
        "whyEntry": reasons.places(shown["why_entry"]),
        "whyExit": reasons.places(shown["why_exit"]),
        "symbols": symbols.seen,
        "reasons": reasons.seen,
    }


class _Names:
    """Repeated texts by number."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._place: dict[str, int] = {}

    def places(self, texts: Iterable[str | None]) -> list[int]:
        return [self._at(text or "") for text in texts]

    def _at(self, text: str) -> int:
        if text not in self._place:
            self._place[text] = len(self.seen)
            self.seen.append(text)
        return self._place[text]


def _spans(trades: pl.DataFrame) -> pl.Series:
    return ((trades["exit_ts"] - trades["entry_ts"]) // NS_PER_MS).cast(pl.Int64)


def _held_unit(trades: pl.DataFrame) -> int:
    return max(1, int(np.gcd.reduce(_spans(trades).drop_nulls().to_numpy())))


def _held(trades: pl.DataFrame, unit: int) -> list[int | None]:
    return (_spans(trades) // unit).to_list()


def _quantity_decimals(trades: pl.DataFrame) -> int:
    return price_decimals(trades["quantity"].drop_nulls().to_numpy()) if trades.height else 0


def _joined(trades: pl.DataFrame, *names: str) -> NDArray[np.float64]:
    parts = [trades[name].cast(pl.Float64).drop_nulls().to_numpy() for name in names]
    return np.concatenate(parts)


def _times(ts_ns: NDArray[np.int64]) -> dict[str, Any]:
    """Times as the first, and the steps between in their largest common unit; ms."""
    stamps = np.asarray(ts_ns, dtype=np.int64) // NS_PER_MS
    steps = np.diff(stamps)
    unit = int(np.gcd.reduce(steps)) if len(steps) else 1
    return {"first": int(stamps[0]) if len(stamps) else 0, "unit": unit, "steps": (steps // max(1, unit)).tolist()}


def _rounded(values: NDArray[np.float64], places: int) -> list[float | None]:
    return [_short(value) for value in np.round(values, places).tolist()]


def _plain(values: pl.Series, places: int) -> Sequence[float | None]:
    return [None if value is None else _short(round(value, places)) for value in values.cast(pl.Float64)]


def _short(value: float) -> float | None:
    if not np.isfinite(value):
        return None
    return int(value) if value == int(value) else value

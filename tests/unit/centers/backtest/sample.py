"""A plausible result made without the engine: crosses of two averages on a seeded walk, accounted in plain Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from parrot.centers.backtest.report import ReportData, Reproduction

HOUR = 3_600_000_000_000
START = 1_672_531_200_000_000_000  # 2023-01-01
RATE = 0.0005
TRADES = {
    "symbol": pl.String,
    "side": pl.String,
    "entry_ts": pl.Int64,
    "exit_ts": pl.Int64,
    "quantity": pl.Float64,
    "entry_price": pl.Float64,
    "exit_price": pl.Float64,
    "pnl": pl.Float64,
    "fees": pl.Float64,
    "return": pl.Float64,
    "bars": pl.Int64,
    "why_entry": pl.String,
    "why_exit": pl.String,
    "open": pl.Boolean,
}
FILLS = {
    "ts": pl.Int64,
    "symbol": pl.String,
    "side": pl.String,
    "quantity": pl.Float64,
    "price": pl.Float64,
    "fee": pl.Float64,
    "why": pl.String,
    "order_id": pl.Int64,
    "evidence_ts": pl.Int64,
    "liquidity": pl.String,
}
ORDERS = {
    "order_id": pl.Int64,
    "ts": pl.Int64,
    "symbol": pl.String,
    "side": pl.String,
    "status": pl.String,
    "reason": pl.String,
}
EQUITY = ("ts", "equity", "cash", "position_value", "exposure", "drawdown")


@dataclass(frozen=True)
class Walk:
    """Bars of one symbol."""

    ts: NDArray[np.int64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]
    timeframe: int = HOUR
    notes: tuple[str, ...] = ()
    source: str = "memory"

    @property
    def close_ts(self) -> NDArray[np.int64]:
        return self.ts + self.timeframe


def walk(
    count: int, *, seed: int = 1, price: float = 20_000.0, timeframe: int = HOUR, gap_at: int | None = None
) -> Walk:
    draw = np.random.default_rng(seed)
    calm = 0.004 * np.exp(np.convolve(draw.normal(size=count + 199), np.ones(200) / 40, "valid") * 0.25)
    drift = 0.00035 * np.sin(np.arange(count) / 700) + 0.00004
    scale = (timeframe / HOUR) ** 0.5
    close = np.round(price * np.exp(np.cumsum(drift * scale + calm * scale * draw.standard_t(5, count) * 0.6)), 2)
    start = np.concatenate([[price], close[:-1]])
    reach = np.abs(draw.normal(size=(2, count))) * calm * scale * close * 0.5
    ts = START + np.arange(count) * timeframe
    if gap_at is not None:
        ts[gap_at:] += 7 * timeframe
    return Walk(
        ts,
        start,
        np.round(np.maximum(start, close) + reach[0], 2),
        np.round(np.minimum(start, close) - reach[1], 2),
        close,
        np.round(np.exp(draw.normal(3.0, 0.8, count)), 4).astype(np.float64),
        timeframe,
    )


@dataclass
class Book:
    """Cash, position and rows of one symbol's run."""

    cash: float
    rate: float = RATE
    quantity: float = 0.0
    entry: dict[str, Any] = field(default_factory=dict)
    trades: list[dict[str, Any]] = field(default_factory=list)
    fills: list[dict[str, Any]] = field(default_factory=list)

    def fill(self, bars: Walk, place: int, symbol: str, quantity: float, why: str) -> None:
        price = float(bars.open[place])
        fee = abs(quantity) * price * self.rate
        self.cash -= quantity * price + fee
        side = "buy" if quantity > 0 else "sell"
        self.fills.append(
            {
                "ts": int(bars.ts[place]),
                "symbol": symbol,
                "side": side,
                "quantity": abs(quantity),
                "price": price,
                "fee": fee,
                "why": why,
                "order_id": len(self.fills) + 1,
                "evidence_ts": int(bars.ts[place]),
                "liquidity": "taker",
            }
        )
        if self.quantity:
            self.leave(bars, place, price, fee, why)
        else:
            self.entry = {
                "place": place,
                "price": price,
                "fee": fee,
                "why": why,
                "symbol": symbol,
                "quantity": quantity,
            }
        self.quantity += quantity
        self.quantity = 0.0 if abs(self.quantity) < 1e-12 else self.quantity

    def leave(self, bars: Walk, place: int, price: float, fee: float, why: str) -> None:
        self.trades.append(self.row(bars, place, price, self.entry["fee"] + fee, why, closed=True))

    def row(self, bars: Walk, place: int, price: float, fees: float, why: str, *, closed: bool) -> dict[str, Any]:
        entry = self.entry
        pnl = entry["quantity"] * (price - entry["price"]) - fees
        return {
            "symbol": entry["symbol"],
            "side": "long" if entry["quantity"] > 0 else "short",
            "entry_ts": int(bars.ts[entry["place"]]),
            "exit_ts": int(bars.ts[place]) if closed else None,
            "quantity": abs(entry["quantity"]),
            "entry_price": entry["price"],
            "exit_price": price if closed else None,
            "pnl": pnl,
            "fees": fees,
            "return": pnl / (abs(entry["quantity"]) * entry["price"]),
            "bars": place - entry["place"],
            "why_entry": entry["why"],
            "why_exit": why,
            "open": not closed,
        }


def crosses(
    bars: Walk, symbol: str, cash: float, *, fast: int, slow: int, short: bool, rate: float
) -> tuple[Book, NDArray[np.float64]]:
    """A run of an average cross: its book, and its equity, cash and exposure at every close as three columns."""
    total = np.concatenate([[0.0], np.cumsum(bars.close)])
    averages = [(total[n:] - total[:-n]) / n for n in (fast, slow)]
    above = averages[0][slow - fast :] > averages[1]
    turns = {slow + int(place): bool(above[place]) for place in np.flatnonzero(np.diff(above, prepend=above[:1]))}
    book, curve = Book(cash, rate), np.zeros((3, len(bars.ts)))
    for place in range(len(bars.ts)):
        if place in turns:
            turn(book, bars, place, symbol, up=turns[place], short=short)
        value = book.quantity * bars.close[place]
        curve[:, place] = (book.cash + value, book.cash, abs(value) / (book.cash + value))
    if book.quantity:
        book.trades.append(book.row(bars, len(bars.ts) - 1, float(bars.close[-1]), book.entry["fee"], "", closed=False))
    return book, curve


def turn(book: Book, bars: Walk, place: int, symbol: str, *, up: bool, short: bool) -> None:
    why = "fast crossed above slow" if up else "fast crossed below slow"
    if book.quantity:
        book.fill(bars, place, symbol, -book.quantity, why if place % 3 else "stop: 5 % below entry")
    if up or short:
        size = 0.95 * book.cash / float(bars.open[place])
        book.fill(bars, place, symbol, round(size if up else -0.4 * size, 6), why)


def report_data(
    count: int = 8_760 * 2, *, symbols: tuple[str, ...] = ("BTCUSDT",), fast: int = 24, slow: int = 96, **overrides: Any
) -> ReportData:
    """A whole report's input; `overrides` replace fields."""
    cash = 100_000.0
    timeframe, rate = overrides.pop("timeframe", HOUR), overrides.pop("rate", RATE)
    bars = {
        symbol: walk(
            count,
            seed=place + 3,
            price=20_000.0 / (9**place),
            timeframe=timeframe,
            gap_at=count // 2 if place == 0 else None,
        )
        for place, symbol in enumerate(symbols)
    }
    runs = [
        crosses(bars[symbol], symbol, cash / len(symbols), fast=fast, slow=slow, short=True, rate=rate)
        for symbol in symbols
    ]
    equity, in_cash = sum(run[1][0] for run in runs), sum(run[1][1] for run in runs)
    exposure = sum(run[1][2] for run in runs) / len(runs)
    ts = bars[symbols[0]].close_ts
    drawdown = equity / np.maximum.accumulate(np.maximum(equity, cash)) - 1
    trades = pl.DataFrame([row for run in runs for row in run[0].trades], schema=TRADES).sort("entry_ts")
    fills = pl.DataFrame([row for run in runs for row in run[0].fills], schema=FILLS).sort("ts")
    fields: dict[str, Any] = {
        "strategy": "SmaCross",
        "description": "Long while the fast average is above the slow one, a smaller short otherwise.",
        "stats": {
            "fees": float(fills["fee"].sum()),
            "exposure": float(exposure.mean()),
            "turnover": 41.3,
            "hash": "9f2c1b7d5e60a4c3",
        },
        "equity": pl.DataFrame(
            dict(zip(EQUITY, (ts, equity, in_cash, equity - in_cash, exposure, drawdown), strict=True))
        ),
        "fills": fills,
        "orders": orders(fills),
        "trades": trades,
        "bars": bars,
        "cash": cash,
        "currency": "USDT",
        "parameters": {"fast": fast, "slow": slow, "share": 0.95},
        "terms": {
            "account": "margin",
            "fees": "5bp",
            "slippage": "0bp",
            "fill model": "through",
            "calendar": "every UTC day",
        },
        "reproduction": Reproduction(
            run_id="2026-11-20-0001",
            version="0.1.0",
            code_hash="3b7a" * 8,
            data_hash="c0de" * 8,
            result_hash="9f2c1b7d5e60a4c3",
            seed=None,
            command="parrot backtest strategies/sma_cross.py --data BTCUSDT.parquet --set fast=24 --set slow=96",
            made_ns=1_795_200_000_000_000_000,
        ),
    }
    return ReportData(**(fields | overrides))


def orders(fills: pl.DataFrame) -> pl.DataFrame:
    filled = fills.select(
        "order_id", "ts", "symbol", "side", pl.lit("filled").alias("status"), pl.lit("").alias("reason")
    )
    refused = [(0, START, "BTCUSDT", "buy", "refused", "insufficient cash")] * 3
    return pl.concat([filled, pl.DataFrame(refused, schema=ORDERS, orient="row")])

"""Small tapes: trades, quotes and books by the second, and a strategy that acts on their rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import parrot
from parrot.contracts.market import FillModel, Market
from parrot.sdk import Strategy

SECOND = 1_000_000_000
START = 1_704_067_200_000_000_000  # 2024-01-01T00:00Z
COLUMNS = {
    "trades": ("price", "size", "side"),
    "quotes": ("bid", "ask", "bid_size", "ask_size"),
    "books": ("side", "price", "size", "flags"),
    "bars": ("open", "high", "low", "close", "volume"),
}
BUYER, SELLER = 1, -1
BID, ASK = 1, -1
SNAPSHOT, DELTA = 1, 0

Act = Callable[[Strategy], object]


def at(seconds: float) -> int:
    """A moment so many seconds after the start, ns UTC."""
    return START + round(seconds * SECOND)


def columns(kind: str, rows: Sequence[Sequence[float]]) -> dict[str, np.ndarray]:
    """Columns of rows (second, value, ...)."""
    names = COLUMNS[kind]
    made = {name: np.array([row[1 + place] for row in rows], dtype=float) for place, name in enumerate(names)}
    return {"ts": np.array([at(row[0]) for row in rows], dtype=np.int64), **made}


@dataclass(frozen=True)
class Played:
    """Fills as (second, side, quantity, price, maker) and orders as (status, filled, reason), and the result."""

    fills: list[tuple]
    orders: list[tuple]
    result: Any

    @property
    def evidence(self) -> list[float]:
        """Second of the datum behind each fill."""
        return [(ts - START) / SECOND for ts in self.result.fills["evidence_ts"]]


def play(
    script: Mapping[tuple[str, int], Act],
    *,
    cash: float = 10_000,
    bars: Sequence[Sequence[float]] = (),
    trades: Sequence[Sequence[float]] = (),
    quotes: Sequence[Sequence[float]] = (),
    books: Sequence[Sequence[float]] = (),
    fill: FillModel | None = None,
    fx: Mapping[str, Any] | None = None,
    **terms: Any,
) -> Played:
    """Runs a script {(kind of event, its number from 0): what to do then}; minutes for bars, seconds for the rest."""

    class Scripted(Strategy):
        def on_start(self):
            self.seen = dict.fromkeys(("bar", "trade", "quote", "book"), 0)

        def hear(self, kind: str) -> None:
            act = script.get((kind, self.seen[kind]))
            self.seen[kind] += 1
            if act:
                act(self)

        def on_bar(self):
            self.hear("bar")

        def on_trade(self, _):
            self.hear("trade")

        def on_quote(self, _):
            self.hear("quote")

        def on_book(self, _):
            self.hear("book")

    given = {"trades": trades, "quotes": quotes, "books": books}
    data: dict[str, Any] = {kind: columns(kind, rows) for kind, rows in given.items() if rows}
    read_bars = parrot.read_bars(columns("bars", bars), timeframe=60 * SECOND) if bars else None
    market = Market(fill=fill or FillModel(), **terms)
    result = parrot.backtest(Scripted, read_bars, cash=cash, market=market, fx=fx, **data)
    fills = [
        ((ts - START) / SECOND, side, quantity, price, liquidity == "maker")
        for ts, side, quantity, price, liquidity in result.fills.select(
            "ts", "side", "quantity", "price", "liquidity"
        ).rows()
    ]
    return Played(fills, result.orders.select("status", "filled", "reason").rows(), result)

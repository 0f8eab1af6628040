"""What a run left behind: figures and frames, made when asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from parrot.contracts.market import Market
from parrot.engine.calendar import ALWAYS, calendar
from parrot.engine.series import Engine
from parrot.engine.terms import QUANTITY_DECIMALS, cash_decimals

if TYPE_CHECKING:
    import polars as pl

_SIDES = ("sell", "", "buy")
_DIRECTIONS = ("short", "", "long")


class Outcome:
    """Figures and frames of one run. All `ts` are int64 ns UTC; money is Float64 for reading, exact Int64 beside it."""

    def __init__(self, engine: Engine, inputs: Any, market: Market, cash: Decimal) -> None:
        self._engine = engine
        self._market = market
        self.symbols: tuple[str, ...] = inputs.symbols
        self.cash = cash
        self._cash_scale = 10.0 ** cash_decimals(cash)
        self._price_scales = np.array([10.0 ** _decimals(inputs, symbol) for symbol in self.symbols])

    @cached_property
    def stats(self) -> dict[str, Any]:
        """All figures of docs/reference/statistics.md; `None` where a definition leaves one undefined."""
        known, curve = calendar(self._market.calendar or ALWAYS), self._curve
        columns = (curve["ts"], curve["equity"], curve["gross"])
        return self._engine.summary(*columns, known.name == ALWAYS, float(known.periods_per_year))

    @property
    def final_equity(self) -> Decimal:
        """Equity after the last bar, exact."""
        equity = self._curve["equity"]
        return Decimal(int(equity[-1])).scaleb(-cash_decimals(self.cash)) if len(equity) else self.cash

    @cached_property
    def _curve(self) -> dict[str, NDArray[np.int64]]:
        return self._engine.curve()

    @cached_property
    def equity(self) -> pl.DataFrame:
        """One row a bar: ts (close time), equity, cash, position_value, exposure (gross / equity), drawdown."""
        curve = self._curve
        start = int(self.cash.scaleb(cash_decimals(self.cash)))
        columns = (curve["equity"], curve["cash"], curve["gross"])
        readable = self._engine.readable_curve(*columns, start, self._cash_scale)
        names = ("equity", "cash", "position_value", "exposure", "drawdown")
        named = dict(zip(names, readable, strict=True))
        return frame({"ts": curve["ts"], **named, "equity_units": curve["equity"]})

    @cached_property
    def fills(self) -> pl.DataFrame:
        """One row a fill, with the time of the datum that justified it (rule R1)."""
        columns = self._engine.fills()
        scale = self._price_scales[columns["symbol"]]
        return frame(
            {
                "ts": columns["ts"],
                "symbol": self._names(columns["symbol"]),
                "side": _text(_SIDES, columns["side"] + 1),
                "quantity": _units(columns["quantity"]),
                "price": columns["price"] / scale,
                "fee": columns["fee"] / self._cash_scale,
                "why": self._reasons(columns["why"]),
                "order_id": columns["order_id"],
                "evidence_ts": columns["evidence_ts"],
                "liquidity": _text(("taker", "maker"), columns["maker"].view(np.int8)),
                "position": _units(columns["position"]),
                "realised": columns["realised"] / self._cash_scale,
                "price_ticks": columns["price"],
                "quantity_lots": columns["quantity"],
                "fee_units": columns["fee"],
                "notional_units": columns["notional"],
            }
        )

    @cached_property
    def orders(self) -> pl.DataFrame:
        """One row an order, refused ones with their reason."""
        import polars as pl

        columns = self._engine.orders()
        scale = self._price_scales[columns["symbol"]]
        words = {
            name: pl.Series(columns[name], dtype=pl.String) for name in ("type", "role", "tif", "status", "reason")
        }
        return frame(
            {
                "order_id": np.arange(1, len(columns["ts"]) + 1, dtype=np.int64),
                "ts": columns["ts"],
                "symbol": self._names(columns["symbol"]),
                "side": _text(_SIDES, columns["side"] + 1),
                "type": words["type"],
                "role": words["role"],
                "quantity": _units(columns["quantity"]),
                "filled": _units(columns["filled"]),
                "limit": _known(np.where(columns["limit"] == 0, np.nan, columns["limit"] / scale)),
                "trigger": _known(np.where(columns["trigger"] == 0, np.nan, columns["trigger"] / scale)),
                "tif": words["tif"],
                "status": words["status"],
                "reason": words["reason"],
                "why": self._reasons(columns["why"]),
                "updated_ts": columns["updated_ts"],
                "average_price": _known(columns["average"] / scale),
                "quantity_lots": columns["quantity"],
                "filled_lots": columns["filled"],
                "limit_ticks": columns["limit"],
                "trigger_ticks": columns["trigger"],
            }
        )

    @cached_property
    def trades(self) -> pl.DataFrame:
        """One row a round trip (rule R2); an open one has no exit."""
        import polars as pl

        columns = self._engine.trades()
        scale = self._price_scales[columns["symbol"]]
        pnl, notional = columns["pnl"] / self._cash_scale, columns["notional"] / self._cash_scale
        still_open = pl.Series(columns["open"], dtype=pl.Boolean)
        return frame(
            {
                "symbol": self._names(columns["symbol"]),
                "side": _text(_DIRECTIONS, columns["side"] + 1),
                "entry_ts": columns["entry_ts"],
                "exit_ts": _series(columns["exit_ts"]).set(still_open, None),
                "quantity": _units(columns["quantity"]),
                "entry_price": columns["entry"] / scale,
                "exit_price": _known(columns["exit"] / scale),
                "pnl": pnl,
                "fees": columns["fees"] / self._cash_scale,
                "return": np.divide(pnl, notional, out=np.zeros_like(pnl), where=notional != 0),
                "bars": columns["bars"],
                "why_entry": self._reasons(columns["why_entry"]),
                "why_exit": self._reasons(columns["why_exit"]).set(still_open, None),
                "open": still_open,
            }
        )

    def _names(self, numbers: NDArray[Any]) -> pl.Series:
        return _text(self.symbols, numbers)

    def _reasons(self, numbers: NDArray[Any]) -> pl.Series:
        return _text(self._engine.reasons(), numbers)


def frame(columns: Mapping[str, Any]) -> pl.DataFrame:
    """A frame whose numeric columns share the arrays' memory."""
    import polars as pl

    made = {name: values if isinstance(values, pl.Series) else _series(values) for name, values in columns.items()}
    return pl.DataFrame([values.alias(name) for name, values in made.items()])


def _series(values: NDArray[Any]) -> pl.Series:
    import polars as pl
    import pyarrow as pa

    if values.dtype == np.bool_:
        return pl.Series(values)
    # From buffers: pa.array(values) would import all of pandas to ask whether the values are its own.
    held = np.ascontiguousarray(values)
    kind = pa.from_numpy_dtype(held.dtype)
    made = pl.from_arrow(pa.Array.from_buffers(kind, len(held), [None, pa.py_buffer(held)]))
    assert isinstance(made, pl.Series)  # an array makes a series
    return made


def _text(words: Sequence[str], numbers: NDArray[Any]) -> pl.Series:
    import polars as pl

    return pl.Series(words, dtype=pl.String).gather(_series(numbers.astype(np.uint32)))


def _known(values: NDArray[np.float64]) -> pl.Series:
    """Floats with null for NaN."""
    return _series(values).fill_nan(None)


def _units(lots: NDArray[np.int64]) -> NDArray[np.float64]:
    return lots / 10.0**QUANTITY_DECIMALS


def _decimals(inputs: Any, symbol: str) -> int:
    for data in (inputs.bars, inputs.trades, inputs.quotes, inputs.books):
        if symbol in data:
            return int(data[symbol].price_decimals)
    return QUANTITY_DECIMALS

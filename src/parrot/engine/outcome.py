"""What a run left behind: figures and frames, made when asked for."""

from __future__ import annotations

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

_SIDES = np.array(["sell", "", "buy"], dtype=object)
_DIRECTIONS = np.array(["short", "", "long"], dtype=object)


class Outcome:
    """Figures and frames of one run. All `ts` are int64 ns UTC; money is Float64 for reading, exact Int64 beside it."""

    def __init__(self, engine: Engine, inputs: Any, market: Market, cash: Decimal) -> None:
        self._engine = engine
        self._market = market
        self._bars = dict(inputs.bars)
        self.symbols: tuple[str, ...] = inputs.symbols
        self.cash = cash
        self._cash_scale = 10.0 ** cash_decimals(cash)
        self._price_scales = np.array([10.0 ** _decimals(inputs, symbol) for symbol in self.symbols])

    @cached_property
    def stats(self) -> dict[str, Any]:
        """All figures of docs/reference/statistics.md; `None` where a definition leaves one undefined."""
        return {name: value for name, value in self._figures.items() if name != "final_equity_units"}

    @property
    def final_equity(self) -> Decimal:
        """Equity after the last bar, exact."""
        return Decimal(self._figures["final_equity_units"]).scaleb(-cash_decimals(self.cash))

    @cached_property
    def _figures(self) -> dict[str, Any]:
        known = calendar(self._market.calendar or ALWAYS)
        return self._engine.summary(known.name == ALWAYS, float(known.periods_per_year))

    @cached_property
    def equity(self) -> pl.DataFrame:
        """One row a bar: ts (close time), equity, cash, position_value, exposure (gross / equity), drawdown."""
        import polars as pl

        columns = self._engine.curve()
        equity, cash = columns["equity"] / self._cash_scale, columns["cash"] / self._cash_scale
        gross = columns["gross"] / self._cash_scale
        with np.errstate(divide="ignore", invalid="ignore"):
            drawdown = equity / np.maximum(np.maximum.accumulate(equity), float(self.cash)) - 1
            exposure = np.where(equity > 0, gross / equity, 0.0)
        return pl.DataFrame(
            {
                "ts": columns["ts"],
                "equity": equity,
                "cash": cash,
                "position_value": equity - cash,
                "exposure": exposure,
                "drawdown": drawdown,
                "equity_units": columns["equity"],
            }
        )

    @cached_property
    def fills(self) -> pl.DataFrame:
        """One row a fill, with the time of the datum that justified it (rule R1)."""
        import polars as pl

        columns = self._engine.fills()
        price_scale = self._price_scales[columns["symbol"]]
        return pl.DataFrame(
            {
                "ts": columns["ts"],
                "symbol": self._names(columns["symbol"]),
                "side": _SIDES[columns["side"] + 1].tolist(),
                "quantity": _units(columns["quantity"]),
                "price": columns["price"] / price_scale,
                "fee": columns["fee"] / self._cash_scale,
                "why": self._reasons(columns["why"]),
                "order_id": columns["order_id"],
                "evidence_ts": columns["evidence_ts"],
                "liquidity": np.where(columns["maker"], "maker", "taker").tolist(),
                "position": _units(columns["position"]),
                "realised": columns["realised"] / self._cash_scale,
                "price_ticks": columns["price"],
                "quantity_lots": columns["quantity"],
                "fee_units": columns["fee"],
                "notional_units": columns["notional"],
            },
            schema_overrides={"symbol": pl.String, "side": pl.String, "why": pl.String, "liquidity": pl.String},
        )

    @cached_property
    def orders(self) -> pl.DataFrame:
        """One row an order, refused ones with their reason."""
        import polars as pl

        columns = self._engine.orders()
        scale = self._price_scales[columns["symbol"]]
        return pl.DataFrame(
            {
                "order_id": np.arange(1, len(columns["ts"]) + 1, dtype=np.int64),
                "ts": columns["ts"],
                "symbol": self._names(columns["symbol"]),
                "side": _SIDES[columns["side"] + 1].tolist(),
                "type": columns["type"],
                "role": columns["role"],
                "quantity": _units(columns["quantity"]),
                "filled": _units(columns["filled"]),
                "limit": _prices(columns["limit"], scale),
                "trigger": _prices(columns["trigger"], scale),
                "tif": columns["tif"],
                "status": columns["status"],
                "reason": columns["reason"],
                "why": self._reasons(columns["why"]),
                "updated_ts": columns["updated_ts"],
                "average_price": pl.Series(columns["average"] / scale).fill_nan(None),
                "quantity_lots": columns["quantity"],
                "filled_lots": columns["filled"],
                "limit_ticks": columns["limit"],
                "trigger_ticks": columns["trigger"],
            },
            schema_overrides={
                name: pl.String for name in ("symbol", "side", "type", "role", "tif", "status", "reason", "why")
            },
        )

    @cached_property
    def trades(self) -> pl.DataFrame:
        """One row a round trip (rule R2); an open one has no exit."""
        import polars as pl

        columns = self._engine.trades()
        scale = self._price_scales[columns["symbol"]]
        pnl, notional = columns["pnl"] / self._cash_scale, columns["notional"] / self._cash_scale
        still_open = columns["open"]
        return pl.DataFrame(
            {
                "symbol": self._names(columns["symbol"]),
                "side": _DIRECTIONS[columns["side"] + 1].tolist(),
                "entry_ts": columns["entry_ts"],
                "exit_ts": pl.Series([None if o else t for o, t in zip(still_open, columns["exit_ts"].tolist(), strict=True)], dtype=pl.Int64),
                "quantity": _units(columns["quantity"]),
                "entry_price": columns["entry"] / scale,
                "exit_price": pl.Series(columns["exit"] / scale).fill_nan(None),
                "pnl": pnl,
                "fees": columns["fees"] / self._cash_scale,
                "return": np.divide(pnl, notional, out=np.zeros_like(pnl), where=notional != 0),
                "bars": self._bars_between(columns),
                "why_entry": self._reasons(columns["why_entry"]),
                "why_exit": pl.Series(self._reasons(columns["why_exit"])).set(pl.Series(still_open), None)
                if len(still_open)
                else [],
                "open": still_open,
            },
            schema_overrides={"symbol": pl.String, "side": pl.String, "why_entry": pl.String, "why_exit": pl.String},
        )

    def _bars_between(self, columns: dict[str, Any]) -> NDArray[np.int64]:
        held = np.zeros(len(columns["symbol"]), dtype=np.int64)
        for index, symbol in enumerate(self.symbols):
            bars = self._bars.get(symbol)
            rows = columns["symbol"] == index
            if bars is None or not rows.any():
                continue
            last = np.where(columns["open"][rows], bars.close_ts[-1], columns["exit_ts"][rows])
            held[rows] = np.searchsorted(bars.close_ts, last) - np.searchsorted(bars.close_ts, columns["entry_ts"][rows])
        return held

    def _names(self, numbers: NDArray[Any]) -> list[str]:
        return np.array(self.symbols, dtype=object)[numbers].tolist() if len(numbers) else []

    def _reasons(self, numbers: NDArray[Any]) -> list[str]:
        return np.array(self._engine.reasons(), dtype=object)[numbers].tolist() if len(numbers) else []


def _units(lots: NDArray[np.int64]) -> NDArray[np.float64]:
    return lots / 10.0**QUANTITY_DECIMALS


def _prices(ticks: NDArray[np.int64], scale: NDArray[np.float64]) -> Any:
    import polars as pl

    return pl.Series(np.where(ticks == 0, np.nan, ticks / scale)).fill_nan(None)


def _decimals(inputs: Any, symbol: str) -> int:
    for data in (inputs.bars, inputs.trades, inputs.quotes, inputs.books):
        if symbol in data:
            return int(data[symbol].price_decimals)
    return QUANTITY_DECIMALS

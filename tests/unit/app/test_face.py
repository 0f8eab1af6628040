"""The public functions: what they take, in every form that users have it in."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import parrot
from parrot.kernel.errors import DataError, InputError, ParameterError
from parrot.sdk import Strategy
from tests.unit.engine.tape import ASK, BID, BUYER, START, at, columns

ROWS = [(60 * minute, 100 + minute, 102 + minute, 99 + minute, 101 + minute, 10) for minute in range(10)]
TABLE = columns("bars", ROWS)
TRADES = columns("trades", [(second, 100 + second / 10, 1, BUYER) for second in range(15, 600, 30)])
QUOTES = columns("quotes", [(second, 100, 101, 5, 5) for second in range(15, 600, 30)])
BOOKS = columns(
    "books", [row for second in range(15, 600, 30) for row in ((second, BID, 100, 5, 1), (second, ASK, 101, 5, 1))]
)


class Holds(Strategy):
    """Holds one from the first bar on."""

    def on_bar(self, bar):
        self.hold(1, symbol=bar.symbol)


class Counts(Strategy):
    """Counts what it hears; the class keeps the numbers."""

    heard: dict = {}  # noqa: RUF012

    def init(self):
        type(self).heard = dict.fromkeys(("bar", "trade", "quote", "book"), 0)

    def on_bar(self):
        type(self).heard["bar"] += 1

    def on_trade(self):
        type(self).heard["trade"] += 1

    def on_quote(self):
        type(self).heard["quote"] += 1

    def on_book(self):
        type(self).heard["book"] += 1


def heard(*arguments: object, **terms: Any) -> dict[str, int]:
    parrot.backtest(Counts, *arguments, **terms)
    return Counts.heard


# -- what is loaded when ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "import parrot; f = parrot.indicators.rsi",
        "from parrot.indicators import rsi as f",
        "from parrot import indicators; f = indicators.rsi",
        "import parrot; f = parrot.rules.Rules",
        "from parrot.rules import Rules as f",
        "from parrot import rules; f = rules.Rules",
        "import parrot; f = parrot.Market",
        "from parrot import Market as f",
    ],
)
def test_modules_and_names_are_there_when_asked_for(code):
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; print(f.__name__)"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() in ("rsi", "Rules", "Market")


def test_importing_parrot_alone_loads_no_library():
    code = "import parrot, sys, json; print(json.dumps(sorted(m for m in sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"polars", "numpy", "pandas", "pyarrow", "parrot._core", "parrot.app"} & set(json.loads(done.stdout))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'parrot' has no attribute 'trade'"):
        parrot.trade  # noqa: B018
    assert {"backtest", "indicators", "rules", "Market"} <= set(dir(parrot))


# -- every form of data -------------------------------------------------------------------------------------------

FORMS: dict[str, Callable[[Path], Any]] = {
    "dict of arrays": lambda folder: TABLE,
    "dict of lists": lambda folder: {name: values.tolist() for name, values in TABLE.items()},
    "polars frame": lambda folder: pl.DataFrame(TABLE),
    "pandas frame": lambda folder: pd.DataFrame(TABLE),
    "pandas frame with an index of times": lambda folder: pd.DataFrame(
        {name: values for name, values in TABLE.items() if name != "ts"}, index=pd.to_datetime(TABLE["ts"], utc=True)
    ),
    "bars": lambda folder: parrot.read_bars(TABLE),
    "parquet": lambda folder: saved(folder, "bars.parquet", lambda path: pl.DataFrame(TABLE).write_parquet(path)),
    "csv": lambda folder: saved(folder, "bars.csv", lambda path: pl.DataFrame(TABLE).write_csv(path)),
    "feather": lambda folder: saved(folder, "bars.feather", lambda path: pl.DataFrame(TABLE).write_ipc(path)),
    "npz": lambda folder: saved(folder, "bars.npz", lambda path: np.savez(path, **TABLE)),
    "path as text": lambda folder: str(FORMS["parquet"](folder)),
    "by symbol": lambda folder: {"X": TABLE},
    "by symbol, a path": lambda folder: {"X": FORMS["csv"](folder)},
}


def saved(folder, name, write):
    write(folder / name)
    return folder / name


@pytest.mark.parametrize("form", FORMS)
def test_bars_in_every_form_give_the_same(form, tmp_path):
    result = parrot.backtest(Holds, FORMS[form](tmp_path), cash=10_000, fees="10bp")
    # Bought at the second open, 101, for a fee of 0.101; the last close is 110.
    assert result.fills["price"].to_list() == [101.0]
    assert result.stats["final_equity"] == 10_000 - 101 - 0.101 + 110


@pytest.mark.parametrize(
    ("kind", "table"), [("trades", TRADES), ("quotes", QUOTES), ("books", BOOKS)], ids=["trades", "quotes", "books"]
)
@pytest.mark.parametrize("form", [lambda table: table, pl.DataFrame, pd.DataFrame, lambda table: {"X": table}])
def test_ticks_in_every_form_are_heard(kind, table, form):
    times = len(np.unique(table["ts"]))
    assert heard(**{kind: form(table)})[kind.removesuffix("s")] == times


def test_nothing_at_all_is_refused():
    with pytest.raises(InputError, match="there are no data"):
        parrot.backtest(Holds)


@pytest.mark.parametrize("thing", [object, Holds.on_bar, "SmaCross", None, 3])
def test_what_is_no_strategy_is_refused(thing):
    with pytest.raises(ParameterError, match="is not a strategy"):
        parrot.backtest(thing, TABLE)


# -- names --------------------------------------------------------------------------------------------------------


def test_a_single_symbol_without_a_name_is_called_asset():
    assert parrot.backtest(Holds, TABLE).fills["symbol"].to_list() == ["asset"]


def test_the_name_of_bars_is_used_and_a_key_names_what_has_none():
    assert parrot.backtest(Holds, parrot.read_bars(TABLE, symbol="BTC")).fills["symbol"].to_list() == ["BTC"]
    assert parrot.backtest(Holds, {"X": TABLE}).fills["symbol"].to_list() == ["X"]


def test_ticks_without_a_name_belong_to_the_only_symbol():
    result = parrot.backtest(Holds, parrot.read_bars(TABLE, symbol="BTC"), trades=TRADES)
    # Decided at second 60; the next trade is that of second 75, at 107.5.
    assert result.fills.select("symbol", "price").rows() == [("BTC", 107.5)]


def test_ticks_without_a_name_beside_several_symbols_are_refused():
    with pytest.raises(ParameterError, match="trades do not say their symbol, and there are several: A, B"):
        parrot.backtest(Holds, {"A": TABLE, "B": TABLE}, trades=TRADES)


# -- time ---------------------------------------------------------------------------------------------------------

SECOND_MINUTE = at(120)


@pytest.mark.parametrize(
    "start",
    [
        SECOND_MINUTE,
        np.int64(SECOND_MINUTE),
        "2024-01-01T00:02",
        "2024-01-01T00:02:00Z",
        "2024-01-01T01:02:00+01:00",
        dt.datetime(2024, 1, 1, 0, 2),  # noqa: DTZ001 - without a zone it is UTC
        dt.datetime(2024, 1, 1, 0, 2, tzinfo=dt.UTC),
        pd.Timestamp("2024-01-01T00:02Z"),
    ],
)
def test_start_is_read_in_every_form_and_cuts_everything(start):
    assert heard(TABLE, start=start, trades=TRADES, quotes=QUOTES) == {"bar": 8, "trade": 16, "quote": 16, "book": 0}
    assert heard(start=start, books=BOOKS) == {"bar": 0, "trade": 0, "quote": 0, "book": 16}


def test_end_is_excluded():
    assert heard(TABLE, end=SECOND_MINUTE, trades=TRADES) == {"bar": 2, "trade": 4, "quote": 0, "book": 0}
    days = {"start": dt.date(2024, 1, 1), "end": "2024-01-02"}
    assert heard(TABLE, **days)["bar"] == 10


def test_moments_before_the_epoch_are_exact():
    from parrot.app.face import window

    assert window("1969-12-31T23:59:59.999999Z", None) == (-1_000, None)
    assert window("2262-01-01", None)[0] == 9_214_646_400 * 10**9


@pytest.mark.parametrize(
    ("times", "error", "message"),
    [
        ({"start": "yesterday"}, ParameterError, "start is 'yesterday'; expected: ISO 8601"),
        ({"end": True}, ParameterError, "end is True"),
        ({"start": "2024-01-02", "end": "2024-01-01"}, ParameterError, "is not before end"),
        ({"start": "2024-01-02"}, DataError, "asset has no bars in the chosen time"),
    ],
)
def test_times_without_sense_are_refused(times, error, message):
    with pytest.raises(error, match=message):
        parrot.backtest(Holds, TABLE, **times)


def test_ticks_outside_the_chosen_time_are_missed_aloud():
    late = {name: values + (600 * 10**9 if name == "ts" else 0) for name, values in TRADES.items()}
    with pytest.raises(DataError, match="asset has no trades in the chosen time"):
        parrot.backtest(Holds, TABLE, trades=late, end=at(600))


# -- terms --------------------------------------------------------------------------------------------------------


def test_keywords_replace_the_terms_of_a_market():
    market = parrot.Market(fees="1%", slippage="1%", instrument=parrot.Instrument(tick="0.5"))
    assert parrot.backtest(Holds, TABLE, market=market, fees=0, slippage=0).stats["fees"] == 0
    assert parrot.backtest(Holds, TABLE, market=market, slippage="2ticks").fills["price"][0] == 102.0
    assert parrot.backtest(Holds, TABLE, market=market).fills["price"][0] == 102.01


@pytest.mark.parametrize("cash", [10_000, 10_000.0, "10000", "1e4"])
def test_cash_in_every_form(cash):
    assert parrot.backtest(Holds, TABLE, cash=cash).equity["cash"][0] == 10_000


def test_progress_is_told_the_time_reached():
    told: list[int] = []
    parrot.backtest(Holds, TABLE, progress=told.append)
    assert told
    assert told == sorted(told)
    assert told[-1] >= at(600)


def test_bounds_are_told_when_asked_for():
    result = parrot.backtest(Holds, TABLE, bounds=True)
    assert dict(result.bounds) == {"pessimistic": 1_000_009.0, "optimistic": 1_000_009.0}
    assert parrot.backtest(Holds, TABLE).bounds is None


def test_a_result_says_what_it_is():
    result = parrot.backtest(Holds, TABLE, cash=10_000)
    assert repr(result) == "<Result finished: 1 fills, final equity 10,009.00, +0.09%>"
    assert result.equity.columns[:6] == ["ts", "equity", "cash", "position_value", "exposure", "drawdown"]
    assert result.equity["ts"][0] == START + 60 * 10**9
    assert {"ts", "symbol", "side", "quantity", "price", "fee", "why", "order_id", "evidence_ts"} <= set(
        result.fills.columns
    )
    wanted = (
        "fills trades fees final_equity total_return cagr sharpe sortino calmar max_drawdown win_rate profit_factor"
    )
    assert {*wanted.split(), "exposure", "turnover", "hash"} <= set(result.stats)


def test_a_refused_order_is_told_and_raises_nothing():
    class Shorts(Strategy):
        def on_bar(self):
            self.sell(1)

    orders = parrot.backtest(Shorts, TABLE).orders
    assert set(orders["status"]) == {"refused"}
    assert set(orders["side"]) == {"sell"}
    assert orders["reason"][0] == "a short on a cash account"

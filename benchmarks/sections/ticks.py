"""Ticks: every trade through a handler in Python, and a book rebuilt from changes with a look ten times a second."""

from typing import Any

import numpy as np
import tape
from bench import Bench, close
from clock import seconds
from measured_strategies import Tape, Touch
from table import EQUAL, Row

import parrot

TITLE = "Ticks: trades through on_trade, level-2 changes with a 100 ms timer"
TRADES, TRADES_SLOW, CHANGES, CHECKED = 5_000_000, 500_000, 5_000_000, 200_000
SOURCE = {"symbol": "BTCUSDT"}


def measure(bench: Bench) -> list[Row]:
    """All rows of the section."""
    return [*_trades(bench), *_book(bench)]


def _trades(bench: Bench) -> list[Row]:
    raw = tape.trades(bench.size(TRADES))
    trades = _read("trades", raw)

    def work() -> tuple[int, float]:
        parrot.backtest(Tape, trades=trades)
        return Tape.found

    time, found = seconds(work, bench.repeats(3))
    count, total = _sum(raw)
    sound = found[0] == count and close(found[1], total)
    ours = time / count * 1e9
    rows = [Row("on_trade adds up prices", ours, "ns/trade", 200, checked=EQUAL if sound else f"differs: {found}")]
    few = tape.trades(bench.size(TRADES_SLOW))
    answer = bench.peer("nautilus_trades", bench.store(f"trades_{len(few['ts'])}", few), bench.repeats(3))
    rows.append(_beside("on_trade adds up prices", ours, "ns/trade", "nautilus_trader", answer, few, _sum(few)))
    return rows


def _sum(raw: dict[str, Any]) -> tuple[int, float]:
    return len(raw["ts"]), float(raw["price"].sum())


def _book(bench: Bench) -> list[Row]:
    small = tape.changes(CHECKED)
    times = np.arange(small["ts"][0] - 1 + 100 * tape.MILLISECOND, small["ts"][-1], 100 * tape.MILLISECOND)
    sound = _looked(_read("books", small)) == _rounded(tape.touches(small, times))
    raw = tape.changes(bench.size(CHANGES))
    books = _read("books", raw)
    time, found = seconds(lambda: _looked(books), bench.repeats(3))
    ours = time / len(raw["ts"]) * 1e9
    checked = f"{EQUAL}: {found[0]:,} looks" if sound else "differs from a dictionary of levels"
    rows = [Row("changes, a look each 100 ms", ours, "ns/change", 60, checked=checked)]
    answer = bench.peer("hftbacktest_book", bench.store(f"changes_{len(raw['ts'])}", raw), bench.repeats(3))
    rows.append(_beside("changes, a look each 100 ms", ours, "ns/change", "hftbacktest compiled", answer, raw, found))
    return rows


def _looked(books: Any) -> tuple[int, float]:
    parrot.backtest(Touch, books=books)
    return _rounded(Touch.found)


def _rounded(found: tuple[int, float]) -> tuple[int, float]:
    return found[0], round(found[1], 2)


def _read(kind: str, raw: dict[str, Any]) -> Any:
    from parrot.adapters.importers import read_books, read_trades

    return {"trades": read_trades, "books": read_books}[kind](raw, **SOURCE)


def _beside(
    what: str, ours: float, unit: str, name: str, answer: dict[str, Any], raw: dict[str, Any], truth: tuple[int, float]
) -> Row:
    if "missing" in answer:
        return Row(what, ours, unit, peer=name, checked=f"missing: {answer['missing']}")
    same = answer["calls"] == truth[0] and close(answer["total"], truth[1])
    said = EQUAL if same else f"differs: {answer['calls']:,} calls, {answer['total']:,.2f}"
    theirs = answer["seconds"] / len(raw["ts"]) * 1e9
    checked = f"{said}, {len(raw['ts']):,} rows"
    return Row(what, ours, unit, peer=f"{name} {answer['version']}", theirs=theirs, checked=checked, same=same)

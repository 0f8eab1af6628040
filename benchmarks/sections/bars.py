"""One symbol of a million one-minute bars: a handler that does nothing, and the crossing averages in two forms."""

from typing import Any

import market
from bench import Bench, close
from clock import seconds
from measured_strategies import Idle, SmaCross, SmaWhen
from table import EQUAL, Row

import parrot

TITLE = "Bars: SMA(10) over SMA(30), one unit, 10bp, next open"
COUNT, COUNT_SLOW = 1_000_000, 100_000
PEERS = (
    # script, arguments after the repeats, name, bars, compared with, fills at the close of the decision
    ("backtesting_bars", (), "backtesting.py class", COUNT_SLOW, SmaCross, False),
    ("nautilus_bars", (), "nautilus_trader class", COUNT_SLOW, SmaCross, True),
    ("raptorbt_bars", (), "raptorbt class", COUNT, SmaCross, False),
    ("vectorbt_bars", (), "vectorbt Rust, its averages", COUNT, SmaWhen, False),
    ("vectorbt_bars", ("exact",), "vectorbt Rust, exact averages", COUNT, SmaWhen, False),
)


def measure(bench: Bench) -> list[Row]:
    """All rows of the section."""
    raw = market.bars(bench.size(COUNT))
    known = market.truth(raw)
    assert market.KNOWN.get(len(raw["ts"]), known) == known, "the data are not the published ones"
    reading, bars = seconds(lambda: parrot.read_bars(raw), bench.repeats(5))
    rows = [Row("read_bars of arrays", reading / len(bars) * 1e9)]
    rows.append(_idle(bars, bench))
    ours = {}
    for strategy, what, target in ((SmaCross, "SmaCross class", 300), (SmaWhen, "SmaCross with when()", 35)):
        found = _whole(strategy, bars, known, bench)
        ours[strategy] = found[0]
        rows.append(Row(f"{what}, run and result", found[0], target=target, checked=found[1]))
        rows.append(Row(f"{what}, run alone", _run(strategy, bars, bench)))
    rows += [_beside(bench, peer, ours) for peer in PEERS]
    return rows


def _idle(bars: Any, bench: Bench) -> Row:
    figure = _run(Idle, bars, bench)
    result = parrot.backtest(Idle, bars, cash=market.CASH)
    sound = result.stats["fills"] == 0 and result.stats["final_equity"] == market.CASH
    return Row("on_bar that does nothing", figure, target=80, checked=EQUAL if sound else "differs")


def _run(strategy: type, bars: Any, bench: Bench) -> float:
    """ns a bar of the run alone."""
    work = lambda: parrot.backtest(strategy, bars, cash=market.CASH, fees="10bp")  # noqa: E731  # timed as it stands
    return seconds(work, bench.repeats(5))[0] / len(bars) * 1e9


def _whole(strategy: type, bars: Any, known: tuple[int, float], bench: Bench) -> tuple[float, str]:
    """ns a bar with statistics, equity, fills and trades, and how the result compares with the truth."""

    def work() -> Any:
        result = parrot.backtest(strategy, bars, cash=market.CASH, fees="10bp")
        return result, result.stats, result.equity, result.fills, result.trades

    time, (result, stats, equity, fills, trades) = seconds(work, bench.repeats(5))
    found = (stats["fills"], round(stats["final_equity"], 4))
    sound = found == known and len(fills) == known[0] and len(equity) == len(bars) and len(trades) >= known[0] // 2
    sound = sound and round(float(result.final_equity), 4) == round(equity["equity"][-1], 4)
    return time / len(bars) * 1e9, f"{EQUAL}: {known[0]:,} fills, {known[1]:,.4f}" if sound else f"differs: {found}"


def _beside(bench: Bench, peer: tuple[Any, ...], ours: dict[type, float]) -> Row:
    script, arguments, name, count, strategy, at_close = peer
    raw = market.bars(bench.size(count))
    path = bench.store(f"bars_{len(raw['ts'])}", raw)
    answer = bench.peer(script, path, bench.repeats(3), *arguments)
    what = "SmaCross class" if strategy is SmaCross else "SmaCross with when()"
    if "missing" in answer:
        return Row(what, ours[strategy], peer=name, checked=f"missing: {answer['missing']}")
    fills, equity = market.truth(raw, at_close=at_close)
    same = answer["fills"] == fills and close(answer["equity"], equity)
    said = EQUAL if same else f"differs: {answer['fills']:,} fills, {answer['equity']:,.4f}"
    if same and at_close:
        said = f"{EQUAL} (fills at the close)"
    name = f"{name} {answer['version']}"
    theirs = answer["seconds"] / len(raw["ts"]) * 1e9
    return Row(what, ours[strategy], peer=name, theirs=theirs, checked=f"{said}, {len(raw['ts']):,} bars", same=same)

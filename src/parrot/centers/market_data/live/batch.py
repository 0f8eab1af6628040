"""Bars of a whole column of trades at once: what the live builders give for the same trades, to the last bit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from parrot.centers.market_data.live.bars import MONDAY, VOLUME_MAX
from parrot.centers.market_data.live.settings import BarRule
from parrot.centers.market_data.live.units import SIZE_DECIMALS
from parrot.contracts.ticks import BarClosed, TradeTick
from parrot.engine.columns import WEEK

Integers = NDArray[np.int64]


class TradeColumns(NamedTuple):
    """Good trades of one symbol in order, int64 columns in the units of the ticks; `ts` never runs backward."""

    symbol: str
    price_decimals: int
    seq: Integers
    ts: Integers
    price: Integers
    size: Integers

    @classmethod
    def of(cls, trades: Sequence[TradeTick], price_decimals: int) -> TradeColumns:
        """Columns of at least one trade of one symbol."""
        names = ("seq", "ts", "price", "size")
        made = [np.array([getattr(trade, name) for trade in trades], np.int64) for name in names]
        return cls(trades[0].symbol, price_decimals, *made)


def bars_of(trades: TradeColumns, rule: BarRule, *, until: int = 0, fill: int = 1_000) -> list[BarClosed]:
    """All bars that are complete: by a later trade, or, for time bars, by the time `until` (ns UTC).

    Between time bars at most `fill` empty ones in a row are given, as live.
    """
    if not len(trades.ts):
        return []
    return _by_time(trades, rule.step, until, fill) if rule.kind == "time" else _by_events(trades, rule)


def _by_time(trades: TradeColumns, step: int, until: int, fill: int) -> list[BarClosed]:
    anchor = MONDAY if step % WEEK == 0 else 0
    opens = (trades.ts - anchor) // step * step + anchor
    starts = np.flatnonzero(np.append(True, opens[1:] != opens[:-1]))
    made = [
        replaced
        for replaced in _made(trades, BarRule("time", step), starts, np.append(starts[1:], len(opens)))
        if replaced.close_ts <= max(until, int(trades.ts[-1]))
    ]
    if not made:
        return []
    end = max(until, int(trades.ts[-1])) if len(made) == len(starts) else int(opens[starts[len(made)]])
    return list(_with_empty(made, end, fill))


def _with_empty(made: list[BarClosed], end: int, fill: int) -> Iterator[BarClosed]:
    """The bars with the empty ones between them, and after the last of them up to `end`."""
    for bar, following in pairwise([*made, None]):
        assert bar is not None
        yield bar
        stop = following.ts if following else end
        empty = range(bar.close_ts, stop - bar.step + 1, bar.step)[:fill]
        for ts in empty:
            yield BarClosed(
                symbol=bar.symbol,
                kind="time",
                step=bar.step,
                ts=ts,
                close_ts=ts + bar.step,
                open=bar.close,
                high=bar.close,
                low=bar.close,
                close=bar.close,
                volume=0,
                trades=0,
                made=False,
            )


def _by_events(trades: TradeColumns, rule: BarRule) -> list[BarClosed]:
    target = rule.step * (10 ** (trades.price_decimals + SIZE_DECIMALS) if rule.kind == "dollar" else 1)
    starts, ends, filled = [0], [], 0
    for row, amount in enumerate(_amounts(trades, rule.kind)):
        filled += amount
        if filled >= target:
            ends.append(row + 1)
            starts.append(row + 1)
            filled = 0
    return list(_made(trades, rule, np.array(starts[: len(ends)], np.int64), np.array(ends, np.int64)))


def _amounts(trades: TradeColumns, kind: str) -> Iterable[int]:
    """What each trade adds; values as Python integers, since price times size may need more than 64 bits."""
    if kind == "tick":
        return [1] * len(trades.ts)
    sizes: list[int] = trades.size.tolist()
    if kind == "volume":
        return sizes
    return [price * size for price, size in zip(trades.price.tolist(), sizes, strict=True)]


def _made(trades: TradeColumns, rule: BarRule, starts: Integers, ends: Integers) -> Iterator[BarClosed]:
    """One bar for each run of rows [start, end); the runs follow one another."""
    if not len(starts):
        return
    used = slice(0, int(ends[-1]))
    expected = np.append(1, trades.seq[used][:-1] + 1)
    anchor = MONDAY if rule.step % WEEK == 0 else 0
    columns = zip(
        trades.ts[starts].tolist(),
        trades.ts[ends - 1].tolist(),
        trades.price[starts].tolist(),
        np.maximum.reduceat(trades.price[used], starts).tolist(),
        np.minimum.reduceat(trades.price[used], starts).tolist(),
        trades.price[ends - 1].tolist(),
        np.add.reduceat(trades.size[used].astype(object), starts).tolist(),
        (ends - starts).tolist(),
        np.logical_or.reduceat(trades.seq[used] != expected, starts).tolist(),
        strict=True,
    )
    for first, last, opened, high, low, close, volume, count, partial in columns:
        opens = (first - anchor) // rule.step * rule.step + anchor if rule.kind == "time" else first
        yield BarClosed(
            symbol=trades.symbol,
            kind=rule.kind,
            step=rule.step,
            ts=opens,
            close_ts=opens + rule.step if rule.kind == "time" else last,
            open=opened,
            high=high,
            low=low,
            close=close,
            volume=min(volume, VOLUME_MAX),
            trades=count,
            partial=partial,
        )

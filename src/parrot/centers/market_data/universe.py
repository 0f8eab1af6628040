"""Point-in-time universes: which symbols belonged at each bar's close, judged by earlier data only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from parrot.contracts.universe import Ranking, Universe, length_ns
from parrot.engine.bars import Bars
from parrot.kernel.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Floats = NDArray[np.float64]

_MONDAY_NS: Final = 4 * 86_400_000_000_000  # 1970-01-05: weeks begin on Monday
_WEEK_NS: Final = 7 * 86_400_000_000_000


class QuoteColumns(Protocol):
    """Best bid and ask: `ts` in ns UTC, not decreasing, and prices in ticks."""

    @property
    def ts(self) -> Integers:
        """Times of the quotes."""

    @property
    def bid_ticks(self) -> Integers:
        """Best bids."""

    @property
    def ask_ticks(self) -> Integers:
        """Best asks."""


def membership(
    universe: Universe,
    bars: Mapping[str, Bars],
    *,
    quotes: Mapping[str, QuoteColumns] | None = None,
    listed: Mapping[str, int] | None = None,
    delisted: Mapping[str, int] | None = None,
) -> dict[str, NDArray[np.uint8]]:
    """For each symbol one uint8 a bar: 1 when the symbol belongs to the universe as known at that bar's close.

    A bar is known at its close, so a judgement at time T uses bars with close_ts <= T and quotes with ts <= T; it holds
    until the next judgement. Age counts from `listed` (ns UTC) where given, else from the first bar. From `delisted` on
    a symbol is out. Raises ParameterError when the rule needs quotes that are not given.
    """
    symbols = sorted(bars)
    _require_quotes(universe, symbols, quotes)
    times = _judgements(universe, bars)
    if not len(times):
        return {symbol: np.zeros(len(bars[symbol]), np.uint8) for symbol in bars}
    scores = np.stack(
        [
            _score(universe, bars[s], times, (quotes or {}).get(s), (listed or {}).get(s), (delisted or {}).get(s))
            for s in symbols
        ]
    )
    members = _first(scores, universe.top)
    masks = {}
    for symbol, belongs in zip(symbols, members, strict=True):
        latest = np.searchsorted(times, bars[symbol].close_ts, side="right") - 1
        masks[symbol] = np.where(latest >= 0, belongs[np.maximum(latest, 0)], False).astype(np.uint8)
    return masks


def _require_quotes(universe: Universe, symbols: list[str], quotes: Mapping[str, QuoteColumns] | None) -> None:
    missing = [symbol for symbol in symbols if symbol not in (quotes or {})]
    if universe.needs_quotes and missing:
        raise ParameterError(
            f"the universe looks at spreads, and there are no quotes of {', '.join(missing[:5])}",
            expected="quotes for every symbol",
            fix="give quotes=, or leave max_spread and by='spread' out",
        )


def _judgements(universe: Universe, bars: Mapping[str, Bars]) -> Integers:
    """Whole multiples of `every` from the first close to the last."""
    closes = [series.close_ts for series in bars.values() if len(series)]
    if not closes:
        return np.empty(0, np.int64)
    every = length_ns(universe.every, "every")
    anchor = _MONDAY_NS if every % _WEEK_NS == 0 else 0
    first, last = min(int(c[0]) for c in closes), max(int(c[-1]) for c in closes)
    return np.arange(-(-(first - anchor) // every), (last - anchor) // every + 1, dtype=np.int64) * every + anchor


def _score(
    universe: Universe,
    bars: Bars,
    times: Integers,
    quotes: QuoteColumns | None,
    listed: int | None,
    delisted: int | None,
) -> Floats:
    """How high the symbol ranks at each judgement (more is better); NaN where it may not belong at all."""
    if not len(bars):
        return np.full(len(times), np.nan)
    lookback = length_ns(universe.lookback, "lookback")
    known = np.searchsorted(bars.close_ts, times, side="right")
    born = int(bars.ts[0]) if listed is None else listed
    latest = bars.close_ts[np.maximum(known - 1, 0)]
    allowed = (known > 0) & (times - latest <= length_ns(universe.max_silence, "max_silence"))
    allowed &= times - born >= length_ns(universe.min_age, "min_age")
    if delisted is not None:
        allowed &= times < delisted
    money = _money(bars, known, np.searchsorted(bars.close_ts, times - lookback, side="right"))
    score = money if universe.by == Ranking.VOLUME else np.full(len(times), -float(born))
    if quotes is not None and universe.needs_quotes:
        spread = _median_spread(quotes, times, lookback)
        limit = universe.spread_limit
        allowed &= ~np.isnan(spread) & (limit is None or spread <= float(limit))
        score = -spread if universe.by == Ranking.SPREAD else score
    return np.where(allowed & (money > 0), score, np.nan)


def _money(bars: Bars, end: Integers, start: Integers) -> Floats:
    """Close times volume, added over the bars [start, end) of each judgement."""
    # Running totals depend on earlier bars only, so cutting the data later cannot change a judgement.
    total = np.append(0.0, np.cumsum(bars.close * bars.volume))
    money: Floats = total[end] - total[start]
    return money


def _median_spread(quotes: QuoteColumns, times: Integers, lookback: int) -> Floats:
    """Median of (ask - bid) / mid over the quotes of each lookback; NaN where there are none."""
    relative = 2 * (quotes.ask_ticks - quotes.bid_ticks) / (quotes.ask_ticks + quotes.bid_ticks)
    start = np.searchsorted(quotes.ts, times - lookback, side="right")
    end = np.searchsorted(quotes.ts, times, side="right")
    medians = [float(np.median(relative[a:b])) if b > a else np.nan for a, b in zip(start, end, strict=True)]
    return np.array(medians, np.float64)


def _first(scores: Floats, top: int | None) -> NDArray[np.bool_]:
    """The `top` best of each column; of equals, the first in order of symbol."""
    valid = ~np.isnan(scores)
    if top is None:
        return np.asarray(valid)
    order = np.argsort(np.where(valid, -scores, np.inf), axis=0, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(len(scores))[:, None], axis=0)
    return np.asarray(valid & (rank < top))

"""Missing bars: steps longer than the timeframe, with the hours taken out in which the market is closed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from parrot.centers.market_data.quality.report import Finding, Flaw, when
from parrot.centers.market_data.quality.series import Series
from parrot.engine.calendar import ALWAYS, DAY_NS, Calendar


def gap_flaws(series: Series, calendar: Calendar) -> Iterator[Finding]:
    """One finding: `count` is the number of gaps, the sentence says how many bars are missing in them."""
    rows = series.timed
    if len(rows) < 2 or not series.timeframe:
        return
    ts = series.ts[rows]
    long = np.flatnonzero(np.diff(ts) > series.timeframe)
    missing = _missing(ts[long], ts[long + 1], series.timeframe, calendar)
    real = missing > 0
    if not real.any():
        return
    before = rows[long[real]]
    after = dict(zip(before.tolist(), ts[long[real] + 1].tolist(), strict=True))
    lost = dict(zip(before.tolist(), missing[real].tolist(), strict=True))
    text = f"{len(before):,} gap(s), {int(missing[real].sum()):,} bar(s) missing"
    yield series.found(
        Flaw.GAP, before, text, lambda row: f"then nothing until {when(after[row])}: {lost[row]:,} bar(s) missing"
    )


def _missing(start: NDArray[np.int64], end: NDArray[np.int64], timeframe: int, calendar: Calendar) -> NDArray[np.int64]:
    """How many bars should stand between the bars that open at `start` and `end`."""
    if calendar.name == ALWAYS or timeframe > DAY_NS:
        return np.maximum(np.rint((end - start - timeframe) / timeframe).astype(np.int64), 1)
    if timeframe == DAY_NS:
        # Sessions whose date lies after the bar's own and before the next bar's, wherever in the day they are stamped.
        return calendar.days_between(start - start % DAY_NS + DAY_NS, end - end % DAY_NS)
    # A bar that starts before the open or runs over the close is no missing bar: half of it must be trading time.
    return np.rint(calendar.open_between(start + timeframe, end) / timeframe).astype(np.int64)

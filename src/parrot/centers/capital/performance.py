"""How an account did over time, with what came in and went out taken away."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from parrot.contracts.accounts import CurvePoint
from parrot.kernel.decimals import ZERO, add, subtract

Figures = dict[str, float | int | None]


def performance(points: Sequence[CurvePoint], *, periods_per_year: float = 365) -> Figures:
    """Statistics of an equity curve by day (docs/reference/statistics.md), time-weighted: flows earn nothing.

    The first point is the start; its own flow counts as there before. Figures of `parrot.engine.metrics.summary` on an
    index that grows as (equity - flow) over the equity before, besides `profit` (equity gained less flows) and `flows`
    in the account's currency. Fewer than two points, or an equity that is not positive, give only the last two.
    """
    flows = profit = ZERO
    for point in points[1:]:
        flows = add(flows, point.flow)
    if points:
        profit = subtract(subtract(points[-1].equity, points[0].equity), flows)
    figures: Figures = {"profit": float(profit), "flows": float(flows)}
    if len(points) < 2 or any(point.equity <= 0 for point in points[:-1]):
        return figures
    return figures | _statistics(points, periods_per_year)


def _statistics(points: Sequence[CurvePoint], periods_per_year: float) -> Figures:
    import numpy as np  # loaded only when figures are asked for

    from parrot.engine import metrics

    index = [float(points[0].equity)]
    for before, point in pairwise(points):
        index.append(index[-1] * float(subtract(point.equity, point.flow)) / float(before.equity))
    stamps = np.array([point.ts for point in points[1:]], dtype=np.int64)
    closes = metrics.daily_closes(stamps, np.array(index[1:]), start=index[0])
    return metrics.summary(closes.equity, periods_per_year=periods_per_year)

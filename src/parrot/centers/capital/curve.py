"""The equity curve: the marks of the last hours, and the close of every day."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from parrot.centers.capital.ledger import DAY_NS
from parrot.contracts.accounts import CurvePoint
from parrot.kernel.decimals import add


class Curve:
    """Points of equity in order of time; each has the flow from outside since the point before."""

    def __init__(self, points_kept: int) -> None:
        self.first: CurvePoint | None = None
        self.points: deque[CurvePoint] = deque(maxlen=points_kept)
        self.days: list[CurvePoint] = []

    def mark(self, ts: int, equity: Decimal, flow: Decimal) -> None:
        """Adds a point; the last of a day (UTC; midnight belongs to the day that ends) is its close."""
        point = CurvePoint(ts, equity, flow)
        if self.first is None:
            self.first = point
        self.points.append(point)
        if self.days and _day(self.days[-1].ts) == _day(ts):
            point = CurvePoint(ts, equity, add(self.days[-1].flow, flow))
            self.days[-1] = point
        else:
            self.days.append(point)

    def all(self) -> list[CurvePoint]:
        """Closes of the days before the points of the last hours, then those points."""
        since = _day(self.points[0].ts) if self.points else 0
        return [point for point in self.days if _day(point.ts) < since] + list(self.points)

    def state(self) -> dict[str, Any]:
        """The curve as plain values."""
        return {
            "first": _plain(self.first) if self.first else None,
            "points": [_plain(point) for point in self.points],
            "days": [_plain(point) for point in self.days],
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the curve from what `state` gave."""
        kept = msgspec.convert(state, _Kept)
        self.first = kept.first
        self.points = deque(kept.points, maxlen=self.points.maxlen)
        self.days = kept.days


class _Kept(msgspec.Struct):
    """The form of a curve's state."""

    first: CurvePoint | None
    points: list[CurvePoint]
    days: list[CurvePoint]


def _day(ts: int) -> int:
    return (ts - 1) // DAY_NS


def _plain(point: CurvePoint) -> list[Any]:
    return [point.ts, point.equity, point.flow]

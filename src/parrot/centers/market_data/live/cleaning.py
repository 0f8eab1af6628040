"""Cleaning of bars: gaps filled by a stated rule, noise taken out on request; what was changed says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np

from parrot.centers.market_data.live.denoise import Denoise
from parrot.contracts.ticks import BarClosed
from parrot.kernel.errors import ParameterError

FILLS: Final = ("none", "flat")
_PRICES: Final = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True)
class Cleaning:
    """How bars are cleaned.

    `fill` is what stands in for missing time bars: "flat" bars that repeat the last close with no volume (at most
    `most` in a row), or nothing ("none"). `denoise` filters open, high, low and close one by one; high and low are then
    moved to hold the other two.
    """

    fill: str = "flat"
    denoise: Denoise | None = None
    most: int = 1_000

    def __post_init__(self) -> None:
        if self.fill not in FILLS or self.most < 0:
            raise ParameterError(f"fill={self.fill!r}, most={self.most}", expected=f"{' or '.join(FILLS)}, 0 or more")


class BarCleaner:
    """Cleans one series of bars as they come."""

    def __init__(self, cleaning: Cleaning) -> None:
        self._cleaning = cleaning
        self._filters = [cleaning.denoise.stream() for _ in _PRICES] if cleaning.denoise else []
        self._last: BarClosed | None = None

    def clean(self, raw: BarClosed) -> list[BarClosed]:
        """The bars that take the place of a raw one: those that fill the gap before it, and itself."""
        before, self._last = self._last, raw
        filled = _between(before, raw, self._cleaning) if before else []
        return [self._filtered(bar) for bar in [*filled, raw]]

    def _filtered(self, raw: BarClosed) -> BarClosed:
        if not self._filters:
            return raw
        opened, high, low, close = (made.update(price) for made, price in zip(self._filters, _prices(raw), strict=True))
        return _changed(raw, opened, high, low, close)


def cleaned(raw: Sequence[BarClosed], cleaning: Cleaning) -> list[BarClosed]:
    """A whole series at once: what a BarCleaner gives for the same bars, to the last bit."""
    filled: list[BarClosed] = []
    for number, bar in enumerate(raw):
        filled += [*(_between(raw[number - 1], bar, cleaning) if number else []), bar]
    if not cleaning.denoise or not filled:
        return filled
    columns = [np.array([getattr(bar, name) for bar in filled], np.int64) for name in _PRICES]
    rows = zip(filled, *(cleaning.denoise.column(column).tolist() for column in columns), strict=True)
    return [_changed(bar, opened, high, low, close) for bar, opened, high, low, close in rows]


def _prices(bar: BarClosed) -> tuple[int, int, int, int]:
    return bar.open, bar.high, bar.low, bar.close


def _between(before: BarClosed, bar: BarClosed, cleaning: Cleaning) -> list[BarClosed]:
    if cleaning.fill == "none" or bar.kind != "time" or before.step != bar.step:
        return []
    missing = range(before.close_ts, bar.ts - bar.step + 1, bar.step)[: cleaning.most]
    close = before.close
    flat = {"open": close, "high": close, "low": close, "close": close, "volume": 0, "trades": 0, "made": False}
    return [
        msgspec.structs.replace(bar, ts=ts, close_ts=ts + bar.step, partial=False, corrected=False, **flat)
        for ts in missing
    ]


def _changed(raw: BarClosed, opened: int, high: int, low: int, close: int) -> BarClosed:
    high, low = max(high, opened, close), min(low, opened, close)
    if (opened, high, low, close) == _prices(raw):
        return raw
    return msgspec.structs.replace(raw, open=opened, high=high, low=low, close=close, corrected=True)

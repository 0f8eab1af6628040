"""Filters against noise: running median, Hampel and Kalman, value by value or a whole column with the same bits.

They work on integers (prices in units of the listing) and look at no value that comes later.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from parrot.kernel.errors import ParameterError

Integers = NDArray[np.int64]

_MAD: Final = 14_826  # 10^-4 deviations of a normal distribution in one median absolute deviation
_MAD_UNIT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Denoise:
    """Which filter: "median" or "hampel" over `window` values (odd), or "kalman".

    `deviations` is how many deviations from the median Hampel lets pass. `noise` is Kalman's variance of measurement
    in variances of the level's own step: the larger, the smoother.
    """

    kind: str
    window: int = 7
    deviations: int = 3
    noise: float = 4.0

    def __post_init__(self) -> None:
        if self.kind not in _STREAMS:
            raise ParameterError(f"no filter is called {self.kind!r}", expected=" or ".join(_STREAMS))
        if self.window < 1 or self.window % 2 == 0 or self.deviations < 1 or not 0 < self.noise < float("inf"):
            raise ParameterError(
                f"window={self.window}, deviations={self.deviations}, noise={self.noise}",
                expected="an odd window, at least 1 deviation, noise above 0",
            )

    def stream(self) -> Filter:
        """A filter that has seen nothing yet."""
        return _STREAMS[self.kind](self)

    def column(self, values: Integers) -> Integers:
        """The filtered column (int64): what a stream gives for the same values."""
        return _COLUMNS[self.kind](values, self)


class Filter(Protocol):
    """A filter that is fed one value after the other."""

    def update(self, value: int) -> int:
        """The filtered value."""


class _Window:
    """The last values, in order of time and sorted."""

    __slots__ = ("_order", "_size", "sorted")

    def __init__(self, size: int) -> None:
        self._size = size
        self._order: deque[int] = deque()
        self.sorted: list[int] = []

    def add(self, value: int) -> int:
        """Takes a value; the median (of an even number the lower one)."""
        if len(self._order) == self._size:
            del self.sorted[bisect_left(self.sorted, self._order.popleft())]
        self._order.append(value)
        insort(self.sorted, value)
        return self.sorted[(len(self.sorted) - 1) // 2]


class _Median:
    def __init__(self, settings: Denoise) -> None:
        self._window = _Window(settings.window)

    def update(self, value: int) -> int:
        return self._window.add(value)


class _Hampel:
    """A value too far from the median of a full window, itself in it, is replaced by that median.

    The median absolute deviation counts as one unit at least: of prices on a grid half may well be equal.
    """

    def __init__(self, settings: Denoise) -> None:
        self._window = _Window(settings.window)
        self._deviations = settings.deviations
        self._full = settings.window

    def update(self, value: int) -> int:
        median = self._window.add(value)
        if len(self._window.sorted) < self._full:
            return value
        away = sorted(abs(other - median) for other in self._window.sorted)
        limit = self._deviations * _MAD * max(away[(len(away) - 1) // 2], 1)
        return median if abs(value - median) * _MAD_UNIT > limit else value


class _Kalman:
    """The local level model (Harvey 1989, Forecasting, chapter 2): a level that walks, seen through noise."""

    def __init__(self, settings: Denoise) -> None:
        self._noise = settings.noise
        self._level = 0.0
        self._variance = -1.0

    def update(self, value: int) -> int:
        if self._variance < 0.0:
            self._level, self._variance = float(value), self._noise
            return value
        variance = self._variance + 1.0
        gain = variance / (variance + self._noise)
        self._level += gain * (value - self._level)
        self._variance = variance * (1.0 - gain)
        return round(self._level)


def _windows(values: Integers, size: int) -> Iterator[Integers]:
    """Sorted windows that end at each value: the short ones of the beginning one by one, then all others at once."""
    for end in range(1, min(size, len(values) + 1)):
        yield np.sort(values[:end])[None, :]
    if len(values) >= size:
        yield np.sort(np.lib.stride_tricks.sliding_window_view(values, size), axis=1)


def _medians(values: Integers, settings: Denoise) -> Integers:
    parts = [window[:, (window.shape[1] - 1) // 2] for window in _windows(values, settings.window)]
    return np.concatenate(parts) if parts else values.copy()


def _hampels(values: Integers, settings: Denoise) -> Integers:
    size = settings.window
    if len(values) < size:
        return values.copy()
    window = np.sort(np.lib.stride_tricks.sliding_window_view(values, size), axis=1)
    medians = window[:, (size - 1) // 2]
    away = np.sort(np.abs(window - medians[:, None]), axis=1)[:, (size - 1) // 2]
    # Python integers: the product may need more than 64 bits.
    limits = np.maximum(away, 1).astype(object) * (settings.deviations * _MAD)
    odd = np.abs(values[size - 1 :] - medians).astype(object) * _MAD_UNIT > limits
    return np.append(values[: size - 1], np.where(odd.astype(bool), medians, values[size - 1 :]))


def _levels(values: Integers, settings: Denoise) -> Integers:
    """The gain does not depend on the values, so the gains come first and the levels after them."""
    if not len(values):
        return values.copy()
    gains, variance = [], settings.noise
    for _ in range(len(values) - 1):
        variance += 1.0
        gains.append(variance / (variance + settings.noise))
        variance *= 1.0 - gains[-1]
    levels = [float(values[0])]
    for gain, value in zip(gains, values[1:].tolist(), strict=True):
        levels.append(levels[-1] + gain * (value - levels[-1]))
    return np.append(values[:1], np.rint(np.array(levels[1:])).astype(np.int64))


_STREAMS: Final[dict[str, Callable[[Denoise], Filter]]] = {"median": _Median, "hampel": _Hampel, "kalman": _Kalman}
_COLUMNS: Final[dict[str, Callable[[Integers, Denoise], Integers]]] = {
    "median": _medians,
    "hampel": _hampels,
    "kalman": _levels,
}

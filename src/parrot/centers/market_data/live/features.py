"""Features of bars and quotes at their own moment: from this bar and those before it, never a later one."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import sqrt
from typing import Final, NamedTuple

from parrot.contracts.ticks import BarClosed, BarFeatures, QuoteTick
from parrot.kernel.errors import ParameterError

LEAST: Final = 2


class FeatureStream:
    """Features of one series of bars over the last `window` of them; sums are exact integers, so nothing drifts."""

    __slots__ = ("_bars", "_closes", "_move_squares", "_moves", "_squares", "_volumes", "_window")

    def __init__(self, window: int) -> None:
        if window < LEAST:
            raise ParameterError(f"features over {window} bars", expected=f"at least {LEAST}")
        self._window = window
        self._bars: deque[BarClosed] = deque()
        self._closes = self._squares = self._volumes = self._moves = self._move_squares = 0

    def update(self, bar: BarClosed) -> BarFeatures | None:
        """The features at the close of a bar; None until one bar more than the window was seen."""
        bars, window = self._bars, self._window
        if bars:
            self._move(bar.close - bars[-1].close, 1)
        bars.append(bar)
        self._count(bar, 1)
        if len(bars) > window + 1:
            gone = bars.popleft()
            self._move(bars[0].close - gone.close, -1)
        if len(bars) <= window:
            return None
        self._count(bars[0], -1)  # it stays for its close: so many moves need one close more
        sums = _Sums(self._closes, self._squares, self._volumes, self._moves, self._move_squares)
        return _features(bar, bars[-2].close, window, sums)

    def _count(self, bar: BarClosed, sign: int) -> None:
        self._closes += sign * bar.close
        self._squares += sign * bar.close * bar.close
        self._volumes += sign * bar.volume

    def _move(self, move: int, sign: int) -> None:
        self._moves += sign * move
        self._move_squares += sign * move * move


def features_of(bars: Sequence[BarClosed], window: int) -> list[BarFeatures]:
    """Features of a whole series at once: what a stream gives for the same bars, to the last bit."""
    if window < LEAST:
        raise ParameterError(f"features over {window} bars", expected=f"at least {LEAST}")
    closes = [bar.close for bar in bars]
    moves = [later - earlier for earlier, later in pairwise(closes)]
    running = [
        [0, *accumulate(column)]
        for column in (closes, [c * c for c in closes], [bar.volume for bar in bars], moves, [m * m for m in moves])
    ]
    found = []
    for end in range(window, len(bars)):
        levels = [sums[end + 1] - sums[end + 1 - window] for sums in running[:3]]
        steps = [sums[end] - sums[end - window] for sums in running[3:]]
        found.append(_features(bars[end], closes[end - 1], window, _Sums(*levels, *steps)))
    return found


def imbalance(quote: QuoteTick) -> float:
    """(bid size - ask size) / (bid size + ask size), 0 where both are unknown."""
    total = quote.bid_size + quote.ask_size
    return (quote.bid_size - quote.ask_size) / total if total else 0.0


def spread(quote: QuoteTick) -> float:
    """The spread as a share of the middle."""
    return 2 * (quote.ask - quote.bid) / (quote.ask + quote.bid)


class _Sums(NamedTuple):
    """Over the window: of closes, their squares, volumes, moves of the close and their squares."""

    closes: int
    squares: int
    volumes: int
    moves: int
    move_squares: int


def _features(bar: BarClosed, before: int, window: int, sums: _Sums) -> BarFeatures:
    spread_of_closes = window * sums.squares - sums.closes * sums.closes
    spread_of_moves = window * sums.move_squares - sums.moves * sums.moves
    return BarFeatures(
        symbol=bar.symbol,
        kind=bar.kind,
        step=bar.step,
        ts=bar.close_ts,
        window=window,
        change=(bar.close - before) / before,
        deviation=sqrt(spread_of_moves) / (window * bar.close),
        score=(window * bar.close - sums.closes) / sqrt(spread_of_closes) if spread_of_closes else 0.0,
        volume_ratio=window * bar.volume / sums.volumes if sums.volumes else 0.0,
    )

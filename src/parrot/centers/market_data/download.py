"""Downloading history: page by page into the lake, so that whatever was fetched is kept and never fetched again.

Stored bars of a series are always one stretch of time: new bars are added after its end, oldest first, and before its
beginning, newest first. A download that stops anywhere therefore goes on from either end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from parrot.engine.bars import Bars
from parrot.engine.columns import LARGEST, moment, timeframe_text
from parrot.kernel.errors import ParameterError, VenueError
from parrot.ports.clock import Clock
from parrot.ports.lake import Lake, SeriesKey
from parrot.ports.venue import Kline, Venue

_DECIMALS_USUAL: Final = 8
_DECIMALS_MOST: Final = 12
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a failing request is repeated: `tries` in all, waiting `first_s`, then twice as long each time.

    No wait is longer than `longest_s`; a venue that asks for more than `asked_s` ends the download instead.
    """

    tries: int = 6
    first_s: float = 1.0
    longest_s: float = 60.0
    asked_s: float = 300.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is: `done` of `total` ns of history, the bars fetched so far, the last one's open time.

    `note` says why it waits, "" when it does not.
    """

    key: SeriesKey
    done: int
    total: int
    bars: int
    ts: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What a download did: new bars and requests; what the lake now holds; whether it was cancelled."""

    key: SeriesKey
    bars: int
    pages: int
    first_ts: int | None
    last_ts: int | None
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Order:
    """What to download: bars of `timeframe` ns that open in [start, end), ns UTC; `end` None means until now."""

    symbol: str
    timeframe: int
    start: int
    end: int | None = None


OnProgress = Callable[[Progress], None]
Cancelled = Callable[[], bool]


class _Trip:
    """The running account of one download."""

    def __init__(self, key: SeriesKey, step: int, ranges: list[tuple[int, int]], on_progress: OnProgress) -> None:
        self.key = key
        self.step = step
        self.total = sum(max(0, end - start) for start, end in ranges)
        self.done = 0
        self.bars = 0
        self.pages = 0
        self.ts = min((start for start, _ in ranges), default=0)
        self._on_progress = on_progress

    def arrived(self, page: list[Kline], covered: int) -> None:
        self.pages += 1
        self.bars += len(page)
        self.ts = page[-1].ts if page else self.ts
        self.done = min(self.total, self.done + covered)
        self._tell("")

    def waits(self, note: str) -> None:
        self._tell(note)

    def _tell(self, note: str) -> None:
        self._on_progress(Progress(self.key, self.done, self.total, self.bars, self.ts, note))


class Downloader:
    """Fetches history from one venue into a lake."""

    def __init__(self, venue: Venue, lake: Lake, clock: Clock, patience: Patience | None = None) -> None:
        self._venue = venue
        self._lake = lake
        self._clock = clock
        self._patience = patience or Patience()

    def run(
        self, order: Order, on_progress: OnProgress | None = None, cancelled: Cancelled | None = None
    ) -> Downloaded:
        """Fetch what the lake does not have yet; `cancelled` is asked between pages.

        To stay one stretch, what lies between the stored bars and the asked span is fetched too. A bar that is still
        open is left for the next time. Raises ParameterError for an empty span, MissingError for an unknown symbol,
        VenueError when the venue keeps failing; what was fetched before stays in the lake.
        """
        silent: OnProgress = on_progress or (lambda progress: None)
        symbol = self._try(lambda: self._venue.resolve(order.symbol), lambda note: None)
        key = SeriesKey(self._venue.name, symbol, f"ohlcv_{timeframe_text(order.timeframe)}")
        before, after = self._missing(key, order)
        trip = _Trip(key, order.timeframe, [before, after], silent)
        stop = False
        for page, covered in self._pages(trip, before, after):
            if page:
                self._lake.write(key, bars_of(page, symbol, order.timeframe))
            trip.arrived(page, covered)
            stop = cancelled is not None and cancelled()
            if stop:
                break
        first_ts, last_ts = self._lake.span(key) or (None, None)
        return Downloaded(key, trip.bars, trip.pages, first_ts, last_ts, cancelled=stop)

    def _missing(self, key: SeriesKey, order: Order) -> tuple[tuple[int, int], tuple[int, int]]:
        """Spans of open times to fetch: before what is stored, and after it (or all of it)."""
        # A bar is complete when its timeframe is over; the one behind is not asked for.
        complete = self._clock.now_ns() - order.timeframe + 1
        end = complete if order.end is None else min(order.end, complete)
        if order.start >= end:
            raise ParameterError(
                f"no complete {timeframe_text(order.timeframe)} bar from {moment(order.start)} on",
                expected="a start in the past and before the end",
            )
        stored = self._lake.span(key)
        if stored is None:
            return (order.start, order.start), (order.start, end)
        return (min(order.start, stored[0]), stored[0]), (stored[1] + order.timeframe, max(end, stored[1]))

    def _pages(self, trip: _Trip, before: tuple[int, int], after: tuple[int, int]) -> Iterator[tuple[list[Kline], int]]:
        """Pages, each with the length of time that it covers."""
        if trip.total:
            rows = self._try(lambda: self._venue.page_rows(trip.key.symbol), trip.waits)
            yield from self._backward(trip, rows, *before)
            yield from self._forward(trip, rows, *after)

    def _forward(self, trip: _Trip, rows: int, start: int, end: int) -> Iterator[tuple[list[Kline], int]]:
        """Pages from `start` on. A venue may skip ahead to where its history begins, or answer with nothing."""
        while start < end:
            page = self._fetch(trip, rows, start, end)
            behind = min(end, page[-1].ts + trip.step if page else start + rows * trip.step)
            yield page, behind - start
            start = behind

    def _backward(self, trip: _Trip, rows: int, start: int, end: int) -> Iterator[tuple[list[Kline], int]]:
        """Pages before `end`, the latest first, down to where the venue's history begins."""
        if start >= end:
            return
        oldest = self._try(lambda: self._venue.klines(trip.key.symbol, trip.step, start, 1), trip.waits)
        begin = min(end, max(start, oldest[0].ts)) if oldest else start
        yield [], begin - start
        while end > begin:
            since = max(begin, end - rows * trip.step)
            yield self._fetch(trip, rows, since, end), end - since
            end = since

    def _fetch(self, trip: _Trip, rows: int, since: int, end: int) -> list[Kline]:
        limit = min(rows, -(-(end - since) // trip.step))
        page = self._try(lambda: self._venue.klines(trip.key.symbol, trip.step, since, limit), trip.waits)
        return in_order([kline for kline in page if since <= kline.ts < end], self._venue.name)

    def _try(self, request: Callable[[], _T], waits: Callable[[str], None]) -> _T:
        """The answer, after as many tries as patience allows."""
        wait = self._patience.first_s
        tries = 1
        while True:
            try:
                return request()
            except VenueError as error:
                asked = error.retry_after_s or 0.0
                if not error.temporary or tries >= self._patience.tries or asked > self._patience.asked_s:
                    raise
                pause = max(asked, min(wait, self._patience.longest_s))
                waits(f"{error.problem}; waiting {pause:g} s")
                self._clock.sleep(pause)
                wait *= 2
                tries += 1


def in_order(page: list[Kline], venue: str) -> list[Kline]:
    """A page sorted by time, repeats dropped. Raises VenueError when two bars of one time differ."""
    found: dict[int, Kline] = {}
    for kline in page:
        if found.setdefault(kline.ts, kline) != kline:
            raise VenueError(f"{venue} sent two different bars of {moment(kline.ts)}", fix="try again later")
    return [found[ts] for ts in sorted(found)]


def bars_of(page: Sequence[Kline], symbol: str, timeframe: int) -> Bars:
    """Exact bars of klines in order of time: 8 decimals, more where prices carry more (up to 12)."""
    prices = [value for kline in page for value in kline[1:5]]
    volumes = [kline.volume for kline in page]
    price_decimals, volume_decimals = _decimals(prices, _DECIMALS_MOST), _decimals(volumes, _DECIMALS_USUAL)
    ticks = _integers(prices, price_decimals).reshape(len(page), 4)
    ts = np.array([kline.ts for kline in page], dtype=np.int64)
    rounded = [
        f"{what} rounded to {decimals} decimals"
        for what, decimals, values in (("prices", price_decimals, prices), ("volume", volume_decimals, volumes))
        if any(value != round(value, decimals) for value in values)
    ]
    return Bars(
        symbol=symbol,
        ts=ts,
        close_ts=np.minimum(ts + timeframe, np.append(ts[1:], ts[-1] + timeframe)),
        open_ticks=ticks[:, 0],
        high_ticks=ticks[:, 1],
        low_ticks=ticks[:, 2],
        close_ticks=ticks[:, 3],
        volume_lots=_integers(volumes, volume_decimals),
        price_decimals=price_decimals,
        volume_decimals=volume_decimals,
        timeframe=timeframe,
        notes=tuple(rounded),
    )


def _decimals(values: Sequence[Decimal], most: int) -> int:
    """8, or as many as the values carry up to `most`, but no more than leave the largest within the exact range."""
    carried = max((-int(value.normalize().as_tuple().exponent) for value in values), default=0)
    wanted = min(max(_DECIMALS_USUAL, carried), most)
    largest = max(values, default=Decimal(0))
    return next(d for d in range(wanted, -1, -1) if largest.scaleb(d) <= LARGEST or d == 0)


def _integers(values: Sequence[Decimal], decimals: int) -> NDArray[np.int64]:
    return np.array([int(round(value, decimals).scaleb(decimals)) for value in values], dtype=np.int64)

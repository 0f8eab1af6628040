"""A download keeps what it has, fetches only what is missing, and waits as it is told."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.adapters.lake.files import FileLake
from parrot.centers.market_data.download import Downloader, Order, Patience, Progress, bars_of, in_order
from parrot.engine.bars import Bars
from parrot.kernel.errors import MissingError, ParameterError, VenueError
from parrot.ports.lake import LakeEntry, SeriesKey, Ticks
from parrot.ports.venue import Kline

HOUR = 3_600_000_000_000
START = 1_704_067_200_000_000_000  # 2024-01-01
KEY = SeriesKey("fake", "BTCUSDT", "ohlcv_1h")


def kline(number: int, price: str = "100.5", volume: str = "1.25") -> Kline:
    value = Decimal(price) + number
    return Kline(START + number * HOUR, value, value, value, value, Decimal(volume))


class FakeVenue:
    """Hours numbered from the start; `troubles` are raised first, one a request."""

    name = "fake"

    def __init__(self, numbers: list[int], rows: int = 10) -> None:
        self.numbers = numbers
        self.rows = rows
        self.troubles: list[Exception] = []
        self.requests: list[tuple[int, int]] = []

    def resolve(self, symbol: str) -> str:
        if symbol not in ("BTCUSDT", "BTC/USDT"):
            raise MissingError(f"no {symbol}")
        return "BTCUSDT"

    def page_rows(self, symbol: str) -> int:
        return self.rows

    def klines(self, symbol: str, timeframe: int, since: int, limit: int) -> list[Kline]:
        assert (symbol, timeframe) == ("BTCUSDT", HOUR)
        self.requests.append(((since - START) // HOUR, limit))
        if self.troubles:
            raise self.troubles.pop(0)
        later = [kline(number) for number in self.numbers if START + number * HOUR >= since]
        return later[: min(limit, self.rows)]


class FakeClock:
    """Stands at an hour after the start and notes how long it was asked to wait."""

    def __init__(self, hour: float) -> None:
        self.now = START + int(hour * HOUR)
        self.waits: list[float] = []

    def now_ns(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class MemoryLake:
    """Rows by open time; it can be told to fail or to stop the process at a write."""

    def __init__(self) -> None:
        self.rows: dict[int, float] = {}
        self.before_write: Callable[[], None] = lambda: None

    def entries(self) -> list[LakeEntry]:
        return []

    def span(self, key: SeriesKey) -> tuple[int, int] | None:
        return (min(self.rows), max(self.rows)) if self.rows else None

    def read(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Bars:
        raise MissingError("not here")

    def read_ticks(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Ticks:
        raise MissingError("not here")

    def write(self, key: SeriesKey, data: Bars | Ticks) -> None:
        assert key == KEY
        assert isinstance(data, Bars)
        self.before_write()
        self.rows |= dict(zip(data.ts.tolist(), data.close.tolist(), strict=True))

    @property
    def numbers(self) -> list[int]:
        return sorted((ts - START) // HOUR for ts in self.rows)


def order(first: int, last: int | None = None) -> Order:
    end = None if last is None else START + last * HOUR
    return Order("BTC/USDT", HOUR, START + first * HOUR, end)


def test_a_span_is_fetched_page_by_page_and_stored() -> None:
    venue, lake = FakeVenue(list(range(100))), MemoryLake()
    done = Downloader(venue, lake, FakeClock(100)).run(order(5, 38))
    assert lake.numbers == list(range(5, 38))
    assert venue.requests == [(5, 10), (15, 10), (25, 10), (35, 3)]
    assert (done.key, done.bars, done.pages, done.cancelled) == (KEY, 33, 4, False)
    assert (done.first_ts, done.last_ts) == (START + 5 * HOUR, START + 37 * HOUR)


def test_the_bar_that_is_still_open_is_left_for_the_next_time() -> None:
    venue, lake, clock = FakeVenue(list(range(100))), MemoryLake(), FakeClock(12.5)
    Downloader(venue, lake, clock).run(order(0))
    assert lake.numbers == list(range(12))
    clock.now = START + 13 * HOUR
    Downloader(venue, lake, clock).run(order(0))
    assert lake.numbers == list(range(13))
    assert venue.requests[-1] == (12, 1)


def test_what_is_stored_is_never_fetched_again() -> None:
    venue, lake = FakeVenue(list(range(100))), MemoryLake()
    loader = Downloader(venue, lake, FakeClock(100))
    loader.run(order(0, 30))
    asked = len(venue.requests)
    done = loader.run(order(0, 30))
    assert (done.bars, done.pages, len(venue.requests)) == (0, 0, asked)
    loader.run(order(10, 45))
    assert venue.requests[asked:] == [(30, 10), (40, 5)]


def test_earlier_history_is_added_from_its_end() -> None:
    venue, lake = FakeVenue(list(range(100))), MemoryLake()
    loader = Downloader(venue, lake, FakeClock(100))
    loader.run(order(50, 60))
    venue.requests.clear()
    loader.run(order(25, 60))
    assert lake.numbers == list(range(25, 60))
    assert venue.requests == [(25, 1), (40, 10), (30, 10), (25, 5)]  # the first asks where history begins


def test_history_that_begins_later_than_asked_is_found_with_one_request() -> None:
    venue, lake = FakeVenue(list(range(40, 100))), MemoryLake()
    loader = Downloader(venue, lake, FakeClock(100))
    loader.run(order(0, 60))
    assert lake.numbers == list(range(40, 60))
    assert venue.requests == [(0, 10), (50, 10)]
    loader.run(order(0, 60))
    assert venue.requests[2:] == [(0, 1)]


def test_holes_of_the_venue_stay_holes_and_end_nothing() -> None:
    present = [*range(7), *range(33, 50)]
    venue, lake = FakeVenue(present), MemoryLake()
    Downloader(venue, lake, FakeClock(100)).run(order(0, 70))
    assert lake.numbers == present


def test_a_span_apart_from_the_stored_one_is_joined_to_it() -> None:
    venue, lake = FakeVenue(list(range(100))), MemoryLake()
    loader = Downloader(venue, lake, FakeClock(100))
    loader.run(order(40, 45))
    loader.run(order(60, 65))
    assert lake.numbers == list(range(40, 65))
    loader.run(order(10, 15))
    assert lake.numbers == list(range(10, 65))


class Killed(BaseException):
    """The process ends here."""


@settings(max_examples=60, deadline=None)
@given(
    first=st.integers(0, 60),
    length=st.integers(1, 60),
    stored=st.none() | st.tuples(st.integers(0, 60), st.integers(1, 40)),
    kill_after=st.integers(0, 8),
    present=st.sets(st.integers(0, 120)),
)
def test_after_a_kill_at_any_write_the_next_run_completes_the_span(
    first: int, length: int, stored: tuple[int, int] | None, kill_after: int, present: set[int]
) -> None:
    venue, lake = FakeVenue(sorted(present), rows=7), MemoryLake()
    loader = Downloader(venue, lake, FakeClock(200))
    if stored:
        loader.run(order(stored[0], stored[0] + stored[1]))
    writes = iter(range(10_000))

    def killed() -> None:
        if next(writes) == kill_after:
            raise Killed

    lake.before_write = killed
    try:
        loader.run(order(first, first + length))
    except Killed:
        lake.before_write = lambda: None
        loader.run(order(first, first + length))
    missing = {number for number in present if first <= number < first + length} - set(lake.numbers)
    assert not missing
    held = lake.numbers
    assert not held or held == [n for n in sorted(present) if held[0] <= n <= held[-1]]


def test_failures_are_repeated_with_growing_waits() -> None:
    venue, lake, clock = FakeVenue(list(range(100))), MemoryLake(), FakeClock(100)
    venue.troubles = [VenueError("busy"), VenueError("busy"), VenueError("busy")]
    notes: list[str] = []
    Downloader(venue, lake, clock).run(order(0, 20), lambda progress: notes.append(progress.note))
    assert clock.waits == [1.0, 2.0, 4.0]
    assert notes[:3] == ["busy; waiting 1 s", "busy; waiting 2 s", "busy; waiting 4 s"]
    assert lake.numbers == list(range(20))


def test_a_wait_that_the_venue_asks_for_is_honoured() -> None:
    venue, clock = FakeVenue(list(range(100))), FakeClock(100)
    venue.troubles = [VenueError("slow down", retry_after_s=17)]
    Downloader(venue, MemoryLake(), clock).run(order(0, 5))
    assert clock.waits == [17.0]


def test_too_long_a_wait_ends_the_download_instead() -> None:
    venue, clock = FakeVenue(list(range(100))), FakeClock(100)
    venue.troubles = [VenueError("banned", retry_after_s=7_200)]
    with pytest.raises(VenueError, match="banned"):
        Downloader(venue, MemoryLake(), clock).run(order(0, 5))
    assert clock.waits == []


def test_patience_ends_and_what_was_fetched_stays() -> None:
    venue, lake, clock = FakeVenue(list(range(100))), MemoryLake(), FakeClock(100)

    def fail_from_now_on() -> None:
        venue.troubles = [VenueError("down")] * 100

    lake.before_write = fail_from_now_on
    with pytest.raises(VenueError, match="down"):
        Downloader(venue, lake, clock, Patience(tries=4, longest_s=3)).run(order(0, 30))
    assert clock.waits == [1.0, 2.0, 3.0]
    assert lake.numbers == list(range(10))


def test_a_refusal_for_good_is_not_repeated() -> None:
    venue, clock = FakeVenue(list(range(100))), FakeClock(100)
    venue.troubles = [VenueError("no such history", temporary=False)]
    with pytest.raises(VenueError, match="no such history"):
        Downloader(venue, MemoryLake(), clock).run(order(0, 5))
    assert clock.waits == []


def test_progress_rises_to_the_whole() -> None:
    told: list[Progress] = []
    Downloader(FakeVenue(list(range(100))), MemoryLake(), FakeClock(100)).run(order(5, 38), told.append)
    assert [progress.bars for progress in told] == [10, 20, 30, 33]
    assert [progress.done / progress.total for progress in told] == pytest.approx([10 / 33, 20 / 33, 30 / 33, 1.0])
    assert told[-1].ts == START + 37 * HOUR


def test_a_cancelled_download_stops_between_pages_and_goes_on_later() -> None:
    venue, lake = FakeVenue(list(range(100))), MemoryLake()
    loader = Downloader(venue, lake, FakeClock(100))
    answers = iter([False, True])
    done = loader.run(order(0, 50), cancelled=lambda: next(answers))
    assert (done.cancelled, lake.numbers) == (True, list(range(20)))
    assert not loader.run(order(0, 50)).cancelled
    assert lake.numbers == list(range(50))


@pytest.mark.parametrize("span", [(10, 10), (20, 10), (99.5, None), (300, None)])
def test_a_span_without_a_complete_bar_is_refused(span: tuple[float, int | None]) -> None:
    first, last = span
    wrong = Order("BTCUSDT", HOUR, START + int(first * HOUR), None if last is None else START + last * HOUR)
    with pytest.raises(ParameterError, match="no complete 1h bar"):
        Downloader(FakeVenue([]), MemoryLake(), FakeClock(100)).run(wrong)


def test_an_unknown_symbol_is_missing() -> None:
    with pytest.raises(MissingError, match="DOGE"):
        Downloader(FakeVenue([]), MemoryLake(), FakeClock(100)).run(Order("DOGE", HOUR, START))


def test_a_page_is_sorted_and_repeats_are_dropped() -> None:
    assert in_order([kline(2), kline(1), kline(2)], "fake") == [kline(1), kline(2)]
    with pytest.raises(VenueError, match="two different bars"):
        in_order([kline(1), kline(1, "7")], "fake")


def test_bars_hold_the_exact_decimals() -> None:
    page = [kline(0, "0.000012345678", "987654.00000001"), kline(1, "0.000000000001", "3")]
    bars = bars_of(page, "X", HOUR)
    assert (bars.price_decimals, bars.volume_decimals) == (12, 8)
    assert bars.open_ticks.tolist() == [12_345_678, 1_000_000_000_001]
    assert bars.volume_lots.tolist() == [98_765_400_000_001, 300_000_000]
    assert bars.notes == ()
    huge = bars_of([kline(0, volume="123456789012345.678")], "X", HOUR)
    assert (huge.volume_decimals, huge.volume_lots.tolist()) == (1, [1_234_567_890_123_457])
    assert huge.notes == ("volume rounded to 1 decimals",)


def test_pages_in_files_read_back_as_one_exact_series(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    Downloader(FakeVenue(list(range(40))), lake, FakeClock(100)).run(order(0, 35))
    found = lake.read(KEY)
    assert (found.ts - START).tolist() == [number * HOUR for number in range(35)]
    assert found.close_ticks.tolist() == [10_050_000_000 + number * 10**8 for number in range(35)]
    assert np.unique(found.volume_lots).tolist() == [125_000_000]

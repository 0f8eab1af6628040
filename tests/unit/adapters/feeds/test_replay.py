"""Recorded data played again: everything, exactly, in order of time, at any cut; and books that equal the engine's."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parrot.adapters.feeds import Pace, Recording, ReplayFeed, generated
from parrot.adapters.importers import read_bars, read_books, read_quotes, read_trades
from parrot.centers.market_data.generator import Recipe
from parrot.centers.market_data.live import BarRule, LiveMarket, LiveSettings
from parrot.contracts.ticks import BarClosed, BookChanged, BookSnapshot, QuoteTick, TradeTick
from parrot.engine.bars import Bars
from parrot.engine.book import L2Book
from parrot.engine.ticks import Books, Quotes, Trades
from parrot.kernel.errors import DataError, ParameterError

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND


def columns(*values: int) -> Any:
    return np.array(values, np.int64)


def sample() -> list[Recording]:
    """Two symbols; times, in ms from the start: trades 1, 5 and 5, quotes 0, 5 and 9, a bar that closes at 5."""
    ms = 1_000_000
    trades = Trades(
        "ONE", START + columns(1, 5, 5) * ms, columns(100_50, 100_25, 101_00), columns(3, 4, 5),
        np.array([1, -1, 0], np.int8), price_decimals=2, size_decimals=0,
    )  # fmt: skip
    quotes = Quotes(
        "ONE", START + columns(0, 5, 9) * ms, columns(10_000, 10_025, 10_050), columns(10_050, 10_075, 10_100),
        columns(1, -1, 2), columns(5, 6, 7), price_decimals=2, size_decimals=1,
    )  # fmt: skip
    one = columns(7)
    bars = Bars("TWO", START + columns(-55_000) * ms, START + columns(5) * ms, one, one, one, one, one,
                price_decimals=0, volume_decimals=0, timeframe=60 * SECOND)  # fmt: skip
    return [Recording("ONE", trades=trades, quotes=quotes), Recording("TWO", bars=bars)]


def everything(feed: ReplayFeed) -> list[Any]:
    found: list[Any] = []
    while (due := feed.due()) is not None:
        found += feed.poll(due)
    return found


def test_ticks_come_in_order_of_time_quotes_before_trades() -> None:
    found = everything(ReplayFeed(sample()))
    assert [(type(tick).__name__, getattr(tick, "seq", 0)) for tick in found] == [
        ("QuoteTick", 1), ("TradeTick", 1), ("QuoteTick", 2), ("TradeTick", 2), ("TradeTick", 3), ("BarClosed", 0),
        ("QuoteTick", 3),
    ]  # fmt: skip


def test_prices_and_sizes_are_exact_in_the_units_of_the_listing() -> None:
    feed = ReplayFeed(sample())
    one, two = feed.listings()
    assert (one.tick, one.price_decimals, two.tick, two.price_decimals) == (Decimal("0.25"), 2, Decimal(7), 0)
    found = everything(feed)
    assert [tick.price for tick in found if isinstance(tick, TradeTick)] == [10_050, 10_025, 10_100]
    assert [tick.size for tick in found if isinstance(tick, TradeTick)] == [3 * 10**8, 4 * 10**8, 5 * 10**8]
    assert [tick.bid_size for tick in found if isinstance(tick, QuoteTick)] == [10**7, 0, 2 * 10**7], "-1 is unknown"
    (bar,) = [tick for tick in found if isinstance(tick, BarClosed)]
    assert (bar.open, bar.volume, bar.close_ts - bar.ts) == (7, 7 * 10**8, 55_005 * 1_000_000)


def test_nothing_comes_before_its_time_and_nothing_twice() -> None:
    feed = ReplayFeed(sample())
    assert feed.poll(START - 1) == []
    assert len(feed.poll(START + 4_999_999)) == 2
    assert len(feed.poll(START + 5_000_000)) == 4
    assert feed.poll(START + 5_000_000) == []
    assert feed.due() == START + 9_000_000
    assert len(feed.poll(START + 60 * SECOND)) == 1
    assert feed.due() is None


@pytest.mark.parametrize("step", [1, 1_000_000, 3_000_000, SECOND])
def test_any_pace_gives_the_same_ticks(step: int) -> None:
    feed = ReplayFeed(sample())
    found: list[Any] = []
    for now in range(START, START + 10_000_000 + step, step) if step > 1 else (START + 2, START + SECOND):
        found += feed.poll(now)
    assert found == everything(ReplayFeed(sample()))


def test_a_shift_moves_every_time() -> None:
    feed = ReplayFeed(sample(), shift=SECOND)
    assert feed.span == (START + SECOND, START + SECOND + 9_000_000)
    found = everything(feed)
    assert next(tick.received for tick in found if isinstance(tick, TradeTick)) == START + SECOND + 1_000_000
    assert [bar.close_ts for bar in found if isinstance(bar, BarClosed)] == [START + SECOND + 5_000_000]


def test_a_closed_feed_gives_nothing() -> None:
    feed = ReplayFeed(sample())
    feed.poll(START)
    feed.close()
    assert feed.poll(START + SECOND) == []
    assert feed.due() is None


def test_nothing_to_replay_is_refused() -> None:
    with pytest.raises(DataError):
        ReplayFeed([])
    with pytest.raises(DataError):
        ReplayFeed([Recording("ONE")])


def test_a_pace_maps_wall_time_to_recorded_time() -> None:
    pace = Pace(START, 500, speed=10)
    assert pace.now(500) == START
    assert pace.now(600) == START + 1_000
    assert pace.wait(START + 1_000, 500) == 100
    assert pace.wait(START + 1_000, 700) == 0
    assert pace.now(500 + pace.wait(START + 1_001, 500)) >= START + 1_001, "it never wakes too early"
    with pytest.raises(ParameterError):
        Pace(START, 0, speed=0)


def books(rows: list[tuple[int, int, int, int, int, int]], *, ids: bool = True) -> Books:
    """Rows of ms, side, price, size, flags, last id."""
    table = np.array(rows, np.int64).T
    return Books(
        symbol="ONE", ts=START + table[0] * 1_000_000, side=table[1].astype(np.int8), price_ticks=table[2],
        size_lots=table[3], flags=table[4].astype(np.uint8), price_decimals=0, size_decimals=0,
        last_id=table[5] if ids else None,
    )  # fmt: skip


ROWS = [
    (1, 1, 100, 5, 0, 7),
    (2, 1, 99, 1, 1, 8), (2, -1, 102, 2, 1, 8),
    (3, 1, 100, 3, 0, 8),
    (4, 1, 100, 4, 0, 12), (4, -1, 101, 9, 0, 12),
    (5, -1, 101, 0, 0, 15),
]  # fmt: skip


def test_rows_of_one_message_are_one_message_and_its_ids_follow_one_another() -> None:
    found = everything(ReplayFeed([Recording("ONE", books=books(ROWS))]))
    said = [(m.first, m.last, len(m.levels)) if isinstance(m, BookChanged) else (m.last, len(m.levels)) for m in found]
    assert said == [(7, 7, 1), (8, 2), (8, 8, 1), (9, 12, 2), (13, 15, 1)]
    assert isinstance(found[1], BookSnapshot)


def test_a_recording_without_ids_has_numbered_messages() -> None:
    found = everything(ReplayFeed([Recording("ONE", books=books(ROWS, ids=False))]))
    said = [(m.first, m.last) if isinstance(m, BookChanged) else m.last for m in found]
    assert said == [(1, 1), 2, (2, 3), (4, 4), (5, 5)]


def test_a_snapshot_that_is_asked_for_is_the_book_as_far_as_it_was_given() -> None:
    feed = ReplayFeed([Recording("ONE", books=books(ROWS))])
    feed.poll(START + 1_000_000)
    feed.ask_snapshot("ONE", START + 1_000_000)
    assert feed.poll(START + 1_000_000) == [], "no book was shown yet"
    feed.poll(START + 4_000_000)
    feed.ask_snapshot("ONE", START + 4_000_000)
    feed.ask_snapshot("OTHER", START + 4_000_000)
    (answer,) = feed.poll(START + 4_000_000)
    coin = 10**8
    levels = [(level.side, level.price, level.size) for level in answer.levels]
    assert (answer.last, levels) == (12, [(1, 100, 4 * coin), (1, 99, coin), (-1, 101, 9 * coin), (-1, 102, 2 * coin)])


class Lossy:
    """A feed that loses every `every`th book change."""

    def __init__(self, inner: ReplayFeed, every: int) -> None:
        self.inner = inner
        self._every = every
        self._seen = 0

    def poll(self, now: int) -> list[Any]:
        return [message for message in self.inner.poll(now) if not self._loses(message)]

    def _loses(self, message: Any) -> bool:
        self._seen += isinstance(message, BookChanged)
        return isinstance(message, BookChanged) and self._seen % self._every == 0


@pytest.mark.shared
@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT"])
def test_a_recorded_book_played_live_equals_the_engine_s_rebuilt_book(shared: Path, symbol: str) -> None:
    rows = read_books(shared / f"data/binance/{symbol}/l2.parquet")
    feed = ReplayFeed([Recording(symbol, books=rows)])
    live = LiveMarket(feed.listings())
    touches = L2Book.on_grid_of(rows).apply(rows, rows.last_id)
    factor = 10 ** (rows.price_decimals - feed.listings()[0].price_decimals)
    wanted = {int(last): (int(bid), int(ask)) for last, bid, ask, ok in zip(
        touches.last_id, touches.bid // factor, touches.ask // factor, touches.synced, strict=True) if ok}  # fmt: skip
    book, seen = live.symbol(symbol).book, 0
    while (due := feed.due()) is not None:
        flow = live.take(feed.poll(due), due)
        assert not [kept for kept in flow.quarantined if kept.gate != "duplicate"]
        if book.valid:
            assert book.ladder.touch()[:2] == wanted[book.last]
            seen += 1
    assert seen > 3_000
    assert book.gaps == 0


@pytest.mark.shared
def test_after_losses_a_recorded_book_is_rebuilt_from_snapshots(shared: Path) -> None:
    rows = read_books(shared / "data/binance/ETHUSDT/l2.parquet")
    feed = Lossy(ReplayFeed([Recording("ETHUSDT", books=rows)]), every=100)
    live = LiveMarket(feed.inner.listings())
    truth = LiveMarket(feed.inner.listings())
    whole = ReplayFeed([Recording("ETHUSDT", books=rows)])
    book, same = live.symbol("ETHUSDT").book, 0
    while (due := feed.inner.due()) is not None:
        flow = live.take(feed.poll(due), due)
        for symbol in flow.asks:
            feed.inner.ask_snapshot(symbol, due)
        truth.take(whole.poll(due), due)
        if book.valid and book.last == truth.symbol("ETHUSDT").book.last:
            assert book.ladder.levels(20) == truth.symbol("ETHUSDT").book.ladder.levels(20)
            same += 1
    assert book.gaps >= 20
    assert same > 2_000


@pytest.mark.shared
def test_recorded_trades_and_quotes_pass_the_gates(shared: Path) -> None:
    folder = shared / "data/binance/BTCUSDT"
    recording = Recording(
        "BTCUSDT", trades=read_trades(folder / "trades.parquet"), quotes=read_quotes(folder / "quotes.parquet")
    )
    feed = ReplayFeed([recording])
    live = LiveMarket(feed.listings(), LiveSettings(bars=(BarRule("time", SECOND),)))
    passed, kept, bars = 0, [], 0
    while (due := feed.due()) is not None:
        flow = live.take(feed.poll(due), due)
        passed += sum(isinstance(message, TradeTick | QuoteTick) for message in flow.messages)
        bars += sum(isinstance(message, BarClosed) for message in flow.messages)
        kept += flow.quarantined
    assert (passed, kept) == (len(feed), [])
    assert bars >= 290


@pytest.mark.shared
def test_recorded_bars_are_brought_as_they_were(shared: Path) -> None:
    bars = read_bars(shared / "data/binance/SOLUSDT/ohlcv_1h.parquet").between(None, None)
    feed = ReplayFeed([Recording("SOLUSDT", bars=bars)])
    live = LiveMarket(feed.listings())
    found: list[BarClosed] = []
    while (due := feed.due()) is not None:
        found += live.take(feed.poll(due), due).messages
    scale = 10 ** (bars.price_decimals - feed.listings()[0].price_decimals)
    assert [bar.close * scale for bar in found] == bars.close_ticks.tolist()
    assert [bar.ts for bar in found] == bars.ts.tolist()


def demo(**changes: Any) -> dict[str, Bars]:
    from parrot.app.wiring import market_data

    recipe = {"symbols": ("ALDER", "BIRCH"), "bars": 120, "timeframe": SECOND, "prices": (100.0, 40.0), "seed": 7}
    return market_data().demo(Recipe(**(recipe | changes)))


def test_generated_trades_have_the_bars_that_they_were_made_of() -> None:
    made_of = demo()
    feed = ReplayFeed(generated(made_of, seed=3))
    live = LiveMarket(feed.listings(), LiveSettings(bars=(BarRule("time", SECOND),)))
    bars: dict[str, list[BarClosed]] = {"ALDER": [], "BIRCH": []}
    while (due := feed.due()) is not None:
        flow = live.take(feed.poll(due), due)
        assert not flow.quarantined
        for message in flow.messages:
            if isinstance(message, BarClosed):
                bars[message.symbol].append(message)
    for message in live.take([], due_end(made_of)).messages:
        bars[message.symbol].append(message)
    for symbol, wanted in made_of.items():
        scale = 10 ** (wanted.price_decimals - live.symbol(symbol).units.price_decimals)
        found = bars[symbol]
        assert [bar.ts for bar in found] == wanted.ts.tolist()
        assert [bar.open * scale for bar in found] == wanted.open_ticks.tolist()
        assert [bar.high * scale for bar in found] == wanted.high_ticks.tolist()
        assert [bar.low * scale for bar in found] == wanted.low_ticks.tolist()
        assert [bar.close * scale for bar in found] == wanted.close_ticks.tolist()
        assert [bar.volume for bar in found] == (wanted.volume_lots * 10 ** (8 - wanted.volume_decimals)).tolist()


def due_end(bars: dict[str, Bars]) -> int:
    return max(int(made.close_ts[-1]) for made in bars.values()) + 250_000_000


def test_the_same_bars_and_seed_give_the_same_ticks_and_another_seed_others() -> None:
    made_of = demo(bars=20)
    first, again, other = (everything(ReplayFeed(generated(made_of, seed=seed))) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_a_generator_without_room_for_its_trades_is_refused() -> None:
    for wrong in ({"trades": 3}, {"spread": 0}, {"trades": 2 * SECOND}):
        with pytest.raises(ParameterError):
            generated(demo(bars=20), seed=1, **wrong)

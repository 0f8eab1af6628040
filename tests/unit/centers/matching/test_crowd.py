"""The crowd: living books from the first moment, the same for the same seed, cheap."""

import time
from collections import defaultdict
from itertools import pairwise

import pytest

from parrot.centers.matching.manifest import Settings
from parrot.contracts.ticks import BookChanged, BookSnapshot, QuoteTick, TradeTick
from parrot.kernel.errors import ParameterError
from tests.unit.centers.matching.sample import SECOND, START, Paper

SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")


def test_every_symbol_has_a_quote_and_a_book_from_the_first_moment() -> None:
    paper = Paper()
    ticks = paper.venue.poll(paper.now)
    assert {tick.symbol for tick in ticks if isinstance(tick, QuoteTick)} == set(SYMBOLS)
    for symbol in SYMBOLS:
        paper.venue.ask_snapshot(symbol, paper.now)
    books = [tick for tick in paper.venue.poll(paper.now) if isinstance(tick, BookSnapshot)]
    assert all(len([level for level in book.levels if level.side == side]) >= 10 for book in books for side in (1, -1))


def test_every_symbol_trades_about_every_second() -> None:
    ticks = Paper().run(120)
    for symbol in SYMBOLS:
        trades = [tick for tick in ticks if isinstance(tick, TradeTick) and tick.symbol == symbol]
        assert len(trades) > 120
        assert max(b.ts - a.ts for a, b in pairwise(trades)) < 10 * SECOND
        assert [trade.seq for trade in trades] == list(range(trades[0].seq, trades[0].seq + len(trades)))


def test_quotes_are_never_crossed_and_spreads_are_small() -> None:
    quotes = [tick for tick in Paper().run(60) if isinstance(tick, QuoteTick)]
    assert all(quote.bid < quote.ask for quote in quotes)
    assert sorted((quote.ask - quote.bid) / quote.bid for quote in quotes)[len(quotes) // 2] < 3e-4


def test_depth_updates_rebuild_the_book_that_a_snapshot_shows() -> None:
    paper = Paper()
    books: defaultdict[str, dict[tuple[int, int], int]] = defaultdict(dict)
    last: dict[str, int] = {}
    for tick in [*paper.venue.poll(paper.now), *paper.run(30)]:
        if isinstance(tick, BookChanged):
            assert tick.first == last.get(tick.symbol, tick.first - 1) + 1
            last[tick.symbol] = tick.last
            for side, price, size in ((level.side, level.price, level.size) for level in tick.levels):
                books[tick.symbol][side, price] = size
    for symbol in SYMBOLS:
        paper.venue.ask_snapshot(symbol, paper.now)
    for book in paper.venue.poll(paper.now):
        assert isinstance(book, BookSnapshot)
        assert book.last == last[book.symbol]
        shown = {(level.side, level.price): level.size for level in book.levels}
        assert shown == {place: size for place, size in books[book.symbol].items() if size}


def test_one_seed_gives_one_market_however_time_is_cut() -> None:
    fine, coarse, other = Paper(seed=7), Paper(seed=7), Paper(seed=8)
    ticks = [(tick.symbol, tick.ts) for tick in fine.run(20, step=0.01)]
    assert ticks == [(tick.symbol, tick.ts) for tick in coarse.run(20, step=1.0)]
    assert fine.venue.hash() == coarse.venue.hash()
    other.run(20)
    assert other.venue.hash() != fine.venue.hash()


def test_a_long_sleep_is_left_out_instead_of_lived_through() -> None:
    paper = Paper()
    began = time.process_time()
    ticks = paper.run(86_400, step=86_400)
    assert time.process_time() - began < 2
    assert 0 < len([tick for tick in ticks if isinstance(tick, TradeTick)]) < 200
    assert any(isinstance(tick, TradeTick) for tick in paper.run(5))


def test_three_symbols_cost_little_of_a_core() -> None:
    paper = Paper()
    began = time.process_time()
    paper.run(60)
    assert time.process_time() - began < 60 * 0.02


@pytest.mark.parametrize(
    "wrong", [{"pairs": ()}, {"deposits": {"XRP": 1}}, {"seed": -1}, {"trades_kept": 0}, {"patience": 0}]
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        Settings(**wrong)


def test_time_stamps_of_ticks_do_not_run_ahead() -> None:
    paper = Paper()
    for _ in range(100):
        ticks = paper.run(0.1, step=0.1)
        assert all(START <= tick.ts <= tick.received <= paper.now for tick in ticks)

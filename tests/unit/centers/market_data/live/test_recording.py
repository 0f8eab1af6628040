"""A session is read back as it was written, up to what a crash left; the lake gets raw data, whole and exact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot.adapters.journal.files import FileJournal
from parrot.adapters.lake.files import FileLake
from parrot.centers.market_data.live import BarRule, Cleaning, Denoise, LiveMarket
from parrot.centers.market_data.live.lake_writer import LakeWriter
from parrot.centers.market_data.live.session import SessionRecorder, opened, read_session
from parrot.contracts.message import Message
from parrot.contracts.sessions import MarketBatch
from parrot.contracts.ticks import BarClosed, QuoteTick, TradeTick
from parrot.engine.bars import Bars
from parrot.engine.ticks import Books, Quotes, Trades
from parrot.kernel.errors import DataError, StorageError
from parrot.ports.lake import SeriesKey
from tests.unit.centers.market_data.live.ticks import (
    COIN,
    LISTING,
    MS,
    SECOND,
    START,
    SYMBOL,
    at,
    change,
    market,
    quote,
    snapshot,
    trade,
)


class Noted(Message, frozen=True, kw_only=True, gc=False):
    """An entry of another program."""

    text: str


def journal(folder: Path) -> FileJournal:
    return FileJournal(folder / "session.journal", sync=False)


def recorder(kept: Any, **limits: int) -> SessionRecorder:
    return SessionRecorder(kept, opened("one", "paper", [LISTING], START, "a test"), **limits)


def day(live: LiveMarket) -> list[tuple[int, Any]]:
    """Some flows of a market: good and bad ticks, a book, bars, quotes for the desk."""
    moments = [
        (at(1), [snapshot(1, (1, 9_995, COIN), (-1, 10_005, COIN)), trade(1)]),
        (at(2), [trade(2, 0), quote(1), change(2, 2, (1, 10_000, COIN), (-1, 10_005, 0), (-1, 10_010, COIN))]),
        (at(600), [trade(3, 10_050, ms=600), trade(9, 10_050, ms=600)]),
        (at(1_300), []),
        (at(1_301), [trade(10, 9_900, ms=1_301), quote(2, 9_990, 10_000, ms=1_301)]),
        (at(2_400), [trade(11, 9_950, ms=2_400), trade(12, 9_950, ms=2_400, size=COIN // 4)]),
        (at(3_700), []),
    ]
    return [(now, live.take(messages, now)) for now, messages in moments]


def test_a_session_is_read_back_as_it_was_handed_over(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    session = recorder(kept)
    flows = day(market(bars=(BarRule("time", SECOND),), features=2))
    for now, flow in flows:
        session.take(flow, now)
    session.close(at(4_000))
    kept.close()
    found = read_session(journal(tmp_path))
    handed = [(now, [*flow.messages, *flow.quoted, *flow.quarantined]) for now, flow in flows]
    assert [(batch.now, batch.messages) for batch in found.batches()] == [pair for pair in handed if pair[1]]
    assert found.closed
    assert found.opened.listings == [LISTING]
    assert (found.opened.session, found.opened.venue, found.opened.note) == ("one", "paper", "a test")


def test_a_session_is_written_after_a_while_or_when_enough_waits(tmp_path: Path) -> None:
    session = recorder(journal(tmp_path), every=50 * MS, most=3)
    session.put([trade(1)], at(1))
    assert (session.written, len(session)) == (0, 1)
    session.put([trade(2), trade(3)], at(2))
    assert (session.written, len(session)) == (3, 0)
    session.put([trade(4)], at(51))
    assert session.written == 3
    session.put([], at(52))
    assert session.written == 4


def test_a_session_that_was_cut_off_holds_what_was_written_and_says_that_it_has_no_end(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    session = recorder(kept, every=0)
    session.put([trade(1)], at(1))
    session._every = SECOND
    session.put([trade(2)], at(2))
    kept.close()
    found = read_session(journal(tmp_path))
    assert [batch.messages for batch in found.batches()] == [[trade(1)]]
    assert not found.closed


def test_other_programs_may_add_entries_of_their_own(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    session = recorder(kept)
    session.put([trade(1)], at(1))
    session.note(Noted(text="handed to alpha"))
    session.close(at(2))
    kept.close()
    kept = journal(tmp_path)
    assert list(read_session(kept, Noted).entries()) == [
        MarketBatch(now=at(1), messages=[trade(1)]),
        Noted(text="handed to alpha"),
    ]
    with pytest.raises(DataError):
        list(read_session(kept).entries())


def test_a_journal_without_a_session_is_refused_and_one_with_a_session_takes_no_second(tmp_path: Path) -> None:
    empty = FileJournal(tmp_path / "empty.journal", sync=False)
    with pytest.raises(DataError):
        read_session(empty)
    empty.append([b"\x93nonsense"])
    with pytest.raises(DataError):
        read_session(empty)
    kept = journal(tmp_path)
    recorder(kept)
    with pytest.raises(DataError):
        recorder(kept)


ANY_TICK = st.one_of(
    st.builds(
        trade, st.integers(1, 2**62), st.integers(1, 10**15), ms=st.integers(0, 10**6), size=st.integers(1, 10**17)
    ),
    st.builds(quote, st.integers(1, 2**62), st.integers(1, 10**15), st.integers(1, 10**15), ms=st.integers(0, 10**6)),
    st.builds(lambda last, size: change(last, last, (1, 5, size)), st.integers(1, 10**6), st.integers(0, 10**17)),
)


@given(st.lists(ANY_TICK, min_size=1))
def test_whatever_passes_can_be_recorded(messages: list[Any]) -> None:
    from parrot.contracts.sessions import decoder, encoder

    for now in (at(1), at(10**9)):
        flow = market(bars=(BarRule("tick", 1),), features=2).take(messages, now)
        batch = MarketBatch(now=now, messages=[*flow.messages, *flow.quoted, *flow.quarantined])
        assert decoder().decode(encoder().encode(batch)) == batch


def lake(folder: Path, **options: Any) -> tuple[FileLake, LakeWriter]:
    made = FileLake(folder / "lake")
    return made, LakeWriter(made, "paper", [LISTING], **options)


def test_the_lake_holds_every_good_tick_exactly(tmp_path: Path) -> None:
    made, writer = lake(tmp_path)
    flows = day(market(bars=(BarRule("time", SECOND),)))
    for now, flow in flows:
        writer.take(flow, now)
        writer.write(writer.cut(now))
    writer.write(writer.cut(at(4_000), last=True))
    passed = [message for _, flow in flows for message in flow.messages]
    trades = made.read_ticks(SeriesKey("paper", SYMBOL, "trades"))
    wanted = [(t.ts, t.price, t.size, t.side) for t in passed if isinstance(t, TradeTick)]
    assert isinstance(trades, Trades)
    assert [*zip(trades.ts, trades.price_ticks, trades.size_lots, trades.side, strict=True)] == wanted
    quotes = made.read_ticks(SeriesKey("paper", SYMBOL, "quotes"))
    assert isinstance(quotes, Quotes)
    assert [*zip(quotes.ts, quotes.bid_ticks, quotes.ask_ticks, strict=True)] == [
        (q.ts, q.bid, q.ask) for q in passed if isinstance(q, QuoteTick)
    ]
    books = made.read_ticks(SeriesKey("paper", SYMBOL, "l2"))
    assert isinstance(books, Books)
    levels = [level for m in passed if hasattr(m, "levels") for level in m.levels]
    assert [*zip(books.side, books.price_ticks, books.size_lots, strict=True)] == [
        (level.side, level.price, level.size) for level in levels
    ]
    assert books.flags.tolist() == [1, 1, 0, 0, 0]
    assert writer.failures == []


def test_equal_times_on_both_sides_of_a_write_are_all_kept(tmp_path: Path) -> None:
    made, writer = lake(tmp_path)
    live = market()
    for number in range(1, 8):
        writer.take(live.take([trade(number, ms=number // 3)], at(number)), at(number))
        writer.write(writer.cut(at(number)))
    writer.write(writer.cut(at(9), last=True))
    assert len(made.read_ticks(SeriesKey("paper", SYMBOL, "trades"))) == 7
    assert (writer.rows, writer.waiting()) == (7, 0)


def test_the_lake_gets_raw_bars_that_are_whole_and_made_of_trades(tmp_path: Path) -> None:
    made, writer = lake(tmp_path, kinds=("bars",))
    live = market(bars=(BarRule("time", SECOND),), cleaning=Cleaning(denoise=Denoise("median", 3)))
    given = [trade(k, 10_000 + 500 * (k == 3), ms=1_000 * k) for k in range(1, 6)] + [
        trade(9, ms=9_000),
        trade(10, ms=11_000),
    ]
    bars: list[BarClosed] = []
    for tick in given:
        flow = live.take([tick], tick.ts)
        bars += [message for message in flow.messages if isinstance(message, BarClosed)]
        writer.take(flow, tick.ts)
    writer.write(writer.cut(at(20_000), last=True))
    assert any(bar.corrected for bar in bars)
    found = made.read(SeriesKey("paper", SYMBOL, "ohlcv_1s"))
    assert isinstance(found, Bars)
    assert found.close_ticks.tolist() == [10_000, 10_000, 10_500, 10_000, 10_000]
    assert found.ts.tolist() == [at(1_000 * k) for k in range(1, 6)], "no empty, no partial one"


def test_it_is_time_to_write_after_a_while_or_when_enough_waits(tmp_path: Path) -> None:
    _, writer = lake(tmp_path, every=SECOND, most=3)
    assert not writer.due(at(10**6))
    live = market()
    writer.take(live.take([trade(1)], at(1)), at(1))
    assert not writer.due(at(1_000))
    assert writer.due(at(1_001))
    writer.write(writer.cut(at(1_001), last=True))
    writer.take(live.take([trade(k, ms=1_001) for k in (2, 3, 4)], at(1_002)), at(1_002))
    assert writer.due(at(1_002))


class FullLake(FileLake):
    """A lake whose disk is full for trades."""

    def write(self, key: SeriesKey, data: Any) -> None:
        if key.kind == "trades":
            raise StorageError("no space left")
        super().write(key, data)


def test_what_the_lake_cannot_take_is_named_and_the_rest_is_written(tmp_path: Path) -> None:
    made = FullLake(tmp_path / "lake")
    writer = LakeWriter(made, "paper", [LISTING])
    writer.take(market().take([trade(1), trade(2), quote(1)], at(2)), at(2))
    assert writer.write(writer.cut(at(2), last=True)) == 1
    assert writer.failures == [f"paper/{SYMBOL}/trades: 2 rows lost: no space left"]
    assert writer.waiting() == 0


def test_kinds_that_are_not_wanted_stay_out(tmp_path: Path) -> None:
    made, writer = lake(tmp_path, kinds=("quotes",))
    writer.take(market().take([trade(1), quote(1), quote(2)], at(2)), at(2))
    writer.write(writer.cut(at(2), last=True))
    assert [entry.key.kind for entry in made.entries()] == ["quotes"]

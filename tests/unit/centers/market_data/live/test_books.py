"""A book is only ever true or invalid: gaps, repeats, crossings, snapshots and the changes that wait for them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from parrot.contracts.ticks import BookChanged, BookLevel, BookSnapshot, FeedGap
from tests.unit.centers.market_data.live.ticks import COIN, MS, SECOND, SYMBOL, at, change, gates, market, snapshot

BID, ASK = (1, 9_995, COIN), (-1, 10_005, COIN)


def prices(live: Any) -> list[tuple[int, int, int]]:
    return [(level.side, level.price, level.size) for level in live.symbol(SYMBOL).book.ladder.levels()]


def test_changes_set_and_remove_levels() -> None:
    live = market()
    live.take([snapshot(5, BID, ASK)], at(5))
    flow = live.take([change(6, 7, (1, 10_000, 2), (1, 9_995, 0), (-1, 10_005, 7), (-1, 99_000, 0))], at(7))
    assert prices(live) == [(1, 10_000, 2), (-1, 10_005, 7)]
    assert not flow.quarantined


def test_a_change_before_any_snapshot_waits_and_the_feed_is_asked_for_one() -> None:
    live = market()
    flow = live.take([change(6, 7, (1, 10_000, 2))], at(7))
    assert (flow.messages, flow.asks) == ([], [SYMBOL])
    flow = live.take([snapshot(6, BID, ASK, ms=8)], at(8))
    assert [type(message) for message in flow.messages] == [BookSnapshot, BookChanged]
    assert prices(live)[0] == (1, 10_000, 2)
    assert flow.quoted[0].valid


def test_a_gap_makes_the_book_invalid_until_a_snapshot_bridges_it() -> None:
    live = market()
    live.take([snapshot(4, BID, ASK), snapshot(5, BID, ASK)], at(5))
    flow = live.take([change(8, 9, (1, 9_990, 3))], at(9))
    assert flow.messages == [FeedGap(symbol=SYMBOL, kind="book", first=6, last=7, ts=at(9))]
    assert flow.asks == [SYMBOL]
    assert not flow.quoted[0].valid
    assert live.take([change(10, 10, (1, 9_985, 4))], at(10)).messages == []
    flow = live.take([snapshot(9, BID, ASK, (1, 9_990, 3), ms=11)], at(11))
    assert [type(message).__name__ for message in flow.messages] == ["BookSnapshot", "BookChanged"]
    assert not flow.quarantined, "what the snapshot contains already is let go"
    assert prices(live) == [BID, (1, 9_990, 3), (1, 9_985, 4), ASK]
    assert flow.quoted[0].valid


def test_a_snapshot_that_does_not_reach_the_waiting_changes_is_asked_for_again() -> None:
    live = market()
    live.take([snapshot(5, BID, ASK), change(10, 10, (1, 9_990, 3))], at(10))
    flow = live.take([snapshot(7, BID, ASK, ms=11)], at(11))
    assert not live.symbol(SYMBOL).book.valid
    asked = [at(ms) for ms in range(11, 200, 10) if live.take([], at(ms)).asks]
    assert asked == [at(111)], "soon, but no storm"
    flow = live.take([snapshot(10, BID, ASK, ms=200)], at(200))
    assert flow.quoted[-1].valid


def test_a_feed_that_does_not_answer_is_asked_again_after_a_while() -> None:
    live = market(ask_again=SECOND)
    asked = [ms for ms in range(1, 3_000, 100) if live.take([change(6, 6 + ms)] if ms == 1 else [], at(ms)).asks]
    assert asked == [1, 1_001, 2_001]


def test_repeated_and_older_changes_are_dropped_and_counted() -> None:
    live = market()
    live.take([snapshot(5, BID, ASK)], at(5))
    flow = live.take([change(4, 5, (1, 1_000, 9)), change(1, 2, (1, 1_000, 9)), snapshot(3, ASK)], at(6))
    assert gates(flow) == ["duplicate", "duplicate", "backward sequence"]
    assert flow.messages == []
    assert prices(live) == [BID, ASK]


def test_a_change_that_overlaps_what_is_known_is_applied() -> None:
    live = market()
    live.take([snapshot(5, BID, ASK)], at(5))
    assert len(live.take([change(4, 6, (1, 9_990, 9))], at(6)).messages) == 1


def test_a_change_that_crosses_the_book_makes_it_invalid() -> None:
    live = market()
    live.take([snapshot(4, BID, ASK), snapshot(5, BID, ASK)], at(5))
    flow = live.take([change(6, 6, (1, 10_005, 1))], at(6))
    assert gates(flow) == ["crossed"]
    assert flow.asks == [SYMBOL]
    assert not flow.quoted[0].valid
    flow = live.take([snapshot(7, (1, 10_005, 1), ASK)], at(7))
    assert gates(flow) == ["crossed"]
    assert not live.symbol(SYMBOL).book.valid


def test_an_empty_side_makes_the_market_invalid_and_leaves_the_book_true() -> None:
    live = market()
    live.take([snapshot(4, BID, ASK), snapshot(5, BID, ASK)], at(5))
    flow = live.take([change(6, 6, (1, 9_995, 0))], at(6))
    assert (gates(flow), flow.asks, flow.quoted[0].valid) == ([], [], False)
    assert live.take([change(7, 7, BID)], at(7)).quoted[0].valid


def test_a_wild_top_makes_the_market_invalid_and_leaves_the_book_true() -> None:
    live = market()
    live.take([snapshot(4, BID, ASK), snapshot(5, BID, ASK)], at(5))
    flow = live.take([change(6, 6, (-1, 10_005, 0), (-1, 90_000, 5))], at(6))
    assert (gates(flow), flow.asks, flow.quoted[0].valid) == (["spike"], [], False)
    assert live.take([change(7, 7, ASK)], at(7)).quoted[0].valid


def test_waiting_changes_are_bounded_and_what_is_let_go_is_counted() -> None:
    live = market(buffer=3)
    live.take([change(k, k) for k in range(1, 9)], at(9))
    assert live.symbol(SYMBOL).book.lost == 5
    live.take([snapshot(4, BID, ASK, ms=10)], at(10))
    assert not live.symbol(SYMBOL).book.valid, "updates 5 are gone: another snapshot is needed"


CHANGES = st.lists(
    st.lists(
        st.tuples(st.sampled_from([1, -1]), st.integers(1, 8), st.integers(0, 3)).map(
            lambda row: (row[0], 10_000 - row[0] * 5 * row[1], row[2])
        ),
        max_size=4,
    ),
    min_size=1,
    max_size=30,
)


@given(CHANGES, st.data())
def test_a_lossy_feed_never_leaves_a_wrong_book_that_says_it_is_valid(
    rows: list[list[tuple[int, int, int]]], data: st.DataObject
) -> None:
    """The venue's book as a plain dict; changes are lost and doubled; snapshots answer when they are asked for."""
    live = market(ask_again=MS, gates=_no_spikes())
    truth: dict[tuple[int, int], int] = {(1, 9_000): 1, (-1, 11_000): 1}
    history = [dict(truth)]
    asked = True
    now = 1
    for number, levels in enumerate(rows, start=1):
        for side, price, size in levels:
            truth[side, price] = size
        history.append(dict(truth))
        sent = [change(number, number, *levels, ms=number)] * data.draw(st.sampled_from([0, 1, 1, 1, 2]))
        if asked and data.draw(st.booleans()):
            sent.append(_whole(history[-1], number))
        now += 200 * MS
        asked = bool(live.take(sent, at(number)).asks) or not live.symbol(SYMBOL).book.valid
        book = live.symbol(SYMBOL).book
        if book.valid:
            known = {(level.side, level.price): level.size for level in book.ladder.levels()}
            assert known == {key: size for key, size in history[book.last].items() if size}
    last = len(rows)
    live.take([_whole(truth, last)], at(last))
    assert live.symbol(SYMBOL).book.valid


def _no_spikes() -> Any:
    from parrot.centers.market_data.live import Gates

    return Gates(sure_ppm=900_000, collar_ppm=900_000)


def _whole(book: dict[tuple[int, int], int], last: int) -> BookSnapshot:
    levels = [BookLevel(side, price, size) for (side, price), size in book.items() if size]
    return snapshot(last, ms=last, levels=levels)

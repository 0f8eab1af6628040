"""Candles: parts of a span add up to the whole, and nothing that was traded is lost or counted twice."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from parrot.centers.market_data.candles import (
    CLOSE,
    HIGH,
    LOW,
    NONE,
    OPEN,
    TRADES,
    TS,
    VOLUME,
    Ring,
    coarser,
    of_trades,
)
from parrot.contracts.ticks import TradeTick
from parrot.engine.columns import MINUTE, SECOND
from parrot.engine.ticks import Trades

trades = st.lists(st.tuples(st.integers(0, 400), st.integers(90, 110), st.integers(1, 9)), min_size=1, max_size=60).map(
    sorted
)


def columns(rows: list[tuple[int, int, int]]) -> Trades:
    ts, price, size = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    return Trades("BTC/USDT", ts * SECOND, price, size, np.zeros(len(ts), np.int8), 2, 8)


def tick(ts: int, price: int, size: int, seq: int = 1) -> TradeTick:
    return TradeTick(symbol="BTC/USDT", seq=seq, ts=ts * SECOND, received=ts * SECOND, price=price, size=size)


def test_a_candle_holds_first_highest_lowest_last_and_all_that_was_traded() -> None:
    found = of_trades(columns([(3, 100, 1), (10, 104, 2), (59, 97, 3), (60, 99, 4)]), MINUTE)
    assert found.tolist() == [[0, 100, 104, 97, 97, 6, 3], [MINUTE, 99, 99, 99, 99, 4, 1]]


def test_no_trades_make_no_candles() -> None:
    assert len(coarser(NONE, MINUTE)) == 0


@given(trades, st.integers(0, 60))
def test_history_and_live_candles_meet_without_a_seam(rows: list[tuple[int, int, int]], cut: int) -> None:
    whole = of_trades(columns(rows), MINUTE)
    before, after = rows[:cut], rows[cut:]
    live = Ring(SECOND, 10_000)
    for row in after:
        live.add(tick(*row))
    # What has the time of the first live trade is live: history goes on up to it.
    known = [row for row in before if live.since == 0 or row[0] * SECOND < live.since]
    for row in before[len(known) :]:
        live.add(tick(*row))
    kept = of_trades(columns(known), SECOND) if known else NONE
    joined = coarser(np.concatenate((kept, live.rows())), MINUTE)
    for column in (TS, HIGH, LOW, VOLUME, TRADES):
        assert joined[:, column].tolist() == whole[:, column].tolist()
    if len(known) == len(before):
        assert joined.tolist() == whole.tolist()


def test_a_late_trade_counts_in_its_own_candle_and_moves_no_close() -> None:
    ring = Ring(SECOND, 10)
    for row in ((5, 100, 1), (6, 101, 1)):
        ring.add(tick(*row))
    ring.add(tick(5, 120, 2))
    first, second = ring.rows().tolist()
    assert (first[HIGH], first[VOLUME], first[OPEN]) == (120, 3, 100)
    assert second[CLOSE] == 101


def test_a_ring_forgets_whole_candles_and_says_from_when_it_knows_all() -> None:
    ring = Ring(SECOND, 4)
    for second in range(1, 12):
        ring.add(tick(second, 100, 1))
    rows = ring.rows()
    assert rows[0, TS] == ring.since
    assert rows[:, TS].tolist() == [second * SECOND for second in range(ring.since // SECOND, 12)]
    ring.add(tick(2, 100, 1))  # history has it
    assert ring.rows().tolist() == rows.tolist()


def test_older_minutes_join_the_one_that_the_process_began_in() -> None:
    ring = Ring(MINUTE, 10)
    ring.add(tick(90, 105, 1))
    ring.seed(np.array([[0, 99, 99, 99, 99, 1, 1], [MINUTE, 100, 110, 95, 101, 7, 3]], np.int64))
    assert ring.since == 0
    assert ring.rows()[1].tolist() == [MINUTE, 100, 110, 95, 105, 8, 4]

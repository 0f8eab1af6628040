"""Numbers of streams, ages of data, and that the same input at the same times gives the same flow."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from parrot.centers.market_data.live import BarRule
from parrot.contracts.ticks import FeedGap, QuoteTick, TradeTick
from tests.unit.centers.market_data.live.ticks import (
    COIN,
    MS,
    SECOND,
    SYMBOL,
    at,
    change,
    gates,
    market,
    quote,
    snapshot,
    trade,
)


def test_missing_numbers_of_trades_and_quotes_are_told_before_the_datum_after_them() -> None:
    live = market()
    flow = live.take([trade(1), trade(4), quote(7), quote(9)], at(9))
    assert flow.messages == [
        trade(1),
        FeedGap(symbol=SYMBOL, kind="trade", first=2, last=3, ts=at(9)),
        trade(4),
        quote(7),
        FeedGap(symbol=SYMBOL, kind="quote", first=8, last=8, ts=at(9)),
        quote(9),
    ]
    assert live.symbol(SYMBOL).trades.sequence.missed == 2
    assert live.counts[SYMBOL, "trade", "gap"] == 1


def test_duplicates_and_backward_numbers_are_dropped_and_counted() -> None:
    live = market()
    flow = live.take([trade(5), trade(5), trade(3), trade(5), trade(6)], at(6))
    assert flow.messages == [trade(5), trade(6)]
    assert gates(flow) == ["duplicate", "backward sequence", "duplicate"]
    assert live.counts[SYMBOL, "trade", "duplicate"] == 2


def test_the_age_of_a_stream_is_that_of_its_newest_good_datum() -> None:
    live = market()
    live.take([trade(1, ms=10), quote(1, ms=20), snapshot(1, (1, 9_995, COIN), (-1, 10_005, COIN), ms=5)], at(30))
    live.take([trade(1, ms=40), quote(2, 0, ms=40), change(5, 5, ms=40)], at(40))
    assert live.ages(at(50)) == {SYMBOL: {"trade": 40 * MS, "quote": 30 * MS, "book": 45 * MS}}


def test_an_age_is_by_event_time_even_when_data_keep_coming_late() -> None:
    live = market()
    live.take([trade(1, ms=10)], at(3_000))
    assert live.ages(at(3_000)) == {SYMBOL: {"trade": 2_990 * MS}}


def test_time_that_steps_back_is_the_latest_time_seen() -> None:
    live = market(fresh=SECOND)
    live.take([quote(1)], at(1))
    live.take([], at(1_002))
    assert live.take([], at(500)).quoted == [], "still too old"


MESSAGES = st.lists(
    st.one_of(
        st.builds(trade, st.integers(1, 40), st.sampled_from([10_000, 10_005, 50_000, 0]), ms=st.integers(0, 4_000)),
        st.builds(quote, st.integers(1, 40), st.sampled_from([9_990, 9_995, 10_010]), ms=st.integers(0, 4_000)),
        st.builds(
            lambda first, more, price, size: change(first, first + more, (1, price, size)),
            st.integers(1, 30),
            st.integers(0, 3),
            st.sampled_from([9_990, 9_995, 10_010]),
            st.integers(0, 2),
        ),
        st.builds(lambda last: snapshot(last, (1, 9_990, COIN), (-1, 10_005, COIN)), st.integers(0, 30)),
    ),
    max_size=60,
)


@given(MESSAGES)
def test_the_same_messages_at_the_same_times_give_the_same_flow(messages: list[Any]) -> None:
    def run() -> list[Any]:
        live = market(bars=(BarRule("time", SECOND), BarRule("tick", 3)))
        return [tuple(live.take([message], at(50 * k))) for k, message in enumerate(messages)]

    assert run() == run()


@given(MESSAGES)
def test_every_trade_and_quote_passes_or_is_kept_back_with_a_reason(messages: list[Any]) -> None:
    live = market()
    sent = [message for message in messages if isinstance(message, TradeTick | QuoteTick)]
    flows = [live.take([message], at(2_000)) for message in sent]
    passed = sum(type(said) is not FeedGap for flow in flows for said in flow.messages)
    assert passed + sum(len(flow.quarantined) for flow in flows) == len(sent)
    gaps = sum(type(said) is FeedGap for flow in flows for said in flow.messages)
    assert sum(live.counts.values()) == len(sent) - passed + gaps

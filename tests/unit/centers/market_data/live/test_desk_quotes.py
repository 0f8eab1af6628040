"""What the desk is told: one quote a symbol in a while, at once when the market turns bad, never a bad price."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from parrot.centers.market_data.live import Gates
from tests.unit.centers.market_data.live.ticks import (
    COIN,
    MS,
    SECOND,
    START,
    SYMBOL,
    at,
    bar,
    change,
    market,
    quote,
    snapshot,
    trade,
)


def test_a_quote_reaches_the_desk_as_exact_decimals() -> None:
    sent = [quote(1), quote(2, 10_000, 10_005, bid_size=3 * COIN, ask_size=COIN // 4)]
    (only,) = market().take(sent, at(2)).quoted
    assert (only.symbol, only.bid, only.ask) == (SYMBOL, Decimal("100.00"), Decimal("100.05"))
    assert (only.bid_size, only.ask_size) == (Decimal(3), Decimal("0.25"))
    assert (only.ts, only.valid) == (at(2), True)


def test_before_the_first_trade_the_last_price_is_the_middle() -> None:
    assert market().take([quote(1, 10_000, 10_005)], at(1)).quoted[0].last == Decimal("100.025")


def test_quotes_are_conflated_to_one_in_a_while_and_the_newest_is_never_lost() -> None:
    live = market(conflate=5 * MS)
    live.take([quote(1, ms=-10), quote(2, ms=-9)], at(-9))
    told = [live.take([quote(k + 2, 10_000 + 5 * k, 10_100 + 5 * k, ms=k)], at(k)).quoted for k in range(1, 13)]
    assert [len(quoted) for quoted in told] == [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]
    (newest,) = live.take([], at(16)).quoted
    assert newest.bid == Decimal("100.60")


def test_many_quotes_of_one_call_are_one_for_the_desk() -> None:
    (told,) = market().take([quote(k, 10_000 + 5 * k, 10_100) for k in range(1, 10)], at(9)).quoted
    assert told.bid == Decimal("100.45")


def test_the_volume_is_what_was_traded_since_the_start() -> None:
    live = market(conflate=0)
    first = live.take([quote(1), trade(1), trade(2)], at(2)).quoted[0]
    second = live.take([trade(3, size=COIN // 2)], at(3)).quoted[0]
    assert (first.volume, second.volume, second.last) == (Decimal(2), Decimal("2.5"), Decimal(100))


def test_a_crossed_or_wild_quote_makes_the_market_invalid_at_once_and_a_good_one_valid_again() -> None:
    live = market(conflate=SECOND)
    live.take([quote(1), quote(2)], at(2))
    for number, bad in ((3, quote(3, 10_005, 10_000)), (5, quote(5, 30_000, 30_005)), (7, quote(7, 0, 0))):
        (told,) = live.take([bad], at(number)).quoted
        assert not told.valid
        assert told.bid == Decimal(100), "the last good price stands"
        (told,) = live.take([quote(number + 1)], at(number + 1)).quoted
        assert told.valid


def test_the_first_price_of_a_stream_is_not_valid_until_a_second_one_agrees() -> None:
    for first, second in (
        (quote(1), quote(2)),
        (trade(1), trade(2)),
        (bar(-2), bar(-1)),
        (snapshot(1, (1, 9_995, COIN), (-1, 10_005, COIN)), change(2, 2, (1, 9_990, COIN))),
    ):
        live = market()
        assert not live.take([first], at(1)).quoted[0].valid
        assert live.take([second], at(2)).quoted[0].valid
    live = market()
    assert not live.take([quote(1, 100_000, 100_005)], at(1)).quoted[0].valid
    assert live.take([quote(2), quote(3)], at(3)).quoted == [], "who is right is not known yet"
    assert live.take([quote(k, ms=400 * k) for k in range(4, 8)], at(2_800)).quoted[0].valid


def test_repeated_and_old_quotes_say_nothing_of_the_market() -> None:
    live = market()
    live.take([quote(5)], at(5))
    assert live.take([quote(5), quote(4, 9_000, 9_005)], at(6)).quoted == []


def test_a_market_without_news_turns_invalid_when_its_data_are_too_old() -> None:
    live = market(fresh=SECOND)
    live.take([quote(1, ms=1), quote(2, ms=1)], at(1))
    assert live.take([], at(1_001)).quoted == []
    (told,) = live.take([], at(1_002)).quoted
    assert not told.valid
    assert live.take([], at(1_900)).quoted == [], "it is said once"
    assert live.take([quote(3, ms=2_000)], at(2_000)).quoted[0].valid


def test_a_venue_whose_clock_runs_ahead_makes_nothing_fresher() -> None:
    live = market(fresh=SECOND)
    live.take([quote(1, ms=1_500), quote(2, ms=1_500)], at(0))
    assert not live.take([], at(1_001)).quoted[0].valid


def test_the_newer_of_quote_and_book_is_the_market() -> None:
    live = market(conflate=0)
    live.take([snapshot(1, (1, 9_995, COIN), (-1, 10_005, COIN), ms=10), quote(1, 9_990, 10_010, ms=5)], at(10))
    assert live.take([change(2, 2, (1, 10_000, COIN), ms=11)], at(11)).quoted[0].bid == Decimal(100)
    assert live.take([quote(2, 9_985, 10_010, ms=12)], at(12)).quoted[0].bid == Decimal("99.85")
    live.take([change(3, 3, (1, 10_000, 0), ms=11)], at(13))
    assert live.take([quote(3, 9_985, 10_010, ms=12)], at(14)).quoted[0].bid == Decimal("99.85")
    assert live.take([change(4, 4, (1, 9_980, 1), ms=11)], at(15)).quoted == [], "an older book says nothing new"


def test_a_symbol_of_trades_or_bars_alone_is_quoted_at_their_price() -> None:
    (told,) = market().take([trade(1, 10_050), trade(2, 10_050)], at(2)).quoted
    assert (told.bid, told.ask, told.last, told.valid) == (Decimal("100.5"), Decimal("100.5"), Decimal("100.5"), True)
    (told,) = market().take([bar(0, 10_000), bar(1, 10_050)], START + 2 * SECOND).quoted
    assert (told.bid, told.last, told.valid) == (Decimal("100.5"), Decimal("100.5"), True)


def test_trades_do_not_move_the_quote_where_quotes_are_known() -> None:
    live = market(conflate=0)
    live.take([quote(1)], at(1))
    told = live.take([trade(1, 10_050, ms=2)], at(2)).quoted[0]
    assert (told.bid, told.ask, told.last) == (Decimal(100), Decimal("100.05"), Decimal("100.5"))


BAD = st.sampled_from(["none", "spike", "crossed", "zero", "old", "repeated", "gap"])


@given(st.lists(st.tuples(BAD, st.integers(-2, 2), st.integers(1, 400)), min_size=1, max_size=60))
def test_a_valid_quote_is_never_made_of_a_price_that_a_gate_kept_back(steps: list[tuple[str, int, int]]) -> None:
    """A market that wanders by at most ten ticks a step; between its true quotes stand bad ones of every kind."""
    live = market(conflate=0, gates=Gates(settle=1_000))  # spikes that agree for long are a level (D12)
    middle, seq, book, now = 10_000, 2, 0, 2
    truth = {(9_995, 10_005)}
    live.take([quote(1, 9_995, 10_005), quote(2, 9_995, 10_005)], at(2))
    for bad, move, wait in steps:
        middle, now = middle + 5 * move, now + wait
        spoiled = {
            "spike": (middle * 10, middle * 10 + 5),
            "crossed": (middle, middle - 5),
            "zero": (0, middle),
            "old": (middle // 2 // 5 * 5, middle),
        }
        sent: list[Any] = []
        if bad in spoiled:
            seq += 1
            sent.append(quote(seq, *spoiled[bad], ms=now - 10_000 if bad == "old" else now))
        elif bad == "repeated" and seq:
            sent.append(quote(seq, middle * 3, middle * 3 + 5, ms=now))
        elif bad == "gap":
            book += 2
            sent.append(change(book, book, (1, middle * 2, COIN), ms=now))
        if bad in ("none", "repeated"):
            seq += 1
            truth.add((middle - 5, middle + 5))
            sent.append(quote(seq, middle - 5, middle + 5, ms=now))
        for told in live.take(sent, at(now)).quoted:
            if told.valid:
                assert (int(told.bid * 100), int(told.ask * 100)) in truth
                assert told.bid < told.ask
                assert at(now) - told.ts <= live.settings.fresh

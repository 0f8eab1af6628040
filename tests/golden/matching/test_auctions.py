"""The auction: its price, its volume, its trades: M43 and M44."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.golden.matching.story import (
    ANN,
    BOB,
    CASH,
    CAT,
    COIN,
    DAN,
    Order,
    auction,
    cancel,
    limit,
    phase,
    phased,
    reduced,
    reference,
    refreshed,
    set_limit,
    set_tier,
    trade,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import (
    BUY,
    IN_AUCTION,
    MAKER_DONE,
    SELL,
    TAKER_DONE,
    EventKind,
    Limit,
    Phase,
    Reason,
    SelfTrade,
)

Levels = Sequence[tuple[int, int]]  # (price, quantity)


def called(venue: Venue, buys: Levels, sells: Levels, price: int = 0) -> None:
    """An opening call with these orders, Ann's buys and Bob's sells, and this reference."""
    venue.send(phase(Phase.OPENING))
    if price:
        venue.send(reference(price))
    for at, quantity in buys:
        venue.place(limit(ANN, BUY, at, quantity))
    for at, quantity in sells:
        venue.place(limit(BOB, SELL, at, quantity))


# Buys, sells, reference: the auction price, its volume, its imbalance.
PRICES: dict[str, tuple[Levels, Levels, int, tuple[int, int, int]]] = {
    "the most volume: 4 at 100 and 101, 5 at 102 and 103; of these the lowest": (
        [(103, 5), (101, 3)],
        [(100, 4), (102, 6)],
        0,
        (102, 5, -5),
    ),
    "the most volume, and of these the nearest to the reference": (
        [(103, 5), (101, 3)],
        [(100, 4), (102, 6)],
        110,
        (103, 5, -5),
    ),
    "the smallest imbalance: 6 trade anywhere, at 102 nobody is left over": (
        [(102, 6), (101, 4)],
        [(100, 6)],
        100,
        (102, 6, 0),
    ),
    "the smallest imbalance without sign: + 4 up to 101, - 1 at 102": (
        [(102, 6), (101, 4)],
        [(100, 6), (102, 1)],
        0,
        (102, 6, -1),
    ),
    "the reference itself, between the orders": ([(105, 5)], [(100, 5)], 103, (103, 5, 0)),
    "the nearest below the reference": ([(105, 5)], [(100, 5)], 110, (105, 5, 0)),
    "the nearest above the reference": ([(105, 5)], [(100, 5)], 90, (100, 5, 0)),
    "the lowest without a reference": ([(105, 5)], [(100, 5)], 0, (100, 5, 0)),
    "buys at one price": ([(100, 5), (100, 5)], [(100, 7)], 0, (100, 7, 3)),
    "no crossing: no price": ([(99, 5)], [(100, 5)], 100, (0, 0, 0)),
}


@pytest.mark.parametrize("name", PRICES)
def test_the_auction_price(venue: Venue, name: str) -> None:
    """M43: `indicative` tells the same before."""
    buys, sells, price, (at, volume, imbalance) = PRICES[name]
    called(venue, buys, sells, price)
    seen = venue.machine.indicative(0)
    assert seen == (at, volume, imbalance)
    answer = venue.send(phase(Phase.CONTINUOUS))
    first = answer.events[0]
    assert (first["kind"], first["price"], first["quantity"]) == (EventKind.AUCTION, at, volume)
    assert first["left"] == imbalance
    assert sum(event["quantity"] for event in answer.events if event["kind"] == EventKind.TRADE) == volume
    assert all(event["price"] == at for event in answer.events if event["kind"] == EventKind.TRADE)
    if at:
        assert (venue.last(), venue.machine.reference(0)) == (at, at)


def test_without_an_auction_price_last_price_and_reference_stay(venue: Venue) -> None:
    """M43 M44."""
    venue.traded_at(95)
    called(venue, [(90, 5)], [(100, 5)], 97)
    venue.send(phase(Phase.CONTINUOUS))
    assert (venue.last(), venue.machine.reference(0)) == (95, 97)


def test_only_ticks_count(fresh: Venue) -> None:
    """M43: of 95, 100, 105 the nearest to the reference."""
    venue = fresh.opened(tick=5)
    called(venue, [(105, 5)], [(95, 5)], 100)
    venue.send(phase(Phase.CONTINUOUS))
    assert venue.last() == 100


def test_the_indicative_price_is_there_at_any_time(venue: Venue) -> None:
    """M43: with each order, and 0 while nothing crosses."""
    venue.send(phase(Phase.CLOSING))
    venue.place(limit(ANN, BUY, 100, 5))
    assert venue.machine.indicative(0) == (0, 0, 0)
    sell = venue.place(limit(BOB, SELL, 100, 3))
    assert venue.machine.indicative(0) == (100, 3, 2)
    venue.send(cancel(BOB, sell))
    assert venue.machine.indicative(0) == (0, 0, 0)


def pair(maker: Order, taker: Order, price: int, quantity: int, left: int, marks: int):
    return trade(price, quantity, left, 0, of=maker, by=taker, flags=IN_AUCTION | marks)


def test_buys_and_sells_pair_in_priority(venue: Venue) -> None:
    """M44: Ann's 5 at 103 with Cat's 4 at 100, then with Dan's 6 at 102; of a pair the earlier is the maker."""
    venue.send(phase(Phase.OPENING))
    ann, bob = venue.place(limit(ANN, BUY, 103, 5)), venue.place(limit(BOB, BUY, 101, 3))
    dan, cat = venue.place(limit(DAN, SELL, 102, 6)), venue.place(limit(CAT, SELL, 100, 4))
    venue.send(phase(Phase.CONTINUOUS)).gives(
        auction(102, 5, -5),
        pair(ann, cat, 102, 4, 1, TAKER_DONE),
        reduced(103, 4, 1, 1, of=ann),
        reduced(100, 4, 0, 0, of=cat),
        pair(ann, dan, 102, 1, 0, MAKER_DONE),
        reduced(103, 1, 0, 0, of=ann),
        reduced(102, 1, 5, 5, of=dan),
        phased(Phase.CONTINUOUS),
    )
    assert (venue.queue(BUY), venue.queue(SELL)) == ([bob.id], [dan.id])
    assert (venue.free(ANN, CASH), venue.locked(ANN, CASH)) == (1_000_000 - 510, 0)
    assert (venue.position(ANN), venue.position(CAT), venue.position(DAN)) == (5, -4, -1)


def test_at_one_price_the_older_order_comes_first(venue: Venue) -> None:
    """M44: a sell that came before the buy is the maker."""
    venue.send(phase(Phase.OPENING))
    older, younger = venue.place(limit(BOB, SELL, 100, 3)), venue.place(limit(CAT, SELL, 100, 3))
    buy = venue.place(limit(ANN, BUY, 100, 4))
    venue.send(phase(Phase.CONTINUOUS)).gives(
        auction(100, 4, -2),
        pair(older, buy, 100, 3, 0, MAKER_DONE),
        reduced(100, 3, 1, 1, of=buy),
        reduced(100, 3, 0, 3, of=older),
        pair(younger, buy, 100, 1, 2, TAKER_DONE),
        reduced(100, 1, 0, 0, of=buy),
        reduced(100, 1, 2, 2, of=younger),
        phased(Phase.CONTINUOUS),
    )


def test_icebergs_show_fresh_slices_at_the_tail(venue: Venue) -> None:
    """M44 M20: 3 of Ann's 10, then Bob's 2, then Ann's next 3."""
    venue.send(phase(Phase.OPENING))
    berg, plain = venue.place(limit(ANN, SELL, 100, 10, display=3)), venue.place(limit(BOB, SELL, 100, 2))
    buy = venue.place(limit(CAT, BUY, 100, 8))
    assert venue.machine.indicative(0) == (100, 8, -4)
    venue.send(phase(Phase.CONTINUOUS)).gives(
        auction(100, 8, -4),
        pair(berg, buy, 100, 3, 0, 0),
        reduced(100, 3, 5, 5, of=buy),
        reduced(100, 3, 0, 2, of=berg),
        refreshed(100, 3, 5, of=berg),
        pair(plain, buy, 100, 2, 0, MAKER_DONE),
        reduced(100, 2, 3, 3, of=buy),
        reduced(100, 2, 0, 3, of=plain),
        pair(berg, buy, 100, 3, 0, TAKER_DONE),
        reduced(100, 3, 0, 0, of=buy),
        reduced(100, 3, 0, 0, of=berg),
        refreshed(100, 3, 3, of=berg),
        phased(Phase.CONTINUOUS),
    )
    assert (venue.book(SELL), venue.hidden(SELL)) == ([(100, 3)], [1])


def test_both_pay_the_makers_rate(venue: Venue) -> None:
    """M44 M8: 1 % of 500 and 1 % of 5 coins."""
    venue.send(set_tier(0, maker=1_000_000, taker=5_000_000))
    called(venue, [(100, 5)], [(100, 5)])
    venue.send(phase(Phase.CONTINUOUS)).gives(
        auction(100, 5, 0),
        trade(100, 5, fee=1, taker_fee=5, flags=IN_AUCTION | MAKER_DONE | TAKER_DONE),
        reduced(),
        reduced(),
        phased(Phase.CONTINUOUS),
    )
    assert (venue.free(ANN, COIN), venue.free(BOB, CASH)) == (1_004, 1_000_495)


def test_an_auction_knows_no_self_trade_prevention(venue: Venue) -> None:
    """M44 M23."""
    venue.send(phase(Phase.OPENING))
    venue.place(limit(ANN, BUY, 100, 5, stp=SelfTrade.CANCEL_BOTH))
    venue.place(limit(ANN, SELL, 100, 5, stp=SelfTrade.CANCEL_BOTH))
    answer = venue.send(phase(Phase.CONTINUOUS))
    assert answer.kinds[:2] == [EventKind.AUCTION, EventKind.TRADE]
    assert (venue.position(ANN), venue.book(BUY), venue.book(SELL)) == (0, [], [])


def test_an_auction_knows_no_price_band(venue: Venue) -> None:
    """M25 M44: far above 110; the new reference is the auction price, and the band goes with it."""
    venue.send(set_limit(Limit.BAND, 100_000))
    venue.send(set_limit(Limit.BAND_HALTS, 1))
    called(venue, [(150, 5)], [(150, 5)], 100)
    venue.send(phase(Phase.CONTINUOUS))
    assert (venue.last(), venue.machine.phase(0)) == (150, Phase.CONTINUOUS)
    ask = venue.place(limit(BOB, SELL, 165, 1))
    assert venue.send(limit(CAT, BUY, 165, 1)).events[1]["id"] == ask.id


def test_going_from_the_closing_call_to_closed_uncrosses(venue: Venue) -> None:
    """M40 M44: from the opening call it does not, and the book stays crossed until trading starts."""
    called(venue, [(100, 5)], [(100, 3)])
    venue.send(phase(Phase.CLOSED)).gives(phased(Phase.CLOSED))
    assert (venue.book(BUY), venue.book(SELL)) == ([(100, 5)], [(100, 3)])
    venue.send(phase(Phase.CLOSING))
    answer = venue.send(phase(Phase.CLOSED))
    assert answer.kinds == [
        EventKind.AUCTION,
        EventKind.TRADE,
        EventKind.REDUCED,
        EventKind.REDUCED,
        EventKind.PHASE,
    ]
    assert venue.book(BUY) == [(100, 2)]


def test_after_the_auction_the_book_is_not_crossed(venue: Venue) -> None:
    """M16 M44: whatever the sizes; what is left of the larger side stands."""
    called(venue, [(105, 7), (104, 1), (100, 9)], [(95, 2), (99, 4), (104, 6), (106, 1)])
    venue.send(phase(Phase.CONTINUOUS))
    bids, asks = venue.book(BUY), venue.book(SELL)
    assert bids[0][0] < asks[0][0]
    assert venue.send(limit(CAT, BUY, 90, 1)).events[0]["reason"] == Reason.NONE

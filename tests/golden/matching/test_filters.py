"""Phases, filters and counts: M13 to M15."""

from __future__ import annotations

import pytest

from tests.golden.matching.story import (
    ANN,
    BOB,
    CASH,
    COIN,
    DAN,
    Row,
    accepted,
    add_symbol,
    cancel,
    deposit,
    limit,
    market,
    market_to_limit,
    oto,
    peg,
    peg_mid,
    phase,
    reference,
    rested,
    set_limit,
    stop,
    touch,
    trade,
    trailing,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import (
    AT_CLOSE,
    AT_OPEN,
    BUY,
    FOK,
    IOC,
    PERCENT,
    POST_ONLY,
    QUOTE,
    SELL,
    SLIDE,
    Limit,
    Phase,
    Reason,
)

ORDERS = {
    "limit": limit(ANN, BUY, 99, 5),
    "stop": stop(ANN, BUY, 105, 5),
    "peg": peg(ANN, BUY, 5, cap=99),
    "market at close": market(ANN, BUY, 5, tif=AT_CLOSE),
}


@pytest.mark.parametrize("name", ORDERS)
def test_a_closed_or_halted_market_refuses_every_order(venue: Venue, name: str) -> None:
    """M13."""
    venue.send(phase(Phase.CLOSED))
    venue.refuses(ORDERS[name], Reason.MARKET_CLOSED)
    venue.send(phase(Phase.HALTED))
    venue.refuses(ORDERS[name], Reason.MARKET_HALTED)


def test_at_open_is_for_the_opening_call_and_at_close_for_all_but_a_halt(venue: Venue) -> None:
    """M13."""
    opening, closing = limit(ANN, BUY, 99, 5, tif=AT_OPEN), limit(ANN, BUY, 99, 5, tif=AT_CLOSE)
    venue.refuses(opening, Reason.WRONG_PHASE)
    venue.place(closing)
    venue.send(phase(Phase.CLOSING))
    venue.refuses(opening, Reason.WRONG_PHASE)
    venue.place(closing)
    venue.send(phase(Phase.OPENING))
    venue.place(opening)
    venue.place(closing)


@pytest.mark.parametrize("call", [Phase.OPENING, Phase.CLOSING], ids=str)
@pytest.mark.parametrize(
    "command",
    [
        limit(ANN, BUY, 99, 5, tif=IOC),
        limit(ANN, BUY, 99, 5, tif=FOK),
        market(ANN, BUY, 5),
        market(ANN, BUY, 5, tif=FOK),
        market_to_limit(ANN, BUY, 5),
        limit(ANN, BUY, 99, 5, minimum=2),
        limit(ANN, BUY, 99, 5, flags=POST_ONLY),
        limit(ANN, BUY, 99, 5, flags=SLIDE),
    ],
    ids=str,
)
def test_a_call_refuses_what_wants_to_trade_at_once(venue: Venue, call: Phase, command: Row) -> None:
    """M13: nothing trades in a call."""
    venue.send(phase(call))
    venue.refuses(command, Reason.WRONG_PHASE)


STEPS: list[tuple[Row, Reason]] = [
    (limit(ANN, BUY, 101, 10), Reason.PRICE_TICK),
    (stop(ANN, BUY, 111, 10), Reason.PRICE_TICK),
    (touch(ANN, BUY, 89, 10, price=95), Reason.PRICE_TICK),
    (stop(ANN, BUY, 110, 10, price=111), Reason.PRICE_TICK),
    (trailing(ANN, BUY, 6, 10), Reason.PRICE_TICK),
    (peg(ANN, BUY, 10, cap=99), Reason.PRICE_TICK),
    (peg(ANN, BUY, 10, cap=100, offset=3), Reason.PRICE_TICK),
    (limit(ANN, BUY, 45, 10), Reason.PRICE_RANGE),
    (limit(ANN, BUY, 155, 10), Reason.PRICE_RANGE),
    (stop(ANN, BUY, 155, 10), Reason.PRICE_RANGE),
    (stop(ANN, BUY, 150, 10, price=155), Reason.PRICE_RANGE),
    (peg_mid(ANN, SELL, 10, cap=45), Reason.PRICE_RANGE),
    (limit(ANN, BUY, 100, 15), Reason.QUANTITY_LOT),
    (limit(ANN, BUY, 100, 30, display=15), Reason.QUANTITY_LOT),
    (limit(ANN, BUY, 100, 30, minimum=15), Reason.QUANTITY_LOT),
    (market(ANN, BUY, 25), Reason.QUANTITY_LOT),
    (limit(ANN, BUY, 100, 10), Reason.QUANTITY_RANGE),
    (limit(ANN, BUY, 100, 110), Reason.QUANTITY_RANGE),
    (market(ANN, BUY, 110), Reason.QUANTITY_RANGE),
]


@pytest.mark.parametrize(("command", "reason"), STEPS, ids=str)
def test_prices_and_quantities_keep_to_steps_and_ranges(fresh: Venue, command: Row, reason: Reason) -> None:
    """M14: tick 5 and lot 10; prices 50 to 150, quantities 20 to 100. Ticks first, then range, lots, range."""
    fresh.opened(tick=5, lot=10)
    fresh.send(set_limit(Limit.MIN_PRICE, 50))
    fresh.send(set_limit(Limit.MAX_PRICE, 150))
    fresh.send(set_limit(Limit.MIN_QUANTITY, 20))
    fresh.send(set_limit(Limit.MAX_QUANTITY, 100))
    fresh.refuses(command, reason)


def test_values_at_the_ends_of_the_ranges_are_admitted(fresh: Venue) -> None:
    """M14: and a trail in percent and an amount of money know no steps."""
    venue = fresh.opened(tick=5, lot=10)
    venue.send(set_limit(Limit.MIN_PRICE, 50))
    venue.send(set_limit(Limit.MAX_PRICE, 150))
    venue.send(set_limit(Limit.MIN_QUANTITY, 20))
    venue.send(set_limit(Limit.MAX_QUANTITY, 100))
    venue.place(limit(ANN, BUY, 50, 100))
    venue.place(limit(ANN, SELL, 150, 20))
    venue.place(market(ANN, BUY, 7, flags=QUOTE))
    venue.place(limit(BOB, SELL, 100, 20))
    venue.place(limit(BOB, BUY, 100, 20))
    venue.place(trailing(ANN, SELL, 333, 20, flags=PERCENT))


def test_ranges_set_to_zero_are_those_of_the_beginning(fresh: Venue) -> None:
    """M14 and the settings: the tick, the lot, and 2^53."""
    venue = fresh.opened(tick=5, lot=10)
    for which in (Limit.MIN_PRICE, Limit.MAX_PRICE, Limit.MIN_QUANTITY, Limit.MAX_QUANTITY):
        venue.send(set_limit(which, 100))
        venue.send(set_limit(which, 0))
    venue.place(limit(ANN, BUY, 5, 10))
    top = 2**53 - 2**53 % 5
    venue.refuses(limit(ANN, BUY, top, 10), Reason.INSUFFICIENT_BALANCE)
    venue.refuses(limit(ANN, BUY, top + 5, 10), Reason.PRICE_RANGE)
    most = 2**53 - 2**53 % 10
    venue.refuses(limit(ANN, SELL, 5, most), Reason.INSUFFICIENT_BALANCE)
    venue.refuses(limit(ANN, SELL, 5, most + 10), Reason.QUANTITY_RANGE)


def test_amounts_fit_63_bits(fresh: Venue) -> None:
    """M14: 2^33 x 2^30 = 2^63 is one too many; 2^32 x 2^30 fits but nobody has it."""
    venue = fresh.opened()
    venue.refuses(limit(ANN, BUY, 2**33, 2**30), Reason.AMOUNT)
    venue.refuses(limit(ANN, SELL, 2**33, 2**30), Reason.AMOUNT)
    venue.refuses(limit(ANN, BUY, 2**32, 2**30), Reason.INSUFFICIENT_BALANCE)
    venue.refuses(stop(ANN, BUY, 2**33, 2**30), Reason.AMOUNT)
    venue.send(reference(2**33))
    venue.refuses(market(ANN, BUY, 2**30), Reason.AMOUNT)
    venue.refuses(peg(ANN, BUY, 2**30, cap=2**33), Reason.AMOUNT)


def test_base_amounts_fit_63_bits(fresh: Venue) -> None:
    """M14: base unit 2^40: 2^23 of them are too many."""
    venue = fresh.opened(base_unit=2**40)
    venue.refuses(limit(ANN, SELL, 1, 2**23), Reason.AMOUNT)
    venue.refuses(limit(ANN, SELL, 1, 2**23 - 1), Reason.INSUFFICIENT_BALANCE)
    venue.refuses(market(ANN, SELL, 2**23), Reason.AMOUNT)


def test_the_largest_amounts_fit_63_bits(fresh: Venue) -> None:
    """M14: 2^63 - 1 = 60247241209 x 153092023 fits as an amount of coins and as one of cash."""
    unit, most = 60_247_241_209, 153_092_023
    assert unit * most == 2**63 - 1
    venue = fresh.opened(base_unit=unit, quote_unit=unit)
    venue.refuses(limit(ANN, SELL, 1, most), Reason.INSUFFICIENT_BALANCE)
    venue.refuses(limit(ANN, BUY, 1, most), Reason.INSUFFICIENT_BALANCE)
    venue.refuses(limit(ANN, BUY, 1, most + 1), Reason.AMOUNT)


def test_the_notional_lies_within_its_limits(venue: Venue) -> None:
    """M14: 500 to 1000."""
    venue.send(set_limit(Limit.MIN_NOTIONAL, 500))
    venue.send(set_limit(Limit.MAX_NOTIONAL, 1_000))
    venue.refuses(limit(ANN, BUY, 100, 4), Reason.NOTIONAL)
    venue.refuses(limit(ANN, BUY, 100, 11), Reason.NOTIONAL)
    venue.refuses(stop(ANN, BUY, 100, 4), Reason.NOTIONAL)
    venue.refuses(peg(ANN, BUY, 4, cap=100), Reason.NOTIONAL)
    venue.refuses(market(ANN, BUY, 499, flags=QUOTE), Reason.NOTIONAL)
    venue.refuses(market(ANN, BUY, 1_001, flags=QUOTE), Reason.NOTIONAL)
    for command in (limit(ANN, BUY, 100, 5), limit(ANN, SELL, 101, 9), market(ANN, SELL, 500, flags=QUOTE)):
        venue.place(command)


def test_without_a_price_the_reference_counts_then_the_last_price(venue: Venue) -> None:
    """M14: of 4 at market: unknown, then 4 x 100 by the last price, then 4 x 200 by the reference."""
    venue.place(market(ANN, BUY, 4))
    venue.traded_at(100)
    venue.send(set_limit(Limit.MIN_NOTIONAL, 500))
    venue.refuses(market(ANN, BUY, 4), Reason.NOTIONAL)
    venue.send(reference(200))
    venue.place(market(ANN, BUY, 4))
    venue.refuses(market(ANN, BUY, 2), Reason.NOTIONAL)


def test_a_notional_of_an_unknown_price_is_not_checked(venue: Venue) -> None:
    """M14."""
    venue.send(set_limit(Limit.MIN_NOTIONAL, 500))
    venue.place(market(ANN, BUY, 1))
    venue.place(peg(ANN, SELL, 1))


PERCENTS: list[tuple[Row, int]] = [
    (limit(ANN, BUY, 90, 5), 89),
    (limit(ANN, BUY, 110, 5), 111),
    (limit(ANN, SELL, 95, 5), 94),
    (limit(ANN, SELL, 120, 5), 121),
    (stop(ANN, BUY, 130, 5, price=110), 111),
    (touch(ANN, SELL, 130, 5, price=120), 121),
]


@pytest.mark.parametrize(("command", "beyond"), PERCENTS, ids=str)
def test_a_price_lies_within_the_percent_bounds_of_its_side(venue: Venue, command: Row, beyond: int) -> None:
    """M14: by the reference 100 buys from 90 to 110, sells from 95 to 120."""
    sides = {Limit.BUY_DOWN: 900_000, Limit.BUY_UP: 1_100_000, Limit.SELL_DOWN: 950_000, Limit.SELL_UP: 1_200_000}
    for which, ppm in sides.items():
        venue.send(set_limit(which, ppm))
    free = venue.place({**command, "price": beyond})  # no reference: not checked
    venue.send(cancel(ANN, free))
    venue.send(reference(100))
    venue.refuses({**command, "price": beyond}, Reason.PERCENT_PRICE)
    venue.place(command)


def test_percent_bounds_are_rounded_inwards(venue: Venue) -> None:
    """M14: by the reference 99: down 98.01, so 99; up 99.99, so 99."""
    venue.send(reference(99))
    venue.send(set_limit(Limit.BUY_DOWN, 990_000))
    venue.send(set_limit(Limit.BUY_UP, 1_010_000))
    venue.refuses(limit(ANN, BUY, 98, 5), Reason.PERCENT_PRICE)
    venue.refuses(limit(ANN, BUY, 100, 5), Reason.PERCENT_PRICE)
    venue.place(limit(ANN, BUY, 99, 5))


def test_triggers_caps_and_market_orders_know_no_percent_bounds(venue: Venue) -> None:
    """M14."""
    venue.send(reference(100))
    venue.send(set_limit(Limit.BUY_UP, 1_100_000))
    venue.place(stop(ANN, BUY, 150, 5))
    venue.place(peg(ANN, BUY, 5, cap=150))
    venue.place(market(ANN, BUY, 5))


def test_orders_that_may_stay_are_counted(venue: Venue) -> None:
    """M15: 2 at most, of one owner in one symbol; IOC and FOK do not count."""
    venue.send(set_limit(Limit.MAX_ORDERS, 2))
    one = venue.place(limit(ANN, BUY, 99, 5))
    venue.place(stop(ANN, BUY, 110, 5))
    venue.refuses(limit(ANN, BUY, 98, 5), Reason.MAX_ORDERS)
    venue.refuses(peg(ANN, SELL, 5), Reason.MAX_ORDERS)
    venue.refuses(limit(ANN, BUY, 98, 5, tif=AT_CLOSE), Reason.MAX_ORDERS)
    venue.place(limit(ANN, BUY, 98, 5, tif=IOC))
    venue.place(market(ANN, BUY, 5, tif=FOK))
    venue.place(limit(BOB, BUY, 98, 5))
    venue.send(cancel(ANN, one))
    venue.place(limit(ANN, BUY, 98, 5))


def test_orders_that_wait_for_a_trigger_are_counted(venue: Venue) -> None:
    """M15: 1 at most; a triggered one counts no longer."""
    venue.send(set_limit(Limit.MAX_ALGO_ORDERS, 1))
    venue.place(stop(ANN, BUY, 105, 5, price=106))
    for command in (stop(ANN, BUY, 120, 5), touch(ANN, SELL, 120, 5), touch(ANN, BUY, 90, 5, price=95)):
        venue.refuses(command, Reason.MAX_ALGO_ORDERS)
    venue.place(limit(ANN, BUY, 90, 5))
    venue.traded_at(105)
    assert venue.book(BUY) == [(106, 5), (90, 5)]
    venue.place(trailing(ANN, BUY, 5, 5))
    venue.refuses(trailing(ANN, BUY, 5, 5), Reason.MAX_ALGO_ORDERS)


def test_both_counts_failing_the_number_of_orders_is_the_reason(venue: Venue) -> None:
    """M15."""
    venue.send(set_limit(Limit.MAX_ALGO_ORDERS, 1))
    venue.send(set_limit(Limit.MAX_ORDERS, 1))
    venue.place(stop(ANN, BUY, 105, 5))
    venue.refuses(stop(ANN, BUY, 105, 5), Reason.MAX_ORDERS)


def test_a_buy_keeps_the_position_below_its_limit(venue: Venue) -> None:
    """M15: Ann has 1000 coins, 100 of them locked; 10 more may be bought, open buys included."""
    venue.send(set_limit(Limit.MAX_POSITION, 1_010))
    venue.place(limit(ANN, SELL, 200, 100))
    first = venue.place(limit(ANN, BUY, 99, 6))
    venue.refuses(limit(ANN, BUY, 99, 5), Reason.MAX_POSITION)
    venue.refuses(market(ANN, BUY, 5), Reason.MAX_POSITION)
    venue.place(stop(ANN, BUY, 150, 4))
    venue.refuses(limit(ANN, BUY, 99, 1), Reason.MAX_POSITION)
    venue.place(market(ANN, BUY, 100, flags=QUOTE))  # an amount is not checked
    venue.place(limit(ANN, SELL, 200, 100))
    venue.send(cancel(ANN, first))
    venue.place(limit(ANN, BUY, 99, 6))


def test_what_an_owner_holds_is_counted_in_whole_units(fresh: Venue) -> None:
    """M15: 1000 or 1001 coins are 333 units of 3; 1002 are 334."""
    venue = fresh.opened(base_unit=3)
    venue.send(set_limit(Limit.MAX_POSITION, 334))
    venue.refuses(limit(ANN, BUY, 1, 2), Reason.MAX_POSITION)
    venue.send(deposit(ANN, COIN, 1))
    order = venue.place(limit(ANN, BUY, 1, 1))
    venue.send(cancel(ANN, order))
    venue.send(deposit(ANN, COIN, 1))
    venue.refuses(limit(ANN, BUY, 1, 1), Reason.MAX_POSITION)


def test_a_filled_buy_still_counts_as_what_is_held(venue: Venue) -> None:
    """M15: 5 bought, 5 open: nothing more."""
    venue.send(set_limit(Limit.MAX_POSITION, 1_010))
    maker = venue.place(limit(BOB, SELL, 100, 5))
    venue.send(limit(ANN, BUY, 100, 10)).gives(accepted(), trade(100, 5, of=maker), rested(100, 5))
    venue.refuses(limit(ANN, BUY, 99, 1), Reason.MAX_POSITION)
    venue.send(limit(DAN, SELL, 100, 5))
    venue.refuses(limit(ANN, BUY, 99, 1), Reason.MAX_POSITION)


def test_legs_of_lists_count_one_each(venue: Venue) -> None:
    """M15 M34: a parent and its waiting child are two; a later leg counts the earlier ones."""
    venue.send(set_limit(Limit.MAX_ORDERS, 2))
    pair = oto(limit(ANN, BUY, 99, 5), limit(ANN, SELL, 110, 5))
    venue.place(limit(BOB, BUY, 90, 5))
    venue.refuses([{**leg, "owner": BOB} for leg in pair], Reason.LIST_MEMBER, Reason.MAX_ORDERS)
    venue.send(pair)
    venue.refuses(limit(ANN, BUY, 98, 5), Reason.MAX_ORDERS)


def test_legs_count_whatever_their_time_in_force(venue: Venue) -> None:
    """M15: a waiting child at market is one; an order alone that does not stay is none."""
    venue.send(set_limit(Limit.MAX_ORDERS, 2))
    venue.send(oto(limit(ANN, BUY, 99, 5), market(ANN, SELL, 5)))
    venue.refuses(limit(ANN, BUY, 98, 5), Reason.MAX_ORDERS)
    venue.place(limit(ANN, BUY, 98, 5, tif=IOC))


def test_the_notional_is_in_units_of_the_quote_currency(fresh: Venue) -> None:
    """M14: a quote unit of 3: 5 at 100 are 1500."""
    venue = fresh.opened(quote_unit=3)
    venue.send(set_limit(Limit.MAX_NOTIONAL, 1_499))
    venue.refuses(limit(ANN, SELL, 100, 5), Reason.NOTIONAL)
    venue.send(set_limit(Limit.MAX_NOTIONAL, 1_500))
    venue.place(limit(ANN, SELL, 100, 5))


def test_counts_are_by_symbol(venue: Venue) -> None:
    """M15: one in each of two symbols."""
    venue.send(add_symbol(1))
    venue.send(phase(Phase.CONTINUOUS, symbol=1))
    for symbol in (0, 1):
        venue.send(set_limit(Limit.MAX_ORDERS, 1, symbol))
        venue.place(limit(ANN, BUY, 99, 5, symbol=symbol))
        venue.refuses(limit(ANN, BUY, 99, 5, symbol=symbol), Reason.MAX_ORDERS)


def test_open_buys_and_a_buying_child_come_to_at_most_62_bits(venue: Venue) -> None:
    """M15: 256 lists of a parent and a child of 2^53 each come to 2^62; the next child is one too many."""
    venue.send(deposit(ANN, CASH, 2**61))
    lists = oto(limit(ANN, BUY, 1, 2**53), limit(ANN, BUY, 1, 2**53))
    for _ in range(256):
        venue.send(lists)
    assert venue.locked(ANN, CASH) == 2**61
    venue.refuses(lists, Reason.INSUFFICIENT_BALANCE, Reason.LIST_MEMBER)
    venue.send(deposit(ANN, CASH, 2**53))
    venue.refuses(lists, Reason.LIST_MEMBER, Reason.AMOUNT)

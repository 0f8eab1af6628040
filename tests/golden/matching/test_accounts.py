"""Balances, locks, fees and positions: M5 to M10."""

from __future__ import annotations

import pytest

from tests.golden.matching.story import (
    ANN,
    BOB,
    CASH,
    CAT,
    COIN,
    DAN,
    TOKEN,
    Row,
    accepted,
    add_symbol,
    cancel,
    conversion,
    deposit,
    done,
    expired,
    fee_currency,
    filled,
    join_tier,
    limit,
    market,
    peg,
    phase,
    rested,
    set_tier,
    stop,
    touch,
    trade,
    trailing,
    triggered,
    withdraw,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import (
    BUY,
    FOK,
    MAKER_THIRD,
    PAYS_IN_FEE_CURRENCY,
    PERCENT,
    QUOTE,
    SELL,
    TAKER_THIRD,
    Phase,
    Reason,
)

MOST = 2**62
COINS, MONEY = 1_000, 1_000_000  # what each owner has at first


def test_deposits_and_withdrawals_change_what_is_free(venue: Venue) -> None:
    """M5."""
    venue.send(deposit(ANN, TOKEN, 500)).gives(done())
    venue.send(withdraw(ANN, TOKEN, 200)).gives(done())
    assert (venue.free(ANN, TOKEN), venue.locked(ANN, TOKEN)) == (300, 0)
    venue.refuses(withdraw(ANN, TOKEN, 301), Reason.INSUFFICIENT_BALANCE)


def test_what_is_locked_cannot_be_withdrawn(venue: Venue) -> None:
    """M5 M6."""
    order = venue.place(limit(ANN, SELL, 100, 600))
    venue.refuses(withdraw(ANN, COIN, 401), Reason.INSUFFICIENT_BALANCE)
    venue.send(cancel(ANN, order))
    venue.send(withdraw(ANN, COIN, 401)).gives(done())


def test_of_a_currency_at_most_62_bits_exist(venue: Venue) -> None:
    """M5."""
    venue.send(deposit(ANN, TOKEN, MOST)).gives(done())
    venue.refuses(deposit(BOB, TOKEN, 1), Reason.AMOUNT)
    venue.send(withdraw(ANN, TOKEN, 1)).gives(done())
    venue.send(deposit(BOB, TOKEN, 1)).gives(done())


LOCKS = {
    "limit sell": (limit(ANN, SELL, 100, 5), COIN, 5),
    "limit buy: left x price": (limit(ANN, BUY, 100, 5), CASH, 500),
    "iceberg: hidden too": (limit(ANN, BUY, 100, 5, display=1), CASH, 500),
    "stop buy: its trigger": (stop(ANN, BUY, 110, 2), CASH, 220),
    "stop-limit buy: its price": (stop(ANN, BUY, 110, 2, price=115), CASH, 230),
    "stop sell": (stop(ANN, SELL, 90, 2), COIN, 2),
    "touch buy: its trigger": (touch(ANN, BUY, 90, 2), CASH, 180),
    "touch-limit buy: its price": (touch(ANN, BUY, 90, 2, price=95), CASH, 190),
    "trailing buy: first level 100 + 5": (trailing(ANN, BUY, 5, 2), CASH, 210),
    "trailing buy by 2.5 %: 100 + 3": (trailing(ANN, BUY, 250, 2, flags=PERCENT), CASH, 206),
    "trailing buy with a price": (trailing(ANN, BUY, 5, 2, price=120), CASH, 240),
    "pegged buy: its cap": (peg(ANN, BUY, 2, cap=99), CASH, 198),
    "pegged sell": (peg(ANN, SELL, 2), COIN, 2),
}


@pytest.mark.parametrize("name", LOCKS)
def test_an_order_locks_when_accepted_and_unlocks_when_it_ends(venue: Venue, name: str) -> None:
    """M6: by the last price 100."""
    command, currency, amount = LOCKS[name]
    venue.traded_at(100)
    before = venue.free(ANN, currency)
    order = venue.place(command)
    assert (venue.free(ANN, currency), venue.locked(ANN, currency)) == (before - amount, amount)
    venue.send(cancel(ANN, order))
    assert (venue.free(ANN, currency), venue.locked(ANN, currency)) == (before, 0)


@pytest.mark.parametrize("name", LOCKS)
def test_an_order_that_its_owner_cannot_pay_is_rejected(venue: Venue, name: str) -> None:
    """M6: one unit less than it locks is free."""
    command, currency, amount = LOCKS[name]
    venue.traded_at(100)
    venue.leave(ANN, currency, amount - 1)
    venue.refuses(command, Reason.INSUFFICIENT_BALANCE)
    venue.send(deposit(ANN, currency, 1))
    venue.place(command)


def test_amounts_are_in_the_units_of_the_symbol(fresh: Venue) -> None:
    """M6 M8: base unit 10, quote unit 3: a sell of 5 locks 50 coins, a buy of 5 at 100 locks 1500."""
    venue = fresh.opened(base_unit=10, quote_unit=3)
    venue.place(limit(ANN, SELL, 100, 5))
    venue.place(limit(BOB, BUY, 90, 5))
    assert (venue.locked(ANN, COIN), venue.locked(BOB, CASH)) == (50, 1350)
    venue.place(limit(CAT, BUY, 100, 2))
    assert (venue.free(CAT, COIN), venue.free(CAT, CASH)) == (COINS + 20, MONEY - 600)
    assert (venue.locked(ANN, COIN), venue.free(ANN, CASH)) == (30, MONEY + 600)


def test_what_a_buyer_saves_becomes_free_with_the_trade(venue: Venue) -> None:
    """M6: 3 of 5 bought at 100 with a limit of 105; the other 2 stay locked at 105."""
    venue.place(limit(BOB, SELL, 100, 3))
    venue.place(limit(ANN, BUY, 105, 5))
    assert (venue.free(ANN, CASH), venue.locked(ANN, CASH)) == (MONEY - 300 - 210, 210)


def test_a_market_buy_spends_at_most_what_is_free(venue: Venue) -> None:
    """M7: 10 x 100 must be free; 5 at 100 leave 500, which pay 3 at 150."""
    five, more = venue.place(limit(BOB, SELL, 100, 5)), venue.place(limit(BOB, SELL, 150, 5))
    venue.leave(ANN, CASH, 999)
    venue.refuses(market(ANN, BUY, 10), Reason.INSUFFICIENT_BALANCE)
    venue.send(deposit(ANN, CASH, 1))
    venue.send(market(ANN, BUY, 10)).gives(
        accepted(0, 10), trade(100, 5, of=five), trade(150, 3, 2, of=more), expired(2, Reason.FUNDS)
    )
    assert venue.free(ANN, CASH) == 50


def test_a_market_buy_takes_whole_lots_only(fresh: Venue) -> None:
    """M7: 100 of 450 go for 2 at 50; 350 would pay 3 at 100, so one lot of 2; 150 pay no lot."""
    venue = fresh.opened(lot=2)
    first, maker = venue.place(limit(BOB, SELL, 50, 2)), venue.place(limit(BOB, SELL, 100, 10))
    venue.leave(ANN, CASH, 450)
    venue.send(market(ANN, BUY, 8)).gives(
        accepted(), trade(50, 2, of=first), trade(100, 2, 8, of=maker), expired(4, Reason.FUNDS)
    )


def test_a_market_sell_needs_its_quantity_free(venue: Venue) -> None:
    """M6 M7."""
    venue.place(limit(BOB, BUY, 100, 10))
    venue.leave(ANN, COIN, 4)
    venue.refuses(market(ANN, SELL, 5), Reason.INSUFFICIENT_BALANCE)
    venue.send(market(ANN, SELL, 4)).gives(accepted(), trade(100, 4, 6), filled(4))


def test_a_triggered_market_buy_spends_its_lock_and_what_is_free(venue: Venue) -> None:
    """M7 M28: 10 locked at 110 and 90 free: 1190 pay 9 at 120 (1080), not 10."""
    venue.leave(ANN, CASH, 1190)
    waits = venue.place(stop(ANN, BUY, 110, 10))
    venue.place(limit(CAT, SELL, 110, 1))
    maker = venue.place(limit(BOB, SELL, 120, 20))
    venue.send(limit(DAN, BUY, 110, 1)).gives(
        accepted(),
        trade(110, 1),
        filled(1),
        triggered(110, 10, of=waits),
        trade(120, 9, of=maker, by=waits),
        expired(1, Reason.FUNDS, of=waits),
    )
    assert (venue.free(ANN, CASH), venue.locked(ANN, CASH)) == (110, 0)


def test_a_quote_buy_spends_its_amount(venue: Venue) -> None:
    """M7: of 1000 it spends 500 on 5 at 100 and 450 on 3 at 150; not one more lot fits into 50."""
    one, two = venue.place(limit(BOB, SELL, 100, 5)), venue.place(limit(BOB, SELL, 150, 5))
    venue.send(market(ANN, BUY, 1000, flags=QUOTE)).gives(
        accepted(0, 1000), trade(100, 5, of=one), trade(150, 3, of=two), filled(950)
    )
    assert venue.free(ANN, CASH) == MONEY - 950


def test_a_quote_buy_spends_at_most_what_is_free(venue: Venue) -> None:
    """M7: 250 of 1000 are free, two lots; there is no check on entry."""
    maker = venue.place(limit(BOB, SELL, 100, 5))
    venue.leave(ANN, CASH, 250)
    venue.send(market(ANN, BUY, 1000, flags=QUOTE)).gives(accepted(), trade(100, 2, of=maker), filled(200))
    assert venue.free(ANN, CASH) == 50


def test_a_quote_order_that_fits_no_lot_expires(venue: Venue) -> None:
    """M7."""
    venue.place(limit(BOB, SELL, 100, 5))
    venue.send(market(ANN, BUY, 99, flags=QUOTE)).gives(accepted(), expired(99, Reason.FUNDS))


def test_a_quote_order_that_empties_the_book_expires_with_the_rest_of_its_amount(venue: Venue) -> None:
    """M7 M17."""
    maker = venue.place(limit(BOB, SELL, 100, 5))
    venue.send(market(ANN, BUY, 900, flags=QUOTE)).gives(
        accepted(), trade(100, 5, of=maker), expired(400, Reason.NO_LIQUIDITY)
    )


def test_a_quote_sell_receives_its_amount(venue: Venue) -> None:
    """M7: 500 for 5 at 100, 450 for 5 at 90; not one more lot fits into 50."""
    one, two = venue.place(limit(BOB, BUY, 100, 5)), venue.place(limit(BOB, BUY, 90, 6))
    venue.send(market(ANN, SELL, 1000, flags=QUOTE)).gives(
        accepted(), trade(100, 5, of=one), trade(90, 5, 1, of=two), filled(950)
    )


def test_a_quote_sell_gives_at_most_the_free_base(venue: Venue) -> None:
    """M7."""
    maker = venue.place(limit(BOB, BUY, 100, 5))
    venue.leave(ANN, COIN, 3)
    venue.send(market(ANN, SELL, 1000, flags=QUOTE)).gives(accepted(), trade(100, 3, of=maker), filled(300))


def test_a_market_buys_fill_or_kill_needs_the_funds_for_all(venue: Venue) -> None:
    """M18 M7: 5 x 100 + 5 x 150 = 1250."""
    one, two = venue.place(limit(BOB, SELL, 100, 5)), venue.place(limit(BOB, SELL, 150, 5))
    venue.leave(ANN, CASH, 1249)
    venue.send(market(ANN, BUY, 10, tif=FOK)).gives(accepted(), expired(10, Reason.FILL_OR_KILL))
    venue.send(deposit(ANN, CASH, 1))
    venue.send(market(ANN, BUY, 10, tif=FOK)).gives(
        accepted(), trade(100, 5, of=one), trade(150, 5, of=two), filled(10)
    )
    assert venue.free(ANN, CASH) == 0


def test_each_pays_its_fee_in_what_it_receives(venue: Venue) -> None:
    """M8: the maker 0.1 % of 3000: 3; the taker 0.2 % of 30 coins: 0.06, rounded up to 1."""
    venue.send(set_tier(0, maker=100_000, taker=200_000))
    maker = venue.place(limit(ANN, SELL, 100, 30))
    venue.send(limit(BOB, BUY, 100, 30)).gives(accepted(), trade(100, 30, of=maker, fee=3, taker_fee=1), filled(30))
    assert (venue.free(ANN, CASH), venue.free(ANN, COIN)) == (MONEY + 2997, COINS - 30)
    assert (venue.free(BOB, CASH), venue.free(BOB, COIN)) == (MONEY - 3000, COINS + 29)
    assert (venue.machine.fees(CASH), venue.machine.fees(COIN)) == (3, 1)


def test_a_fee_is_that_of_the_owners_tier(venue: Venue) -> None:
    """M8: Bob is in tier 7 with 1 %, Cat in tier 0 with 2 %."""
    venue.send(set_tier(0, maker=0, taker=2_000_000))
    venue.send(set_tier(7, maker=0, taker=1_000_000))
    venue.send(join_tier(BOB, 7)).gives(done(owner=BOB))
    maker = venue.place(limit(ANN, SELL, 1, 200))
    venue.send(limit(BOB, BUY, 1, 100)).gives(accepted(), trade(1, 100, of=maker, taker_fee=1), filled())
    venue.send(limit(CAT, BUY, 1, 100)).gives(accepted(), trade(1, 100, of=maker, taker_fee=2), filled())


def test_a_rebate_is_rounded_towards_the_venue(venue: Venue) -> None:
    """M8: - 0.1 % of 2500 is - 2.5: the venue pays 2."""
    venue.send(set_tier(0, maker=-100_000, taker=0))
    maker = venue.place(limit(ANN, SELL, 100, 25))
    venue.send(limit(BOB, BUY, 100, 25)).gives(accepted(), trade(100, 25, of=maker, fee=-2, taker_fee=0), filled())
    assert (venue.free(ANN, CASH), venue.machine.fees(CASH)) == (MONEY + 2502, -2)


def fees_in_token(venue: Venue, *, tokens: int) -> Row:
    """Ann pays 0.1 % as a maker, in TOKEN: 0.5 for a unit of cash, less 25 %. A sell of 30 at 100 for her."""
    venue.send(set_tier(0, maker=100_000, taker=100_000))
    venue.send(fee_currency(TOKEN, 250_000))
    venue.send(conversion(CASH, 50_000_000))
    venue.send(join_tier(ANN, 0, PAYS_IN_FEE_CURRENCY))
    if tokens:
        venue.send(deposit(ANN, TOKEN, tokens))
    return limit(ANN, SELL, 100, 90)


def test_a_fee_may_be_paid_in_the_fee_currency(venue: Venue) -> None:
    """M9: 0.1 % of 9000 is 9; x 0.5 = 4.5, up to 5; x 0.75 = 3.75, up to 4."""
    maker = venue.place(fees_in_token(venue, tokens=10))
    venue.send(limit(BOB, BUY, 100, 90)).gives(
        accepted(), trade(100, 90, of=maker, fee=4, taker_fee=1, flags=1 | 2 | MAKER_THIRD), filled()
    )
    assert (venue.free(ANN, TOKEN), venue.free(ANN, CASH)) == (6, MONEY + 9000)
    assert (venue.machine.fees(TOKEN), venue.machine.fees(CASH), venue.machine.fees(COIN)) == (4, 0, 1)


def test_a_taker_may_pay_in_the_fee_currency_too(venue: Venue) -> None:
    """M9: Ann sells to the bid 100 of Bob: the same 4."""
    sell = fees_in_token(venue, tokens=4)
    maker = venue.place(limit(BOB, BUY, 100, 90))
    venue.send(sell).gives(
        accepted(), trade(100, 90, of=maker, fee=1, taker_fee=4, flags=1 | 2 | TAKER_THIRD), filled()
    )
    assert venue.free(ANN, TOKEN) == 0


def test_without_enough_of_the_fee_currency_the_fee_is_taken_from_what_is_received(venue: Venue) -> None:
    """M9: 4 would be needed, 3 are free: M8, 9 of cash."""
    maker = venue.place(fees_in_token(venue, tokens=3))
    venue.send(limit(BOB, BUY, 100, 90)).gives(accepted(), trade(100, 90, of=maker, fee=9, flags=1 | 2), filled())
    assert (venue.free(ANN, TOKEN), venue.free(ANN, CASH)) == (3, MONEY + 8991)


def test_without_a_conversion_the_fee_is_taken_from_what_is_received(venue: Venue) -> None:
    """M9: COIN has no conversion: as a buyer Ann pays in coins."""
    fees_in_token(venue, tokens=10)
    maker = venue.place(limit(BOB, SELL, 100, 30))
    venue.send(limit(ANN, BUY, 100, 30)).gives(accepted(), trade(100, 30, of=maker, taker_fee=1, flags=1 | 2), filled())


def test_a_rebate_is_never_paid_in_the_fee_currency(venue: Venue) -> None:
    """M9: only a positive fee."""
    sell = fees_in_token(venue, tokens=10)
    venue.send(set_tier(0, maker=-100_000, taker=0))
    maker = venue.place(sell)
    venue.send(limit(BOB, BUY, 100, 90)).gives(accepted(), trade(100, 90, of=maker, fee=-9, flags=1 | 2), filled())
    assert venue.free(ANN, TOKEN) == 10


def tokens_for_cash(venue: Venue) -> None:
    """A second market, TOKEN for CASH; takers pay 1 %; TOKEN is the fee currency, at half the price."""
    venue.send(add_symbol(1, base=TOKEN, quote=CASH))
    venue.send(phase(Phase.CONTINUOUS, symbol=1))
    venue.send(set_tier(0, maker=0, taker=1_000_000))
    venue.send(fee_currency(TOKEN, 500_000))
    venue.send(conversion(TOKEN, 100_000_000))
    venue.send(conversion(CASH, 100_000_000))
    venue.send(deposit(BOB, TOKEN, 1_000))


def test_what_is_just_received_does_not_pay_its_own_fee_but_later_ones(venue: Venue) -> None:
    """M9: Ann has no TOKEN: of the first 200 she pays 2 by M8; of the next 400 not 4 but 2."""
    tokens_for_cash(venue)
    venue.send(join_tier(ANN, 0, PAYS_IN_FEE_CURRENCY))
    one, two = venue.place(limit(BOB, SELL, 1, 200, symbol=1)), venue.place(limit(BOB, SELL, 2, 400, symbol=1))
    venue.send(limit(ANN, BUY, 2, 600, symbol=1)).gives(
        accepted(),
        trade(1, 200, of=one, taker_fee=2, flags=1 | 2),
        trade(2, 400, of=two, taker_fee=2, flags=1 | 2 | TAKER_THIRD),
        filled(600),
    )
    assert venue.free(ANN, TOKEN) == 596


def test_nobody_pays_a_fee_in_what_it_sells_in_that_trade(venue: Venue) -> None:
    """M9: Bob sells TOKEN, the fee currency, for cash: 1 % of 300 are 3 of cash, though he has 700 TOKEN left."""
    tokens_for_cash(venue)
    venue.send(join_tier(BOB, 0, PAYS_IN_FEE_CURRENCY))
    bid = venue.place(limit(CAT, BUY, 1, 300, symbol=1))
    venue.send(limit(BOB, SELL, 1, 300, symbol=1)).gives(
        accepted(), trade(1, 300, of=bid, taker_fee=3, flags=1 | 2), filled(300)
    )
    assert (venue.free(BOB, TOKEN), venue.free(BOB, CASH)) == (700, MONEY + 297)


def test_a_tier_that_changes_counts_at_once(venue: Venue) -> None:
    """M9 M8: 1 % of 200 coins, then 2 %."""
    venue.send(join_tier(BOB, 3))
    for rate in (1, 2):
        venue.send(set_tier(3, maker=0, taker=rate * 1_000_000))
        maker = venue.place(limit(ANN, SELL, 1, 200))
        venue.send(limit(BOB, BUY, 1, 200)).gives(accepted(), trade(1, 200, of=maker, taker_fee=2 * rate), filled())


def test_a_whole_discount_costs_nothing(venue: Venue) -> None:
    """M9: paid in the fee currency all the same, of which Ann has none."""
    maker = venue.place(fees_in_token(venue, tokens=0))
    venue.send(fee_currency(TOKEN, 1_000_000))
    venue.send(limit(BOB, BUY, 100, 90)).gives(
        accepted(), trade(100, 90, of=maker, fee=0, taker_fee=1, flags=1 | 2 | MAKER_THIRD), filled()
    )


def test_rebates_end_where_the_fee_account_would_sink_too_deep(venue: Venue) -> None:
    """M8: ten rebates of 10 % of 2^61 leave 2 units above - 2^61; the eleventh is not paid."""
    venue.send(set_tier(0, maker=-10_000_000, taker=0))
    price, size = 2**31, 2**30
    for owner in (ANN, BOB):
        venue.send(deposit(owner, COIN, size))
        venue.send(deposit(owner, CASH, 2**61 - MONEY * 2))
    seller, buyer = ANN, BOB
    venue.send(withdraw(ANN, CASH, 2**60))
    venue.send(deposit(BOB, CASH, 2**60))
    for turn in range(11):
        maker = venue.place(limit(seller, SELL, price, size))
        fee = -(2**61 // 10) if turn < 10 else 0
        venue.send(limit(buyer, BUY, price, size)).gives(
            accepted(), trade(price, size, of=maker, fee=fee, taker_fee=0), filled(size)
        )
        seller, buyer = buyer, seller
    assert venue.machine.fees(CASH) == -10 * (2**61 // 10)


def test_a_position_is_the_sum_of_signed_fills(venue: Venue) -> None:
    """M10: deposits do not count."""
    venue.place(limit(BOB, SELL, 100, 10))
    venue.send(limit(ANN, BUY, 100, 3))
    assert (venue.position(ANN), venue.position(BOB)) == (3, -3)
    venue.place(limit(CAT, BUY, 99, 10))
    venue.send(limit(ANN, SELL, 99, 4))
    assert (venue.position(ANN), venue.position(CAT)) == (-1, 4)


def test_buying_from_oneself_leaves_the_position(venue: Venue) -> None:
    """M10 M23: without self-trade prevention."""
    maker = venue.place(limit(ANN, SELL, 100, 3))
    venue.send(limit(ANN, BUY, 100, 5)).gives(accepted(), trade(100, 3, of=maker), rested(100, 2))
    assert venue.position(ANN) == 0
    assert (venue.free(ANN, COIN), venue.free(ANN, CASH) + venue.locked(ANN, CASH)) == (COINS, MONEY)

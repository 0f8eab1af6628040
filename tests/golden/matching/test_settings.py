"""The table of settings, row by row, and the rates and limits that they change: M2, M5, M8, M9, M14."""

from __future__ import annotations

import pytest

from tests.golden.matching.story import (
    ANN,
    CASH,
    COIN,
    NO_CURRENCY,
    NO_SYMBOL,
    NOBODY,
    TOKEN,
    Row,
    add_currency,
    add_owner,
    add_symbol,
    conversion,
    deposit,
    disconnect,
    done,
    fee_currency,
    join_tier,
    limit,
    mass_cancel,
    phase,
    phased,
    reference,
    set_limit,
    set_tier,
    time,
    withdraw,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import (
    BOTH,
    BUY,
    EVERY_SYMBOL,
    ON_DISCONNECT,
    PAYS_IN_FEE_CURRENCY,
    Limit,
    Phase,
    Reason,
    Setting,
)

TOP = 2**40
RATE = 10**7

REFUSED: list[tuple[Row, Reason]] = [
    (time(9), Reason.TIME_BACKWARD),
    (time(-1), Reason.TIME_BACKWARD),
    (phase(Phase.OPENING, NO_SYMBOL), Reason.UNKNOWN_SYMBOL),
    (phase(Phase.OPENING, EVERY_SYMBOL), Reason.UNKNOWN_SYMBOL),
    (phase(Phase.OPENING, 1), Reason.UNKNOWN_SYMBOL),  # the next number
    (reference(100, 1), Reason.UNKNOWN_SYMBOL),
    (set_limit(Limit.BAND, 1, 1), Reason.UNKNOWN_SYMBOL),
    (mass_cancel(ANN, symbol=1, side=BOTH), Reason.UNKNOWN_SYMBOL),
    (limit(ANN, BUY, 100, 1, symbol=1), Reason.UNKNOWN_SYMBOL),
    (phase(5), Reason.INVALID_PHASE),
    (phase(255), Reason.INVALID_PHASE),
    (phase(Phase.CONTINUOUS), Reason.INVALID_PHASE),
    (reference(100, NO_SYMBOL), Reason.UNKNOWN_SYMBOL),
    (reference(-5), Reason.INVALID_PRICE),
    (reference(101), Reason.PRICE_TICK),
    (add_currency(2), Reason.INVALID_VALUE),
    (add_currency(4), Reason.INVALID_VALUE),
    (add_symbol(0), Reason.INVALID_VALUE),
    (add_symbol(2), Reason.INVALID_VALUE),
    (add_symbol(1, tick=0), Reason.INVALID_VALUE),
    (add_symbol(1, lot=-1), Reason.INVALID_VALUE),
    (add_symbol(1, base_unit=0), Reason.INVALID_VALUE),
    (add_symbol(1, quote_unit=0), Reason.INVALID_VALUE),
    (add_symbol(1, tick=TOP + 1), Reason.INVALID_VALUE),
    (add_symbol(1, lot=TOP + 1), Reason.INVALID_VALUE),
    (add_symbol(1, base_unit=TOP + 1), Reason.INVALID_VALUE),
    (add_symbol(1, quote_unit=TOP + 1), Reason.INVALID_VALUE),
    (add_symbol(1, base=CASH, quote=CASH), Reason.INVALID_VALUE),
    (add_symbol(1, base=NO_CURRENCY), Reason.UNKNOWN_CURRENCY),
    (add_symbol(1, quote=NO_CURRENCY), Reason.UNKNOWN_CURRENCY),
    (set_limit(Limit.BAND, 1, NO_SYMBOL), Reason.UNKNOWN_SYMBOL),
    (set_limit(0, 1), Reason.INVALID_VALUE),
    (set_limit(16, 1), Reason.INVALID_VALUE),
    (set_limit(Limit.MAX_ORDERS, -1), Reason.INVALID_VALUE),
    (set_limit(Limit.MAX_NOTIONAL, 2**53 + 1), Reason.INVALID_VALUE),
    (set_limit(Limit.BAND, 1_000_000), Reason.INVALID_VALUE),
    (add_owner(3), Reason.INVALID_VALUE),
    (add_owner(5), Reason.INVALID_VALUE),
    (deposit(NOBODY, CASH, 1), Reason.UNKNOWN_OWNER),
    (deposit(ANN, NO_CURRENCY, 1), Reason.UNKNOWN_CURRENCY),
    (deposit(ANN, CASH, 0), Reason.INVALID_QUANTITY),
    (deposit(ANN, CASH, -1), Reason.INVALID_QUANTITY),
    (deposit(ANN, CASH, 2**63 - 1), Reason.AMOUNT),
    (withdraw(NOBODY, CASH, 1), Reason.UNKNOWN_OWNER),
    (withdraw(ANN, NO_CURRENCY, 1), Reason.UNKNOWN_CURRENCY),
    (withdraw(ANN, CASH, 0), Reason.INVALID_QUANTITY),
    (withdraw(ANN, CASH, 1_000_001), Reason.INSUFFICIENT_BALANCE),
    (set_tier(0, maker=RATE + 1, taker=0), Reason.INVALID_VALUE),
    (set_tier(0, maker=0, taker=RATE + 1), Reason.INVALID_VALUE),
    (set_tier(0, maker=-RATE - 1, taker=0), Reason.INVALID_VALUE),
    (set_tier(0, maker=0, taker=-RATE - 1), Reason.INVALID_VALUE),
    (join_tier(NOBODY, 0), Reason.UNKNOWN_OWNER),
    (join_tier(ANN, 0, ON_DISCONNECT), Reason.INVALID_FLAGS),
    (join_tier(ANN, 0, PAYS_IN_FEE_CURRENCY | 1), Reason.INVALID_FLAGS),
    (fee_currency(NO_CURRENCY, 0), Reason.UNKNOWN_CURRENCY),
    (fee_currency(TOKEN, -1), Reason.INVALID_VALUE),
    (fee_currency(TOKEN, 1_000_001), Reason.INVALID_VALUE),
    (conversion(NO_CURRENCY, 1), Reason.UNKNOWN_CURRENCY),
    (conversion(CASH, -1), Reason.INVALID_VALUE),
    (mass_cancel(NOBODY, symbol=0, side=BOTH), Reason.UNKNOWN_OWNER),
    (mass_cancel(ANN, symbol=NO_SYMBOL, side=BOTH), Reason.UNKNOWN_SYMBOL),
    (mass_cancel(ANN, symbol=EVERY_SYMBOL, side=3), Reason.INVALID_SIDE),
    (disconnect(NOBODY), Reason.UNKNOWN_OWNER),
    ({"kind": 9}, Reason.INVALID_KIND),
    ({"kind": 15}, Reason.INVALID_KIND),
    ({"kind": 26}, Reason.INVALID_KIND),
]


@pytest.mark.parametrize(("command", "reason"), REFUSED, ids=str)
def test_a_setting_that_cannot_be_is_rejected(fresh: Venue, command: Row, reason: Reason) -> None:
    """M2: with ticks of 5, at the time 10; nothing is changed."""
    venue = fresh.opened(tick=5)
    venue.send(time(10))
    venue.refuses(command, reason)


ACCEPTED: list[Row] = [
    time(10),
    reference(0),
    reference(105),
    add_currency(3),
    add_symbol(1, tick=TOP, lot=TOP, base_unit=TOP, quote_unit=TOP),
    add_symbol(1, base=CASH, quote=COIN),
    add_owner(4),
    set_limit(Limit.BAND, 999_999),
    set_limit(Limit.MAX_NOTIONAL, 2**53),
    set_limit(Limit.BAND_HALTS, 0),
    withdraw(ANN, CASH, 1_000_000),
    set_tier(255, maker=-RATE, taker=RATE),
    join_tier(ANN, 255, PAYS_IN_FEE_CURRENCY),
    join_tier(ANN, 0),
    fee_currency(TOKEN, 1_000_000),
    fee_currency(CASH, 0),
    conversion(CASH, 0),
    conversion(TOKEN, 2**53),
    mass_cancel(ANN, symbol=EVERY_SYMBOL, side=BOTH),
    {**add_owner(4), "spare": 99},
]


@pytest.mark.parametrize("command", ACCEPTED, ids=str)
def test_a_setting_at_the_edge_is_done(fresh: Venue, command: Row) -> None:
    """M2: DONE repeats its kind, owner and symbol."""
    venue = fresh.opened(tick=5)
    venue.send(time(10))
    said = {name: command.get(name, 0) for name in ("owner", "symbol")}
    venue.send(command).gives(done(0, command=command["kind"], **said))


@pytest.mark.parametrize("which", Limit, ids=lambda which: which.name)
def test_every_limit_can_be_set(venue: Venue, which: Limit) -> None:
    """M14 M15 M25: a value, and 0 again."""
    venue.send(set_limit(which, 1)).gives(done(0, command=Setting.SET_LIMIT))
    venue.send(set_limit(which, 0)).gives(done(0, command=Setting.SET_LIMIT))


def test_the_other_settings_of_one_kind_in_their_order(fresh: Venue) -> None:
    """M2: currencies and owners count from 0; a symbol needs its currencies first."""
    fresh.refuses(add_currency(1), Reason.INVALID_VALUE)
    fresh.refuses(add_symbol(0), Reason.UNKNOWN_CURRENCY)
    fresh.refuses(add_owner(1), Reason.INVALID_VALUE)
    fresh.send(add_currency(0)).gives(done(symbol=0, command=Setting.ADD_CURRENCY))
    fresh.send(add_currency(1)).gives(done(symbol=1, command=Setting.ADD_CURRENCY))
    fresh.send(add_symbol(0)).gives(done(symbol=0, owner=COIN << 16 | CASH, command=Setting.ADD_SYMBOL))
    fresh.send(add_owner(0)).gives(done(owner=0, command=Setting.ADD_OWNER))
    fresh.send(phase(Phase.OPENING)).gives(phased(Phase.OPENING))
    fresh.refuses(limit(0, BUY, 100, 1), Reason.INSUFFICIENT_BALANCE)

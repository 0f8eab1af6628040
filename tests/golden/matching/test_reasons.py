"""Every reason that refuses a command, provoked once; the venue sees to it that nothing was changed: M2, M11."""

from __future__ import annotations

import pytest

from tests.golden.matching.story import (
    ANN,
    BOB,
    CAT,
    DAN,
    NO_CURRENCY,
    NO_SYMBOL,
    NOBODY,
    Order,
    Row,
    add_owner,
    amend,
    bracket,
    cancel,
    deposit,
    limit,
    market_to_limit,
    oco,
    phase,
    reference,
    set_limit,
    stop,
    time,
    trailing,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import (
    BUY,
    GTD,
    POST_ONLY,
    REDUCE_ONLY,
    SELL,
    SLIDE,
    EventKind,
    Limit,
    Phase,
    Reason,
    TimeInForce,
)

FIRST = Order(1, BOB, SELL, 0, handle=1 << 32 | 1)  # Bob's 5 at 105, which every case begins with
BUYING = limit(ANN, BUY, 100, 5)
BAD_PAIR = oco(limit(ANN, SELL, 110, 5), limit(ANN, SELL, 0, 5))
Refusal = tuple[list[Row], Row | list[Row]]

# What went before, and what is then refused.
REFUSALS: dict[Reason, Refusal] = {
    Reason.UNKNOWN_SYMBOL: ([], {**BUYING, "symbol": NO_SYMBOL}),
    Reason.UNKNOWN_OWNER: ([], {**BUYING, "owner": NOBODY}),
    Reason.UNKNOWN_ORDER: ([cancel(BOB, FIRST)], cancel(BOB, FIRST)),
    Reason.NOT_OWNER: ([], cancel(ANN, FIRST)),
    Reason.UNKNOWN_CURRENCY: ([], deposit(ANN, NO_CURRENCY, 5)),
    Reason.INVALID_KIND: ([], {"kind": 99}),
    Reason.INVALID_SIDE: ([], {**BUYING, "side": 2}),
    Reason.INVALID_TYPE: ([], {**BUYING, "order": 10}),
    Reason.INVALID_TIF: ([], {**BUYING, "tif": 7}),
    Reason.INVALID_STP: ([], {**BUYING, "stp": 5}),
    Reason.INVALID_FLAGS: ([], {**BUYING, "flags": POST_ONLY | SLIDE}),
    Reason.INVALID_PRICE: ([], {**BUYING, "price": 0}),
    Reason.INVALID_DISPLAY: ([], {**BUYING, "display": 5}),
    Reason.INVALID_MINIMUM: ([], {**BUYING, "minimum": 6}),
    Reason.INVALID_TRIGGER: ([], stop(ANN, BUY, 0, 5)),
    Reason.INVALID_EXPIRY: ([time(50)], {**BUYING, "tif": GTD, "expiry": 50}),
    Reason.INVALID_QUANTITY: ([], {**BUYING, "quantity": 0}),
    Reason.INVALID_LIST: ([], oco(BUYING)),
    Reason.INVALID_PHASE: ([], phase(Phase.CONTINUOUS)),
    Reason.INVALID_VALUE: ([], add_owner(9)),
    Reason.TIME_BACKWARD: ([time(50)], time(49)),
    Reason.MARKET_CLOSED: ([phase(Phase.CLOSED)], BUYING),
    Reason.MARKET_HALTED: ([phase(Phase.HALTED)], BUYING),
    Reason.WRONG_PHASE: ([], {**BUYING, "tif": TimeInForce.AT_OPEN}),
    Reason.PRICE_TICK: ([], {**BUYING, "price": 101}),
    Reason.PRICE_RANGE: ([set_limit(Limit.MAX_PRICE, 95)], BUYING),
    Reason.QUANTITY_LOT: ([], {**BUYING, "quantity": 6}),
    Reason.QUANTITY_RANGE: ([set_limit(Limit.MAX_QUANTITY, 4)], BUYING),
    Reason.AMOUNT: ([], {**BUYING, "price": 5 * 2**40, "quantity": 5 * 2**40}),
    Reason.NOTIONAL: ([set_limit(Limit.MAX_NOTIONAL, 499)], BUYING),
    Reason.PERCENT_PRICE: ([reference(200), set_limit(Limit.BUY_DOWN, 900_000)], BUYING),
    Reason.REDUCE_ONLY: ([], {**BUYING, "flags": REDUCE_ONLY}),
    Reason.MAX_ORDERS: ([BUYING, set_limit(Limit.MAX_ORDERS, 1)], BUYING),
    Reason.MAX_ALGO_ORDERS: ([stop(ANN, BUY, 110, 5), set_limit(Limit.MAX_ALGO_ORDERS, 1)], stop(ANN, BUY, 110, 5)),
    Reason.MAX_POSITION: ([set_limit(Limit.MAX_POSITION, 1_004)], BUYING),
    Reason.NO_REFERENCE: ([], trailing(ANN, SELL, 5, 5)),
    Reason.WOULD_TRIGGER: ([limit(CAT, BUY, 105, 5)], stop(ANN, BUY, 105, 5)),
    Reason.WOULD_TAKE: ([], {**BUYING, "price": 105, "flags": POST_ONLY}),
    Reason.INSUFFICIENT_BALANCE: ([], {**BUYING, "quantity": 10_005}),
    Reason.LIST_MEMBER: ([], BAD_PAIR),
    Reason.LISTED: (
        bracket(limit(DAN, BUY, 90, 5), limit(DAN, SELL, 100, 5), stop(DAN, SELL, 80, 5)),
        amend(DAN, Order(2, DAN, BUY, 0, handle=1 << 32 | 2), quantity=10),
    ),
    Reason.NO_LIQUIDITY: ([], market_to_limit(ANN, SELL, 5)),
}
# Reasons that orders end with; no command is refused for them.
ENDINGS = {
    Reason.UNFILLED,
    Reason.FILL_OR_KILL,
    Reason.MINIMUM,
    Reason.FUNDS,
    Reason.SELF_TRADE,
    Reason.PRICE_BAND,
    Reason.GTD,
    Reason.END_OF_DAY,
    Reason.AUCTION_OVER,
    Reason.REQUESTED,
    Reason.MASS,
    Reason.DISCONNECTED,
    Reason.OCO,
    Reason.PARENT,
}


def opened(venue: Venue, before: list[Row]) -> None:
    """Ticks and lots of 5, Bob's order, and what a case needs; legs of one list go together."""
    venue.opened(tick=5, lot=5)
    assert venue.place(limit(BOB, SELL, 105, 5)).handle == FIRST.handle
    listed = [row for row in before if row.get("list")]
    for commands in [listed] if listed else before:
        assert venue.send(commands).events[0]["kind"] != EventKind.REJECTED


@pytest.mark.parametrize("reason", REFUSALS, ids=lambda reason: reason.name)
def test_a_reason_that_refuses(fresh: Venue, reason: Reason) -> None:
    """M2 M11."""
    before, refused = REFUSALS[reason]
    opened(fresh, before)
    state, seq = fresh.machine.state(), fresh.seq
    events = fresh.send(refused).events
    assert events[0]["reason"] == reason
    assert {event["kind"] for event in events} == {EventKind.REJECTED}
    assert (fresh.machine.state(), fresh.seq) == (state, seq)


def test_every_reason_refuses_or_ends_an_order(bare: Venue) -> None:
    """M2 M3: the table above leaves none out."""
    assert set(REFUSALS) | ENDINGS | {Reason.NONE} == set(Reason)
    assert not set(REFUSALS) & ENDINGS

"""Admission of an order's fields, one by one: M11 and M12 with its table."""

from __future__ import annotations

import pytest

from tests.golden.matching.story import (
    ANN,
    BOB,
    NO_SYMBOL,
    NOBODY,
    Row,
    limit,
    market,
    market_to_limit,
    oco,
    order,
    peg,
    peg_mid,
    phase,
    reference,
    set_limit,
    stop,
    time,
    touch,
    trailing,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import (
    AT_CLOSE,
    AT_OPEN,
    BUY,
    DAY,
    FOK,
    GTC,
    GTD,
    IOC,
    ON_DISCONNECT,
    PAYS_IN_FEE_CURRENCY,
    PERCENT,
    POST_ONLY,
    QUOTE,
    REDUCE_ONLY,
    SELL,
    SLIDE,
    EventKind,
    Limit,
    OrderType,
    Phase,
    Reason,
    SelfTrade,
    TimeInForce,
)

# One good order of each type while the last price is 100, and the times in force that the page allows it.
STAY = {GTC, GTD, DAY}
GOOD: dict[str, tuple[Row, set[TimeInForce]]] = {
    "LIMIT": (limit(ANN, BUY, 100, 5), {*STAY, IOC, FOK, AT_OPEN, AT_CLOSE}),
    "MARKET": (market(ANN, BUY, 5), {IOC, FOK, AT_OPEN, AT_CLOSE}),
    "MARKET_TO_LIMIT": (market_to_limit(ANN, BUY, 5), STAY),
    "STOP": (stop(ANN, BUY, 105, 5), STAY),
    "STOP_LIMIT": (stop(ANN, BUY, 105, 5, price=106), STAY),
    "TOUCH": (touch(ANN, BUY, 95, 5), STAY),
    "TOUCH_LIMIT": (touch(ANN, BUY, 95, 5, price=96), STAY),
    "TRAILING": (trailing(ANN, BUY, 5, 5), STAY),
    "PEG_PRIMARY": (peg(ANN, BUY, 5, cap=99), STAY),
    "PEG_MID": (peg_mid(ANN, BUY, 5, cap=99), STAY),
}
# The flags that each type allows; ON_DISCONNECT goes with any.
FLAGS = {
    "LIMIT": REDUCE_ONLY | POST_ONLY | SLIDE,
    "MARKET": REDUCE_ONLY | QUOTE,
    "TRAILING": REDUCE_ONLY | PERCENT,
}
EVERY_FLAG = (POST_ONLY, SLIDE, REDUCE_ONLY, QUOTE, PERCENT, PAYS_IN_FEE_CURRENCY, 128, 1 << 31)


@pytest.fixture
def market_at_100(venue: Venue) -> Venue:
    """Last price 100, an ask at 101, time 10, a reference and a band for orders of an auction without a price."""
    venue.traded_at(100)
    venue.place(limit(BOB, SELL, 101, 50))
    venue.send(reference(100))
    venue.send(set_limit(Limit.BAND, 100_000))
    venue.send(time(10))
    return venue


def expiring(command: Row) -> Row:
    return {**command, "expiry": 11} if command.get("tif") == GTD else command


@pytest.mark.parametrize("tif", TimeInForce, ids=lambda tif: tif.name)
@pytest.mark.parametrize("name", GOOD)
def test_a_type_allows_its_times_in_force_and_no_other(market_at_100: Venue, name: str, tif: TimeInForce) -> None:
    """M12 M13: AT_OPEN is tried in the opening call."""
    command, allowed = GOOD[name]
    command = expiring({**command, "tif": tif})
    if tif not in allowed:
        market_at_100.refuses(command, Reason.INVALID_TIF)
        return
    if tif == AT_OPEN:
        market_at_100.send(phase(Phase.OPENING))
    assert market_at_100.send(command).kinds[0] == EventKind.ACCEPTED


@pytest.mark.parametrize("flag", EVERY_FLAG)
@pytest.mark.parametrize("name", GOOD)
def test_a_type_allows_its_flags_and_no_other(market_at_100: Venue, name: str, flag: int) -> None:
    """M12: reduce-only is then refused by M33, for Ann holds nothing; post-only does not take at 100."""
    command = {**GOOD[name][0], "flags": flag}
    if flag & FLAGS.get(name, REDUCE_ONLY):
        answer = market_at_100.send(command)
        assert answer.events[0]["reason"] == (Reason.REDUCE_ONLY if flag == REDUCE_ONLY else Reason.NONE)
        market_at_100.send({**command, "flags": flag | ON_DISCONNECT})
    else:
        market_at_100.refuses(command, Reason.INVALID_FLAGS)


@pytest.mark.parametrize("name", GOOD)
def test_any_type_may_end_with_the_connection(market_at_100: Venue, name: str) -> None:
    """M12 M37."""
    market_at_100.place({**GOOD[name][0], "flags": ON_DISCONNECT})


@pytest.mark.parametrize(
    "command",
    [
        limit(ANN, BUY, 99, 5, tif=IOC, flags=POST_ONLY),
        limit(ANN, BUY, 99, 5, tif=FOK, flags=SLIDE),
        limit(ANN, BUY, 99, 5, tif=AT_CLOSE, flags=POST_ONLY),
        limit(ANN, BUY, 99, 5, flags=POST_ONLY | SLIDE),
        market(ANN, BUY, 5, tif=FOK, flags=QUOTE),
        market(ANN, BUY, 5, tif=AT_CLOSE, flags=QUOTE),
        market(ANN, BUY, 5, tif=AT_CLOSE, flags=REDUCE_ONLY),
    ],
    ids=str,
)
def test_some_flags_need_their_time_in_force(market_at_100: Venue, command: Row) -> None:
    """M12: post-only and slide with GTC GTD DAY, and not both; QUOTE with IOC; a market's reduce-only with IOC FOK."""
    market_at_100.refuses(command, Reason.INVALID_FLAGS)


# Per type the fields that it does not use: each must be zero.
NEEDLESS = {
    "LIMIT": "trigger trail",
    "MARKET": "price display trigger trail",
    "MARKET_TO_LIMIT": "price display minimum trigger trail",
    "STOP": "price display minimum trail",
    "STOP_LIMIT": "display minimum trail",
    "TOUCH": "price display minimum trail",
    "TOUCH_LIMIT": "display minimum trail",
    "TRAILING": "display minimum trigger",
    "PEG_PRIMARY": "display minimum trigger",
    "PEG_MID": "display minimum trigger trail",
}
WHY = {
    "price": Reason.INVALID_PRICE,
    "display": Reason.INVALID_DISPLAY,
    "minimum": Reason.INVALID_MINIMUM,
    "trigger": Reason.INVALID_TRIGGER,
    "trail": Reason.INVALID_TRIGGER,
    "expiry": Reason.INVALID_EXPIRY,
}


@pytest.mark.parametrize(("name", "field"), [(name, field) for name in NEEDLESS for field in NEEDLESS[name].split()])
@pytest.mark.parametrize("value", [1, -1])
def test_a_field_that_is_not_used_must_be_zero(market_at_100: Venue, name: str, field: str, value: int) -> None:
    """M12."""
    market_at_100.refuses({**GOOD[name][0], field: value}, WHY[field])


@pytest.mark.parametrize("name", GOOD)
def test_an_expiry_is_for_gtd_only_and_lies_ahead(market_at_100: Venue, name: str) -> None:
    """M12: the time is 10."""
    command, allowed = GOOD[name]
    market_at_100.refuses({**command, "expiry": 11}, Reason.INVALID_EXPIRY)
    if GTD in allowed:
        for expiry in (0, 9, 10, -1):
            market_at_100.refuses({**command, "tif": GTD, "expiry": expiry}, Reason.INVALID_EXPIRY)
        market_at_100.place({**command, "tif": GTD, "expiry": 11})


WRONG: list[tuple[Row, Reason]] = [
    (limit(ANN, BUY, 0, 5), Reason.INVALID_PRICE),
    (limit(ANN, BUY, -1, 5), Reason.INVALID_PRICE),
    (stop(ANN, BUY, 105, 5, price=-1), Reason.INVALID_PRICE),
    (order(OrderType.STOP_LIMIT, ANN, BUY, trigger=105, quantity=5), Reason.INVALID_PRICE),
    (order(OrderType.TOUCH_LIMIT, ANN, BUY, trigger=95, quantity=5), Reason.INVALID_PRICE),
    (trailing(ANN, BUY, 5, 5, price=-1), Reason.INVALID_PRICE),
    (peg(ANN, BUY, 5), Reason.INVALID_PRICE),  # a buy must have a cap
    (peg_mid(ANN, BUY, 5), Reason.INVALID_PRICE),
    (peg(ANN, SELL, 5, cap=-1), Reason.INVALID_PRICE),
    (limit(ANN, BUY, 99, 5, display=5), Reason.INVALID_DISPLAY),
    (limit(ANN, BUY, 99, 5, display=-1), Reason.INVALID_DISPLAY),
    (limit(ANN, BUY, 99, 5, display=1, tif=IOC), Reason.INVALID_DISPLAY),
    (limit(ANN, BUY, 99, 5, display=1, tif=AT_CLOSE), Reason.INVALID_DISPLAY),
    (limit(ANN, BUY, 99, 5, minimum=6), Reason.INVALID_MINIMUM),
    (limit(ANN, BUY, 99, 5, minimum=-1), Reason.INVALID_MINIMUM),
    (limit(ANN, BUY, 99, 5, minimum=1, tif=FOK), Reason.INVALID_MINIMUM),
    (limit(ANN, BUY, 99, 5, minimum=1, tif=AT_CLOSE), Reason.INVALID_MINIMUM),
    (limit(ANN, BUY, 99, 5, minimum=2, display=2), Reason.INVALID_MINIMUM),
    (limit(ANN, BUY, 99, 5, minimum=2, flags=POST_ONLY), Reason.INVALID_MINIMUM),
    (limit(ANN, BUY, 99, 5, minimum=2, flags=SLIDE), Reason.INVALID_MINIMUM),
    (market(ANN, BUY, 500, minimum=1, flags=QUOTE), Reason.INVALID_MINIMUM),
    (market(ANN, BUY, 5, minimum=1, tif=FOK), Reason.INVALID_MINIMUM),
    (market(ANN, BUY, 5, minimum=1, tif=AT_CLOSE), Reason.INVALID_MINIMUM),
    (stop(ANN, BUY, 0, 5), Reason.INVALID_TRIGGER),
    (stop(ANN, BUY, -5, 5, price=9), Reason.INVALID_TRIGGER),
    (touch(ANN, BUY, 0, 5), Reason.INVALID_TRIGGER),
    (touch(ANN, BUY, -5, 5, price=9), Reason.INVALID_TRIGGER),
    (trailing(ANN, BUY, 0, 5), Reason.INVALID_TRIGGER),
    (trailing(ANN, BUY, -1, 5), Reason.INVALID_TRIGGER),
    (trailing(ANN, BUY, 5001, 5, flags=PERCENT), Reason.INVALID_TRIGGER),
    (trailing(ANN, BUY, 0, 5, flags=PERCENT), Reason.INVALID_TRIGGER),
    (peg(ANN, BUY, 5, cap=99, offset=-1), Reason.INVALID_TRIGGER),
    (limit(ANN, BUY, 99, 0), Reason.INVALID_QUANTITY),
    (limit(ANN, BUY, 99, -5), Reason.INVALID_QUANTITY),
    (market(ANN, BUY, 0), Reason.INVALID_QUANTITY),
    (market(ANN, BUY, -5, flags=QUOTE), Reason.INVALID_QUANTITY),
    (stop(ANN, BUY, 105, 0), Reason.INVALID_QUANTITY),
    (peg(ANN, BUY, 0, cap=99), Reason.INVALID_QUANTITY),
    (limit(ANN, 2, 99, 5), Reason.INVALID_SIDE),
    (limit(ANN, 255, 99, 5), Reason.INVALID_SIDE),
    (order(10, ANN, BUY, price=99, quantity=5), Reason.INVALID_TYPE),
    (limit(ANN, BUY, 99, 5, tif=7), Reason.INVALID_TIF),
    (limit(ANN, BUY, 99, 5, stp=5), Reason.INVALID_STP),
    (market(ANN, BUY, 500, flags=QUOTE, stp=SelfTrade.DECREMENT), Reason.INVALID_STP),
    (limit(ANN, BUY, 99, 5, list=4), Reason.INVALID_LIST),
]


@pytest.mark.parametrize(("command", "reason"), WRONG, ids=str)
def test_a_field_that_is_wrong_is_the_reason(market_at_100: Venue, command: Row, reason: Reason) -> None:
    """M12."""
    market_at_100.refuses(command, reason)


RIGHT: list[Row] = [
    limit(ANN, BUY, 99, 5, display=4),
    limit(ANN, BUY, 99, 5, display=1, tif=DAY),
    limit(ANN, BUY, 99, 5, display=1, flags=POST_ONLY),
    limit(ANN, BUY, 101, 5, minimum=5),
    limit(ANN, BUY, 101, 5, minimum=1, tif=IOC),
    limit(ANN, BUY, 101, 5, minimum=1, tif=DAY),
    market(ANN, BUY, 5, minimum=5),
    trailing(ANN, BUY, 5, 5, price=120),
    trailing(ANN, BUY, 1, 5, flags=PERCENT),
    trailing(ANN, BUY, 5000, 5, flags=PERCENT),
    peg(ANN, SELL, 5),  # a sell may have no cap
    peg(ANN, SELL, 5, cap=105, offset=3),
    peg_mid(ANN, SELL, 5),
    {**limit(ANN, BUY, 99, 5), "spare": 7},
]


@pytest.mark.parametrize("command", RIGHT, ids=str)
def test_values_at_the_edge_are_right(market_at_100: Venue, command: Row) -> None:
    """M12."""
    market_at_100.place(command)


def test_the_first_check_that_fails_is_the_reason(venue: Venue) -> None:
    """M11 M12: an order that is wrong in everything, mended field by field; last in the closed market."""
    venue.send(phase(Phase.CLOSED))
    wrong = limit(NOBODY, 2, 0, 0, order=77, symbol=NO_SYMBOL, tif=9, stp=9, flags=64, list=9)
    wrong |= {"display": -1, "minimum": -1, "trigger": 5, "expiry": 5}
    mended: list[tuple[Reason, Row]] = [
        (Reason.UNKNOWN_SYMBOL, {"symbol": 0}),
        (Reason.UNKNOWN_OWNER, {"owner": ANN}),
        (Reason.INVALID_SIDE, {"side": BUY}),
        (Reason.INVALID_TYPE, {"order": OrderType.LIMIT}),
        (Reason.INVALID_TIF, {"tif": GTC}),
        (Reason.INVALID_STP, {"stp": 0}),
        (Reason.INVALID_FLAGS, {"flags": 0}),
        (Reason.INVALID_PRICE, {"price": 99}),
        (Reason.INVALID_DISPLAY, {"display": 0}),
        (Reason.INVALID_MINIMUM, {"minimum": 0}),
        (Reason.INVALID_TRIGGER, {"trigger": 0}),
        (Reason.INVALID_EXPIRY, {"expiry": 0}),
        (Reason.INVALID_QUANTITY, {"quantity": 10**9}),
        (Reason.INVALID_LIST, {"list": 0}),
        (Reason.MARKET_CLOSED, {}),
    ]
    for reason, mend in mended:
        venue.refuses(wrong, reason)
        wrong |= mend


def test_after_the_fields_come_phase_price_quantity_counts_post_only_and_balance(fresh: Venue) -> None:
    """M11 M14 M15: a post-only order that fails in all of these, mended one by one."""
    venue = fresh.opened(tick=5, lot=10)
    venue.place(limit(BOB, SELL, 100, 10))
    venue.place(limit(ANN, BUY, 50, 10))
    venue.send(reference(80))
    limits = {
        Limit.MAX_PRICE: 200,
        Limit.MAX_QUANTITY: 50_000,
        Limit.MIN_NOTIONAL: 5_000,
        Limit.BUY_UP: 1_500_000,
        Limit.MAX_ORDERS: 1,
        Limit.MAX_POSITION: 2_000,
    }
    for which, value in limits.items():
        venue.send(set_limit(which, value))
    wrong = limit(ANN, BUY, 203, 60_001, flags=POST_ONLY)
    venue.send(phase(Phase.HALTED))
    venue.refuses(wrong, Reason.MARKET_HALTED)
    venue.send(phase(Phase.OPENING))
    venue.refuses(wrong, Reason.WRONG_PHASE)
    venue.send(phase(Phase.CONTINUOUS))
    mended: list[tuple[Reason, Row]] = [
        (Reason.PRICE_TICK, {"price": 205}),
        (Reason.PRICE_RANGE, {"price": 150}),
        (Reason.QUANTITY_LOT, {"quantity": 60_000}),
        (Reason.QUANTITY_RANGE, {"quantity": 10}),
        (Reason.NOTIONAL, {"quantity": 50_000}),
        (Reason.PERCENT_PRICE, {"price": 120}),
        (Reason.MAX_ORDERS, set_limit(Limit.MAX_ORDERS, 0)),
        (Reason.MAX_POSITION, set_limit(Limit.MAX_POSITION, 0)),
        (Reason.WOULD_TAKE, {"price": 95}),
        (Reason.INSUFFICIENT_BALANCE, {"quantity": 100}),
    ]
    for reason, mend in mended:
        venue.refuses(wrong, reason)
        if "kind" in mend:
            venue.send(mend)
        else:
            wrong |= mend
    venue.place(wrong)


def test_reduce_only_comes_before_counts_and_counts_before_triggers(venue: Venue) -> None:
    """M11: Ann holds nothing and has an order already; her stop at the last price is reached."""
    venue.traded_at(100)
    venue.place(limit(ANN, BUY, 90, 1))
    venue.send(set_limit(Limit.MAX_ORDERS, 1))
    wrong = stop(ANN, SELL, 100, 10_000)
    venue.refuses({**wrong, "flags": REDUCE_ONLY}, Reason.REDUCE_ONLY)
    venue.refuses(wrong, Reason.MAX_ORDERS)
    venue.send(set_limit(Limit.MAX_ORDERS, 0))
    venue.refuses(wrong, Reason.WOULD_TRIGGER)
    venue.refuses({**wrong, "trigger": 99}, Reason.INSUFFICIENT_BALANCE)
    venue.place({**wrong, "trigger": 99, "quantity": 10})


def test_a_list_is_looked_at_before_the_phase(venue: Venue) -> None:
    """M12 M34: one leg alone is no list, in the closed market too."""
    venue.send(phase(Phase.CLOSED))
    venue.refuses(oco(limit(ANN, SELL, 100, 5)), Reason.INVALID_LIST)
    venue.refuses(oco(limit(ANN, SELL, 100, 5), limit(ANN, SELL, 101, 5)), Reason.MARKET_CLOSED, Reason.LIST_MEMBER)


def test_an_iceberg_has_at_most_a_thousand_slices(venue: Venue) -> None:
    """M12: the quantity by the display, rounded down."""
    venue.place(limit(ANN, BUY, 1, 1_000, display=1))
    venue.refuses(limit(ANN, BUY, 1, 1_001, display=1), Reason.INVALID_DISPLAY)
    venue.place(limit(ANN, BUY, 1, 2_001, display=2))
    venue.refuses(limit(ANN, BUY, 1, 2_002, display=2), Reason.INVALID_DISPLAY)

"""The fields of one order command (M12) and the shape of a list (M34)."""

from __future__ import annotations

from tests.reference.exchange import words as w
from tests.reference.exchange.rows import Row
from tests.reference.exchange.state import PEG_TYPES

NONE = w.Reason.NONE
STAYING = (w.Tif.GTC, w.Tif.GTD, w.Tif.DAY)
TIFS = {
    w.Type.LIMIT: (*STAYING, w.Tif.IOC, w.Tif.FOK, w.Tif.AT_OPEN, w.Tif.AT_CLOSE),
    w.Type.MARKET: (w.Tif.IOC, w.Tif.FOK, w.Tif.AT_OPEN, w.Tif.AT_CLOSE),
}
TRIGGERED = (w.Type.STOP, w.Type.TOUCH, w.Type.STOP_LIMIT, w.Type.TOUCH_LIMIT)
PRICED = (w.Type.LIMIT, w.Type.STOP_LIMIT, w.Type.TOUCH_LIMIT)
LIST_LEGS = {w.ListKind.OCO: 2, w.ListKind.OTO: 2, w.ListKind.BRACKET: 3}
NO_TAKING = w.Flag.POST_ONLY | w.Flag.SLIDE


def check_fields(row: Row, now: int) -> int:
    """The first reason for which the fields of an order cannot be (M12)."""
    if row.side not in (w.BUY, w.SELL):
        return w.Reason.INVALID_SIDE
    if not w.Type.LIMIT <= row.order <= w.Type.PEG_MID:
        return w.Reason.INVALID_TYPE
    if row.tif not in TIFS.get(row.order, STAYING):
        return w.Reason.INVALID_TIF
    if row.stp > w.SelfTrade.DECREMENT or (row.stp == w.SelfTrade.DECREMENT and row.flags & w.Flag.QUOTE):
        return w.Reason.INVALID_STP
    if not flags_fit(row):
        return w.Reason.INVALID_FLAGS
    if not price_fits(row):
        return w.Reason.INVALID_PRICE
    if not display_fits(row):
        return w.Reason.INVALID_DISPLAY
    if not minimum_fits(row):
        return w.Reason.INVALID_MINIMUM
    if not trigger_fits(row):
        return w.Reason.INVALID_TRIGGER
    if not (row.expiry > now if row.tif == w.Tif.GTD else row.expiry == 0):
        return w.Reason.INVALID_EXPIRY
    if row.quantity <= 0:
        return w.Reason.INVALID_QUANTITY
    return w.Reason.INVALID_LIST if row.list not in (0, *LIST_LEGS) else NONE


def flags_fit(row: Row) -> bool:
    allowed = w.Flag.ON_DISCONNECT
    if row.order != w.Type.MARKET or row.tif in (w.Tif.IOC, w.Tif.FOK):
        allowed |= w.Flag.REDUCE_ONLY
    if row.order == w.Type.MARKET and row.tif == w.Tif.IOC:
        allowed |= w.Flag.QUOTE
    if row.order == w.Type.LIMIT and row.tif in STAYING:
        allowed |= NO_TAKING
    if row.order == w.Type.TRAILING:
        allowed |= w.Flag.PERCENT
    return not row.flags & ~allowed and row.flags & NO_TAKING != NO_TAKING


def price_fits(row: Row) -> bool:
    if row.order in PRICED or (row.order in PEG_TYPES and row.side == w.BUY):
        return row.price > 0
    if row.order == w.Type.TRAILING or row.order in PEG_TYPES:
        return row.price >= 0
    return row.price == 0


def display_fits(row: Row) -> bool:
    if row.order == w.Type.LIMIT and row.tif in STAYING:
        return row.display == 0 or (0 < row.display < row.quantity and row.quantity // row.display <= 1_000)
    return row.display == 0


def minimum_fits(row: Row) -> bool:
    if row.minimum == 0:
        return True
    allowed = (
        row.tif in (*STAYING, w.Tif.IOC)
        if row.order == w.Type.LIMIT
        else row.order == w.Type.MARKET and row.tif == w.Tif.IOC and not row.flags & w.Flag.QUOTE
    )
    return allowed and 0 < row.minimum <= row.quantity and not row.display and not row.flags & NO_TAKING


def trigger_fits(row: Row) -> bool:
    if not (row.trigger > 0 if row.order in TRIGGERED else row.trigger == 0):
        return False
    if row.order == w.Type.TRAILING:
        return 1 <= row.trail <= 5000 if row.flags & w.Flag.PERCENT else row.trail > 0
    if row.order == w.Type.PEG_PRIMARY:
        return row.trail >= 0
    return row.trail == 0


def legs_of(rows: list[Row]) -> list[Row]:
    """The first record with the legs of its list, as many as are there."""
    wanted = LIST_LEGS.get(rows[0].list, 1)
    legs = [rows[0]]
    for row in rows[1:wanted]:
        if row.kind != w.Command.ORDER or row.list != rows[0].list:
            break
        legs.append(row)
    return legs


def list_fits(legs: list[Row]) -> bool:
    """Whether the records have the shape of a list (M34)."""
    first, rest = legs[0], legs[1:]
    if len(legs) != LIST_LEGS[first.list]:
        return False
    if any((leg.symbol, leg.owner, leg.quantity) != (first.symbol, first.owner, first.quantity) for leg in rest):
        return False
    if any(leg.display or leg.minimum or leg.flags & w.Flag.QUOTE for leg in legs):
        return False
    if first.list == w.ListKind.OCO:
        return first.side == rest[0].side and all(leg_fits(leg) for leg in legs)
    if first.order not in (w.Type.LIMIT, w.Type.MARKET) or first.tif > w.Tif.FOK:
        return False
    return all(child_fits(first, child) for child in rest)


def leg_fits(leg: Row) -> bool:
    return leg.order in (w.Type.LIMIT, *TRIGGERED, w.Type.TRAILING) and leg.tif in STAYING


def child_fits(parent: Row, child: Row) -> bool:
    if child.flags & NO_TAKING:
        return False
    if parent.list == w.ListKind.BRACKET:
        return leg_fits(child) and {parent.side, child.side} == {w.BUY, w.SELL}
    return leg_fits(child) or (child.order == w.Type.MARKET and child.tif == w.Tif.IOC)

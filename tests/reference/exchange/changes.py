"""Cancels and amendments (M37 to M39)."""

from __future__ import annotations

from tests.reference.exchange import words as w
from tests.reference.exchange.accounts import free, need, relock
from tests.reference.exchange.admission import check_position, check_taking, check_values
from tests.reference.exchange.endings import finish, leave, rest
from tests.reference.exchange.pegs import place
from tests.reference.exchange.rows import Row
from tests.reference.exchange.state import PEG_TYPES, TRIGGER_TYPES, Order, World
from tests.reference.exchange.taking import enter
from tests.reference.exchange.triggers import is_reached

NONE = w.Reason.NONE
PRICED = (w.Type.LIMIT, w.Type.STOP_LIMIT, w.Type.TOUCH_LIMIT)


def find(world: World, row: Row) -> tuple[int, Order | None]:
    order = world.live.get(row.handle)
    if order is None:
        return w.Reason.UNKNOWN_ORDER, None
    return (NONE if order.owner.number == row.owner else w.Reason.NOT_OWNER), order


def cancel(world: World, row: Row) -> int:
    reason, order = find(world, row)
    if not reason:
        finish(world, order, w.Event.CANCELLED, w.Reason.REQUESTED, asked=True)
    return reason


def mass_cancel(world: World, row: Row) -> int:
    if row.owner >= len(world.owners):
        return w.Reason.UNKNOWN_OWNER
    if row.symbol >= len(world.symbols) and row.symbol != w.EVERY_SYMBOL:
        return w.Reason.UNKNOWN_SYMBOL
    if row.side > w.BOTH:
        return w.Reason.INVALID_SIDE
    named = [
        order
        for order in world.orders(owner=world.owners[row.owner])
        if row.symbol in (order.symbol.number, w.EVERY_SYMBOL) and row.side in (order.side, w.BOTH)
    ]
    sweep_out(world, row, named, w.Reason.MASS)
    return NONE


def disconnect(world: World, row: Row) -> int:
    if row.owner >= len(world.owners):
        return w.Reason.UNKNOWN_OWNER
    named = [order for order in world.orders(owner=world.owners[row.owner]) if order.has(w.Flag.ON_DISCONNECT)]
    sweep_out(world, row, named, w.Reason.DISCONNECTED)
    return NONE


def sweep_out(world: World, row: Row, named: list[Order], reason: int) -> None:
    count = 0
    for order in named:
        if order.alive:
            finish(world, order, w.Event.CANCELLED, reason, asked=True)
            count += 1
    world.write(w.Event.DONE, command=row.kind, owner=row.owner, symbol=row.symbol, quantity=count)


def amend(world: World, row: Row) -> int:
    reason, order = find(world, row)
    reason = reason or check_amend(order, row)
    if reason:
        return reason
    before = order.price, order.quantity, order.left, order.trigger, order.lock_price
    change(order, row)
    reason = check_changed(world, order, before[2])
    if reason:
        order.price, order.quantity, order.left, order.trigger, order.lock_price = before
        return reason
    carry_out(world, order, row.stp, same_price=order.price == before[0], grows=order.left > before[2])
    return NONE


def check_amend(order: Order, row: Row) -> int:
    """What is wrong with the command itself (M38)."""
    has_price = order.type in PRICED or (order.type == w.Type.TRAILING and order.price > 0)
    has_trigger = order.type in TRIGGER_TYPES and order.type != w.Type.TRAILING
    too_small = row.quantity and (row.quantity <= order.filled or row.quantity <= order.display)
    too_many = row.quantity and order.display and row.quantity // order.display > 1_000
    checks = (
        (order.listed, w.Reason.LISTED),
        (order.symbol.phase == w.Phase.CLOSED, w.Reason.MARKET_CLOSED),
        (order.symbol.phase == w.Phase.HALTED, w.Reason.MARKET_HALTED),
        (not w.SelfTrade.NONE <= row.stp <= w.SelfTrade.DECREMENT, w.Reason.INVALID_STP),
        (row.price and not has_price, w.Reason.INVALID_PRICE),
        (row.trigger and not has_trigger, w.Reason.INVALID_TRIGGER),
        (row.price < 0, w.Reason.INVALID_PRICE),
        (row.trigger < 0, w.Reason.INVALID_TRIGGER),
        (row.quantity < 0 or too_small or too_many, w.Reason.INVALID_QUANTITY),
    )
    return next((reason for wrong, reason in checks if wrong), NONE)


def change(order: Order, row: Row) -> None:
    order.price = row.price or order.price
    order.quantity = row.quantity or order.quantity
    order.left = order.quantity - order.filled
    order.trigger = row.trigger or order.trigger
    if row.price or (row.trigger and not order.price):
        order.lock_price = order.price or order.trigger


def check_changed(world: World, order: Order, left: int) -> int:
    """The checks of admission on the order as it would be (M38)."""
    reason = check_values(order)
    if not reason and order.side == w.BUY and order.left > left:
        reason = check_position(world, order, order.left, [])
    if not reason and order.type in TRIGGER_TYPES and is_reached(order, order.symbol.last):
        reason = w.Reason.WOULD_TRIGGER
    if not reason and order.symbol.phase == w.Phase.CONTINUOUS:
        reason = check_taking(order)
    if not reason and need(order, order.left) - order.lock.amount > free(order.owner, order.gives):
        reason = w.Reason.INSUFFICIENT_BALANCE
    return reason


def carry_out(world: World, order: Order, mode: int, *, same_price: bool, grows: bool) -> None:
    """Amends in place, or takes the order out and lets it enter again (M39)."""
    relock(order.lock)
    if order.state != "book":
        world.write(w.Event.AMENDED, order, quantity=order.left, flags=w.Mark.KEPT)
    elif same_price and not grows:
        order.visible = min(order.visible, order.left)
        level = order.symbol.visible(order.side, order.at)
        more = {"price": order.at, "left": order.visible, "level": level, "flags": w.Mark.IN_BOOK | w.Mark.KEPT}
        world.write(w.Event.AMENDED, order, quantity=order.left, **more)
    else:
        world.write(w.Event.AMENDED, order, quantity=order.left, **leave(order))
        if order.symbol.phase != w.Phase.CONTINUOUS:
            rest(world, order, order.price)
        elif order.type in PEG_TYPES:
            place(world, order)
        else:
            enter(world, order, mode)

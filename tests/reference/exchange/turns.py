"""What queues behind a command: triggered orders and children that become active (M28, M36)."""

from __future__ import annotations

from tests.reference.exchange import words as w
from tests.reference.exchange.accounts import free, give_up_lock, need, take_lock
from tests.reference.exchange.admission import is_market_buy
from tests.reference.exchange.endings import finish, stand_aside
from tests.reference.exchange.state import TRIGGER_TYPES, Order, World
from tests.reference.exchange.taking import enter
from tests.reference.exchange.triggers import is_reached, level, start_trailing


def work_off(world: World) -> None:
    """Carries out all that queued, and what queues meanwhile."""
    while world.queue:
        orders, filled = world.queue.popleft()
        if filled:
            activate(world, orders, filled)
        else:
            take_turn(world, orders[0])


def take_turn(world: World, order: Order) -> None:
    """A reached order has its turn; outside continuous trading it waits on."""
    order.queued = False
    if order.alive and order.state == "waiting" and order.symbol.phase == w.Phase.CONTINUOUS:
        trigger(world, order, order.reached)


def trigger(world: World, order: Order, reached: int) -> None:
    """A waiting order becomes a market or a limit order and enters."""
    world.write(w.Event.TRIGGERED, order, price=reached, quantity=order.left)
    order.type = w.Type.LIMIT if order.price else w.Type.MARKET
    order.trigger = order.trail = 0
    if order.type == w.Type.MARKET and order.side == w.BUY:
        mate, order.mate = order.mate, None
        if mate is not None:
            mate.mate = None
            finish(world, mate, w.Event.CANCELLED, w.Reason.OCO)
        give_up_lock(order)
    enter(world, order, order.stp)


def activate(world: World, children: list[Order], filled: int) -> None:
    """A parent ended with something filled: its children work with that quantity (M36)."""
    children = [child for child in children if child.alive]
    for child in children:
        if child.type == w.Type.TRAILING:
            start_trailing(child, child.symbol.last)
        elif child.type in TRIGGER_TYPES:
            child.lock_price = child.price or child.trigger
    locking = [child for child in children if not is_market_buy(child)]
    wanted = max((need(child, filled) for child in locking), default=0)
    if children and wanted > free(children[0].owner, children[0].gives):
        for child in children:
            child.mate = None
            finish(world, child, w.Event.CANCELLED, w.Reason.INSUFFICIENT_BALANCE)
        return
    if locking:
        take_lock(locking)
    for child in children:
        child.state = "active"
    for child in children:
        if child.alive:
            begin(world, child)


def begin(world: World, order: Order) -> None:
    """An active child, or a leg that is none, starts to work."""
    continuous = order.symbol.phase == w.Phase.CONTINUOUS
    if order.type in TRIGGER_TYPES:
        order.state = "waiting"
        if continuous and is_reached(order, order.symbol.last):
            trigger(world, order, level(order))
    elif continuous:
        enter(world, order, order.stp, first=True)
    else:
        stand_aside(world, order)

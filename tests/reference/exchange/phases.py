"""Phases of trading and what each change of phase does (M40, M41)."""

from __future__ import annotations

from tests.reference.exchange import words as w
from tests.reference.exchange.admission import crosses
from tests.reference.exchange.auctions import uncross
from tests.reference.exchange.endings import finish, rest, stand_aside
from tests.reference.exchange.pegs import place
from tests.reference.exchange.state import CALLS, PEG_TYPES, TRIGGER_TYPES, Order, Symbol, World
from tests.reference.exchange.taking import enter
from tests.reference.exchange.triggers import queue_reached

AUCTION_OF = {w.Phase.OPENING: w.Tif.AT_OPEN, w.Phase.CLOSING: w.Tif.AT_CLOSE}


def set_phase(world: World, symbol: Symbol, phase: int) -> None:
    """Moves a symbol to another phase."""
    before = symbol.phase
    if phase == w.Phase.CONTINUOUS or (before, phase) == (w.Phase.CLOSING, w.Phase.CLOSED):
        uncross(world, symbol)
    if before in AUCTION_OF:
        expire(world, symbol, (AUCTION_OF[before],), w.Reason.AUCTION_OVER)
    symbol.phase = phase
    world.write(w.Event.PHASE, symbol=symbol.number, price=phase)
    if phase == w.Phase.CLOSED:
        expire(world, symbol, (w.Tif.DAY, w.Tif.AT_CLOSE), w.Reason.END_OF_DAY)
    elif phase in CALLS:
        begin_call(world, symbol)
    elif phase == w.Phase.CONTINUOUS:
        begin_continuous(world, symbol)


def expire(world: World, symbol: Symbol, tifs: tuple[int, ...], reason: int) -> None:
    for order in world.orders(symbol):
        if order.alive and order.tif in tifs:
            finish(world, order, w.Event.EXPIRED, reason)


def begin_call(world: World, symbol: Symbol) -> None:
    for order in world.orders(symbol):
        if order.state == "book" and (order.reduce_only or order.listed or order.type in PEG_TYPES):
            stand_aside(world, order)
    if symbol.phase == w.Phase.CLOSING:
        for order in world.orders(symbol):
            if order.state == "aside" and order.tif == w.Tif.AT_CLOSE and not order.reduce_only:
                rest(world, order, order.price)


def begin_continuous(world: World, symbol: Symbol) -> None:
    symbol.priced = None
    queue_reached(world, symbol)
    for order in world.orders(symbol):
        standing = order.tif == w.Tif.AT_CLOSE or order.type in PEG_TYPES
        if order.alive and order.state == "aside" and not standing and symbol.phase == w.Phase.CONTINUOUS:
            come_back(world, order)


def come_back(world: World, order: Order) -> None:
    """An order that stood aside enters; one that must not take is cancelled where it would."""
    best = order.symbol.best(1 - order.side)
    shy = order.has(w.Flag.POST_ONLY) or order.has(w.Flag.SLIDE)
    if shy and best is not None and crosses(order, best):
        finish(world, order, w.Event.CANCELLED, w.Reason.WOULD_TAKE)
    else:
        enter(world, order, order.stp)


def start(world: World, order: Order) -> None:
    """An accepted order starts to work, by its type and the phase."""
    symbol = order.symbol
    if order.type in TRIGGER_TYPES:
        order.state = "waiting"
    elif symbol.phase in CALLS:
        late = order.tif == w.Tif.AT_CLOSE and symbol.phase != w.Phase.CLOSING
        if order.reduce_only or order.type in PEG_TYPES or late:
            stand_aside(world, order)
        else:
            rest(world, order, order.price)
    elif symbol.phase != w.Phase.CONTINUOUS or order.tif == w.Tif.AT_CLOSE:
        stand_aside(world, order)
    elif order.type in PEG_TYPES:
        place(world, order)
    else:
        enter(world, order, order.stp, first=True)


def kept_from_start(order: Order) -> bool:
    """Whether the order has its slot when it is accepted (M4)."""
    symbol = order.symbol
    if order.listed or order.type in TRIGGER_TYPES or order.type in PEG_TYPES:
        return True
    late = order.tif == w.Tif.AT_CLOSE and symbol.phase != w.Phase.CLOSING
    if symbol.phase in CALLS:
        return order.reduce_only or late
    return late

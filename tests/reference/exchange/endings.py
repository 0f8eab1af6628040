"""How orders stand, shrink and end, and what follows for their lists (M3, M35, M36)."""

from __future__ import annotations

from tests.reference.exchange import words as w
from tests.reference.exchange.accounts import give_up_lock, relock
from tests.reference.exchange.state import Order, World


def rest(world: World, order: Order, price: int) -> None:
    """The order stands at the tail of a level."""
    world.keep(order)
    order.state, order.at = "book", price
    if order.type == w.Type.MARKET_TO_LIMIT:
        order.type = w.Type.LIMIT
    order.visible = min(order.display, order.left) if order.display else order.left
    order.symbol.book[order.side].append(order)
    world.write(
        w.Event.RESTED,
        order,
        price=price,
        quantity=order.left,
        left=order.visible,
        level=order.symbol.visible(order.side, price),
        flags=w.Mark.IN_BOOK,
    )


def leave(order: Order) -> dict[str, int]:
    """Takes the order out of the book; the fields of an event that says so."""
    if order.state != "book":
        return {}
    order.symbol.book[order.side].remove(order)
    order.state, order.visible = "", 0
    return {
        "price": order.at,
        "level": order.symbol.visible(order.side, order.at),
        "flags": w.Mark.IN_BOOK,
    }


def stand_aside(world: World, order: Order) -> None:
    world.keep(order)
    left = leave(order)
    order.state = "aside"
    world.write(w.Event.ASIDE, order, quantity=order.left, **left)


def close(world: World, order: Order) -> None:
    """The order is over: lock and slot are given back."""
    leave(order)
    world.let_go(order)
    give_up_lock(order)


def follow(world: World, order: Order, *, asked: bool = False) -> None:
    """What the end of an order means for its list; `asked`: it was cancelled by a command."""
    mate, order.mate = order.mate, None
    if mate is not None:
        mate.mate = None
        if asked:
            finish(world, mate, w.Event.CANCELLED, w.Reason.OCO)
    children, order.children = [child for child in order.children if child.alive], []
    if children and order.filled:
        for child in children:
            child.quantity = child.left = order.filled
        world.queue.append((children, order.filled))
    elif children:
        for child in children:
            child.mate = None
            finish(world, child, w.Event.CANCELLED, w.Reason.PARENT)


def finish(
    world: World, order: Order, kind: int, reason: int, *, quantity: int | None = None, asked: bool = False
) -> None:
    """CANCELLED or EXPIRED, and what follows."""
    left = leave(order)
    world.write(kind, order, quantity=order.left if quantity is None else quantity, reason=reason, **left)
    close(world, order)
    follow(world, order, asked=asked)


def shrink(world: World, order: Order, quantity: int, reason: int) -> None:
    """The order loses quantity without a trade, the hidden first; at zero it is cancelled."""
    quantity = min(quantity, order.left)
    if not quantity:
        return
    if quantity == order.left:
        finish(world, order, w.Event.CANCELLED, reason)
        return
    lose(order, quantity)
    more = {"quantity": quantity, "left": order.visible, "reason": reason}
    if order.state == "book":
        more |= {"price": order.at, "level": order.symbol.visible(order.side, order.at), "flags": w.Mark.IN_BOOK}
    world.write(w.Event.SHRUNK, order, **more)


def lose(order: Order, quantity: int) -> None:
    order.left -= quantity
    order.quantity -= quantity
    order.visible = min(order.visible, order.left)
    if order.lock:
        relock(order.lock)


def shrink_mate(world: World, mate: Order | None, quantity: int) -> None:
    """The other leg of an OCO loses what one was filled or lost (M35)."""
    if mate is not None and mate.alive:
        shrink(world, mate, quantity, w.Reason.OCO)


def complete(world: World, taker: Order) -> None:
    """A taker is filled."""
    quantity = taker.quantity - taker.left if taker.quote else taker.filled
    world.write(w.Event.FILLED, taker, quantity=quantity)
    close(world, taker)
    follow(world, taker)

"""Orders that the desk keeps: until a price, until the line stands, until others are out of the way."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from parrot.centers.execution.changes import cancel, resize
from parrot.centers.execution.dust import dust
from parrot.centers.execution.floor import Floor
from parrot.centers.execution.life import Pending, State
from parrot.centers.execution.order import Order
from parrot.centers.execution.profile import DAY_NS
from parrot.centers.execution.room import blockers, free, goes_first, in_the_way, siblings_out
from parrot.centers.execution.sending import supervised
from parrot.centers.execution.trailing import follow
from parrot.contracts.commands import OrderKind, Quoted, Role, Side, TimeInForce
from parrot.contracts.records import OrderCanceled, OrderExpired, OrderTriggered
from parrot.kernel.decimals import ZERO, add, down, subtract

_STOPS: Final = frozenset({OrderKind.STOP, OrderKind.STOP_LIMIT})
_TOUCHES: Final = frozenset({OrderKind.TOUCH, OrderKind.TOUCH_LIMIT})
_AGAIN: Final = 1_000_000_000


def on_quote(floor: Floor, quote: Quoted, now: int) -> Iterator[Any]:
    """Orders whose price this quote reaches; a quote that must not be used reaches none (I12)."""
    waiting = floor.orders.waiting.get(quote.symbol)
    if not waiting or not quote.valid:
        return
    floor.again.discard(quote.symbol)
    books = set()
    for order in list(waiting.values()):
        if order.waits_for not in ("trigger", "group"):
            continue
        if order.book in books:
            floor.again.add(quote.symbol)  # what the first one does may change what is to be said of this one
        elif found := [record for record in _tried(floor, order, quote, now) if not _in_vain(floor, order, record)]:
            books.add(order.book)
            yield from found


def look_again(floor: Floor, now: int) -> Iterator[Any]:
    """The last quotes once more, for orders that stood behind another of their book."""
    for symbol in list(floor.again):
        floor.again.discard(symbol)
        yield from on_quote(floor, floor.quotes[symbol], now)


def _tried(floor: Floor, order: Order, quote: Quoted, now: int) -> Iterator[Any]:
    if order.asked.kind is OrderKind.TRAILING:
        yield from follow(floor, order, quote)
    elif (price := _reached(order, quote)) and not _too_soon(floor, order, now):
        yield OrderTriggered(order_id=order.id, price=price, quoted=quote.ts)


def _in_vain(floor: Floor, order: Order, record: Any) -> bool:
    """Whether protection would leave as dust, be refused and made anew without end: it waits for a better price."""
    if not (isinstance(record, OrderTriggered) and order.protective):
        return False
    return dust(floor, order, order.left, fires=True) is not None


def _reached(order: Order, quote: Quoted) -> Decimal | None:
    """The price that reaches it: stops look at the last trade, touches and limits at what could be dealt."""
    asked, buys = order.asked, order.asked.side is Side.BUY
    if asked.kind in _STOPS and order.trigger is not None:
        last = quote.last if quote.last > 0 else (quote.bid if buys else quote.ask)
        return last if (last >= order.trigger if buys else last <= order.trigger) else None
    level = order.trigger if asked.kind in _TOUCHES else order.limit
    deal = quote.ask if buys else quote.bid
    if level is None or deal <= 0:
        return None
    return deal if (deal <= level if buys else deal >= level) else None


def _too_soon(floor: Floor, order: Order, now: int) -> bool:
    """A take after one that found nobody waits a little, so that it and its stop do not chase one another."""
    if order.asked.role is not Role.TAKE or now - order.held_since >= _AGAIN:
        return False
    entry = floor.orders.get(order.parent)
    earlier = (floor.orders.get(number) for number in entry.children if number != order.id) if entry else ()
    return any(other is not None and other.asked.role is Role.TAKE for other in earlier)


def on_beat(floor: Floor, now: int) -> Iterator[Any]:
    """Orders whose time ran out, and those whose way is clear by now."""
    for waiting in list(floor.orders.waiting.values()):
        books = set()
        for order in list(waiting.values()):
            # One of a book in a beat: what follows from it may change what is to be said of the next.
            if order.book not in books and (found := list(_look(floor, order, now))):
                books.add(order.book)
                yield from found


def _look(floor: Floor, order: Order, now: int) -> Iterator[Any]:
    asked, waited = order.asked, now - order.held_since
    if out_of_time(order, now):
        yield OrderExpired(order_id=order.id, reason="its time ran out before it left")
    elif order.waits_for == "line":
        if floor.ready:
            yield release(floor, order, now)
        elif waited >= floor.settings.patience and not asked.reduce_only:
            yield OrderCanceled(order_id=order.id, by="desk", reason="the line to the venue did not come back in time")
    elif order.waits_for == "trigger":
        if floor.ready and not supervised(floor, order):
            yield release(floor, order, now)  # it has grown to what the venue takes
    elif order.waits_for == "group":
        if not blockers(floor, order):
            yield release(floor, order, now)
    elif order.waits_for == "room":
        if not blockers(floor, order):
            yield release(floor, order, now)
        elif waited >= floor.settings.make_room and not order.protective:
            yield OrderCanceled(order_id=order.id, by="desk", reason="other orders did not make room in time")
        else:
            yield from make_way(floor, order, now)


def out_of_time(order: Order, now: int) -> bool:
    """Whether an order has outlived its end: a day ends at midnight UTC."""
    if order.asked.tif is TimeInForce.GTD:
        return now >= order.asked.until
    return order.asked.tif is TimeInForce.DAY and now // DAY_NS > order.received // DAY_NS


def expire(floor: Floor, now: int) -> Iterator[Any]:
    """Withdraws orders whose time ran out, where the venue does not end them by itself."""
    if floor.terms.gtd:
        return
    for order in list(floor.orders.open.values()):
        if order.out and order.cancel is Pending.NONE and out_of_time(order, now):
            yield from cancel(floor, order, "its time ran out", now)


def make_way(floor: Floor, order: Order, now: int) -> Iterator[Any]:
    """Asks the orders that are in the way to end; those that protect an entry are cut by their guard."""
    first = goes_first(order)
    for other in {other.id: other for other in [*siblings_out(floor, order), *in_the_way(floor, order)]}.values():
        managed = other.protective and other.parent > 0 and not other.fired
        grouped = bool(order.asked.group) and other.asked.group == order.asked.group
        if managed or other.cancel is not Pending.NONE or not (first or grouped or other.protective):
            continue
        if first or grouped:
            yield from cancel(floor, other, f"makes room for order {order.id}", now)
        else:
            yield from _cut(floor, other, order, now)
            return


def _cut(floor: Floor, stop: Order, order: Order, now: int) -> Iterator[Any]:
    """Cuts protection that somebody placed as an order of its own by what this order needs, or withdraws it."""
    if stop.replace is not Pending.NONE:
        return
    listing = floor.listings[stop.asked.symbol]
    # A fee in base leaves a position that is no whole lots, and the venue takes nothing else.
    keep = down(subtract(stop.left, subtract(order.left, free(floor, order))), listing.lot)
    works = stop.state in (State.ACCEPTED, State.PARTIALLY_FILLED)
    # What the venue refused to cut is withdrawn: the exit does not wait for it.
    fits = keep >= max(listing.min_quantity, listing.lot) and not dust(floor, stop, keep)
    if works and fits and floor.fitted.get(stop.id, (ZERO, 0))[0] != keep:
        floor.fitted[stop.id] = (keep, now)
        yield from resize(floor, stop, add(stop.filled, keep), limit=stop.limit, now=now, user="execution")
    elif not stop.unwanted:
        yield from cancel(floor, stop, f"makes room for order {order.id}", now)


def on_fill(floor: Floor, order: Order, now: int) -> Iterator[Any]:
    """One of a group was filled: the others end."""
    if not order.asked.group or order.parent:
        return
    for other in list(floor.orders.of_book(*order.book)):
        if other.id != order.id and other.asked.group == order.asked.group and other.cancel is Pending.NONE:
            yield from cancel(floor, other, f"order {order.id} of its group was filled", now)


def on_end(floor: Floor, order: Order, now: int) -> Iterator[Any]:
    """One order less: one that waited for it may leave, and what follows is looked at again then."""
    for other in floor.orders.waiting.get(order.asked.symbol, {}).values():
        waits = other.book == order.book and other.waits_for in ("room", "group") and other.id not in floor.doomed
        if waits and not blockers(floor, other):
            yield release(floor, other, now)
            return


def on_ready(floor: Floor, now: int) -> Iterator[Any]:
    """The line stands, and what the venue has was compared."""
    for waiting in list(floor.orders.waiting.values()):
        for order in list(waiting.values()):
            if order.waits_for == "line":
                yield release(floor, order, now)


def release(floor: Floor, order: Order, now: int) -> OrderTriggered:
    """What it waited for has gone, without a price; risk looks at it once more before it leaves."""
    quote = floor.quotes.get(order.asked.symbol)
    return OrderTriggered(order_id=order.id, price=ZERO, quoted=quote.ts if quote else now)

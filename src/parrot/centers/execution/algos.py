"""Orders that are worked as children: TWAP, VWAP, POV, iceberg. All children together never exceed their parent."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final

from parrot.centers.execution.changes import cancel
from parrot.centers.execution.floor import Floor
from parrot.centers.execution.holding import out_of_time
from parrot.centers.execution.life import State
from parrot.centers.execution.order import Order
from parrot.centers.execution.profile import spread, written
from parrot.centers.execution.room import at_most
from parrot.contracts.commands import OrderKind, Role, SubmitOrder
from parrot.contracts.records import OrderCanceled, OrderExpired, OrderReceived, TaskMoved
from parrot.kernel.decimals import ZERO, add, down, multiply, plain, share, subtract

_SLICE_NS: Final = 5_000_000_000
_SLICES_MAX: Final = 100
_LAST_TRIES: Final = 3
_IN_A_ROW: Final = 3


def begin(floor: Floor, order: Order, now: int) -> Iterator[Any]:
    """The first step, right after the order was held."""
    note = ""
    if order.asked.kind is OrderKind.VWAP:
        weights = floor.settings.profiles.get(order.asked.symbol) or floor.volumes.learned(order.asked.symbol)
        note = written(spread(weights, slices(floor, order), start=now, duration=order.asked.duration))
    elif order.asked.kind is OrderKind.POV:
        note = "0"
    yield TaskMoved(order_id=order.id, step=0, due=now, done=order.done, note=note)


def on_beat(floor: Floor, now: int) -> Iterator[Any]:
    """Steps that are due."""
    for order in list(floor.orders.algos.values()):
        if order.state is State.HELD:
            yield from go_on(floor, order, now)


def go_on(floor: Floor, order: Order, now: int) -> Iterator[Any]:
    """One look at an algo: it ends, or its next child leaves, or it waits."""
    children = [child for number in order.children if (child := floor.orders.get(number)) and not child.ended]
    over = _over(floor, order, children, now)
    if over and children:
        yield from _call_back(floor, children, over, now)
    elif over:
        yield _end(order, over)
    elif floor.ready and now >= order.due and floor.questions.may(order.id, now, floor.settings.query_every):
        yield from _step(floor, order, children, now)


def _call_back(floor: Floor, children: list[Order], why: str, now: int) -> Iterator[Any]:
    for child in children:
        if not child.unwanted:
            yield from cancel(floor, child, why, now)
            if not child.out:
                return  # it ends at once, and this is looked at again then


def _over(floor: Floor, order: Order, children: list[Order], now: int) -> str:
    """Why nothing more is to be worked; empty while there is."""
    if order.unwanted:
        return order.unwanted
    if order.done >= order.quantity:
        return f"worked whole: {plain(order.done)}"
    if _refused_in_a_row(floor, order) >= _IN_A_ROW:
        return f"worked {plain(order.done)} of {plain(order.quantity)}: {_IN_A_ROW} children in a row were refused"
    rest = subtract(order.quantity, order.done)
    if not children and not _dealable(floor, order, rest, rest=rest):
        return f"worked {plain(order.done)} of {plain(order.quantity)}: what is left is dust"
    if _time_is_up(floor, order, children, now):
        return f"worked {plain(order.done)} of {plain(order.quantity)} in its time"
    return ""


def _time_is_up(floor: Floor, order: Order, children: list[Order], now: int) -> bool:
    end = order.held_since + order.asked.duration if order.asked.duration else 0
    if out_of_time(order, now):
        return True
    if not end or now < end:
        return False
    if order.asked.kind is OrderKind.POV or order.asked.limit is not None:
        return True
    # What the last slices of a schedule at the market left over gets a few more tries.
    return not children and order.step >= slices(floor, order) + _LAST_TRIES


def _refused_in_a_row(floor: Floor, order: Order) -> int:
    count = 0
    for number in reversed(order.children):
        child = floor.orders.get(number)
        if child is None or child.state not in (State.REFUSED, State.REJECTED) or child.filled:
            break
        count += 1
    return count


def _end(order: Order, why: str) -> OrderCanceled | OrderExpired:
    if order.unwanted:
        return OrderCanceled(order_id=order.id, by="user", reason=why)
    return OrderExpired(order_id=order.id, reason=why)


def slices(floor: Floor, order: Order) -> int:
    """How many steps a schedule has: what was asked for, as long as each is an order of its own."""
    asked, listing = order.asked, floor.listings[order.asked.symbol]
    wanted = asked.slices or max(1, min(_SLICES_MAX, asked.duration // _SLICE_NS))
    smallest = max(listing.min_quantity, listing.lot)
    return max(1, min(wanted, int(asked.quantity // smallest)))


def _step(floor: Floor, order: Order, children: list[Order], now: int) -> Iterator[Any]:
    working = ZERO
    for child in children:
        working = add(working, at_most(child))
    if order.asked.kind is OrderKind.ICEBERG and children:
        return
    target, due, note = _target(floor, order, now)
    amount = subtract(subtract(min(target, order.quantity), order.done), working)
    rest = subtract(subtract(order.quantity, order.done), working)
    amount = _dealable(floor, order, amount, rest=rest)
    if not amount and note == order.note and order.asked.kind is OrderKind.POV:
        floor.questions.ask(order.id, now)  # nothing was traded: nothing to remember
        return
    step = order.step + 1
    yield TaskMoved(order_id=order.id, step=step, due=due, done=order.done, note=note)
    if amount:
        yield OrderReceived(order=_child(order, amount, step), parent=order.id)


def _target(floor: Floor, order: Order, now: int) -> tuple[Decimal, int, str]:
    """How much is to be filled or working by now, when to look again, and what to remember."""
    asked = order.asked
    if asked.kind is OrderKind.ICEBERG:
        return add(order.done, asked.display or ZERO), now, ""
    if asked.kind is OrderKind.POV:
        traded = add(Decimal(order.note or "0"), floor.volumes.since(order.id, asked.symbol))
        target = multiply(traded, asked.participation or ZERO)
        return target, now + floor.settings.query_every, str(traded)
    count = slices(floor, order)
    number = min(order.step, count - 1)
    due = order.held_since + asked.duration * (order.step + 1) // count
    if order.step + 1 >= count:
        due = max(due, now + floor.settings.query_every)
    if asked.kind is OrderKind.VWAP:
        shares = [Decimal(text) for text in order.note.split()]
        return multiply(order.quantity, shares[number]), due, order.note
    part, lot = Decimal(number + 1), floor.listings[asked.symbol].lot
    return share(order.quantity, part=part, of=Decimal(count), step=lot, rounding=ROUND_FLOOR), due, ""


def _dealable(floor: Floor, order: Order, amount: Decimal, *, rest: Decimal) -> Decimal:
    """In whole lots, none at all when it is dust; when only dust would be left behind it, all that is left."""
    lot = floor.listings[order.asked.symbol].lot
    amount = down(max(amount, ZERO), lot)
    if _dust(floor, order, amount):
        return ZERO
    behind = subtract(rest, amount)
    return down(rest, lot) if behind and _dust(floor, order, behind) else amount


def _dust(floor: Floor, order: Order, amount: Decimal) -> bool:
    listing = floor.listings[order.asked.symbol]
    price = order.asked.limit or floor.last(order.asked.symbol) or ZERO
    small = amount < listing.min_quantity or not amount
    return small or bool(price and multiply(amount, price) < listing.min_notional)


def _child(order: Order, amount: Decimal, step: int) -> SubmitOrder:
    asked = order.asked
    return SubmitOrder(
        strategy=asked.strategy,
        key=f"{asked.key}/child/{step}",
        symbol=asked.symbol,
        side=asked.side,
        quantity=amount,
        kind=OrderKind.MARKET if asked.limit is None else OrderKind.LIMIT,
        limit=asked.limit,
        post_only=False,
        reduce_only=asked.reduce_only,
        role=Role.CHILD,
        stop=asked.stop,
        take=asked.take,
        decided=asked.decided,
        account=asked.account,
        user=asked.user,
        why=f"{asked.kind.value} {order.id}, step {step}",
    )

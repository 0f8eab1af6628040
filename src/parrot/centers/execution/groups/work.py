"""What a group does next: its open orders are compared with what its plan wants, and brought to it step by step."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from parrot.centers.execution.changes import cancel, resize
from parrot.centers.execution.floor import Floor
from parrot.centers.execution.groups.group import Group, Rung
from parrot.centers.execution.groups.plan import (
    EXIT,
    dealable,
    exit_price,
    first_side,
    grid_prices,
    safety_price,
    safety_quantity,
    smallest,
)
from parrot.centers.execution.life import Pending, State
from parrot.centers.execution.order import Order
from parrot.contracts.commands import OrderKind, Side, SubmitOrder
from parrot.contracts.groups import Grid, GroupEnded, GroupEnding, GroupTurned, Ladder
from parrot.contracts.listing import Listing
from parrot.contracts.records import OrderReceived
from parrot.kernel.decimals import ZERO, add, down, negate, subtract

AT_ONCE: Final = 5  # new orders of one group in one step, so that a wide grid does not look like a flood
_CHANGEABLE: Final = frozenset({State.ACCEPTED, State.PARTIALLY_FILLED, State.HELD})
_OTHER: Final = {Side.BUY: Side.SELL, Side.SELL: Side.BUY}


def go_on(floor: Floor, group: Group, now: int) -> Iterator[Any]:
    """One look at a group."""
    if group.ending:
        yield from _wind_up(floor, group, now)
    elif floor.ready:
        rule = _grid(floor, group, group.plan, now) if isinstance(group.plan, Grid) else _ladder(floor, group, now)
        for count, item in enumerate(rule):
            yield item
            if count + 1 >= AT_ONCE and isinstance(item, OrderReceived):
                return


def _open(floor: Floor, rung: Rung) -> Order | None:
    order = floor.orders.get(rung.order_id) if rung.order_id else None
    return order if order is not None and not order.ended else None


def _wind_up(floor: Floor, group: Group, now: int) -> Iterator[Any]:
    still = [order for rung in group.rungs.values() if (order := _open(floor, rung))]
    for order in still:
        if not order.unwanted and order.cancel is Pending.NONE:
            yield from cancel(floor, order, f"group {group.id}: {group.ending}", now)
    if not still:
        yield GroupEnded(group_id=group.id, why=group.ending)


# -- grid --------------------------------------------------------------------------------------------------------------


def _grid(floor: Floor, group: Group, plan: Grid, now: int) -> Iterator[Any]:
    listing = floor.listings[plan.symbol]
    prices = grid_prices(plan, listing.tick)
    for number, lower in enumerate(prices[:-1]):
        rung = group.rung(number)
        limits = {Side.BUY: lower, Side.SELL: prices[number + 1]}
        begins = first_side(plan, lower, group.reference)
        if order := _open(floor, rung):
            quantity = plan.quantity if order.asked.side is begins else order.quantity
            yield from _fit(floor, order, quantity, limits[order.asked.side], now)
        elif not rung.stopped and now >= rung.retry:
            side, quantity = _next_of_step(plan, rung, begins, limits, listing)
            yield _received(group, number, _order(group, number, side, quantity, limits[side]))
    if all(rung.stopped for rung in group.rungs.values()):
        yield GroupEnding(group_id=group.id, by="desk", why=f"every step has stopped: {group.rung(0).stopped}")


def _next_of_step(
    plan: Grid, rung: Rung, begins: Side, limits: dict[Side, Decimal], listing: Listing
) -> tuple[Side, Decimal]:
    """What it holds leaves; where it holds nothing that could, it begins again."""
    back = _OTHER[begins]
    held = rung.held if begins is Side.BUY else negate(rung.held)
    amount = down(max(held, ZERO), listing.lot)
    if dealable(amount, limits[back], listing):
        return back, amount
    return begins, max(subtract(plan.quantity, amount), smallest(limits[begins], listing))


# -- ladder ------------------------------------------------------------------------------------------------------------


def _ladder(floor: Floor, group: Group, now: int) -> Iterator[Any]:
    plan = group.plan
    assert isinstance(plan, Ladder)
    base = group.rung(0)
    if base.stopped:
        yield GroupEnding(group_id=group.id, by="desk", why=f"its first order: {base.stopped}")
    elif not group.first_entered or _open(floor, base):
        yield from _first_order(floor, group, plan, now)
    else:
        yield from _steps(floor, group, plan, now)


def _first_order(floor: Floor, group: Group, plan: Ladder, now: int) -> Iterator[Any]:
    base = group.rung(0)
    if not _open(floor, base) and now >= base.retry:
        yield _received(group, 0, _order(group, 0, plan.side, plan.quantity, plan.limit))


def _steps(floor: Floor, group: Group, plan: Ladder, now: int) -> Iterator[Any]:
    listing = floor.listings[plan.symbol]
    sign = 1 if plan.side is Side.BUY else -1
    amount = down(max(group.held * sign, ZERO), listing.lot)
    limit = exit_price(plan, group.average, listing.tick)
    leaving = _open(floor, group.rung(EXIT))
    if leaving is None and not dealable(amount, limit, listing):
        yield from _turn(floor, group, plan, now)
        return
    for number in range(1, plan.safety_orders + 1):
        yield from _safety(floor, group, plan, number, now)
    if leaving is not None:
        yield from _fit(floor, leaving, add(leaving.filled, amount), limit, now)
    elif now >= group.rung(EXIT).retry and not group.rung(EXIT).stopped:
        yield _received(group, EXIT, _order(group, EXIT, _OTHER[plan.side], amount, limit))


def _safety(floor: Floor, group: Group, plan: Ladder, number: int, now: int) -> Iterator[Any]:
    listing, rung = floor.listings[plan.symbol], group.rung(number)
    price = safety_price(plan, number, group.first, listing.tick)
    quantity = safety_quantity(plan, number, listing.lot)
    rest = subtract(quantity, rung.entered)
    if order := _open(floor, rung):
        yield from _fit(floor, order, add(order.filled, rest), price, now)
    elif not rung.stopped and now >= rung.retry and dealable(rest, price, listing):
        yield _received(group, number, _order(group, number, plan.side, rest, price))


def _turn(floor: Floor, group: Group, plan: Ladder, now: int) -> Iterator[Any]:
    """All was sold: what still waits goes, then it begins again or ends."""
    still = [order for rung in group.rungs.values() if (order := _open(floor, rung))]
    for order in still:
        if not order.unwanted and order.cancel is Pending.NONE:
            yield from cancel(floor, order, f"group {group.id} has left its position", now)
    if still:
        return
    if plan.rounds and group.round >= plan.rounds:
        yield GroupEnding(group_id=group.id, by="desk", why="it has left its position")
    else:
        yield GroupTurned(group_id=group.id, round=group.round + 1)


# -- orders ------------------------------------------------------------------------------------------------------------


def _fit(floor: Floor, order: Order, quantity: Decimal, limit: Decimal, now: int) -> Iterator[Any]:
    """Brings an open order to what the plan wants, as soon as it may be changed."""
    changes = order.state in _CHANGEABLE and order.cancel is Pending.NONE and order.replace is Pending.NONE
    if not changes or order.unwanted or order.limit is None or quantity <= order.filled:
        return
    if floor.questions.may(order.id, now, floor.settings.query_every) and (order.quantity, order.limit) != (
        quantity,
        limit,
    ):
        floor.questions.ask(order.id, now)
        yield from resize(floor, order, quantity, limit=limit, now=now)


def _received(group: Group, number: int, order: SubmitOrder) -> OrderReceived:
    return OrderReceived(order=order, group_id=group.id, rung=number)


def _order(group: Group, number: int, side: Side, quantity: Decimal, limit: Decimal | None) -> SubmitOrder:
    asked, plan = group.asked, group.plan
    ladder = isinstance(plan, Ladder)
    turn = f"{group.round}.{group.rung(number).turns + 1}"
    return SubmitOrder(
        strategy=asked.strategy,
        key=f"{asked.key}/group/{number}/{turn}",
        symbol=plan.symbol,
        side=side,
        quantity=quantity,
        kind=OrderKind.MARKET if limit is None else OrderKind.LIMIT,
        limit=limit,
        reduce_only=number == EXIT,
        stop=plan.stop if isinstance(plan, Ladder) and number != EXIT else None,
        account=asked.account,
        user=asked.user,
        why=f"{'ladder' if ladder else 'grid'} {group.id}, {'exit' if number == EXIT else f'step {number}'}",
    )

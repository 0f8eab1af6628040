"""The venue's state beside ours: missed executions are counted, lost orders found, and what does not fit is said."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from parrot.centers.execution.changes import replace
from parrot.centers.execution.client_ids import own_prefix
from parrot.centers.execution.floor import Floor
from parrot.centers.execution.life import Pending, State
from parrot.centers.execution.order import Order
from parrot.centers.execution.orders import trade_key
from parrot.centers.execution.questions import STATE
from parrot.centers.execution.reports import cancel_again, count, orphan, reduce_only
from parrot.contracts.records import CancelRefused, ExternalSeen, OrderAccepted, OrderReplaced, Reconciled
from parrot.contracts.venue import AskState, CancelPlaced, Filled, OpenOrder, VenueState
from parrot.kernel.decimals import ZERO, add, plain


def ask(floor: Floor, now: int) -> Iterator[AskState]:
    """The question, when it is time for it."""
    pause = floor.settings.state_every if floor.state_wanted else floor.settings.reconcile_every
    if floor.line_up and floor.questions.may(STATE, now, pause):
        floor.questions.ask(STATE, now)
        yield AskState(after=floor.orders.trades, ts=now)


def compare(floor: Floor, state: VenueState, now: int) -> Iterator[Any]:
    """All that follows from the venue's whole state at one moment."""
    floor.state_wanted = False
    breaks: list[str] = []
    filled: dict[int, Decimal] = {}
    yield from _missed(floor, state.trades, filled, now=now)
    theirs = {order.client_id: order for order in state.orders if order.client_id}
    yield from _ours(floor, theirs, filled, state=state, now=now)
    yield from _theirs(floor, state, breaks, now=now)
    yield from _externals(floor, state)
    trades = max((trade.number for trade in state.trades), default=floor.orders.trades)
    yield Reconciled(
        account=floor.orders.account,
        trades=max(trades, floor.orders.trades),
        orders=len(state.orders),
        venue_ts=state.ts,
        breaks=breaks,
    )
    if breaks and not floor.orders.reduce_only:
        yield reduce_only(floor, breaks[0])


def _missed(floor: Floor, trades: list[Filled], filled: dict[int, Decimal], *, now: int) -> Iterator[Any]:
    """Executions that no report told of, oldest first; several of one order are added up here, before any is folded."""
    seen: set[str] = set()
    for trade in trades:
        order = floor.orders.of_client(trade.client_id)
        key = trade_key(trade.client_id, trade.trade_id)
        if order is None:
            yield from orphan(floor, trade, now)
        elif key not in order.trades and key not in seen:
            seen.add(key)
            already = filled.get(order.id, order.filled)
            filled[order.id] = add(already, trade.quantity)
            yield from count(floor, order, trade, already=already, now=now)


def _ours(
    floor: Floor, theirs: dict[str, OpenOrder], filled: dict[int, Decimal], *, state: VenueState, now: int
) -> Iterator[Any]:
    for order in list(floor.orders.open.values()):
        if not order.out or filled.get(order.id, ZERO) >= _end(floor, order):
            continue
        shown = theirs.get(order.client_id)
        if shown is not None:
            yield from _shown(floor, order, shown, state=state, now=now)
        elif order.state in (State.ACCEPTED, State.PARTIALLY_FILLED) and order.seen < state.ts:
            # It ended, or our reports overtook this state; a question about it alone tells which.
            floor.absent.add(order.id)


def _end(floor: Floor, order: Order) -> Decimal:
    """How much filled ends an order: all of it, or what the venue had filled when it ended."""
    closing = floor.closing.get(order.id)
    return order.most if closing is None else closing.filled


def _shown(floor: Floor, order: Order, shown: OpenOrder, *, state: VenueState, now: int) -> Iterator[Any]:
    if order.state in (State.SENT, State.UNKNOWN):
        yield OrderAccepted(
            order_id=order.id, client_id=order.client_id, venue_id=shown.venue_id, venue_ts=state.ts, adopted=True
        )
    elif order.unwanted and order.cancel is not Pending.ASKED:
        yield from cancel_again(order, now)
    if order.replace is Pending.UNKNOWN:
        yield from _replace_outcome(floor, order, shown, state=state, now=now)
    elif order.replace is Pending.NONE and order.filled >= order.quantity and shown.quantity > order.quantity:
        yield OrderReplaced(order_id=order.id, quantity=shown.quantity, limit=shown.limit)


def _replace_outcome(floor: Floor, order: Order, shown: OpenOrder, *, state: VenueState, now: int) -> Iterator[Any]:
    if (shown.quantity, shown.limit) == (order.next_quantity, order.next_limit):
        yield OrderReplaced(order_id=order.id, quantity=shown.quantity, limit=shown.limit)
    elif not floor.terms.expires_requests and not order.unwanted:
        # It may arrive at any later time; asked for once more it comes to the same, and brings an answer.
        yield from replace(order, order.next_quantity, limit=order.next_limit, now=now)
    elif state.ts >= order.pending_since + floor.terms.fence:
        yield CancelRefused(order_id=order.id, client_id=order.client_id, reason="the change never arrived")
    else:
        floor.state_wanted = True


def _theirs(floor: Floor, state: VenueState, breaks: list[str], *, now: int) -> Iterator[Any]:
    """Orders at the venue under our ids that should not be there: withdrawn, and shown to a person."""
    prefix, before = own_prefix(floor.orders.account), floor.shown
    floor.shown = {}
    for shown in state.orders:
        if not shown.client_id.startswith(prefix):
            continue
        order = floor.orders.of_client(shown.client_id)
        if order is not None and not order.ended and order.client_id == shown.client_id:
            continue
        # A state may come late, and behind the report of an end that it does not know yet: that is no mismatch. One
        # that is a fence younger than the first which showed the order is. Both times are the venue's.
        since = floor.shown[shown.client_id] = min(state.ts, before.get(shown.client_id, state.ts))
        if order is None or state.ts >= since + floor.terms.fence:
            yield CancelPlaced(client_id=shown.client_id, symbol=shown.symbol, ts=now)
            breaks.append(
                f"{shown.client_id} ({shown.side.value} {plain(shown.quantity)} {shown.symbol}) is open at the venue, "
                f"here it is {order.state.value if order else 'not known'}"
            )


def _externals(floor: Floor, state: VenueState) -> Iterator[ExternalSeen]:
    prefix, known = own_prefix(floor.orders.account), floor.orders.externals
    there = {order.venue_id: order for order in state.orders if not order.client_id.startswith(prefix)}
    for venue_id, order in there.items():
        if venue_id not in known:
            yield ExternalSeen(venue_id=venue_id, symbol=order.symbol, side=order.side.value, quantity=order.quantity)
    for venue_id, symbol in known.items():
        if venue_id not in there:
            yield ExternalSeen(venue_id=venue_id, symbol=symbol, side="", quantity=Decimal(0), gone=True)

"""What an order cost beside the market at the moment of the decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from parrot.centers.execution.floor import Floor
from parrot.centers.execution.order import Order
from parrot.contracts.records import CostMeasured
from parrot.kernel.decimals import ONE, ZERO, add, multiply, share, subtract

_PRICE_STEP: Final = Decimal("1e-12")
_BPS_STEP: Final = Decimal("0.0001")
_MONEY_STEP: Final = Decimal("1e-12")
_BPS: Final = Decimal(10_000)


def measure(floor: Floor, order: Order) -> Iterator[CostMeasured]:
    """The record of an order that has ended and was at the venue, or whose children were.

    Implementation shortfall of what was filled (Perold 1988): side * (average - arrival) * filled. The average is
    rounded half to even at 1e-12, slippage at 0.0001 basis points. Fees in the base count at the average price; fees in
    a third currency are not valued here. Without a known arrival the average stands for it, and slippage is 0.
    """
    parts = _parts(floor, order)
    first = min((part.first_sent for part in parts if part.first_sent), default=0)
    if not first:
        return
    filled, paid = _sum(part.filled for part in parts), _sum(part.paid for part in parts)
    average = share(paid, part=ONE, of=filled, step=_PRICE_STEP) if filled else ZERO
    arrival = order.arrival or next((part.arrival for part in parts if part.arrival), average)
    worse = multiply(subtract(average, arrival), Decimal(order.sign)) if filled else ZERO
    answered = min((part.accepted - part.first_sent for part in parts if part.accepted), default=0)
    yield CostMeasured(
        order_id=order.id,
        arrival=arrival,
        average=average,
        filled=filled,
        shortfall=_positive_zero(multiply(worse, filled).quantize(_MONEY_STEP).normalize()),
        fees=_fees(floor, order, parts, average),
        slippage_bps=_positive_zero(share(worse, part=_BPS, of=arrival, step=_BPS_STEP)) if arrival else ZERO,
        delay=max(0, first - (order.asked.decided or order.received)),
        ack=answered,
    )


def _positive_zero(amount: Decimal) -> Decimal:
    return amount or ZERO


def _parts(floor: Floor, order: Order) -> list[Order]:
    if not order.worked:
        return [order]
    return [found for child in order.children if (found := floor.orders.get(child))]


def _fees(floor: Floor, order: Order, parts: Iterable[Order], average: Decimal) -> Decimal:
    listing = floor.listings[order.asked.symbol]
    total = ZERO
    for part in parts:
        total = add(total, part.fees.get(listing.quote, ZERO))
        if in_base := part.fees.get(listing.base):
            total = add(total, multiply(in_base, average))
    return total


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    total = ZERO
    for amount in amounts:
        total = add(total, amount)
    return total

"""What can be seen to be wrong with an order before it leaves; for certain it is on nobody's books."""

from __future__ import annotations

from decimal import Decimal

from parrot.contracts.listing import Listing
from parrot.contracts.venue import PlaceOrder
from parrot.kernel.decimals import checked, is_multiple, plain
from parrot.kernel.errors import InputError


def objection(order: PlaceOrder, listing: Listing | None) -> str:
    """Why an order cannot leave, empty when it can: nothing is ever rounded on its way to a venue."""
    if listing is None:
        return f"the venue does not list {order.symbol}"
    return (
        _amount("quantity", order.quantity, listing.lot)
        or _amount("limit", order.limit, listing.tick)
        or _amount("trigger", order.trigger, listing.tick)
        or _size(order.quantity, listing)
    )


def _amount(name: str, value: Decimal | None, step: Decimal) -> str:
    if value is None:
        return ""
    try:
        checked(value, name)
    except InputError as fault:
        return str(fault)
    if value <= 0 or not is_multiple(value, step):
        return f"{name} is {plain(value)}; expected: a multiple of {plain(step)} above zero"
    return ""


def _size(quantity: Decimal, listing: Listing) -> str:
    if quantity < listing.min_quantity:
        return f"quantity is {plain(quantity)}; expected: at least {plain(listing.min_quantity)}"
    if listing.max_quantity and quantity > listing.max_quantity:
        return f"quantity is {plain(quantity)}; expected: at most {plain(listing.max_quantity)}"
    return ""

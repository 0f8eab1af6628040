"""I6: amounts are decimals that can be counted with, and what is sent fits the steps of its symbol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from typing import Any, Final, get_args

import msgspec

from parrot.centers.audit.findings import Check, Look
from parrot.centers.audit.orders import Orders
from parrot.contracts.listing import Listing
from parrot.contracts.message import Entry
from parrot.contracts.records import OrderReceived, OrderSent
from parrot.kernel.decimals import is_multiple

_WHOLE_DIGITS_MAX: Final = 30  # of a product of two amounts
_LONGEST: Final = Context(prec=66)


class Exact(Check):
    """No NaN, no infinity, no minus zero, no float in any record; quantities in whole lots and prices in whole ticks.

    Numbers of an order that is refused for its fields are evidence and may be anything. Without `listings` steps are
    not looked at.
    """

    name = "I6"

    def __init__(self, orders: Orders, listings: Mapping[str, Listing]) -> None:
        self._orders = orders
        self._listings = listings

    @property
    def looks(self) -> Mapping[type, Look]:
        """Every record, and what is sent."""
        return {object: self._each, OrderSent: self._sent}

    def _each(self, entry: Entry) -> Iterator[str]:
        record = entry.record
        if type(record) is OrderReceived and record.fault:
            return
        for value in amounts(record):
            if type(value) is float:
                yield f"{type(record).__name__} holds the binary fraction {value}"
            elif not value.is_finite():
                yield f"{type(record).__name__} holds {value}"
            elif not value:
                if value.is_signed():
                    yield f"{type(record).__name__} holds minus zero"
            elif value.adjusted() >= _WHOLE_DIGITS_MAX or _LONGEST.plus(value) != value:
                yield f"{type(record).__name__} holds {value}, which is too long"

    def _sent(self, entry: Entry) -> Iterator[str]:
        order = self._orders.of(entry)
        listing = self._listings.get(order.asked.symbol) if order is not None else None
        if listing is None:
            return
        record: OrderSent = entry.record
        if record.quantity <= 0 or not is_multiple(record.quantity, listing.lot):
            yield f"{record.quantity} {listing.base} are no whole lots of {listing.lot}"
        for name, price in (("limit", record.limit), ("trigger", record.trigger)):
            if price is not None and not is_multiple(price, listing.tick):
                yield f"{name} {price} is no whole number of ticks of {listing.tick}"


def amounts(value: Any) -> list[Any]:
    """All decimals (and floats) inside a value."""
    found: list[Any] = []
    _collect(value, found)
    return found


def _collect(value: Any, found: list[Any]) -> None:
    kind = type(value)
    if kind is Decimal or kind is float:
        found.append(value)
    elif kind is dict:
        for part in value.values():
            _collect(part, found)
    elif kind is list or kind is tuple:
        for part in value:
            _collect(part, found)
    elif isinstance(value, msgspec.Struct):
        for name in _FIELDS[kind] if kind in _FIELDS else _fields(kind):
            part = getattr(value, name)
            if type(part) is Decimal:
                found.append(part)
            elif part is not None:
                _collect(part, found)


_FIELDS: dict[type, tuple[str, ...]] = {}


def _fields(kind: type) -> tuple[str, ...]:
    """The fields of a struct that can hold an amount, found once."""
    told = msgspec.structs.fields(kind)
    found = _FIELDS[kind] = tuple(field.name for field in told if _can_hold(field.type))
    return found


def _can_hold(kind: Any) -> bool:
    """Whether amounts are inside a type: itself, its parts, or the fields of a struct."""
    if isinstance(kind, type):
        return issubclass(kind, Decimal | float | msgspec.Struct)
    return any(_can_hold(part) for part in get_args(kind))

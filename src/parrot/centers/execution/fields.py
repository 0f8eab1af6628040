"""Whether the fields of an order make sense at all, before anybody counts with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from parrot.contracts.commands import Guard, OrderKind, Role, Side, SubmitOrder, TimeInForce
from parrot.contracts.listing import Listing
from parrot.kernel.decimals import checked, down, is_multiple, multiply, plain
from parrot.kernel.errors import InputError

TEXT_LENGTH_MAX: Final = 200

_LIMITED: Final = frozenset({OrderKind.LIMIT, OrderKind.STOP_LIMIT, OrderKind.TOUCH_LIMIT, OrderKind.ICEBERG})
_TRIGGERED: Final = frozenset({OrderKind.STOP, OrderKind.STOP_LIMIT, OrderKind.TOUCH, OrderKind.TOUCH_LIMIT})
_UNITS: Final = frozenset({"price", "percent", "distance"})
_TIMED: Final = frozenset({OrderKind.TWAP, OrderKind.VWAP})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field, what would be right, and what to do."""

    field: str
    actual: str
    expected: str
    fix: str

    @property
    def text(self) -> str:
        """One sentence for a person."""
        return f"{self.field} {self.actual}; expected: {self.expected}; fix: {self.fix}"


def text_fault(order: SubmitOrder) -> Fault | None:
    """Texts that no record may hold: too long, or a key or strategy that is empty."""
    for name in ("strategy", "key", "symbol", "group", "account", "user", "why"):
        length = len(getattr(order, name))
        if length > TEXT_LENGTH_MAX:
            return Fault(
                name, f"has {length} characters", f"at most {TEXT_LENGTH_MAX} characters", f"give a shorter {name}"
            )
    for name in ("strategy", "key"):
        if not getattr(order, name):
            return Fault(name, "is empty", f"a {name}", f"name the {name} of the order")
    return None


def field_fault(
    order: SubmitOrder, *, listing: Listing | None, account: str, price: Decimal | None, now: int, dust: bool = True
) -> Fault | None:
    """The first fault of an order from outside, None when it has none; `price` is the market's, where it is known.

    `dust` says that the venue lets what only reduces be worth less than its smallest notional.
    """
    if order.account != account:
        return Fault(
            "account", f"{order.account!r} is unknown", repr(account), "name an account that this desk trades for"
        )
    if listing is None:
        return Fault(
            "symbol",
            f"{order.symbol!r} is not listed",
            "a symbol that the venue lists",
            "look up the symbols of the venue",
        )
    for fault in _faults(order, listing, price=price, now=now, dust=dust):
        return fault
    return None


def _faults(order: SubmitOrder, listing: Listing, *, price: Decimal | None, now: int, dust: bool) -> Iterator[Fault]:
    yield from _numbers(order)
    yield from _quantity(order, listing)
    yield from _prices(order, listing)
    yield from _kind(order, listing)
    yield from _lifetime(order, now)
    yield from _protection(order, price)
    yield from _role(order)
    yield from _notional(order, listing, price, dust=dust)


def _numbers(order: SubmitOrder) -> Iterator[Fault]:
    for name in ("quantity", "limit", "trigger", "trail", "stop", "take", "participation", "display"):
        yield from _number(name, getattr(order, name))
    if order.guard is not None:
        yield from _guard(order.guard)


def _number(name: str, value: Decimal | None) -> Iterator[Fault]:
    if value is None:
        return
    try:
        checked(value, name)
    except InputError as fault:
        yield Fault(name, fault.problem.removeprefix(f"{name} "), fault.expected, f"give {name} as a plain number")
        return
    if value <= 0:
        yield Fault(name, f"is {plain(value)}", "a number above zero", f"give a positive {name}")


def _guard(guard: Guard) -> Iterator[Fault]:
    for name, value, unit in (("stop", guard.stop, guard.stop_unit), ("take", guard.take, guard.take_unit)):
        yield from _number(f"guard.{name}", value)
        if unit not in _UNITS:
            yield Fault(f"guard.{name}_unit", f"is {unit[:40]!r}", "price, percent or distance", "name one of them")


def _quantity(order: SubmitOrder, listing: Listing) -> Iterator[Fault]:
    amount, name = order.quantity, listing.symbol
    if not is_multiple(amount, listing.lot):
        near = plain(max(down(amount, listing.lot), listing.lot, listing.min_quantity))
        yield Fault(
            "quantity",
            f"{plain(amount)} does not fit the lot of {name}",
            f"a multiple of {plain(listing.lot)}",
            f"for example {near}",
        )
    if amount < listing.min_quantity:
        yield Fault(
            "quantity",
            f"{plain(amount)} is too small for {name}",
            f"at least {plain(listing.min_quantity)}",
            "ask for more",
        )
    if amount > listing.max_quantity:
        yield Fault(
            "quantity",
            f"{plain(amount)} is too large for {name}",
            f"at most {plain(listing.max_quantity)}",
            "ask for less",
        )


def _prices(order: SubmitOrder, listing: Listing) -> Iterator[Fault]:
    trail = None if order.trail_percent else order.trail
    prices = {"limit": order.limit, "trigger": order.trigger, "stop": order.stop, "take": order.take, "trail": trail}
    for name, value in prices.items():
        if value is not None and not is_multiple(value, listing.tick):
            near = plain(max(down(value, listing.tick), listing.tick))
            yield Fault(
                name,
                f"{plain(value)} is off the tick of {listing.symbol}",
                f"a multiple of {plain(listing.tick)}",
                f"for example {near}",
            )


def _kind(order: SubmitOrder, listing: Listing) -> Iterator[Fault]:
    kind = order.kind
    if kind in _LIMITED and order.limit is None:
        yield _missing("limit", kind)
    if kind in _TRIGGERED and order.trigger is None:
        yield _missing("trigger", kind)
    if kind is OrderKind.TRAILING and order.trail is None:
        yield _missing("trail", kind)
    if kind in _TIMED and order.duration <= 0:
        yield _missing("duration", kind)
    if kind is OrderKind.POV and order.participation is None:
        yield _missing("participation", kind)
    if order.participation is not None and order.participation > 1:
        yield Fault(
            "participation",
            f"is {plain(order.participation)}",
            "a share of the volume above 0, at most 1",
            "0.1 for a tenth",
        )
    if order.trail_percent and order.trail is not None and order.trail >= 100:
        yield Fault("trail", f"is {plain(order.trail)} percent", "less than 100 percent", "give a smaller distance")
    if order.slices < 0 or order.slices > 100_000:
        yield Fault("slices", f"is {order.slices}", "0 to 100000", "leave it out to let the desk choose")
    yield from _display(order, listing)


def _display(order: SubmitOrder, listing: Listing) -> Iterator[Fault]:
    shown = order.display
    if shown is None:
        if order.kind is OrderKind.ICEBERG:
            yield _missing("display", order.kind)
    elif not is_multiple(shown, listing.lot) or shown < listing.min_quantity or shown > order.quantity:
        yield Fault(
            "display",
            f"is {plain(shown)}",
            f"a multiple of {plain(listing.lot)} from {plain(listing.min_quantity)} to the quantity",
            "show a part that could be an order of its own",
        )


def _missing(name: str, kind: OrderKind) -> Fault:
    return Fault(name, "is missing", f"a {name} for an order of kind {kind.value}", f"give {name}, or another kind")


def _lifetime(order: SubmitOrder, now: int) -> Iterator[Fault]:
    if order.tif is TimeInForce.GTD and order.until <= now:
        yield Fault("until", f"{order.until} has passed", f"a time after {now} (ns UTC)", "give a later end")
    if order.duration < 0:
        yield Fault("duration", f"is {order.duration}", "a positive number of ns", "give a positive duration")
    if order.post_only and order.kind is not OrderKind.LIMIT:
        yield Fault("post_only", f"with kind {order.kind.value}", "a limit order", "leave post_only out")
    if order.post_only and order.tif in (TimeInForce.IOC, TimeInForce.FOK):
        yield Fault("post_only", f"with time in force {order.tif.value}", "an order that may rest", "use gtc")


def _protection(order: SubmitOrder, price: Decimal | None) -> Iterator[Fault]:
    if order.stop is None and order.take is None:
        return
    if order.reduce_only:
        yield Fault("stop", "on an order that only reduces", "protection on an order that opens", "leave one out")
    entry = order.limit or price
    sign = 1 if order.side is Side.BUY else -1
    for name, level, wanted in (("stop", order.stop, -sign), ("take", order.take, sign)):
        if level is not None and entry is not None and (level - entry) * wanted <= 0:
            where = "below" if wanted < 0 else "above"
            yield Fault(
                name,
                f"{plain(level)} is on the wrong side of {plain(entry)}",
                f"a price {where} it for a {order.side.value}",
                f"give a {name} {where} the entry",
            )


def _role(order: SubmitOrder) -> Iterator[Fault]:
    if order.role is Role.CHILD:
        yield Fault("role", "is child", "plain, stop, take or flatten", "children are made by the desk")
    if order.role is not Role.PLAIN and not order.reduce_only:
        yield Fault("role", f"{order.role.value} without reduce_only", "an order that only reduces", "set reduce_only")


def _notional(order: SubmitOrder, listing: Listing, price: Decimal | None, *, dust: bool) -> Iterator[Fault]:
    # What is left of a position may be dust, and has to be sold all the same where the venue lets it; protection of it
    # waits at the desk where the venue does not.
    if order.reduce_only and (dust or order.role is not Role.PLAIN):
        return
    found = worth_fault(listing, order.quantity, order.limit or order.trigger or price)
    if found is not None:
        yield found


def worth_fault(listing: Listing, quantity: Decimal, price: Decimal | None) -> Fault | None:
    """What is wrong with a quantity that is worth less than the venue takes, None where it is not or nobody knows."""
    value = None if price is None else multiply(quantity, price)
    if value is None or value >= listing.min_notional:
        return None
    return Fault(
        "quantity",
        f"{plain(quantity)} is worth {plain(value)} {listing.quote}, which is dust",
        f"at least {plain(listing.min_notional)} {listing.quote}",
        "ask for more",
    )

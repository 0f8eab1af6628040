"""Protected or flat: what an order with a stop or a take opens is guarded in its filled size, or closed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from parrot.centers.execution.changes import cancel, resize
from parrot.centers.execution.dust import too_little
from parrot.centers.execution.floor import Floor
from parrot.centers.execution.life import Pending, State
from parrot.centers.execution.order import HERE, Order
from parrot.centers.execution.own_protection import left_alone, level_of, own_stops, stop_of
from parrot.centers.execution.room import at_most
from parrot.contracts.commands import OrderKind, Role, Side, SubmitOrder, TimeInForce
from parrot.contracts.records import OrderReceived
from parrot.kernel.decimals import ZERO, add, down, subtract

Book = tuple[str, str]

_STANDS: Final = frozenset({State.ACCEPTED, State.PARTIALLY_FILLED, State.HELD})
_FAILED: Final = frozenset({State.REJECTED, State.REFUSED, State.CANCELED, State.EXPIRED})
_RETRIES: Final = 2


def guard(floor: Floor, book: Book, now: int) -> list[Any]:
    """The next thing to do so that the protection of one book has the size of what is open.

    One thing at a time: what follows it is decided again, on what it has changed.
    """
    if book in floor.orders.entries:
        for action in _actions(floor, book, now):
            if items := list(action):
                return items
    return []


def _actions(floor: Floor, book: Book, now: int) -> Iterator[Iterator[Any]]:
    """Newest entries first: exits close the oldest."""
    pool = subtract(abs(floor.orders.position(*book)), _leaving(floor, book))
    own, rest = own_stops(floor, book), ZERO
    entries = floor.orders.entries_of(book)
    for entry in reversed(entries):
        if floor.to_be_flat(entry.asked):
            continue  # it is being closed
        # Fees in base leave parts of lots; together they may be lots again.
        amount = add(entry.unguarded, rest)
        level = level_of(floor, entry)
        open_ = _whole(floor, book, amount, level)
        rest = subtract(amount, open_)
        if entry.asked.guard is not None:
            covered = min(open_, own)
            own, open_ = subtract(own, covered), left_alone(floor, entry, subtract(open_, covered), now)
        staying = _whole(floor, book, max(ZERO, min(subtract(open_, _closing(floor, entry)), pool)), level)
        pool = subtract(pool, staying)
        if open_ or not entry.unguarded:
            floor.little.pop(entry.id, None)
        elif entry is entries[0] and entry.asked.stop is not None and _stays_little(floor, entry, now):
            yield _close_rest(floor, entry, now=now)
        yield from _guard_entry(floor, entry, open_, staying=staying, now=now)


def guard_all(floor: Floor, now: int) -> Iterator[Any]:
    """What time alone changes: deadlines of protection that does not stand."""
    for book in list(floor.orders.entries):
        yield from guard(floor, book, now)


def _leaving(floor: Floor, book: Book) -> Decimal:
    """What orders on their way out of the position may still take: exits, and takes that have fired."""
    total, held = ZERO, floor.orders.position(*book)
    for order in floor.orders.of_book(*book):
        on_its_way = order.waits_for not in ("trigger", "group", "schedule")
        if order.sign * held < 0 and on_its_way and not _guards(order):
            total = add(total, at_most(order))
    return total


def _closing(floor: Floor, entry: Order) -> Decimal:
    """What orders of its own may still close of it: takes and stops that went off, and what makes it flat."""
    children = (floor.orders.get(number) for number in entry.children)
    return _sum(at_most(child) for child in children if child and not child.ended and not _guards(child))


def _guards(order: Order) -> bool:
    """Whether it stands ready for a price, so that it takes nothing from the others."""
    return order.protective and order.parent > 0 and order.asked.kind is not OrderKind.MARKET and not order.fired


def _guard_entry(floor: Floor, entry: Order, open_: Decimal, *, staying: Decimal, now: int) -> Iterator[Iterator[Any]]:
    """Stops at the venue for what stays, stops here for what orders on their way out may or may not take."""
    children = [child for number in entry.children if (child := floor.orders.get(number))]
    if entry.asked.stop is not None or entry.asked.guard is not None:
        stops = [child for child in children if _is_stop(child)]
        if _given_up(floor, entry, stops, wanted=open_, now=now):
            yield _flatten(floor, entry, children, now=now)
            return
        there = _at_venue(floor, entry, stops, staying) if floor.terms.stops else ZERO
        here, out = [stop for stop in stops if stop.kept_here], [stop for stop in stops if not stop.kept_here]
        covers = _here(stops, open_, there)
        yield _fit(floor, entry, here, wanted=covers, role=Role.STOP, now=now, place=HERE)
        yield _fit(floor, entry, out, wanted=there, role=Role.STOP, now=now)
    if entry.asked.take is not None:
        takes = [child for child in children if child.asked.role is Role.TAKE]
        wanted = staying if floor.terms.stops else _at_venue(floor, entry, takes, staying)
        wanted = _whole(floor, entry.book, wanted, entry.asked.take)
        yield _fit(floor, entry, takes, wanted=wanted, role=Role.TAKE, now=now)


def _at_venue(floor: Floor, entry: Order, made: list[Order], staying: Decimal) -> Decimal:
    """What may stand at the venue right now: others that are there may still have to be cut."""
    room, held = abs(floor.orders.position(*entry.book)), floor.orders.position(*entry.book)
    mine = {child.id for child in made if not child.fired}
    for other in floor.orders.of_book(*entry.book):
        if other.out and other.sign * held < 0 and other.id not in mine:
            room = subtract(room, at_most(other))
    return _whole(floor, entry.book, min(staying, max(room, ZERO)), level_of(floor, entry))


def _here(stops: list[Order], open_: Decimal, there: Decimal) -> Decimal:
    """What stops at the desk have to cover; one that is there already stays until those at the venue stand."""
    live = [stop for stop in stops if not stop.ended]
    fired = _sum(stop.left for stop in live if stop.fired)
    standing = _sum(stop.left for stop in live if stop.out and stop.state in _STANDS and not stop.fired)
    kept = _sum(stop.left for stop in live if stop.kept_here and not stop.fired)
    needed = subtract(subtract(open_, there), fired)
    return max(ZERO, needed, min(kept, subtract(subtract(open_, standing), fired)))


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    total = ZERO
    for amount in amounts:
        total = add(total, amount)
    return total


def _is_stop(child: Order) -> bool:
    return child.asked.role is Role.STOP and child.asked.kind is not OrderKind.MARKET


def _fit(
    floor: Floor, entry: Order, made: list[Order], *, wanted: Decimal, role: Role, now: int, place: str = ""
) -> Iterator[Any]:
    """Makes, cuts, grows or ends one protective order so that it covers `wanted`."""
    live = next((child for child in made if not child.ended and not child.fired), None)
    if live is None:
        if wanted and floor.ready and not _just_failed(floor, made, role, now):
            yield OrderReceived(order=_order(floor, entry, role, wanted, place=place), parent=entry.id)
    elif live.unwanted or live.replace is not Pending.NONE or not live.left:
        return  # on its way to another size, or to its end
    elif not wanted:
        yield from cancel(floor, live, "what it protected is closed, or being closed", now)
    elif live.left != wanted and live.state in _STANDS and not _fitted(floor, live, wanted, now):
        floor.fitted[live.id] = (wanted, now)
        yield from resize(floor, live, add(live.filled, wanted), limit=live.limit, now=now, user="execution")


def _fitted(floor: Floor, live: Order, wanted: Decimal, now: int) -> bool:
    """Whether this very size was asked for just now: risk may have granted less, and will again."""
    asked, since = floor.fitted.get(live.id, (ZERO, 0))
    return asked == wanted and now - since < floor.settings.protect_within


def _failed(child: Order) -> bool:
    """Whether somebody else ended it, before it could do anything."""
    if child.state is State.REFUSED:
        return True
    return child.state in _FAILED and bool(child.client_id) and not child.unwanted and not child.filled


def _just_failed(floor: Floor, made: list[Order], role: Role, now: int) -> bool:
    """A second try of what was refused waits, so that two sides of a mistake do not chase one another."""
    failed = [child for child in made if _failed(child)]
    long = role is Role.TAKE and len(failed) >= _RETRIES
    pause = floor.settings.protect_within if long else floor.settings.query_every
    return bool(failed) and now - failed[-1].ended_at < pause


def _order(floor: Floor, entry: Order, role: Role, quantity: Decimal, *, place: str = "") -> SubmitOrder:
    asked = entry.asked
    kind, limit, trigger, tif = OrderKind.STOP, None, asked.stop, TimeInForce.GTC
    trail, percent = None, False
    if asked.guard is not None and role is Role.STOP:
        kind, trigger, trail, percent = stop_of(asked.guard, entry, floor.listings[asked.symbol].tick)
    if role is Role.TAKE and floor.terms.stops:
        # The stop rests at the venue; both there could turn the position over, so the take waits here.
        kind, limit, trigger, tif = OrderKind.TOUCH_LIMIT, asked.take, asked.take, TimeInForce.IOC
    elif role is Role.TAKE:
        kind, limit, trigger = OrderKind.LIMIT, asked.take, None
    return SubmitOrder(
        strategy=asked.strategy,
        key=f"{asked.key}{place or f'/{role.value}/'}{len(entry.children)}",
        symbol=asked.symbol,
        side=Side.SELL if asked.side is Side.BUY else Side.BUY,
        quantity=quantity,
        kind=kind,
        limit=limit,
        trigger=trigger,
        trail=trail,
        trail_percent=percent,
        tif=tif,
        reduce_only=True,
        role=role,
        group=f"protects {entry.id}",
        decided=asked.decided,
        account=asked.account,
        user=asked.user,
        why=f"{role.value} of order {entry.id}",
    )


def _given_up(floor: Floor, entry: Order, stops: list[Order], *, wanted: Decimal, now: int) -> bool:
    """Whether a stop was refused for good, or does not stand within the deadline."""
    standing = _sum(stop.left for stop in stops if stop.state in _STANDS or (stop.fired and not stop.ended))
    if not wanted or standing >= wanted or not floor.ready:
        floor.bare.pop(entry.id, None)
        return False
    since = floor.bare.setdefault(entry.id, now)
    failed = [stop for stop in stops if _failed(stop) and stop.ended_at >= since]
    passed = any("TRIGGER" in stop.reason.upper() for stop in failed)
    return len(failed) >= _RETRIES or passed or now - since >= floor.settings.protect_within


def _flatten(floor: Floor, entry: Order, children: list[Order], *, now: int) -> Iterator[Any]:
    """Closes what cannot be protected: stops that may be at the venue are withdrawn, and a market order leaves."""
    for child in children:
        if not child.ended and _guards(child) and not child.unwanted:
            yield from cancel(floor, child, "what it protects is being closed", now)
            return
    closing = any(not child.ended and child.asked.kind is OrderKind.MARKET for child in children)
    amount = _whole(floor, entry.book, entry.unguarded)
    if closing or not amount or not floor.ready or _tried(floor, entry, now):
        return
    floor.closed[entry.id] = now
    asked = _order(floor, entry, Role.STOP, amount)
    changes = {
        "kind": OrderKind.MARKET,
        "trigger": None,
        "trail": None,
        "trail_percent": False,
        "why": f"order {entry.id} could not be protected",
    }
    yield OrderReceived(order=_with(asked, changes), parent=entry.id)


def _stays_little(floor: Floor, entry: Order, now: int) -> bool:
    """Whether what an entry opened is no more waited for to grow to what can be protected."""
    return entry.ended or now - floor.little.setdefault(entry.id, now) >= floor.settings.protect_within


def _close_rest(floor: Floor, entry: Order, *, now: int) -> Iterator[Any]:
    """Closes what would be dust at its stop and is none yet: nothing could close it there."""
    children = [child for number in entry.children if (child := floor.orders.get(number))]
    yield from _flatten(floor, entry, children, now=now)


def _tried(floor: Floor, entry: Order, now: int) -> bool:
    return now - floor.closed.get(entry.id, -floor.settings.protect_within) < floor.settings.protect_within


def _with(order: SubmitOrder, changes: dict[str, Any]) -> SubmitOrder:
    return SubmitOrder(**{**{name: getattr(order, name) for name in order.__struct_fields__}, **changes})


def _whole(floor: Floor, book: Book, amount: Decimal, price: Decimal | None = None) -> Decimal:
    """Whole lots only; what is smaller than any order of this symbol at this price, or now, cannot be protected."""
    listing = floor.listings[book[1]]
    lots = down(amount, listing.lot)
    return lots if lots >= listing.min_quantity and not too_little(floor, book[1], lots, price) else ZERO

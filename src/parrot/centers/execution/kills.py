"""What follows from a kill: everything of its scope is withdrawn at once, and made flat where that was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from parrot.centers.execution.changes import cancel_many
from parrot.centers.execution.dust import too_little
from parrot.centers.execution.floor import Floor
from parrot.centers.execution.room import at_most
from parrot.centers.execution.scopes import covers
from parrot.contracts.commands import Role, Side, StopStrategy, SubmitOrder
from parrot.contracts.message import Entry
from parrot.contracts.records import OrderReceived
from parrot.kernel.decimals import ZERO, down, subtract


def engaged(floor: Floor, entry: Entry, now: int) -> Iterator[Any]:
    """Withdraws the orders of the scope; the requests of all of them leave with one commit. Protection stays."""
    scope = entry.record.scope
    yield from _withdraw(floor, scope, why=f"kill switch of {scope}", now=now, all_=scope in floor.orders.kills.flatten)
    yield from flatten(floor, now)


def stop_strategy(floor: Floor, command: StopStrategy, now: int) -> Iterator[Any]:
    """Makes flat what a strategy holds, where that was asked for."""
    if command.flatten:
        scope = f"strategy:{command.strategy}"
        floor.flatten[scope] = now
        yield from _withdraw(floor, scope, why=command.reason or "strategy stopped", now=now, all_=True)
        yield from flatten(floor, now)


def _withdraw(floor: Floor, scope: str, *, why: str, now: int, all_: bool) -> Iterator[Any]:
    orders = floor.orders.open.values()
    found = [order for order in orders if covers(scope, order.asked) and order.asked.role is not Role.FLATTEN]
    yield from cancel_many(floor, found, why, now=now, protection=all_)


def flatten(floor: Floor, now: int) -> Iterator[Any]:
    """Market orders that close what the scopes to be flat still hold, as soon as nothing else works against it."""
    _let_go(floor, now)
    if not (floor.orders.kills.flatten or floor.flatten) or not floor.ready:
        return
    for strategy, book in list(floor.orders.held.items()):
        for symbol, amount in list(book.items()):
            order = _closing(floor, strategy, symbol, amount, now=now)
            if order is not None and floor.to_be_flat(order):
                floor.flattened[strategy, symbol] = now
                yield OrderReceived(order=order)


def _let_go(floor: Floor, now: int) -> None:
    for scope, since in list(floor.flatten.items()):
        if now - since > floor.settings.reissue_within:
            del floor.flatten[scope]


def _closing(floor: Floor, strategy: str, symbol: str, amount: Decimal, *, now: int) -> SubmitOrder | None:
    listing = floor.listings.get(symbol)
    free = abs(amount)
    for other in floor.orders.of_book(strategy, symbol):
        if other.asked.role is Role.FLATTEN:
            return None
        if other.out and other.sign * amount < 0:
            free = subtract(free, at_most(other))
    again = now - floor.flattened.get((strategy, symbol), -floor.settings.query_every) >= floor.settings.query_every
    if listing is None or not again:
        return None
    lots = down(max(free, ZERO), listing.lot)
    if lots < max(listing.min_quantity, listing.lot) or too_little(floor, symbol, lots):
        return None
    return SubmitOrder(
        strategy=strategy,
        key=_key(floor, strategy, symbol, now),
        symbol=symbol,
        side=Side.SELL if amount > 0 else Side.BUY,
        quantity=lots,
        reduce_only=True,
        role=Role.FLATTEN,
        account=floor.orders.account,
        why="everything of its scope is to be flat",
    )


def _key(floor: Floor, strategy: str, symbol: str, now: int) -> str:
    # A clock that was put right brings the same time once more.
    while floor.orders.of_key(strategy, key := f"flatten/{symbol}/{now}") is not None:
        now += 1
    return key

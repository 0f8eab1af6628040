"""What must hold when all is quiet: the desk, its journal and the referee tell the same story."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from parrot.app.desk import Desk
from parrot.centers.audit import manifest as audit
from parrot.contracts.commands import OrderKind, Role
from tests.simulation.market import SYMBOLS
from tests.simulation.store import FaultyJournal
from tests.simulation.witness import ALGOS, Life, Violation

if TYPE_CHECKING:
    from tests.simulation.world import World

SCHEDULED = ALGOS - {OrderKind.ICEBERG}  # each has a duration of seconds


def compare(world: World, *, after_probe: bool) -> None:
    if not world.office.alive:
        raise Violation("I20", "the desk is not up 30 s after the last fault")
    open_orders(world)
    fills(world)
    resolved(world)
    money(world)
    protected(world)
    if after_probe:
        probe(world)
        rebuilt(world)
        audited(world)


def open_orders(world: World) -> None:
    theirs = {placed.client_id for placed in world.referee.resting.values() if placed.client_id}
    ours = world.witness.open_ids()
    if lost := sorted(theirs - set(ours)):
        raise Violation("I2", f"open at the venue, not in the journal: {lost}")
    if ghosts := sorted(name for name in set(ours) - theirs if not for_ever_unknown(world, ours[name])):
        raise Violation(
            "I2", f"open in the journal, not at the venue: {ghosts} (orders {[ours[g].order_id for g in ghosts]})"
        )


def for_ever_unknown(world: World, life: Life) -> bool:
    """A venue may take a request at any later time: what cannot be repeated with effect stays UNKNOWN, for a person."""
    if world.terms.expires_requests:
        return False
    given_up = "place" in life.pending and (life.unwanted or life.repeated)
    return given_up or "replace" in life.pending


def fills(world: World) -> None:
    theirs = {(t.symbol, t.trade_id, t.client_id) for t in world.referee.trades}
    ours = world.witness.fills
    if lost := sorted(theirs - ours):
        raise Violation("I3", f"traded at the venue, not in the journal: {lost}")
    if ghosts := sorted(ours - theirs):
        raise Violation("I3", f"in the journal, never traded: {ghosts}")


def money(world: World) -> None:
    """I7: the ledger's balances are the venue's, to the last digit."""
    theirs = {currency: held for currency, held in world.referee.balances.items() if held}
    ours = {currency: held for currency, held in world.witness.cash.items() if held}
    if theirs != ours:
        raise Violation("I7", f"the ledger holds {ours}, the venue {theirs}")


def resolved(world: World) -> None:
    for life in world.witness.orders.values():
        family = [life, *(world.witness.orders[child] for child in life.children)]
        if life.ended or any(not one.ended and for_ever_unknown(world, one) for one in family):
            continue
        if life.order.kind in SCHEDULED:
            raise Violation("I20", f"order {life.order_id} ({life.order.kind}) was to be over long ago")
        if life.state in {"new", "approved", "triggered", "sent", "unknown"} and life.order.kind not in ALGOS:
            raise Violation("I20", f"order {life.order_id} is {life.state} 30 s after the last fault")
        if life.pending:
            raise Violation(
                "I20", f"order {life.order_id} waits for its {sorted(life.pending)} 30 s after the last fault"
            )


def protected(world: World) -> None:
    """Protected or flat: what orders with a stop have opened and nobody has closed stands behind stops."""
    wanted: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    there: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    orders = world.witness.orders
    for life in orders.values():
        book = (life.order.strategy, life.order.symbol)
        if life.order.stop is not None and not life.parent:
            wanted[book] += life.filled - sum(orders[child].filled for child in life.children)
        elif life.order.role is Role.STOP and not life.ended:
            there[book] += life.quantity - life.filled
    for life in orders.values():
        if not life.ended and for_ever_unknown(world, life):
            there[life.order.strategy, life.order.symbol] += life.most - life.filled  # it may sell that already
    for book, quantity in wanted.items():
        lot = world.market.listings[book[1]].lot
        held = world.witness.book[book] * world.net_of_fees // lot * lot
        if there[book] < min(quantity, held):
            raise Violation(
                "I8", f"{book} holds {held}, of that {quantity} to be protected, its stops cover {there[book]}"
            )


def probe(world: World) -> None:
    found = world.witness.keys.get(("probe", "1"))
    life = world.witness.orders.get(found or 0)
    if life is None:
        raise Violation("I20", "the next order was not received")
    if life.state not in {"accepted", "filled"} and not life.filled:
        raise Violation("I20", f"the next order is {life.state}")


def rebuilt(world: World) -> None:
    """I13: replay gives the live state, from the beginning and from the middle."""
    live = world.office.desk
    assert live is not None
    for shelf in (None, world.office.shelf):
        journal = FaultyJournal(world.disk, world.faults)
        again = Desk(world.office.parts(world.market.listings, world.terms), journal, print, snapshots=shelf)
        again.recover()
        if again.hash() != live.hash():
            whence = "a snapshot and the rest" if shelf else "the journal"
            raise Violation("I13", f"rebuilt from {whence} it is another state: {difference(again, live)}")


def audited(world: World) -> None:
    """The journal, read by the audit center."""
    for found in audit.violations(world.entries(0), SYMBOLS):
        raise Violation(found.invariant, f"entry {found.seq}: {found.text} (audit)")


def difference(one: Desk, other: Desk) -> str:
    """The first part that differs."""
    parts = zip(one._components, other._components, strict=True)
    for mine, theirs in parts:
        a, b = mine.state(), theirs.state()
        for key in sorted(set(a) | set(b)):
            if a.get(key) != b.get(key):
                return f"{mine.name}.{key}: {str(a.get(key))[:300]} but live {str(b.get(key))[:300]}"
    return "none"

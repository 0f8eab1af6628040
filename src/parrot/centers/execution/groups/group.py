"""One group as the fold of its records: what each of its places has open and holds."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

from parrot.centers.execution.groups.plan import EXIT
from parrot.contracts.commands import Side
from parrot.contracts.groups import Ladder, PlaceGroup, Plan
from parrot.contracts.listing import Listing
from parrot.contracts.venue import Filled
from parrot.kernel.decimals import ZERO, add, multiply, subtract

RETRY_NS: Final = 5_000_000_000
RETRIES_MAX: Final = 5


class Rung(msgspec.Struct, kw_only=True, gc=False):
    """One place of a group.

    `order_id` is its open order, 0 for none; `turns` how many it had, `held` what they have bought less what they have
    sold, fees in base included; `entered` what a ladder has entered there in this round. `failures` are orders in a row
    that ended without a fill and unasked, `retry` is when the next one may leave, ns UTC.
    """

    order_id: int = 0
    turns: int = 0
    held: Decimal = ZERO
    entered: Decimal = ZERO
    failures: int = 0
    retry: int = 0
    stopped: str = ""


class Group(msgspec.Struct, kw_only=True, gc=False):
    """A group as it stands.

    `entered` and `paid` are quantity and cost of a ladder's entries in this round, `first_*` those of its first order.
    """

    id: int
    asked: PlaceGroup
    plan: Plan
    reference: Decimal
    placed: int
    rungs: dict[int, Rung] = {}
    ending: str = ""
    ended: str = ""
    round: int = 1
    entered: Decimal = ZERO
    paid: Decimal = ZERO
    first_entered: Decimal = ZERO
    first_paid: Decimal = ZERO
    fills: int = 0
    cash: Decimal = ZERO

    def rung(self, number: int) -> Rung:
        """A place, made when it is first looked at."""
        return self.rungs.setdefault(number, Rung())

    @property
    def held(self) -> Decimal:
        """What all places hold together."""
        total = ZERO
        for rung in self.rungs.values():
            total = add(total, rung.held)
        return total

    @property
    def average(self) -> Fraction:
        """Price of what a ladder has entered in this round; 0 before."""
        return Fraction(self.paid) / Fraction(self.entered) if self.entered else Fraction(0)

    @property
    def first(self) -> Fraction:
        """Price of a ladder's first order in this round; 0 before."""
        return Fraction(self.first_paid) / Fraction(self.first_entered) if self.first_entered else Fraction(0)

    def fill(self, number: int, fill: Filled, listing: Listing) -> None:
        """Counts one execution of a place, or of the protection of its order."""
        rung, buys = self.rung(number), fill.side is Side.BUY
        worth = multiply(fill.price, fill.quantity)
        rung.held = add(rung.held, fill.quantity) if buys else subtract(rung.held, fill.quantity)
        self.cash = subtract(self.cash, worth) if buys else add(self.cash, worth)
        if fill.fee_currency == listing.base:
            rung.held = subtract(rung.held, fill.fee)
        elif fill.fee_currency == listing.quote:
            self.cash = subtract(self.cash, fill.fee)
        self.fills += 1
        rung.failures = 0
        if isinstance(self.plan, Ladder) and number != EXIT and fill.side is self.plan.side:
            rung.entered = add(rung.entered, fill.quantity)
            self.entered, self.paid = add(self.entered, fill.quantity), add(self.paid, worth)
            if number == 0:
                self.first_entered = add(self.first_entered, fill.quantity)
                self.first_paid = add(self.first_paid, worth)

    def end(self, order_id: int, number: int, now: int, *, failed: str) -> None:
        """Its order has ended; `failed` says why where it should not have."""
        rung = self.rung(number)
        if rung.order_id != order_id:
            return
        rung.order_id = 0
        if failed and not self.ending:
            rung.failures += 1
            rung.retry = now + RETRY_NS * rung.failures
            if rung.failures >= RETRIES_MAX:
                rung.stopped = f"{RETRIES_MAX} orders in a row: {failed}"

    def turn(self) -> None:
        """A ladder begins again; what is left is dust and stays."""
        self.round += 1
        self.rungs = {number: Rung(held=rung.held) for number, rung in self.rungs.items() if rung.held}
        self.entered = self.paid = self.first_entered = self.first_paid = ZERO

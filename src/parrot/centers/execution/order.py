"""One order as execution knows it: the fold of its records."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

from parrot.centers.execution.life import ENDED, OUT, Event, Pending, State, after
from parrot.contracts.commands import OrderKind, Role, Side, SubmitOrder
from parrot.kernel.decimals import ZERO, subtract

ALGOS: Final = frozenset({OrderKind.TWAP, OrderKind.VWAP, OrderKind.POV, OrderKind.ICEBERG})
PROTECTIVE: Final = frozenset({Role.STOP, Role.TAKE})

# Part of the key of a stop that does not go to the venue before its price comes.
HERE: Final = "/here/"

# What a held order is on the wire once its trigger was reached.
FIRED: Final = {
    OrderKind.STOP: OrderKind.MARKET,
    OrderKind.STOP_LIMIT: OrderKind.LIMIT,
    OrderKind.TRAILING: OrderKind.MARKET,
    OrderKind.TOUCH: OrderKind.MARKET,
    OrderKind.TOUCH_LIMIT: OrderKind.LIMIT,
}


class Order(msgspec.Struct, kw_only=True, gc=False):
    """Times ns UTC, quantities in base, prices in quote units; `quantity` and `limit` are what works now.

    `seen` is the venue's time of the first acceptance or fill, which proves that the venue has it.
    `trades` are the executions that were counted, by client id and trade id. `paid` is the sum of price times quantity.
    `done` is what the children of an algo have filled, or what was closed again of a position that has protection.
    """

    id: int
    asked: SubmitOrder
    parent: int
    received: int
    state: State = State.NEW
    quantity: Decimal = ZERO
    limit: Decimal | None = None
    trigger: Decimal | None = None
    client_id: str = ""
    client_ids: list[str] = []
    attempt: int = 0
    repeats: int = 0
    venue_id: str = ""
    first_sent: int = 0
    sent: int = 0
    accepted: int = 0
    seen: int = 0
    fence: int = 0
    filled: Decimal = ZERO
    paid: Decimal = ZERO
    first_price: Decimal = ZERO
    fees: dict[str, Decimal] = {}
    trades: dict[str, int] = {}
    cancel: Pending = Pending.NONE
    replace: Pending = Pending.NONE
    pending_since: int = 0
    unwanted: str = ""
    next_quantity: Decimal = ZERO
    next_limit: Decimal | None = None
    waits_for: str = ""
    held_since: int = 0
    fired: bool = False
    arrival: Decimal | None = None
    children: list[int] = []
    step: int = 0
    due: int = 0
    done: Decimal = ZERO
    note: str = ""
    reason: str = ""
    ended_at: int = 0

    @property
    def ended(self) -> bool:
        """Whether only a late fill can still happen to it."""
        return self.state in ENDED

    @property
    def out(self) -> bool:
        """Whether the venue has it, or may have it."""
        return self.state in OUT

    @property
    def guarded(self) -> bool:
        """Whether what it opens is to be protected."""
        asked = self.asked
        return asked.stop is not None or asked.take is not None or (asked.guard is not None and bool(asked.guard.stop))

    @property
    def unguarded(self) -> Decimal:
        """What it has opened and nothing has closed yet; `done` is what was closed of it."""
        return max(ZERO, subtract(self.filled, self.done)) if self.guarded else ZERO

    @property
    def kept_here(self) -> bool:
        """Whether it is a stop that waits at the desk, because what it covers has an exit at the venue."""
        return self.asked.role is Role.STOP and HERE in self.asked.key

    @property
    def book(self) -> tuple[str, str]:
        """Whose position it changes: strategy and symbol."""
        return self.asked.strategy, self.asked.symbol

    @property
    def most(self) -> Decimal:
        """The quantity in the worst case: a change that is under way may have happened, and may not."""
        return self.quantity if self.replace is Pending.NONE else max(self.quantity, self.next_quantity)

    @property
    def left(self) -> Decimal:
        """What is not filled of what works now; never below zero."""
        return max(ZERO, subtract(self.quantity, self.filled))

    @property
    def sign(self) -> int:
        """1 for a buy, -1 for a sell."""
        return 1 if self.asked.side is Side.BUY else -1

    @property
    def worked(self) -> bool:
        """Whether it is an algo, filled through its children only."""
        return self.asked.kind in ALGOS

    @property
    def protective(self) -> bool:
        """Whether it stands between a position and a loss, or takes its gain."""
        return self.asked.role in PROTECTIVE

    @property
    def unsettled(self) -> bool:
        """Whether an answer of the venue is missing."""
        return (
            self.state in (State.SENT, State.UNKNOWN)
            or self.cancel is not Pending.NONE
            or self.replace is not Pending.NONE
            or self.gone_wrong
        )

    @property
    def gone_wrong(self) -> bool:
        """Whether it should have ended at the venue, and no request that says so is under way."""
        return bool(self.unwanted) and self.out and self.cancel is Pending.NONE

    def move(self, event: Event) -> bool:
        """Goes on by the table; False where the event is illegal, and then nothing changes."""
        found = after(self.state, event)
        if found is None:
            return False
        self.state = found
        return True

"""Groups of orders that are placed, changed and ended as one: grids, and ladders that buy the dips (DCA).

Plans and commands say what is wanted, records what happened. Prices in quote, quantities in base units.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import msgspec

from parrot.contracts.commands import Side
from parrot.contracts.message import Message


class Spacing(StrEnum):
    """Equal distances in price, or equal ratios."""

    ARITHMETIC = "arithmetic"
    GEOMETRIC = "geometric"


class GridStart(StrEnum):
    """What the steps of a grid begin with: `BOTH` buys below the market and sells above it what is held."""

    BUY = "buy"
    SELL = "sell"
    BOTH = "both"


class Grid(msgspec.Struct, frozen=True, kw_only=True, tag="grid", gc=False):
    """`levels` prices from `low` to `high` make `levels - 1` steps, each trading `quantity`.

    A step that has bought at its lower price sells at its upper one, and the other way round, again and again.
    """

    symbol: str
    low: Decimal
    high: Decimal
    levels: int
    quantity: Decimal
    spacing: Spacing = Spacing.ARITHMETIC
    start: GridStart = GridStart.BOTH


class Ladder(msgspec.Struct, frozen=True, kw_only=True, tag="ladder", gc=False):
    """A first order, safety orders further and further away, and one exit that follows the average price (DCA).

    The first order is a market order without `limit`. Safety order k stands `deviation` percent from the first price,
    each gap `gap_scale` times the one before, each quantity `quantity_scale` times the one before. The exit for all
    that is held stands `take` percent from the average price. `stop` is a price at which each entry is closed.
    """

    symbol: str
    side: Side = Side.BUY
    quantity: Decimal
    limit: Decimal | None = None
    safety_orders: int
    safety_quantity: Decimal
    deviation: Decimal
    gap_scale: Decimal = Decimal(1)
    quantity_scale: Decimal = Decimal(1)
    take: Decimal
    stop: Decimal | None = None
    rounds: int = 1


Plan = Grid | Ladder


class PlaceGroup(Message, frozen=True, kw_only=True, gc=False):
    """Asks for a group; `key` is the caller's own name of it, unique within `strategy`."""

    strategy: str
    key: str
    plan: Plan
    account: str = "main"
    user: str = ""
    why: str = ""


class AmendGroup(Message, frozen=True, kw_only=True, gc=False):
    """Gives a group another plan of the same form and symbol; its orders follow."""

    group_id: int
    plan: Plan
    user: str = ""


class CancelGroup(Message, frozen=True, kw_only=True, gc=False):
    """Ends a group: all its orders are withdrawn, what it holds stays."""

    group_id: int
    user: str = ""
    why: str = ""


class GroupPlaced(Message, frozen=True, kw_only=True, gc=False):
    """A group begins; its id is the `seq` of this record, `reference` the price of the market then."""

    asked: PlaceGroup
    reference: Decimal


class GroupAmended(Message, frozen=True, kw_only=True, gc=False):
    """A group has this plan now."""

    group_id: int
    plan: Plan
    by: str


class GroupEnding(Message, frozen=True, kw_only=True, gc=False):
    """No new orders for this group; those that are open are withdrawn."""

    group_id: int
    by: str
    why: str


class GroupRungStopped(Message, frozen=True, kw_only=True, gc=False):
    """One place of a group gets no more orders; the others go on."""

    group_id: int
    rung: int
    why: str


class GroupTurned(Message, frozen=True, kw_only=True, gc=False):
    """A ladder has sold what it held and begins again."""

    group_id: int
    round: int


class GroupEnded(Message, frozen=True, kw_only=True, gc=False):
    """None of its orders is open any more."""

    group_id: int
    why: str


GroupRecord = GroupPlaced | GroupAmended | GroupEnding | GroupRungStopped | GroupTurned | GroupEnded

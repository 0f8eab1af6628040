"""What may be asked of the desk of an account: imperative, and each may be refused with a reason."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from parrot.contracts.message import Message

SCREEN: Final = "screen"  # the source of a kill by somebody who is signed in there
PAUSE: Final = "pause"  # the source of a kill that a strategy's runner may take back


class Side(StrEnum):
    """Buy or sell."""

    BUY = "buy"
    SELL = "sell"


class OrderKind(StrEnum):
    """How an order waits for its price; algos are worked as child orders."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"
    TRAILING = "trailing"
    TOUCH = "touch"
    TOUCH_LIMIT = "touch_limit"
    TWAP = "twap"
    VWAP = "vwap"
    POV = "pov"
    ICEBERG = "iceberg"


class TimeInForce(StrEnum):
    """How long an order lives."""

    GTC = "gtc"
    GTD = "gtd"
    DAY = "day"
    IOC = "ioc"
    FOK = "fok"


class Role(StrEnum):
    """What an order is for; protective orders pass where exposure limits would block others."""

    PLAIN = "plain"
    STOP = "stop"
    TAKE = "take"
    CHILD = "child"
    FLATTEN = "flatten"


class OpenDesk(Message, frozen=True, kw_only=True, gc=False):
    """A process takes the desk over, after the replay and first of all; `build`, `schema`, `config` are hashes."""

    account: str = "main"
    build: str
    schema: str
    config: str


class CloseDesk(Message, frozen=True, kw_only=True, gc=False):
    """The process lets go in good order; nothing comes after it."""

    reason: str


class Guard(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Protection that follows the first fill of an order, measured from its price.

    Units are "price" (a level), "percent" (of the fill's price) and "distance" (in quote units); `trailing` follows the
    best price since then. Whoever made the order places these orders itself; the desk does where they fail to come.
    """

    stop: Decimal | None = None
    stop_unit: str = "price"
    trailing: bool = False
    take: Decimal | None = None
    take_unit: str = "price"


class SubmitOrder(Message, frozen=True, kw_only=True, gc=False):
    """Asks for an order; quantities in base units, prices in quote units, times ns UTC.

    `key` is the caller's own idempotency key, unique within `strategy`: the same key again is the same order. `decided`
    is the time of the datum on which the caller decided. `trail` is a distance, with `trail_percent` in percent of the
    price. `stop` and `take` are protection for what it opens ("protected or flat"); `guard` is protection that the
    strategy places itself. `group` joins orders of which one cancels the other. `duration`, `participation`, `display`
    are for algos. `user` is who asked, where a person did.
    """

    strategy: str
    key: str
    symbol: str
    side: Side
    quantity: Decimal
    kind: OrderKind = OrderKind.MARKET
    limit: Decimal | None = None
    trigger: Decimal | None = None
    trail: Decimal | None = None
    trail_percent: bool = False
    tif: TimeInForce = TimeInForce.GTC
    until: int = 0
    post_only: bool = False
    reduce_only: bool = False
    role: Role = Role.PLAIN
    stop: Decimal | None = None
    take: Decimal | None = None
    guard: Guard | None = None
    group: str = ""
    duration: int = 0
    slices: int = 0
    participation: Decimal | None = None
    display: Decimal | None = None
    decided: int = 0
    account: str = "main"
    user: str = ""
    why: str = ""


class CancelOrder(Message, frozen=True, kw_only=True, gc=False):
    """Asks for the end of one order."""

    order_id: int
    user: str = ""
    why: str = ""


class CancelAll(Message, frozen=True, kw_only=True, gc=False):
    """Asks for the end of all orders of a strategy and symbol; empty means any. Protection stays."""

    strategy: str = ""
    symbol: str = ""
    user: str = ""
    why: str = ""


class AmendOrder(Message, frozen=True, kw_only=True, gc=False):
    """Asks for another quantity or limit of a working order; None leaves what is."""

    order_id: int
    quantity: Decimal | None = None
    limit: Decimal | None = None
    user: str = ""
    why: str = ""


class EngageKill(Message, frozen=True, kw_only=True, gc=False):
    """Stops all orders of a scope before the wire, at once and until a named person re-arms it.

    `scope` is "all", "strategy:<id>", "symbol:<symbol>" or "account:<name>". `flatten` closes positions as well;
    `source` is the way in: screen, api, cli, file, rule; or pause, of one strategy that is only to take no new entries.
    """

    scope: str = "all"
    by: str
    source: str
    reason: str = ""
    flatten: bool = False


class RearmKill(Message, frozen=True, kw_only=True, gc=False):
    """Lets orders of a scope leave again; `by` is the name of a person.

    With the source PAUSE only where a pause and nothing else holds it.
    """

    scope: str = "all"
    by: str
    source: str = ""
    reason: str = ""


class SetLimits(Message, frozen=True, kw_only=True, gc=False):
    """Replaces the limits of one node of the risk tree.

    `scope` is "firm", "user:<name>", "account:<name>", "strategy:<id>" or "symbol:<symbol>"; `limits` maps the name of
    a rule to its value as text; `approver` is a named person.
    """

    scope: str
    limits: dict[str, str]
    approver: str


class Deposit(Message, frozen=True, kw_only=True, gc=False):
    """Records money or coins that came from outside (negative: that went out); `key` makes it happen once."""

    key: str
    account: str = "main"
    currency: str
    amount: Decimal
    by: str


class ReversePosting(Message, frozen=True, kw_only=True, gc=False):
    """Takes a deposit or an adjustment back by its opposite: `ref` is that of the transaction, `by` a named person."""

    ref: str
    account: str = "main"
    by: str
    reason: str = ""


class RegisterStrategy(Message, frozen=True, kw_only=True, gc=False):
    """Asks for a version of a strategy: its file (`FILE.py` or `FILE.py:Class`), its text's hash, parameters and data.

    `timeframe` is the length of its bars, such as "5s", empty for none; `feeds` are "bars", "trades", "quotes", empty
    for those that its handlers take. `mode` is paper or live. `parent` is the version that it was made from, 0 for
    none, and `note` says why it was made.
    """

    strategy: str
    name: str
    path: str
    code_hash: str
    parameters: dict[str, str]
    symbols: list[str]
    timeframe: str
    feeds: list[str] = msgspec.field(default_factory=list)
    mode: str = "paper"
    cash: Decimal
    by: str
    parent: int = 0
    note: str = ""


class StartStrategy(Message, frozen=True, kw_only=True, gc=False):
    """Asks for a registered strategy to run."""

    strategy: str
    by: str


class StopStrategy(Message, frozen=True, kw_only=True, gc=False):
    """Asks for a running strategy to stop; its orders are cancelled, its position stays unless `flatten`."""

    strategy: str
    by: str
    flatten: bool = False
    reason: str = ""


class StrategyFailed(Message, frozen=True, kw_only=True, gc=False):
    """The supervisor had to stop a strategy; `fault` is hung, crashed, raised, memory, diverged, broken or flood."""

    strategy: str
    fault: str
    reason: str


class NoteDecision(Message, frozen=True, kw_only=True, gc=False):
    """A strategy's host saw one of its gates pass or stop something; `key` is the order's where there is one."""

    strategy: str
    symbol: str
    key: str = ""
    gate: str
    passed: bool
    text: str
    decided: int


class AdoptVenue(Message, frozen=True, kw_only=True, gc=False):
    """A person takes the venue's side of a mismatch; the difference becomes an adjustment in the ledger."""

    account: str = "main"
    by: str
    reason: str = ""


class Quoted(Message, frozen=True, kw_only=True, gc=False):
    """The market of one symbol as the data gate passed it; prices in quote units, times ns UTC. Never journalled.

    `valid` False says that the book must not be used (gap, crossed, stale); then prices are the last good ones.
    """

    symbol: str
    ts: int
    received: int
    bid: Decimal
    ask: Decimal
    last: Decimal
    bid_size: Decimal = Decimal(0)
    ask_size: Decimal = Decimal(0)
    volume: Decimal = Decimal(0)
    valid: bool = True


class Beat(Message, frozen=True, kw_only=True, gc=False):
    """Time went on: timers, fences and freshness are looked at. Never journalled."""

    ts: int

"""The matching engine: an exchange for people, records for programs, replays of recorded streams."""

from parrot._core import Matching as Core
from parrot.engine.matching.exchange import Book, Exchange, Indicative, Level
from parrot.engine.matching.feeds import Feeds, Published
from parrot.engine.matching.orders import Order
from parrot.engine.matching.records import COMMAND, EVENT, ORDER, commands
from parrot.engine.matching.replay import replay
from parrot.engine.matching.venue import Balance
from parrot.engine.matching.words import (
    EVERY_SYMBOL,
    Change,
    CommandKind,
    EventKind,
    Flag,
    Limit,
    ListKind,
    Mark,
    OrderType,
    Phase,
    Reason,
    SelfTrade,
    Side,
    Status,
    TimeInForce,
)
from parrot.kernel.errors import Refused

__all__ = [
    "COMMAND",
    "EVENT",
    "EVERY_SYMBOL",
    "ORDER",
    "Balance",
    "Book",
    "Change",
    "CommandKind",
    "Core",
    "EventKind",
    "Exchange",
    "Feeds",
    "Flag",
    "Indicative",
    "Level",
    "Limit",
    "ListKind",
    "Mark",
    "Order",
    "OrderType",
    "Phase",
    "Published",
    "Reason",
    "Refused",
    "SelfTrade",
    "Side",
    "Status",
    "TimeInForce",
    "commands",
    "replay",
]

"""The words of commands and events; their codes are the core's (a test compares them)."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Final


class CommandKind(IntEnum):
    """What a command asks for."""

    ORDER = 1
    CANCEL = 2
    AMEND = 3
    MASS_CANCEL = 4
    DISCONNECT = 5
    TIME = 6
    PHASE = 7
    REFERENCE = 8
    ADD_CURRENCY = 16
    ADD_SYMBOL = 17
    SET_LIMIT = 18
    ADD_OWNER = 19
    DEPOSIT = 20
    WITHDRAW = 21
    SET_TIER = 22
    JOIN_TIER = 23
    FEE_CURRENCY = 24
    CONVERSION = 25


class OrderType(IntEnum):
    """Types of order."""

    LIMIT = 0
    MARKET = 1
    MARKET_TO_LIMIT = 2
    STOP = 3
    STOP_LIMIT = 4
    TOUCH = 5
    TOUCH_LIMIT = 6
    TRAILING = 7
    PEG_PRIMARY = 8
    PEG_MID = 9


class TimeInForce(IntEnum):
    """How long an order lives."""

    GTC = 0
    GTD = 1
    DAY = 2
    IOC = 3
    FOK = 4
    AT_OPEN = 5
    AT_CLOSE = 6


class SelfTrade(IntEnum):
    """What happens when an order would trade with one of the same owner."""

    NONE = 0
    CANCEL_NEWEST = 1
    CANCEL_OLDEST = 2
    CANCEL_BOTH = 3
    DECREMENT = 4


class ListKind(IntEnum):
    """Orders that belong together."""

    OCO = 1
    OTO = 2
    BRACKET = 3


class Phase(IntEnum):
    """Phases of a symbol's trading."""

    CLOSED = 0
    OPENING = 1
    CONTINUOUS = 2
    CLOSING = 3
    HALTED = 4


class Limit(IntEnum):
    """Limits of a symbol."""

    MIN_PRICE = 1
    MAX_PRICE = 2
    MIN_QUANTITY = 3
    MAX_QUANTITY = 4
    MIN_NOTIONAL = 5
    MAX_NOTIONAL = 6
    BUY_DOWN = 7
    BUY_UP = 8
    SELL_DOWN = 9
    SELL_UP = 10
    MAX_ORDERS = 11
    MAX_ALGO_ORDERS = 12
    MAX_POSITION = 13
    BAND = 14
    BAND_HALTS = 15


class EventKind(IntEnum):
    """What happened."""

    REJECTED = 1
    ACCEPTED = 2
    RESTED = 3
    TRADE = 4
    REFRESHED = 5
    FILLED = 6
    CANCELLED = 7
    EXPIRED = 8
    AMENDED = 9
    TRIGGERED = 10
    REPRICED = 11
    PREVENTED = 12
    SHRUNK = 13
    ASIDE = 14
    PHASE = 15
    AUCTION = 16
    REDUCED = 17
    DONE = 18


class Reason(IntEnum):
    """Why a command was refused, or an order ended."""

    NONE = 0
    UNKNOWN_SYMBOL = 1
    UNKNOWN_OWNER = 2
    UNKNOWN_ORDER = 3
    NOT_OWNER = 4
    UNKNOWN_CURRENCY = 5
    INVALID_KIND = 6
    INVALID_SIDE = 7
    INVALID_TYPE = 8
    INVALID_TIF = 9
    INVALID_STP = 10
    INVALID_FLAGS = 11
    INVALID_PRICE = 12
    INVALID_DISPLAY = 13
    INVALID_MINIMUM = 14
    INVALID_TRIGGER = 15
    INVALID_EXPIRY = 16
    INVALID_QUANTITY = 17
    INVALID_LIST = 18
    INVALID_PHASE = 19
    INVALID_VALUE = 20
    TIME_BACKWARD = 21
    MARKET_CLOSED = 22
    MARKET_HALTED = 23
    WRONG_PHASE = 24
    PRICE_TICK = 25
    PRICE_RANGE = 26
    QUANTITY_LOT = 27
    QUANTITY_RANGE = 28
    AMOUNT = 29
    NOTIONAL = 30
    PERCENT_PRICE = 31
    REDUCE_ONLY = 32
    MAX_ORDERS = 33
    MAX_ALGO_ORDERS = 34
    MAX_POSITION = 35
    NO_REFERENCE = 36
    WOULD_TRIGGER = 37
    WOULD_TAKE = 38
    INSUFFICIENT_BALANCE = 39
    LIST_MEMBER = 40
    LISTED = 41
    NO_LIQUIDITY = 42
    UNFILLED = 43
    FILL_OR_KILL = 44
    MINIMUM = 45
    FUNDS = 46
    SELF_TRADE = 47
    PRICE_BAND = 48
    GTD = 49
    END_OF_DAY = 50
    AUCTION_OVER = 51
    REQUESTED = 52
    MASS = 53
    DISCONNECTED = 54
    OCO = 55
    PARENT = 56


class Flag(IntFlag):
    """Flags of a command."""

    POST_ONLY = 1
    SLIDE = 2
    REDUCE_ONLY = 4
    QUOTE = 8
    PERCENT = 16
    ON_DISCONNECT = 32
    FEE_CURRENCY = 64


class Mark(IntFlag):
    """Marks of an event."""

    IN_BOOK = 1
    MAKER_DONE = 2
    TAKER_DONE = 4
    AUCTION = 8
    MAKER_THIRD = 16
    TAKER_THIRD = 32
    KEPT = 64


class Status(IntEnum):
    """How an order stands after what a report tells."""

    REJECTED = 0
    NEW = 1
    PARTIALLY_FILLED = 2
    FILLED = 3
    CANCELLED = 4
    EXPIRED = 5


class Change(IntEnum):
    """What happens to an order in the book."""

    ADD = 0
    SET = 1
    REMOVE = 2


class Side(IntEnum):
    """Sides of an order; `BOTH` only in a mass cancel."""

    BUY = 0
    SELL = 1
    BOTH = 2


EVERY_SYMBOL: Final = 65_535  # in a mass cancel

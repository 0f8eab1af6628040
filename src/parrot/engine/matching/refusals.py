"""What a refusal of the engine says to people."""

from __future__ import annotations

from typing import Final

from parrot.engine.matching.words import Reason
from parrot.kernel.errors import Refused

# What was wrong, what would have been right, what to do; rules: docs/reference/matching.md.
_TEXTS: Final[dict[Reason, tuple[str, str, str]]] = {
    Reason.UNKNOWN_SYMBOL: ("there is no such symbol", "a number below the count of symbols", "add_symbol(...) first"),
    Reason.UNKNOWN_OWNER: (
        "there is no such account",
        "a number below the count of accounts",
        "add_account(...) first",
    ),
    Reason.UNKNOWN_ORDER: ("no order with that handle is alive", "the handle of an order that has not ended", ""),
    Reason.NOT_OWNER: ("the order belongs to another account", "the account that sent it", ""),
    Reason.UNKNOWN_CURRENCY: ("there is no such currency", "one that was added", "add_currency(...) first"),
    Reason.INVALID_KIND: ("the kind of command is unknown", "one of CommandKind", ""),
    Reason.INVALID_SIDE: ("the side cannot be", "BUY or SELL (BOTH in a mass cancel)", ""),
    Reason.INVALID_TYPE: ("the type of order is unknown", "one of OrderType", ""),
    Reason.INVALID_TIF: ("this type of order cannot have that time in force", "one that the table of M12 allows", ""),
    Reason.INVALID_STP: ("the mode of self-trade prevention is unknown", "one of SelfTrade", ""),
    Reason.INVALID_FLAGS: ("this type of order cannot have those flags", "those that the table of M12 allows", ""),
    Reason.INVALID_PRICE: ("a price where none belongs, or none where one does", "a price above 0 for limits", ""),
    Reason.INVALID_DISPLAY: ("the display quantity cannot be", "above 0 and below the quantity, of a limit order", ""),
    Reason.INVALID_MINIMUM: ("the minimum quantity cannot be", "above 0, at most the quantity, without display", ""),
    Reason.INVALID_TRIGGER: ("the trigger or trail cannot be", "above 0, only where the type has one", ""),
    Reason.INVALID_EXPIRY: ("the expiry cannot be", "a time after now for GTD, none for others", ""),
    Reason.INVALID_QUANTITY: ("the quantity cannot be", "more than 0, and more than what is filled", ""),
    Reason.INVALID_LIST: ("these orders cannot form a list", "legs as M34 says", ""),
    Reason.INVALID_PHASE: ("the symbol cannot go to that phase", "a phase other than its own", ""),
    Reason.INVALID_VALUE: ("a setting has a value that cannot be", "one within the table of settings", ""),
    Reason.TIME_BACKWARD: ("time does not go back", "a time at or after the last one", ""),
    Reason.MARKET_CLOSED: ("the symbol is closed", "an open symbol", "open(symbol) first"),
    Reason.MARKET_HALTED: ("the symbol is halted", "an open symbol", "open(symbol) ends a halt"),
    Reason.WRONG_PHASE: ("not in this phase of the symbol", "see M13", ""),
    Reason.PRICE_TICK: ("a price is not a multiple of the tick", "whole ticks", "round it to the tick"),
    Reason.PRICE_RANGE: ("a price lies outside the lowest and highest price", "one between them", ""),
    Reason.QUANTITY_LOT: ("a quantity is not a multiple of the lot", "whole lots", "round it to the lot"),
    Reason.QUANTITY_RANGE: ("the quantity lies outside the smallest and largest one", "one between them", ""),
    Reason.AMOUNT: ("an amount of money does not fit 63 bits", "smaller amounts", "currencies with fewer decimals"),
    Reason.NOTIONAL: ("quantity x price lies outside the smallest and largest notional", "one between them", ""),
    Reason.PERCENT_PRICE: ("the price is too far from the reference price", "one within the bounds of its side", ""),
    Reason.REDUCE_ONLY: ("there is no position that this would reduce", "an order against the position", ""),
    Reason.MAX_ORDERS: ("the account has too many open orders in this symbol", "fewer", "cancel some"),
    Reason.MAX_ALGO_ORDERS: ("too many orders of the account wait for a trigger", "fewer", "cancel some"),
    Reason.MAX_POSITION: ("the account would hold too much of this symbol", "a smaller quantity", ""),
    Reason.NO_REFERENCE: (
        "there is no last or reference price to start from",
        "a trade before it",
        "set_reference(...)",
    ),
    Reason.WOULD_TRIGGER: ("the trigger is reached already", "one that the last price has not reached", ""),
    Reason.WOULD_TAKE: ("a post-only order would take", "a price that the other side does not reach", ""),
    Reason.INSUFFICIENT_BALANCE: ("not enough is free", "the whole amount free", "deposit(...), or cancel orders"),
    Reason.LIST_MEMBER: ("another leg of the list was refused", "legs that all can be", ""),
    Reason.LISTED: ("legs of a list cannot be amended", "an order by itself", "cancel it and send another list"),
    Reason.NO_LIQUIDITY: ("there is nothing on the other side", "orders to take from", ""),
}


def refusal(reason: int, what: str, free: str = "", worth: str = "") -> Refused:
    """The error for a reason of the engine; `what` names the command, as "BTC/USD: order of ann".

    `free` tells what the account has, where that is not enough, `worth` what the order is worth, where that is amiss.
    """
    known = Reason(reason)
    problem, expected, fix = _TEXTS.get(known, ("refused", "", ""))
    if free and known is Reason.INSUFFICIENT_BALANCE:
        problem = f"{problem}, only {free}"
    if worth and known is Reason.NOTIONAL:
        problem = f"{problem}: {worth}"
    return Refused(f"{what}: {problem}", reason=known.name, expected=expected, fix=fix)

"""New orders (D) as the exchange takes them, and its refusals in the words of FIX."""

from __future__ import annotations

from typing import Any, Final

from parrot.contracts.exchange import Kind, Lifetime, MarketKind, NewOrder, PublicMarket, Why
from parrot.gateway.fix import tags
from parrot.gateway.fix.messages import FieldError, Incoming
from parrot.gateway.fix.reports import FOR_THE_DAY, LIFETIMES, POST_ONLY, SIDES

UNKNOWN_SYMBOL: Final = 1
UNSUPPORTED: Final = 11
DUPLICATE: Final = 6
OTHER: Final = 99

_SIDES: Final = {text: side for side, text in SIDES.items()}
_LIFETIMES: Final = {text: lifetime for lifetime, text in LIFETIMES.items()}
_KINDS: Final = {"1": Kind.MARKET, "2": Kind.LIMIT, "3": Kind.STOP, "4": Kind.STOP_LIMIT, "J": Kind.TOUCH}
_LIMITED: Final = frozenset({Kind.LIMIT, Kind.STOP_LIMIT})
_TRIGGERED: Final = frozenset({Kind.STOP, Kind.STOP_LIMIT, Kind.TOUCH})
# What the standard knows and this exchange does not; any other value is none.
_OTHER_SIDES: Final = frozenset("3456789ABCDEFG")
_OTHER_KINDS: Final = frozenset("6789DEGIKLMP")
_OTHER_LIFETIMES: Final = frozenset("56")
_HELD_BACK: Final = frozenset("125")  # ExecInst: not held, work, held: all the same here

_ORDER_REASONS: Final[dict[str, int]] = {
    Why.SYMBOL: UNKNOWN_SYMBOL,
    Why.CLOSED: 2,
    Why.BALANCE: 3,
    Why.MAX_ORDERS: 3,
    Why.MAX_STOPS: 3,
    Why.MAX_ICEBERGS: 3,
    Why.MAX_LISTS: 3,
    Why.MAX_POSITION: 3,
    Why.NOTIONAL: 3,
    Why.UNKNOWN_ORDER: 5,
    Why.DUPLICATE_ID: DUPLICATE,
    Why.COMBINATION: UNSUPPORTED,
    Why.ICEBERG_PARTS: UNSUPPORTED,
    Why.LOT_SIZE: 13,
    Why.MARKET_LOT_SIZE: 13,
    Why.UNKNOWN_ACCOUNT: 15,
}
_CANCEL_REASONS: Final[dict[str, int]] = {Why.UNKNOWN_ORDER: 1, Why.NOT_OPEN: 0, Why.DUPLICATE_ID: 6}


class Unsupported(Exception):  # noqa: N818  never leaves the gateway
    """An order that FIX knows and this exchange does not take."""


def order_reason(reason: str) -> int:
    """OrdRejReason (103) of a refusal."""
    return _ORDER_REASONS.get(reason, OTHER)


def cancel_reason(reason: str) -> int:
    """CxlRejReason (102) of a refusal."""
    return _CANCEL_REASONS.get(reason, OTHER)


def new_order(message: Incoming, market: PublicMarket | None) -> NewOrder:
    """The order of a D. Raises FieldError and Unsupported."""
    kind = _chosen(message, tags.ORD_TYPE, _KINDS, _OTHER_KINDS)
    by_amount = bool(message.find(tags.CASH_ORDER_QTY)) and not message.find(tags.ORDER_QTY)
    if by_amount and kind is not Kind.MARKET:
        raise Unsupported("only market orders are by amount, CashOrderQty (152)")
    if kind not in _LIMITED and message.find(tags.PRICE).strip("0.") and message.amount(tags.PRICE):
        raise Unsupported("an order of this type has no Price (44)")
    lifetime = _lifetime(message)
    endless = lifetime is Lifetime.DAY and market is not None and market.kind is MarketKind.SPOT
    return NewOrder(
        symbol=message.name(tags.SYMBOL),
        side=_chosen(message, tags.SIDE, _SIDES, _OTHER_SIDES),
        kind=kind,
        quantity=0 if by_amount else message.amount(tags.ORDER_QTY),
        quote_quantity=message.amount(tags.CASH_ORDER_QTY) if by_amount else 0,
        limit=message.amount(tags.PRICE) if kind in _LIMITED else 0,
        trigger=message.amount(tags.STOP_PX) if kind in _TRIGGERED else 0,
        display=message.amount(tags.MAX_FLOOR) if message.find(tags.MAX_FLOOR).strip("0.") else 0,
        lifetime=Lifetime.GTC if endless else lifetime,
        flags=FOR_THE_DAY if endless else 0,
        post_only=_post_only(message),
        client_id=message.name(tags.CL_ORD_ID),
    )


def _chosen(message: Incoming, tag: int, known: dict[str, Any], others: frozenset[str]) -> Any:
    text = message.need(tag)
    if text in others:
        raise Unsupported(f"{text} in tag {tag} is not supported")
    if text not in known:
        raise FieldError(tag, tags.WRONG_VALUE, f"tag {tag} has a value that it cannot have")
    return known[text]


def _lifetime(message: Incoming) -> Lifetime:
    """Orders are for the day unless they say otherwise."""
    if not message.find(tags.TIME_IN_FORCE):
        return Lifetime.DAY
    chosen: Lifetime = _chosen(message, tags.TIME_IN_FORCE, _LIFETIMES, _OTHER_LIFETIMES)
    return chosen


def _post_only(message: Incoming) -> bool:
    wishes = message.find(tags.EXEC_INST).split()
    if not _HELD_BACK.union(POST_ONLY).issuperset(wishes):
        raise Unsupported("of ExecInst (18) only 6, participate do not initiate, is supported")
    return POST_ONLY in wishes

"""Trades with oneself that did not happen: two orders, what each lost, and whose mode decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from parrot.contracts.exchange import AccountEvent, Change, OrderChanged, OrderState, SelfTrade
from parrot.gateway.binance_api.amounts import text
from parrot.gateway.binance_api.views import SELF_TRADES

_BOTH: Final = (SelfTrade.EXPIRE_BOTH, SelfTrade.DECREMENT)


class Match(NamedTuple):
    """One meeting of two orders of an account; its number is that of the first change of an order that it caused."""

    id: int
    symbol: str
    taker: int
    maker: int
    taker_lost: int
    maker_lost: int
    ts: int


def number_of(event: OrderChanged) -> int:
    """The number of the match that an event is of: where both orders lose, the maker is told first."""
    return event.id - 1 if event.took and event.order.order.self_trade in _BOTH else event.id


def matches(events: Iterable[AccountEvent]) -> list[Match]:
    """The matches of some events, both sides of each together."""
    found: dict[int, Match] = {}
    for event in events:
        if not isinstance(event, OrderChanged) or event.change is not Change.PREVENTED:
            continue
        number, state = number_of(event), event.order
        taker, maker = state.order_id, event.against
        if not event.took:
            taker, maker = maker, taker
        match = found.get(number) or Match(number, state.order.symbol, taker, maker, 0, 0, event.ts)
        if state.order_id == taker:
            found[number] = match._replace(taker_lost=event.prevented)
        else:
            found[number] = match._replace(maker_lost=event.prevented)
    return list(found.values())


def brief(match: Match, order_of: Callable[[int], OrderState]) -> dict[str, Any]:
    """A match as the answer to the order that caused it tells it."""
    shown: dict[str, Any] = {
        "preventedMatchId": match.id,
        "makerSymbol": match.symbol,
        "makerOrderId": match.maker,
        "price": text(order_of(match.maker).limit),
    }
    if match.taker_lost:
        shown["takerPreventedQuantity"] = text(match.taker_lost)
    if match.maker_lost:
        shown["makerPreventedQuantity"] = text(match.maker_lost)
    return shown


def whole(match: Match, order_of: Callable[[int], OrderState], unit: int) -> dict[str, Any]:
    """A match as a question for it is answered."""
    return {
        "symbol": match.symbol,
        "takerOrderId": match.taker,
        "tradeGroupId": -1,
        "selfTradePreventionMode": SELF_TRADES[order_of(match.taker).order.self_trade],
        **brief(match, order_of),
        "transactTime": match.ts // unit,
    }

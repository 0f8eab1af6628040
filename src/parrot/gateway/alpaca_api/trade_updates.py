"""Trade updates: what happens to an account's orders, as the stream tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from parrot.contracts.exchange import AccountEvent, Change, MarketEvent, OrderChanged
from parrot.gateway.alpaca_api import names
from parrot.gateway.alpaca_api.stocks import Stocks
from parrot.gateway.alpaca_api.values import moment, text

Json = dict[str, Any]

_ENDS: Final = (Change.CANCELED, Change.EXPIRED)


class TradeUpdates:
    """Turns changes of orders into updates."""

    def __init__(self, stocks: Stocks) -> None:
        self._stocks = stocks

    def tell(self, account: str, events: Sequence[AccountEvent | MarketEvent]) -> list[Json]:
        """The updates of an account, in order; they are told after all of `events` has happened."""
        ours = [
            event
            for event in events
            if isinstance(event, OrderChanged)
            and event.order.account == account
            and event.order.order.symbol in self._stocks.markets
        ]
        later: dict[str, int] = {}
        found: list[Json] = []
        for event in reversed(ours):
            symbol, fill = event.order.order.symbol, event.execution
            update = self._update(account, event, later.get(symbol, 0))
            if fill is not None:
                later[symbol] = later.get(symbol, 0) + (fill.quantity if fill.side == "buy" else -fill.quantity)
            if update is not None:
                found.append(update)
        return found[::-1]

    def _update(self, account: str, event: OrderChanged, later: int) -> Json | None:
        stocks, state = self._stocks, event.order
        group = stocks.group(state)
        order = stocks.teller.order(state, event.ts, group.form if group is not None else None)
        word = _word(event, order["status"])
        if word is None:
            return None
        held = stocks.shares(account, state.order.symbol)
        update: Json = {
            "event": word,
            "execution_id": names.event_id(event),
            "timestamp": moment(event.ts),
            "order": order,
            "position_qty": text(held.free + held.locked - later),
        }
        fill = event.execution
        if fill is not None:
            update |= {"execution_id": names.execution_id(fill), "price": text(fill.price), "qty": text(fill.quantity)}
        return update


def _word(event: OrderChanged, status: str) -> str | None:
    if event.change is Change.NEW:
        return None if status == "held" else "accepted" if status == "accepted" else "new"
    if event.change is Change.TRADE:
        return "fill" if status == "filled" else "partial_fill"
    if event.change is Change.REPLACED:
        return "replaced" if status == "replaced" else "restated"
    return status if event.change in _ENDS else None

"""Ids as Alpaca gives them: uuids made of what they name, so that the same thing always has the same one."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from parrot.contracts.exchange import Execution, OrderChanged, OrderState
from parrot.ports.exchange import PublicExchange

_NAMESPACE: Final = uuid5(NAMESPACE_URL, "parrot:alpaca")
_PAGE: Final = 1_000
_KEPT: Final = 50_000


@lru_cache(maxsize=65_536)
def order_id(number: int) -> str:
    """The uuid of an order."""
    return str(uuid5(_NAMESPACE, f"order:{number}"))


@lru_cache(maxsize=4096)
def account_id(account: str) -> str:
    """The uuid of an account."""
    return str(uuid5(_NAMESPACE, f"account:{account}"))


@lru_cache(maxsize=4096)
def asset_id(symbol: str) -> str:
    """The uuid of a stock."""
    return str(uuid5(_NAMESPACE, f"asset:{symbol}"))


def execution_id(execution: Execution) -> str:
    """The uuid of a fill."""
    return str(uuid5(_NAMESPACE, f"execution:{execution.symbol}:{execution.trade_id}:{execution.order_id}"))


def event_id(event: OrderChanged) -> str:
    """The uuid of what happened to an order."""
    return str(uuid5(_NAMESPACE, f"event:{event.order.order_id}:{event.change}:{event.ts}:{event.id}"))


def account_number(account: str) -> str:
    """The number of an account: PA and ten digits."""
    return f"PA{uuid5(_NAMESPACE, f'number:{account}').int % 10**10:010d}"


def canonical(text: str) -> str | None:
    """A uuid in its usual letters, None for what is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return None


class Index:
    """Which order has which uuid; looked up in the exchange when one is asked for that is not known yet."""

    def __init__(self, exchange: PublicExchange) -> None:
        self._exchange = exchange
        self._found: dict[str, dict[str, int]] = {}
        self._last: dict[str, int] = {}

    def number(self, account: str, uuid: str) -> int | None:
        """The order of an account that has a uuid, None where there is none."""
        known = self._found.setdefault(account, {})
        if uuid not in known:
            self._learn(account, known)
        return known.get(uuid)

    def note(self, state: OrderState) -> None:
        """Remembers an order that was just made, so that nobody has to look for it."""
        known = self._found.setdefault(state.account, {})
        if len(known) >= _KEPT:  # most of these the exchange has forgotten by now
            known.clear()
            self._last[state.account] = 0
        known[order_id(state.order_id)] = state.order_id

    def _learn(self, account: str, known: dict[str, int]) -> None:
        last = self._last.get(account, 0)
        while True:
            page = self._exchange.orders(account, from_id=last + 1, limit=_PAGE)
            for state in page:
                known[order_id(state.order_id)] = last = state.order_id
            if len(page) < _PAGE:
                break
        self._last[account] = last

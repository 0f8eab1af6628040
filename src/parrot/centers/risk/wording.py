"""Refusals in words: each names the rule, the scope, the limit and what was found."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple


class Refusal(NamedTuple):
    """Why an order may not leave."""

    rule: str
    scope: str
    limit: str
    actual: str

    def text(self) -> str:
        """The sentence for people."""
        return f"{self.rule} of {self.scope}: {SAYS[self.rule].format(limit=self.limit, actual=self.actual)}"


Gate = tuple[str, str, str, str]

SAYS: Final = MappingProxyType(
    {
        "fields": "{actual}; allowed is {limit}",
        "kill": "{limit}; {actual}",
        "parent": "the order that it works has {limit} left, the child wants {actual}",
        "mismatch": "the account may only shrink positions; {actual}",
        "live_limits": "a live strategy needs limits on {limit}; missing: {actual}",
        "price": "a price is needed; {actual}",
        "protective_collar": "even closing, its limit may be {limit} (as a fraction) beyond the price; it is {actual}",
        "funds": "{limit}; it needs {actual}",
        "reduce_only": "it may only shrink the position; what can be closed is {actual}",
        "instruments": "only {limit} may be traded; this is {actual}",
        "restricted": "{limit} may not be traded; this is {actual}",
        "trading_hours": "trading is open {limit}; now it is {actual}",
        "stale_data": "data may be {limit} old; they are {actual}",
        "max_quantity": "an order may be for {limit}; this is for {actual}",
        "max_notional": "an order may be worth {limit}; this is worth {actual}",
        "price_collar": "its limit may be at most {limit} (as a fraction) beyond the last good price; it is {actual}",
        "order_rate": "{limit} orders may come; there came {actual}",
        "rate_breaker": "more than {limit} orders halt the scope; there came {actual}",
        "refusal_breaker": "more than {limit} refusals halt the scope; there came {actual}",
        "duplicate_window": "the same order may come again after {limit}; it came {actual}",
        "max_open_orders": "{limit} orders may be open; with this they are {actual}",
        "order_to_trade": "{limit} orders may come for a fill; there came {actual}",
        "self_trade": "it must not meet an own order; it would meet {actual}",
        "long_only": "positions may not become negative; with this it could be {actual}",
        "max_position": "the position may be {limit}; with all that is open it could be {actual}",
        "max_gross": "gross exposure may be {limit}; with all that is open it could be {actual}",
        "max_net": "net exposure may be {limit}; with all that is open it could be {actual}",
        "concentration": "one symbol may be {limit} of equity; with all that is open it could be worth {actual}",
        "leverage": "gross exposure may be {limit} times equity; with all that is open it could be {actual}",
        "daily_loss": "{limit} may be lost in a day; lost are {actual}",
        "drawdown": "profit may fall by {limit} from its peak; it fell by {actual}",
    }
)

# What each limit is, for who sets it.
TOLD: Final = MappingProxyType(
    {
        "reduce_only": "orders may only shrink positions (yes or no)",
        "instruments": "only these symbols may be traded, with commas between them",
        "restricted": "these symbols may not be traded, with commas between them",
        "trading_hours": "when trading is open, such as mon-fri 09:30-16:00, UTC",
        "stale_data": "how old data may be, such as 5s",
        "max_quantity": "largest order, in coins or shares",
        "max_notional": "largest order, in money",
        "price_collar": "how far beyond the last good price a limit may be, as a fraction (0.05 is 5 %)",
        "order_rate": "orders that may come in a window, such as 50/1s; more are refused",
        "rate_breaker": "orders in a window that stop the scope, such as 2000/10s",
        "refusal_breaker": "refusals in a window that stop the scope, such as 500/1m",
        "duplicate_window": "how soon the same order may come again, such as 2s",
        "max_open_orders": "orders that may be open at once",
        "order_to_trade": "orders for each fill from a number of orders on, such as 20 after 100",
        "self_trade": "orders must not meet own orders (yes or no)",
        "long_only": "positions may not become negative (yes or no)",
        "max_position": "largest position in a symbol with all open orders, in coins or shares",
        "max_gross": "all positions with all open orders, in money",
        "max_net": "positions with their signs, with all open orders, in money",
        "concentration": "one symbol's share of equity, as a fraction (1 is all)",
        "leverage": "gross exposure over equity",
        "daily_loss": "what may be lost in a day (UTC), in money; reaching it stops the scope",
        "drawdown": "how far profit may fall from its peak, in money; reaching it stops the scope",
    }
)

"""What the risk center is told at its start; limits themselves are records, not settings."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from parrot.contracts.commands import SetLimits


@dataclass(frozen=True, slots=True)
class Settings:
    """How the center reads accounts and prices.

    `account` holds orders that are not ours, `currency` is what exposure, profit and equity are counted in. `cash`
    accounts pay with what they have: no shorts, no debt. `allowance` is how much worse than the best price an order
    without a limit is reserved, `protective_collar` how far from the last good price an order may reach that only
    shrinks a position; both are fractions. `remembered` ended orders are kept for fills that come late. On a `live`
    account every strategy is a live one, whatever it was registered as.
    """

    account: str = "main"
    currency: str = "USDT"
    cash: bool = True
    allowance: Decimal = Decimal("0.01")
    protective_collar: Decimal = Decimal("0.10")
    remembered: int = 10_000
    live: bool = False


_PAPER: Final = MappingProxyType(
    {
        "firm": {
            "price_collar": "0.05",
            "max_gross": "200000",
            "max_notional": "50000",
            "stale_data": "5s",
            "order_rate": "200/1s",
            "rate_breaker": "2000/10s",
            "refusal_breaker": "500/1m",
            "max_open_orders": "2000",
            "daily_loss": "10000",
            "drawdown": "20000",
            "concentration": "1",
            "long_only": "yes",
            "self_trade": "yes",
        },
    }
)


def paper_limits(approver: str) -> list[SetLimits]:
    """Limits for a desk that trades on paper and has none yet, to be sent as commands; `approver` is a person."""
    return [SetLimits(scope=scope, limits=dict(limits), approver=approver) for scope, limits in _PAPER.items()]

"""The engine against the plain-Python reference on random bars, orders and events: equal to the last digit.

PARROT_EXAMPLES=20000 soaks; the default is the same few hundred runs each time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings

from tests.reference.parrot_engine import by_the_page, play
from tests.reference.run import simulate
from tests.reference.strategies import Scenario, scenarios
from tests.reference.terms import Order, Outcome

EXAMPLES = int(os.environ.get("PARROT_EXAMPLES", "300"))


def fills(outcome: Outcome) -> list[tuple]:
    return [
        (f.ts, f.evidence_ts, f.symbol, f.side, f.quantity, f.price, f.fee, f.maker, f.order_id, f.position)
        for f in outcome.fills
    ]


def orders(outcome: Outcome) -> list[tuple]:
    return [
        (
            o.id,
            o.symbol,
            o.side,
            o.type,
            script_step(o),
            o.status,
            o.filled,
            by_the_page(o.reason),
        )
        for o in outcome.orders
    ]


def script_step(order: Order) -> str:
    """The step of the script that made an order; what the platform makes has reasons of its own."""
    return order.why if order.role in ("user", "target") else ""


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES == 300,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(scenarios())
def test_engine_and_reference_agree(scenario: Scenario) -> None:
    words = {"terms": scenario.terms, "cash": scenario.cash, "events": scenario.events}
    expected = simulate(scenario.bars, scenario.script, **words)
    seen = play(scenario.bars, scenario.script, **words)
    assert fills(seen) == fills(expected)
    assert orders(seen) == orders(expected)
    assert seen.equity == expected.equity

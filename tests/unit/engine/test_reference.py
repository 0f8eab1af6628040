"""What must hold of the plain-Python reference whatever it is given: it is the measure of the engine."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings

from tests.reference.run import simulate
from tests.reference.strategies import Scenario, scenarios
from tests.reference.terms import Outcome

EXAMPLES = int(os.environ.get("PARROT_EXAMPLES", "300"))
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES == 300,
    suppress_health_check=list(HealthCheck),
    database=None,
)


def run(scenario: Scenario) -> Outcome:
    return simulate(scenario.bars, scenario.script, terms=scenario.terms, cash=scenario.cash, events=scenario.events)


@SETTINGS
@given(scenarios())
def test_an_outcome_is_consistent_with_itself(scenario: Scenario) -> None:
    outcome = run(scenario)
    fills_lie_in_their_bars(scenario, outcome)
    positions_are_sums_of_fills(scenario, outcome)
    orders_end_once(outcome)


def fills_lie_in_their_bars(scenario: Scenario, outcome: Outcome) -> None:
    bars = {(symbol, bar.ts): bar for symbol, row in scenario.bars.items() for bar in row}
    for fill in outcome.fills:
        bar, terms = bars[fill.symbol, fill.evidence_ts], scenario.terms[fill.symbol]
        assert fill.ts in (bar.ts, bar.close_ts)
        assert fill.quantity > 0
        assert fill.quantity % terms.lot_units == 0
        if fill.ts == bar.close_ts and terms.slippage_bp == "0" and terms.slippage_ticks == 0:
            assert bar.low <= fill.price <= bar.high


def positions_are_sums_of_fills(scenario: Scenario, outcome: Outcome) -> None:
    if next(iter(scenario.terms.values())).account == "cash":
        assert all(fill.position >= 0 for fill in outcome.fills)
    if not any(event.kind == "split" for event in scenario.events):
        for symbol, held in outcome.positions.items():
            assert held == sum(fill.side * fill.quantity for fill in outcome.fills if fill.symbol == symbol)


def orders_end_once(outcome: Outcome) -> None:
    assert [order.id for order in outcome.orders] == list(range(1, len(outcome.orders) + 1))
    assert all(order.status in ("filled", "canceled", "expired", "refused") for order in outcome.orders)
    for order in outcome.orders:
        if order.protects and order.status == "expired":
            assert outcome.positions[order.symbol] * order.side < 0

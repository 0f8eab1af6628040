"""Why a strategy traded, or did not, from records alone."""

from __future__ import annotations

from decimal import Decimal

from parrot.centers.strategies.manifest import why as explained
from parrot.contracts.commands import Side, SubmitOrder
from parrot.contracts.message import Entry
from parrot.contracts.records import (
    DecisionNoted,
    KillEngaged,
    KillRearmed,
    OrderApproved,
    OrderReceived,
    OrderRefused,
    StrategyStarted,
    StrategyStopped,
)

MINE, OTHER = "turns", "other"


def order(strategy: str) -> OrderReceived:
    terms = {"symbol": "BTC/USDT", "side": Side.BUY, "quantity": Decimal("0.5"), "decided": 9, "why": "above"}
    return OrderReceived(order=SubmitOrder(strategy=strategy, key="1", **terms))


def journal(*records: object) -> list[Entry]:
    """One record a second from second 1 on."""
    return [Entry(at, at, 0, record) for at, record in enumerate(records, 1)]


def why(strategy: str, start: int, end: int, entries: list[Entry]) -> list:
    return explained(strategy, start, end, entries, most=100).newest


def told(entries: list[Entry], start: int, end: int) -> list[tuple[int, str, bool]]:
    return [(reason.ts, reason.gate, reason.passed) for reason in why(MINE, start, end, entries)]


def test_every_gate_of_its_own_orders_is_told_with_numbers_and_no_other():
    gates = (("max_quantity", "firm", "1", "0.5"),)
    approved = OrderApproved(
        order_id=2, quantity=Decimal("0.5"), price=Decimal(1), reserved=Decimal(50), currency="USDT"
    )
    entries = journal(
        StrategyStarted(strategy=MINE, by="ann"),
        order(MINE),
        OrderApproved(**{name: getattr(approved, name) for name in approved.__struct_fields__} | {"gates": gates}),
        order(OTHER),
        OrderRefused(order_id=4, rule="x", scope="firm", limit="1", actual="2", text="not mine"),
    )
    found = why(MINE, 2, 10, entries)
    assert [(reason.gate, reason.passed) for reason in found] == [("life", True), ("strategy", True), ("risk", True)]
    assert found[1].text == "market buy 0.5 BTC/USDT, decided on data of 9: above"
    assert found[2].text == "0.5 approved, 50 USDT reserved; max_quantity of firm: 0.5 of 1"


def test_a_refusal_says_where_it_stopped():
    refusal = OrderRefused(order_id=2, rule="max_notional", scope="firm", limit="10", actual="50", text="50 of 10 USDT")
    found = why(MINE, 2, 10, journal(StrategyStarted(strategy=MINE, by="ann"), order(MINE), refusal))
    assert (found[-1].gate, found[-1].passed, found[-1].text) == ("risk", False, "50 of 10 USDT")


def test_one_that_ran_and_decided_nothing_is_said_to_have_decided_nothing():
    assert told(journal(StrategyStarted(strategy=MINE, by="ann")), 5, 10) == [(5, "life", True), (5, "strategy", False)]


def test_one_that_did_not_run_is_said_not_to_have_run():
    stopped = StrategyStopped(strategy=MINE, by="supervisor", reason="no answer", fault="hung")
    entries = journal(StrategyStarted(strategy=MINE, by="ann"), stopped)
    assert told(entries, 5, 10) == [(5, "life", False)]
    assert why(MINE, 2, 10, entries)[-1].text == "stopped by supervisor (hung): no answer"


def test_a_kill_that_held_is_told_until_it_is_armed_again():
    kill = KillEngaged(scope=f"strategy:{MINE}", by="ann", source="cli", reason="drill")
    entries = journal(StrategyStarted(strategy=MINE, by="ann"), kill)
    assert told(entries, 3, 10) == [(3, "life", True), (3, "kill", False)]
    armed = journal(*(entry.record for entry in entries), KillRearmed(scope=kill.scope, by="ann", reason=""))
    assert told(armed, 4, 10) == [(4, "life", True), (4, "strategy", False)]


def test_what_its_own_account_stopped_is_told():
    note = DecisionNoted(
        strategy=MINE, symbol="BTC/USDT", order_id=0, gate="account", passed=False, text="a short", decided=9
    )
    assert told(journal(StrategyStarted(strategy=MINE, by="ann"), note), 2, 10)[-1] == (2, "account", False)


def test_of_many_gates_the_newest_are_told_and_the_others_counted():
    entries = journal(StrategyStarted(strategy=MINE, by="ann"), *(order(MINE) for _ in range(10)))
    found = explained(MINE, 2, 100, entries, most=3)
    assert ([reason.seq for reason in found.newest], found.left_out) == ([0, 9, 10, 11], 7)
    assert found.newest[0].text == "it was running"

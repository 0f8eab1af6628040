"""Latency and what goes wrong on the line to the paper venue."""

from decimal import Decimal
from typing import Any

import pytest

from parrot.centers.matching.manifest import Faults, Latency, Outage, OutageKind
from parrot.contracts.ticks import TradeTick
from parrot.contracts.venue import (
    Accepted,
    CancelPlaced,
    Filled,
    Found,
    LineBack,
    LineLost,
    NotFound,
    Rejected,
    Report,
    Unanswered,
    Withdrawn,
)
from parrot.kernel.errors import ParameterError
from tests.unit.centers.matching.sample import SECOND, START, Paper

MS = 1_000_000


def broken(kind: OutageKind, begin: float = 1, end: float = 3, **more: Any) -> Paper:
    """A venue with one outage, just after it has begun."""
    script = (Outage(kind, START + int(begin * SECOND), START + int(end * SECOND)),)
    paper = Paper(faults=Faults(script=script, **more))
    paper.run(begin + 0.1)
    paper.reports.clear()
    return paper


def test_a_message_travels_each_way_for_its_latency() -> None:
    paper = Paper(requests=Latency(fixed=10 * MS), replies=Latency(fixed=20 * MS))
    assert not paper.place("a", limit="50000")
    paper.run(0.029, step=0.001)
    assert not paper.reports
    paper.run(0.001, step=0.001)
    (accepted,) = paper.reports
    assert isinstance(accepted, Accepted)
    assert accepted.ts == START + 10 * MS


def test_messages_never_overtake_each_other() -> None:
    paper = Paper(requests=Latency(jitter=50 * MS), replies=Latency(jitter=50 * MS))
    sent = [f"a{number}" for number in range(40)]
    heard: list[Report] = []
    paper.venue.connect(heard.append)
    for client_id in sent:
        paper.place(client_id, limit="50000")
        paper.run(0.002, step=0.002)
    paper.run(0.2)
    assert [report.client_id for report in heard if isinstance(report, Accepted)] == sent


def test_a_lost_request_is_unanswered_after_the_timeout_and_not_on_the_books() -> None:
    paper = broken(OutageKind.LOST_REQUESTS)
    assert not paper.place("a")
    paper.run(1.9)
    assert not paper.reports
    paper.run(0.2)
    (unanswered,) = paper.reports
    assert isinstance(unanswered, Unanswered)
    assert (unanswered.client_id, unanswered.request) == ("a", "place")
    paper.run(1)
    assert isinstance(paper.query("a")[0], NotFound)


def test_a_lost_reply_leaves_the_order_on_the_books_and_its_fills_in_the_stream() -> None:
    paper = broken(OutageKind.LOST_REPLIES)
    paper.place("a", "buy", "0.01")
    paper.place("b", "buy", "0.01", limit="50000")
    paper.reports.clear()
    paper.run(2.5)
    assert {report.client_id for report in paper.heard(Unanswered)} == {"a", "b"}
    assert not paper.heard(Accepted)
    assert [order.client_id for order in paper.state().orders] == ["b"]
    (found,) = paper.query("a")
    assert isinstance(found, Found)
    assert found.status == "filled"


@pytest.mark.parametrize(("kind", "there"), [(OutageKind.ERRORS_BEFORE, False), (OutageKind.ERRORS_AFTER, True)])
def test_a_server_error_says_nothing_about_what_became_of_the_order(kind: OutageKind, there: bool) -> None:
    paper = broken(kind)
    paper.place("a", limit="50000")
    paper.run(0.1)
    (unanswered,) = paper.heard(Unanswered)
    assert "HTTP 50" in unanswered.reason
    paper.run(3)
    assert len(paper.heard(Unanswered)) == 1
    assert isinstance(paper.query("a")[0], Found) is there


def test_in_maintenance_nothing_is_taken_and_nobody_trades() -> None:
    paper = broken(OutageKind.MAINTENANCE)
    paper.place("a", limit="50000")
    ticks = paper.run(1.5)
    (unanswered,) = paper.heard(Unanswered)
    assert 0 < unanswered.retry_after <= 2 * SECOND
    assert not [tick for tick in ticks if isinstance(tick, TradeTick)]
    assert [tick for tick in paper.run(5) if isinstance(tick, TradeTick)]
    assert isinstance(paper.query("a")[0], NotFound)


def test_while_the_line_is_down_requests_do_not_leave_and_reports_are_missed() -> None:
    paper = Paper()
    paper.run(1)
    paper.place("m", "buy", "0.01")
    fill = paper.heard(Filled)[-1]
    paper.place("a", "sell", "0.01", limit=str(fill.price + 5))
    paper.reports.clear()
    paper.venue.plan(Outage(OutageKind.LINE, paper.now + MS, paper.now + 60 * SECOND))
    paper.run(2)
    assert [type(report) for report in paper.reports] == [LineLost]
    (unanswered,) = paper.place("b", limit="50000")
    assert isinstance(unanswered, Unanswered)
    paper.reports.clear()
    paper.run(60)
    assert [type(report) for report in paper.reports] == [LineBack]
    state = paper.state(after=fill.number)
    assert sum(trade.quantity for trade in state.trades) == Decimal("0.01")
    assert not state.orders


def test_what_is_on_its_way_when_the_line_breaks_is_unanswered_at_once() -> None:
    paper = Paper(requests=Latency(fixed=100 * MS))
    paper.venue.plan(Outage(OutageKind.LINE, START + 50 * MS, START + 1000 * MS))
    paper.place("a", limit="50000")
    paper.run(0.2)
    assert [type(report) for report in paper.reports] == [LineLost, Unanswered]
    paper.run(1)
    assert [order.client_id for order in paper.venue._floor.account.state(0, {}, 0).orders] == ["a"]


def test_a_reply_behind_the_timeout_is_dropped() -> None:
    paper = Paper(replies=Latency(fixed=3 * SECOND))
    paper.place("a", limit="50000")
    paper.run(5)
    assert [type(report) for report in paper.reports] == [Unanswered]


def test_reports_of_the_stream_may_come_twice() -> None:
    paper = Paper(faults=Faults(repeated=1.0))
    paper.place("a")
    fills = paper.heard(Filled)
    assert len(fills) == 2 * len({fill.trade_id for fill in fills})


def test_a_query_does_not_see_an_order_before_the_lag_has_passed() -> None:
    paper = Paper(faults=Faults(query_lag=SECOND))
    paper.place("a", limit="50000")
    assert isinstance(paper.query("a")[0], NotFound)
    paper.run(1.1)
    assert isinstance(paper.query("a")[0], Found)


def test_chance_is_the_same_for_the_same_seed() -> None:
    def heard(seed: int) -> list[Report]:
        faults = Faults(lost_requests=0.2, lost_replies=0.2, errors_before=0.1, errors_after=0.1, line_breaks=600)
        paper = Paper(seed=seed, faults=faults, requests=Latency(fixed=MS, jitter=5 * MS), replies=Latency(jitter=MS))
        found: list[Report] = []
        paper.venue.connect(found.append)
        for number in range(60):
            paper.place(f"a{number}")
            paper.run(0.5)
        return found

    first = heard(3)
    assert first == heard(3)
    assert first != heard(4)
    assert {type(report) for report in first} >= {Accepted, Filled, Unanswered, LineLost, LineBack}


def test_an_inbox_may_send_and_hears_the_answer_after_it_has_returned() -> None:
    paper = Paper()
    order: list[str] = []

    def inbox(report: Report) -> None:
        order.append(f"{type(report).__name__} begins")
        if isinstance(report, Accepted):
            paper.venue.send(cancel_of("a", paper.now))
        order.append(f"{type(report).__name__} ends")

    paper.venue.connect(inbox)
    paper.place("a", limit="50000")
    assert order == ["Accepted begins", "Accepted ends", "Withdrawn begins", "Withdrawn ends"]


def cancel_of(client_id: str, now: int) -> CancelPlaced:
    return CancelPlaced(client_id=client_id, symbol="BTC/USDT", ts=now)


def test_every_request_is_answered_once_whatever_goes_wrong() -> None:
    faults = Faults(lost_requests=0.1, lost_replies=0.1, errors_before=0.1, errors_after=0.1, repeated=0.1)
    paper = Paper(faults=faults, requests=Latency(fixed=MS, jitter=5 * MS), replies=Latency(jitter=MS))
    heard: list[Report] = []
    paper.venue.connect(heard.append)
    for number in range(200):
        paper.place(f"a{number}", limit="50000", quantity="0.0002")
        paper.run(0.05)
    paper.run(3)
    answers = [r.client_id for r in heard if isinstance(r, Accepted | Rejected | Unanswered)]
    assert sorted(answers) == sorted(f"a{number}" for number in range(200))
    assert not [report for report in heard if isinstance(report, Withdrawn)]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Latency(fixed=-1),
        lambda: Faults(lost_requests=1.5),
        lambda: Faults(line_break=0),
        lambda: Outage(OutageKind.LINE, 5, 5),
    ],
)
def test_impossible_models_are_refused(wrong: Any) -> None:
    with pytest.raises(ParameterError):
        wrong()

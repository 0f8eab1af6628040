"""What waits for the platform is bounded, and what is let go is said."""

from __future__ import annotations

from parrot.adapters.venues.skeleton.outbox import Outbox
from parrot.contracts.venue import LineBack, LineLost, NotFound


def reports(count):
    return [NotFound(client_id=str(number), ts=number) for number in range(count)]


def test_the_platform_is_woken_once_for_all_that_waits():
    woken = []
    outbox = Outbox("v")
    outbox.wake = lambda: woken.append(1)
    outbox.report(reports(2))
    outbox.raw({})
    assert woken == [1]
    assert [len(part) for part in outbox.take()] == [2, 1]
    outbox.raw({})
    assert woken == [1, 1]


def test_too_many_reports_count_as_a_lost_line():
    outbox = Outbox("v", reports=10)
    for _ in range(4):
        outbox.report(reports(3))
    taken, _ = outbox.take()
    assert [type(report) for report in taken] == [LineLost, LineBack]
    outbox.report(reports(1))
    assert outbox.take()[0] == reports(1)


def test_too_much_market_data_is_let_go():
    outbox = Outbox("v", data=10)
    for number in range(25):
        outbox.raw({"seq": number})
    assert [raw["seq"] for raw in outbox.take()[1]] == [20, 21, 22, 23, 24]
    assert outbox.dropped == 20

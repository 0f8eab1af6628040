"""Alerts: made from the desk's records, away once a named person has seen them, also after a restart."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from parrot.adapters.sql import SqlRecords, open_sqlite
from parrot.app.platform.history import history_of
from parrot.app.platform.questions.alerts import AlertQuestions, conditions
from parrot.contracts import records
from parrot.contracts.access import Role
from parrot.kernel.errors import MissingError
from parrot.ports.history import Wanted
from tests.unit.app.platform.lives import Log, received
from tests.unit.gateway.rest.house import person

ANN = person(Role.TRADER)


class Platform:
    """A platform that is read at time 77, with these reasons for not being ready."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = list(reasons)

    def read(self, question: Callable[[Any], Any]) -> Any:
        return question(SimpleNamespace(clock=SimpleNamespace(now_ns=lambda: 77)))

    def troubles_of(self, house: Any) -> list[tuple[str, int]]:
        return [(text, 0) for text in self.reasons]


class Desk:
    """A history with alerts, and what was noted in the audit log."""

    def __init__(self, folder: Path) -> None:
        self.log = Log()
        self.noted: list[tuple[str, str, dict[str, str]]] = []
        self.records = SqlRecords(open_sqlite(folder / "r.db"))
        self.history = history_of(folder / "h.sqlite", self.log.read, 0)

    def questions(self, *reasons: str) -> AlertQuestions:
        def note(who: Any, what: str, /, **about: str) -> None:
            self.noted.append((who.name, what, about))

        return AlertQuestions(Platform(*reasons), self.history, self.records, note)

    def happened(self, *made: Any) -> list[int]:
        entries = self.log.add(*made)
        self.history.heard(entries)
        return [entry.seq for entry in entries]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    with made.history:
        yield made


def refused(order_id: int) -> records.OrderRefused:
    return records.OrderRefused(order_id=order_id, rule="r", scope="firm", limit="1", actual="2", text="too much")


def told(questions: AlertQuestions, *, all_of_them: bool = False, **wanted: Any) -> list[str]:
    return [row["alert_id"] for row in questions.page(Wanted(**wanted), all_of_them=all_of_them)[0]]


def test_what_a_person_should_look_at_is_an_alert_and_the_rest_is_none(desk):
    order = desk.happened(received(1, Random(1)))[0]
    unknown = records.OrderUnknown(order_id=order, client_id="c", request="place", reason="503", fence=0)
    reconciled = {"account": "main", "trades": 1, "orders": 0, "venue_ts": 1}
    alerts = desk.happened(
        records.KillEngaged(scope="all", by="ann", source="cli", reason="enough"),
        records.KillEngaged(scope="all", by="disk watch", source="rule", reason="1 MiB left on the disk"),
        records.BreakerTripped(scope="firm", rule="daily_loss", limit="10", actual="11"),
        refused(order),
        unknown,
        records.StrategyStopped(strategy="s", by="supervisor", reason="it hung", fault="hung"),
        records.Reconciled(**reconciled, breaks=["BTC differs"]),
        records.ReduceOnlySet(account="main", on=True, why="BTC differs", by="desk"),
        records.LineChanged(venue="paper", up=False, reason="reset"),
    )
    desk.happened(
        records.KillRearmed(scope="all", by="ann", reason="x"),
        records.StrategyStopped(strategy="s", by="ann", reason="asked"),
        records.Reconciled(**reconciled, breaks=[]),
        records.ReduceOnlySet(account="main", on=False, why="", by="ann"),
        records.LineChanged(venue="paper", up=True, reason=""),
    )
    rows = desk.questions().page(Wanted(), all_of_them=False)[0]
    assert [row["alert_id"] for row in rows] == [str(seq) for seq in reversed(alerts)]
    kinds = [row["kind"] for row in reversed(rows)]
    assert kinds == ["kill", "disk", "breaker", "order", "order", "strategy", "mismatch", "mismatch", "line"]
    about = next(row for row in rows if row["alert_id"] == str(alerts[3]))
    asked = desk.log.entries[order - 1].record.order
    assert (about["order_id"], about["symbol"], about["strategy"]) == (order, asked.symbol, asked.strategy)


def test_an_alert_goes_when_somebody_has_seen_it_for_good_and_in_the_audit_log(desk):
    first, second = desk.happened(*(records.BreakerTripped(scope=f"s{n}", rule="r", limit="", actual="") for n in "12"))
    questions, gone = desk.questions(), []
    questions.told = gone.extend
    assert questions.acknowledge([str(first)], ANN, "ann", "looked at it") == 1
    assert questions.acknowledge([str(first)], ANN, "bob", "again") == 0
    assert gone == [str(first)]
    assert desk.noted == [("ann", "alerts acknowledged", {"alerts": str(first), "note": "looked at it"})]
    for later in (questions, desk.questions()):  # a later process has it too
        assert told(later) == [str(second)]
        assert told(later, all_of_them=True) == [str(second), str(first)]
        seen = later.page(Wanted(), all_of_them=True)[0][1]
        assert (seen["acknowledged_by"], seen["acknowledged_ns"], seen["note"]) == ("ann", 77, "looked at it")


def test_only_alerts_that_are_there_and_of_one_s_own_account_are_acknowledged(desk):
    (alert,) = desk.happened(records.BreakerTripped(scope="s", rule="r", limit="", actual=""))
    desk.happened(records.KillRearmed(scope="all", by="ann", reason="x"))
    questions = desk.questions()
    assert told(questions) == [str(alert)]
    for number in (alert + 1, 999):
        with pytest.raises(MissingError):
            questions.acknowledge([str(alert), str(number)], ANN, "ann", "")
    with pytest.raises(MissingError):
        questions.acknowledge([str(alert)], person(Role.TRADER, accounts=("other",)), "ann", "")
    assert told(questions) == [str(alert)]
    assert desk.noted == []


def test_pages_without_what_was_seen_are_full_and_lead_to_the_end(desk):
    order = desk.happened(received(1, Random(1)))[0]
    seqs = desk.happened(*(refused(order) for _ in range(30)))
    questions = desk.questions()
    questions.history = desk.history
    assert told(questions, limit=1_000) == [str(seq) for seq in reversed(seqs)]
    questions.acknowledge([str(seq) for seq in seqs if seq % 3], ANN, "ann", "")
    found, after, pages = [], 0, 0
    while pages == 0 or after:
        rows, after = questions.page(Wanted(limit=4, after=after), all_of_them=False)
        found += [int(row["alert_id"]) for row in rows]
        pages += 1
    assert found == [seq for seq in reversed(seqs) if seq % 3 == 0]
    assert [int(row["alert_id"]) for row in questions.open()] == sorted(found)


def test_what_is_wrong_now_keeps_its_name_while_its_numbers_change():
    ids = {
        row["alert_id"]
        for age in (5001, 6002)
        for row in conditions([(f"market data of BTC/USDT are {age} ms old, allowed 5000", 0)], 1)
    }
    assert len(ids) == 1
    questions = AlertQuestions(Platform("the disk is nearly full"), None, None, None)
    (row,) = questions.standing()
    assert (row["text"], row["standing"], row["ts"]) == ("the disk is nearly full", True, 77)


def test_of_two_who_see_the_same_alert_at_once_one_stands_in_the_log(desk):
    (seq,) = desk.happened(records.BreakerTripped(scope="s", rule="r", limit="", actual=""))
    questions, gone, both = desk.questions(), [], threading.Barrier(2)
    questions.told = gone.extend
    read = questions._platform.read

    def meet(question: Any) -> Any:
        with suppress(threading.BrokenBarrierError):
            both.wait(0.2)  # there are two here only where nothing keeps the second out
        return read(question)

    questions._platform.read = meet
    with ThreadPoolExecutor(2) as pool:
        counts = [pool.submit(questions.acknowledge, [str(seq)], ANN, by, by) for by in ("ann", "bob")]
    assert sorted(one.result() for one in counts) == [0, 1]
    assert (len(desk.noted), gone) == (1, [str(seq)])
    seen = desk.questions().page(Wanted(), all_of_them=True)[0][0]
    assert seen["acknowledged_by"] == desk.noted[0][2]["note"]


def test_what_is_wrong_counts_from_its_begin_where_that_is_known():
    killed, old = conditions(
        [("orders of all are stopped: kill by ann (screen)", 40), ("the disk is nearly full", 0)], 77
    )
    assert (killed["ts"], old["ts"]) == (40, 77)

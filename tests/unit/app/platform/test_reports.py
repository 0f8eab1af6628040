"""A missing report is made once however many ask for it, a few at once, and nobody waits without end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from parrot.app.platform.questions.reports import Reports
from parrot.kernel.errors import BusyError, StorageError


class Making:
    """A maker of reports that goes on when it is told to."""

    def __init__(self, folder: Path, fault: StorageError | None = None) -> None:
        self.reports = Reports(lambda run_id: folder / run_id, self.make)
        self.fault = fault
        self.made: list[str] = []
        self.at_once = self.most = 0
        self.go = threading.Event()
        self.changed = threading.Condition()
        self.pool = ThreadPoolExecutor(30)

    def make(self, run_id: str, path: Path) -> None:
        with self.changed:
            self.made.append(run_id)
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            self.changed.notify_all()
        assert self.go.wait(20)
        with self.changed:
            self.at_once -= 1
        if self.fault is not None:
            raise self.fault
        path.write_text(f"<p>{run_id}")

    def ask(self, run_id: str) -> Future[str]:
        return self.pool.submit(self.reports.page, run_id)

    def until(self, begun: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(begun, 20)


@pytest.fixture
def making(tmp_path: Path) -> Iterator[Making]:
    made = Making(tmp_path)
    yield made
    made.go.set()
    made.pool.shutdown()


def refused(asked: list[Future[str]]) -> int:
    """How many were refused at once: the others wait."""
    return sum(one.done() and isinstance(one.exception(), BusyError) for one in asked)


def wait_for_refusals(asked: list[Future[str]], count: int) -> None:
    ended = threading.Event()
    for one in asked:
        one.add_done_callback(lambda _: ended.set() if refused(asked) == count else None)
    assert ended.wait(20)


def test_one_report_is_made_once_and_those_who_are_too_many_are_refused_at_once(making: Making) -> None:
    asked = [making.ask("a") for _ in range(20)]
    wait_for_refusals(asked, 12)
    making.go.set()
    assert [one.result(20) for one in asked if one.exception(20) is None] == ["<p>a"] * 8
    assert making.made == ["a"]
    assert making.reports.page("a") == "<p>a"


def test_different_ones_are_made_two_at_once(making: Making) -> None:
    asked = [making.ask(str(number)) for number in range(6)]
    making.until(lambda: making.at_once == 2)
    making.go.set()
    assert [one.result(20) for one in asked] == [f"<p>{number}" for number in range(6)]
    assert (making.most, sorted(making.made)) == (2, [str(number) for number in range(6)])


def test_who_waited_hears_why_it_failed_and_the_next_one_tries_again(tmp_path: Path) -> None:
    making = Making(tmp_path, StorageError("no room", fix="make some"))
    asked = [making.ask("a") for _ in range(3)]
    making.until(lambda: making.made == ["a"])
    making.go.set()
    assert all(isinstance(one.exception(20), StorageError) for one in asked)
    making.fault = None
    assert making.reports.page("a") == "<p>a"
    making.pool.shutdown()

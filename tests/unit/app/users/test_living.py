"""Users of a platform that runs: their acts reach the audit log in order, or wait for the next start."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from queue import Queue

import pytest

from parrot.adapters.journal.files import FileJournal
from parrot.app.auditing import Auditing
from parrot.app.users.living import living
from parrot.app.users.opening import World
from parrot.centers.audit.log import decode_act
from parrot.centers.users.manifest import Settings
from parrot.contracts.acts import ActNoted, FileExpected
from parrot.contracts.users import Whence

PASSWORD = "violet engine under seven bridges"
HOME = Whence("192.0.2.1")


class Trading:
    """A thread that answers questions one after another, as the one that trades does."""

    def __init__(self) -> None:
        self.asked: Queue = Queue()
        self.threads: set[int] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def read(self, question):
        future: Future = Future()
        self.asked.put((question, future))
        return future

    def _run(self) -> None:
        while (asked := self.asked.get()) is not None:
            question, future = asked
            self.threads.add(threading.get_ident())
            future.set_result(question())

    def stop(self) -> None:
        self.asked.put(None)
        self._thread.join(5)


def open_audit(root):
    audit = Auditing(root)
    audit.open("main", desk=0, missed=lambda after: [], now=time.time_ns())
    return audit


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "live"
    made.mkdir()
    return made


def test_acts_reach_the_log_by_the_thread_that_trades_and_wait_while_it_rests(root):
    trading, audit, told = Trading(), open_audit(root), {}
    rest = {"now": time.time_ns, "settings": Settings(), "world": World()}
    with living(root, audit, trading, **rest) as people:
        users = people.users
        told["who"] = users.setup.own(users.setup.begin(), "ann", PASSWORD, whence=HOME).who
        assert len(trading.threads) == 1
        people.pause()
        users.signing_in.out(told["who"])
    trading.stop()
    audit.close(time.time_ns())
    assert [act.what for act in acts_of(root)] == ["owner made", "sign in"]

    trading, audit = Trading(), open_audit(root)
    with living(root, audit, trading, **rest) as people:
        assert people.users.is_set_up()
    trading.stop()
    audit.close(time.time_ns())
    assert [act.what for act in acts_of(root)] == ["owner made", "sign in", "sign out"]


def acts_of(root):
    journal = FileJournal(root / "audit.journal")
    found = [decode_act(body) for _, body in journal.read()]
    journal.close()
    assert [one.name for one in found if isinstance(one, FileExpected)] == ["users.db"]
    return [one for one in found if isinstance(one, ActNoted)]

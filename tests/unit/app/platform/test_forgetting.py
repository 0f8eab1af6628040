"""What a platform keeps of users beside their database goes with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parrot.adapters.sql import SqlRecords, open_sqlite, scrub
from parrot.app.platform.forgetting import forget_the_erased
from parrot.app.platform.pushing import Pushing
from parrot.app.platform.receipts import KeptReceipts
from parrot.contracts.access import Role, machine
from parrot.contracts.push import PushSubscription
from parrot.contracts.receipts import Receipt
from parrot.kernel.errors import StorageError
from tests.unit.centers.users.town import PASSWORD, START, Town


class Kept:
    """A platform's records of the users of a town, on a disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.town: Any = Town()
        self.town.settle()
        self.engine = open_sqlite(folder / "records.db", forgetful=True)
        self.records = SqlRecords(self.engine)
        unused: Any = None
        self.push = Pushing(
            self.records, unused, alerts=list, may=lambda *_: True, now=lambda: START, note=lambda *_, **__: None
        )
        self.receipts = KeptReceipts(self.records, lambda: START)

    def add(self, name: str) -> str:
        town = self.town.users.headless
        user: str = town.add(machine(), name, roles=[Role.VIEWER], accounts=(), password=PASSWORD).id
        link = f"https://push.example.org/capability-of-{name}"
        one = PushSubscription(id="1", user=user, endpoint=link, p256dh="", auth="", label="", made=START)
        with self.records.work() as work:
            work.put(f"{user}/1", one)
        for way in ("session", "key"):
            self.receipts.begin(f"{way}:{user}", "k", "asked")
            answer = Receipt(asked="asked", ts=START, status=200, body=f"answer-to-{name}".encode())
            self.receipts.finish(f"{way}:{user}", "k", answer)
        return user

    def begin(self) -> None:
        forget_the_erased(self.town.users, (self.push.forget, self.receipts.forget), lambda: scrub(self.engine))

    def left(self) -> tuple[int, int]:
        return len(self.records.scan(PushSubscription)), len(self.records.scan(Receipt))

    def on_disk(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.folder.iterdir())


@pytest.fixture
def kept(tmp_path: Path) -> Any:
    made = Kept(tmp_path)
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("running", [True, False])
def test_browsers_and_answers_of_who_is_erased_go_at_once_or_with_the_next_start(kept: Any, running: bool) -> None:
    bob = kept.add("bob")
    kept.add("bobby")
    assert kept.left() == (2, 4)
    assert b'capability-of-bob"' in kept.on_disk()
    if running:
        kept.begin()
    kept.town.users.leaving.erase(machine(), bob)
    if not running:
        assert kept.left() == (2, 4)
        kept.begin()
    assert kept.left() == (1, 2)
    assert bob.encode() not in kept.on_disk()
    assert b'capability-of-bob"' not in kept.on_disk()
    assert b"capability-of-bobby" in kept.on_disk()


def test_an_answer_that_comes_after_its_asker_was_erased_is_not_kept(kept: Any) -> None:
    bob = kept.add("bob")
    kept.begin()
    kept.receipts.begin(f"session:{bob}", "late", "asked")
    kept.town.users.leaving.erase(machine(), bob)
    kept.receipts.finish(f"session:{bob}", "late", Receipt(asked="asked", ts=START, status=200, body=b"late"))
    assert kept.left() == (0, 0)


def test_an_erasure_goes_on_to_its_end_where_something_cannot_be_forgotten_yet(kept: Any) -> None:
    bob, told = kept.add("bob"), list[str]()

    def fail(user: str) -> bool:
        raise StorageError("the disk is full")

    forget_the_erased(kept.town.users, (fail,), lambda: None)
    kept.town.users.watch(told.append)
    kept.town.users.leaving.erase(machine(), bob)
    assert told == [bob]
    kept.begin()
    assert kept.left() == (0, 0)


def test_who_loses_rights_only_keeps_their_browsers(kept: Any) -> None:
    bob = kept.add("bob")
    kept.begin()
    kept.town.users.people.set_rights(machine(), bob, active=False)
    assert kept.left() == (1, 2)

"""The desk decides, folds, journals, and only then lets anything leave."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parrot.adapters.journal.files import FileJournal, FileSnapshots
from parrot.app.desk import Desk, decode
from parrot.contracts.commands import Beat, CancelOrder, Side
from parrot.contracts.records import DeskClosed, OrderCanceled, OrderExpired
from parrot.contracts.venue import CancelPlaced
from parrot.kernel.errors import StorageError


class Counting:
    """Cancels what it is told to, and counts what it saw; a cancel is followed by an expiry."""

    name = "counting"

    def __init__(self):
        self.seen = []
        self.receives = {CancelOrder: self.cancel, Beat: lambda beat, now: ()}
        self.answers = {OrderCanceled: self.also}
        self.follows = {OrderCanceled: self.fold, OrderExpired: self.fold}

    def cancel(self, command, now):
        request = CancelPlaced(client_id=f"c{command.order_id}", symbol="BTC/USDT", ts=now)
        first = OrderCanceled(order_id=command.order_id, by="user", reason=f"after {len(self.seen)}")
        return [first, request, OrderCanceled(order_id=command.order_id + 1, by="user", reason="second")]

    def also(self, entry, now):
        return [OrderExpired(order_id=entry.record.order_id, reason=f"seen {len(self.seen)}")]

    def fold(self, entry):
        self.seen.append([entry.seq, entry.record.order_id])

    def state(self):
        return {"seen": self.seen, "sum": Decimal(sum(order for _, order in self.seen))}

    def load(self, state):
        self.seen = state["seen"]


def desk_in(folder, sent, **options):
    desk = Desk([Counting()], FileJournal(folder / "desk.journal"), sent.append, **options)
    desk.recover()
    return desk


def test_all_that_follows_from_a_record_comes_before_the_next(tmp_path):
    desk = desk_in(tmp_path, [])
    entries = desk.take(CancelOrder(order_id=5), 7)
    kinds = [(type(entry.record).__name__, entry.record.order_id, entry.cause) for entry in entries]
    assert kinds == [("OrderCanceled", 5, 0), ("OrderExpired", 5, 1), ("OrderCanceled", 6, 0), ("OrderExpired", 6, 3)]
    assert [entry.seq for entry in entries] == [1, 2, 3, 4]
    assert {entry.ts for entry in entries} == {7}


def test_nothing_leaves_and_nobody_is_told_before_the_journal_has_it(tmp_path):
    sent, order = [], []
    desk = desk_in(tmp_path, sent)
    append = desk._journal.append
    desk._journal.append = lambda bodies: (order.append("journal"), append(bodies))[1]
    desk._send = lambda request: order.append("send")
    desk.watchers.append(lambda batch: order.append(len(batch)))
    desk.take(CancelOrder(order_id=1), 1)
    assert order == []
    desk.commit()
    assert order == ["journal", "send", 4]
    assert desk.commit() == []
    assert order == ["journal", "send", 4]


def test_when_the_journal_fails_nothing_leaves(tmp_path):
    sent, told = [], []
    desk = desk_in(tmp_path, sent)
    desk.watchers.append(told.append)

    def fail(bodies):
        raise StorageError("no")

    desk._journal.append = fail
    desk.take(CancelOrder(order_id=1), 1)
    with pytest.raises(StorageError):
        desk.commit()
    assert (sent, told) == ([], [])


@pytest.mark.parametrize("snapshot_after", [None, 1, 2, 3])
def test_live_and_rebuilt_and_snapshot_with_tail_are_the_same(tmp_path, snapshot_after):
    desk = desk_in(tmp_path, [], snapshots=FileSnapshots(tmp_path, "desk"))
    for number in (1, 2, 3):
        desk.take(CancelOrder(order_id=number), number)
        desk.commit()
        if number == snapshot_after:
            desk.save_snapshot()
    live = desk.hash()
    desk._journal.close()
    again = Desk(
        [Counting()], FileJournal(tmp_path / "desk.journal"), [].append, snapshots=FileSnapshots(tmp_path, "desk")
    )
    assert again.recover() == 12 - 4 * (snapshot_after or 0)
    assert again.hash() == live
    assert again.take(CancelOrder(order_id=9), 9)[0].seq == 13


def test_a_snapshot_of_another_journal_is_left_alone(tmp_path):
    for name, numbers in (("one", (1, 2)), ("other", (3, 4, 5))):
        desk = desk_in(tmp_path / name, [], snapshots=FileSnapshots(tmp_path / name, "desk"))
        for number in numbers:
            desk.take(CancelOrder(order_id=number), number)
            desk.commit()
        desk.save_snapshot() if name == "one" else None
        live = desk.hash()
        desk._journal.close()
    again = Desk(
        [Counting()],
        FileJournal(tmp_path / "other" / "desk.journal"),
        [].append,
        snapshots=FileSnapshots(tmp_path / "one", "desk"),
    )
    assert again.recover() == 12
    assert again.hash() == live


def test_entries_come_back_as_they_were(tmp_path):
    from parrot.app.desk import encode
    from parrot.contracts.commands import SubmitOrder
    from parrot.contracts.message import Entry
    from parrot.contracts.records import OrderReceived

    order = SubmitOrder(strategy="s", key="1", symbol="BTC/USDT", side=Side.BUY, quantity=Decimal("0.10"))
    for record in (OrderReceived(order=order), DeskClosed(reason="é")):
        entry = Entry(3, 10**18, 2, record)
        assert decode(encode(entry)) == entry

"""The history holds what the journal holds: followed or made anew, after gaps, crashes and another journal."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.adapters.history import SqliteHistory, SqliteHistoryReader
from parrot.app.platform.history import History, history_of
from parrot.centers.history import manifest as history
from parrot.contracts import records
from parrot.contracts.history import ENDED
from parrot.kernel.errors import StorageError
from parrot.ports.history import Wanted
from tests.unit.app.platform.lives import Log, beside, fill, life, lives, marked, received


def tables(path: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(path)) as connection:
        names = ("orders", "events", "fills", "decisions", "equity", "postings", "activity", "alerts")
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY id").fetchall() for name in names}


def anew(log: Log, path: Path) -> dict[str, list[Any]]:
    """What a history that reads the whole journal holds."""
    with history_of(path, log.read, log.seq) as made:
        assert made.settle(10)
    return tables(path)


def follow(log: Log, path: Path, batches: list[int], *, seq: int = 0) -> dict[str, list[Any]]:
    """What a history holds that was told of batches of these sizes, then of the rest."""
    with history_of(path, log.read, seq) as made:
        at = seq
        for size in [*batches, log.seq]:
            batch = log.entries[at : at + size]
            at += len(batch)
            if batch:
                made.heard(batch)
        assert made.settle(10)
    return tables(path)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), batches=st.lists(st.integers(1, 40), max_size=8), begin=st.integers(0, 60))
def test_history_followed_is_history_made_anew(tmp_path_factory, seed, batches, begin):
    folder, log = tmp_path_factory.mktemp("history"), lives(seed, 25)
    followed = follow(log, folder / "followed.sqlite", batches, seq=min(begin, log.seq))
    assert followed == anew(log, folder / "anew.sqlite")
    assert len(followed["orders"]) == 25
    assert len(followed["fills"]) == sum(isinstance(entry.record, records.OrderFilled) for entry in log.entries)


def test_what_was_dropped_from_the_queue_is_read_from_the_journal(tmp_path, monkeypatch):
    monkeypatch.setattr("parrot.app.platform.history._WAITING_MOST", 4)
    log, path = lives(3, 60), tmp_path / "h.sqlite"
    made = history_of(path, log.read, 0)
    for entry in log.entries:
        made.heard([entry])  # nobody takes them yet: the queue lets the oldest go
    with made:
        assert made.settle(10)
    assert tables(path) == anew(log, tmp_path / "anew.sqlite")


def test_a_history_goes_on_where_it_ended_and_reads_no_more_than_that(tmp_path):
    log, path = lives(5, 20), tmp_path / "h.sqlite"
    anew(log, path)
    before, log.reads = log.seq, 0
    life(log, Random(1), 99)
    read: list[int] = []

    def note(after: int):
        read.append(after)
        return log.read(after)

    with history_of(path, note, log.seq) as made:
        assert made.settle(10)
    assert read == [before - 1, before]
    assert tables(path) == anew(log, tmp_path / "anew.sqlite")


def test_the_history_of_another_journal_is_made_anew(tmp_path):
    path = tmp_path / "h.sqlite"
    anew(lives(7, 30), path)
    other = lives(8, 40)
    assert anew(other, path) == anew(other, tmp_path / "anew.sqlite")


@pytest.mark.parametrize("damage", ["garbage", "version", "power", "columns"])
def test_a_file_that_cannot_be_trusted_is_made_anew(tmp_path, damage):
    log, path = lives(9, 20), tmp_path / "h.sqlite"
    expected = anew(log, path)
    if damage == "garbage":
        path.write_bytes(b"\0" * 5_000)
    else:
        said = {
            "version": "UPDATE kept SET value = 'x' WHERE name = 'version'",
            "power": "UPDATE kept SET value = 'another start of the machine' WHERE name = 'boot'",
            "columns": "DROP TABLE kept",
        }
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DELETE FROM orders WHERE id > 10")
            connection.execute(said[damage])
    assert anew(log, path) == expected


class Failing:
    """A store whose disk fails a few times, sometimes with what it was given written, sometimes not."""

    def __init__(self, store: SqliteHistory, faults: list[str]) -> None:
        self._store = store
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, rows: Any, seq: int, mark: str) -> None:
        fault = self._faults.pop() if self._faults else ""
        if fault != "before":
            self._store.write(rows, seq, mark)
        if fault:
            raise StorageError("the disk is full")


@pytest.mark.parametrize("faults", [["before"], ["behind"], ["before", "behind", "", "before"]])
def test_a_disk_that_fails_costs_nothing_once_it_works_again(tmp_path, monkeypatch, faults):
    monkeypatch.setattr("parrot.app.platform.history._AGAIN_S", 0.01)
    log, path = lives(11, 20), tmp_path / "h.sqlite"

    def opened() -> Failing:
        return Failing(SqliteHistory(path, history.VERSION), faults)

    with History(opened, SqliteHistoryReader(path), log.read, 0) as made:
        for entry in log.entries:
            made.heard([entry])
        assert made.settle(10)
    assert faults == []
    assert tables(path) == anew(log, tmp_path / "anew.sqlite")


def test_a_reader_finds_what_was_told_before_it_asked(tmp_path):
    log = Log()
    with history_of(tmp_path / "h.sqlite", log.read, 0) as made:
        for number in range(1, 30):
            entries = log.add(received(number, Random(number)))
            made.heard(entries)
            assert made.settle(10)
            assert made.reader.order(entries[0].seq).key == f"key-{number}"


def test_who_must_not_stand_still_finds_it_too(tmp_path):
    log = Log()

    async def look(made: History) -> None:
        for number in range(1, 30):
            entries = log.add(received(number, Random(number)))
            made.heard(entries)
            assert await made.settled(10)
            assert made.reader.order(entries[0].seq).key == f"key-{number}"
        made.told += 1  # what never comes
        assert not await made.settled(0.01)

    with history_of(tmp_path / "h.sqlite", log.read, 0) as made:
        asyncio.run(look(made))
        made.told -= 1


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Log, SqliteHistoryReader]:
    path, log = tmp_path_factory.mktemp("history") / "h.sqlite", lives(21, 300)
    anew(log, path)
    return log, SqliteHistoryReader(path)


def pages(ask: Any, limit: int, **chosen: Any) -> list[Any]:
    import msgspec

    rows, after = [], 0
    while True:
        found = ask(Wanted(limit=limit, after=after, **chosen))
        assert len(found.rows) <= limit
        rows += [msgspec.json.decode(row) for row in found.rows]
        after = found.after
        if not after:
            return rows


@pytest.mark.parametrize("limit", [1, 7, 1_000])
@pytest.mark.parametrize(
    ("chosen", "holds"),
    [
        ({}, lambda row: True),
        ({"symbol": "BTC/USDT"}, lambda row: row["symbol"] == "BTC/USDT"),
        ({"strategy": "manual", "side": "buy"}, lambda row: (row["strategy"], row["side"]) == ("manual", "buy")),
        ({"status": "open"}, lambda row: row["status"] not in ENDED),
        ({"status": "ended"}, lambda row: row["status"] in ENDED),
        ({"status": "filled"}, lambda row: row["status"] == "filled"),
        ({"user": "ann"}, lambda row: row["user"] == "ann"),
        ({"since": 200_000, "until": 900_000}, lambda row: 200_000 <= row["ts"] < 900_000),
        ({"since": 10**15}, lambda row: False),
        ({"until": 1}, lambda row: False),
        ({"text": "KEY-17"}, lambda row: "key-17" in row["key"]),
        ({"text": "'; --"}, lambda row: False),
        ({"accounts": frozenset()}, lambda row: False),
        ({"accounts": frozenset({"main"})}, lambda row: True),
        ({"accounts": frozenset({"main", "other"}), "account": "other"}, lambda row: False),
    ],
)
def test_pages_hold_every_order_that_fits_once_and_newest_first(made, chosen, holds, limit):
    _, reader = made
    everything = pages(reader.orders, 1_000)
    assert pages(reader.orders, limit, **chosen) == [row for row in everything if holds(row)]
    assert len(everything) == 300
    assert everything == sorted(everything, key=lambda row: -row["order_id"])


@pytest.mark.parametrize("limit", [2, 1_000])
def test_a_rare_text_is_looked_for_a_stretch_at_a_time_and_found_everywhere(made, monkeypatch, limit):
    monkeypatch.setattr("parrot.adapters.history.reading.SCANNED_MOST", 25)
    _, reader = made
    wanted = [row for row in pages(reader.orders, 1_000) if "key-7" in row["key"]]
    assert pages(reader.orders, limit, text="key-7") == wanted
    assert len(wanted) > 10


def test_an_order_s_life_is_whole_and_in_order(made):
    log, reader = made
    import msgspec

    for row in pages(reader.orders, 1_000)[:50]:
        seqs = [msgspec.json.decode(event)["seq"] for event in reader.events(row["order_id"])]
        wanted = [
            entry.seq
            for entry in log.entries
            if entry.seq == row["order_id"] or getattr(entry.record, "order_id", 0) == row["order_id"]
        ]
        assert seqs == wanted


def test_an_order_s_row_tells_what_came_of_it(tmp_path):
    log = Log()
    order = received(1, Random(1), quantity=Decimal("1.5"), limit=Decimal("60000.10"))
    order_id = log.add(order)[0].seq
    log.add(
        records.OrderSent(order_id=order_id, client_id="a", attempt=1, quantity=Decimal("1.5")),
        records.OrderSent(order_id=order_id, client_id="a", attempt=2, quantity=Decimal("1.5")),
        fill(order_id, order.order, Decimal("0.5"), Decimal("0.5"), 1),
        fill(order_id, order.order, Decimal("1.0"), Decimal("1.5"), 2),
        records.CostMeasured(
            order_id=order_id, arrival=Decimal(1), average=Decimal(1), filled=Decimal(1), shortfall=Decimal(0),
            fees=Decimal(0), slippage_bps=Decimal("-1.5"), delay=1, ack=1,
        ),
    )  # fmt: skip
    with history_of(tmp_path / "h.sqlite", log.read, log.seq) as made:
        assert made.settle(10)
        row = made.reader.order(order_id)
    assert (row.status, row.filled, row.turnover, row.average) == ("filled", "1.5", "90000.15", "60000.1")
    assert (row.fees, row.client_ids, row.slippage_bps) == ({"USDT": "0.002"}, ("a",), "-1.5")


def test_a_late_fill_counts_and_the_order_stays_ended(tmp_path):
    log = Log()
    order = received(1, Random(1), quantity=Decimal(2), limit=Decimal(10))
    log.add(order, records.OrderCanceled(order_id=1, by="user", reason="x"), *beside())
    path = tmp_path / "h.sqlite"
    anew(log, path)
    log.add(fill(1, order.order, Decimal(1), Decimal(1), 1))
    anew(log, path)  # a later process: the order is not among those that live
    row = SqliteHistoryReader(path).order(1)
    assert (row.status, row.filled) == ("canceled", "1")


def test_a_curve_is_thinned_to_its_ends_and_extremes(tmp_path):
    log, path = Log(), tmp_path / "h.sqlite"
    values = [100 + (n * 7919) % 101 for n in range(2_000)]
    log.add(*(marked(value) for value in values))
    anew(log, path)
    points = SqliteHistoryReader(path).equity(Wanted(account="main"), 100)
    found = [int(point.equity) for point in points]
    assert 50 <= len(points) <= 100
    assert (found[0], found[-1], min(found), max(found)) == (values[0], values[-1], min(values), max(values))
    assert [point.ts for point in points] == sorted(point.ts for point in points)
    part = SqliteHistoryReader(path).equity(Wanted(account="main", since=5_000, until=9_000), 100)
    assert [point.seq for point in part] == [5, 6, 7, 8]
    assert SqliteHistoryReader(path).equity(Wanted(account="other"), 100) == []

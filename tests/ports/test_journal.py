"""The journal port, the same on files, SQLite and PostgreSQL."""

from __future__ import annotations

import pytest

from parrot.adapters.sql import SqlJournal
from parrot.kernel.errors import DataError, InputError, StorageError
from parrot.ports.journal import EMPTY_DIGEST, Head, chain
from tests.ports.conftest import Database, empty_database
from tests.ports.journals import FileStore, SqlStore, Store

BATCHES = [[b"one"], [b"two", b"", b"three \x00\xff" * 40], [b"four"]]
BODIES = [body for batch in BATCHES for body in batch]


@pytest.fixture(params=["files", "sqlite", "postgres"])
def store(request, tmp_path) -> Store:
    return FileStore(tmp_path) if request.param == "files" else SqlStore(empty_database(request.param, request))


def filled(store: Store):
    journal = store.open()
    for batch in BATCHES:
        journal.append(batch)
    return journal


def test_an_empty_journal_has_an_empty_head(store):
    journal = store.open()
    assert journal.head() == Head(0, EMPTY_DIGEST)
    assert list(journal.read()) == []
    assert journal.verify() == []


def test_entries_are_numbered_from_one_and_read_in_order(store):
    journal = filled(store)
    assert list(journal.read()) == list(enumerate(BODIES, 1))
    assert list(journal.read(3)) == list(enumerate(BODIES, 1))[3:]
    assert list(journal.read(5)) == []
    assert list(journal.read(9)) == []


def test_the_head_is_the_chain_of_all_bodies(store):
    journal, digest = filled(store), EMPTY_DIGEST
    for seq, body in enumerate(BODIES, 1):
        digest = chain(digest, seq, body)
    assert journal.head() == Head(5, digest)


def test_an_append_says_where_it_ends(store):
    journal = store.open()
    assert journal.append([b"a", b"b"]) == journal.head()
    assert journal.append([]) == journal.head()
    assert journal.head().seq == 2


def test_a_journal_goes_on_after_it_was_closed(store):
    journal = filled(store)
    head = journal.head()
    journal.close()
    again = store.open()
    assert again.head() == head
    assert again.append([b"five"]).seq == 6
    assert list(again.read(4)) == [(5, b"four"), (6, b"five")]
    assert again.verify() == []


def test_a_journal_may_grow_while_it_is_read(store):
    journal = filled(store)
    found = []
    for seq, body in journal.read():
        found.append(body)
        if seq == 1:
            journal.append([b"late"])
    assert found[:5] == BODIES


def test_large_batches_and_bodies_come_back(store):
    journal = store.open()
    bodies = [bytes([k % 251]) * (k % 97) for k in range(5_000)] + [b"x" * 3_000_000]
    journal.append(bodies)
    assert [body for _, body in journal.read()] == bodies


def test_an_altered_entry_is_refused_when_it_is_met(store):
    filled(store).close()
    store.alter(5, b"four")
    with pytest.raises(DataError, match="altered") as refused:  # files are read whole when they are opened
        list(store.open().read())
    assert "copy" in refused.value.fix


def test_a_cut_tail_is_refused_with_a_way_out(store):
    filled(store).close()
    store.cut()
    with pytest.raises(DataError) as refused:
        store.open()
    assert "copy" in refused.value.fix


def test_a_second_owner_is_refused(store):
    journal = filled(store)
    with pytest.raises(InputError, match="in use by another process"):
        store.open()
    journal.append([b"still mine"])


def test_a_closed_journal_lets_the_next_owner_in_and_takes_no_more(store):
    journal = filled(store)
    journal.close()
    journal.close()
    store.open().append([b"next"])
    with pytest.raises((StorageError, OSError)):
        journal.append([b"late"])


def test_snapshots_give_back_the_newest(store):
    snapshots = store.snapshots()
    assert snapshots.newest() is None
    for seq in (3, 20, 100):
        snapshots.save(Head(seq, bytes([seq]) * 16), b"state %d" % seq * 1000)
    assert snapshots.newest() == (Head(100, bytes([100]) * 16), b"state 100" * 1000)
    snapshots.save(Head(100, bytes([100]) * 16), b"again")
    assert snapshots.newest() == (Head(100, bytes([100]) * 16), b"again")


# -- what is said of databases only ----------------------------------------------------------------------------------


def test_who_is_taken_over_is_fenced_at_its_next_commit(database: Database):
    paused = SqlJournal(database.open(), "desk")
    paused.append([b"one"])
    owner = SqlJournal(database.open(), "desk", takes_over=True)
    with pytest.raises(StorageError, match="fenced"):
        paused.append([b"stale"])
    with pytest.raises(StorageError, match="takes no more"):
        paused.append([b"stale again"])
    assert owner.append([b"two"]).seq == 2
    assert list(owner.read()) == [(1, b"one"), (2, b"two")]


def test_one_who_is_taken_over_twice_stays_fenced(database: Database):
    first = SqlJournal(database.open(), "desk")
    SqlJournal(database.open(), "desk", takes_over=True)
    with pytest.raises(StorageError, match="fenced"):
        first.append([b"nobody else wrote, and yet"])


def test_a_reader_beside_the_owner_sees_what_is_durable(database: Database):
    owner = SqlJournal(database.open(), "desk")
    reader = SqlJournal(database.open(), "desk", writes=False)
    owner.append([b"one"])
    assert reader.head() == owner.head()
    assert list(reader.read()) == [(1, b"one")]
    assert reader.verify() == []
    with pytest.raises(StorageError, match="opened for reading"):
        reader.append([b"two"])


def test_journals_of_one_database_are_apart(database: Database):
    engine = database.open()
    desk, audit = SqlJournal(engine, "desk"), SqlJournal(engine, "audit")
    desk.append([b"d1", b"d2"])
    audit.append([b"a1"])
    assert [list(one.read()) for one in (desk, audit)] == [[(1, b"d1"), (2, b"d2")], [(1, b"a1")]]
    assert desk.verify() == audit.verify() == []


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("DELETE FROM entries WHERE seq = 2", "entries 2 to 2 are missing"),
        ("UPDATE entries SET body = 'x' WHERE seq = 3", "entry 3 is altered"),
        ("UPDATE entries SET digest = 'x' WHERE seq = 4", "entry 4 is altered"),
        ("UPDATE entries SET seq = 9 WHERE seq = 5", "it ends at entry 4"),
        ("DELETE FROM entries WHERE seq = 5", "it ends at entry 4"),
        ("INSERT INTO entries SELECT journal, 6, digest, body FROM entries WHERE seq = 5", "1 entries are outside"),
        ("INSERT INTO entries SELECT journal, 0, digest, body FROM entries WHERE seq = 5", "1 entries are outside"),
        ("UPDATE journals SET seq = 7", "its head says 7"),
        ("UPDATE journals SET digest = 'x'", "it ends at entry 5"),
        ("DELETE FROM entries", "it ends at entry 0"),
    ],
)
def test_every_kind_of_damage_to_rows_is_found(database: Database, damage, found):
    journal = filled(SqlStore(database))
    assert journal.verify() == []
    with database.open().begin() as connection:
        connection.exec_driver_sql(damage)
    assert any(found in problem for problem in journal.verify()), journal.verify()


def test_a_damaged_snapshot_gives_way_to_the_one_before(database: Database):
    snapshots = SqlStore(database).snapshots()
    snapshots.save(Head(1, b"1" * 16), b"first")
    snapshots.save(Head(2, b"2" * 16), b"second")
    with database.open().begin() as connection:
        connection.exec_driver_sql("UPDATE snapshots SET state = 'x' WHERE seq = 2")
    assert snapshots.newest() == (Head(1, b"1" * 16), b"first")


def test_a_hole_larger_than_what_is_read_at_once_is_named_whole(database: Database):
    journal = SqlJournal(database.open(), "desk")
    journal.append([b"x"] * 7_000)
    with database.open().begin() as connection:
        connection.exec_driver_sql("DELETE FROM entries WHERE seq BETWEEN 1500 AND 6500")
    assert [problem.partition(": ")[2] for problem in journal.verify()] == ["entries 1500 to 6500 are missing"]
    with pytest.raises(DataError, match="1500"):
        list(journal.read())

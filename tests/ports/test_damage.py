"""A SQLite file with altered bytes never gives other entries than were written: it is refused, named, or unharmed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from parrot.adapters.sql import SqlJournal, SqlRecords, open_sqlite, verify_records
from parrot.contracts.acts import FileExpected
from parrot.kernel.errors import DataError, ParrotError

BODIES = [b"entry %d " % number * 20 for number in range(120)]


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("damage") / "whole.db"
    engine = open_sqlite(path)
    journal = SqlJournal(engine, "desk")
    for first in range(0, len(BODIES), 10):
        journal.append(BODIES[first : first + 10])
    journal.close()
    engine.dispose()
    assert not path.with_name("whole.db-wal").exists(), "all of it is in one file"
    return path


def look(path: Path) -> str:
    """What somebody gets who opens and reads the journal."""
    try:
        engine = open_sqlite(path)
    except ParrotError:
        return "refused"
    try:
        journal = SqlJournal(engine, "desk")
        found = [body for _, body in journal.read()]
        problems = journal.verify()
        journal.close()
    except ParrotError:
        return "refused"
    finally:
        engine.dispose()
    assert found == BODIES
    return "named" if problems else "unharmed"


def test_no_flipped_byte_gives_other_entries(written, room, record_property):
    whole = written.read_bytes()
    places = [*range(0, 100, 3), *range(100, len(whole), len(whole) // 150)]
    seen = []
    for place in places:
        victim = room / f"victim{place}.db"
        flipped = bytearray(whole)
        flipped[place] ^= 0x41
        victim.write_bytes(flipped)
        seen.append(look(victim))
        victim.unlink()
    counts = {word: seen.count(word) for word in ("refused", "named", "unharmed")}
    record_property("summary", f"SQLite, one byte flipped: {counts}")
    assert counts["refused"] + counts["named"] > len(places) // 4


@pytest.mark.parametrize("pages", [1, 2, 5, 10])
def test_a_file_that_is_cut_is_refused(written, tmp_path, pages):
    victim = tmp_path / "cut.db"
    shutil.copy(written, victim)
    with victim.open("r+b") as file:
        file.truncate(len(written.read_bytes()) - pages * 4096)
    assert look(victim) == "refused"


def test_an_altered_record_is_refused_and_named(room):
    path = room / "records.db"
    engine = open_sqlite(path)
    with SqlRecords(engine).work() as work:
        work.put("ann", FileExpected(ts=1, name="what was kept"))
    engine.dispose()
    assert verify_records(path) == []
    path.write_bytes(path.read_bytes().replace(b"what was kept", b"what was keqt"))
    engine = open_sqlite(path)
    with pytest.raises(DataError, match="FileExpected ann is not what was kept"):
        SqlRecords(engine).get(FileExpected, "ann")
    with pytest.raises(DataError, match="is not what was kept"):
        SqlRecords(engine).scan(FileExpected)
    engine.dispose()
    assert verify_records(path) == ["the record FileExpected ann is not what was kept"]

"""The file journal keeps what it acknowledged, and every altered byte is found."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.adapters.journal.files import FileJournal, FileSnapshots, verify_journal, verify_snapshot
from parrot.kernel.errors import DataError, InputError, StorageError
from parrot.ports.journal import Head

BATCHES = [[b"one"], [b"two", b"", b"three" * 40], [b"four"]]


def written(folder: Path, batches: list[list[bytes]] = BATCHES, *, clean: bool = True) -> Path:
    path = folder / "desk.journal"
    journal = FileJournal(path)
    for batch in batches:
        journal.append(batch)
    if clean:
        journal.close()
    else:
        os.close(journal._file)
        os.close(journal._head)
    return path


def test_what_was_appended_is_read_again_after_opening(tmp_path):
    path = written(tmp_path)
    journal = FileJournal(path)
    bodies = [body for batch in BATCHES for body in batch]
    assert list(journal.read()) == list(enumerate(bodies, 1))
    assert list(journal.read(3)) == list(enumerate(bodies, 1))[3:]
    assert journal.head().seq == 5
    assert journal.append([b"five"]).seq == 6
    assert journal.verify() == []


def test_reading_behind_any_entry_gives_the_rest(tmp_path):
    path = tmp_path / "desk.journal"
    bodies = [b"%d" % number for number in range(20_000)]
    journal = FileJournal(path, sync=False)
    for start in range(0, 10_000, 7):
        journal.append(bodies[start : min(start + 7, 10_000)])
    journal.close()
    journal = FileJournal(path, sync=False)
    for start in range(10_000, 20_000, 500):
        journal.append(bodies[start : start + 500])
    for after in (0, 1, 4_095, 4_096, 4_102, 9_999, 10_000, 12_345, 19_999, 20_000):
        assert [body for _, body in journal.read(after)] == bodies[after:]
    journal.close()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.binary(max_size=50), min_size=1, max_size=4), max_size=6))
def test_the_chain_is_the_one_that_the_port_states(tmp_path_factory, batches):
    from hashlib import blake2b

    journal = FileJournal(tmp_path_factory.mktemp("chain") / "a.journal", sync=False)
    for batch in batches:
        journal.append(batch)
    digest = bytes(16)
    for seq, body in enumerate((body for batch in batches for body in batch), 1):
        digest = blake2b(digest + seq.to_bytes(8, "little") + body, digest_size=16).digest()
    assert journal.head().digest == digest
    journal.close()


@pytest.mark.parametrize("clean", [True, False])
def test_every_flipped_byte_is_found(tmp_path, clean):
    path = written(tmp_path, clean=clean)
    assert verify_journal(path).problems == []
    whole = path.read_bytes()
    for at in range(len(whole)):
        flipped = bytearray(whole)
        flipped[at] ^= 0x40
        path.write_bytes(flipped)
        assert verify_journal(path).problems, f"byte {at}"
    path.write_bytes(whole)
    assert verify_journal(path).problems == []


@pytest.mark.parametrize("clean", [True, False])
def test_every_cut_of_what_was_acknowledged_is_found_and_refused(tmp_path, clean):
    path = written(tmp_path, clean=clean)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert verify_journal(path).problems, f"{size} bytes"
        with pytest.raises(DataError):
            FileJournal(path)


@pytest.mark.parametrize("clean", [True, False])
@pytest.mark.parametrize("more", [b"\0" * 16, b"\0" * 200, b"x" * 33], ids=["zeros", "many zeros", "text"])
def test_what_was_added_is_found(tmp_path, more, clean):
    path = written(tmp_path, clean=clean)
    whole = path.read_bytes()
    path.write_bytes(whole + more)
    assert verify_journal(path).problems
    path.write_bytes(whole + whole[-70:])
    assert verify_journal(path).problems


def test_the_rest_of_a_batch_that_nobody_was_told_of_is_cut_off(tmp_path):
    path = written(tmp_path, clean=False)
    whole = path.read_bytes()
    shutil.copytree(tmp_path, tmp_path / "more")
    longer = written(tmp_path / "more", [[b"later" * 999]])
    frame = longer.read_bytes()[len(whole) :]
    for size in range(1, len(frame)):
        path.write_bytes(whole + frame[:size])
        verdict = verify_journal(path)
        if (len(whole) + size) % 512:
            assert verdict.problems  # a write is cut between sectors only
            continue
        assert not verdict.problems
        assert verdict.notes
        journal = FileJournal(path)
        assert journal.head().seq == 5
        assert path.read_bytes()[96:] == whole[96:]
        os.close(journal._file)
        os.close(journal._head)


@pytest.mark.parametrize("more", [b"\0", b"x" * 512])
def test_what_was_added_behind_a_clean_end_is_refused(tmp_path, more):
    path = written(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole + more)
    with pytest.raises(DataError, match="added behind its clean end"):
        FileJournal(path)
    assert path.read_bytes() == whole + more


def test_another_chain_under_the_same_head_is_refused(tmp_path):
    path = written(tmp_path)
    (tmp_path / "other").mkdir()
    other = written(tmp_path / "other", [[b"one"], [b"two", b"", b"THREE" * 40], [b"four"]])
    path.write_bytes(path.read_bytes()[:96] + other.read_bytes()[96:])
    with pytest.raises(DataError, match="not the one it ended in"):
        FileJournal(path)


def test_an_empty_file_is_no_new_journal(tmp_path):
    path = written(tmp_path, [])
    path.write_bytes(b"")
    assert verify_journal(path).problems
    with pytest.raises(DataError, match="cut off at byte 0"):
        FileJournal(path)


def test_a_copy_read_from_the_front_while_it_is_written_verifies(tmp_path):
    journal = FileJournal(tmp_path / "desk.journal")
    for count in range(60):
        journal.append([b"entry %d" % count] * 3)
        with (tmp_path / "desk.journal").open("rb") as file:
            begin = file.read(200)
            journal.append([b"more"])
            (tmp_path / "copy.journal").write_bytes(begin + file.read())
        assert verify_journal(tmp_path / "copy.journal").problems == []


def test_one_owner_at_a_time(tmp_path):
    journal = FileJournal(tmp_path / "desk.journal")
    with pytest.raises(InputError, match="in use") as refused:
        FileJournal(tmp_path / "desk.journal")
    if Path("/proc/locks").exists():
        assert f"(process {os.getpid()})" in refused.value.problem
    journal.close()
    FileJournal(tmp_path / "desk.journal").close()


def test_after_an_error_it_takes_no_more(tmp_path, monkeypatch):
    journal = FileJournal(tmp_path / "desk.journal")
    journal.append([b"kept"])

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", full)
        with pytest.raises(StorageError, match="No space left"):
            journal.append([b"lost"])
    with pytest.raises(StorageError, match="takes no more"):
        journal.append([b"more"])
    assert journal.head().seq == 1


def test_only_its_owner_may_read_a_snapshot(tmp_path):
    snapshots = FileSnapshots(tmp_path, "desk")
    snapshots.save(Head(1, bytes(16)), b"state")
    assert snapshots.paths()[0].stat().st_mode & 0o777 == 0o600


def test_snapshots_keep_the_newest_two_whole_ones(tmp_path):
    snapshots = FileSnapshots(tmp_path, "desk")
    for seq in (1, 2, 3):
        snapshots.save(Head(seq, bytes(16)), b"state %d" % seq)
    assert len(snapshots.paths()) == 2
    assert snapshots.newest() == (Head(3, bytes(16)), b"state 3")
    newest = snapshots.paths()[-1]
    whole = newest.read_bytes()
    for at in range(len(whole)):
        newest.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert verify_snapshot(newest)
        assert snapshots.newest() == (Head(2, bytes(16)), b"state 2")

"""Both stores of sessions: the same numbers and messages, and files that survive and stay small."""

from __future__ import annotations

import os

import pytest

from parrot.adapters.sessions import FileSessions, MemorySessions, files, memory
from parrot.kernel.errors import StorageError
from parrot.ports.sessions import SessionKey

KEY = SessionKey("main", "BOT", "PARROT")


@pytest.fixture(params=["memory", "files"])
def stores(request, tmp_path):
    return MemorySessions() if request.param == "memory" else FileSessions(tmp_path)


def filled(store):
    for message in (b"one", b"", b"three", b"", b"five"):
        store.keep(message)
    store.expect(7)
    return store


def told(store):
    return store.incoming, store.outgoing, list(store.kept(1, 999))


def test_a_session_begins_at_one_and_keeps_what_is_to_be_told_again(stores):
    store = stores.open(KEY)
    assert told(store) == (1, 1, [])
    filled(store)
    assert told(store) == (7, 6, [(1, b"one"), (3, b"three"), (5, b"five")])
    assert list(store.kept(2, 4)) == [(3, b"three")]
    assert stores.known() == [KEY]


def test_a_reset_forgets(stores):
    store = filled(stores.open(KEY))
    store.reset()
    assert told(store) == (1, 1, [])
    store.keep(b"new")
    assert told(store) == (1, 2, [(1, b"new")])


def test_other_names_are_other_sessions(stores):
    filled(stores.open(KEY))
    assert told(stores.open(KEY._replace(theirs="BOT2"))) == (1, 1, [])
    assert len(stores.known()) == 2


def test_only_the_newest_messages_are_kept(stores, monkeypatch):
    monkeypatch.setattr(memory, "MESSAGES_MAX", 2)
    store = filled(stores.open(KEY))
    assert told(store) == (7, 6, [(3, b"three"), (5, b"five")])


def test_a_file_is_read_again_and_a_torn_end_is_cut_off(tmp_path):
    before = told(filled(FileSessions(tmp_path).open(KEY)))
    [path] = tmp_path.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    whole = path.read_bytes()
    for torn in (b"\x00", whole[-10:-3], b"\xff" * 40):
        path.write_bytes(whole + torn)
        assert FileSessions(tmp_path).known() == [KEY]
        store = FileSessions(tmp_path).open(KEY)
        assert told(store) == before
        assert path.read_bytes() == whole
        store.close()
    path.write_bytes(whole[:-5])  # what is left out is lost, and no more
    assert told(FileSessions(tmp_path).open(KEY))[1:] == before[1:]


def test_a_large_file_is_written_anew_with_the_same_in_it(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "FILE_BYTES_MAX", 2_000)
    monkeypatch.setattr(memory, "MESSAGES_MAX", 3)
    store = FileSessions(tmp_path).open(KEY)
    for number in range(1, 400):
        store.keep(b"message %d" % number if number % 5 == 0 else b"")
        store.expect(number)
        [path] = tmp_path.iterdir()
        assert path.stat().st_size < 2_100
    assert told(store) == (399, 400, [(number, b"message %d" % number) for number in (385, 390, 395)])
    assert told(FileSessions(tmp_path).open(KEY)) == told(store)
    store.keep(b"more")
    assert told(FileSessions(tmp_path).open(KEY)) == told(store)


def test_a_file_that_cannot_be_written_takes_no_more(tmp_path, monkeypatch):
    store = FileSessions(tmp_path).open(KEY)
    monkeypatch.setattr(os, "write", lambda file, data: 3)
    for _ in range(2):
        with pytest.raises(StorageError, match="takes no more"):
            store.keep(b"lost")
    assert told(store) == (1, 1, [])

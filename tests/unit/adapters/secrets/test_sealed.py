"""Sealed secrets: what is kept is no use without the master key, and what was altered does not open."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from parrot.adapters.secrets.doors import write_closed
from parrot.adapters.secrets.master import VARIABLE, MasterKey, master
from parrot.adapters.secrets.sealed import SealedSecrets
from parrot.kernel.errors import DataError, MissingError, ParameterError, ParrotError, StorageError

CANARY = "hunter2-ünïcode-and-long-enough"


@pytest.fixture
def store(tmp_path):
    return SealedSecrets(tmp_path / "secrets", master(tmp_path / "master.key", {}))


def _all_bytes(folder) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_secret_comes_back_and_is_in_no_file(store, tmp_path):
    store.set("binance-key", CANARY)
    assert store.get("binance-key").reveal() == CANARY
    assert store.names() == ["binance-key"]
    held = _all_bytes(tmp_path)
    assert CANARY.encode() not in held
    assert CANARY.encode()[:8] not in held


def test_programs_that_need_the_first_master_key_at_once_get_the_same(tmp_path):
    paths = [tmp_path / str(number) / "master.key" for number in range(20) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda path: master(path, {}).make().id, paths))
    assert made == [master(path, {}).all()[0].id for path in paths]


def test_a_new_file_takes_no_other_ones_place(tmp_path):
    write_closed(tmp_path / "key", b"first", new=True)
    with pytest.raises(StorageError):
        write_closed(tmp_path / "key", b"second", new=True)
    assert (tmp_path / "key").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_the_master_key_is_made_once_and_for_its_owner_only(store, tmp_path):
    store.set("a", CANARY)
    assert store.made
    made = (tmp_path / "master.key").read_bytes()
    for path in (tmp_path / "master.key", tmp_path / "secrets" / "a.sealed"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = SealedSecrets(tmp_path / "secrets", master(tmp_path / "master.key", {}))
    again.set("b", CANARY)
    assert not again.made
    assert (tmp_path / "master.key").read_bytes() == made


def test_the_same_secret_is_never_sealed_alike(store, tmp_path):
    store.set("a", CANARY)
    store.set("b", CANARY)
    one, other = (json.loads((tmp_path / "secrets" / f"{name}.sealed").read_text()) for name in "ab")
    assert one["text"] != other["text"]
    assert one["key"] != other["key"]


def test_a_file_under_another_name_does_not_open(store, tmp_path):
    store.set("a", "first-secret")
    store.set("b", "second-secret")
    one, other = (tmp_path / "secrets" / f"{name}.sealed" for name in "ab")
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    for name in "ab":
        with pytest.raises(DataError, match="was altered"):
            store.get(name)


@pytest.mark.parametrize("part", ["version", "master", "key", "text"])
def test_what_was_altered_does_not_open(store, tmp_path, part):
    store.set("a", CANARY)
    path = tmp_path / "secrets" / "a.sealed"
    sealed = json.loads(path.read_text())
    sealed[part] = 9 if part == "version" else ("A" if sealed[part][0] != "A" else "B") + sealed[part][1:]
    path.write_text(json.dumps(sealed))
    with pytest.raises(DataError) as refused:
        store.get("a")
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 1}', b"\xff" * 100, b"[" * 5000])
def test_what_is_no_sealed_file_is_named(store, tmp_path, content):
    store.set("a", CANARY)
    (tmp_path / "secrets" / "a.sealed").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.sealed"):
        store.get("a")


def test_another_master_key_is_named_by_its_id(store, tmp_path):
    store.set("a", CANARY)
    other = MasterKey.new()
    stranger = SealedSecrets(tmp_path / "secrets", master(tmp_path / "nowhere", {VARIABLE: other.text}))
    with pytest.raises(DataError, match="was sealed with master key") as refused:
        stranger.get("a")
    assert other.id in str(refused.value)
    assert other.text not in str(refused.value)


def test_a_lost_master_key_is_not_made_anew(store, tmp_path):
    store.set("a", CANARY)
    (tmp_path / "master.key").unlink()
    for attempt in (lambda: store.get("a"), lambda: store.set("b", CANARY), store.rotate):
        with pytest.raises(MissingError, match="master key is missing"):
            attempt()
    assert not (tmp_path / "master.key").exists()


@pytest.mark.parametrize("text", ["short", "!" * 44, "AA==", "0" * 63])
def test_a_bad_master_key_is_refused_and_not_shown(tmp_path, text):
    with pytest.raises(DataError, match="holds no master key") as refused:
        master(tmp_path / "master.key", {VARIABLE: text})
    assert text not in str(refused.value)


def test_hex_and_base64_are_the_same_key():
    key = MasterKey.new()
    assert MasterKey.read(key.raw.hex(), "x").id == MasterKey.read(key.text, "x").id
    assert key.text not in repr(key)


def test_files_that_others_can_read_are_refused(store, tmp_path):
    store.set("a", CANARY)
    for path in (tmp_path / "master.key", tmp_path / "secrets" / "a.sealed"):
        path.chmod(0o644)
        with pytest.raises(StorageError, match="others can read it"):
            store.get("a")
        path.chmod(0o600)
    assert store.get("a").reveal() == CANARY


def test_rotation_wraps_every_key_anew_and_keeps_the_texts(store, tmp_path):
    secrets = {f"key-{number}": f"{CANARY}-{number}" for number in range(20)}
    for name, text in secrets.items():
        store.set(name, text)
    before = {path.name: json.loads(path.read_text()) for path in (tmp_path / "secrets").iterdir()}
    old = (tmp_path / "master.key").read_text()
    assert store.rotate() == len(secrets)
    assert (tmp_path / "master.key").read_text() != old
    assert {name: store.get(name).reveal() for name in secrets} == secrets
    after = {path.name: json.loads(path.read_text()) for path in (tmp_path / "secrets").iterdir()}
    assert all(after[name]["text"] == before[name]["text"] for name in before)
    assert all(after[name]["key"] != before[name]["key"] for name in before)
    keeper = SealedSecrets(tmp_path / "secrets", master(tmp_path, {VARIABLE: old}))
    with pytest.raises(DataError):
        keeper.get("key-0")


@pytest.mark.parametrize("written", [0, 1, 2, 3])
def test_a_rotation_that_is_broken_off_loses_nothing(store, tmp_path, monkeypatch, written):
    for name in ("a", "b", "c"):
        store.set(name, f"{CANARY}-{name}")
    left = [written]
    real = os.replace

    def stop(source, target, **rest):
        if str(target).endswith(".sealed"):
            if not left[0]:
                raise OSError(28, "No space left on device")
            left[0] -= 1
        real(source, target, **rest)

    monkeypatch.setattr(os, "replace", stop)
    monkeypatch.setattr("pathlib.Path.replace", lambda self, target: stop(self, target))
    try:
        store.rotate()
    except StorageError:
        assert written < 3
    monkeypatch.undo()
    for again in (False, True):
        if again:
            store.rotate()
        fresh = SealedSecrets(tmp_path / "secrets", master(tmp_path / "master.key", {}))
        assert [fresh.get(name).reveal() for name in "abc"] == [f"{CANARY}-{name}" for name in "abc"]


def test_in_the_environment_the_first_key_seals_and_the_others_open(tmp_path):
    old, new = MasterKey.new(), MasterKey.new()
    SealedSecrets(tmp_path, master(tmp_path, {VARIABLE: old.text})).set("a", CANARY)
    both = SealedSecrets(tmp_path, master(tmp_path, {VARIABLE: f"{new.text},{old.text}"}))
    assert both.get("a").reveal() == CANARY
    assert both.rotate() == 1
    assert SealedSecrets(tmp_path, master(tmp_path, {VARIABLE: new.text})).get("a").reveal() == CANARY


def test_a_removed_secret_is_gone(store):
    store.set("a", CANARY)
    assert store.remove("a")
    assert not store.remove("a")
    assert store.names() == []
    with pytest.raises(MissingError):
        store.get("a")


@pytest.mark.parametrize("text", ["", "x" * 40_000])
def test_what_is_no_secret_is_refused(store, text):
    with pytest.raises(ParameterError):
        store.set("a", text)


@pytest.mark.parametrize("name", ["", "../a", "A", "a/b"])
def test_what_is_no_name_is_refused(store, name):
    for attempt in (lambda: store.set(name, CANARY), lambda: store.get(name), lambda: store.remove(name)):
        with pytest.raises(ParameterError):
            attempt()


def test_a_full_disk_leaves_the_old_secret(store, tmp_path, monkeypatch):
    store.set("a", CANARY)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ParrotError) as refused:
        store.set("a", "another-secret")
    monkeypatch.undo()
    assert "another-secret" not in str(refused.value)
    assert store.get("a").reveal() == CANARY
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["a.sealed"]

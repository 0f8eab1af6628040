"""Password hashes: strong ones, the same work for everybody, and no more at once than there is room for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from argon2 import extract_parameters

from parrot.adapters.passwords import ArgonPasswords
from parrot.kernel.errors import BusyError


@pytest.fixture(scope="module")
def passwords():
    made = ArgonPasswords(memory_kib=8 * 1024, passes=1)  # quick ones; the real ones are looked at below
    yield made
    made.close()


def test_a_hash_is_argon2id_with_64_mib_and_a_salt_of_its_own():
    passwords = ArgonPasswords()
    first, second = passwords.hash("the same password"), passwords.hash("the same password")
    found = extract_parameters(first)
    assert first.startswith("$argon2id$")
    assert (found.memory_cost, found.time_cost) == (65_536, 3)
    assert first != second
    passwords.close()


def test_only_the_right_password_is_right(passwords):
    kept = passwords.hash("violet engine")
    assert passwords.verify("violet engine", kept)
    assert not passwords.verify("violet engin", kept)
    assert not passwords.verify("", kept)


@pytest.mark.parametrize("kept", ["", "plain", "$argon2id$v=19$broken", "$2b$12$" + "x" * 53])
def test_without_a_hash_the_same_work_is_done_and_nothing_is_right(passwords, kept, monkeypatch):
    done, verify = [], passwords._hasher.verify

    def counted(password: str, held: str) -> bool:
        done.append(held)
        return bool(verify(password, held))

    monkeypatch.setattr(passwords._hasher, "verify", counted)
    assert not passwords.verify("a password that nobody has", kept)
    assert done == [passwords._decoy]


def test_hashes_of_weaker_days_are_known(passwords):
    kept = passwords.hash("violet engine")
    assert not passwords.outdated(kept)
    assert passwords.outdated(kept.replace("m=8192", "m=4096"))
    assert passwords.outdated("md5:x")


def test_who_comes_when_too_many_wait_hears_of_it(monkeypatch):
    passwords, go, begun = ArgonPasswords(waiting=2, memory_kib=8, passes=1), Event(), Event()

    def slow(password: str) -> str:
        begun.set()
        go.wait(10)
        return "hash"

    monkeypatch.setattr(passwords._hasher, "hash", slow)
    with ThreadPoolExecutor(3) as callers:
        waiting = [callers.submit(passwords.hash, "x") for _ in range(3)]
        begun.wait(10)
        while passwords._room._value:
            pass
        with pytest.raises(BusyError):
            passwords.hash("one too many")
        go.set()
        assert [one.result(10) for one in waiting] == ["hash"] * 3
    assert passwords.hash("again") == "hash"
    passwords.close()

"""The cache port, the same in memory and in Redis; what fails or was wiped is a miss, and nothing worse."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.adapters.cache.memory import MemoryCache
from parrot.adapters.cache.redis import RedisCache
from parrot.kernel.errors import ParameterError
from parrot.ports.cache import Cache
from tests.ports.servers.processes import free_port
from tests.ports.servers.valkey import Valkey


@pytest.fixture(params=["memory", "redis"])
def cache(request) -> Cache:
    if request.param == "memory":
        return MemoryCache()
    server: Valkey = request.getfixturevalue("valkey")
    return RedisCache(server.url, space=server.space(), patience_s=2.0)


def test_what_was_put_is_there_to_the_last_byte(cache):
    for value in (b"", b"\x00\xff" * 1000, b"text"):
        cache.put("a key with blanks: ä/*?", value)
        assert cache.get("a key with blanks: ä/*?") == value
    assert cache.faults() == 0


def test_what_was_never_put_is_not_there(cache):
    assert cache.get("x") is None
    cache.drop("x")


def test_a_dropped_value_is_gone_and_the_others_are_there(cache):
    cache.put("a", b"1")
    cache.put("b", b"2")
    cache.drop("a")
    assert (cache.get("a"), cache.get("b")) == (None, b"2")


def test_clearing_forgets_all_values_of_this_cache(cache):
    for number in range(2_500):
        cache.put(f"k{number}", b"v")
    cache.clear()
    assert [cache.get(f"k{number}") for number in (0, 1_000, 2_499)] == [None] * 3


def test_a_value_lives_as_long_as_was_said_and_a_new_one_anew(cache):
    cache.put("short", b"1", ttl_s=0.4)
    cache.put("renewed", b"1", ttl_s=0.4)
    cache.put("renewed", b"2")
    cache.put("long", b"1", ttl_s=1000)
    assert cache.get("short") == b"1"
    time.sleep(0.45)
    assert [cache.get(key) for key in ("short", "renewed", "long")] == [None, b"2", b"1"]


@pytest.mark.parametrize("ttl_s", [0, -1, float("inf"), float("nan")])
def test_a_time_to_live_that_is_none_is_refused(cache, ttl_s):
    with pytest.raises(ParameterError, match="a value cannot live"):
        cache.put("x", b"1", ttl_s=ttl_s)


def test_an_empty_key_is_refused(cache):
    for act in (lambda: cache.get(""), lambda: cache.put("", b"1"), lambda: cache.drop("")):
        with pytest.raises(ParameterError, match="a key is empty"):
            act()


def test_caches_of_one_server_are_apart(valkey: Valkey):
    one, other, odd = (RedisCache(valkey.url, space=space) for space in ("one", "one-more", "on?"))
    for cache in (one, other, odd):
        cache.put("x", b"1")
    odd.clear()
    assert (one.get("x"), other.get("x"), odd.get("x")) == (b"1", b"1", None)
    one.clear()
    assert (one.get("x"), other.get("x")) == (None, b"1")


def test_a_wiped_cache_has_nothing_and_goes_on(valkey: Valkey):
    cache = RedisCache(valkey.url, space=valkey.space(), patience_s=2.0)
    cache.put("x", b"1")
    valkey.server.kill()
    assert cache.get("x") is None
    cache.put("x", b"2")
    assert cache.faults() == 2
    valkey.start()
    time.sleep(1.05)  # it leaves a server that failed alone for a second
    assert cache.get("x") is None
    cache.put("x", b"3")
    assert cache.get("x") == b"3"


def test_a_dead_cache_does_not_slow_its_users(valkey: Valkey):
    cache = RedisCache(f"redis://127.0.0.1:{free_port()}/0")
    start = time.monotonic()
    assert [cache.get(f"k{number}") for number in range(1_000)] == [None] * 1_000
    assert time.monotonic() - start < 0.9
    assert cache.faults() == 1_000


def test_a_wrong_address_is_refused_without_its_password():
    with pytest.raises(ParameterError, match="no address of a Redis") as refused:
        RedisCache("http://:hunter2@localhost")
    assert "hunter2" not in str(refused.value)


def test_in_memory_what_was_not_used_for_longest_makes_room():
    cache = MemoryCache(room_bytes=33)
    for key in ("a", "b", "c"):
        cache.put(key, b"x" * 10)
    cache.get("a")
    cache.put("d", b"x" * 10)
    assert [cache.get(key) is not None for key in "abcd"] == [True, False, True, True]
    cache.put("e", b"x" * 33)
    assert (cache.get("e"), cache.get("a")) == (None, b"x" * 10)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 30))))
def test_in_memory_the_room_is_kept(puts):
    cache = MemoryCache(room_bytes=40)
    for key, size in puts:
        cache.put(key, bytes(size))
        assert sum(1 + len(cache.get(k)) for k in "abcde" if cache.get(k) is not None) <= 40
        assert cache.get(key) == bytes(size)

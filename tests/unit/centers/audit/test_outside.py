"""Invariants that need more than the journal are given it, and say what is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parrot.centers.audit.manifest import mixed, outside
from tests.unit.centers.audit.histories import SELL, History


def test_a_state_that_is_rebuilt_otherwise_is_named_with_its_entry() -> None:
    rebuilt = {3: "aa", 7: "bb"}
    assert outside.rebuilt_differs({3: "aa", 7: "bb"}, rebuilt.__getitem__) == []
    ((seq, text),) = outside.rebuilt_differs({3: "aa", 7: "cc"}, rebuilt.__getitem__)
    assert seq == 7
    assert "was cc, rebuilt it is bb" in text


def test_delivering_everything_again_changes_nothing() -> None:
    seen: set[int] = {1}
    counted: list[int] = [1]
    assert outside.delivered_again(lambda: seen.add(1), lambda: str(seen)) == []
    assert outside.delivered_again(lambda: counted.append(1), lambda: str(counted)) != []


def test_an_id_of_somebody_else_in_an_answer_is_found() -> None:
    owners = {"order-7": "ada", "order-77": "bob"}
    assert outside.leaks_between_users([("ada", "order-7 is filled"), ("bob", "order-77")], owners) == []
    assert outside.leaks_between_users([("bob", '{"id": "order-7"}')], owners) == [
        "an answer to bob holds order-7 of ada"
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"the token is hunter2-hunter2 indeed",
        b"-----BEGIN PRIVATE KEY-----",
        b'{"api_secret": "0123456789"}',
        b"Authorization: Bearer abcdefghijk",
        b"postgresql://parrot:letmein@localhost/db",
    ],
)
def test_a_secret_in_a_log_is_found_and_not_repeated(text: bytes) -> None:
    (told,) = outside.secrets_in([("log.jsonl", text)], [b"hunter2-hunter2"])
    assert told.startswith("log.jsonl holds a secret at byte ")


def test_a_log_without_secrets_passes() -> None:
    quiet = b'{"event": "order refused", "rule": "max_notional", "url": "http://127.0.0.1:8000/api"}'
    assert outside.secrets_in([("log.jsonl", quiet)], [b"hunter2-hunter2", b""]) == []


def test_the_first_decision_that_differs_in_a_replay_is_named() -> None:
    history = History()
    history.receive("1")
    history.receive("2", SELL)
    live = outside.orders_of(history.entries, "a")
    assert outside.orders_differ(live, list(live)) == []
    assert outside.orders_differ(live, live[:1]) == ["decision 2 was sell 2 BTCUSDT (key 4), replayed it is nothing"]
    assert [order.quantity for order in live] == [Decimal(1), Decimal(2)]


def test_parts_of_two_builds_beside_one_another_are_named() -> None:
    one, other = ("b1", "s", "c"), ("b2", "s", "c")
    assert mixed({"desk": one, "web": one}) == []
    assert mixed({"desk": one, "web": other}) == ["web runs another build than desk"]

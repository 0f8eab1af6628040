"""`parrot group`: what it says of the orders of a group, and of changes that cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from parrot.app.cli import group, program

PLAN = {"type": "grid", "symbol": "ETH/USDT", "low": "2900", "high": "3100", "levels": 3, "quantity": "0.1"}
ROW = {"group_id": 7, "ts": 0, "form": "grid", "symbol": "ETH/USDT", "status": "working", "plan": PLAN, "stopped": {}}
REFUSED = {"status": "refused", "reason": "long_only: it could be -0.1"}


def order(number: int, step: int, **more: Any) -> dict[str, Any]:
    row = {"order_id": number, "why": f"grid 7, step {step}", "side": "buy", "kind": "limit", "status": "accepted"}
    row |= {"quantity": "0.1", "filled": "0", "limit": "2900", "trigger": None, "reason": "", "parent": 0}
    return row | more


class Platform:
    """Answers as a running platform does, and keeps what it was sent."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.records = ["GroupPlaced"]
        self.sent: list[tuple[str, str, dict[str, Any]]] = []

    def get(self, path: str) -> dict[str, Any]:
        return {"items": [ROW] if "/groups" in path else self.orders}

    def send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.sent.append((method, path, body))
        return {"key": "k", "records": self.records, **({"group_id": 7} if method == "POST" else {})}


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    made = Platform()
    monkeypatch.setattr(group, "client", lambda data: made)
    return made


@pytest.fixture
def parrot(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def call(*words: str) -> tuple[int, str]:
        code = program.run(["group", *words])
        told = capsys.readouterr()
        return code, told.out + told.err

    return call


GRID = ("grid", "ETH/USDT", "--low", "2900", "--high", "3100", "--levels", "3", "--quantity", "0.1")


def test_a_group_whose_orders_work_says_how_many_have_left(platform: Platform, parrot: Any) -> None:
    platform.orders = [order(8, 0), order(9, 1), order(5, 0, why="grid 70, step 0"), order(10, 0, parent=8)]
    assert parrot(*GRID) == (0, "group 7 works; orders sent so far: 2\n")


def test_orders_of_a_new_group_that_are_refused_are_told_at_once_with_the_reason(
    platform: Platform, parrot: Any
) -> None:
    platform.orders = [order(8, 0), order(9, 1, **REFUSED)]
    code, told = parrot(*GRID)
    assert code == 0
    assert "group 7 works: 1 of its first 2 orders were refused\n  long_only: it could be -0.1\n" in told


def test_a_group_whose_orders_are_all_refused_ends_with_2(platform: Platform, parrot: Any) -> None:
    platform.orders = [order(8, 0, **REFUSED), order(9, 1, **REFUSED)]
    code, told = parrot(*GRID)
    assert code == 2
    assert "group 7 cannot work: 2 of its first 2 orders" in told
    code, told = parrot(*GRID, "--json")
    assert code == 2
    assert [row["order_id"] for row in json.loads(told)["orders"]] == [8, 9]


def test_a_group_is_shown_with_the_newest_order_of_each_place_and_its_protection(
    platform: Platform, parrot: Any
) -> None:
    stop = {"why": "stop of order 8", "kind": "stop"}
    platform.orders = [
        order(20, 1, **REFUSED),
        order(9, 1, **REFUSED),
        order(8, 0, status="filled"),
        order(11, 0, parent=8, status="held", trigger="2800", **stop),
        order(12, 0, parent=8, status="canceled", **stop),
        order(13, 0, parent=3, status="held", **stop),
    ]
    code, told = parrot("show", "7")
    assert code == 0
    assert "low 2900, high 3100, levels 3" in told
    numbers = [line.split()[0] for line in told.partition("order_id")[2].splitlines() if line.strip()]
    assert [number for number in numbers if number.isdigit()] == ["8", "20", "11"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("amend", "7", "foo=5"), "no 'foo'; expected: one of symbol, low, high, levels, quantity"),
        (("amend", "7", "foo"), "'foo' is no change; expected: name=value"),
        ((*GRID, "--levels", "1"), "levels"),
    ],
)
def test_what_no_group_has_is_refused_here(platform: Platform, parrot: Any, words: tuple[str, ...], text: str) -> None:
    code, told = parrot(*words)
    assert code == 2
    assert text in told
    assert "separators" not in told
    assert platform.sent == []


def test_amend_and_cancel_say_in_words_what_happened(platform: Platform, parrot: Any) -> None:
    platform.records = ["GroupAmended"]
    assert parrot("amend", "7", "low=2950") == (0, "group 7 has its new plan, its open orders follow\n")
    assert platform.sent[-1][2]["plan"]["low"] == "2950"
    platform.records = ["GroupEnding"]
    assert parrot("cancel", "7") == (0, "group 7 ends: its orders are withdrawn, what it holds stays\n")
    platform.records = []
    assert parrot("amend", "7", "low=2900") == (0, "group 7 had this plan already\n")
    assert parrot("cancel", "7") == (0, "group 7 was ending already\n")

"""`parrot order submit`: what it says of an order, and how long it waits for it."""

from __future__ import annotations

from typing import Any

import pytest

from parrot.app.cli import order, program


class Platform:
    """Answers with one state of the order after the other, the last one for ever."""

    def __init__(self, kind: str, *states: str) -> None:
        self.kind = kind
        self.states = list(states)

    def send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"key": "k", "order_id": 5}

    def get(self, path: str) -> dict[str, Any]:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        filled = "1" if state == "filled" else "0"
        return {"order_id": 5, "kind": self.kind, "status": state, "filled": filled, "quantity": "1", "reason": ""}


@pytest.mark.parametrize(
    ("kind", "states", "told"),
    [
        ("market", ("sent", "accepted", "partially_filled", "filled"), "order 5 is filled, 1 of 1\n"),
        ("limit", ("sent", "accepted", "filled"), "order 5 is working\n"),
    ],
)
def test_a_market_order_is_waited_for_until_it_ends_and_others_until_they_work(
    kind: str,
    states: tuple[str, ...],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    platform = Platform(kind, *states)
    monkeypatch.setattr(order, "client", lambda data: platform)
    assert program.run(["order", "submit", "sell", "1", "BTC/USDT"]) == 0
    assert capsys.readouterr().out == told

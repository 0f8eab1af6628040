"""What a strategy decided last, in words, out of what people look at anyway."""

from __future__ import annotations

from typing import Any

from parrot.app.platform.blotter import Blotter
from parrot.app.platform.questions.strategies import _lasts


def order(order_id: int, **more: Any) -> dict[str, Any]:
    usual = {"strategy": "s", "role": "plain", "parent": 0, "side": "buy", "quantity": "0.0100", "symbol": "BTC/USDT"}
    words = {"why": "it turned", "status": "filled", "reason": "", "ts": order_id, "updated": order_id}
    return {"order_id": order_id, **usual, **words, **more}


def blotter(live: list[dict[str, Any]], ended: list[dict[str, Any]], decisions: list[dict[str, Any]]) -> Blotter:
    made = Blotter()
    made.live = {row["order_id"]: row for row in live}
    made.ended.extend(ended)
    made.decisions.extend(decisions)
    return made


def test_the_newest_order_of_its_own_is_the_last_decision_whether_it_lives_or_ended():
    found = _lasts(blotter([order(5, status="accepted")], [order(3), order(9, strategy="t", why="")], []))
    assert found["s"] == {"ts": 5, "text": "buy 0.01 BTC/USDT: it turned (accepted)", "order_id": 5}
    assert found["t"]["text"] == "buy 0.01 BTC/USDT (filled)"


def test_protection_and_children_are_no_decisions():
    assert _lasts(blotter([order(7, role="stop"), order(8, parent=3)], [order(2)], []))["s"]["order_id"] == 2


def test_what_a_gate_said_since_comes_first_and_a_refusal_says_why():
    refused = order(4, status="refused", reason="more than the limit")
    assert _lasts(blotter([], [refused], []))["s"]["text"].endswith("(refused: more than the limit)")
    noted = {"strategy": "s", "ts": 6, "gate": "strategy", "text": "too little volume", "order_id": 0}
    assert _lasts(blotter([], [refused], [noted]))["s"] == {
        "ts": 6,
        "text": "strategy: too little volume",
        "order_id": 0,
    }

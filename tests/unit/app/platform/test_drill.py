"""The drill proves the kill switch with an order, stops nobody else, and says when the switch does not hold."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from parrot.app.platform.questions.risk import RiskQuestions
from parrot.contracts import records
from parrot.contracts.commands import CancelAll, EngageKill, SubmitOrder
from parrot.contracts.message import Entry
from tests.unit.app.platform.asked import Asked
from tests.unit.centers.risk.table import BTC


class Desk(Asked):
    """Orders are told to risk as execution does; `broken` is a switch that lets everything pass."""

    def __init__(self, *, broken: bool = False, price: str = "100") -> None:
        super().__init__()
        self.broken = broken
        self.commands: list[Any] = []
        self.house.components.capital = SimpleNamespace(price=lambda symbol: Decimal(price) if price else None)
        self.house.trading.venue = SimpleNamespace(listings=lambda: self.table.listings)
        self.questions = RiskQuestions(self, None, None, self.now)

    def ask(self, command: Any) -> list[Entry]:
        self.commands.append(command)
        if isinstance(command, EngageKill) and self.broken:
            return []
        if isinstance(command, SubmitOrder):
            told = self.table.tell(records.OrderReceived(order=command))
            return [Entry(1, 1, 0, record) for record in told]
        return [] if isinstance(command, CancelAll) else super().ask(command)


def test_an_order_of_nobody_is_refused_and_all_is_armed_again():
    desk = Desk()
    found = desk.questions.drill(by="ann", source="screen")
    assert (found["passed"], found["by"]) == (True, "ann")
    assert [step["step"] for step in found["steps"]] == ["engage", "hold", "order", "re-arm", "free"]
    assert "kill of strategy:drill" in found["steps"][2]["text"]
    assert desk.table.risk.stopped() == {}


def test_others_trade_while_it_goes_on():
    desk = Desk()
    desk.table.kill("strategy:drill")
    assert desk.table.place("buy", "1", "100")


def test_a_switch_that_does_not_hold_fails_and_the_order_is_withdrawn():
    desk = Desk(broken=True)
    found = desk.questions.drill(by="ann", source="screen")
    assert found["passed"] is False
    assert [step["passed"] for step in found["steps"][:3]] == [True, False, False]
    assert isinstance(desk.commands[2], CancelAll)
    assert desk.commands[2].strategy == "drill"


def test_the_order_could_not_be_filled_if_it_left():
    desk = Desk()
    desk.questions.drill(by="ann", source="screen")
    order = next(command for command in desk.commands if isinstance(command, SubmitOrder))
    assert (order.symbol, order.limit, order.post_only) == (BTC, Decimal(50), True)
    assert order.quantity <= Decimal("0.002")


def test_without_a_price_no_order_is_tried_and_that_is_said():
    found = Desk(price="").questions.drill(by="ann", source="screen")
    assert found["passed"] is True
    assert "no order was tried" in found["steps"][2]["text"]


def test_a_preview_says_by_rule_what_cannot_be_read():
    desk = Desk()
    changes = SimpleNamespace(preview=lambda scope, limits: ([], [], len(limits)))
    desk.questions._changes = changes  # type: ignore[assignment]  # what it asks
    found = desk.questions.preview("firm", {"max_gross": "x", "max_net": "1", "max_gros": "2"})
    assert set(found["problems"]) == {"max_gross", "max_gros"}
    assert found["version"] == 1  # only what can be read was thought about
    assert "scope" in desk.questions.preview("nowhere:x", {})["problems"]


@pytest.mark.parametrize("price", ["0.013", "60000", "3000.5"])
def test_its_size_is_right_for_any_price(price):
    desk = Desk(price=price)
    desk.questions.drill(by="ann", source="screen")
    order = next(command for command in desk.commands if isinstance(command, SubmitOrder))
    assert order.quantity > 0
    assert order.limit is not None
    assert 0 < order.limit < Decimal(price)

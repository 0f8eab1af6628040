"""What the stream looks at as a whole: the same facts as the interface answers, told when they differ only."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from parrot.app.platform.folder import DataFolder
from parrot.app.platform.looks import look_of
from parrot.app.platform.questions.exchange import ExchangeQuestions
from parrot.app.platform.questions.portfolio import PortfolioQuestions
from parrot.app.platform.questions.risk import RiskQuestions
from parrot.contracts.access import Role, machine
from parrot.gateway.stream.hub import Hub
from parrot.kernel.errors import BusyError
from tests.unit.app.platform.asked import Asked
from tests.unit.app.platform.test_portfolio import Desk
from tests.unit.gateway.stream.readers import Reader


class Port:
    """The port for other clients, closed."""

    url = ""

    def server(self) -> None:
        raise BusyError("it is closed")


class Looked:
    """A hub with one reader of a channel, and the house that is looked at."""

    def __init__(self, place: Path, channel: str, house: Any) -> None:
        platform: Any = SimpleNamespace(folder=DataFolder(place), status_of=None)
        self.hub, self.channel, self.house, self.now = Hub(), channel, house, 0
        self.reader = Reader(self.hub, Role.ADMIN)
        self.hub.subscribe(self.reader.client, channel)
        self.look = look_of(channel, platform)

    def turn(self) -> Any:
        """Looks once, and gives what the reader has then."""
        assert self.look is not None
        self.look.give(self.hub, self.channel, self.look.ask(self.house))
        self.now += 10**9
        self.hub.flush(self.now)
        self.reader.read()
        return self.reader.state[self.channel]


@pytest.mark.parametrize("channel", ["limits", "exposures", "stress"])
def test_risk_is_told_as_it_is_asked_for(tmp_path, channel):
    desk = Asked()
    desk.table.kill("strategy:s")
    asked = RiskQuestions(desk, None, None, desk.now)
    whole = {"limits": asked.tree, "exposures": asked.exposures, "stress": asked.stress}[channel]()
    told = Looked(tmp_path, channel, desk.house).turn()
    assert told == {name: value for name, value in whole.items() if name not in ("ts", "rules")}
    assert channel != "limits" or told["stopped"]


def test_a_portfolio_is_told_when_it_differs_and_not_because_time_went_on(tmp_path):
    desk = Desk()
    desk.account.deposit("1000")
    looked = Looked(tmp_path, "portfolio", desk.house)
    first = looked.turn()
    whole = PortfolioQuestions(desk, desk.history, lambda: desk.account.now).summary()
    assert first | {"ts": whole["ts"]} == whole
    desk.account.now += 10**9
    looked.turn()
    assert len(looked.reader.heard) == 1
    desk.account.deposit("500")
    assert looked.turn()["equity"] == "1500"


def test_the_exchange_s_floor_is_told_without_the_accounts_on_it(tmp_path):
    desk = Asked()
    told = Looked(tmp_path, "exchange", desk.house).turn()
    whole = ExchangeQuestions(desk, Port(), None).state(machine())
    assert told == {name: whole[name] for name in ("symbols", "crowd")}
    assert told["symbols"]

"""Strategies over HTTP: chosen by names, paused by a kill that only a pause can take back, compared as jobs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from parrot.contracts import commands, records
from parrot.contracts.access import Role
from parrot.contracts.message import Entry
from parrot.kernel.errors import MissingError
from tests.unit.gateway.rest.house import application, browser, client, person

BODY = {
    "strategy": "turns",
    "file": "examples/sma_cross.py",
    "symbols": ["BTC/USDT"],
    "timeframe": "5s",
    "cash": "1000",
}


class Desk:
    """A platform that writes down what it is asked."""

    token = "a-token-that-is-long-enough"

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def ask(self, command: Any) -> list[Entry]:
        self.asked.append(command)
        return [Entry(1, 1, 0, records.StrategyStarted(strategy="turns", by="ann"))]


class Door:
    """Two strategies, one of which is paused."""

    def row(self, strategy: str) -> dict[str, Any]:
        if strategy not in ("turns", "other"):
            raise MissingError(f"there is no strategy {strategy}")
        return {"strategy": strategy}

    def paused(self, strategy: str) -> bool:
        return self.row(strategy)["strategy"] == "turns"

    def version_of(self, asked: dict[str, Any], by: str) -> commands.RegisterStrategy:
        return self.named_version(asked | {"path": f"/place/of/{asked['file']}"}, by)

    def named_version(self, asked: dict[str, Any], by: str) -> commands.RegisterStrategy:
        given = {name: asked[name] for name in ("strategy", "path", "code_hash", "parameters", "symbols", "timeframe")}
        more = {name: asked[name] for name in ("cash", "parent", "note")}
        return commands.RegisterStrategy(name="Turns", by=by, **given, **more)


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="module")
def sites(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> dict[str, TestClient]:
    roles = {"quinn": Role.QUANT, "tom": Role.TRADER, "vera": Role.VIEWER, "adam": Role.ADMIN}
    people = [person(role, name=name) for name, role in roles.items()]
    stranger = person(Role.TRADER, name="sue", accounts=("exchange:x",))
    folder: Path = tmp_path_factory.mktemp("pages")
    app = application(desk, folder, *people, stranger, strategies=Door())
    machine = client(app, headers={"X-Parrot-Token": Desk.token})
    return {who: browser(app, who) for who in (*roles, "sue")} | {"machine": machine}


@pytest.fixture(autouse=True)
def fresh(desk: Desk) -> None:
    desk.asked.clear()


def post(sites: dict[str, TestClient], who: str, path: str, body: Any) -> int:
    return sites[who].post(f"/api/v1/strategies{path}", json=body).status_code


def test_a_version_is_made_from_a_file_of_the_catalogue_with_its_parent_and_reason(sites, desk) -> None:
    assert post(sites, "quinn", "", BODY | {"parent": 3, "note": "a longer look", "parameters": {"fast": "7"}}) == 200
    (asked,) = desk.asked
    assert (asked.by, asked.parent, asked.note, asked.parameters) == ("quinn", 3, "a longer look", {"fast": "7"})
    assert (asked.path, asked.cash) == ("/place/of/examples/sma_cross.py", Decimal(1000))


def test_a_path_is_taken_from_the_machines_owner_only(sites, desk) -> None:
    body = BODY | {"file": "", "path": "/etc/passwd", "code_hash": "0" * 16, "name": "Turns"}
    assert post(sites, "adam", "", body) == 403
    assert desk.asked == []
    assert post(sites, "machine", "", body) == 200
    assert desk.asked[0].path == "/etc/passwd"


@pytest.mark.parametrize(
    "change",
    [
        {"file": "own/../x.py"},
        {"file": "/etc/passwd"},
        {"strategy": "Big Letters"},
        {"symbols": []},
        {"timeframe": "soon"},
        {"cash": "-1"},
        {"cash": "NaN"},
        {"note": "x" * 301},
        {"unknown": 1},
    ],
)
def test_a_version_that_cannot_be_is_refused(sites, desk, change) -> None:
    assert post(sites, "quinn", "", BODY | change) == 422
    assert desk.asked == []


def test_a_pause_is_a_kill_of_this_strategy_alone_in_ones_own_name(sites, desk) -> None:
    assert post(sites, "tom", "/turns/pause", {"reason": "news"}) == 200
    (kill,) = desk.asked
    assert kill == commands.EngageKill(scope="strategy:turns", by="tom", source=commands.PAUSE, reason="news")


def test_only_a_pause_is_taken_back_by_who_runs_strategies(sites, desk) -> None:
    assert post(sites, "tom", "/other/resume", {}) == 422
    assert desk.asked == []
    assert post(sites, "tom", "/turns/resume", {}) == 200
    (rearm,) = desk.asked
    assert rearm == commands.RearmKill(scope="strategy:turns", by="tom", source=commands.PAUSE, reason="resumed")


def test_stopping_closes_only_when_it_is_asked_to(sites, desk) -> None:
    post(sites, "tom", "/turns/stop", {"reason": "done"})
    post(sites, "tom", "/turns/stop", {"reason": "done", "flatten": True})
    assert [one.flatten for one in desk.asked] == [False, True]


@pytest.mark.parametrize("act", ["start", "stop", "pause", "resume"])
def test_who_may_not_see_the_account_finds_nothing_and_who_only_looks_does_nothing(sites, desk, act) -> None:
    assert post(sites, "vera", f"/turns/{act}", {}) == 403
    assert post(sites, "sue", f"/turns/{act}", {}) == 404
    assert desk.asked == []


def test_what_is_not_there_is_not_found(sites, desk) -> None:
    assert post(sites, "tom", "/none/pause", {}) == 404
    assert desk.asked == []

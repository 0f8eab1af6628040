"""Lists of what happened: pages, cursors, what one may see, and answers that are what the description says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from starlette.testclient import TestClient

from parrot.app.platform.history import history_of
from parrot.app.platform.questions.history import HistoryQuestions
from parrot.gateway.rest import create_app
from parrot.gateway.rest.models import history as models
from parrot.gateway.rest.schema import closed
from tests.unit.app.platform.lives import life, lives, marked
from tests.unit.gateway.rest.test_application import TOKEN, Fake


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder, log = tmp_path_factory.mktemp("history"), lives(4, 40)
    log.add(*(marked(n) for n in range(90, 100)))
    for number in range(3):
        life(log, Random(number), 100 + number, account="theirs", user="eve")
    with history_of(folder / "h.sqlite", log.read, log.seq) as made:
        doors = replace(closed(), now=lambda: 1, platform=Fake(), history=HistoryQuestions(made))
        client = TestClient(create_app(doors), base_url="http://localhost", client=("127.0.0.1", 5))

        def get(path: str) -> Any:
            reply = client.get(f"/api/v1{path}", headers={"X-Parrot-Token": TOKEN})
            return reply.json() if reply.status_code == 200 else reply.status_code

        yield get


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/orders", models.OrderPage),
        ("/fills", models.FillPage),
        ("/decisions", models.DecisionPage),
        ("/ledger", models.PostingPage),
        ("/activity", models.ActivityPage),
        ("/equity", models.Curve),
    ],
)
def test_answers_are_what_their_models_say(ask: Callable[[str], Any], path, model):
    assert model.model_validate(ask(path)).items


def test_cursors_lead_through_all_pages_once(ask):
    seen, after = [], ""
    while after is not None:
        page = ask(f"/orders?limit=9&after={after}")
        seen += [row["order_id"] for row in page["items"]]
        after = page["next"]
    assert len(seen) == 43
    assert seen == sorted(set(seen), reverse=True)


@pytest.mark.parametrize("after", ["x", "bjA", "bi0x", "%F0%9F%A6%9C", "bjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_what_is_no_cursor_is_refused(ask, after):
    assert ask(f"/orders?after={after}") == 422


def test_an_order_and_its_life_are_told_and_an_unknown_one_is_not_found(ask):
    order_id = ask("/orders?status=filled&limit=1")["items"][0]["order_id"]
    assert models.Order.model_validate(ask(f"/orders/{order_id}")).status == "filled"
    events = models.EventList.model_validate(ask(f"/orders/{order_id}/events")).items
    assert [event.gate for event in events][:4] == ["strategy", "risk", "execution", "venue"]
    assert events[1].checks == [["max", "firm", "10", "2"]]
    for path in ("/orders/999999", "/orders/999999/events", "/orders/-1", f"/orders/{10**30}"):
        assert ask(path) == 404
    assert ask("/orders/x") == 422


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "since=-1", "until=x", f"since={1 << 63}", "symbol=" + "x" * 200]
)
def test_bounds_are_kept(ask, query):
    assert ask(f"/orders?{query}") == 422


def test_accounts_of_others_are_not_there(ask, monkeypatch):
    from parrot.contracts import access

    theirs = ask("/orders?account=theirs")["items"]
    assert len(theirs) == 3
    narrow = access.machine().__class__(**{**_fields(access.machine()), "accounts": frozenset({"main"})})
    monkeypatch.setattr("parrot.gateway.rest.access.principal", lambda request: narrow)
    assert ask("/orders?account=theirs")["items"] == []
    assert all(row["account"] == "main" for row in ask("/orders?limit=1000")["items"])
    assert ask(f"/orders/{theirs[0]['order_id']}") == 404
    assert ask(f"/orders/{theirs[0]['order_id']}/events") == 404
    assert ask("/equity?account=theirs")["items"] == []


def _fields(struct: Any) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}

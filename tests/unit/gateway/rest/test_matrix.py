"""Every route lets in exactly whom the table names, and says to everybody else why not."""

from __future__ import annotations

import itertools
import re
from dataclasses import fields
from typing import Any

import msgspec
import pytest

from parrot.contracts.access import Principal, Role
from parrot.gateway.rest import Doors
from parrot.kernel.errors import MissingError
from tests.unit.gateway.rest.house import NOW, People, application, browser, client, person
from tests.unit.gateway.rest.matrix import DESK, LETTERS, OWN, routes
from tests.unit.gateway.rest.test_application import TOKEN

TABLE = routes()
STALE = "stale"
FOREIGN = "foreign"
NOBODY = "nobody"
_MISSING = (404, "there is no account main")
_TICK_NS = 20_000_000


class Empty:
    """A house with nothing in it: whatever is asked for is not there."""

    def __getattr__(self, name: str) -> Any:
        return Empty()

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise MissingError("there is nothing here")


class Gate(Empty):
    """The doors of an empty house; who stands there is known."""

    def __init__(self, *people: Principal) -> None:
        known = People(*people)
        self.is_set_up, self.by_session, self.csrf = known.is_set_up, known.by_session, known.csrf


class Machine(Empty):
    """An empty platform."""

    token = TOKEN


class Called:
    """The application, and every route of its description."""

    def __init__(self, folder: Any) -> None:
        ticks = itertools.count(NOW, _TICK_NS)
        people = [person(role, name=role) for role in Role]
        people.append(msgspec.structs.replace(person(Role.ADMIN, name=STALE), proved=NOW - 6 * 60 * 10**9))
        people.append(person(*Role, name=FOREIGN, accounts=()))
        people.append(person(name=NOBODY, accounts=()))
        empty = {field.name: Empty() for field in fields(Doors) if field.name not in ("now", "platform", "users")}
        self.app = application(Machine(), users=Gate(*people), now=lambda: next(ticks), **empty)
        self.routes = [
            (operation["operationId"], method.upper(), re.sub(r"\{\w+\}", "1", path))
            for path, item in self.app.openapi()["paths"].items()
            for method, operation in item.items()
        ]

    def answers(self, who: Any, word: str = "reason") -> dict[str, tuple[int, str]]:
        """Status and reason, or another member of the problem, of every route for somebody."""
        found = {}
        with who:
            for name, method, path in self.routes:
                body = {} if method == "GET" else {"json": {}}
                told = who.request(method, path, **body)
                problem = "problem+json" in told.headers.get("content-type", "")
                found[name] = (told.status_code, told.json().get(word, "") if problem else "")
        return found


@pytest.fixture(scope="module")
def called(tmp_path_factory):
    return Called(tmp_path_factory.mktemp("reports"))


def test_every_route_stands_in_the_table_and_the_table_names_no_other(called):
    assert {name for name, _, _ in called.routes} == set(TABLE)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_role_is_let_in_where_the_table_says_so(called, letter):
    role = LETTERS[letter]
    found = called.answers(browser(called.app, role, address=f"127.0.1.{list(Role).index(role)}"))
    let_in = {name for name, (status, reason) in found.items() if status != 401 and reason != "forbidden"}
    assert let_in == {name for name, (who, _) in TABLE.items() if letter in who or who == "open"}
    assert {found[name] for name in set(found) - let_in} <= {(403, "forbidden")}
    assert not [name for name, (status, _) in found.items() if status == 429]


def test_who_is_not_signed_in_is_let_in_where_everybody_is(called):
    found = called.answers(client(called.app, address="127.0.2.1"))
    let_in = {name for name, told in found.items() if told != (401, "signed_out")}
    assert let_in == {name for name, (who, _) in TABLE.items() if who == "open"}


def test_a_proof_that_is_old_does_not_do_where_the_table_says_so(called):
    found = called.answers(browser(called.app, STALE, address="127.0.2.2"))
    refused = {name for name, told in found.items() if told == (403, "reauthenticate")}
    assert refused == {name for name, (who, fresh) in TABLE.items() if fresh and "A" in who}


def test_runs_and_jobs_are_not_there_for_who_may_not_see_the_account_of_the_desk(called):
    found = called.answers(browser(called.app, FOREIGN, address="127.0.2.4"), "title")
    missing = {name for name, told in found.items() if told == _MISSING}
    assert missing >= set(DESK.split())
    of_runs = {name for name, _, path in called.routes if re.match("/api/v1/(backtests|jobs)", path)}
    assert set(DESK.split()) == of_runs


def test_who_may_not_do_it_hears_that_before_whose_account_it_is(called):
    found = called.answers(browser(called.app, NOBODY, address="127.0.2.5"))
    assert {found[name] for name in DESK.split()} == {(403, "forbidden")}


def test_the_machine_may_everything_but_what_is_a_persons_own(called):
    found = called.answers(client(called.app, address="127.0.2.3", headers={"X-Parrot-Token": TOKEN}))
    assert {name for name, told in found.items() if told[0] == 401 or told[1] == "forbidden"} == set(OWN.split())

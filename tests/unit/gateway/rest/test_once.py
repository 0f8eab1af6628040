"""A POST with an Idempotency-Key is done once; who changes what somebody else changed meanwhile is refused."""

from __future__ import annotations

import threading

import pytest
from pydantic import BaseModel

from parrot.adapters.sql import open_sqlite
from parrot.adapters.sql.records import SqlRecords
from parrot.app.platform.receipts import KeptReceipts
from parrot.contracts.access import Role
from parrot.contracts.receipts import Receipt
from parrot.gateway.rest import etags
from parrot.kernel.errors import BusyError, ChangedError
from tests.unit.gateway.rest.house import NOW, application, browser, client, person
from tests.unit.gateway.rest.test_application import TOKEN, Fake

ACT, KEY = "/api/v1/orders/cancel-all", {"Idempotency-Key": "one"}


class Clock:
    def __init__(self):
        self.now = NOW


class House:
    """One application for all tests; platform, clock and receipts are as new for each."""

    def __init__(self, folder):
        self.platform, self.clock = Fake(), Clock()
        self.records = SqlRecords(open_sqlite(folder / "records.db"))
        self.receipts = KeptReceipts(self.records, lambda: self.clock.now)
        people = (person(Role.ADMIN), person(Role.ADMIN, name="bob"))
        self.app = application(self.platform, *people, receipts=self.receipts, now=lambda: self.clock.now)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return House(tmp_path_factory.mktemp("house"))


@pytest.fixture
def house(whole):
    whole.platform.__dict__.clear()
    whole.platform.__init__()
    whole.platform.answer = []
    whole.clock.now += 48 * 3600 * 10**9  # nothing of the tests before is remembered
    return whole


@pytest.fixture
def clock(house):
    return house.clock


@pytest.fixture
def receipts(house):
    return house.receipts


@pytest.fixture
def platform(house):
    return house.platform


@pytest.fixture
def app(house):
    return house.app


def test_the_same_request_is_done_once_and_answered_alike(app, platform):
    who = browser(app, "ann")
    first, again = (who.post(ACT, json={"scope": "all"}, headers=KEY) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(platform.asked) == 1


def test_another_body_another_path_and_another_person_are_other_requests(app, platform):
    who = browser(app, "ann")
    who.post(ACT, json={"scope": "all"}, headers=KEY)
    for path, body in ((ACT, {"scope": "symbol:X"}), ("/api/v1/kill", {"scope": "all"})):
        told = who.post(path, json=body, headers=KEY)
        assert (told.status_code, told.json()["code"]) == (409, "key_reused")
    assert browser(app, "bob").post(ACT, json={"scope": "all"}, headers=KEY).status_code == 200
    assert client(app, headers={"X-Parrot-Token": TOKEN} | KEY).post(ACT, json={"scope": "all"}).status_code == 200
    assert len(platform.asked) == 3


def test_what_was_not_done_may_come_again(app, platform):
    who = browser(app, "ann")
    platform.answer = BusyError("full")
    assert who.post(ACT, json={}, headers=KEY).status_code == 503
    platform.answer = []
    assert who.post(ACT, json={}, headers=KEY).status_code == 200


@pytest.mark.parametrize("fault", [TimeoutError(), RuntimeError()], ids=["late", "defect"])
def test_of_what_may_have_been_done_it_is_said_that_nobody_knows(app, platform, fault):
    who = browser(app, "ann")
    platform.answer = fault
    assert who.post(ACT, json={}, headers=KEY).status_code in (500, 503)
    platform.answer = []
    told = who.post(ACT, json={}, headers=KEY)
    assert (told.status_code, told.json()["code"]) == (409, "in_doubt")
    assert len(platform.asked) == 1


def test_what_a_dead_process_began_is_in_doubt(app, receipts, clock):
    told = browser(app, "ann").post(ACT, json={}, headers=KEY)
    assert told.status_code == 200
    found = receipts.begin("session:ann", "one", "x")
    receipts.finish("session:ann", "one", Receipt(asked=found.asked, ts=clock.now))
    told = browser(app, "ann").post(ACT, json={}, headers=KEY)
    assert (told.status_code, told.json()["code"]) == (409, "in_doubt")


def test_the_same_request_twice_at_a_time_is_done_once(app, platform):
    begun, go_on = threading.Event(), threading.Event()
    answer = platform.ask

    def slow(command):
        begun.set()
        assert go_on.wait(10)
        return answer(command)

    platform.ask = slow
    found = []
    one = threading.Thread(target=lambda: found.append(browser(app, "ann").post(ACT, json={}, headers=KEY)))
    one.start()
    assert begun.wait(10)
    told = browser(app, "ann").post(ACT, json={}, headers=KEY)
    go_on.set()
    one.join(10)
    assert (told.status_code, told.json()["code"]) == (409, "under_way")
    assert (found[0].status_code, len(platform.asked)) == (200, 1)


def test_after_a_day_a_key_is_new(app, platform, clock, receipts):
    who = browser(app, "ann")
    who.post(ACT, json={}, headers=KEY)
    clock.now += 25 * 3600 * 10**9
    assert "idempotency-replayed" not in who.post(ACT, json={}, headers=KEY).headers
    assert len(platform.asked) == 2


def test_old_receipts_are_thrown_away(house, receipts, clock):
    for number in range(3):
        receipts.begin("ann", str(number), "x")
    clock.now += 25 * 3600 * 10**9
    receipts.begin("ann", "new", "x")
    assert [place for place, _ in house.records.scan(Receipt)] == ["3 ann new"]


def test_answers_have_a_tag_and_are_not_sent_twice(app):
    who = browser(app, "ann")
    first = who.get("/api/v1/status")
    again = who.get("/api/v1/status", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert who.get("/api/v1/limits?limit=7", headers={"If-None-Match": first.headers["etag"]}).status_code == 200
    assert first.headers["cache-control"] == "no-store"


class Thing(BaseModel):
    name: str
    size: str


def test_who_changes_an_old_state_is_refused(app):
    thing = Thing(name="ä", size="1.0")

    @app.get("/api/v1/thing")
    def read() -> Thing:
        return thing

    app.router.routes.insert(0, app.router.routes.pop())
    tag = browser(app, "ann").get("/api/v1/thing").headers["etag"]
    etags.require(tag, thing)
    etags.require(None, thing)
    with pytest.raises(ChangedError):
        etags.require(tag, Thing(name="ä", size="1"))

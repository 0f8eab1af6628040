"""Data, the simulated exchange and settings over HTTP: what people may see and change of the house itself."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient

from parrot.app.exchange.keys import Keys, draw
from parrot.app.folder import DataFolder
from parrot.app.jobs.places import JobPlaces
from parrot.app.platform.exchange_port import ExchangePort
from parrot.app.platform.questions.data import DataQuestions
from parrot.app.platform.questions.exchange import ExchangeQuestions
from parrot.app.platform.questions.settings import SettingsQuestions
from parrot.app.platform.settings import ExchangeSection, PlatformSettings
from parrot.centers.matching import manifest as matching
from parrot.contracts.access import Principal, Role
from parrot.contracts.jobs import Asked, ImportAsked, Job, JobState
from parrot.kernel.errors import MissingError, StorageError
from tests.unit.gateway.rest.house import NOW, application, browser, person

SECRET = "a-secret-that-nobody-may-ever-see-again"
ROWS = b"time,open,high,low,close,volume\n2024-01-01T00:00:00Z,1,2,1,2,5\n2024-01-01T01:00:00Z,2,3,2,3,5\n"


class Kept:
    """A job runner that begins nothing."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}

    def ask(self, asked: Asked, by: str, *, again: str = "") -> Job:
        job = Job(id=str(len(self.jobs) + 1), asked=asked, by=by, state=JobState.WAITING, made=NOW, again=again)
        self.jobs[job.id] = job
        return job

    def all(self) -> list[Job]:
        return [*reversed(self.jobs.values())]

    def job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise MissingError(f"there is no job {job_id}")
        return self.jobs[job_id]

    def again(self, job_id: str, by: str) -> Job:
        return self.ask(self.jobs[job_id].asked, by, again=job_id)

    def cancel(self, job_id: str) -> Job:
        return self.jobs[job_id]


class Turning:
    """A platform whose questions are answered at once."""

    def __init__(self, house: Any) -> None:
        self.house = house

    def read(self, question: Callable[[Any], Any]) -> Any:
        return question(self.house)

    act = read


def ask(work: Callable[[], Any]) -> Future[Any]:
    done: Future[Any] = Future()
    try:
        done.set_result(work())
    except Exception as fault:  # noqa: BLE001  # whoever asked gets it
        done.set_exception(fault)
    return done


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    patch = pytest.MonkeyPatch()
    root = tmp_path_factory.mktemp("house")
    patch.setenv("PARROT_HOME", str(root / "home"))
    folder = DataFolder(root / "data")
    folder.make()
    exchange = matching.build_exchange(now=NOW)
    audit = SimpleNamespace(note=lambda name, what, *, ts, about: noted.append((name, what, about)))
    clock = SimpleNamespace(now_ns=lambda: NOW)
    platform: Any = Turning(SimpleNamespace(trading=SimpleNamespace(public=exchange), clock=clock, audit=audit))
    port = ExchangePort(exchange, ask, ExchangeSection(), token="t", folder=folder)
    noted: list[tuple[str, str, dict[str, str]]] = []

    def note(who: Principal, what: str, /, **about: str) -> None:
        noted.append((who.name, what, about))

    jobs: Any = Kept()
    settings = PlatformSettings(strategies=[])
    doors = {
        "exchange": ExchangeQuestions(platform, port, note),
        "data": DataQuestions(jobs, JobPlaces(folder), note, lambda: NOW),
        "settings": SettingsQuestions(settings, folder, root / "home", note),
    }
    people = [person(role, name=role.value) for role in Role] + [person(Role.ADMIN, name="narrow", accounts=("main",))]
    app = application(None, *people, **doors)
    yield SimpleNamespace(
        app=app, jobs=jobs, noted=noted, folder=folder, exchange=exchange, root=root, port=port, audit=audit
    )
    port.close()
    exchange.close()
    patch.undo()


@pytest.fixture
def admin(house: Any) -> TestClient:
    return browser(house.app, "admin")


# -- the exchange ------------------------------------------------------------------------------------------------------


def test_the_exchange_shows_its_symbols_its_crowd_and_where_the_port_would_be(admin: TestClient) -> None:
    state = admin.get("/api/v1/exchange").json()
    assert {one["phase"] for one in state["symbols"]} == {"continuous"}
    assert {one["kind"] for one in state["crowd"]} == {"maker", "noise", "trend"}
    assert (state["available"], state["url"], state["line"]) == (True, "", "[exchange]\nport = 9000")


def test_a_halted_symbol_does_not_trade_until_it_is_let_go_on(admin: TestClient, house: Any) -> None:
    symbol = house.exchange.markets()[0].symbol
    for phase in ("halted", "continuous"):
        assert admin.put("/api/v1/exchange/phase", json={"symbol": symbol, "phase": phase}).status_code == 200
        assert house.exchange.phase(symbol) == phase
    assert admin.put("/api/v1/exchange/phase", json={"symbol": "NONE", "phase": "halted"}).status_code == 422


def test_a_crowd_becomes_as_wild_as_is_asked_within_bounds(admin: TestClient, house: Any) -> None:
    symbol = house.exchange.markets()[0].symbol
    mood = {"symbol": symbol, "volatility": 2.5, "pace": 9, "spread_bps": 4, "shocks": 60}
    found = admin.put("/api/v1/exchange/crowd", json=mood).json()["symbols"][0]
    assert {name: found[name] for name in mood} == mood
    assert admin.put("/api/v1/exchange/crowd", json=mood | {"pace": 0}).status_code == 422


def test_a_fault_needs_an_open_port_is_listed_and_cleared(admin: TestClient) -> None:
    assert admin.post("/api/v1/exchange/faults", json={"kind": "slow"}).status_code == 422
    assert admin.put("/api/v1/exchange/port", json={"open": True}).json()["url"].startswith("http://127.0.0.1:")
    for _ in range(200):  # the servers begin in a thread of their own
        made = admin.post("/api/v1/exchange/faults", json={"kind": "slow", "match": "POST *", "delay_ms": 50})
        if made.status_code != 503:
            break
    assert made.status_code == 201
    assert admin.post("/api/v1/exchange/faults", json={"kind": "error_before", "status": 200}).status_code == 422
    assert [one["id"] for one in admin.get("/api/v1/exchange/faults").json()["items"]] == [made.json()["id"]]
    assert admin.delete(f"/api/v1/exchange/faults/{made.json()['id']}").json() == {"cleared": 1}
    assert admin.delete(f"/api/v1/exchange/faults/{made.json()['id']}").status_code == 404
    assert admin.put("/api/v1/exchange/port", json={"open": False}).json()["url"] == ""


def test_a_keys_secret_is_shown_once_and_foreign_accounts_are_not_there(admin: TestClient, house: Any) -> None:
    made = admin.post("/api/v1/exchange/keys", json={"account": "bot"})
    assert made.status_code == 201
    assert len(made.json()["secret"]) == 64
    listed = admin.get("/api/v1/exchange/keys")
    assert made.json()["secret"] not in listed.text
    assert [one["account"] for one in listed.json()["items"]] == ["bot"]
    funds = {"account": "bot", "asset": "USDT", "amount": "12.50000001"}
    assert admin.post("/api/v1/exchange/faucet", json=funds).json()["free"] == "12.50000001"
    assert admin.post("/api/v1/exchange/faucet", json=funds | {"amount": "0.000000001"}).status_code == 422
    assert admin.post("/api/v1/exchange/faucet", json=funds | {"asset": "NONE"}).status_code == 422
    narrow = browser(house.app, "narrow")
    assert narrow.get("/api/v1/exchange/keys").json()["items"] == []
    assert narrow.get("/api/v1/exchange").json()["accounts"] == []
    assert narrow.post("/api/v1/exchange/faucet", json=funds).status_code == 404
    assert narrow.post("/api/v1/exchange/keys", json={"account": "bot"}).status_code == 404
    assert narrow.delete(f"/api/v1/exchange/keys/{made.json()['key']}").status_code == 404
    assert admin.delete(f"/api/v1/exchange/keys/{made.json()['key']}").json()["items"] == []
    assert not any(made.json()["secret"] in str(row) for row in house.noted)


def test_a_key_that_was_drawn_is_made_once_however_often_it_is_asked_for() -> None:
    ring = Keys()
    made = ring.add("bot", key=draw())
    assert ring.add("bot", key=made.key) is made
    assert ring.names() == [(made.key, "bot")]


def test_a_key_of_the_exchange_is_noted_before_it_is_there_and_wholly_there_or_not(
    admin: TestClient, house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise StorageError("the disk is full")

    house.noted.clear()
    kept = admin.post("/api/v1/exchange/keys", json={"account": "whole"}).json()["key"]
    assert [(what, about["key"]) for _, what, about in house.noted] == [("exchange key make", kept)]
    with monkeypatch.context() as patch:
        patch.setattr("parrot.app.exchange.keys.write_closed", full)
        assert admin.post("/api/v1/exchange/keys", json={"account": "half"}).status_code >= 500
        assert admin.delete(f"/api/v1/exchange/keys/{kept}").status_code >= 500
    assert [what for _, what, _ in house.noted[1:]] == [
        *("exchange key make", "exchange key make failed", "exchange key remove", "exchange key remove failed")
    ]
    for ring in (house.port.keys, Keys(house.folder.exchange_keys)):
        assert list(ring.names()) == [(kept, "whole")]
    with monkeypatch.context() as patch:
        patch.setattr(house.audit, "note", full)
        assert admin.post("/api/v1/exchange/keys", json={"account": "half"}).status_code >= 500
        assert admin.delete(f"/api/v1/exchange/keys/{kept}").status_code >= 500
    assert list(house.port.keys.names()) == [(kept, "whole")]
    house.noted.clear()
    assert admin.delete(f"/api/v1/exchange/keys/{kept}").status_code == 200
    assert admin.delete(f"/api/v1/exchange/keys/{kept}").status_code == 404
    assert [what for _, what, _ in house.noted] == ["exchange key remove"]


# -- data --------------------------------------------------------------------------------------------------------------


def upload(client: TestClient, **more: Any) -> Any:
    body = {"name": "prices.csv", "content": base64.b64encode(ROWS).decode(), "symbol": "ABC/USD"}
    return client.post("/api/v1/data/imports/upload", json=body | more)


def test_a_sent_file_waits_under_a_name_of_ours(house: Any) -> None:
    answer = upload(browser(house.app, "quant"))
    assert (answer.status_code, answer.json()["kind"], answer.json()["title"]) == (
        202,
        "import",
        "prices.csv into the lake",
    )
    asked = house.jobs.jobs[answer.json()["id"]].asked
    assert isinstance(asked, ImportAsked)
    assert (house.folder.root / "sent" / asked.file).read_bytes() == ROWS


@pytest.mark.parametrize(
    "more",
    [{"name": "../x.csv"}, {"name": "a/b.csv"}, {"name": "x.exe"}, {"content": "no base64!"},
     {"venue": "../x"}, {"symbol": "a b"}, {"timeframe": "1y"}, {"path": "/etc/passwd"}],
)  # fmt: skip
def test_what_cannot_be_a_file_of_bars_is_refused(house: Any, more: dict[str, Any]) -> None:
    assert upload(browser(house.app, "quant"), **more).status_code == 422


def test_a_name_of_a_file_that_is_no_text_comes_no_further_than_the_guards(house: Any) -> None:
    assert upload(browser(house.app, "quant"), name=".csv\x00.csv").status_code == 400


def test_downloads_are_asked_for_in_the_past_of_known_exchanges(house: Any) -> None:
    quant = browser(house.app, "quant")
    body = {"venue": "binance", "symbol": "BTC/USDT", "timeframe": "1h", "from_ns": NOW - 10**15}
    made = quant.post("/api/v1/data/downloads", json=body)
    assert (made.status_code, made.json()["title"]) == (202, "BTC/USDT 1h from binance")
    assert quant.post("/api/v1/data/downloads", json=body | {"venue": "nowhere"}).status_code == 422
    assert quant.post("/api/v1/data/downloads", json=body | {"from_ns": NOW + 1}).status_code == 422
    assert quant.post(f"/api/v1/data/jobs/{made.json()['id']}/again", json={}).status_code == 202
    assert quant.get("/api/v1/data/jobs?kind=download").json()["items"][0]["kind"] == "download"
    assert quant.post("/api/v1/data/quality", json={"source": "lake:no/such/ohlcv_1h"}).status_code == 404


def test_who_only_looks_starts_nothing(house: Any) -> None:
    viewer = browser(house.app, "viewer")
    assert viewer.get("/api/v1/data/series").json()["total_series"] == 0
    assert upload(viewer).status_code == 403
    assert viewer.get("/api/v1/exchange").status_code == 403
    assert viewer.get("/api/v1/settings").status_code == 403


# -- settings ----------------------------------------------------------------------------------------------------------


def test_settings_are_told_with_the_line_that_says_them(admin: TestClient) -> None:
    facts = admin.get("/api/v1/settings").json()
    venue = next(one for one in facts["sections"] if one["name"] == "venue")
    symbols = next(one for one in venue["settings"] if one["key"] == "symbols")
    assert symbols["text"] == 'symbols = ["BTC/USDT", "ETH/USDT", "SOL/USDT"]'
    assert facts["mode"] == "simulated"


def test_a_venues_keys_go_in_and_never_come_out(admin: TestClient, house: Any) -> None:
    body = {"name": "mine", "exchange": "kraken", "key": "a-key-for-tests", "secret": SECRET}
    added = admin.post("/api/v1/settings/venues", json=body)
    assert added.status_code == 201
    everything = [
        added.text,
        admin.get("/api/v1/settings/venues").text,
        admin.get("/api/v1/settings").text,
        str(house.noted),
    ]
    assert not any(SECRET in text or "a-key-for-tests" in text for text in everything)
    assert not any(SECRET.encode() in path.read_bytes() for path in house.root.rglob("*") if path.is_file())
    assert admin.get("/api/v1/settings/venues").json()["items"][0]["keys"]
    assert admin.post("/api/v1/settings/venues", json=body).status_code == 422  # there already
    record = body | {"name": "other", "options": {"record": "/tmp/x"}}
    assert admin.post("/api/v1/settings/venues", json=record).status_code == 422


def test_live_needs_its_words_its_limits_and_says_what_to_write(admin: TestClient, house: Any) -> None:
    body = {"name": "mine", "symbols": ["BTC/USDT"], "acknowledge": "live on mine", "max_order_value": "200",
            "max_position_value": "500", "max_daily_loss": "100"}  # fmt: skip
    plan = admin.post("/api/v1/settings/live", json=body).json()
    assert 'acknowledge = "live on mine"' in plan["settings"]
    assert 'daily_loss = "100"' in plan["settings"]
    assert admin.post("/api/v1/settings/live", json=body | {"acknowledge": "yes"}).status_code == 422
    doubled = admin.post("/api/v1/settings/live", json=body | {"symbols": ["A/B", "A/B"]})
    assert (doubled.status_code, "all different" in doubled.text) == (422, True)
    assert admin.post("/api/v1/settings/live", json=body | {"name": "no-such"}).status_code == 404
    assert not (house.folder.root / "settings.toml").exists()
    assert browser(house.app, "risk_officer").post("/api/v1/settings/live", json=body).status_code == 403
    assert admin.delete("/api/v1/settings/venues/mine").json()["items"] == []

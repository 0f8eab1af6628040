"""The interface of a platform that runs: no route fails, answers are what the description says, accounts stay apart."""

from __future__ import annotations

import json
import os
import re
import time
import traceback
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from parrot.client import Client
from parrot.contracts.access import Role
from parrot.kernel.errors import AccessError, MissingError, ParrotError
from tests.end_to_end.asking import Asking
from tests.end_to_end.platform import Running, up

EXAMPLES = int(os.environ.get("PARROT_EXAMPLES", "1"))  # of each route; `make interface` asks for many
CHECKS = [not_a_server_error, content_type_conformance, status_code_conformance]
PASSWORD = "a sentence that nobody guesses 7"

# Reads that tell of the desk's account; whoever may not see it finds nothing there.
ACCOUNT = """
    list_alerts closed_lots risk_history status list_orders order order_events list_fills list_decisions
    list_groups list_positions equity equity_curve list_postings list_activity portfolio attribution tax_lots
    tax_lots_csv statement get_statement list_statements list_limits risk_tree exposures stress list_strategies strategy
    strategy_versions strategy_source strategy_parity list_backtests list_jobs backtest_sources
"""
# Reads that are of nobody's account: the market, what is made of it, the house, the people, oneself.
HOUSE = """
    push_facts health ready metrics openapi auth_state session return_from_provider list_markets candles depth
    tape indicators known_indicators strategy_catalogue strategy_file_text
    data_facts list_series list_data_jobs
    get_data_job audit_facts list_acts export_acts list_checks get_check settings_facts list_venues
    exchange_state list_faults list_exchange_keys list_users user list_user_sessions list_user_keys export_user
    list_invitations list_teams list_roles profile list_sessions export_profile factors list_passkeys list_keys
    list_approvals approval
"""
# Reads of accounts on the simulated exchange: each an object of its own, tested where clients are.
CLIENTS = """
    list_clients client client_activity list_exchange_accounts exchange_account list_client_orders list_client_trades
"""
# Runs and jobs by their number, of the desk's account: tested where the table of permissions is.
RUNS = """
    backtest compare_backtests backtest_report backtest_equity backtest_drawdown backtest_monthly
    backtest_distribution backtest_trades backtest_orders job
"""
QUERIES: dict[str, dict[str, Any]] = {"statement": {"form": "csv"}}
BY = {"reason": "a test"}
PLAN = {"form": "grid", "symbol": "BTC/USDT", "low": "59000", "high": "61000", "levels": 3, "quantity": "0.01"}
ORDER = {"key": "of a stranger", "symbol": "BTC/USDT", "side": "buy", "quantity": "0.01"}
WRITES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "submit_order": ("POST", "/orders", ORDER),
    "preview_order": ("POST", "/orders/preview", {name: ORDER[name] for name in ("symbol", "side", "quantity")}),
    "cancel_order": ("DELETE", "/orders/{order}", BY),
    "amend_order": ("PATCH", "/orders/{order}", {"quantity": "0.02"}),
    "cancel_all_orders": ("POST", "/orders/cancel-all", BY | {"scope": "symbol:NONE"}),
    "place_group": ("POST", "/groups", {"key": "of a stranger", "plan": PLAN}),
    "cancel_group": ("DELETE", "/groups/1", BY),
    "kill": ("POST", "/kill", BY | {"scope": "symbol:NONE"}),
    "pause_strategy": ("POST", "/strategies/reversion/pause", BY),
    "stop_strategy": ("POST", "/strategies/reversion/stop", BY),
    "start_backtest": ("POST", "/backtests", {"file": "examples/sma_cross.py", "data": ["demo:ALDER"]}),
    "cancel_job": ("DELETE", "/jobs/1", {}),
    "start_statement": ("POST", "/portfolio/statements", {"since_ns": 0, "until_ns": 1}),
}


class House:
    """A platform with an owner, somebody who sees the desk's account, and somebody who sees none."""

    def __init__(self, running: Running) -> None:
        self.machine = Client.local(running.data)
        self.url = running.told["url"]
        token = json.loads((running.data / "run" / "instance.json").read_text())["token"]
        self.asking = Asking(self.url, token)
        given = {"code": running.told["setup"], "name": "owner", "password": PASSWORD}
        self.machine.send("POST", "/auth/setup", given)
        self.own, self.foreign = self._person("own", ["main"]), self._person("foreign", [])
        self.order = self.own.submit("buy", "0.001", "BTC/USDT")["order_id"]
        self.description = self.machine.get("/openapi.json")
        self.operations = {
            operation["operationId"]: (method.upper(), path, operation)
            for path, item in self.description["paths"].items()
            for method, operation in item.items()
        }
        _wait(lambda: bool(list(self.own.fills(limit=1))))  # so that every list of the account has something in it
        self.statement = self.own.send("POST", "/portfolio/statements", {"since_ns": 0, "until_ns": time.time_ns()})[
            "id"
        ]
        _wait(lambda: self.own.get(f"/portfolio/statements/{self.statement}")["state"] == "finished")

    def _person(self, name: str, accounts: list[str]) -> Client:
        given = {"name": name, "roles": list(Role), "accounts": accounts, "password": PASSWORD}
        user = self.machine.send("POST", "/users", given)
        key = self.machine.send("POST", f"/users/{user['id']}/keys", {"label": "tests"})
        return Client(self.url, key=key["key"], secret=key["secret"])

    def read(self, who: Client, name: str) -> Any:
        path = self.operations[name][1].replace("{order_id}", str(self.order)).replace("{strategy}", "reversion")
        return who.get(path.replace("{statement_id}", self.statement), **QUERIES.get(name, {}))

    def require_described(self, name: str, told: Any) -> None:
        """Raises ValidationError where JSON that was read is not what the description says."""
        content = self.operations[name][2]["responses"]["200"].get("content", {})
        if not isinstance(told, str) and "application/json" in content:
            self.validate(content["application/json"]["schema"], told)

    def validate(self, schema: dict[str, Any], told: Any) -> None:
        """Raises ValidationError."""
        whole = {**schema, "components": self.description["components"]}
        jsonschema.Draft202012Validator(whole).validate(told)


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    running = up(tmp_path_factory.mktemp("interface"))
    try:
        yield House(running)
    finally:
        running.stop()


def test_every_read_is_known_to_be_of_an_account_or_of_none(house: House) -> None:
    reads = {name for name, (method, _, _) in house.operations.items() if method == "GET"}
    known = ACCOUNT.split() + HOUSE.split() + CLIENTS.split() + RUNS.split()
    assert sorted(known) == sorted(set(known))
    assert reads - set(known) == set()


@pytest.mark.parametrize("name", ACCOUNT.split())
def test_what_is_of_an_account_is_there_for_its_people_only(house: House, name: str) -> None:
    try:
        told = house.read(house.foreign, name)
    except MissingError:
        house.require_described(name, house.read(house.own, name))
        return
    assert set(told) <= {"items", "next", "orders", "fills", "positions", "limits", "standing"}
    assert not any(told.values())
    own = house.read(house.own, name)
    assert set(own) == set(told)
    house.require_described(name, own)


@pytest.mark.parametrize("name", WRITES)
def test_nobody_acts_on_an_account_that_is_not_theirs(house: House, name: str) -> None:
    method, path, body = WRITES[name]
    with pytest.raises(MissingError, match="there is no"):
        house.foreign.send(method, path.format(order=house.order), body)


def test_who_sees_the_account_acts_on_it(house: House) -> None:
    for name in ("preview_order", "cancel_all_orders", "place_group", "kill"):
        method, path, body = WRITES[name]
        house.own.send(method, path, body | ({"key": "of our own"} if "key" in body else {}))


def test_a_key_changes_nothing_that_needs_a_fresh_proof(house: House) -> None:
    with pytest.raises(AccessError) as refused:
        house.own.send("PUT", "/limits", {"scope": "firm", "limits": {"max_quantity": "1"}})
    assert refused.value.reason == "reauthenticate"


def test_every_answer_protects_its_reader(house: House) -> None:
    place = urlsplit(house.url)
    connection = HTTPConnection(place.hostname, place.port, timeout=10)
    paths = [("GET", "/"), ("GET", "/nothing"), ("GET", "/api/docs"), ("GET", "/api/nothing"), ("TRACE", "/")]
    paths += [(method, re.sub(r"\{\w+\}", "1", path)) for method, path, _ in house.operations.values()]
    for method, path in paths:
        connection.request(method, path, headers={"Host": f"localhost:{place.port}"})
        reply = connection.getresponse()
        reply.read()
        found = {name.lower(): value for name, value in reply.getheaders()}
        assert "default-src 'none'" in found["content-security-policy"], path
        assert "unsafe" not in found["content-security-policy"], path
        assert "frame-ancestors 'none'" in found["content-security-policy"], path
        assert found["x-content-type-options"] == "nosniff", path
        assert found["referrer-policy"] == "no-referrer", path
        assert found["cross-origin-opener-policy"] == "same-origin", path
        assert found["cross-origin-resource-policy"] == "same-origin", path
        assert found["cache-control"] in ("no-store", "no-cache"), path
        assert not {"server", "access-control-allow-origin"} & set(found), path
    connection.close()


def calling(house: House, raw: dict[str, Any]) -> Callable[[Any], None]:
    """Sends a case and checks that the answer is what the description says of its status."""

    def one(case: Any) -> None:
        response = house.asking.answer(case)
        case.validate_response(response, checks=CHECKS)
        said = raw["responses"].get(str(response.status_code)) or raw["responses"]["default"]
        kind = response.headers.get("content-type", [""])[0].partition(";")[0]
        schema = said.get("content", {}).get(kind, {}).get("schema")
        if schema is not None and "json" in kind:
            house.validate(schema, json.loads(response.text))

    return one


def _first(fault: BaseException) -> BaseException:
    """What went wrong in a group of faults."""
    return _first(fault.exceptions[0]) if isinstance(fault, BaseExceptionGroup) else fault


def modes() -> list[GenerationMode]:
    return [GenerationMode.POSITIVE] if EXAMPLES == 1 else [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


def test_no_route_fails_and_answers_are_what_the_description_says(house: House) -> None:
    faults: dict[str, str] = {}
    given = hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for found in schemathesis.openapi.from_dict(house.description).get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # a description that is wrong fails here
        raw = operation.definition.raw
        for mode in modes():
            try:
                given(hypothesis.given(case=operation.as_strategy(generation_mode=mode))(calling(house, raw)))()
            except hypothesis.errors.Unsatisfiable:
                assert mode is GenerationMode.NEGATIVE  # nothing that is sent to this route could be wrong
            except (AssertionError, jsonschema.ValidationError, BaseExceptionGroup) as fault:
                faults[raw["operationId"]] = "".join(traceback.format_exception_only(_first(fault)))[:1_500]
    assert not faults, "\n\n".join(f"{name}: {fault}" for name, fault in faults.items())


def test_it_still_answers_after_all_that(house: House) -> None:
    assert house.machine.get("/health") == {"status": "ok"}
    with pytest.raises(ParrotError):
        house.machine.get("/orders/0")

"""Whatever is asked: an answer the venue could give, never a failure of ours, and nothing half done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parrot.gateway.binance_api.endpoints import BY_NAME, ENDPOINTS, Endpoint, Security
from tests.unit.gateway.binance_api.place import KEY, Place, Socket, form, signature

STATUSES = {200, 400, 401, 404, 405, 409, 410, 413}
OWN = ["session.logon", "session.status", "session.logout", "session.subscriptions"]
OWN += ["userDataStream.subscribe", "userDataStream.subscribe.signature", "userDataStream.unsubscribe"]

CALM = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))  # machines are busy

numbers = st.one_of(
    st.integers(-5, 2**66).map(str),
    st.sampled_from(
        ["0", "0.01", "0.5", "1", "60000", "59000.01", "61000", "1e5", "NaN", "-1", "", ".", "00.10", "9" * 20]
    ),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
)
words = st.one_of(
    st.sampled_from(
        ["BTCUSDT", "ETHUSDT", "AAPL", "BUY", "SELL", "GTC", "IOC", "FOK", "true", "false", "1m", "1M", "2h"]
    ),
    st.sampled_from(
        ["' OR 1=1 --", "../../etc/passwd", "<script>", "%00", "\x00", "${jndi:x}", "null", "[]", '["BTCUSDT"]']
    ),
    st.text(max_size=12),
    st.just("A" * 5000),
)
KINDS = st.sampled_from(
    ["LIMIT", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT", "LIMIT_MAKER"]
)
FITTING: dict[str, st.SearchStrategy[str]] = {
    "symbol": st.sampled_from(["BTCUSDT", "ETHUSDT"]),
    "symbols": st.sampled_from(['["BTCUSDT"]', '["BTCUSDT","ETHUSDT"]']),
    "interval": st.sampled_from(["1s", "1m", "1d", "1w", "1M"]),
    "cancelReplaceMode": st.sampled_from(["STOP_ON_FAILURE", "ALLOW_FAILURE"]),
    "newOrderRespType": st.sampled_from(["ACK", "RESULT", "FULL"]),
    "selfTradePreventionMode": st.sampled_from(["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"]),
    "timeZone": st.sampled_from(["0", "8", "-1:00"]),
    "windowSize": st.sampled_from(["1m", "2h", "7d"]),
}


def fitting(name: str) -> st.SearchStrategy[str]:
    """Values that a client would send."""
    if name in FITTING:
        return FITTING[name]
    if name.lower().endswith("side"):
        return st.sampled_from(["BUY", "SELL"])
    if name.lower().endswith("type"):
        return KINDS
    if name.lower().endswith("timeinforce"):
        return st.sampled_from(["GTC", "IOC", "FOK"])
    if "price" in name.lower():
        return st.integers(58_000, 62_000).map(str)
    if "quantity" in name.lower() or "qty" in name.lower():
        return st.sampled_from(["0.001", "0.01", "0.5"])
    if name.endswith(("Id", "limit")):
        return st.integers(0, 60).map(str)
    return words


@st.composite
def requests(draw: st.DrawFn) -> tuple[Endpoint, dict[str, str]]:
    endpoint = draw(st.sampled_from(ENDPOINTS))
    names = sorted(endpoint.names - {"timestamp", "signature", "recvWindow"})
    wild = draw(st.booleans())
    chosen = draw(st.sets(st.sampled_from(names))) if names else set()
    if not wild:
        chosen |= set(names) & {"symbol", "side", "type", "quantity", "price", "timeInForce", "cancelReplaceMode"}
        chosen -= {"pegPriceType", "pegOffsetType", "pegOffsetValue"}
    params = {}
    for name in sorted(chosen):
        params[name] = draw(st.one_of(numbers, words) if wild else fitting(name))
    if wild and draw(st.integers(0, 9)) == 0:
        params[draw(st.text(max_size=5))] = draw(words)
    return endpoint, params


@pytest.fixture(scope="module")
def places() -> list[Place]:
    return [Place(legacy=True)]


def usable(places: list[Place]) -> Place:
    """The exchange, a fresh one where much has come together."""
    if places[0].face.venue.last_change_id > 300:
        places[0] = Place(legacy=True)
    return places[0]


def judge(place: Place, before: Any, status: int, code: int, data: Any) -> None:
    assert status in STATUSES
    if status == 200:
        return
    assert code < 0
    partly = isinstance(data, dict) and "SUCCESS" in (data.get("cancelResult"), data.get("newOrderResult"))
    assert partly or place.state() == before


@settings(CALM, max_examples=200)
@given(asked=requests(), in_body=st.booleans())
def test_every_endpoint_answers_whatever_it_is_asked(
    places: list[Place], asked: tuple[Endpoint, dict[str, str]], in_body: bool
) -> None:
    place, (endpoint, params) = usable(places), asked
    before = place.state()
    text = form(params)
    if endpoint.security in (Security.SIGNED, Security.TRADE):
        text = form({**params, "timestamp": place.ms})
        text += "&signature=" + signature(text)
    body = in_body and endpoint.method != "GET"
    response = place.raw(endpoint.method, endpoint.path, b"" if body else text, text if body else b"", x_mbx_apikey=KEY)
    answer = json.loads(response.body)
    failed = answer if response.status != 200 else {}
    judge(place, before, response.status, failed.get("code", 0), failed.get("data"))


values = st.one_of(
    numbers, words, st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False), st.lists(words, max_size=2)
)


@settings(CALM, max_examples=200)
@given(
    asked=requests(), wild=st.dictionaries(st.text(max_size=4), values, max_size=2), own=st.sampled_from([*OWN, "", ""])
)
def test_every_method_answers_whatever_it_is_asked(
    places: list[Place], asked: tuple[Endpoint, dict[str, str]], wild: dict[str, Any], own: str
) -> None:
    place, (endpoint, params) = usable(places), asked
    if not endpoint.ws:
        return
    before = place.state()
    method, given_params = (own, wild) if own else (endpoint.ws, {**params, **(wild if len(wild) == 2 else {})})
    signed = endpoint.security in (Security.SIGNED, Security.TRADE)
    try:
        answer = Socket(place).send(method, signed=signed, **given_params)
    except UnicodeEncodeError:
        return  # the client itself cannot sign half a character
    failed = answer.get("error", {})
    judge(place, before, answer["status"], failed.get("code", 0), failed.get("data"))


@settings(CALM, max_examples=100)
@given(method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "", "get"]), data=st.data())
def test_any_bytes_get_an_answer(places: list[Place], method: str, data: st.DataObject) -> None:
    place = usable(places)
    before = place.state()
    path = data.draw(st.one_of(st.sampled_from([one.path for one in ENDPOINTS]), st.text(max_size=20)))
    query, body = data.draw(st.binary(max_size=60)), data.draw(st.binary(max_size=60))
    response = place.raw(method, path, query, body, x_mbx_apikey=data.draw(st.sampled_from([KEY, "", "x"])))
    answer = json.loads(response.body)
    judge(place, before, response.status, answer["code"] if response.status != 200 else 0, None)
    frame = Socket(place).session.handle(query + body)
    assert json.loads(frame)["status"] in STATUSES


def test_every_endpoint_of_the_table_has_a_method_but_those_of_the_wallet() -> None:
    assert {one.path for one in ENDPOINTS if not one.ws} == {one.path for one in ENDPOINTS if "/sapi/" in one.path}
    assert len(BY_NAME) == len([one for one in ENDPOINTS if one.ws])

"""Whatever comes in, the answer is one of Alpaca's, nothing is half done, and no money is made or lost."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parrot.gateway.alpaca_api.account_stream import AccountStream
from parrot.gateway.alpaca_api.data_stream import DataStream
from parrot.gateway.alpaca_api.wire import ApiRequest
from tests.unit.gateway.alpaca_api.sample import NOON, Market, at


def words(text: str) -> list[str]:
    return text.split()


PATHS = (
    "account",
    "account/configurations",
    "account/activities",
    "account/portfolio/history",
    "account/activities/FILL",
    "orders",
    "orders:by_client_order_id",
    "orders/00000000-0000-4000-8000-000000000000",
    "positions",
    "positions/AAPL",
    "assets",
    "assets/AAPL",
    "clock",
    "calendar",
    "stocks/bars",
    "stocks/trades",
    "stocks/quotes",
    "stocks/bars/latest",
    "stocks/trades/latest",
    "stocks/quotes/latest",
    "stocks/snapshots",
    "stocks/AAPL/bars",
    "stocks/AAPL/snapshot",
)
PARAMETERS = words(
    "symbols start end limit page_token sort timeframe feed status after until direction nested side asof adjustment"
    " client_order_id qty percentage cancel_orders activity_types page_size date category currency period date_end"
)
FIELDS = words(
    "symbol qty notional side type time_in_force limit_price stop_price trail_price trail_percent client_order_id"
    " extended_hours order_class take_profit stop_loss position_intent trail"
)
WORDS = words(
    "AAPL MSFT BTCUSDT buy sell market limit stop stop_limit trailing_stop day gtc ioc fok opg cls bracket oco oto"
    " simple mleg 1 0.5 150 200.25 -1 0 1e9 true false asc desc open closed all 1Min 1Day 1Hour 5Min 2026-11-25"
    " 2026-11-25T17:00:00Z 1D 1M 1H 15Min 9999-12-31T23:59:59Z 0001-01-01 QUFQTHwx"
)
TEXTS = st.one_of(st.sampled_from(WORDS), st.text(max_size=12), st.just("x" * 300))
NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([1, 2, 150, 190.5, 0.25]))
VALUES = st.recursive(
    st.one_of(TEXTS, NUMBERS, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3)),
    max_leaves=5,
)
LEGS = st.fixed_dictionaries({}, optional={"limit_price": NUMBERS, "stop_price": NUMBERS})
ORDERS = st.fixed_dictionaries(
    {"symbol": st.sampled_from(["AAPL", "MSFT"]), "side": st.sampled_from(["buy", "sell"])},
    optional={
        "qty": NUMBERS,
        "notional": NUMBERS,
        "type": st.sampled_from(WORDS[5:10]),
        "time_in_force": st.sampled_from(WORDS[10:16]),
        "limit_price": NUMBERS,
        "stop_price": NUMBERS,
        "trail_percent": NUMBERS,
        "order_class": st.sampled_from(WORDS[16:21]),
        "take_profit": LEGS,
        "stop_loss": LEGS,
        "client_order_id": st.sampled_from(["a", "b"]),
        "extended_hours": st.booleans(),
    },
)
BODIES = st.one_of(
    ORDERS.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6).map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=40),
)
QUERIES = st.dictionaries(st.sampled_from(PARAMETERS), TEXTS, max_size=4)
CALM = settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module", params=[NOON, at("27 03:00")], ids=["day", "night"])
def market(request: pytest.FixtureRequest) -> Market:
    market = Market(sessions=True)
    market.bob.order("sell", 50, 190)
    market.ann.order("buy", 20, 190)
    market.until(request.param)
    return market


def money(market: Market) -> dict[str, int]:
    found: dict[str, int] = {}
    for account in ("ann", "bob"):
        for held in market.exchange.held(account):
            assert held.free >= 0
            assert held.locked >= 0
            found[held.asset] = found.get(held.asset, 0) + held.free + held.locked
    return found


def answered(market: Market, request: ApiRequest) -> int:
    answer = market.face.handle(request)
    assert answer.status in (200, 204, 207, 400, 403, 404, 405, 422), (request, answer)
    body = json.loads(answer.body) if answer.body else None
    if answer.status >= 400:
        assert {"code", "message"} <= body.keys()
    return answer.status


HEADERS = {b"apca-api-key-id": b"ann-key", b"apca-api-secret-key": b"ann-key"[::-1]}


@CALM
@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "DELETE"]), path=st.sampled_from(PATHS), query=QUERIES, body=BODIES
)
def test_any_request_has_an_answer(market: Market, method: str, path: str, query: dict[str, str], body: bytes) -> None:
    before = money(market)
    raw = "&".join(f"{name}={value}" for name, value in query.items()).encode("utf-8", "surrogatepass")
    answered(market, ApiRequest(method, f"/v2/{path}", raw, body, HEADERS))
    assert money(market) == before


@CALM
@given(orders=st.lists(ORDERS, min_size=1, max_size=6), change=ORDERS)
def test_any_order_is_taken_or_refused_whole(market: Market, orders: list[Any], change: dict[str, Any]) -> None:
    before = money(market)
    for fields in orders:
        held, shown = market.exchange.held("ann"), market.ann.get("/v2/orders", status="all", limit=500)
        body = json.dumps({"type": "limit", "time_in_force": "day", **fields}).encode()
        if answered(market, ApiRequest("POST", "/v2/orders", b"", body, HEADERS)) >= 400:
            assert market.exchange.held("ann") == held
            assert market.ann.get("/v2/orders", status="all", limit=500) == shown
    for row in market.ann.get("/v2/orders")[:2]:
        answered(market, ApiRequest("PATCH", f"/v2/orders/{row['id']}", b"", json.dumps(change).encode(), HEADERS))
    assert market.ann.ask("DELETE", "/v2/orders") is not None
    assert market.ann.get("/v2/orders") == []
    assert money(market) == before
    assert all(held.locked == 0 for held in market.exchange.held("ann"))


@CALM
@given(message=VALUES, packed=st.booleans())
def test_any_message_has_an_answer(market: Market, message: Any, packed: bool) -> None:
    auth = {"action": "auth", "key": "ann-key", "secret": "ann-key"[::-1]}
    data, account = DataStream(market.face, packed=packed), AccountStream(market.face)
    for sent in (auth, message, {"action": "subscribe", "trades": message}, {"action": "listen", "data": message}):
        try:
            written = msgspec.msgpack.encode(sent) if packed else msgspec.json.encode(sent)
        except (OverflowError, UnicodeEncodeError):
            return
        assert len(data.receive(written)) == 1
        assert len(account.receive(written)) == 1

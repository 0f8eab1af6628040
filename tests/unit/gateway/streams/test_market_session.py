"""What a client may say on a connection for market streams."""

import msgspec
import pytest

from parrot.contracts.exchange import Traded
from parrot.gateway.binance_api.faults import Faults
from parrot.gateway.binance_api.hub import Hub
from parrot.gateway.binance_api.market_session import STREAMS_MOST, MarketSession
from tests.unit.gateway.streams.quiet import Ear, QuietExchange, call, trade

LISTEN_KEY = "k" * 60


@pytest.fixture
def hub() -> Hub:
    exchange = QuietExchange()
    return Hub(exchange, exchange.markets(), call, Faults())


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def session(hub: Hub, ear: Ear) -> MarketSession:
    return MarketSession(hub, ear, {LISTEN_KEY: "main"}.get, wrapped=False)


def said(session: MarketSession, method: str, *params: object, number: object = 1) -> dict:
    return answered(session, msgspec.json.encode({"method": method, "params": list(params), "id": number}))


def answered(session: MarketSession, text: bytes) -> dict:
    return msgspec.json.decode(session.handle(text))


def test_streams_are_joined_listed_and_left(session, hub, ear):
    assert said(session, "SUBSCRIBE", "btcusdt@trade", "btcusdt@depth", number="x") == {"result": None, "id": "x"}
    assert said(session, "SUBSCRIBE", "btcusdt@trade") == {"result": None, "id": 1}
    assert said(session, "LIST_SUBSCRIPTIONS", number=None)["result"] == ["btcusdt@trade", "btcusdt@depth"]
    hub.take([Traded(trade=trade(1))])
    assert [one["t"] for one in ear.take()] == [1]
    said(session, "UNSUBSCRIBE", "btcusdt@trade", "never@joined")
    hub.take([Traded(trade=trade(2))])
    assert ear.take() == []
    assert said(session, "LIST_SUBSCRIPTIONS")["result"] == ["btcusdt@depth"]


def test_names_around_messages_can_be_switched(session, hub, ear):
    said(session, "SUBSCRIBE", "btcusdt@trade")
    assert said(session, "GET_PROPERTY", "combined")["result"] is False
    assert said(session, "SET_PROPERTY", "combined", True) == {"result": None, "id": 1}
    assert said(session, "GET_PROPERTY", "combined")["result"] is True
    hub.take([Traded(trade=trade(1))])
    (told,) = ear.take()
    assert (told["stream"], told["data"]["t"]) == ("btcusdt@trade", 1)


def test_a_listen_key_is_a_stream_too(session):
    said(session, "SUBSCRIBE", LISTEN_KEY)
    assert said(session, "LIST_SUBSCRIPTIONS")["result"] == [LISTEN_KEY]
    session.close()
    assert said(session, "LIST_SUBSCRIPTIONS")["result"] == []


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (b"{", 3, "Invalid JSON"),
        (b"\xff\xfe", 3, "Invalid JSON"),
        (b"[" * 100_000, 3, "Invalid JSON"),
        (b"[]", 2, "expected a map"),
        (b'{"id":1}', 2, "missing field `method`"),
        (b'{"method":"FLY","id":1}', 2, "unknown variant `FLY`, expected one of `SUBSCRIBE`"),
        (b'{"method":["SUBSCRIBE"],"id":1}', 2, "unknown variant"),
        (b'{"method":"SUBSCRIBE","params":"btcusdt@trade","id":1}', 2, "params must be an array"),
        (b'{"method":"SUBSCRIBE","params":[7],"id":1}', 2, "stream names must be strings"),
        (b'{"method":"SUBSCRIBE","params":[],"id":1.5}', 2, "request ID"),
        (b'{"method":"SUBSCRIBE","params":[],"id":true}', 2, "request ID"),
        (b'{"method":"SUBSCRIBE","params":[],"id":{}}', 2, "request ID"),
        (b'{"method":"SET_PROPERTY","params":["other",true],"id":1}', 0, "Unknown property"),
        (b'{"method":"SET_PROPERTY","params":["combined","yes"],"id":1}', 1, "expected Boolean"),
        (b'{"method":"SET_PROPERTY","params":["combined",true,1],"id":1}', 2, "too many parameters"),
        (b'{"method":"GET_PROPERTY","params":[5],"id":1}', 2, "property name must be a string"),
        (b'{"method":"GET_PROPERTY","params":["combined",1],"id":1}', 2, "too many parameters"),
    ],
)
def test_what_is_wrong_is_said_as_the_venue_says_it(session, text, code, words):
    told = answered(session, text)["error"]
    assert told["code"] == code
    assert words in told["msg"]


def test_a_request_with_a_wrong_id_does_nothing(session):
    said(session, "SUBSCRIBE", "btcusdt@trade", number=[1])
    assert said(session, "LIST_SUBSCRIPTIONS")["result"] == []


def test_more_streams_than_a_connection_may_have_are_refused_all_together(session):
    many = [f"s{number}@trade" for number in range(10_000)]
    assert said(session, "SUBSCRIBE", *many)["error"]["code"] == 2
    assert said(session, "SUBSCRIBE", *many[:STREAMS_MOST]) == {"result": None, "id": 1}
    assert said(session, "SUBSCRIBE", many[-1])["error"]["code"] == 2
    assert len(said(session, "LIST_SUBSCRIPTIONS")["result"]) == STREAMS_MOST
    assert session.open(many) is False

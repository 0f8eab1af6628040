"""The hub: quotes at their pace, events of orders always, bounds for slow clients, channels for who may hear them."""

from __future__ import annotations

from typing import Any

import pytest

from parrot.contracts.access import Role
from parrot.gateway.stream import clients
from parrot.gateway.stream.channels import CHANNELS, Kind
from parrot.gateway.stream.clients import Client
from parrot.gateway.stream.hub import Hub
from parrot.gateway.stream.sessions import SAYS_MOST, Session
from parrot.kernel.errors import AccessError, InputError, MissingError
from tests.unit.gateway.rest.house import person
from tests.unit.gateway.stream.readers import Reader, family

TICK = 10**8


def quote(symbol: str, bid: int) -> dict[str, Any]:
    return {"symbol": symbol, "bid": str(bid)}


def begun(*names: str) -> tuple[Hub, Reader]:
    hub = Hub()
    reader = Reader(hub)
    for name in names:
        hub.subscribe(reader.client, name)
        hub.begin(name, {"n": 0} if family(name).kind is Kind.WHOLE else [])
    hub.flush(0)
    reader.read()
    return hub, reader


def deltas(reader: Reader) -> list[Any]:
    return [said["data"] for said in reader.heard if said["type"] == "delta"]


def test_quotes_are_conflated_to_their_pace_and_the_last_one_is_told():
    hub, reader = begun("quotes")
    for n in range(1_000):  # a second of a thousand changes
        hub.change("quotes", [quote("a", n), quote("b", -n)])
        hub.flush(n * 10**6)
        reader.read()
    hub.flush(2 * 10**9)
    reader.read()
    assert 9 <= len(deltas(reader)) <= 11
    assert reader.state["quotes"] == {"a": quote("a", 999), "b": quote("b", -999)}


def test_a_pace_that_is_asked_for_is_kept_beside_the_usual_one():
    hub, usual = begun("quotes")
    quick = Reader(hub)
    hub.subscribe(quick.client, "quotes", 100)
    assert hub.topics() == {"quotes": 100}
    for n in range(1_000):
        hub.change("quotes", [quote("a", n)])
        hub.flush(n * 10**6)
        usual.read()
        quick.read()
    assert 9 <= len(deltas(usual)) <= 11
    assert 90 <= len(deltas(quick)) <= 101


def test_a_change_is_encoded_once_for_all_who_hear_it():
    hub, frames = Hub(), []

    def write(frame: bytes) -> bool:
        frames.append(frame)
        return True

    for n in range(50):
        client = Client(person(Role.VIEWER, name=f"p{n}"), lambda: None, write)
        hub.join(client)
        hub.subscribe(client, "quotes")
    hub.begin("quotes", [quote("a", 1)])
    hub.flush(1)
    hub.change("quotes", [quote("a", 2)])
    hub.flush(10**9)
    assert len(frames) == 100
    assert len({id(frame) for frame in frames}) == 2


def test_a_slow_client_of_quotes_costs_bounded_memory_and_ends_with_the_newest():
    hub, reader = begun("quotes", "book:a")
    big = "x" * 10_000
    for n in range(2_000):
        hub.change("quotes", [quote("a", n) | {"more": big}])
        hub.set("book:a", {"n": n, "more": big})
        hub.flush(n * TICK)
        assert len(reader.client) <= 2 * clients.WAITING_MOST
        assert reader.client.bytes_waiting <= clients.BYTES_MOST
    assert reader.client.closing is None
    reader.read()
    assert reader.state["quotes"]["a"]["bid"] == "1999"
    assert reader.state["book:a"]["n"] == 1999


@pytest.mark.parametrize("size", [10, 50_000])
def test_who_is_too_slow_for_what_may_not_be_lost_is_cut_and_the_others_go_on(size):
    hub, reader = begun("orders")
    quick = Reader(hub, takes=True)
    hub.subscribe(quick.client, "orders")
    count = 0
    while reader.client.closing is None:
        count += 1
        hub.change("orders", [{"order_id": 1, "n": count, "more": "x" * size}])
        hub.flush(count)
        assert len(reader.client) <= clients.FRAMES_MOST
        assert reader.client.bytes_waiting <= clients.BYTES_MOST
    assert count == (clients.FRAMES_MOST + 1 if size == 10 else clients.BYTES_MOST // 50_100 + 1)
    assert reader.client.closing == (clients.TOO_SLOW, "too slow: come again, and begin with snapshots")
    assert hub.take(reader.client) is None
    assert quick.client.closing is None
    assert quick.state["orders"][1]["n"] == count


def test_no_event_of_an_order_is_left_out_however_many_come_at_once():
    hub, reader = begun("orders")
    for n in range(300):
        hub.change("orders", [{"order_id": n % 3, "n": n}])
        if n % 50 == 0:
            hub.flush(n)
    hub.flush(1_000)
    reader.read()
    assert [row["n"] for data in deltas(reader) for row in data["put"]] == list(range(300))


def test_a_resync_after_a_gap_gives_the_whole_state_at_a_number_that_goes_on():
    hub, reader = begun("quotes")
    hub.change("quotes", [quote("a", 1)])
    hub.flush(10**9)
    hub.take(reader.client)  # lost on the way
    hub.change("quotes", [quote("b", 2)])
    Session(hub, reader.client).hear('{"op": "resync", "channel": "quotes"}', 0)
    hub.change("quotes", [quote("a", 3)])
    hub.flush(3 * 10**9)
    reader.read()
    assert reader.state["quotes"] == {"a": quote("a", 3), "b": quote("b", 2)}


def test_nothing_is_told_before_the_source_has_told_it():
    hub = Hub()
    reader = Reader(hub)
    hub.subscribe(reader.client, "quotes")
    hub.change("quotes", [quote("a", 1)])
    hub.flush(10**9)
    reader.read()
    assert reader.heard == []


def test_a_topic_that_nobody_hears_is_forgotten():
    wanted: list[set[str]] = []
    hub = Hub(lambda: wanted.append(set(hub.topics())))
    reader = Reader(hub)
    hub.subscribe(reader.client, "quotes")
    hub.subscribe(reader.client, "book:a")
    hub.unsubscribe(reader.client, "quotes")
    hub.leave(reader.client)
    assert wanted == [{"quotes"}, {"quotes", "book:a"}, {"book:a"}, set()]
    assert hub.clients == set()


def test_a_topic_that_does_not_exist_is_refused_to_all_who_hear_it():
    hub, reader = begun("quotes")
    hub.subscribe(reader.client, "book:NOTHING")
    hub.refuse("book:NOTHING", MissingError("there is no market NOTHING"))
    reader.read()
    assert reader.heard[-1]["problem"]["title"] == "there is no market NOTHING"
    assert list(reader.client.lines) == ["quotes"]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("channel", CHANNELS.values(), ids=lambda channel: channel.name)
def test_a_channel_is_heard_by_those_with_its_permission_only(role, channel):
    hub = Hub()
    reader = Reader(hub, role)
    name = ":".join((channel.name, *("x" for _ in channel.words)))
    if reader.client.who.may(channel.permission):
        hub.subscribe(reader.client, name)
    else:
        with pytest.raises(AccessError):
            hub.subscribe(reader.client, name)
    assert (name in reader.client.lines) == reader.client.who.may(channel.permission)


@pytest.mark.parametrize("channel", CHANNELS.values(), ids=lambda channel: channel.name)
def test_the_desk_s_channels_are_not_there_for_who_sees_other_accounts_only(channel):
    hub = Hub()
    reader = Reader(hub, accounts=("other",))
    name = ":".join((channel.name, *("x" for _ in channel.words)))
    if channel.own:
        with pytest.raises(MissingError):
            hub.subscribe(reader.client, name)
    else:
        hub.subscribe(reader.client, name)


def test_who_is_signed_out_is_closed_and_who_lost_a_right_hears_no_more_of_it():
    hub = Hub()
    gone, less, same = (Reader(hub) for _ in range(3))
    for reader, name in ((gone, "eve"), (less, "bob"), (same, "ann")):
        reader.client.who = person(Role.TRADER, name=name)
        hub.subscribe(reader.client, "quotes")
        hub.subscribe(reader.client, "orders")
    now = {"eve": None, "bob": person(name="bob"), "ann": same.client.who}
    hub.review(lambda who: now[who.name], "bob")
    assert gone.client.closing is None
    hub.review(lambda who: now[who.name])
    assert gone.client.closing == (clients.SIGNED_OUT, "signed out")
    less.read()
    assert [said["channel"] for said in less.heard if said["type"] == "error"] == ["quotes", "orders"]
    assert less.client.lines == {}
    assert same.client.closing is None
    assert set(same.client.lines) == {"quotes", "orders"}


def heard_after(*texts: str | bytes) -> list[dict[str, Any]]:
    hub = Hub()
    reader = Reader(hub)
    session = Session(hub, reader.client)
    for text in texts:
        session.hear(text, 0)
    reader.read()
    return reader.heard


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[]",
        "null",
        '{"op": "shout"}',
        '{"op": "subscribe", "channels": "quotes"}',
        '{"op": "subscribe", "channels": ["quotes"], "token": "x"}',
        '{"op": "subscribe", "channels": ["quotes"], "rate": 0}',
        '{"op": "subscribe", "channels": ["quotes"], "rate": 101}',
        '{"op": "subscribe", "channels": ["nothing"]}',
        '{"op": "subscribe", "channels": ["book"]}',
        '{"op": "subscribe", "channels": ["book:"]}',
        '{"op": "subscribe", "channels": ["book:<b>"]}',
        '{"op": "subscribe", "channels": ["quotes:a"]}',
        '{"op": "resync", "channel": "quotes"}',
        b"\xff\xfe",
        '{"op": "subscribe", "channels": [' + ",".join(['"quotes"'] * 65) + "]}",
        "[" * 50_000,
    ],
)
def test_what_is_not_understood_is_answered_and_the_session_goes_on(text):
    first, last = heard_after(text, '{"op": "ping"}')
    assert first["type"] == "error"
    assert first["problem"]["title"]
    assert last == {"type": "pong"}


def test_who_says_too_much_is_closed():
    hub = Hub()
    reader = Reader(hub)
    session = Session(hub, reader.client)
    for _ in range(SAYS_MOST):
        session.hear('{"op": "ping"}', 1)
    assert reader.client.closing is None
    session.hear('{"op": "ping"}', 1)
    assert reader.client.closing == (clients.TOO_MANY, f"more than {SAYS_MOST} messages within a second")


def test_channels_of_one_client_are_bounded():
    hub = Hub()
    reader = Reader(hub)
    for n in range(64):
        hub.subscribe(reader.client, f"book:S{n}")
    with pytest.raises(InputError):
        hub.subscribe(reader.client, "quotes")

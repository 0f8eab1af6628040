"""The bus port, the same in memory and over NATS JetStream."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count

import pytest

from parrot.adapters.bus.memory import MemoryBus
from parrot.adapters.bus.nats import NatsBus
from parrot.kernel.errors import BusyError, ParameterError
from parrot.ports.bus import TRIES, Bus, Envelope, Full, Lane, Reader, fits

ROOM = 8
LANES = (
    Lane("facts", ("order.>", "fill.>"), 5_000, Full.REFUSE, (Reader("capital", "fill.>"), Reader("audit", "order.>"))),
    Lane("narrow", ("risk.>",), ROOM, Full.REFUSE, (Reader("risk", "risk.>"), Reader("alarm", "risk.alarm"))),
    Lane("trades", ("md.*.trades",), ROOM, Full.OLDEST, (Reader("bars", "md.*.trades"),)),
    Lane("quotes", ("md.*.quotes",), ROOM, Full.LATEST, (Reader("screen", "md.*.quotes"),)),
    Lane("nobody", ("health.>",), ROOM, Full.REFUSE),
)


class Buses:
    """Makes buses of one kind that share a carrier, where the kind has one."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self.kind = request.param
        self.nats = request.getfixturevalue("nats") if self.kind == "nats" else None
        self.space = self.nats.space() if self.nats else ""
        self._made: list[Bus] = []

    def make(self, lanes: Sequence[Lane] = LANES) -> Bus:
        if self.nats:
            made: Bus = NatsBus(self.nats.url, lanes, space=self.space, ack_wait_s=1.0)
        else:
            made = MemoryBus(lanes)
        self._made.append(made)
        return made

    def close(self) -> None:
        for bus in self._made:
            bus.close()


@pytest.fixture(params=["memory", "nats"])
def buses(request):
    made = Buses(request)
    yield made
    made.close()


@pytest.fixture
def bus(buses) -> Bus:
    return buses.make()


NUMBERS = count(1)


def message(topic: str, text: str = "", name: str = "") -> Envelope:
    number = next(NUMBERS)
    return Envelope(topic=topic, source="desk", id=name or f"m{number}", ts=number, body=text.encode(), cause="m0")


def collect(bus: Bus, reader: str) -> list[Envelope]:
    found: list[Envelope] = []
    bus.subscribe(reader, found.append)
    return found


def deliver_all(bus: Bus) -> int:
    handled = 0
    while now := bus.deliver():
        handled += now
    return handled


def test_a_message_comes_as_it_was_published(bus):
    found = collect(bus, "capital")
    sent = Envelope(topic="fill.BTC/USDT", source="desk", id="a b", ts=2**62, body=bytes(range(256)), cause="x")
    bus.publish(sent)
    assert bus.deliver() == 1
    assert found == [sent]
    assert bus.deliver() == 0


def test_each_reader_gets_its_topics_in_the_order_they_were_published(bus):
    fills, orders = collect(bus, "capital"), collect(bus, "audit")
    sent = [message(f"{kind}.x{number}") for number in range(300) for kind in ("order", "fill")]
    for one in sent:
        bus.publish(one)
    assert deliver_all(bus) == 600
    assert fills == [one for one in sent if one.topic.startswith("fill")]
    assert orders == [one for one in sent if one.topic.startswith("order")]


def test_a_message_that_is_published_twice_comes_once(bus):
    found = collect(bus, "capital")
    bus.publish(message("fill.a", name="same"))
    bus.publish(message("fill.a", name="same"))
    assert deliver_all(bus) == 1
    bus.publish(message("fill.a", name="same"))
    assert deliver_all(bus) == 0
    assert len(found) == 1


def test_what_was_published_before_a_reader_subscribed_waits_for_it(bus):
    bus.publish(message("fill.a", "early"))
    assert bus.deliver() == 0
    found = collect(bus, "capital")
    bus.deliver()
    assert [one.body for one in found] == [b"early"]


def test_a_message_of_a_topic_without_readers_is_nobody_s(bus):
    for _ in range(ROOM * 3):
        bus.publish(message("health.desk"))
    assert bus.deliver() == 0


def test_a_message_whose_handler_raises_comes_first_again_and_nothing_overtakes_it(bus):
    seen: list[bytes] = []

    def fails_at_first(envelope: Envelope) -> None:
        seen.append(envelope.body)
        if seen == [b"one"]:
            raise ValueError

    bus.subscribe("capital", fails_at_first)
    others = collect(bus, "audit")
    for topic, text in (("fill.a", "one"), ("fill.a", "two"), ("order.a", "other")):
        bus.publish(message(topic, text))
    assert bus.deliver() == 1
    assert (seen, [one.body for one in others]) == ([b"one"], [b"other"])
    assert deliver_all(bus) == 2
    assert seen == [b"one", b"one", b"two"]


def test_a_message_that_always_fails_is_put_aside_and_counted(bus):
    seen: list[bytes] = []

    def fails(envelope: Envelope) -> None:
        seen.append(envelope.body)
        if envelope.body == b"poison":
            raise ValueError

    bus.subscribe("capital", fails)
    bus.publish(message("fill.a", "poison"))
    bus.publish(message("fill.a", "good"))
    for _ in range(TRIES + 1):
        bus.deliver()
    assert seen == [b"poison"] * TRIES + [b"good"]
    depth = depth_of(bus, "capital")
    assert (depth.waiting, depth.handled, depth.failed) == (0, 1, 1)


def depth_of(bus: Bus, reader: str):
    return next(depth for depth in bus.state().depths if depth.reader == reader)


def test_a_full_lane_of_facts_refuses_and_loses_nothing(bus):
    sent = [message("risk.limit", str(number)) for number in range(ROOM)]
    for one in sent:
        bus.publish(one)
    refused = message("risk.limit", "too much")
    with pytest.raises(BusyError, match=f"{ROOM} messages wait in lane narrow") as told:
        bus.publish(refused)
    assert told.value.action.value == "retry later"
    assert depth_of(bus, "risk").waiting == ROOM
    found = collect(bus, "risk")
    assert deliver_all(bus) == ROOM
    bus.publish(refused)
    deliver_all(bus)
    assert found == [*sent, refused]


def test_a_slow_reader_fills_its_lane_and_no_other(bus):
    collect(bus, "risk")
    for _ in range(ROOM):
        bus.publish(message("risk.alarm"))
    assert deliver_all(bus) == ROOM
    assert (depth_of(bus, "risk").waiting, depth_of(bus, "alarm").waiting) == (0, ROOM)
    with pytest.raises(BusyError):
        bus.publish(message("risk.alarm"))
    bus.publish(message("fill.a"))


def test_a_full_lane_of_trades_drops_the_oldest(bus):
    sent = [message("md.btc.trades", str(number)) for number in range(ROOM * 3)]
    for one in sent:
        bus.publish(one)
    found = collect(bus, "bars")
    deliver_all(bus)
    assert found == sent[-ROOM:]


def test_of_quotes_the_newest_of_each_symbol_waits(bus):
    for price in range(5):
        for symbol in ("btc", "eth", "sol"):
            bus.publish(message(f"md.{symbol}.quotes", str(price)))
    bus.publish(message("md.btc.quotes", "5"))
    found = collect(bus, "screen")
    deliver_all(bus)
    assert [(one.topic, one.body) for one in found] == [
        ("md.eth.quotes", b"4"),
        ("md.sol.quotes", b"4"),
        ("md.btc.quotes", b"5"),
    ]


def test_quotes_of_many_symbols_keep_to_the_room(bus):
    sent = [message(f"md.s{number}.quotes") for number in range(ROOM * 2)]
    for one in sent:
        bus.publish(one)
    found = collect(bus, "screen")
    deliver_all(bus)
    assert found == sent[-ROOM:]


def test_a_handler_may_publish_and_that_comes_later(bus):
    orders = collect(bus, "audit")
    bus.subscribe("capital", lambda fill: bus.publish(message("order.next", fill.body.decode())))
    bus.publish(message("fill.a", "one"))
    assert deliver_all(bus) == 2
    assert [one.body for one in orders] == [b"one"]


@pytest.mark.parametrize(
    ("act", "problem"),
    [
        (lambda bus: bus.publish(message("cats.a")), "no lane has the topic cats.a"),
        (lambda bus: bus.publish(message("fill")), "no lane has the topic fill"),
        (lambda bus: bus.publish(message("fill.*")), "is no topic"),
        (lambda bus: bus.publish(message("fill..a")), "is no topic"),
        (lambda bus: bus.publish(message("fill.a b")), "is no topic"),
        (lambda bus: bus.subscribe("nobody", print), "no lane has a reader nobody"),
    ],
)
def test_topics_and_readers_that_nobody_declared_are_refused(bus, act: Callable[[Bus], None], problem):
    with pytest.raises(ParameterError, match=problem) as refused:
        act(bus)
    assert refused.value.expected


@pytest.mark.parametrize(
    ("lanes", "problem"),
    [
        ([Lane("a", ("x.>",), 1, Full.REFUSE), Lane("b", ("x.y",), 1, Full.REFUSE)], "lanes a and b overlap"),
        ([Lane("a", ("x.>",), 1, Full.REFUSE), Lane("a", ("y.>",), 1, Full.REFUSE)], "two are called lane a"),
        ([Lane("a", ("x.>",), 0, Full.REFUSE)], "room for 0"),
        ([Lane("a b", ("x.>",), 1, Full.REFUSE)], "is no name"),
        ([Lane("a", ("x.>",), 1, Full.REFUSE, (Reader("r", "y.>"),))], "which is not in lane a"),
        ([Lane("a", ("x.>",), 1, Full.REFUSE, (Reader("r", "x.>"), Reader("r", "x.y")))], "two are called reader r"),
    ],
)
def test_lanes_that_contradict_themselves_are_refused(buses, lanes, problem):
    with pytest.raises(ParameterError, match=problem):
        buses.make(lanes)


@pytest.mark.parametrize(
    ("pattern", "topic", "expected"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.c", False),
        ("a.*", "a.b", True),
        ("a.*", "a.b.c", False),
        ("a.>", "a.b.c", True),
        ("a.>", "a", False),
        (">", "a", True),
        ("*.b", "a.b", True),
        ("*.b", "b", False),
    ],
)
def test_patterns_cover_topics_word_by_word(pattern, topic, expected):
    assert fits(pattern, topic) is expected


# -- memory only -----------------------------------------------------------------------------------------------------


def note(order: list[tuple[bytes, str]], reader: str, one: Envelope) -> None:
    order.append((one.body, reader))


def test_in_memory_all_readers_of_all_lanes_see_one_order():
    bus = MemoryBus(LANES)
    order: list[tuple[bytes, str]] = []
    for reader in ("capital", "audit", "risk", "alarm", "bars", "screen"):
        bus.subscribe(reader, partial(note, order, reader))
    topics = ["fill.a", "md.btc.trades", "risk.alarm", "order.a", "md.btc.quotes"]
    for number, topic in enumerate(topics):
        bus.publish(message(topic, str(number)))
    bus.deliver()
    assert order == [
        (b"0", "capital"),
        (b"1", "bars"),
        (b"2", "risk"),
        (b"2", "alarm"),
        (b"3", "audit"),
        (b"4", "screen"),
    ]


def test_in_memory_what_is_dropped_is_counted():
    bus = MemoryBus(LANES)
    for _ in range(ROOM + 3):
        bus.publish(message("md.btc.trades"))
    assert (depth_of(bus, "bars").waiting, depth_of(bus, "bars").dropped) == (ROOM, 3)

"""Every client ends with the state of the server, whatever happens in between and whatever it misses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parrot.gateway.stream.hub import Hub
from tests.unit.gateway.stream.readers import Reader, family, key_of

TICK = 10**8
NAMES = ("quotes", "orders", "fills", "book:BTC/USDT", "positions")
SYMBOLS = ("a", "b", "c")
WHAT = (
    *("put", "put", "put", "drop", "add", "book", "begin", "flush", "flush", "flush"),
    *("subscribe", "subscribe", "unsubscribe", "resync", "read", "read", "stall"),
)
PASSES = (0, TICK // 3, TICK, TICK, 11 * TICK)  # that a turn takes, ns


class World:
    """The truth beside the hub, and three clients of which some stall."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.now = 0
        self.rows: dict[str, dict[Any, Any]] = {"quotes": {}, "orders": {}, "positions": {}}
        self.fills: list[Any] = []
        self.book: Any = {"n": 0}
        self.readers = [Reader(self.hub, takes=takes) for takes in (False, True, False)]

    def truth(self, name: str) -> Any:
        if name == "fills":
            return self.fills[-family(name).kept :]
        return self.book if name.startswith("book") else self.rows[name]

    def begin(self) -> None:
        for name in NAMES:
            if not self.hub.ready(name):
                state = self.truth(name)
                self.hub.begin(name, list(state.values()) if name in self.rows else state)

    def do(self, what: str, where: str, number: int) -> None:
        if what in ("put", "drop"):
            self._change(what, where, number)
        elif what == "add":
            rows = [{"n": len(self.fills) + n} for n in range(1 + number * 15)]
            self.fills += rows
            self.hub.add("fills", rows)
        elif what == "book":
            self.book = {"n": number}
            self.hub.set("book:BTC/USDT", self.book)
        elif what == "begin":
            self.hub.begin("quotes", list(self.rows["quotes"].values()))
        elif what == "flush":
            self.now += PASSES[number % len(PASSES)]
            self.hub.flush(self.now)
        else:
            self._act(self.readers[number % 3], what, where, rate=(1, 10, 100)[number // 3])

    def _change(self, what: str, symbol: str, number: int) -> None:
        made = {
            "quotes": {"symbol": symbol, "n": number},
            "orders": {"order_id": symbol, "n": number},
            "positions": {"strategy": symbol, "symbol": "s", "n": number},
        }
        for name, row in made.items():
            key = key_of(row, family(name).key)
            if what == "put":
                self.rows[name][key] = row
                self.hub.change(name, [row])
            elif self.rows[name].pop(key, None) is not None:
                self.hub.change(name, [], [key])

    def _act(self, reader: Reader, what: str, name: str, *, rate: int) -> None:
        if what == "read":
            reader.takes = reader is self.readers[1]
            reader.read()
        elif what == "stall":
            reader.takes = False
        elif what == "subscribe":
            self.hub.subscribe(reader.client, name, rate)
            self.begin()
        elif what == "unsubscribe":
            self.hub.unsubscribe(reader.client, name)
        elif name in reader.client.lines:
            self.hub.resync(reader.client, name)


@pytest.fixture(autouse=True)
def _little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parrot.gateway.stream.clients.WAITING_MOST", 2)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False), st.integers(20, 200))
def test_whatever_happens_in_between_clients_end_with_the_state_of_the_server(chance, steps):
    world = World()
    for _ in range(steps):
        what = chance.choice(WHAT)
        world.do(what, chance.choice(SYMBOLS if what in ("put", "drop") else NAMES), chance.randrange(9))
    world.hub.flush(world.now + 100 * TICK)
    for reader in world.readers:
        reader.read()
        assert reader.client.closing is None
        for name in reader.client.lines:
            assert reader.state[name] == world.truth(name), name

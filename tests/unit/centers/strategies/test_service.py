"""The registry and the life cycle of strategies: a fold of records, and nothing that could not run is registered."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from parrot.app.desk.lines import canonical
from parrot.centers.strategies.manifest import Strategies, build
from parrot.contracts.commands import (
    NoteDecision,
    RegisterStrategy,
    Role,
    Side,
    StartStrategy,
    StopStrategy,
    StrategyFailed,
    SubmitOrder,
)
from parrot.contracts.message import Entry
from parrot.contracts.records import (
    CommandRefused,
    DecisionNoted,
    OrderCanceled,
    OrderFilled,
    OrderReceived,
    StrategyRegistered,
    StrategyStarted,
    StrategyStopped,
)
from parrot.contracts.venue import Filled
from tests.unit.app.hosting.houses import LISTING

ASKED = RegisterStrategy(
    strategy="turns",
    name="Turns",
    path="turns.py",
    code_hash="abc",
    parameters={"fast": "3"},
    symbols=["BTC/USDT"],
    timeframe="5s",
    cash=Decimal(1000),
    by="ann",
)


class Small:
    """The center alone with a journal in memory."""

    def __init__(self) -> None:
        self.center = build([LISTING])
        self.entries: list[Entry] = []

    def take(self, message: object) -> list[object]:
        begin = len(self.entries)
        for record in self.center.receives[type(message)](message, 1):
            self.add(record)
        return [entry.record for entry in self.entries[begin:]]

    def add(self, record: object) -> int:
        entry = Entry(len(self.entries) + 1, 5, 0, record)
        self.entries.append(entry)
        follow = self.center.follows.get(type(record))
        if follow is not None:
            follow(entry)
        return entry.seq

    def rebuilt(self) -> Strategies:
        center = build([LISTING])
        for entry in self.entries:
            follow = center.follows.get(type(entry.record))
            if follow is not None:
                follow(entry)
        return center


@pytest.fixture
def small():
    made = Small()
    made.take(ASKED)
    return made


def order(key: str, **terms) -> OrderReceived:
    given = {"symbol": "BTC/USDT", "side": Side.BUY, "quantity": Decimal(1), **terms}
    return OrderReceived(order=SubmitOrder(strategy="turns", key=key, **given))


def fill(order_id: int, side: Side, quantity: str, price: str, *, left: str = "0", **fee) -> OrderFilled:
    paid = {"fee": Decimal(0), "fee_currency": "USDT", **fee}
    told = Filled(
        client_id="c",
        venue_id="v",
        symbol="BTC/USDT",
        trade_id=str(order_id),
        number=1,
        side=side,
        quantity=Decimal(quantity),
        price=Decimal(price),
        maker=False,
        ts=1,
        **paid,
    )
    return OrderFilled(order_id=order_id, fill=told, filled=Decimal(quantity), left=Decimal(left))


def test_the_same_version_again_is_no_new_version(small):
    assert small.take(msgspec.structs.replace(ASKED, path="elsewhere.py", by="bob")) == []
    (again,) = small.take(msgspec.structs.replace(ASKED, parameters={"fast": "4"}))
    assert isinstance(again, StrategyRegistered)
    assert again.version == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"strategy": "No Name"}, "is no id"),
        ({"strategy": "manual"}, "orders of people"),
        ({"mode": "dream"}, "paper or live"),
        ({"symbols": []}, "one or more"),
        ({"symbols": ["BTC/USDT", "BTC/USDT"]}, "each once"),
        ({"symbols": ["FOO/BAR"]}, "does not list FOO/BAR"),
        ({"timeframe": "soon"}, "soon"),
        ({"feeds": ["gossip"]}, "gossip"),
        ({"cash": Decimal(0)}, "positive"),
        ({"cash": Decimal("NaN")}, "finite"),
    ],
)
def test_a_version_that_could_never_run_is_refused_with_its_reason(change, said):
    (refused,) = Small().take(msgspec.structs.replace(ASKED, **change))
    assert isinstance(refused, CommandRefused)
    assert said in refused.text


def test_it_starts_once_and_stops_once(small):
    assert [type(record) for record in small.take(StartStrategy(strategy="turns", by="ann"))] == [StrategyStarted]
    assert small.center.running() == ["turns"]
    assert [type(record) for record in small.take(StartStrategy(strategy="turns", by="ann"))] == [CommandRefused]
    (stopped,) = small.take(StopStrategy(strategy="turns", by="ann", reason="lunch"))
    assert (stopped.reason, stopped.fault, small.center.running()) == ("lunch", "", [])
    assert [type(record) for record in small.take(StopStrategy(strategy="turns", by="ann"))] == [CommandRefused]
    assert [type(record) for record in small.take(StartStrategy(strategy="other", by="ann"))] == [CommandRefused]


def test_another_version_is_refused_while_one_runs(small):
    small.take(StartStrategy(strategy="turns", by="ann"))
    (refused,) = small.take(msgspec.structs.replace(ASKED, code_hash="def"))
    assert "stop it before" in refused.text


def test_a_failure_stops_it_and_keeps_the_fault(small):
    small.take(StartStrategy(strategy="turns", by="ann"))
    (stopped,) = small.take(StrategyFailed(strategy="turns", fault="hung", reason="no answer for 5 s"))
    assert isinstance(stopped, StrategyStopped)
    assert (stopped.by, stopped.fault) == ("supervisor", "hung")
    assert small.center.rows()[0]["fault"] == "hung"
    assert small.take(StrategyFailed(strategy="turns", fault="hung", reason="again")) == []


def test_decisions_are_noted_for_strategies_that_are_known(small):
    note = NoteDecision(strategy="turns", symbol="BTC/USDT", gate="account", passed=False, text="no cash", decided=3)
    (noted,) = small.take(note)
    assert isinstance(noted, DecisionNoted)
    assert small.take(msgspec.structs.replace(note, strategy="nobody")) == []


def test_the_book_follows_own_fills_to_the_last_digit(small):
    number = small.add(order("1"))
    small.add(fill(number, Side.BUY, "1", "100.5", left="1", fee=Decimal("0.001"), fee_currency="BTC"))
    small.add(fill(number, Side.BUY, "1", "101.5", fee=Decimal("0.1")))
    other = small.add(order("2", side=Side.SELL))
    small.add(fill(other, Side.SELL, "0.999", "110"))
    book = small.center.book("turns")
    assert book.quantity["BTC/USDT"] == 1
    assert book.cash == Decimal("-100.5") - Decimal("101.5") - Decimal("0.1") + Decimal("109.890")
    assert (book.fills, small.center.last_key("turns")) == (3, 2)


def test_whose_an_order_is_is_known_after_its_last_fill_too(small):
    number = small.add(order("flatten", role=Role.FLATTEN))
    small.add(fill(number, Side.SELL, "1", "100"))
    assert small.center.owner(number) == "turns"
    assert small.center.open_orders("turns") == {}
    assert small.center.last_key("turns") == 0


def test_a_late_fill_is_still_booked(small):
    number = small.add(order("1"))
    small.add(OrderCanceled(order_id=number, by="user", reason=""))
    small.add(fill(number, Side.BUY, "0.5", "100"))
    assert small.center.book("turns").quantity["BTC/USDT"] == Decimal("0.5")


def test_state_is_the_fold_of_records_and_survives_a_snapshot(small):
    small.take(StartStrategy(strategy="turns", by="ann"))
    number = small.add(order("1"))
    small.add(fill(number, Side.BUY, "0.4", "100", left="0.6"))
    small.add(order("2"))
    state = canonical(small.center.state())
    assert canonical(small.rebuilt().state()) == state
    loaded = build([LISTING])
    loaded.load(msgspec.msgpack.decode(state))
    assert canonical(loaded.state()) == state
    assert loaded.running() == ["turns"]
    assert set(loaded.open_orders("turns")) == {number, number + 2}


def test_versions_are_kept_with_their_times_parents_and_reasons(small):
    small.take(msgspec.structs.replace(ASKED, parameters={"fast": "5"}, parent=1, note="a longer look", by="bob"))
    kept = small.center.versions("turns")
    assert [(ts, one.version, one.parent, one.note, one.by) for ts, one in kept] == [
        (5, 1, 0, "", "ann"),
        (5, 2, 1, "a longer look", "bob"),
    ]
    twin = build([LISTING])
    twin.load(small.center.state())
    assert twin.versions("turns") == kept == small.rebuilt().versions("turns")


def test_a_state_from_before_versions_were_kept_is_read(small):
    state = small.center.state()
    del state["known"]["turns"]["versions"]
    twin = build([LISTING])
    twin.load(state)
    assert twin.version("turns") == small.center.version("turns")
    assert twin.versions("turns") == []


def test_another_reason_alone_is_no_new_version(small):
    assert small.take(msgspec.structs.replace(ASKED, note="why not", parent=1)) == []

"""What a strategy's process may say: whatever it is, it ends that strategy at most."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from parrot.app.hosting.hosted import Hosted, Limits
from parrot.app.hosting.inputs import InputJournal
from parrot.contracts.commands import NoteDecision, Role, Side, SubmitOrder
from parrot.contracts.hosting import Answer, Deed, LifeBegun, Noted, Ready
from parrot.contracts.ticks import QuoteTick
from parrot.ports.children import Fault
from tests.unit.app.hosting.houses import LISTING, START

LIFE = LifeBegun(
    strategy="turns",
    version=1,
    name="Turns",
    path="turns.py",
    source="",
    code_hash="abc",
    parameters={},
    listings=[LISTING],
    timeframe=10**9,
    feeds=["bars"],
    cash=Decimal(1000),
)
ORDER = SubmitOrder(strategy="", key="", symbol="BTC/USDT", side=Side.BUY, quantity=Decimal(1))


class Scripted:
    """A child that says what the test wants it to."""

    pid = 0

    def __init__(self) -> None:
        self.says: list[bytes] = []

    def fileno(self) -> int:
        return 0

    def send(self, frame: bytes) -> None:
        pass

    def receive(self) -> list[bytes]:
        said, self.says = self.says, []
        return said

    def look(self) -> None:
        return None

    def kill(self) -> None:
        pass


class Talk:
    """A strategy whose process is scripted, after its first batch."""

    def __init__(self, folder):
        self.child, self.taken = Scripted(), []
        self.hosted = Hosted(self.child, InputJournal(folder / "turns.journal"), LIFE, Limits(), START)
        self.say(Ready(feeds=["quotes"], timers=False))
        sizes = {"bid": 1, "ask": 2, "bid_size": 1, "ask_size": 1}
        self.hosted.offer([QuoteTick(symbol="BTC/USDT", seq=1, ts=START, received=START, **sizes)], START)

    def say(self, message):
        self.child.says.append(message if isinstance(message, bytes) else msgspec.msgpack.encode(message))
        self.hosted.collect(self.take, START)

    def take(self, message, now):
        self.taken.append(message)
        return []

    def answer(self, *deeds):
        self.say(Answer(number=1, now=START, moves=1, stream="x", deeds=list(deeds)))


@pytest.fixture
def talk(tmp_path):
    made = Talk(tmp_path)
    yield made
    made.hosted.close()


def test_bytes_that_are_no_text_end_it(talk):
    talk.say(msgspec.msgpack.encode(Noted(ts=1, text="abcd")).replace(b"abcd", b"\xff\xfe\xfd\xfc"))
    assert talk.hosted.fault is not None
    assert talk.hosted.fault[0] is Fault.BROKEN


def test_a_quantity_that_is_no_number_changes_no_order(talk):
    talk.hosted.received(1, 7)
    talk.answer(Deed(kind="resize", order=1, ts=START, quantity=Decimal("NaN")))
    assert talk.taken == []


def test_only_the_beginning_of_a_long_word_is_kept(talk):
    talk.say(Noted(ts=1, text="x" * 1_000_000))
    (noted,) = talk.taken
    assert isinstance(noted, NoteDecision)
    assert len(noted.text) == 4_000


@pytest.mark.parametrize(
    ("number", "change"),
    [
        (0, {}),
        (1 << 63, {}),  # as a key it would fit no snapshot
        (1, {"role": Role.FLATTEN}),
        (1, {"symbol": "FOO/BAR"}),
    ],
)
def test_an_order_that_it_may_not_ask_for_ends_it(talk, number, change):
    order = msgspec.structs.replace(ORDER, **change)
    talk.answer(Deed(kind="place", order=number, ts=START, quantity=Decimal(1), submit=order))
    assert talk.taken == []
    assert talk.hosted.fault is not None
    assert talk.hosted.fault[0] is Fault.BROKEN

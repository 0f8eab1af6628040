"""What waits to leave is locked, leaves or comes back once, and survives the process."""

from __future__ import annotations

import pytest

from parrot.centers.matching.manifest import build_exchange, public_settings
from parrot.contracts.exchange import SCALE, BalancesChanged, Deposited
from parrot.kernel.errors import Refused
from tests.unit.centers.matching.public import SECOND, Public
from tests.unit.centers.matching.test_rebuilding import Memory

ALL = 1_000_000 * SCALE


@pytest.fixture
def public() -> Public:
    return Public(crowd=False)


def test_what_is_set_aside_cannot_be_spent_or_set_aside_again(public):
    public.exchange.reserve("ann", "USDT", ALL - 100 * SCALE, "w1")
    assert public.balance("ann", "USDT") == (100 * SCALE, ALL - 100 * SCALE)
    with pytest.raises(Refused):
        public.send("ann", "buy", 1, limit=101)
    with pytest.raises(Refused):
        public.exchange.reserve("ann", "USDT", 100 * SCALE + 1, "w2")
    assert public.exchange.reserved("ann") == {"w1": ("USDT", ALL - 100 * SCALE)}


@pytest.mark.parametrize(("paid", "left"), [(True, ALL - SCALE), (False, ALL)])
def test_it_leaves_or_comes_back_once(public, paid, left):
    public.exchange.reserve("ann", "USDT", SCALE, "w1")
    public.exchange.reserve("ann", "USDT", SCALE, "w1")  # asked twice
    public.heard.clear()
    assert public.exchange.settle("ann", "w1", paid=paid)
    assert not public.exchange.settle("ann", "w1", paid=paid)
    assert not public.exchange.settle("ann", "w1", paid=not paid)
    if paid:
        public.exchange.reserve("ann", "USDT", SCALE, "w1")  # said again after a crash
    assert public.balance("ann", "USDT") == (left, 0)
    assert [event.amount for event in public.told(Deposited)] == ([-SCALE] if paid else [])
    assert [(event.held[0].free, event.held[0].locked) for event in public.told(BalancesChanged)] == [(left, 0)]


def test_a_deposit_with_a_name_comes_once(public):
    for _ in range(2):
        public.exchange.deposit("ann", "USDT", SCALE, "d1")
    assert public.balance("ann", "USDT") == (ALL + SCALE, 0)


@pytest.mark.parametrize(
    ("asset", "amount", "ref"), [("DOGE", 1, "w"), ("USDT", 0, "w"), ("USDT", -1, "w"), ("USDT", 1, "")]
)
def test_what_cannot_be_set_aside_is_refused(public, asset, amount, ref):
    with pytest.raises(Refused):
        public.exchange.reserve("ann", asset, amount, ref)
    assert public.exchange.reserved("ann") == {}


@pytest.mark.parametrize("segment_bytes", [16 << 20, 4096])  # from operations, and from an image
def test_a_killed_exchange_knows_what_waits_and_what_came(segment_bytes):
    memory = Memory()
    public = Public(memory, crowd=False, segment_bytes=segment_bytes)
    public.exchange.reserve("ann", "USDT", 5 * SCALE, "w1")
    public.exchange.reserve("ann", "BTC", SCALE, "w2")
    public.exchange.settle("ann", "w2", paid=True)
    public.exchange.deposit("ann", "USDT", 7 * SCALE, "d1")
    for number in range(40):
        public.send("bob", "buy", 0.01, limit=50_000 + number)
    settings = public_settings(("BTCUSDT", "ETHUSDT"), (), crowd=False, segment_bytes=segment_bytes)
    again = build_exchange(settings, memory, now=public.now + SECOND)
    again.deposit("ann", "USDT", 7 * SCALE, "d1")
    assert again.reserved("ann") == {"w1": ("USDT", 5 * SCALE)}
    assert {one.asset: (one.free, one.locked) for one in again.held("ann")} == {
        "USDT": (ALL + 2 * SCALE, 5 * SCALE),
        "BTC": (99 * SCALE, 0),
        "ETH": (100 * SCALE, 0),
    }
    assert again.settle("ann", "w1", paid=False)


def test_fees_of_all_fills_are_added_up_and_kept():
    memory = Memory()
    public = Public(memory, crowd=False)
    public.send("ann", "sell", 0.5, limit=60_000)
    for _ in range(3):
        public.send("bob", "buy", 0.1, limit=60_000)
    paid = sum(one.fee for one in public.exchange.executions("bob"))
    earned = sum(one.fee for one in public.exchange.executions("ann"))
    assert (public.exchange.fees("bob"), public.exchange.fees("ann")) == ({"BTC": paid}, {"USDT": earned})
    assert paid > 0
    again = build_exchange(public_settings(("BTCUSDT", "ETHUSDT"), (), crowd=False), memory, now=public.now + SECOND)
    assert again.fees("bob") == {"BTC": paid}

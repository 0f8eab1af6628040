"""Whatever an order holds, it is taken or refused whole, and never anything else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.contracts.commands import Side
from parrot.contracts.exchange import SCALE, Kind, Lifetime, ListForm, NewOrder, NewOrderList, SelfTrade
from parrot.kernel.errors import Refused
from tests.unit.centers.matching.public import Public, order
from tests.unit.centers.matching.test_rebuilding import Memory

AMOUNTS = st.one_of(
    st.sampled_from([0, 1, -1, SCALE, 60_000 * SCALE, 10**15, 2**53, 2**62, 2**63 - 1, 2**63, 2**64, 10**30]),
    st.integers(0, 100).map(lambda amount: amount * SCALE // 100),
    st.integers(-(2**66), 2**66),
)
NAMES = st.sampled_from(["", "a", "b" * 200, "ä", "\ud800", "1"])
ORDERS = st.builds(
    NewOrder,
    symbol=st.sampled_from(["BTCUSDT", "AAPL", "btcusdt", "", "X" * 1000]),
    side=st.sampled_from(list(Side)),
    kind=st.sampled_from(list(Kind)),
    quantity=AMOUNTS,
    quote_quantity=st.one_of(st.just(0), AMOUNTS),
    limit=st.one_of(st.just(0), st.just(60_000 * SCALE), AMOUNTS),
    trigger=st.one_of(st.just(0), AMOUNTS),
    trail_bips=st.one_of(st.just(0), AMOUNTS),
    trail=st.one_of(st.just(0), AMOUNTS),
    display=st.one_of(st.just(0), AMOUNTS),
    lifetime=st.sampled_from(list(Lifetime)),
    post_only=st.booleans(),
    self_trade=st.sampled_from(list(SelfTrade)),
    client_id=NAMES,
    strategy_id=st.one_of(st.just(0), AMOUNTS),
    flags=st.one_of(st.just(0), AMOUNTS),
)


@pytest.fixture(scope="module")
def public() -> Public:
    """Nobody trades but ann and bob; the last price is 60,000."""
    made = Public(Memory(), symbols=("BTCUSDT",), stocks=("AAPL",), crowd=False)
    made.send("bob", "sell", 1, limit=60_000)
    made.send("ann", "buy", 0.01, limit=60_000)
    return made


@settings(max_examples=200, deadline=None, derandomize=True)
@given(ORDERS, st.sampled_from(list(ListForm)), AMOUNTS, NAMES)
def test_any_order_is_taken_or_refused_whole(
    public: Public, anything: NewOrder, form: ListForm, amount: int, name: str
) -> None:
    exchange = public.exchange
    known = order("buy", 0.01, 55_000)
    standing = exchange.submit("ann", known).order_id
    sent: list[Any] = [
        lambda: exchange.check("ann", anything),
        lambda: exchange.submit("ann", anything),
        lambda: exchange.submit_list("ann", NewOrderList(form=form, orders=(known, anything), client_id=name)),
        lambda: exchange.submit_list("ann", NewOrderList(form=form, orders=(known, anything, anything))),
        lambda: exchange.amend("ann", standing, quantity=amount, request_id=name),
        lambda: exchange.amend("ann", standing, limit=amount, trigger=amount),
        lambda: exchange.replace("ann", standing, anything, name),
        lambda: exchange.deposit("ann", "BTC", amount if amount < 0 else -amount),
        lambda: exchange.cancel("ann", amount, name),
    ]
    for act in sent:
        was = exchange._floor.exchange.hash()
        try:
            act()
        except Refused:
            assert exchange._floor.exchange.hash() == was
    for state in exchange.open_orders("ann"):
        if exchange.order("ann", state.order_id).open:
            exchange.cancel("ann", state.order_id)
    assert not exchange.open_orders("ann")
    assert all(held.locked == 0 for held in exchange.held("ann"))

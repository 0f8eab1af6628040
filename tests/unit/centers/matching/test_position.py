"""How much of a symbol an account of the public exchange may come to hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from parrot.centers.matching.manifest import public_settings
from parrot.contracts.exchange import Kind, ListForm, NewOrderList, SelfTrade, Why
from parrot.kernel.errors import ParameterError, Refused
from tests.unit.centers.matching.public import Public, order, scaled

(PAIR,) = public_settings(["BTCUSDT"]).pairs


@pytest.fixture
def public() -> Public:
    """Nobody trades but ann and bob, who hold 100 and may hold 100.05; bob offers at 60,000, the last price."""
    made = Public(crowd=False, pairs=(replace(PAIR, max_position=Decimal("100.05")),))
    made.exchange.submit("bob", order("sell", 0.001, 60_000))
    made.exchange.submit("bob", order("buy", 0.001, 60_000, self_trade=SelfTrade.NONE))
    made.exchange.submit("bob", order("sell", 1, 60_000))
    return made


def why(ask: Callable[[], object]) -> str:
    """The reason of a refusal, empty for none."""
    try:
        ask()
    except Refused as found:
        return found.reason
    return ""


def refused(public: Public, quantity: float = 0.01, **fields: object) -> bool:
    found = why(lambda: public.exchange.check("ann", order("buy", quantity, **fields)))
    assert found in ("", Why.MAX_POSITION)
    return bool(found)


def test_what_is_held_open_buys_and_the_order_may_reach_it_and_no_more(public: Public) -> None:
    assert not refused(public, 0.05, limit=50_000)
    assert refused(public, 0.05001, limit=50_000)
    public.send(quantity=0.03, limit=50_000)
    assert not refused(public, 0.02)
    assert refused(public, 0.02001)
    assert refused(public, 0.02001, kind=Kind.STOP, trigger=61_000)
    public.send(quantity=0.02)
    assert refused(public, 0.001, limit=50_000)  # whether a buy is filled or open, it counts once


def test_base_that_open_sells_lock_counts_and_sells_pass(public: Public) -> None:
    public.send("ann", "sell", 60, limit=70_000)
    assert refused(public, 0.06, limit=50_000)
    assert not why(lambda: public.exchange.check("ann", order("sell", 1, 70_000)))


def test_an_order_by_amount_counts_with_what_it_buys_at_the_average(public: Public) -> None:
    assert not refused(public, quote_quantity=2_900)
    assert refused(public, quote_quantity=3_100)


def test_an_order_that_is_replaced_does_not_count_for_its_successor(public: Public) -> None:
    old = public.send(quantity=0.04, limit=50_000)
    more = order("buy", 0.06, 50_000)
    assert why(lambda: public.exchange.replace("ann", old.order_id, more)) == Why.MAX_POSITION
    assert public.exchange.replace("ann", old.order_id, order("buy", 0.05, 50_000)).quantity == scaled(0.05)


def test_an_amendment_may_not_grow_beyond_it(public: Public) -> None:
    old = public.send(quantity=0.04, limit=50_000)
    assert why(lambda: public.exchange.amend("ann", old.order_id, quantity=scaled(0.06))) == Why.MAX_POSITION
    assert public.exchange.amend("ann", old.order_id, quantity=scaled(0.05)).quantity == scaled(0.05)


def test_buys_of_a_list_that_follow_each_other_count_together(public: Public) -> None:
    def send(second: float) -> str:
        legs = (order("buy", 0.03, 50_000), order("buy", second, 49_000))
        return why(lambda: public.exchange.submit_list("ann", NewOrderList(form=ListForm.OTO, orders=legs)))

    assert (send(0.03), send(0.02)) == (Why.MAX_POSITION, "")


def test_it_is_not_below_zero() -> None:
    with pytest.raises(ParameterError):
        replace(PAIR, max_position=Decimal(-1))

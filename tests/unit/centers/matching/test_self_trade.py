"""Orders of one account that would meet each other on the public exchange."""

from __future__ import annotations

import pytest

from parrot.contracts.exchange import OrderChanged, SelfTrade
from parrot.kernel.errors import Refused
from tests.unit.centers.matching.public import Public, order, scaled


def met(mode: SelfTrade, maker: float, taker: float) -> tuple[Public, list[tuple[str, float]]]:
    """Ann's sell stands, her buy comes: stage and quantity that was taken away, of both."""
    public = Public(crowd=False)
    first = public.send("ann", "sell", maker, limit=60_000)
    public.exchange.submit("ann", order("buy", taker, 60_000, self_trade=mode))
    states = [public.exchange.order("ann", first.order_id + number) for number in (0, 1)]
    return public, [(state.stage.value, state.prevented / 1e8) for state in states]


@pytest.mark.parametrize(
    ("mode", "maker", "taker", "found"),
    [
        (SelfTrade.EXPIRE_TAKER, 0.02, 0.01, [("new", 0), ("expired_in_match", 0.01)]),
        (SelfTrade.EXPIRE_MAKER, 0.02, 0.01, [("expired_in_match", 0.02), ("new", 0)]),
        (SelfTrade.EXPIRE_BOTH, 0.02, 0.01, [("expired_in_match", 0.02), ("expired_in_match", 0.01)]),
        (SelfTrade.DECREMENT, 0.02, 0.01, [("new", 0.01), ("expired_in_match", 0.01)]),
        (SelfTrade.DECREMENT, 0.01, 0.02, [("expired_in_match", 0.01), ("new", 0.01)]),
        (SelfTrade.DECREMENT, 0.01, 0.01, [("expired_in_match", 0.01), ("expired_in_match", 0.01)]),
        (SelfTrade.NONE, 0.01, 0.01, [("filled", 0), ("filled", 0)]),
    ],
)
def test_the_takers_mode_decides(mode: SelfTrade, maker: float, taker: float, found: list[tuple[str, float]]) -> None:
    public, states = met(mode, maker, taker)
    assert states == found
    prevented = [event for event in public.told(OrderChanged) if event.change == "prevented"]
    assert list(public.exchange.preventions("ann", "BTCUSDT")) == prevented
    assert len(prevented) == sum(taken > 0 for _, taken in found)
    assert {event.order.order_id + event.against for event in prevented} <= {3}
    left = sum(state.quantity - state.filled - state.prevented for state in public.exchange.open_orders("ann"))
    assert public.balance("ann", "BTC")[1] + public.balance("ann", "USDT")[1] // 60_000 == left


def test_what_is_left_after_a_decrement_is_filled() -> None:
    public, _ = met(SelfTrade.DECREMENT, 0.01, 0.03)
    public.send("bob", "sell", 0.02, limit=60_000)
    assert public.exchange.order("ann", 2).stage == "filled"
    assert public.exchange.order("ann", 2).filled == scaled(0.02)


def test_an_order_that_lost_quantity_is_amended_as_a_whole() -> None:
    public, _ = met(SelfTrade.DECREMENT, 0.01, 0.04)
    amended = public.exchange.amend("ann", 2, quantity=scaled(0.03))
    assert (amended.quantity, amended.prevented) == (scaled(0.03), scaled(0.01))
    assert public.balance("ann", "USDT")[1] == scaled(0.02) * 60_000
    with pytest.raises(Refused):
        public.exchange.amend("ann", 2, quantity=scaled(0.01))

"""Subscribers: everything in order while they keep up; bounded queues that say what they let go."""

from __future__ import annotations

import pytest

from parrot.centers.market_data.live import Lost
from parrot.centers.market_data.live.fanout import Subscription
from parrot.contracts.ticks import TradeTick
from parrot.kernel.errors import ParameterError
from tests.unit.centers.market_data.live.ticks import SYMBOL, at, bar, market, quote, trade


def test_a_subscriber_that_keeps_up_is_given_everything_in_order() -> None:
    live = market()
    queue = live.subscribe("one", ("trade", "quote"))
    sent = [quote(1), trade(1), quote(2), trade(2)]
    live.take(sent, at(3))
    assert queue.take() == sent
    assert queue.take() == []


def test_a_subscriber_is_given_its_kinds_and_symbols_only() -> None:
    live = market()
    trades, others = live.subscribe("trades", ("trade",), (SYMBOL,)), live.subscribe("others", ("trade",), ("OTHER",))
    told, kept = live.subscribe("desk", ("quoted",)), live.subscribe("watch", ("quarantined",))
    live.take([quote(1), trade(1), trade(1)], at(3))
    assert trades.take() == [trade(1)]
    assert others.take() == []
    assert [message.bid for message in told.take()] == [100]
    assert [message.gate for message in kept.take()] == ["duplicate"]


def test_a_subscriber_that_lags_is_given_the_newest_quotes_and_every_trade() -> None:
    queue = Subscription("slow", ("trade", "quote"), None, 800)
    queue.offer([message for k in range(1, 101) for message in (quote(k), trade(k))])
    assert queue.take() == [*(trade(k) for k in range(1, 100)), quote(100), trade(100)]
    assert queue.conflated == 99
    assert queue.lost.total() == 0


def test_what_a_full_queue_lets_go_is_counted_and_named() -> None:
    queue = Subscription("dead", ("trade", "bar"), None, 100)
    for start in range(1, 1_001, 10):
        queue.offer([trade(k) for k in range(start, start + 10)])
        assert len(queue) <= 110
    queue.offer([bar(1)])
    first, *rest = queue.take()
    assert first == Lost(subscriber="dead", what="TradeTick", count=1_001 - len(rest))
    assert rest[-2:] == [trade(1_000), bar(1)]
    assert [tick.seq for tick in rest[:-1]] == list(range(1_002 - len(rest), 1_001)), "the newest are kept, in order"
    assert queue.lost == {"TradeTick": 1_001 - len(rest)}
    queue.offer([trade(2_000)])
    assert queue.take() == [trade(2_000)], "a loss is said once"


def test_one_slow_subscriber_costs_another_nothing() -> None:
    live = market(queue=16)
    live.subscribe("dead", ("trade",))
    quick = live.subscribe("quick", ("trade",))
    seen: list[TradeTick] = []
    for k in range(1, 200):
        live.take([trade(k)], at(k))
        seen += quick.take()
    assert [tick.seq for tick in seen] == list(range(1, 200))
    assert live.queues()["quick"] == {"waiting": 0, "most": 1, "conflated": 0, "lost": 0}
    assert live.queues()["dead"]["lost"] > 150


def test_a_subscription_ends_and_a_new_one_of_its_name_begins_empty() -> None:
    live = market()
    live.subscribe("one", ("trade",))
    live.take([trade(1)], at(1))
    again = live.subscribe("one", ("trade",))
    live.unsubscribe("one")
    live.unsubscribe("one")
    live.take([trade(2)], at(2))
    assert again.take() == []
    assert live.queues() == {}


def test_a_subscription_to_nothing_that_exists_is_refused() -> None:
    with pytest.raises(ParameterError):
        market().subscribe("one", ("gossip",))
    with pytest.raises(ParameterError):
        market().subscribe("one", ("trade",), capacity=1)

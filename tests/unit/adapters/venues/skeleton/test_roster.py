"""News become reports, each of them once, whatever the order in which they come."""

from __future__ import annotations

from itertools import permutations

import pytest

from parrot.adapters.venues.skeleton.own_trades import OwnTrades
from parrot.adapters.venues.skeleton.roster import Roster
from parrot.contracts.venue import Accepted, Filled, Rejected, Withdrawn
from tests.unit.adapters.venues.skeleton.news import order, trade


@pytest.fixture
def roster():
    return Roster(OwnTrades(None, opened=0))


def names(reports):
    return [type(report).__name__ for report in reports]


def test_an_order_is_accepted_once_and_ends_once(roster):
    found = [order(), order(), order(status="canceled"), order(status="canceled"), order()]
    assert names(roster.hear(found)) == ["Accepted", "Withdrawn"]


def test_an_end_that_comes_first_tells_of_the_acceptance_too(roster):
    assert names(roster.hear([order(status="expired")])) == ["Accepted", "Withdrawn"]


def test_an_end_by_its_time_is_told_as_such(roster):
    (_, gone) = roster.hear([order(status="expired")])
    assert isinstance(gone, Withdrawn)
    assert gone.expired


def test_a_rejection_is_one(roster):
    (rejected,) = roster.hear([order(status="rejected", reason="no money")])
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "no money"


def test_any_order_of_news_with_repeats_tells_of_each_thing_once():
    news = [order(), trade("1", quantity="0.4"), trade("2", quantity="0.6"), order(status="filled", filled="1")]
    for shuffled in permutations(news):
        roster = Roster(OwnTrades(None, opened=0))
        reports = roster.hear([*shuffled, *shuffled])
        assert sorted(names(reports)) == ["Accepted", "Filled", "Filled"]
        assert [fill.number for fill in reports if isinstance(fill, Filled)] == [1, 2]


def test_a_counted_trade_of_an_order_that_nobody_knows_any_more_keeps_nobody_waiting():
    trades = OwnTrades(None, opened=0)
    trades.add([(trade("1", venue_id="v9"), "a")])
    roster = Roster(trades)
    assert not roster.hear([trade("1", venue_id="v9", named=False)])
    assert not roster.waiting


def test_a_trade_of_an_order_that_nobody_knows_waits_for_its_name(roster):
    assert not roster.hear([trade("1", venue_id="v9", named=False)])
    assert list(roster.waiting) == ["v9"]
    reports = roster.hear([order("late", venue_id="v9")])
    assert [(type(report), report.client_id) for report in reports] == [(Accepted, "late"), (Filled, "late")]
    assert not roster.waiting


def test_an_order_that_shows_more_than_its_trades_is_looked_up(roster):
    roster.hear([order(status="filled", filled="1"), trade("1", quantity="0.4")])
    assert roster.lacking() == {"BTC/USDT"}
    roster.hear([trade("2", quantity="0.6")])
    assert not roster.lacking()


def test_a_trade_with_ourselves_is_two_fills(roster):
    reports = roster.hear([trade("7", "a"), trade("7", "b")])
    assert [(fill.client_id, fill.number) for fill in reports] == [("a", 1), ("b", 2)]

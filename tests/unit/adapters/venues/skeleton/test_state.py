"""The state of an account is dated before whatever was told while it was read."""

from __future__ import annotations

import asyncio

from parrot.adapters.venues.skeleton.own_trades import OwnTrades
from parrot.adapters.venues.skeleton.roster import Roster
from parrot.adapters.venues.skeleton.state import AccountState
from parrot.contracts.venue import AskState, VenueState
from tests.unit.adapters.venues.skeleton.news import order, trade
from tests.unit.adapters.venues.skeleton.wires import Wire

NOW = 1_000_000


def asked(wire, *, told_before=()):
    trades = OwnTrades(None, opened=0)
    roster = Roster(trades)
    roster.hear([order(), *told_before])
    state = AccountState(wire, roster, trades, symbols=["BTC/USDT"], now=lambda: NOW)
    (*_, found) = asyncio.run(state.ask(AskState(ts=NOW)))
    assert isinstance(found, VenueState)
    return found


def test_it_is_of_the_moment_in_which_reading_began():
    assert asked(Wire()).ts == NOW


def test_a_trade_that_is_heard_meanwhile_dates_it_whatever_the_venues_clock_says():
    wire = Wire()
    wire.trades = [trade("1", quantity="0.4", ts=NOW - 500)]  # the venue's clock is behind
    found = asked(wire)
    assert [fill.trade_id for fill in found.trades] == ["1"]
    assert found.ts == NOW - 500


def test_a_trade_that_was_told_before_does_not():
    wire = Wire()
    wire.trades = [trade("1", quantity="0.4", ts=NOW - 500)]
    assert asked(wire, told_before=wire.trades).ts == NOW

"""Limits are known before a request leaves."""

from __future__ import annotations

from parrot.adapters.venues.skeleton.weights import WeightLedger, Window, shared

SECOND = 1_000_000_000
MINUTE = 60 * SECOND


def test_what_fits_leaves_at_once_and_what_does_not_waits_until_the_window_has_moved_on():
    ledger = WeightLedger([Window(100, MINUTE)])
    assert [ledger.admit(30, number * SECOND) for number in range(3)] == [0, 0, 0]
    assert ledger.admit(20, 10 * SECOND) == 50 * SECOND
    assert ledger.admit(20, 60 * SECOND) == 0


def test_cancels_may_use_what_is_reserved_for_them():
    ledger = WeightLedger([Window(100, MINUTE)])
    assert ledger.admit(90, 0) == 0
    assert ledger.admit(1, 0) > 0
    assert ledger.admit(10, 0, urgent=True) == 0
    assert ledger.admit(1, 0, urgent=True) > 0


def test_a_pause_holds_everything_but_cancels():
    ledger = WeightLedger([Window(100, MINUTE)])
    ledger.pause(5 * SECOND)
    assert ledger.admit(1, SECOND) == 4 * SECOND
    assert ledger.admit(1, SECOND, urgent=True) == 0
    assert ledger.admit(1, 5 * SECOND) == 0


def test_the_venues_own_count_is_believed_where_it_is_higher():
    ledger = WeightLedger([Window(100, MINUTE)])
    ledger.admit(1, 0)
    ledger.told(89, MINUTE, 0)
    assert ledger.used(0) == [(89, 100)]
    ledger.told(5, MINUTE, 0)
    assert ledger.used(0) == [(89, 100)]
    assert ledger.admit(5, 0) == MINUTE


def test_orders_are_counted_beside_weights():
    ledger = WeightLedger([Window(100, MINUTE)], [Window(2, 10 * SECOND)])
    assert [ledger.admit(1, 0, orders=1) for _ in range(3)] == [0, 0, 10 * SECOND]
    assert ledger.admit(1, 0) == 0


def test_one_key_has_one_ledger():
    windows = [Window(100, MINUTE)]
    first = shared("binance", "a", windows)
    assert shared("binance", "a", windows) is first
    assert shared("binance", "b", windows) is not first

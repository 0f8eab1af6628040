"""The referee itself: a venue that is wrong about itself would judge wrongly."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from parrot.contracts.commands import OrderKind, Side, TimeInForce
from parrot.contracts.listing import IdScope, VenueTerms
from parrot.contracts.venue import (
    Accepted,
    AskState,
    CancelFailed,
    CancelPlaced,
    Filled,
    Found,
    NotFound,
    PlaceOrder,
    QueryPlaced,
    Rejected,
    Replaced,
    ReplacePlaced,
    Withdrawn,
)
from tests.simulation.market import Market
from tests.simulation.referee import SECOND, Referee

NOW = 1_000 * SECOND


def referee(seed: int = 1, **terms: object) -> Referee:
    made = Referee(VenueTerms(venue="referee", **terms), Market(Random(seed)), Random(seed))
    made.balances = {"USDT": Decimal(10_000), "BTC": Decimal(1)}
    return made


def order(client_id: str = "a", **fields: object) -> PlaceOrder:
    given = {
        "client_id": client_id,
        "symbol": "BTCUSDT",
        "side": Side.BUY,
        "kind": OrderKind.LIMIT,
        "quantity": Decimal("0.01"),
        "limit": Decimal("25000.0"),
        "ts": NOW,
    }
    return PlaceOrder(**(given | fields))


def test_an_order_that_does_not_cross_rests_and_is_listed() -> None:
    venue = referee()
    (accepted,) = venue.answer(order(), NOW)
    assert isinstance(accepted, Accepted)
    assert [found.client_id for found in venue.answer(AskState(ts=NOW), NOW)[0].orders] == ["a"]


def test_a_request_behind_its_window_is_rejected_and_one_within_it_is_not() -> None:
    window = VenueTerms(venue="x").receive_window
    assert isinstance(referee().answer(order(), NOW + window)[0], Accepted)
    assert isinstance(referee().answer(order(), NOW + window + 1)[0], Rejected)
    assert isinstance(referee(expires_requests=False).answer(order(), NOW + 100 * window)[0], Accepted)


def test_ids_are_unique_among_open_orders_only_unless_for_ever() -> None:
    for scope, second in ((IdScope.OPEN, Accepted), (IdScope.FOREVER, Found)):
        venue = referee(id_scope=scope)
        venue.answer(order(), NOW)
        assert isinstance(venue.answer(order(), NOW)[0], Found)
        assert isinstance(venue.answer(CancelPlaced(client_id="a", symbol="BTCUSDT", ts=NOW), NOW)[0], Withdrawn)
        assert isinstance(venue.answer(order(), NOW)[0], second)


def test_an_order_is_not_found_before_the_query_lag_has_passed_at_the_latest() -> None:
    venue = referee()
    venue.answer(order(), NOW)
    asked = [
        venue.answer(QueryPlaced(client_id="a", symbol="BTCUSDT", ts=NOW), NOW + SECOND // 2)[0] for _ in range(40)
    ]
    assert {type(found) for found in asked} == {Found, NotFound}
    late = [venue.answer(QueryPlaced(client_id="a", symbol="BTCUSDT", ts=NOW), NOW + SECOND)[0] for _ in range(40)]
    assert {type(found) for found in late} == {Found}


def test_a_cancel_before_its_order_fails_and_changes_nothing() -> None:
    venue = referee()
    cancel = CancelPlaced(client_id="a", symbol="BTCUSDT", ts=NOW)
    assert isinstance(venue.answer(cancel, NOW)[0], CancelFailed)
    assert isinstance(venue.answer(order(), NOW)[0], Accepted)


def test_a_replace_keeps_what_was_filled() -> None:
    venue = referee()
    venue.answer(order(), NOW)
    replace = ReplacePlaced(client_id="a", symbol="BTCUSDT", quantity=Decimal("0.02"), limit=None, ts=NOW)
    assert venue.answer(replace, NOW)[0] == Replaced(
        client_id="a", quantity=Decimal("0.02"), limit=Decimal("25000.0"), ts=NOW
    )
    assert venue.resting[1].left == Decimal("0.02")


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": Decimal("0.00005")},
        {"limit": Decimal("25000.05")},
        {"limit": None},
        {"symbol": "NONE"},
        {"reduce_only": True},
        {"post_only": True, "limit": Decimal("40000.0")},
        {"ts": NOW + 2 * SECOND},
        {"client_id": "x" * 37},
    ],
)
def test_what_no_venue_takes_is_rejected(wrong: dict[str, object]) -> None:
    assert isinstance(referee().answer(order(**wrong), NOW)[0], Rejected)


def test_fills_add_up_and_money_is_kept() -> None:
    for seed in range(30):
        venue = referee(seed)
        for number in range(20):
            side = Side.BUY if number % 2 else Side.SELL
            limit = venue.market.middle["BTCUSDT"] + (10 if number % 3 else -10)
            tif = TimeInForce.IOC if number % 5 == 0 else TimeInForce.GTC
            venue.answer(order(f"o{number}", side=side, limit=limit, tif=tif), NOW)
            venue.market.move("BTCUSDT")
            venue.step("BTCUSDT", NOW)
        for placed in venue.placed:
            own = [trade.quantity for trade in venue.trades if trade.client_id == placed.client_id]
            assert sum(own) == placed.filled <= placed.quantity
        assert venue.balances["BTC"] == 1 + venue.net("BTCUSDT")
        spent = sum(t.quantity * t.price * (1 if t.side is Side.BUY else -1) + t.fee for t in venue.trades)
        assert venue.balances["USDT"] == 10_000 - spent


def test_one_trade_between_own_orders_has_one_id_and_two_fills() -> None:
    for seed in range(50):
        venue = referee(seed)
        venue.answer(order("sell", side=Side.SELL, limit=Decimal("30000.4")), NOW)
        fills = [r for r in venue.answer(order("buy", limit=Decimal("30001.0")), NOW) if isinstance(r, Filled)]
        if {fill.client_id for fill in fills} == {"sell", "buy"}:
            first, second = fills[:2]
            assert first.trade_id == second.trade_id
            assert first.number != second.number
            return
    raise AssertionError("no self-trade in fifty tries")


def test_a_stop_waits_for_its_trigger() -> None:
    venue = referee()
    stop = order("stop", side=Side.SELL, kind=OrderKind.STOP, limit=None, trigger=Decimal("29000.0"))
    assert len(venue.answer(stop, NOW)) == 1
    assert venue.step("BTCUSDT", NOW) == []
    venue.market.middle["BTCUSDT"] = Decimal("28900.0")
    assert any(isinstance(report, Filled) for report in venue.step("BTCUSDT", NOW))

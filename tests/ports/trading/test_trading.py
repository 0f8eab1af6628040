"""The trading port's acceptance suite: every venue that takes orders behaves like this."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from parrot.contracts.commands import OrderKind, TimeInForce
from parrot.contracts.listing import Amends
from parrot.contracts.venue import (
    Accepted,
    CancelFailed,
    Filled,
    Found,
    NotFound,
    Rejected,
    Replaced,
    Withdrawn,
)
from tests.ports.trading.served import ServedRig
from tests.ports.trading.venues import ENDING, RIGS, SECOND, Client, resting

TOUCHES = (OrderKind.TOUCH, OrderKind.TOUCH_LIMIT)


@pytest.fixture(params=sorted(RIGS))
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Client]:
    rig = RIGS[request.param](tmp_path)
    yield Client(rig)
    if isinstance(rig, ServedRig):
        rig.close()


def test_a_market_order_is_accepted_then_filled(client: Client) -> None:
    client.place("a")
    assert len(client.of("a", Accepted)) == 1
    assert client.state().trades[-1].client_id == "a"
    distinct = {fill.trade_id: fill.quantity for fill in client.of("a", Filled)}
    assert sum(distinct.values()) == client.rig.quantity
    assert not client.of("a", Withdrawn)


def test_a_fill_tells_price_fee_and_number(client: Client) -> None:
    client.place("a", "buy")
    client.place("b", "sell")
    listing = next(known for known in client.rig.venue.listings() if known.symbol == client.rig.symbol)
    trades = client.state().trades
    for trade in trades:
        assert abs(trade.price / client.rig.price() - 1) < Decimal("0.02")
        assert trade.fee >= 0
        assert not trade.fee or trade.fee_currency == (listing.base if trade.side == "buy" else listing.quote)
        assert trade.symbol == client.rig.symbol
    assert all(after.number == before.number + 1 for before, after in pairwise(trades))
    assert len({(trade.trade_id, trade.client_id) for trade in trades}) == len(trades)


def test_reports_of_fills_are_the_trades_of_the_state(client: Client) -> None:
    for number in range(4):
        client.place(f"m{number}", "sell" if number % 2 else "buy")
    told = {fill.number: fill for fill in client.reports if isinstance(fill, Filled)}
    assert list(told.values()) == client.state().trades
    behind = client.state().trades[1].number
    assert client.state(after=behind).trades == client.state().trades[2:]


def test_balances_move_by_trades_and_fees_to_the_last_digit(client: Client) -> None:
    before = dict(client.state().balances)
    for number in range(4):
        client.place(f"m{number}", "sell" if number % 2 else "buy")
    after = client.state()
    base, quote = client.rig.symbol.split("/")
    for trade in after.trades:
        sign = 1 if trade.side == "buy" else -1
        before[base] += sign * trade.quantity
        before[quote] -= sign * trade.quantity * trade.price
        before[trade.fee_currency] -= trade.fee
    assert after.balances == before


@pytest.mark.parametrize(("kind", "prices", "side"), list(resting()))
def test_what_waits_is_open_until_it_is_cancelled(
    client: Client, kind: OrderKind, prices: dict[str, str], side: str
) -> None:
    if kind in TOUCHES and not client.rig.venue.terms.touches:
        pytest.skip("this venue takes no touches")
    client.place("a", side, kind=kind, **{name: client.near(percent) for name, percent in prices.items()})
    assert len(client.of("a", Accepted)) == 1
    (order,) = client.state().orders
    assert (order.client_id, order.quantity, order.filled) == ("a", client.rig.quantity, 0)
    client.cancel("a")
    (gone,) = client.of("a", Withdrawn)
    assert (gone.filled, gone.expired) == (0, False)
    assert not client.state().orders
    found = client.query("a")
    assert isinstance(found, Found)
    assert (found.status, found.filled) == ("canceled", 0)


def test_a_trailing_stop_waits(client: Client) -> None:
    if not client.rig.venue.terms.trailing:
        pytest.skip("this venue takes no trailing stops")
    distance = client.near("-50")
    client.place("a", "sell", kind=OrderKind.TRAILING, trail=distance)
    assert [order.client_id for order in client.state().orders] == ["a"]


def test_an_order_can_be_made_smaller_in_place(client: Client) -> None:
    if client.rig.venue.terms.amends is Amends.NONE:
        pytest.skip("this venue changes nothing in place")
    limit = client.near("-10")
    client.place("a", limit=limit, quantity=client.rig.quantity * 2)
    client.replace("a", client.rig.quantity, limit)
    (replaced,) = client.of("a", Replaced)
    assert (replaced.quantity, replaced.limit) == (client.rig.quantity, limit)
    (order,) = client.state().orders
    assert (order.client_id, order.quantity) == ("a", client.rig.quantity)


def test_an_order_can_be_changed_in_place(client: Client) -> None:
    if client.rig.venue.terms.amends is not Amends.ANY:
        pytest.skip("this venue cannot change it so")
    client.place("a", limit=client.near("-10"))
    wanted = client.near("-9")
    client.replace("a", client.rig.quantity * 2, wanted)
    (replaced,) = client.of("a", Replaced)
    assert (replaced.quantity, replaced.limit) == (client.rig.quantity * 2, wanted)
    (order,) = client.state().orders
    assert (order.quantity, order.limit) == (client.rig.quantity * 2, wanted)


def test_what_is_not_open_cannot_be_cancelled_or_changed(client: Client) -> None:
    client.place("done")
    for client_id in ("done", "never"):
        assert [type(report) for report in client.cancel(client_id)] == [CancelFailed]
        changed = client.replace(client_id, client.rig.quantity, client.near("-9"))
        assert [type(report) for report in changed] == [CancelFailed]


@pytest.mark.parametrize("tif", ENDING)
def test_what_may_not_stay_ends_as_expired(client: Client, tif: TimeInForce) -> None:
    client.place("a", limit=client.near("-10"), tif=tif)
    (gone,) = client.of("a", Withdrawn)
    assert gone.expired
    found = client.query("a")
    assert isinstance(found, Found)
    assert found.status == "expired"


def test_an_order_ends_by_its_time(client: Client) -> None:
    if not client.rig.venue.terms.gtd:
        pytest.skip("this venue ends no order at its time")
    client.place("a", limit=client.near("-10"), tif=TimeInForce.GTD, until=client.rig.now + 2 * SECOND)
    assert client.state().orders
    client.rig.pass_time(3)
    assert client.of("a", Withdrawn)[0].expired
    assert not client.state().orders


@pytest.mark.parametrize(
    "wrong",
    [
        {"symbol": "NO/SUCH"},
        {"quantity": Decimal("NaN")},
        {"quantity": Decimal("-1")},
        {"quantity": Decimal(0)},
        {"quantity": Decimal("0.0000000000001")},
        {"quantity": Decimal("1e400")},
        {"limit": Decimal("1000.00000000001")},
        {"limit": Decimal("-1")},
        {"limit": Decimal("Infinity")},
    ],
)
def test_what_cannot_be_is_rejected_and_is_not_on_the_books(client: Client, wrong: dict[str, object]) -> None:
    before = client.state()
    client.place("a", **wrong)
    assert [type(report) for report in client.reports[1:] if getattr(report, "client_id", "") == "a"] == [Rejected]
    assert client.of("a", Rejected)[0].reason
    after = client.state()
    assert (after.orders, after.trades, after.balances) == (before.orders, before.trades, before.balances)
    assert isinstance(client.query("a"), NotFound)


def test_post_only_never_takes(client: Client) -> None:
    client.place("a", limit=client.near("5"), post_only=True)
    assert client.of("a", Rejected)
    assert not client.of("a", Filled)


def test_reduce_only_never_flips_a_position(client: Client) -> None:
    if not client.rig.reduces:
        pytest.skip("this venue does not know what we hold; the desk does")
    client.place("in", "buy")
    client.place("out", "sell", quantity=client.rig.quantity * 3, reduce_only=True)
    sold = {fill.trade_id: fill.quantity for fill in client.of("out", Filled)}
    assert sum(sold.values()) == client.rig.quantity
    assert client.of("out", Withdrawn)[0].filled == client.rig.quantity


def test_an_id_that_is_open_makes_no_second_order(client: Client) -> None:
    client.place("a", limit=client.near("-10"))
    client.place("a", limit=client.near("-10"))
    assert len(client.state().orders) == 1
    assert not client.of("a", Rejected), "a rejection would prove that it is not on the books"


def test_a_request_that_is_too_old_is_not_taken(client: Client) -> None:
    if not client.rig.venue.terms.expires_requests:
        pytest.skip("this venue takes requests of any age")
    old = client.rig.now - client.rig.venue.terms.receive_window - SECOND
    client.place("a", limit=client.near("-10"), ts=old)
    assert not client.state().orders


def test_a_query_tells_the_venues_own_time(client: Client) -> None:
    client.rig.pass_time(5)
    before = client.rig.now
    found = client.query("never")
    assert isinstance(found, NotFound)
    assert before <= found.ts <= client.rig.now


def test_time_stamps_of_reports_never_run_ahead_or_back(client: Client) -> None:
    for number in range(3):
        client.place(f"m{number}", "sell" if number % 2 else "buy")
        client.place(f"l{number}", limit=client.near("-10"))
        assert all(report.ts <= client.rig.now for report in client.reports)
    stamps = [report.ts for report in client.reports]
    assert stamps == sorted(stamps)


def test_a_restart_loses_nothing_that_was_told(client: Client) -> None:
    if not client.rig.durable:
        pytest.skip("this venue keeps nothing")
    client.place("m")
    client.place("a", limit=client.near("-10"))
    client.place("s", "sell", kind=OrderKind.STOP, trigger=client.near("-20"))
    client.place("c", limit=client.near("-10"))
    client.cancel("c")
    before = client.state()
    for _ in range(2):
        client.restart()
        after = client.state()
        assert (after.orders, after.trades, after.balances) == (before.orders, before.trades, before.balances)
        statuses = [client.query(client_id) for client_id in ("m", "a", "s", "c")]
        assert [found.status for found in statuses if isinstance(found, Found)] == ["filled", "new", "new", "canceled"]
    client.cancel("a")
    assert [order.client_id for order in client.state().orders] == ["s"]
    client.place("again")
    assert client.state().trades[-1].client_id == "again"


def test_what_a_venue_lists_is_what_it_takes(client: Client) -> None:
    listing = next(known for known in client.rig.venue.listings() if known.symbol == client.rig.symbol)
    price = client.near("-10")
    least = max(listing.min_quantity, (listing.min_notional / price / listing.lot).to_integral_value() * listing.lot)
    client.place("a", limit=price, quantity=least + listing.lot)
    client.place("b", limit=price + listing.tick / 2, quantity=least + listing.lot)
    client.place("c", limit=price, quantity=least + listing.lot / 2)
    assert client.of("a", Accepted)
    assert client.of("b", Rejected)
    assert client.of("c", Rejected)

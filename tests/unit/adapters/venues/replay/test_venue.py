"""A recording as a venue: requests and reports as of any other, fills as in a back-test."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parrot.adapters.venues.replay import ReplayVenue
from parrot.contracts.commands import Guard, OrderKind, Side, TimeInForce
from parrot.contracts.market import Instrument, Market
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
    VenueState,
    Withdrawn,
)
from parrot.engine.run import Inputs
from tests.unit.sdk.markets import bars_of

# open, high, low, close
ROWS = [(100, 101, 99, 100), (100, 103, 99, 102), (102, 104, 101, 103), (103, 104, 95, 96), (96, 97, 95, 96)]
MARKET = Market(fees="10bp", instruments={"A/B": Instrument(tick="0.01", lot="0.01", base="A", currency="B")})


class Desk:
    """Sends and listens."""

    def __init__(self, rows=ROWS, cash=100_000) -> None:
        self.venue = ReplayVenue(Inputs({"A/B": bars_of(rows, symbol="A/B")}), MARKET, cash)
        self.heard: list[object] = []
        self.venue.connect(self.heard.append)
        self.venue.advance()

    def place(self, client_id: str, side=Side.BUY, quantity="1", **terms):
        begin = len(self.heard)
        given = {"symbol": "A/B", "kind": OrderKind.MARKET, "ts": self.venue.now, **terms}
        self.venue.send(PlaceOrder(client_id=client_id, side=side, quantity=Decimal(quantity), **given))
        return self.heard[begin:]

    def ask(self, request):
        begin = len(self.heard)
        self.venue.send(request)
        return self.heard[begin:]

    def to_the_end(self):
        shown = []
        while (moment := self.venue.advance()) is not None:
            shown.append(moment)
        return shown

    def of(self, kind):
        return [report for report in self.heard if isinstance(report, kind)]


def test_an_order_between_two_bars_fills_at_the_next_open():
    desk = Desk()
    (accepted,) = desk.place("a")
    assert isinstance(accepted, Accepted)
    desk.venue.advance()
    (fill,) = desk.of(Filled)
    assert (fill.client_id, fill.price, fill.quantity, fill.fee, fill.fee_currency) == (
        "a",
        100,
        1,
        Decimal("0.1"),
        "B",
    )


def test_bars_come_out_as_they_were_recorded():
    desk = Desk()
    bars = [bar for moment in desk.to_the_end() for bar in moment.data]
    unit = 10 ** desk.venue.listings()[0].price_decimals
    assert [tuple(units / unit for units in (bar.open, bar.high, bar.low, bar.close)) for bar in bars] == ROWS[1:]


def test_announced_protection_takes_the_name_of_the_order_that_is_placed_for_it():
    desk = Desk()
    desk.place("entry", guard=Guard(stop=Decimal(5), stop_unit="percent"))
    desk.venue.advance()
    stop = {"kind": OrderKind.STOP, "trigger": Decimal("95.00"), "reduce_only": True}
    (accepted,) = desk.place("stop", Side.SELL, **stop)
    assert isinstance(accepted, Accepted)
    desk.to_the_end()
    assert [(fill.client_id, fill.price) for fill in desk.of(Filled)] == [("entry", 100), ("stop", 95)]


def test_protection_that_fills_before_it_is_placed_is_reported_by_its_entry():
    desk = Desk()
    # Bought in the range of a bar that goes on to its stop.
    desk.place("entry", kind=OrderKind.LIMIT, limit=Decimal(99), guard=Guard(stop=Decimal("2"), stop_unit="percent"))
    desk.to_the_end()
    names = [fill.client_id for fill in desk.of(Filled)]
    assert names == ["entry", "entry/stop"]


def test_what_cannot_be_is_rejected():
    desk = Desk()
    assert isinstance(desk.place("x", symbol="C/D")[0], Rejected)
    (short,) = desk.place("short", Side.SELL)
    assert (type(short), short.reason) == (Rejected, "a short on a cash account")
    (free,) = desk.place("free", kind=OrderKind.LIMIT, limit=Decimal(0))
    assert isinstance(free, Rejected)


def test_the_same_id_again_is_the_same_order():
    desk = Desk()
    desk.place("a", kind=OrderKind.LIMIT, limit=Decimal(50))
    (found,) = desk.place("a", kind=OrderKind.LIMIT, limit=Decimal(60))
    assert (type(found), found.status) == (Found, "new")
    (state,) = desk.ask(AskState(ts=1))
    assert isinstance(state, VenueState)
    assert [(order.client_id, order.limit) for order in state.orders] == [("a", 50)]


def test_a_cancel_withdraws_once():
    desk = Desk()
    desk.place("a", kind=OrderKind.LIMIT, limit=Decimal(50))
    cancel = CancelPlaced(client_id="a", symbol="A/B", ts=1)
    assert [type(report) for report in desk.ask(cancel)] == [Withdrawn]
    desk.to_the_end()
    assert len(desk.of(Withdrawn)) == 1
    (unknown,) = desk.ask(CancelPlaced(client_id="b", symbol="A/B", ts=1))
    assert isinstance(unknown, CancelFailed)


def test_a_query_tells_what_became_of_an_order():
    desk = Desk()
    desk.place("a")
    assert desk.ask(QueryPlaced(client_id="a", symbol="A/B", ts=1))[0].status == "new"
    desk.venue.advance()
    assert desk.ask(QueryPlaced(client_id="a", symbol="A/B", ts=1))[0].status == "filled"
    assert isinstance(desk.ask(QueryPlaced(client_id="z", symbol="A/B", ts=1))[0], NotFound)


def test_what_the_account_does_not_cover_ends_as_expired():
    desk = Desk(cash=150)
    desk.place("a", quantity="2")
    desk.venue.advance()
    (fill,), (rest,) = desk.of(Filled), desk.of(Withdrawn)
    assert fill.quantity < 2
    assert (rest.expired, rest.filled) == (True, fill.quantity)
    assert "trimmed" in rest.reason


@pytest.mark.parametrize("tif", [TimeInForce.IOC, TimeInForce.FOK])
def test_what_may_not_stay_ends_at_the_next_open(tif):
    desk = Desk()
    desk.place("a", kind=OrderKind.LIMIT, limit=Decimal(50), tif=tif)
    desk.venue.advance()
    desk.to_the_end()
    assert [report.reason for report in desk.of(Withdrawn)] == [tif.value]


def test_joined_orders_end_together():
    desk = Desk()
    desk.place("low", kind=OrderKind.LIMIT, limit=Decimal(98), group="g")
    desk.place("high", kind=OrderKind.STOP, trigger=Decimal(102), group="g")
    desk.to_the_end()
    assert [fill.client_id for fill in desk.of(Filled)] == ["high"]
    assert desk.ask(QueryPlaced(client_id="low", symbol="A/B", ts=1))[0].status == "canceled"

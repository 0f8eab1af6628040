"""Our orders at the paper venue: every kind, what is refused, fees, and what a query finds."""

from decimal import Decimal

import pytest

from parrot.contracts.commands import OrderKind, TimeInForce
from parrot.contracts.venue import Accepted, CancelFailed, Filled, Found, NotFound, Rejected, Replaced, Withdrawn
from parrot.engine.matching import SelfTrade
from tests.unit.centers.matching.sample import SECOND, Paper


@pytest.fixture
def paper() -> Paper:
    made = Paper()
    made.run(1)
    return made


def test_a_market_order_is_accepted_and_filled(paper: Paper) -> None:
    accepted, *fills = paper.place("a")
    assert isinstance(accepted, Accepted)
    assert sum(fill.quantity for fill in fills if isinstance(fill, Filled)) == Decimal("0.01")


def test_a_fee_is_paid_in_what_is_received(paper: Paper) -> None:
    paper.place("a", "buy", "0.02")
    for fill in paper.heard(Filled):
        assert (fill.fee_currency, fill.fee) == ("BTC", fill.quantity * Decimal("0.001"))
    paper.place("b", "sell", "0.02")
    for fill in paper.heard(Filled):
        exact = fill.quantity * fill.price * Decimal("0.001")
        assert fill.fee_currency == "USDT"
        assert exact <= fill.fee < exact + Decimal("0.00000001")


def test_balances_are_deposits_plus_fills_less_fees(paper: Paper) -> None:
    before = paper.state().balances
    for number in range(6):
        paper.place(f"m{number}", "sell" if number % 2 else "buy", "0.03")
    after = paper.state()
    wanted = dict(before)
    for trade in after.trades:
        sign = 1 if trade.side == "buy" else -1
        wanted["BTC"] += sign * trade.quantity
        wanted["USDT"] -= sign * trade.quantity * trade.price
        wanted[trade.fee_currency] -= trade.fee
    assert after.balances == wanted


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"quantity": "0.000001"}, "QUANTITY_LOT"),
        ({"quantity": "NaN"}, "QUANTITY_LOT"),
        ({"quantity": "1e999999"}, "QUANTITY_LOT"),
        ({"quantity": "-1"}, "INVALID_QUANTITY"),
        ({"quantity": "0"}, "INVALID_QUANTITY"),
        ({"quantity": "100000"}, "QUANTITY_RANGE"),
        ({"limit": "50000.001"}, "PRICE_TICK"),
        ({"limit": "Infinity"}, "PRICE_TICK"),
        ({"limit": "-5"}, "INVALID_PRICE"),
        ({"limit": "50000", "quantity": "0.00005"}, "NOTIONAL"),
        ({"limit": "50000", "quantity": "1000"}, "INSUFFICIENT_BALANCE"),
        ({"limit": "90000", "post_only": True}, "WOULD_TAKE"),
        ({"symbol": "XRP/USDT"}, "UNKNOWN_SYMBOL"),
        ({"reduce_only": True}, "REDUCE_ONLY"),
        ({"kind": OrderKind.TWAP}, "ORDER_TYPE"),
        ({"kind": OrderKind.STOP, "trigger": "50000"}, "WOULD_TRIGGER"),
        ({"limit": "50000", "tif": TimeInForce.GTD, "until": 5}, "INVALID_EXPIRY"),
    ],
)
def test_what_cannot_be_is_rejected_with_its_reason_and_changes_nothing(
    paper: Paper, fields: dict[str, object], reason: str
) -> None:
    state = paper.state()
    before = paper.venue.hash()
    (rejected,) = paper.place("x", **fields)
    assert isinstance(rejected, Rejected)
    assert reason in rejected.reason
    assert paper.venue.hash() == before
    assert paper.state() == state
    assert isinstance(paper.query("x")[0], NotFound)


def test_an_order_that_is_worth_too_little_is_told_what_it_is_worth(paper: Paper) -> None:
    (rejected,) = paper.place("x", limit="50000", quantity="0.00005")
    assert isinstance(rejected, Rejected)
    assert "0.00005 at 50000 is 2.5 USDT, the smallest is 5 USDT (NOTIONAL)" in rejected.reason


@pytest.mark.parametrize("client_id", ["", "x" * 37, "né", "a\n"])
def test_a_client_id_that_cannot_be_is_rejected(paper: Paper, client_id: str) -> None:
    (rejected,) = paper.place(client_id)
    assert isinstance(rejected, Rejected)


def test_a_limit_order_rests_is_changed_and_cancelled(paper: Paper) -> None:
    assert isinstance(paper.place("a", limit="50000")[0], Accepted)
    (replaced,) = paper.replace("a", "0.02", "51000")
    assert replaced == Replaced(
        client_id="a",
        quantity=Decimal("0.02"),
        limit=Decimal(51000),
        ts=replaced.ts,
    )
    (order,) = paper.state().orders
    assert (order.quantity, order.limit) == (Decimal("0.02"), Decimal(51000))
    (gone,) = paper.cancel("a")
    assert isinstance(gone, Withdrawn)
    assert not gone.expired
    assert not paper.state().orders
    assert isinstance(paper.cancel("a")[0], CancelFailed)
    (found,) = paper.query("a")
    assert isinstance(found, Found)
    assert found.status == "canceled"


def test_a_resting_order_is_filled_as_maker_when_the_market_comes_to_it(paper: Paper) -> None:
    (quote,) = [t for t in paper.run(2) if type(t).__name__ == "QuoteTick" and t.symbol == "BTC/USDT"][-1:]
    price = Decimal(quote.bid + quote.ask).scaleb(-2) / 2  # type: ignore[union-attr]
    paper.place("a", limit=str(price.quantize(Decimal("0.01"))), quantity="0.02")
    paper.run(60)
    fills = paper.heard(Filled)
    assert sum(fill.quantity for fill in fills) == Decimal("0.02")
    assert any(fill.maker for fill in fills)


def test_immediate_orders_leave_nothing(paper: Paper) -> None:
    paper.place("a", limit="1000", tif=TimeInForce.IOC)
    assert [type(report) for report in paper.reports] == [Accepted, Withdrawn]
    paper.place("b", limit="70000", quantity="12", tif=TimeInForce.FOK)
    assert [type(report) for report in paper.reports] == [Accepted, Withdrawn]
    assert paper.heard(Withdrawn)[0].expired
    assert not paper.state().orders


def test_an_order_with_an_end_expires(paper: Paper) -> None:
    paper.place("a", limit="50000", tif=TimeInForce.GTD, until=paper.now + 3 * SECOND)
    paper.place("b", limit="50000", tif=TimeInForce.DAY)
    assert len(paper.state().orders) == 2
    paper.reports.clear()
    paper.run(4)
    assert [(gone.client_id, gone.expired, gone.reason) for gone in paper.heard(Withdrawn)] == [("a", True, "GTD")]
    paper.run(86_400, step=86_400)
    assert not paper.state().orders


def test_stops_and_touches_wait_for_their_price(paper: Paper) -> None:
    kinds = {
        "s": {"kind": OrderKind.STOP, "trigger": "66000"},
        "sl": {"kind": OrderKind.STOP_LIMIT, "trigger": "66000", "limit": "66100"},
        "t": {"kind": OrderKind.TOUCH, "trigger": "54000"},
        "tl": {"kind": OrderKind.TOUCH_LIMIT, "trigger": "54000", "limit": "54000"},
        "tr": {"kind": OrderKind.TRAILING, "trail": "5", "trail_percent": True},
        "ice": {"kind": OrderKind.ICEBERG, "limit": "55000", "display": "0.002"},
    }
    for name, fields in kinds.items():
        assert isinstance(paper.place(name, **fields)[0], Accepted)
    assert {order.client_id for order in paper.state().orders} == set(kinds)


def test_a_trailing_stop_follows_and_fires(paper: Paper) -> None:
    paper.place("tr", "sell", kind=OrderKind.TRAILING, trail="3.00")
    paper.run(120)
    assert sum(fill.quantity for fill in paper.heard(Filled)) == Decimal("0.01")


def test_reduce_only_never_flips_and_says_when_it_was_cut() -> None:
    paper = Paper(crowd=True)
    paper.run(1)
    paper.place("in", "buy", "0.05")
    paper.place("out", "sell", "0.08", reduce_only=True)
    fills, gone = paper.heard(Filled), paper.heard(Withdrawn)
    assert sum(fill.quantity for fill in fills) == Decimal("0.05")
    assert [(end.filled, end.expired) for end in gone] == [(Decimal("0.05"), True)]


def test_the_same_client_id_again_finds_the_open_order_and_makes_no_second(paper: Paper) -> None:
    paper.place("a", limit="50000")
    (again,) = paper.place("a", limit="50000")
    assert isinstance(again, Found)
    assert again.status == "new"
    assert len(paper.state().orders) == 1
    paper.cancel("a")
    assert isinstance(paper.place("a", limit="50000")[0], Accepted)


def test_our_orders_do_not_trade_with_each_other_unless_they_may() -> None:
    for mode, filled in ((SelfTrade.CANCEL_NEWEST, 0), (SelfTrade.NONE, 2)):
        paper = Paper(crowd=False, self_trade=mode)
        paper.place("a", "sell", limit="60000")
        paper.place("b", "buy", limit="60000")
        assert len(paper.heard(Filled)) == filled
        assert len({fill.trade_id for fill in paper.heard(Filled)}) == (filled > 0)
        assert len({fill.number for fill in paper.heard(Filled)}) == filled


def test_a_request_that_is_too_old_or_from_the_future_is_refused(paper: Paper) -> None:
    (old,) = paper.place("a", limit="50000", ts=paper.now - 6 * SECOND)
    (early,) = paper.place("b", limit="50000", ts=paper.now + 60 * SECOND)
    for answer in (old, early):
        assert isinstance(answer, Rejected)
        assert "RECEIVE_WINDOW" in answer.reason
    assert paper.place("c", limit="50000")[0].ts <= paper.now + SECOND


def test_trades_behind_a_number_are_told(paper: Paper) -> None:
    for number in range(4):
        paper.place(f"m{number}")
    every = paper.state().trades
    assert [trade.number for trade in every] == list(range(1, len(every) + 1))
    assert paper.state(after=2).trades == every[2:]


def test_ended_orders_are_kept_up_to_a_number() -> None:
    paper = Paper(orders_kept=3, trades_kept=3)
    for number in range(6):
        paper.place(f"m{number}")
    assert isinstance(paper.query("m0")[0], NotFound)
    assert isinstance(paper.query("m5")[0], Found)
    assert len(paper.state().trades) == 3

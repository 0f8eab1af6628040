"""The blotter counts everything and shows orders as they stand."""

from __future__ import annotations

from decimal import Decimal

from parrot.app.platform.blotter import Blotter
from parrot.contracts import records
from parrot.contracts.commands import Side, SubmitOrder
from parrot.contracts.message import Entry
from parrot.contracts.venue import Filled


def fold(blotter: Blotter, *records_: object) -> None:
    for seq, record in enumerate(records_, 1):
        blotter.follows[type(record)](Entry(seq, seq * 10, 0, record))


def order(quantity: str = "2") -> records.OrderReceived:
    return records.OrderReceived(
        order=SubmitOrder(strategy="s", key="1", symbol="BTC/USDT", side=Side.BUY, quantity=Decimal(quantity))
    )


def fill(quantity: str, filled: str, left: str) -> records.OrderFilled:
    return records.OrderFilled(
        order_id=1,
        fill=Filled(
            client_id="c",
            venue_id="v",
            symbol="BTC/USDT",
            trade_id="t",
            number=1,
            side=Side.BUY,
            quantity=Decimal(quantity),
            price=Decimal("60000.10"),
            fee=Decimal("1E-8"),
            fee_currency="BTC",
            maker=False,
            ts=5,
        ),
        filled=Decimal(filled),
        left=Decimal(left),
    )


def test_an_order_moves_to_the_ended_ones_with_its_last_fill():
    blotter = Blotter()
    fold(blotter, order(), fill("0.5", "0.5", "1.5"))
    assert blotter.live[1]["status"] == "partially_filled"
    fold(blotter, order(), fill("0.5", "0.5", "1.5"), fill("1.5", "2", "0"))
    assert (blotter.orders, blotter.fills, blotter.last_fill_ts) == (2, 3, 30)
    assert blotter.live == {}
    assert blotter.newest_orders(10)[0]["status"] == "filled"
    assert blotter.newest_fills(1)[0] | {"ts": 0} == {
        "order_id": 1, "ts": 0, "strategy": "s", "symbol": "BTC/USDT", "side": "buy", "quantity": "1.5",
        "price": "60000.10", "fee": "0.00000001", "fee_currency": "BTC", "trade_id": "t", "maker": False,
    }  # fmt: skip


def test_a_kept_state_is_the_same_state():
    blotter, again = Blotter(), Blotter()
    fold(blotter, order(), fill("0.5", "0.5", "1.5"))
    again.load(blotter.state())
    assert again.state() == blotter.state()
    fold(again, order(), records.OrderCanceled(order_id=1, by="user", reason="enough"))
    assert again.newest_orders(5)[0]["reason"] == "enough"

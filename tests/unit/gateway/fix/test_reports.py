"""Whatever is sent, reports add up: each one, and all of them against the exchange."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.contracts.exchange import SCALE
from tests.unit.gateway.fix.client import Told
from tests.unit.gateway.fix.test_trading import Trader

PRICES = st.sampled_from(["59990", "60000", "60010"])
SIZES = st.sampled_from(["0.1", "0.25", "0.4"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("D"), st.sampled_from("12"), PRICES, SIZES, st.sampled_from("0134")),
        st.tuples(st.just("G"), st.integers(0, 9), PRICES, SIZES),
        st.tuples(st.just("F"), st.integers(0, 9)),
        st.tuples(st.just("meet"), st.sampled_from(["buy", "sell"]), PRICES, SIZES),
        st.just(("reconnect",)),
    ),
    max_size=12,
)


class Book:
    """What a client makes of the reports that it hears: the last of each order, its fills."""

    def __init__(self) -> None:
        self.last: dict[str, Told] = {}
        self.fills: dict[str, list[tuple[Decimal, Decimal]]] = {}
        self.ids: set[str] = set()

    def hear(self, messages) -> None:
        for message in messages:
            if message.type == "8" and message[43] is None:
                self.take(message)

    def take(self, report) -> None:
        order, done, left = report[37], Decimal(report[14]), Decimal(report[151])
        assert report[17] not in self.ids
        self.ids.add(report[17])
        if report[150] == "8":
            return
        if report[150] == "F":
            self.fills.setdefault(order, []).append((Decimal(report[32]), Decimal(report[31])))
        fills = self.fills.get(order, [])
        assert done == sum(quantity for quantity, _ in fills)
        assert left == (Decimal(report[38]) - done if report[39] in "01A" else 0)
        amount = sum(quantity * price for quantity, price in fills)
        assert not done or abs(Decimal(report[6]) - amount / done) <= Decimal("0.00000001")
        assert (report[39] == "1") <= (done > 0 < left)
        if order in self.last and report[150] != "5":
            assert report[150] in "4D" or report[11] == self.last[order][11]
        self.last[order] = report


def step(trader, name, kind, *what):
    if kind == "D":
        side, price, size, tif = what
        return trader.order(name, (54, side), (44, price), (38, size), (59, tif))
    if kind == "meet":
        return trader.meet(what[0], float(what[2]), float(what[1]))
    if kind == "reconnect":
        trader.drop()
        trader.connect()
        return trader.log_on()
    orders = trader.exchange.orders("main")
    if not orders:
        return []
    order = orders[what[0] % len(orders)]
    fields = [(11, name), (41, order.client_id), (55, "BTCUSDT"), (54, 1 if order.order.side == "buy" else 2)]
    if kind == "F":
        return trader.say("F", *fields)
    return trader.say("G", *fields, (40, 2), (44, what[1]), (38, what[2]))


@settings(max_examples=80, deadline=None)
@given(STEPS)
def test_reports_add_up(steps):
    trader, book = Trader(), Book()
    for number, (kind, *what) in enumerate(steps):
        heard = step(trader, f"n{number}", kind, *what)
        assert not [message for message in heard if message.type in "3j5"]
        book.hear(heard)
    for order in trader.exchange.orders("main"):
        last = book.last[str(order.order_id)]
        assert (Decimal(last[14]) * SCALE, last[39] in "01") == (order.filled, order.open)
        assert not order.open or (last[11], Decimal(last[38]) * SCALE) == (order.client_id, order.quantity)

"""Sequences of commands for hypothesis, which leaves out and makes smaller what a failure does not need."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.reference.exchange import words as w
from tests.reference.exchange.commands import ITS_OWNER
from tests.reference.exchange.fields import LIST_LEGS
from tests.reference.exchange.rows import Row

SYMBOL, BASE, QUOTE, THIRD = 0, 0, 1, 2
MIDDLE = 20


def setup() -> list[list[Row]]:
    """One market with ticks, lots and units of one, three owners with little money, open for trading."""
    rows = [Row(w.Command.ADD_CURRENCY, symbol=number) for number in (BASE, QUOTE, THIRD)]
    rows.append(Row(w.Command.ADD_SYMBOL, price=1, quantity=1, display=1, minimum=1, owner=BASE << 16 | QUOTE))
    for owner in range(3):
        rows.append(Row(w.Command.ADD_OWNER, owner=owner))
        rows += [
            Row(w.Command.DEPOSIT, owner=owner, symbol=currency, quantity=amount)
            for currency, amount in ((BASE, 40), (QUOTE, 900), (THIRD, 9))
        ]
    return [[row] for row in [*rows, Row(w.Command.PHASE, order=w.Phase.CONTINUOUS)]]


def maybe(values: SearchStrategy[int]) -> SearchStrategy[int]:
    return st.just(0) | values


PRICES = st.integers(MIDDLE - 3, MIDDLE + 3)
OWNERS = st.integers(0, 2)
FLAGS = st.sampled_from((0, 0, 1, 2, 4, 8, 16, 32, 36, 33))


def orders(kind: int = 0) -> SearchStrategy[Row]:
    """Orders, valid and not."""
    return st.builds(
        Row,
        kind=st.just(w.Command.ORDER),
        side=st.integers(0, 1),
        order=st.sampled_from((0, 0, 0, *range(10))),
        tif=st.sampled_from((0, 0, 0, *range(7))),
        stp=st.integers(0, 4),
        list=st.just(kind),
        owner=OWNERS,
        flags=FLAGS,
        price=PRICES | st.just(0),
        quantity=st.integers(1, 8),
        display=maybe(st.integers(1, 4)),
        minimum=maybe(st.integers(1, 4)),
        trigger=maybe(PRICES),
        trail=maybe(st.integers(1, 3)),
        expiry=maybe(st.integers(1, 4)),
    )


@st.composite
def groups(draw: st.DrawFn) -> list[Row]:
    """An order, or a list with its legs."""
    kind = draw(st.sampled_from((0, 0, 0, *LIST_LEGS)))
    if not kind:
        return [draw(orders().map(tidy))]
    legs = [draw(orders(kind).map(tidy).map(bare)) for _ in range(LIST_LEGS[kind])]
    for leg in legs[1:]:
        leg.owner, leg.quantity = legs[0].owner, legs[0].quantity
        leg.side = legs[0].side if kind == w.ListKind.OCO else 1 - legs[0].side
    return legs


def tidy(row: Row) -> Row:
    """The order without most of the fields that its type does not use."""
    if row.order in (w.Type.MARKET, w.Type.MARKET_TO_LIMIT, w.Type.STOP, w.Type.TOUCH):
        row.price = 0
    if row.order not in (w.Type.STOP, w.Type.STOP_LIMIT, w.Type.TOUCH, w.Type.TOUCH_LIMIT):
        row.trigger = 0
    if row.order not in (w.Type.TRAILING, w.Type.PEG_PRIMARY):
        row.trail = 0
    if row.tif != w.Tif.GTD:
        row.expiry = 0
    if row.order != w.Type.LIMIT:
        row.display = 0
    if row.display or row.order > w.Type.MARKET:
        row.minimum = 0
    return row


def bare(row: Row) -> Row:
    row.display = row.minimum = 0
    return row


def changes() -> SearchStrategy[Row]:
    """Cancels and amendments of live orders."""
    aimed = {"owner": st.just(ITS_OWNER) | OWNERS, "spare": st.integers(1, 6)}
    amended = {"price": maybe(PRICES), "quantity": maybe(st.integers(1, 9)), "trigger": maybe(PRICES)}
    return st.builds(Row, kind=st.just(w.Command.CANCEL), **aimed) | st.builds(
        Row, kind=st.just(w.Command.AMEND), stp=st.integers(0, 4), **aimed, **amended
    )


def rest() -> SearchStrategy[Row]:
    """Time, phases, limits, fees, money."""
    kinds, limits = w.Command, st.integers(w.Limit.MIN_PRICE, w.Limit.BAND_HALTS)
    return st.one_of(
        st.builds(Row, kind=st.just(kinds.TIME), expiry=st.integers(0, 4)),
        st.builds(Row, kind=st.just(kinds.PHASE), order=st.sampled_from((2, 2, 2, 1, 3, 0, 4))),
        st.builds(Row, kind=st.just(kinds.REFERENCE), price=maybe(PRICES)),
        st.builds(Row, kind=st.just(kinds.MASS_CANCEL), owner=OWNERS, side=st.integers(0, 2)),
        st.builds(Row, kind=st.just(kinds.DISCONNECT), owner=OWNERS),
        st.builds(
            Row,
            kind=st.just(kinds.SET_LIMIT),
            order=limits,
            price=st.sampled_from((0, 1, 3, 18, 22, 60, 50_000, 10**6)),
        ),
        st.builds(
            Row,
            kind=st.just(kinds.SET_TIER),
            price=st.sampled_from((0, 10**6, -(10**6))),
            quantity=st.sampled_from((0, 10**6, 10**7)),
        ),
        st.builds(Row, kind=st.just(kinds.JOIN_TIER), owner=OWNERS, flags=st.sampled_from((0, 64))),
        st.builds(Row, kind=st.just(kinds.FEE_CURRENCY), symbol=st.integers(0, 2), price=st.sampled_from((0, 500_000))),
        st.builds(Row, kind=st.just(kinds.CONVERSION), symbol=st.integers(0, 2), price=st.sampled_from((0, 10**8))),
        st.builds(
            Row, kind=st.just(kinds.WITHDRAW), owner=OWNERS, symbol=st.integers(0, 2), quantity=st.integers(1, 500)
        ),
    )


def sequences(size: int = 25) -> SearchStrategy[list[list[Row]]]:
    """The setup and up to `size` commands; ids are their places."""
    made = st.lists(groups() | groups() | groups() | changes().map(alone) | rest().map(alone), max_size=size)
    return made.map(numbered)


def alone(row: Row) -> list[Row]:
    return [row]


def numbered(made: list[list[Row]]) -> list[list[Row]]:
    for number, row in enumerate((row for rows in made for row in rows), start=1):
        row.id = number
    return [*setup(), *made]

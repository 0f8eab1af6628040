"""Sequences of commands for hypothesis, which leaves out and makes smaller what a failure does not need."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.reference.exchange import words as w
from tests.reference.exchange.commands import ITS_OWNER
from tests.reference.exchange.fields import (
    LIST_LEGS,
    STAYING,
    TIFS,
    TRIGGERED,
    display_fits,
    flags_fit,
    minimum_fits,
    price_fits,
)
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
FLAGS = st.sampled_from((0, 0, 0, 1, 2, 4, 8, 16, 32))
TYPES = st.sampled_from((0, 0, 0, 0, 1, *range(1, 10)))
LEG_TYPES = st.sampled_from((0, 0, *TRIGGERED, w.Type.TRAILING))


def orders() -> SearchStrategy[Row]:
    """An order of any type, most of them valid."""
    wild = st.builds(
        Row,
        kind=st.just(w.Command.ORDER),
        side=st.integers(0, 1),
        order=TYPES,
        tif=st.sampled_from((0, 0, 0, *range(7))),
        stp=st.integers(0, 4),
        owner=OWNERS,
        flags=FLAGS,
        price=PRICES,
        quantity=st.integers(1, 8),
        display=maybe(st.integers(1, 4)),
        minimum=maybe(st.integers(1, 4)),
        trigger=PRICES,
        trail=st.integers(1, 3),
        expiry=st.integers(1, 4),
    )
    return wild.map(tidy) | wild.map(tidy) | wild.map(tidy) | wild


def tidy(row: Row) -> Row:
    """The order with what its type does not use taken off."""
    kind = row.order
    allowed = TIFS.get(kind, STAYING)
    row.tif = row.tif if row.tif in allowed else allowed[0]
    row.flags = row.flags if flags_fit(row) else 0
    row.price = row.price if price_fits(row) else 0
    row.trigger = row.trigger if kind in TRIGGERED else 0
    row.trail = row.trail if kind in (w.Type.TRAILING, w.Type.PEG_PRIMARY) else 0
    row.expiry = row.expiry if row.tif == w.Tif.GTD else 0
    row.display = row.display if display_fits(row) else 0
    row.minimum = row.minimum if minimum_fits(row) else 0
    return row


@st.composite
def lists(draw: st.DrawFn) -> list[Row]:
    """An OCO, an OTO or a bracket."""
    kind = draw(st.sampled_from(tuple(LIST_LEGS)))
    legs = [draw(orders()) for _ in range(LIST_LEGS[kind])]
    for place, leg in enumerate(legs):
        parent = kind != w.ListKind.OCO and place == 0
        leg.order = draw(st.sampled_from((w.Type.LIMIT, w.Type.MARKET)) if parent else LEG_TYPES)
        leg.list, leg.owner, leg.quantity = kind, legs[0].owner, legs[0].quantity
        leg.side = legs[0].side if kind == w.ListKind.OCO else (place > 0) ^ legs[0].side
        leg.flags = leg.flags & (w.Flag.REDUCE_ONLY | w.Flag.ON_DISCONNECT)
        leg.tif = w.Tif.IOC if leg.order == w.Type.MARKET else min(leg.tif, w.Tif.DAY)
        leg.expiry = leg.expiry or 3
        tidy(leg).display = 0
        leg.minimum = 0
    return legs


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


def sequences(size: int = 40) -> SearchStrategy[list[list[Row]]]:
    """The setup, then `size` / 2 to `size` commands; ids are their places."""
    single = orders().map(alone)
    change = changes().map(alone)
    group = st.one_of(*[single] * 8, lists(), change, change, rest().map(alone))
    made = st.lists(group, min_size=size // 2, max_size=size)
    return made.map(numbered)


def alone(row: Row) -> list[Row]:
    return [row]


def numbered(made: list[list[Row]]) -> list[list[Row]]:
    for number, row in enumerate((row for rows in made for row in rows), start=1):
        row.id = number
    return [*setup(), *made]

"""The form of a hand-worked case, and what it expects in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.reference.exact import UNIT, units
from tests.reference.parrot_engine import by_the_page, play
from tests.reference.run import simulate
from tests.reference.terms import MINUTE, START, Bar, Event, Fill, Outcome, Step, Terms, bars_of

FILL = re.compile(r"(?:(\w+): )?(\d+) (open|inside) (buy|sell) (\S+) at (\S+)(?: fee (\S+))?( maker)?")


@dataclass(frozen=True)
class Case:
    """One case: bars, decisions, terms, and the fills, orders and final equity worked out by hand.

    `bars`: rows of (open, high, low, close[, volume]) for symbol A, or {symbol: rows}. `script`: (bar whose close
    decides, verb, keywords), with the symbol before the verb where there are several. `fills`: "1 open buy 10 at 103
    fee 1.03 maker". `orders`: "type status: reason" by id. `events`: (kind, bar whose open it belongs to, value).
    """

    name: str
    rules: str
    note: str
    bars: object
    script: Sequence[tuple] = ()
    fills: Sequence[str] = ()
    orders: Sequence[str] = ()
    equity: str = "10000"
    path: Sequence[str] = ()
    terms: dict = field(default_factory=dict)
    cash: str = "10000"
    events: Sequence[tuple] = ()
    minutes: Sequence[int] = ()  # open times of the bars, when they are not one a minute
    start: int = START
    step: int = MINUTE

    @property
    def table(self) -> dict[str, list[Bar]]:
        rows = self.bars if isinstance(self.bars, Mapping) else {"A": self.bars}
        table = {symbol: bars_of(some, step=self.step, start=self.start) for symbol, some in rows.items()}
        return {symbol: self._moved(some) for symbol, some in table.items()}

    def _moved(self, bars: list[Bar]) -> list[Bar]:
        if not self.minutes:
            return bars
        times = [self.start + minute * MINUTE for minute in self.minutes]
        return [
            Bar(ts, ts + self.step, bar.open, bar.high, bar.low, bar.close, bar.volume)
            for ts, bar in zip(times, bars, strict=True)
        ]

    @property
    def steps(self) -> list[Step]:
        rows = [row if isinstance(row[2], str) else (row[0], "A", *row[1:]) for row in self.script]
        return [Step(*row) for row in rows]

    @property
    def actions(self) -> list[Event]:
        table = self.table
        made = []
        for kind, bar, value, *more in self.events:
            name, later = [*more, "A", 0][:2] if not more or len(more) > 1 else [more[0], 0]
            made.append(Event(kind, name, table[name][bar].ts + later, value))
        return made

    @property
    def market(self) -> Terms:
        return Terms(**self.terms)


def reference(case: Case) -> Outcome:
    return simulate(case.table, case.steps, terms=case.market, cash=case.cash, events=case.actions)


def engine(case: Case) -> Outcome:
    return play(case.table, case.steps, terms=case.market, cash=case.cash, events=case.actions)


def expected_fill(text: str, table: Mapping[str, list[Bar]]) -> tuple:
    """The words of a fill as (ts, evidence, symbol, side, quantity, price, fee, maker)."""
    found = FILL.fullmatch(text)
    assert found, f"not a fill: {text!r}"
    symbol, index, when, side, quantity, price, fee, maker = found.groups()
    bar = table[symbol or "A"][int(index)]
    ts = bar.ts if when == "open" else bar.close_ts
    sign = 1 if side == "buy" else -1
    return ts, bar.ts, symbol or "A", sign, units(quantity), units(price), units(fee or 0), bool(maker)


def seen_fill(fill: Fill) -> tuple:
    return fill.ts, fill.evidence_ts, fill.symbol, fill.side, fill.quantity, fill.price, fill.fee, fill.maker


def in_words(fills: Sequence[Fill]) -> list[str]:
    """Fills for a person who compares them with a failed case."""
    return [
        f"{fill.symbol} {(fill.ts - START) // MINUTE}min {'buy' if fill.side > 0 else 'sell'} {fill.quantity / UNIT:g} "
        f"at {fill.price / UNIT:.8g} fee {fill.fee / UNIT:.8g}{' maker' * fill.maker}"
        for fill in fills
    ]


def order_words(outcome: Outcome) -> list[str]:
    return [f"{order.type} {order.status}" + f": {order.reason}" * bool(order.reason) for order in outcome.orders]


def page_words(order: str) -> str:
    """The words of an order without a reason that the page leaves free."""
    plain, _, reason = order.partition(": ")
    return f"{plain}: {by_the_page(reason)}"

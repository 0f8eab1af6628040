"""The same script through Parrot: the one place of the tests that knows both vocabularies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

import parrot
from parrot.contracts.market import Dividend, Fees, FillModel, Funding, Instrument, Market, Slippage, Split
from parrot.engine.bars import Bars
from parrot.sdk import Strategy, distance, pct, trailing
from tests.reference.exact import units
from tests.reference.terms import Bar, Event, Fill, Order, Outcome, Step, Terms

FORMS = {"pct": pct, "distance": distance, "trailing": trailing}
ACTIONS: dict[str, type[Split] | type[Dividend] | type[Funding]] = {
    "split": Split,
    "dividend": Dividend,
    "funding": Funding,
}


# Reasons that the page gives word for word; the engine may add numbers after them, and words all others freely.
PAGE_WORDS = (
    "oco",
    "ioc",
    "fok",
    "split",
    "replaced",
    "end of data",
    "post-only would take",
    "reduce-only: no position",
    "insufficient cash",
    "insufficient margin",
)


def by_the_page(reason: str) -> str:
    """The page's own words at the start of a reason, if any."""
    return next((words for words in PAGE_WORDS if reason.startswith(words)), "")


def level(wish):
    """("pct", "5") and the like as the SDK spells them."""
    return FORMS[wish[0]](level(wish[1])) if isinstance(wish, tuple) else wish


class ScriptPlayer(Strategy):
    """Plays the steps that belong to a bar at its close; subclasses hold the script."""

    script: Sequence[Step] = ()

    def on_start(self):
        self.seen: Counter[str] = Counter()
        self.made: dict[int, int | None] = {}

    def on_bar(self, bar):
        index = self.seen[bar.symbol]
        self.seen[bar.symbol] += 1
        for number, step in enumerate(self.script):
            if (step.symbol, step.bar) == (bar.symbol, index):
                self.made[number] = self._play(step, f"s{number}")

    def _play(self, step: Step, why: str) -> int | None:
        words = {key: level(value) for key, value in step.words.items()}
        if step.verb == "cancel":
            made = self.made.get(words["step"])
            if made is not None:
                self.cancel(made)
            return None
        if step.verb == "cancel_all":
            self.cancel_all(step.symbol)
            return None
        amount = [words.pop(key) for key in ("qty", "q", "f") if key in words]
        return getattr(self, step.verb)(*amount, symbol=step.symbol, why=why, **words)


def columns(symbol: str, bars: Sequence[Bar]) -> Bars:
    """Bars as Parrot's exact columns."""

    def column(name: str):
        return np.array([getattr(bar, name) for bar in bars], dtype=np.int64)

    prices = {f"{name}_ticks": column(name) for name in ("open", "high", "low", "close")}
    return Bars(
        symbol=symbol,
        ts=column("ts"),
        close_ts=column("close_ts"),
        **prices,
        volume_lots=column("volume"),
        price_decimals=8,
        volume_decimals=8,
        timeframe=bars[0].close_ts - bars[0].ts,
    )


def market(terms: Mapping[str, Terms]) -> Market:
    first = next(iter(terms.values()))
    instruments = {
        symbol: Instrument(kind=some.kind, tick=some.tick, lot=some.lot, multiplier=some.multiplier)
        for symbol, some in terms.items()
    }
    return Market(
        instruments=instruments,
        account=first.account,
        fees=Fees(maker=first.maker, taker=first.taker, per_unit=first.per_unit, minimum=first.minimum),
        slippage=Slippage(ticks=first.slippage_ticks, rate=f"{first.slippage_bp}bp"),
        fill=FillModel(touch=first.touch, participation=first.participation, bounds=first.bounds),
        initial_margin=first.initial_margin,
        maintenance_margin=first.maintenance_margin,
    )


def play(bars, script: Sequence[Step] = (), *, terms=None, cash="10000", events: Sequence[Event] = ()) -> Outcome:
    """What `tests.reference.run.simulate` does, by Parrot."""
    table = bars if isinstance(bars, Mapping) else {"A": bars}
    given = terms if isinstance(terms, Mapping) else dict.fromkeys(table, terms or Terms())
    result = parrot.backtest(
        type("Played", (ScriptPlayer,), {"script": tuple(script)})(),
        {symbol: columns(symbol, row) for symbol, row in table.items()},
        cash=cash,
        market=market(given),
        actions=[ACTIONS[event.kind](event.symbol, event.ts, event.value) for event in events],
    )
    return outcome(result, list(table))


def outcome(result, symbols: Sequence[str]) -> Outcome:
    fills = [fill(row) for row in result.fills.iter_rows(named=True)]
    equity = result.equity.select("ts", "equity_units").rows()
    positions = {symbol: next((f.position for f in reversed(fills) if f.symbol == symbol), 0) for symbol in symbols}
    return Outcome(fills, [order(row) for row in result.orders.iter_rows(named=True)], equity, 0, positions)


def fill(row: dict) -> Fill:
    return Fill(
        ts=row["ts"],
        evidence_ts=row["evidence_ts"],
        symbol=row["symbol"],
        side=1 if row["side"] == "buy" else -1,
        quantity=row["quantity_lots"],
        price=row["price_ticks"],
        fee=row["fee_units"],
        maker=row["liquidity"] == "maker",
        order_id=row["order_id"],
        position=units(row["position"]),
    )


def order(row: dict) -> Order:
    return Order(
        id=row["order_id"],
        symbol=row["symbol"],
        side=1 if row["side"] == "buy" else -1,
        kind="take-profit" if row["role"] == "take" else row["type"].replace("_", "-"),
        quantity=0,
        why=row["why"],
        role="user" if row["role"] == "order" else row["role"],
        status=row["status"],
        reason=row["reason"] or "",
        filled=row["filled_lots"],
    )

"""Random bars, terms, scripts and events for hypothesis: coarse grids, so that touches, gaps and ties are common."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from tests.reference.exact import UNIT
from tests.reference.terms import DAY, MINUTE, START, Bar, Event, Step, Terms

CENTRE = 100
PRICES = st.integers(CENTRE - 9, CENTRE + 9).map(str)
HALVES = st.integers(2 * CENTRE - 16, 2 * CENTRE + 16).map(lambda n: str(n / 2))
QUANTITIES = st.sampled_from(["1", "2", "3", "5", "7.5", "10", "18", "90", "0.004"])


MARGINS = [("50%", "25%"), ("50%", "45%"), ("10%", "10%"), ("10%", "8%"), ("100%", "90%")]


@dataclass(frozen=True)
class Scenario:
    """One random run."""

    bars: dict[str, list[Bar]]
    terms: dict[str, Terms]
    script: list[Step]
    events: list[Event]
    cash: str


@st.composite
def rows(draw, count: int, step: int):
    """A walk on whole prices: each bar opens near the last close."""
    made, last = [], CENTRE
    for index in range(count):
        o = max(50, last + draw(st.sampled_from([0, 0, 0, 1, -1, 2, -3, 4, -5])))
        c = max(50, o + draw(st.integers(-4, 4)))
        high, low = max(o, c) + draw(st.integers(0, 3)), min(o, c) - draw(st.integers(0, 3))
        volume = draw(st.sampled_from([1000, 1000, 40, 15, 0]))
        ts = START + index * step
        made.append(Bar(ts, ts + step, o * UNIT, high * UNIT, low * UNIT, c * UNIT, volume * UNIT))
        last = c
    return made


@st.composite
def market_terms(draw):
    account = draw(st.sampled_from(["cash", "margin"]))
    kind = draw(st.sampled_from(["spot", "spot", "spot", "linear", "inverse"])) if account == "margin" else "spot"
    initial, maintenance = draw(st.sampled_from(MARGINS))
    slips = draw(st.sampled_from([("0", 0), ("0", 0), ("10", 0), ("33", 0), ("0", 1), ("0", 2)]))
    tick = (
        draw(st.sampled_from(["0.00000001", "0.01", "0.5", "1"]))
        if slips[1] == 0
        else draw(st.sampled_from(["0.25", "1"]))
    )
    return Terms(
        account=account,
        kind=kind,
        maker=draw(st.sampled_from(["0", "2bp", "10bp"])),
        taker=draw(st.sampled_from(["0", "10bp", "33bp"])),
        per_unit=draw(st.sampled_from(["0", "0", "0.007"])),
        minimum=draw(st.sampled_from(["0", "0", "1.5"])),
        slippage_bp=slips[0],
        slippage_ticks=slips[1],
        tick=tick,
        lot=draw(st.sampled_from(["0.00000001", "0.01", "1"])),
        multiplier=draw(st.sampled_from(["1", "1", "10"])) if kind != "spot" else "1",
        touch=draw(st.booleans()),
        participation=draw(st.sampled_from([None, None, "0.1", "0.5"])),
        bounds=draw(st.sampled_from(["convention", "convention", "pessimistic", "optimistic"])),
        initial_margin=initial,
        maintenance_margin=maintenance,
    )


def levels():
    return st.one_of(
        PRICES,
        st.sampled_from(["1", "2.5", "4", "7"]).map(lambda x: ("pct", x)),
        st.sampled_from(["0.5", "2", "5"]).map(lambda x: ("distance", x)),
    )


def trails():
    return st.one_of(
        st.sampled_from(["0.5", "1", "2", "3", "5"]), st.sampled_from(["1", "2.5", "4"]).map(lambda x: ("pct", x))
    )


def protection():
    stop = st.one_of(levels(), trails().map(lambda x: ("trailing", x)))
    return st.fixed_dictionaries({}, optional={"stop": stop, "take": levels()})


@st.composite
def order_words(draw, step: int):
    kind = draw(st.sampled_from(["market", "limit", "limit", "stop", "stop", "stop-limit", "trail", "mit", "lit"]))
    words = {"qty": draw(QUANTITIES)}
    if kind in ("limit", "stop-limit", "lit"):
        words["limit"] = draw(HALVES)
    if kind in ("stop", "stop-limit"):
        words["trigger"] = draw(PRICES)
    if kind in ("mit", "lit"):
        words["touch"] = draw(PRICES)
    if kind == "trail":
        words["trail"] = draw(trails())
    plain = ["GTC", "GTC", "GTC", "DAY", "GTD"]
    tif = draw(st.sampled_from([*plain, "IOC", "FOK"] if kind in ("market", "limit") else plain))
    if tif != "GTC":
        words["tif"] = tif
    if tif == "GTD":
        words["until"] = START + draw(st.integers(1, 8)) * step + draw(st.sampled_from([0, 0, 1]))
    if kind == "limit" and tif not in ("IOC", "FOK") and draw(st.sampled_from([False, False, True])):
        words["post_only"] = True
    if draw(st.sampled_from([False, False, False, True])):
        words["reduce_only"] = True
    if draw(st.booleans()):
        words["oco"] = "x"
    return {**words, **draw(protection())}


@st.composite
def steps(draw, symbols: dict[str, int], step: int):
    """Up to ten decisions in the order in which they are taken."""
    made = []
    for _ in range(draw(st.integers(1, 10))):
        symbol = draw(st.sampled_from(sorted(symbols)))
        bar = draw(st.integers(0, max(0, symbols[symbol] - draw(st.sampled_from([2, 2, 3, 1])))))
        verb = draw(
            st.sampled_from(
                ["buy"] * 5 + ["sell"] * 5 + ["target", "target", "hold", "hold", "close", "cancel", "cancel_all"]
            )
        )
        words: dict = {}
        if verb in ("buy", "sell"):
            words = draw(order_words(step))
        elif verb == "target":
            words = {
                "f": draw(st.sampled_from(["0.5", "0.95", "1", "0", "-0.5", "2", "0.3", "9", "-8"])),
                **draw(protection()),
            }
        elif verb == "hold":
            words = {"q": draw(st.sampled_from(["1", "5", "0", "-3", "12.5", "-40"])), **draw(protection())}
        elif verb == "cancel":
            words = {"step": draw(st.integers(0, 9))}
        made.append(Step(bar, symbol, verb, words))
    return made


@st.composite
def happenings(draw, bars: dict[str, list[Bar]], future: bool):
    made = []
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        symbol = draw(st.sampled_from(sorted(bars)))
        bar = draw(st.sampled_from(bars[symbol]))
        kinds = ["funding"] if future else ["split", "dividend", "funding"]
        kind = draw(st.sampled_from(kinds))
        value = {"split": ["2", "0.5", "1.5"], "dividend": ["0.5", "1"], "funding": ["0.001", "-0.0025"]}[kind]
        made.append(Event(kind, symbol, bar.ts + draw(st.sampled_from([0, 0, -1])), draw(st.sampled_from(value))))
    return made


@st.composite
def scenarios(draw):
    step = draw(st.sampled_from([MINUTE, DAY // 2, DAY // 3]))
    count = draw(st.integers(3, 9))
    bars = {"A": draw(rows(count, step))}
    terms = {"A": draw(market_terms())}
    if draw(st.sampled_from([False, False, True])):
        longer = draw(st.sampled_from([1, 1, 2]))
        bars["B"] = draw(rows(max(2, count // longer), step * longer))
        other = draw(market_terms())
        terms["B"] = replace(
            terms["A"], tick=other.tick if terms["A"].slippage_ticks == 0 else terms["A"].tick, lot=other.lot
        )
    if draw(st.booleans()) and len(bars) == 2:
        bars, terms = dict(reversed(bars.items())), dict(reversed(terms.items()))
    return Scenario(
        bars=bars,
        terms=terms,
        script=draw(steps({symbol: len(row) for symbol, row in bars.items()}, step)),
        events=draw(happenings(bars, terms["A"].kind != "spot")),
        cash=draw(st.sampled_from(["1000", "1000", "10000", "500.25"])),
    )

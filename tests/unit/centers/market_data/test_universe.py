"""A universe holds what one could have known at each close, and nothing later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.centers.market_data.generator import Recipe, generate
from parrot.centers.market_data.universe import membership
from parrot.contracts.universe import Universe
from parrot.engine.bars import Bars
from parrot.kernel.errors import ParameterError

DAY = 86_400_000_000_000
START = 1_704_067_200_000_000_000  # 2024-01-01
COLUMNS = ("ts", "close_ts", "open_ticks", "high_ticks", "low_ticks", "close_ticks", "volume_lots")


def daily(symbol: str, volumes: list[float], first: int = 0) -> Bars:
    """Daily bars at a price of 10, the first on the given day after the start."""
    ts = START + DAY * (first + np.arange(len(volumes)))
    ticks = np.full(len(volumes), 1_000)
    lots = np.array([round(v * 100) for v in volumes], dtype=np.int64)
    return Bars(symbol, ts, ts + DAY, ticks, ticks, ticks, ticks, lots, 2, 2, DAY)


def days_in(mask: np.ndarray) -> list[int]:
    return np.flatnonzero(mask).tolist()


@dataclass(frozen=True)
class Quoted:
    ts: np.ndarray
    bid_ticks: np.ndarray
    ask_ticks: np.ndarray


def quoted(spread_ticks: list[int]) -> Quoted:
    """One quote at the start of each day around 10,000 ticks."""
    ts = START + DAY * np.arange(len(spread_ticks))
    half = np.array(spread_ticks) // 2
    return Quoted(ts, 10_000 - half, 10_000 + half)


def test_the_most_traded_are_in_and_change_as_volume_moves() -> None:
    bars = {"A": daily("A", [9, 9, 1, 1, 1, 1]), "B": daily("B", [5, 5, 5, 5, 5, 5]), "C": daily("C", [1] * 6)}
    rule = Universe(top=1, min_age="0d", lookback="2d")
    masks = membership(rule, bars)
    assert days_in(masks["A"]) == [0, 1, 2]  # at the close of day 2, days 1 and 2 add up to 10 each: A comes first
    assert days_in(masks["B"]) == [3, 4, 5]
    assert days_in(masks["C"]) == []
    assert {mask.dtype for mask in masks.values()} == {np.dtype(np.uint8)}


def test_equal_volume_is_decided_by_symbol() -> None:
    bars = {"B": daily("B", [1] * 3), "A": daily("A", [1] * 3)}
    masks = membership(Universe(top=1, min_age="0d"), bars)
    assert (days_in(masks["A"]), days_in(masks["B"])) == ([0, 1, 2], [])


def test_a_young_symbol_waits_for_its_age() -> None:
    bars = {"OLD": daily("OLD", [1] * 10), "NEW": daily("NEW", [100] * 6, first=4)}
    masks = membership(Universe(top=None, min_age="3d"), bars)
    assert days_in(masks["OLD"]) == list(range(2, 10))
    assert days_in(masks["NEW"]) == [2, 3, 4, 5]
    earlier = membership(Universe(top=None, min_age="3d"), bars, listed={"NEW": START})
    assert days_in(earlier["NEW"]) == [0, 1, 2, 3, 4, 5]


def test_a_symbol_that_fell_silent_or_was_delisted_makes_room() -> None:
    bars = {"GONE": daily("GONE", [100] * 5), "STAYS": daily("STAYS", [1] * 20)}
    rule = Universe(top=1, min_age="0d", max_silence="3d")
    assert days_in(membership(rule, bars)["STAYS"]) == list(range(8, 20))
    assert days_in(membership(rule, bars, delisted={"GONE": START + 6 * DAY})["STAYS"]) == list(range(5, 20))


def test_judgements_hold_until_the_next_one() -> None:
    volumes_a, volumes_b = [9] * 7 + [0.01] * 13, [5] * 20
    bars = {"A": daily("A", volumes_a), "B": daily("B", volumes_b)}  # 2024-01-01 is a Monday
    masks = membership(Universe(top=1, min_age="0d", lookback="1d", every="1w"), bars)
    assert days_in(masks["A"]) == list(range(6, 13))
    assert days_in(masks["B"]) == list(range(13, 20))


def test_a_wide_spread_keeps_a_symbol_out() -> None:
    bars = {"A": daily("A", [9] * 6), "B": daily("B", [1] * 6)}
    quotes = {"A": quoted([2, 2, 40, 40, 40, 40, 40]), "B": quoted([4] * 7)}
    rule = Universe(top=1, min_age="0d", lookback="2d", max_spread="10bp")
    masks = membership(rule, bars, quotes=quotes)
    assert days_in(masks["A"]) == [0]
    assert days_in(masks["B"]) == [1, 2, 3, 4, 5]
    narrow = membership(Universe(top=1, by="spread", min_age="0d", lookback="2d"), bars, quotes=quotes)
    assert days_in(narrow["A"]) == [0]


def test_spreads_without_quotes_are_refused() -> None:
    with pytest.raises(ParameterError, match="no quotes of A"):
        membership(Universe(max_spread="10bp"), {"A": daily("A", [1])})


def test_the_oldest_come_first_by_age() -> None:
    bars = {"YOUNG": daily("YOUNG", [100] * 5, first=1), "OLD": daily("OLD", [1] * 6)}
    masks = membership(Universe(top=1, by="age", min_age="0d"), bars)
    assert (days_in(masks["OLD"]), days_in(masks["YOUNG"])) == ([0, 1, 2, 3, 4, 5], [])


def test_nothing_traded_is_never_a_member_and_no_bars_are_fine() -> None:
    bars = {"DEAD": daily("DEAD", [0] * 5), "EMPTY": daily("EMPTY", [])}
    masks = membership(Universe(top=None, min_age="0d"), bars)
    assert days_in(masks["DEAD"]) == []
    assert len(masks["EMPTY"]) == 0
    assert membership(Universe(), {}) == {}


def generated(seed: int, timeframe: int) -> dict[str, Bars]:
    """Markets whose first and last bars differ, so that age and silence matter."""
    symbols = ("AA", "BB", "CC", "DD", "EE")
    made = generate(Recipe(symbols=symbols, bars=60 * DAY // timeframe, timeframe=timeframe, seed=seed))
    rng = np.random.default_rng(seed)
    bars = {}
    for symbol, columns in made.items():
        size = len(columns["ts"])
        begin, end = rng.integers(0, size // 4), rng.integers(size // 3, size)
        ticks = {f"{name}_ticks": np.rint(columns[name][begin:end] * 100) for name in ("open", "high", "low", "close")}
        ts = columns["ts"][begin:end]
        lots = np.rint(columns["volume"][begin:end] * rng.pareto(0.7, end - begin) * 10_000)
        bars[symbol] = Bars(
            symbol,
            ts,
            ts + timeframe,
            **ticks,
            volume_lots=lots,
            price_decimals=2,
            volume_decimals=4,
            timeframe=timeframe,
        )
    return bars


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    cut_day=st.integers(1, 59),
    top=st.integers(1, 4),
    every=st.sampled_from(["1d", "6h", "1w"]),
    lookback=st.sampled_from(["1d", "5d"]),
    timeframe=st.sampled_from([DAY, DAY // 4]),
)
def test_what_comes_later_changes_nothing_earlier(
    seed: int, cut_day: int, top: int, every: str, lookback: str, timeframe: int
) -> None:
    rule = Universe(top=top, min_age="2d", lookback=lookback, every=every, max_silence="4d")
    bars = generated(seed, timeframe)
    whole = membership(rule, bars)
    moment = 1_640_995_200_000_000_000 + cut_day * DAY
    known = {s: int(np.searchsorted(b.close_ts, moment, side="right")) for s, b in bars.items()}
    cut = {s: replace(b, **{c: getattr(b, c)[: known[s]] for c in COLUMNS}) for s, b in bars.items()}
    for symbol, mask in membership(rule, cut).items():
        np.testing.assert_array_equal(mask, whole[symbol][: known[symbol]])


def test_no_more_than_top_are_in_at_any_time() -> None:
    bars = generated(3, DAY)
    masks = membership(Universe(top=2, min_age="0d"), bars)
    at: dict[int, int] = {}
    for symbol, mask in masks.items():
        for close_ts, inside in zip(bars[symbol].close_ts.tolist(), mask.tolist(), strict=True):
            at[close_ts] = at.get(close_ts, 0) + inside
    assert max(at.values()) == 2


@pytest.mark.parametrize(
    "wrong",
    [{"top": 0}, {"by": "fame"}, {"every": "0d"}, {"lookback": "1 month"}, {"min_age": "x"}, {"max_spread": "-1bp"}],
)
def test_a_rule_out_of_range_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        Universe(**wrong)


def test_a_spread_limit_is_exact() -> None:
    assert Universe(max_spread="10bp").spread_limit == Decimal("0.001")
    assert Universe(max_spread=0.001).spread_limit == Decimal("0.001")

"""Gaps filled, noise taken out, features computed: by hand, live equal to batch to the last bit, nothing from later."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot.centers.market_data.live import BarRule, Cleaning, Denoise
from parrot.centers.market_data.live.cleaning import BarCleaner, cleaned
from parrot.centers.market_data.live.features import FeatureStream, features_of, imbalance, spread
from parrot.contracts.ticks import BarClosed, BarFeatures, TradeTick
from parrot.kernel.errors import ParameterError
from tests.unit.centers.market_data.live.ticks import COIN, SYMBOL, at, bar, market, quote, trade

FILTERS = [Denoise("median", 3), Denoise("median", 7), Denoise("hampel", 5, 2), Denoise("kalman", noise=3.0)]


def test_a_running_median_looks_back_only() -> None:
    stream = Denoise("median", 3).stream()
    assert [stream.update(value) for value in (10, 30, 20, 90, 40, 50)] == [10, 10, 20, 30, 40, 50]


def test_hampel_replaces_what_is_far_from_the_median_and_nothing_else() -> None:
    stream = Denoise("hampel", 5, 3).stream()
    assert [stream.update(value) for value in (100, 101, 99, 100, 500, 102, 98)] == [100, 101, 99, 100, 100, 102, 98]


def test_hampel_leaves_small_moves_of_a_market_that_stood_still() -> None:
    values = [100, 100, 100, 100, 102, 100, 100, 107]
    stream = Denoise("hampel", 5, 3).stream()
    assert [stream.update(value) for value in values] == [100, 100, 100, 100, 102, 100, 100, 100]
    assert Denoise("hampel", 5, 3).column(np.array(values)).tolist() == [100, 100, 100, 100, 102, 100, 100, 100]


def test_kalman_follows_the_level_with_the_gain_of_its_variance() -> None:
    stream = Denoise("kalman", noise=1.0).stream()
    # Gains: (1 + 1) / (1 + 1 + 1) = 2/3, then (2/3 + 1) / (2/3 + 2) = 5/8.
    assert [stream.update(value) for value in (1_000, 1_600, 600)] == [1_000, 1_400, 900]


PRICES = st.lists(st.integers(1, 60) | st.integers(1, 10**15), max_size=60)


@given(PRICES, st.sampled_from(FILTERS))
def test_a_filter_gives_live_what_it_gives_for_the_column(values: list[int], filter_: Denoise) -> None:
    stream = filter_.stream()
    assert [stream.update(value) for value in values] == filter_.column(np.array(values, np.int64)).tolist()


@given(PRICES.filter(bool), st.sampled_from([3, 7]))
def test_the_median_is_that_of_the_plain_definition(values: list[int], window: int) -> None:
    found = Denoise("median", window).column(np.array(values, np.int64)).tolist()
    for end, median in enumerate(found, start=1):
        held = sorted(values[max(0, end - window) : end])
        assert median == held[(len(held) - 1) // 2]


@given(PRICES.filter(bool), st.integers(1, 5))
def test_hampel_is_that_of_the_plain_definition(values: list[int], deviations: int) -> None:
    found = Denoise("hampel", 5, deviations).column(np.array(values, np.int64)).tolist()
    for end, (value, kept) in enumerate(zip(values, found, strict=True), start=1):
        held = sorted(values[max(0, end - 5) : end])
        median = held[(len(held) - 1) // 2]
        away = sorted(abs(other - median) for other in held)[(len(held) - 1) // 2]
        odd = end >= 5 and abs(value - median) * 10_000 > deviations * 14_826 * max(away, 1)
        assert kept == (median if odd else value)


def test_a_filter_that_makes_no_sense_is_refused() -> None:
    for wrong in ({"kind": "magic"}, {"kind": "median", "window": 4}, {"kind": "hampel", "deviations": 0}):
        with pytest.raises(ParameterError):
            Denoise(**wrong)
    with pytest.raises(ParameterError):
        Denoise("kalman", noise=0.0)
    with pytest.raises(ParameterError):
        Cleaning(fill="linear")


def test_a_gap_is_filled_with_flat_bars_that_say_what_they_are() -> None:
    cleaner = BarCleaner(Cleaning())
    assert cleaner.clean(bar(0, 10_000)) == [bar(0, 10_000)]
    filled = cleaner.clean(bar(3, 10_100))
    assert [made.ts for made in filled] == [bar(1).ts, bar(2).ts, bar(3).ts]
    assert [(made.close, made.volume, made.made) for made in filled] == [
        (10_000, 0, False), (10_000, 0, False), (10_100, COIN, True)
    ]  # fmt: skip
    assert not any(made.corrected for made in filled)


def test_a_gap_stays_where_filling_is_off_and_long_ones_are_filled_so_far() -> None:
    bars = [bar(0), bar(5)]
    assert cleaned(bars, Cleaning(fill="none")) == bars
    assert [made.ts for made in cleaned(bars, Cleaning(most=2))] == [bar(k).ts for k in (0, 1, 2, 5)]


def test_a_corrected_bar_says_so_and_holds_its_prices() -> None:
    raw = [bar(k, 10_000 + 5 * (k % 3)) for k in range(6)]
    raw.append(bar(6, 10_000, high=90_000, low=5))
    found = cleaned(raw, Cleaning(denoise=Denoise("hampel", 5, 3)))
    assert [made.corrected for made in found] == [False] * 6 + [True]
    assert (found[-1].high, found[-1].low, found[-1].volume) == (10_010, 10_000, COIN)


BARS = st.lists(
    st.tuples(st.integers(1, 4), *[st.integers(1, 40) | st.integers(1, 10**12)] * 4, st.integers(0, 5)), max_size=40
)


def made_of(rows: list[tuple[int, ...]]) -> list[BarClosed]:
    bars, number = [], 0
    for step, one, two, three, four, volume in rows:
        number += step
        low, opened, close, high = sorted((one, two, three, four))
        bars.append(bar(number, close, open=opened, high=high, low=low, volume=volume))
    return bars


@given(BARS, st.sampled_from([None, *FILTERS]), st.sampled_from(["none", "flat"]))
def test_cleaning_gives_live_what_it_gives_for_the_series(
    rows: list[tuple[int, ...]], filter_: Denoise | None, fill: str
) -> None:
    bars, cleaning = made_of(rows), Cleaning(fill, filter_, most=2)
    cleaner = BarCleaner(cleaning)
    live = [made for raw in bars for made in cleaner.clean(raw)]
    assert live == cleaned(bars, cleaning)
    assert all(made.low <= min(made.open, made.close) <= max(made.open, made.close) <= made.high for made in live)


@given(BARS, st.integers(2, 6))
def test_features_are_live_what_they_are_for_the_series(rows: list[tuple[int, ...]], window: int) -> None:
    bars, stream = made_of(rows), FeatureStream(window)
    live = [found for made in bars if (found := stream.update(made))]
    assert live == features_of(bars, window)
    assert len(live) == max(0, len(bars) - window)


@given(BARS.filter(lambda rows: len(rows) > 6), st.integers(7, 40))
def test_no_feature_and_no_cleaned_bar_depends_on_what_comes_later(rows: list[tuple[int, ...]], cut: int) -> None:
    bars = made_of(rows)
    whole, part = features_of(bars, 3), features_of(bars[:cut], 3)
    assert whole[: len(part)] == part
    for filter_ in FILTERS:
        kept = cleaned(bars[:cut], Cleaning(denoise=filter_))
        assert cleaned(bars, Cleaning(denoise=filter_))[: len(kept)] == kept


def test_features_by_hand() -> None:
    closes = (100, 110, 105, 120)
    (found,) = features_of([bar(k, close, volume=k + 1) for k, close in enumerate(closes)], 3)
    moves = np.diff(closes)
    last = np.array(closes[1:])
    assert found.change == pytest.approx(15 / 105)
    assert found.deviation == pytest.approx(moves.std() / 120)
    assert found.score == pytest.approx((120 - last.mean()) / last.std())
    assert found.volume_ratio == pytest.approx(4 / 3)
    assert (found.ts, found.symbol, found.window) == (bar(3).close_ts, SYMBOL, 3)


def test_quote_features_by_hand() -> None:
    one = quote(1, 9_990, 10_010, bid_size=3, ask_size=1)
    assert imbalance(one) == 0.5
    assert spread(one) == 0.002
    assert imbalance(quote(1, bid_size=0, ask_size=0)) == 0.0


def test_features_over_one_bar_are_refused() -> None:
    for wrong in (FeatureStream, lambda window: features_of([], window)):
        with pytest.raises(ParameterError):
            wrong(1)
    with pytest.raises(ParameterError):
        market(features=1)


def test_the_live_market_gives_cleaned_bars_their_features_and_the_raw_ones_that_changed() -> None:
    live = market(bars=(BarRule("tick", 1),), cleaning=Cleaning(denoise=Denoise("median", 3)), features=2)
    flow = live.take([trade(k, price) for k, price in enumerate((10_000, 10_005, 10_300, 10_005), start=1)], at(5))
    bars = [message for message in flow.messages if isinstance(message, BarClosed)]
    assert [made.close for made in bars] == [10_000, 10_000, 10_005, 10_005]
    assert [made.close for made in flow.raw] == [10_005, 10_300]
    assert [type(message) for message in flow.messages[:3]] == [BarClosed, TradeTick, BarClosed]
    assert [message for message in flow.messages if isinstance(message, BarFeatures)] == features_of(bars, 2)


def test_the_score_of_a_market_that_does_not_move_is_zero() -> None:
    (found,) = features_of([bar(k, 100, volume=0) for k in range(3)], 2)
    assert (found.score, found.deviation, found.volume_ratio) == (0.0, sqrt(0), 0.0)

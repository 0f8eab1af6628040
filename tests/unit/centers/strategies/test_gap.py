"""The gap between a live strategy and its back-test: every part by hand, and all parts together the whole, exactly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.centers.strategies.gap import shared
from parrot.centers.strategies.manifest import PARTS, Deal, Prices, curve, explain

CASH = Decimal(10_000)
SECOND = 10**9
PRICES = {"BTC": Prices([0, 10 * SECOND, 20 * SECOND], [Decimal(100), Decimal(101), Decimal(110)])}


def deal(side: int, quantity: str, price: str, *, ts: int, decided: int, fee: str = "0", **more: object) -> Deal:
    amounts = {"quantity": Decimal(quantity), "price": Decimal(price), "fee": Decimal(fee)}
    return Deal(symbol="BTC", side=side, ts=ts * SECOND, decided=decided * SECOND, **amounts, **more)


def parts_of(live: list[Deal], back: list[Deal]) -> dict[str, Decimal]:
    found = explain(live, back, PRICES, CASH)
    return {name: part for name, part in found.parts.items() if part}


def test_the_same_fills_leave_no_gap():
    one = [deal(1, "2", "100", ts=1, decided=1, fee="0.1")]
    found = explain(one, one, PRICES, CASH)
    assert found.gap == 0 == found.gap_bps
    assert found.live == found.back == Decimal("10019.9")


def test_higher_fees_are_fees():
    assert parts_of([deal(1, "1", "100", ts=1, decided=1, fee="0.3")], [deal(1, "1", "100", ts=1, decided=1)]) == {
        "fees": Decimal("-0.3")
    }


def test_a_fill_after_the_market_moved_is_latency_and_the_rest_of_its_price_slippage():
    live, back = [deal(1, "2", "101.5", ts=10, decided=1)], [deal(1, "2", "100", ts=1, decided=1)]
    assert parts_of(live, back) == {"latency": Decimal(-2), "slippage": Decimal(-1)}


def test_what_one_filled_more_is_size_against_the_last_price():
    live, back = [deal(-1, "3", "100", ts=1, decided=1)], [deal(-1, "1", "100", ts=1, decided=1)]
    assert parts_of(live, back) == {"size": Decimal(-20)}


def test_decisions_of_one_alone_are_missed_or_extra():
    back = [deal(1, "1", "100", ts=1, decided=1)]
    assert parts_of([], back) == {"missed": Decimal(-10)}
    assert parts_of(back, []) == {"extra": Decimal(10)}
    assert [row.kind for row in explain([], back, PRICES, CASH).decisions] == ["missed"]


def test_a_protection_is_matched_to_the_nearest_of_its_kind_within_a_minute():
    live = [deal(-1, "1", "100", ts=9, decided=9, role="stop")]
    near, far = (deal(-1, "1", "100", ts=at, decided=at, role="stop") for at in (12, 100))
    assert [row.kind for row in explain(live, [near], PRICES, CASH).decisions] == ["both"]
    assert sorted(row.kind for row in explain(live, [far], PRICES, CASH).decisions) == ["extra", "missed"]


def test_a_fee_in_the_base_is_worth_the_last_price():
    live = [deal(1, "1", "100", ts=1, decided=1, fee_base=Decimal("0.01"))]
    assert parts_of(live, [deal(1, "1", "100", ts=1, decided=1)]) == {"fees": Decimal("-1.1")}


def test_a_curve_is_cash_and_what_is_held_at_each_price():
    fills = [deal(1, "2", "100", ts=5, decided=5, fee="1")]
    assert curve(fills, PRICES, CASH, [0, 5 * SECOND, 10 * SECOND, 20 * SECOND]) == [10_000, 9_999, 10_001, 10_019]


amounts = st.decimals("0.00000001", "1000", places=8)
deals = st.lists(
    st.builds(
        Deal,
        symbol=st.just("BTC"),
        side=st.sampled_from([1, -1]),
        quantity=amounts,
        price=amounts,
        fee=amounts,
        fee_base=st.one_of(st.just(Decimal(0)), amounts),
        ts=st.integers(0, 30).map(lambda second: second * SECOND),
        decided=st.integers(0, 5).map(lambda second: second * SECOND),
        role=st.sampled_from(["plain", "stop", "take"]),
    ),
    max_size=12,
)


@settings(max_examples=50)
@given(live=deals, back=deals)
def test_the_parts_add_up_to_the_whole_gap_exactly(live: list[Deal], back: list[Deal]) -> None:
    found = explain(live, back, PRICES, CASH)
    assert set(found.parts) == set(PARTS) == set(found.parts_bps)
    assert sum(map(Fraction, found.parts.values())) == Fraction(found.gap)
    assert sum(map(Fraction, found.parts_bps.values())) == Fraction(found.gap_bps)
    assert abs(found.live - found.back - found.gap) <= Decimal("1e-8")  # the two sides are rounded on their own


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(PARTS), st.fractions(max_denominator=10**6)), st.integers(0, 4))
def test_rounded_shares_add_up_to_the_rounded_sum_and_none_is_off_by_a_step(
    parts: dict[str, Fraction], decimals: int
) -> None:
    found = shared(parts, decimals)
    step = Fraction(1, 10**decimals)
    assert sum(map(Fraction, found.values())) == round(sum(parts.values(), Fraction(0)) / step) * step
    assert all(abs(Fraction(found[name]) - part) < step for name, part in parts.items())

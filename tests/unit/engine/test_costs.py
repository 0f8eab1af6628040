"""Fees, slippage and borrowing through the public face, each figure worked out by hand (A5, A6, A7, A10)."""

from __future__ import annotations

from decimal import Decimal

import pytest

import parrot
from parrot.kernel.errors import InputError, ParameterError
from parrot.sdk import Fees, FillModel, Instrument, Market, Slippage, Strategy
from tests.unit.engine.tape import START, columns, play

DAY = 86_400
LEVEL = [(60 * minute, 100, 101, 99, 100, 1_000) for minute in range(6)]


def fees_of(script: dict, rows: list = LEVEL, **terms: object) -> list[float]:
    return play(script, bars=rows, **terms).result.fills["fee"].to_list()


# -- fees ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fees", "fee"),
    [
        ("10bp", 0.3),  # 0.001 x 3 x 100
        (Fees(taker="0.05%"), 0.15),
        (Fees(per_unit="0.005"), 0.015),  # 3 x 0.005
        (Fees(taker="10bp", per_unit="0.005"), 0.315),
        (Fees(taker="10bp", minimum=1), 1.0),
        (Fees(taker="10bp", minimum="0.25"), 0.3),
        (Fees(maker="10bp"), 0.0),  # a market order is a taker
        (Fees(taker="-1bp"), -0.03),  # a rebate
    ],
)
def test_a5_a_fee_is_rate_and_unit_amount_and_at_least_the_minimum(fees, fee):
    assert fees_of({("bar", 0): lambda s: s.buy(3)}, fees=fees) == [fee]


def test_a5_makers_and_takers_pay_their_own_rates():
    # The limit at 99.5 rests and fills inside bar 2 (low 99 lies through it): 0.0001 x 99.5 x 2 = 0.0199.
    script = {("bar", 0): lambda s: s.buy(1), ("bar", 1): lambda s: s.buy(2, limit=99.5)}
    assert fees_of(script, fees=Fees(maker="1bp", taker="10bp")) == [0.1, 0.0199]


def test_a5_tiers_count_what_was_traded_in_the_last_thirty_days():
    # From 250 on the taker pays 5 bp. Two fills traded 200, three 300; after 31 days nothing counts any more.
    rows = [*LEVEL, (31 * DAY, 100, 101, 99, 100, 1_000), (31 * DAY + 60, 100, 101, 99, 100, 1_000)]
    script = {("bar", number): lambda s: s.buy(1) for number in (0, 1, 2, 3, 6)}
    fees = Fees(taker="10bp", tiers=((250, 0, "5bp"),))
    assert fees_of(script, rows, fees=fees) == [0.1, 0.1, 0.1, 0.05, 0.1]


def test_a5_a_fee_in_base_comes_out_of_what_a_buy_receives():
    # Three are bought, 0.003 of them are the fee; it is worth 0.3 in the quote currency, which cash does not pay.
    played = play({("bar", 0): lambda s: s.buy(3)}, bars=LEVEL, fees=Fees(taker="10bp", currency="base"))
    assert played.result.fills["position"].to_list() == [2.997]
    assert played.result.equity["cash"][-1] == 9_700.0
    assert played.result.equity["equity"][-1] == 9_999.7


def test_a5_fees_are_exact():
    # 0.00033 x 1.23456789 x 97.13 = 0.039571533... of which eight decimals are kept, half-even.
    rows = [(60 * minute, 97.13, 98, 96, 97.13, 1) for minute in range(3)]
    exact = Decimal("0.00033") * Decimal("1.23456789") * Decimal("97.13")
    played = play({("bar", 0): lambda s: s.buy("1.23456789")}, bars=rows, fees="0.033%")
    assert played.result.fills["fee_units"].to_list() == [round(exact * 10**8)]


def test_a5_stats_add_up_the_fees():
    script = {("bar", 0): lambda s: s.buy(1), ("bar", 2): lambda s: s.sell(1)}
    result = play(script, bars=LEVEL, fees="10bp").result
    assert result.stats["fees"] == 0.2
    assert result.stats["final_equity"] == 9_999.8


# -- slippage -----------------------------------------------------------------------------------------------------

BUY_AND_SELL = {("bar", 0): lambda s: s.buy(4), ("bar", 1): lambda s: s.sell(4)}


def prices(slippage: object, rows: list = LEVEL, **terms: object) -> list[float]:
    return play(BUY_AND_SELL, bars=rows, slippage=slippage, **terms).result.fills["price"].to_list()


@pytest.mark.parametrize(
    ("slippage", "moved"),
    [
        (0, [100, 100]),
        ("10bp", [100.1, 99.9]),
        ("0.25%", [100.25, 99.75]),
        ("2ticks", [101, 99]),  # of 0.5
        (Slippage(ticks=1), [100.5, 99.5]),
        # 100 x 0.5 x sqrt(4 / 1000), whose root with nine decimals is 0.063245553: 3.16227765.
        (Slippage(impact="0.5"), [103.16227765, 96.83772235]),
    ],
)
def test_a6_a_taker_s_price_moves_against_it(slippage, moved):
    assert prices(slippage, instrument=Instrument(tick="0.5")) == moved


def test_a6_impact_takes_its_root_on_integers():
    # The root of 0.0016 / 1000 with nine decimals is 0.001264911; times 100.
    rows = [(60 * minute, 100, 101, 99, 100, 1_000) for minute in range(3)]
    played = play({("bar", 0): lambda s: s.buy("0.0016")}, bars=rows, slippage=Slippage(impact=1))
    assert played.result.fills["price"].to_list() == [100.1264911]


def test_a6_a_share_of_the_spread_needs_quotes():
    # The spread is 0.4; a quarter of it is 0.1.
    quotes = [(0, 99.8, 100.2, 9, 9), (1, 99.8, 100.2, 9, 9)]
    script = {("quote", 0): lambda s: s.buy(1), ("quote", 1): lambda s: s.sell(1)}
    played = play(script, quotes=quotes, slippage=Slippage(spread="0.25"))
    assert played.result.fills["price"].to_list() == [100.3, 99.7]


def test_a6_limits_never_slip():
    played = play({("bar", 0): lambda s: s.buy(1, limit=99.5)}, bars=LEVEL, slippage="1%")
    assert played.fills == [(120, "buy", 1, 99.5, True)]


def test_a6_a_sale_stays_above_zero():
    rows = [(60 * minute, 1e-8, 1e-8, 1e-8, 1e-8, 1) for minute in range(4)]
    assert prices("50%", rows) == [1e-8, 1e-8]  # half of 10^-8 rounds to even: 0


def test_a6_every_symbol_slips_by_its_own_tick():
    class Both(Strategy):
        def on_bar(self, bar):
            if bar.ts == START:
                self.buy(1, symbol=bar.symbol)

    instruments = {"A": Instrument(tick="0.5"), "B": Instrument(tick="0.01")}
    bars = parrot.read_bars(columns("bars", LEVEL))
    market = Market(instruments=instruments, slippage="1tick")
    fills = parrot.backtest(Both, {"A": bars, "B": bars}, market=market).fills
    assert dict(fills.select("symbol", "price").rows()) == {"A": 100.5, "B": 100.01}


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"fees": "10"}, "less than 100 %"),
        ({"fees": "ten"}, "a rate such as"),
        ({"fees": float("nan")}, "a finite number"),
        ({"slippage": "-1bp"}, "zero or more"),
        ({"slippage": "1.5ticks"}, "a rate such as"),
        ({"cash": 0}, "a positive amount"),
        ({"cash": "much"}, "a finite number"),
    ],
)
def test_terms_without_sense_are_refused(terms, message):
    with pytest.raises(ParameterError, match=message):
        parrot.backtest(Strategy, parrot.read_bars(columns("bars", LEVEL)), **terms)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Fees(per_unit=-1),
        lambda: Fees(tiers=((10, 0, 0), (5, 0, 0))),
        lambda: Slippage(ticks=1, rate="1bp"),
        lambda: FillModel(participation=0),
        lambda: FillModel(order_latency=-1),
        lambda: Instrument(lot=0),
        lambda: Instrument(kind="option"),
        lambda: Market(initial_margin="10%", maintenance_margin="20%"),
        lambda: Market(account="savings"),
    ],
)
def test_terms_are_checked_where_they_are_made(make):
    with pytest.raises(ParameterError):
        make()


def test_a5_a_fee_in_a_third_currency_costs_its_value():
    fees = Fees(taker="10bp", currency="BNB")
    rates = {"BNB": parrot.read_bars(columns("bars", LEVEL))}
    assert fees_of({("bar", 0): lambda s: s.buy(3)}, fees=fees, fx=rates) == [0.3]


def test_a5_a_fee_in_a_currency_without_a_rate_is_refused():
    with pytest.raises(InputError, match="fees are paid in 'BNB', whose rate is not given"):
        parrot.backtest(Strategy, parrot.read_bars(columns("bars", LEVEL)), fees=Fees(taker="10bp", currency="BNB"))


# -- borrowing ----------------------------------------------------------------------------------------------------

DAYS = [(DAY * day, 100, 101, 99, 100, 1_000) for day in range(5)]


def daily(script: dict, **terms: object) -> list[float]:
    """Equity by day of daily bars."""

    class Scripted(Strategy):
        def on_start(self):
            self.seen = 0

        def on_bar(self):
            script.get(self.seen, lambda _: None)(self)
            self.seen += 1

    bars = parrot.read_bars(columns("bars", DAYS))
    return (
        parrot.backtest(Scripted, bars, cash=10_000, market=Market(account="margin", **terms))
        .equity["equity"]
        .to_list()
    )


def test_a7_a_short_pays_for_what_it_borrows_each_day():
    # 73 x 100 x 5 % / 365 = 1 a day, from the day on whose start the position is held.
    equity = daily({0: lambda s: s.sell(73)}, borrow="5%", initial_margin="100%")
    assert equity == [10_000, 9_999, 9_998, 9_997, 9_996]


def test_a7_cash_borrowed_on_margin_is_paid_for():
    # 146 x 100 = 14,600 bought with 10,000: 4,600 borrowed. 4,600 x 5 % / 365 = 0.63013699 a day, and the debt grows.
    equity = daily({0: lambda s: s.buy(146)}, borrow="5%")
    debt, expected = Decimal(4_600), [Decimal(10_000)]
    for _ in range(4):
        interest = round(debt * Decimal("0.05") / 365, 8)
        debt += interest
        expected.append(expected[-1] - interest)
    assert equity == [float(value) for value in expected]


# -- average cost -------------------------------------------------------------------------------------------------

STEPS = [
    (0, 100, 101, 99, 100, 9),
    (60, 100, 101, 99, 100, 9),
    (120, 107, 108, 106, 107, 9),
    (180, 110, 111, 109, 110, 9),
    (240, 120, 121, 119, 120, 9),
]


def test_a10_average_cost_comes_from_total_cost():
    told = []

    def sell(strategy: Strategy, quantity: int) -> None:
        told.append(strategy.average_price())
        strategy.sell(quantity)

    script = {
        ("bar", 0): lambda s: s.buy(1),
        ("bar", 1): lambda s: s.buy(2),
        ("bar", 2): lambda s: sell(s, 1),
        ("bar", 3): lambda s: sell(s, 2),
        ("bar", 4): lambda s: told.append(s.average_price()),
    }
    result = play(script, bars=STEPS).result
    # Cost 100 + 2 x 107 = 314 for 3. A third of it goes, half-even: 104.66666667, and 209.33333333 stay.
    assert told == [pytest.approx(314 / 3, abs=1e-12), pytest.approx(209.33333333 / 2, abs=1e-12), None]
    # 110 - 104.66666667 and 240 - 209.33333333.
    assert result.fills["realised"].to_list() == [0, 0, 5.33333333, 30.66666667]
    assert result.stats["final_equity"] == 10_036.0

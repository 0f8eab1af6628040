"""Rules are a strategy as data: they trade like the class that says the same, print, and become JSON and back."""

from __future__ import annotations

import json
from typing import Annotated

import pytest

import parrot
from parrot.kernel.errors import ParameterError
from parrot.rules import (
    Choice,
    Range,
    Rules,
    atr,
    close,
    crossed_above,
    crossed_below,
    ema,
    high,
    highest,
    indicator,
    low,
    open_,
    param,
    pct,
    rsi,
    sma,
    trailing,
)
from parrot.sdk import Strategy, distance
from tests.unit.sdk.markets import closes, walk

BARS = walk(3_000)
CROSS = Rules(
    enter=crossed_above(sma("fast"), sma("slow")) & (rsi(14) < 70),
    exit=crossed_below(sma("fast"), sma("slow")),
    stop=3 * atr(14),
    target=0.95,
    params={"fast": Range(5, 50), "slow": Range(20, 200)},
)


class Cross(Strategy):
    """What CROSS says, by hand."""

    fast: Annotated[int, Range(5, 50)] = 10
    slow: Annotated[int, Range(20, 200)] = 30

    def init(self):
        self.f, self.s = self.sma(self.fast), self.sma(self.slow)
        self.strength, self.width = self.rsi(14), self.atr(14)

    def on_bar(self):
        if self.position == 0 and self.f.crossed_above(self.s) and self.strength < 70:
            self.target(0.95, stop=distance(3 * self.width))
        elif self.position > 0 and self.f.crossed_below(self.s):
            self.target(0)


def traded(strategy: object, bars: object = BARS, **terms: object) -> tuple:
    """Fills and equity of a run."""
    result = parrot.backtest(strategy, bars, cash=100_000, fees="10bp", **terms)
    return result.fills.drop("why").rows(), result.equity.rows()


def same(rules: Rules, strategy: object, bars: object = BARS, **terms: object) -> int:
    """Asserts that both trade alike, to the last digit; says how many fills there were."""
    fills, equity = traded(rules, bars, **terms)
    assert (fills, equity) == traded(strategy, bars, **terms)
    return len(fills)


@pytest.mark.parametrize(("fast", "slow"), [(10, 30), (5, 20), (20, 100)])
def test_rules_trade_like_the_class_that_says_the_same(fast, slow):
    assert same(CROSS.with_(fast=fast, slow=slow), Cross(fast=fast, slow=slow)) > 10


def test_rules_that_wait_for_every_bar_trade_like_those_woken_by_conditions():
    spelled = Rules(
        enter=crossed_above(1 * sma("fast"), sma("slow")) & (rsi(14) < 70),
        exit=crossed_below(sma("fast") + 0, sma("slow")),
        stop=3 * atr(14),
        target=0.95,
        params={"fast": 7, "slow": 31},
    )
    assert same(spelled, CROSS.with_(fast=7, slow=31)) > 10


def test_tests_that_are_joined_negated_and_mirrored():
    class ByHand(Strategy):
        def init(self):
            self.e, self.r, self.top = self.ema(8), self.rsi(5), self.highest(10, source="high")

        def on_bar(self, bar):
            rising = bar.close > self.e and not (self.r >= 60 or bar.low < self.e * 0.999)
            if self.position == 0 and rising:
                self.hold(2, take=pct(2))
            elif self.position > 0 and (self.r.crossed_below(30) or bar.high >= self.top + 0.5):
                self.hold(0)

    rules = Rules(
        enter=(ema(8) < close) & ~((rsi(5) >= 60) | (low < ema(8) * 0.999)),
        exit=crossed_above(30, rsi(5)) | (high >= highest(10, source="high") + 0.5),
        take=pct(2),
        hold="units",
        params={"units": Choice(2, 3)},
    )
    assert same(rules, ByHand) > 10


def test_one_output_of_an_indicator_with_several():
    class ByHand(Strategy):
        def init(self):
            self.bands = self.bbands(20, 2)

        def on_bar(self, bar):
            if self.position == 0 and bar.close < self.bands.lower:
                self.hold(1, stop=parrot_trailing)
            elif self.position > 0 and bar.close > self.bands.middle:
                self.hold(0)

    parrot_trailing = trailing(pct(1))
    bands = {name: indicator("bbands", 20, 2, output=name) for name in ("lower", "middle")}
    rules = Rules(enter=close < bands["lower"], exit=close > bands["middle"], stop=trailing(pct(1)), hold=1)
    assert same(rules, ByHand) > 10
    with pytest.raises(ParameterError, match="output= upper or middle or lower"):
        parrot.backtest(Rules(enter=close < indicator("bbands", 20, 2), stop=pct(1), hold=1), BARS)


def test_every_symbol_follows_the_rules_by_itself():
    markets = {"A": walk(800, 3), "B": walk(800, 4)}
    rules = Rules(enter=crossed_above(close, sma(20)), exit=crossed_below(close, sma(20)), hold=1)
    together = parrot.backtest(rules, markets, cash=100_000).fills
    for symbol, bars in markets.items():
        alone = parrot.backtest(rules, bars, cash=100_000).fills
        columns = ("ts", "side", "quantity", "price")
        assert together.filter(symbol=symbol).select(columns).equals(alone.select(columns))
        assert len(alone) > 10


def test_nothing_is_entered_without_room_for_its_protection():
    flat = closes(*[100.0] * 10, 101.0, 102.0, 103.0)
    rules = Rules(enter=close >= 100, stop=close - sma(3), hold=1)
    fills = parrot.backtest(rules, flat).fills
    # While all closes are equal the stop would lie at the price itself. On the bar that closes at 101 the average of
    # three comes to lie below the close, so the first entry is at the next open.
    assert fills["price"][0] == 102.0


def test_the_reason_of_a_fill_is_the_rule_s_own_text():
    result = parrot.backtest(CROSS.with_(fast=5, slow=20), BARS)
    text = 'crossed_above(sma("fast"), sma("slow")) & (rsi(14) < 70)'
    assert set(result.trades["why_entry"]) == {text}


def test_a_range_starts_in_its_middle_and_with_says_otherwise():
    rules = Rules(
        enter=rsi("n") < param("level"),
        exit=rsi("n") > 70.5,
        hold="size",
        params={"n": Range(5, 15, step=3), "level": Range(20.0, 30.0), "size": Choice(1, 2, 5)},
    )
    assert rules.values == {"n": 8, "level": 25.0, "size": 1}  # 5, 8, 11, 14 are on a step; 10 is the middle
    assert rules.with_(n=14, size=5).values == {"n": 14, "level": 25.0, "size": 5}
    assert rules.values["n"] == 8


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"fats": 7}, "no parameter 'fats'.*did you mean 'fast'"),
        ({"fast": 51}, "fast=51 is out of its range; expected: int from 5 to 50"),
        ({"fast": 7.5}, "fast=7.5 is not int"),
    ],
)
def test_a_wrong_parameter_is_named(values, message):
    with pytest.raises(ParameterError, match=message):
        CROSS.with_(**values)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"enter": rsi("m") < 30, "stop": 1, "hold": 1}, "no parameter 'm'"),
        ({"enter": rsi(14), "stop": 1, "hold": 1}, "enter is rsi"),
        ({"enter": close > 1, "stop": 1}, "either target= or hold="),
        ({"enter": close > 1, "stop": 1, "hold": 1, "target": 1}, "either target= or hold="),
        ({"enter": close > 1, "hold": 1}, "never leave"),
        ({"enter": close > 1, "hold": 1, "stop": b"1"}, "is not an expression"),
    ],
)
def test_rules_that_do_not_fit_together_are_refused(parts, message):
    with pytest.raises(ParameterError, match=message):
        Rules(**parts)


def test_an_unknown_indicator_is_refused():
    with pytest.raises(ParameterError, match="smma"):
        parrot.backtest(Rules(enter=close > indicator("smma", 3), stop=1, hold=1), BARS)


def test_a_parameter_of_an_indicator_is_a_number_or_a_name():
    assert sma(param("n")) == sma("n")
    with pytest.raises(ParameterError, match=r"2 \* param\(\"n\"\) is no parameter of an indicator"):
        sma(2 * param("n"))


def test_and_or_not_are_refused_aloud():
    with pytest.raises(TypeError, match=r"use & \| ~"):
        (rsi(14) < 30) and (close > open_)
    with pytest.raises(TypeError, match="compare it"):
        bool(rsi(14))


def read(text: str) -> object:
    """What Python makes of text that was printed here."""
    return eval(text, vars(parrot.rules))  # noqa: S307


EXPRESSIONS = [
    'crossed_above(sma("fast"), sma("slow")) & (rsi(14) < 70)',
    "(close > open_) & (high > low) & ~(rsi(2) >= 5)",
    '~crossed_below(ema(3, source="high"), 30) | ((close > 1) & (low <= 2))',
    'close - ((2 * atr(14)) / param("k")) > indicator("bbands", 20, 2, output="lower")',
    'stddev(5) + (wma(2) * roc(3)) >= highest(4) - lowest("n")',
    "3 * atr(14)",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_prints_as_it_was_written(text):
    assert repr(read(text)) == text


def test_rules_print_what_they_are():
    assert repr(CROSS.with_(fast=7)) == (
        'Rules(enter=crossed_above(sma("fast"), sma("slow")) & (rsi(14) < 70), '
        'exit=crossed_below(sma("fast"), sma("slow")), stop=3 * atr(14), target=0.95, '
        "params={'fast': Range(low=5, high=50, step=None), 'slow': Range(low=20, high=200, step=None)}, "
        "values={'fast': 7, 'slow': 110})"
    )


SEVERAL = [
    CROSS,
    CROSS.with_(fast=7),
    Rules(enter=~(close > 1) | (rsi(3) < "x"), stop=trailing(pct("x")), take=2, hold="x", params={"x": Choice(1, 2)}),
    Rules(enter=close > indicator("macd", 12, 26, 9, output="signal"), exit=high > 2.5, stop=trailing(3), target=-0.5),
]


@pytest.mark.parametrize("rules", SEVERAL)
def test_what_rules_print_makes_them_again(rules):
    assert read(repr(rules)) == rules


@pytest.mark.parametrize("rules", SEVERAL)
def test_rules_become_json_and_back(rules):
    again = Rules.from_json(rules.to_json())
    assert again == rules
    assert repr(again) == repr(rules)
    assert again.to_json() == rules.to_json()


def test_rules_from_json_trade_the_same():
    assert same(Rules.from_json(CROSS.to_json()), CROSS) > 10


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        CROSS.to_json().replace("parrot rules 1", "parrot rules 9"),
        CROSS.to_json().replace('"above"', '"beside"'),
        CROSS.to_json().replace('"crossing"', '"crossings"'),
        CROSS.to_json().replace('"left": {', '"middle": {', 1),
        json.dumps({**json.loads(CROSS.to_json()), "enter": {"is": "negated", "test": 3}}),
        json.dumps({**json.loads(CROSS.to_json()), "enter": 3}),
        json.dumps({**json.loads(CROSS.to_json()), "params": {"fast": {"is": "range", "low": 5, "high": 1}}}),
    ],
)
def test_other_text_is_refused(text):
    with pytest.raises(ParameterError):
        Rules.from_json(text)


def test_kept_rules_run_again(tmp_path, monkeypatch):
    from parrot.app.rerun import job_again
    from parrot.app.wiring import backtests

    monkeypatch.setenv("PARROT_HOME", str(tmp_path))
    BARS.to_polars().write_parquet(tmp_path / "bars.parquet")
    result = parrot.backtest(CROSS.with_(fast=7), str(tmp_path / "bars.parquet"))
    run = backtests().load(result.save())
    again = backtests().run(job_again(run))
    assert again.stats["hash"] == result.stats["hash"]
    assert run.record.parameters == {"fast": 7, "slow": 110}

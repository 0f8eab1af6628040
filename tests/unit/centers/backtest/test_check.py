"""The check tells honest strategies from those that see the future, hang on the past, or ignore their parameters."""

from __future__ import annotations

import numpy as np
import pytest

from parrot.app.demo import demo_bars
from parrot.app.face import prepare
from parrot.centers.backtest.check import CheckReport, Verdict, check, since, until
from parrot.kernel.errors import DataError, StrategyError
from parrot.sdk import Strategy, crossed_above, crossed_below, distance, trailing

BARS = demo_bars().between(None, int(demo_bars().ts[4_000]))


def verdicts(cls: type[Strategy], bars=BARS, **terms) -> dict[str, Verdict]:
    return {finding.name: finding.verdict for finding in report(cls, bars, **terms).findings}


def report(cls: type[Strategy], bars=BARS, **terms) -> CheckReport:
    return check(prepare(cls, bars, **terms))


class Honest(Strategy):
    n: int = 20

    def init(self):
        fast, slow = self.sma(5), self.ema(self.n)
        self.when(crossed_above(fast, slow), self.enter)
        self.when(crossed_below(fast, slow), self.leave)

    def enter(self, bar):
        self.target(0.9, stop=trailing(distance(bar.close * 0.05)), why=f"at {bar.close}")

    def leave(self, bar):
        self.target(0)


class Peek(Strategy):
    def init(self):
        self.next = self.compute(lambda close: np.append(close[1:], np.nan), "close")

    def on_bar(self, bar):
        if self.next[0] > bar.close * 1.002:
            self.hold(1)
        elif self.next[0] < bar.close:
            self.hold(0)


class WholeMean(Strategy):
    def init(self):
        self.rich = self.compute(lambda close: close - close.mean(), "close")

    def on_bar(self, bar):
        self.hold(1 if self.rich[0] < 0 else 0)


class PeekSize(Strategy):
    """Times are honest, the size is not."""

    def init(self):
        self.next = self.compute(lambda close: np.append(close[1:], np.nan), "close")
        self.average = self.sma(10)

    def on_bar(self, bar):
        if self.position == 0 and bar.close > self.average[0]:
            self.buy(1 + abs(self.next[0] - bar.close))
        elif bar.close < self.average[0]:
            self.close()


class EverLonger(Strategy):
    """An average over all of the past: where the data begin never stops to matter."""

    def init(self):
        self.above = self.compute(lambda close: close - np.cumsum(close) / np.arange(1, len(close) + 1), "close")

    def on_bar(self, bar):
        self.target(0.5 if self.above[0] < 0 else 0)


class Ignored(Honest):
    unused: int = 3


class Silent(Strategy):
    def on_bar(self, bar):
        pass


class Answering(Strategy):
    """Acts on hearing of a fill: at a cut the fill at the next open is not there yet, which is no look-ahead."""

    def init(self):
        self.average = self.sma(20)

    def on_bar(self, bar):
        if self.position == 0 and bar.close > self.average[0]:
            self.hold(1)

    def on_fill(self, fill):
        if fill.side == "buy":
            self.sell(1, limit=fill.price * 1.01, why="take")


class SeveralTimeframes(Strategy):
    timeframes = ("4h",)

    def init(self):
        self.slow = self.sma(10, timeframe="4h")

    def on_bar(self, bar):
        self.hold(1 if bar.close > self.slow[0] else 0)


class RaisesAtTheEnd(Strategy):
    """Needs to know how long the data are."""

    def init(self):
        self.place = 0
        self.length = 0
        self.compute(self.measure, "close")

    def measure(self, close):
        self.length = len(close)
        return close

    def on_bar(self, bar):
        self.place += 1
        if self.length < 3_900 and self.place == 50:
            raise ValueError("not enough")
        if self.place % 10 == 0:
            self.hold(1 if self.place % 20 else 0)


@pytest.mark.parametrize("cls", [Honest, SeveralTimeframes])
def test_an_honest_strategy_passes(cls: type[Strategy]) -> None:
    found = report(cls)
    assert found.passed, found
    assert [finding.verdict for finding in found.findings] == [Verdict.PASSED] * 3
    assert found.decisions > 20


def test_an_answer_to_a_fill_is_no_look_ahead() -> None:
    assert verdicts(Answering)["look-ahead"] is Verdict.PASSED


@pytest.mark.parametrize("cls", [Peek, WholeMean, PeekSize])
def test_a_look_ahead_is_found(cls: type[Strategy]) -> None:
    found = report(cls)
    assert verdicts(cls)["look-ahead"] is Verdict.FAILED
    assert not found.passed
    assert "data that end at 2022-" in found.findings[0].places[0]


def test_a_strategy_that_gets_too_rich_is_still_judged() -> None:
    class Greedy(Peek):
        def on_bar(self, bar):
            self.target(0.99 if self.next[0] > bar.close else 0)

    assert verdicts(Greedy, demo_bars())["look-ahead"] is Verdict.FAILED


def test_a_strategy_that_needs_all_the_data_is_found() -> None:
    found = report(RaisesAtTheEnd)
    assert found.findings[0].verdict is Verdict.FAILED
    assert "it raises: RaisesAtTheEnd raised ValueError" in found.findings[0].places[0]


def test_a_past_that_never_fades_is_found() -> None:
    found = verdicts(EverLonger)
    assert found["warm-up"] is Verdict.FAILED
    assert found["look-ahead"] is Verdict.PASSED


def test_a_parameter_that_is_never_read_is_found() -> None:
    found = report(Ignored)
    assert found.findings[2].verdict is Verdict.FAILED
    assert found.findings[2].places == ["unused: remove it or use it"]


def test_without_decisions_nothing_is_claimed() -> None:
    assert verdicts(Silent) == {
        "look-ahead": Verdict.UNKNOWN,
        "warm-up": Verdict.UNKNOWN,
        "parameters": Verdict.PASSED,
    }


def test_a_position_that_is_never_left_says_nothing_about_warm_up() -> None:
    class BuyAndKeep(Strategy):
        def on_bar(self, bar):
            if self.position == 0:
                self.target(0.9)

    assert verdicts(BuyAndKeep)["warm-up"] is Verdict.UNKNOWN


def test_a_symbol_that_is_listed_late_is_no_look_ahead() -> None:
    late = demo_bars("BIRCH").between(int(BARS.ts[2_000]), int(BARS.ts[-1]))

    class Shared(Strategy):
        def init(self):
            self.average = self.sma(20)

        def on_bar(self, bar):
            part = 0.9 / len(self.symbols)
            self.target(part if bar.close > self.average[0] else 0, symbol=bar.symbol)

    assert verdicts(Shared, {"ALDER": BARS, "BIRCH": late})["look-ahead"] is Verdict.PASSED


def test_a_strategy_that_raises_is_told_as_in_a_back_test() -> None:
    class Broken(Strategy):
        def on_bar(self, bar):
            raise RuntimeError("no")

    with pytest.raises(StrategyError, match="Broken raised RuntimeError"):
        report(Broken)


def test_too_few_bars_are_refused() -> None:
    with pytest.raises(DataError, match="too few"):
        report(Honest, BARS.between(None, int(BARS.ts[10])))


def test_data_are_cut_at_what_was_known() -> None:
    job = prepare(Honest, BARS)
    cut = int(BARS.close_ts[99])
    head, tail = until(job.inputs, cut).bars["ALDER"], since(job.inputs, cut).bars["ALDER"]
    assert len(head) == 100
    assert int(head.close_ts[-1]) == cut
    assert len(head) + len(tail) == len(BARS)
    assert int(tail.close_ts[0]) > cut

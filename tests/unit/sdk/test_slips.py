"""What a newcomer gets wrong in a strategy is named, never swallowed."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import parrot
from parrot.kernel.errors import ParameterError, ParrotError, StrategyError
from parrot.sdk import Annotated, Range, Strategy, above, trailing
from tests.unit.sdk.listening import TEN


def played(act: Any = None, declare: Any = None) -> Any:
    """The result of a strategy that declares in `init` and acts on every bar."""

    class Slip(Strategy):
        def init(self):
            if declare:
                declare(self)

        def on_bar(self, bar):
            if act:
                act(self, bar)

    return parrot.backtest(Slip, TEN)


ACTS = {
    "a timer is made in init": lambda s, bar: s.every("1h", print),
    "a line is made in init": lambda s, bar: s.sma(3),
    "no term price=.*did you mean limit=": lambda s, bar: s.buy(1, price=5),
    "did you mean post_only=": lambda s, bar: s.buy(1, limit=5, postonly=True),
    'until= is for tif="GTD"': lambda s, bar: s.buy(1, limit=5, until=10),
    "cannot trail": lambda s, bar: s.buy(1, take=trailing(3)),
    "OverflowError: math range error": lambda s, bar: math.exp(10**6),
    "OverflowError": lambda s, bar: s.cancel(-1),
    "SystemExit": lambda s, bar: sys.exit(3),
}


@pytest.mark.parametrize("message", ACTS)
def test_a_slip_in_a_handler_is_named_with_its_line(message: str):
    with pytest.raises(StrategyError, match=message) as caught:
        played(act=ACTS[message])
    assert caught.value.location.split(":")[0] == __file__


DECLARED = {
    "when.. was given False, which is no condition": lambda s: s.when(s.sma(3) > 5, print),
    "the handler is 3": lambda s: s.when(above(s.sma(3), 5), 3),
    "the handler is 'tick'": lambda s: s.every("1h", "tick"),
    "would be called": lambda s: s.every(1, print) if len(TEN) else None,
    "sma was given Range": lambda s: s.sma(Range(5, 10)),
    "sma was given '20'": lambda s: s.sma("20"),
    "lookback is -1": lambda s: s.compute(lambda c: c, lookback=-1),
    "returned 2 dimensions": lambda s: s.compute(lambda c: c.reshape(-1, 1)),
    "complex": lambda s: s.compute(lambda c: c.astype(complex)),
}


@pytest.mark.parametrize("message", DECLARED)
def test_a_slip_in_init_is_named(message: str):
    with pytest.raises(ParrotError, match=message):
        played(declare=DECLARED[message])


def test_less_than_a_lot_is_refused_not_rounded_up():
    orders = played(act=lambda s, bar: s.buy(1e-9)).orders
    assert set(orders["status"]) == {"refused"}
    assert set(orders["reason"]) == {"less than one lot"}


def test_an_order_takes_a_line_for_its_price():
    class Buys(Strategy):
        def init(self):
            self.floor = self.lowest(2)

        def on_bar(self, bar):
            self.buy(1, limit=self.floor)

    orders = parrot.backtest(Buys, TEN).orders
    assert len(orders)
    assert orders["limit"].null_count() == 0


async def _later(self: Any, bar: Any) -> None:
    self.hold(1)


def _yields(self: Any, bar: Any) -> Any:
    yield self.hold(1)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"on_bars": lambda self, bar: None}, "nothing calls its on_bars.*define on_bar"),
        ({"next": lambda self: None}, "nothing calls its next"),
        ({"on_bar": _later}, "would never run"),
        ({"on_bar": _yields}, "would never run"),
        ({"on_bar": 3}, "on_bar is 3"),
        ({"on_bar": lambda self, bar, data: None}, "asks for too much"),
        ({"on_bar": lambda self, bar: None, "warmup": -1}, "warmup is -1"),
        ({"on_bar": lambda self, bar: None, "warmup": "x"}, "warmup is 'x'"),
        ({"__init__": lambda self, n: None}, "cannot be made without arguments"),
    ],
)
def test_a_strategy_that_could_never_act_is_refused(members: dict[str, Any], message: str):
    with pytest.raises(ParrotError, match=message):
        parrot.backtest(type("Slip", (Strategy,), members), TEN)


def test_a_strategy_without_anything_holds_cash():
    assert parrot.backtest(type("Idle", (Strategy,), {}), TEN).stats["fills"] == 0


def test_one_timeframe_may_be_text():
    class Slow(Strategy):
        timeframes = "2m"

        def init(self):
            self.slow = self.sma(2, timeframe="2m")

        def on_bar(self, bar):
            self.hold(1)

    assert parrot.backtest(Slow, TEN).stats["fills"] == 1


def test_numbers_of_numpy_are_parameters():
    class Sized(Strategy):
        n: Annotated[int, Range(1, 9)] = 3
        share: float = 0.5

    sized = Sized(n=np.int64(5), share=np.float32(0.25))
    assert sized.parameter_values == {"n": 5, "share": 0.25}
    assert {type(value) for value in sized.parameter_values.values()} == {int, float}


def test_a_parameter_may_not_hide_what_every_strategy_has():
    with pytest.raises(ParameterError, match="a parameter 'cash', a name that every strategy has"):
        type("Slip", (Strategy,), {"__annotations__": {"cash": int}, "cash": 3})


def test_an_attribute_that_is_no_parameter_is_told_why():
    class Typed(Strategy):
        bare: int
        listed: list = []  # noqa: RUF012
        plain = 5

    with pytest.raises(ParameterError, match="bare has a type but no default"):
        Typed(bare=3)
    for name in ("listed", "plain"):
        with pytest.raises(ParameterError, match=f"{name} is no parameter: write"):
            Typed(**{name: 3})


def test_an_annotation_that_names_nothing_is_told():
    with pytest.raises(ParameterError, match="Nowhere"):
        type("Slip", (Strategy,), {"__annotations__": {"n": "Nowhere"}, "n": 3})


def test_a_dataclass_is_a_strategy():
    @dataclass
    class Held(Strategy):
        units: int = 1

        def on_bar(self, bar):
            self.hold(self.units)

    assert parrot.backtest(Held(units=2), TEN).fills["quantity"].to_list() == [2.0]


def test_t2_an_order_sent_when_the_run_has_ended_expires() -> None:
    class Late(Strategy):
        def on_stop(self):
            self.buy(1, why="too late")

    assert parrot.backtest(Late, TEN).orders.select("status", "reason").rows() == [("expired", "end of data")]

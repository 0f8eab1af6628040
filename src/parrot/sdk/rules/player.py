"""Rules at work: the strategy that they are."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from parrot.engine.series import Bar, Condition, Series
from parrot.kernel.errors import ParameterError
from parrot.sdk.levels import Level, number
from parrot.sdk.rules.expressions import (
    Arithmetic,
    Comparison,
    Constant,
    Crossing,
    Expression,
    Joined,
    Line,
    Named,
    Negated,
    Price,
    Test,
    expression,
)
from parrot.sdk.rules.rules import Rules
from parrot.sdk.strategy import Strategy

Value = Callable[[int], float]
"""The number of an expression now (0) or on the bar before (-1)."""

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "above": "below", "below": "above"}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "above": Series.crossed_above,
    "below": Series.crossed_below,
}
_CONDITIONS: dict[str, Callable[[Series, Any], Condition]] = {
    "<": Series.is_below,
    ">": Series.is_above,
    "above": Series.crosses_above,
    "below": Series.crosses_below,
}
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda left, right: left / right if right else math.nan,
}


class RulesStrategy(Strategy):
    """Plays rules: woken by conditions where the tests compare lines and numbers, else by every bar."""

    on_bar: Callable[[Bar], None]

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self.rules = rules

    @property
    def parameter_values(self) -> dict[str, Any]:
        """Every parameter with its value."""
        return dict(self.rules.values)

    def init(self) -> None:
        """Declares the lines and the tests."""
        rules = self.rules
        self._series: dict[Expression, Series] = {}
        for node in rules.nodes():
            if isinstance(node, Line | Price) and node not in self._series:
                self._series[node] = self._declared(node)
        self._size = self._value(expression(rules.hold if rules.target is None else rules.target))
        self._levels = {
            name: (level, self._value(expression(level.amount)))
            for name, level in (("stop", rules.stop), ("take", rules.take))
            if isinstance(level, Level)
        }
        enter = self._condition(rules.enter)
        leave = None if rules.exit is None else self._condition(rules.exit)
        if enter is None or (leave is None and rules.exit is not None):
            self._watch_bars()
            return
        self.when(enter, self._enter)
        if leave is not None:
            self.when(leave, self._leave)

    def _watch_bars(self) -> None:
        enters = self._holds(self.rules.enter)
        leaves = None if self.rules.exit is None else self._holds(self.rules.exit)

        def on_bar(bar: Bar) -> None:
            if self.flat:
                if enters():
                    self._enter(bar)
            elif leaves is not None and leaves():
                self._leave(bar)

        self.on_bar = on_bar

    def _enter(self, bar: Bar) -> None:
        if not self.flat:
            return
        guard = {name: replace(level, amount=amount(0)) for name, (level, amount) in self._levels.items()}
        if all(float(number(level.amount)) > 0 for level in guard.values()):
            self._hold_or_target(self._size(0), bar, repr(self.rules.enter), guard)

    def _leave(self, bar: Bar) -> None:
        if not self.flat:
            self._hold_or_target(0, bar, repr(self.rules.exit), {})

    def _hold_or_target(self, size: float, bar: Bar, why: str, guard: dict[str, Level]) -> None:
        bring = self.hold if self.rules.target is None else self.target
        bring(size, symbol=bar.symbol, why=why, stop=guard.get("stop"), take=guard.get("take"))

    # -- expressions into lines, numbers and tests ------------------------------------------------------------------

    def _declared(self, node: Line | Price) -> Series:
        if isinstance(node, Price):
            return self.price(node.column)
        parameters = [self._value(part)(0) for part in node.parameters]
        outputs = dict(self._lines(node.name, parameters, node.source or None, None))
        if not node.output and len(outputs) == 1:
            return next(iter(outputs.values()))
        if node.output not in outputs:
            raise ParameterError(f"{node} needs one of its outputs", expected="output= " + " or ".join(outputs))
        return outputs[node.output]

    def _value(self, node: Expression) -> Value:
        match node:
            case Constant():
                return lambda _: node.value
            case Named():
                known = self.rules.values[node.name]
                return lambda _: known
            case Arithmetic():
                combine, left, right = _ARITHMETIC[node.operator], self._value(node.left), self._value(node.right)
                return lambda back: combine(left(back), right(back))
        return self._series[node].__getitem__

    def _relation(self, test: Comparison | Crossing) -> tuple[str, Series, Series | float] | None:
        """A test between a line and a line or number, the line first; None where numbers are computed bar by bar."""
        word = test.operator if isinstance(test, Comparison) else test.direction
        left, right = self._side(test.left), self._side(test.right)
        if left is None or right is None:
            return None
        if isinstance(left, Series):
            return word, left, right
        return (_MIRRORED[word], right, left) if isinstance(right, Series) else None

    def _side(self, node: Expression) -> Series | float | None:
        if isinstance(node, Arithmetic):
            return None
        return self._series[node] if node in self._series else self._value(node)(0)

    def _condition(self, test: Test) -> Condition | None:
        """A test over whole columns, None where it has to be asked bar by bar."""
        match test:
            case Negated():
                inner = self._condition(test.test)
                return None if inner is None else ~inner
            case Joined():
                left, right = self._condition(test.left), self._condition(test.right)
                if left is None or right is None:
                    return None
                return left & right if test.operator == "&" else left | right
            case Comparison() | Crossing():
                relation = self._relation(test)
                if relation is not None and relation[0] in _CONDITIONS:
                    word, line, other = relation
                    return _CONDITIONS[word](line, other)
        return None

    def _holds(self, test: Test) -> Callable[[], bool]:
        match test:
            case Negated():
                inner = self._holds(test.test)
                return lambda: not inner()
            case Joined():
                left, right = self._holds(test.left), self._holds(test.right)
                if test.operator == "&":
                    return lambda: left() and right()
                return lambda: left() or right()
            case Comparison() | Crossing():
                relation = self._relation(test)
                if relation is not None:
                    word, line, other = relation
                    return partial(_COMPARE[word], line, other)
                return self._computed(test)
        raise ParameterError(f"{test!r} is not a test of rules")

    def _computed(self, test: Comparison | Crossing) -> Callable[[], bool]:
        left, right = self._value(test.left), self._value(test.right)
        if isinstance(test, Comparison):
            compare = _COMPARE[test.operator]
            return lambda: compare(left(0), right(0))
        if test.direction == "above":
            return lambda: left(-1) <= right(-1) and left(0) > right(0)
        return lambda: left(-1) >= right(-1) and left(0) < right(0)

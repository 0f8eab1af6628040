"""Rules: when to enter, when to leave, how much, and what protects the position."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from parrot.kernel.errors import ParameterError
from parrot.sdk.levels import Level, distance
from parrot.sdk.parameters import Choice, Parameter, Range, unknown
from parrot.sdk.rules.expressions import Expression, Named, Operand, Test, expression, walk
from parrot.sdk.rules.written import from_plain, to_plain

Declared = Range | Choice | int | float

_FORMAT = "parrot rules 1"
_PARTS = ("enter", "exit", "stop", "take", "target", "hold")


@dataclass(frozen=True, repr=False)
class Rules:
    """A strategy as data; give it to `parrot.backtest` like any strategy.

    At each bar's close: flat, and `enter` holds, it brings the position to `target` (a fraction of equity) or `hold`
    (units), protected by `stop` and `take`: distances from the fill price (`3 * atr(14)`), `pct(x)` or `trailing(x)`;
    in a position, and `exit` holds, it closes it. Orders act at the next open. Numbers can be expressions and names of
    parameters; `params` says what each may be, `values` what it is (else a range's middle, a choice's first).
    Raises ParameterError for rules that do not fit together.
    """

    enter: Test
    exit: Test | None = None
    stop: Operand | Level | None = None
    take: Operand | Level | None = None
    target: Operand | None = None
    hold: Operand | None = None
    params: Mapping[str, Declared] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._require_parts()
        for name in ("stop", "take"):
            object.__setattr__(self, name, _level(getattr(self, name)))
        for name in ("target", "hold"):
            amount = getattr(self, name)
            object.__setattr__(self, name, None if amount is None else expression(amount))
        parameters = self.parameters
        for name in [*self.values, *(node.name for node in self.nodes() if isinstance(node, Named))]:
            if name not in parameters:
                raise unknown(name, parameters, "Rules")
        given = {name: parameters[name].check(value) for name, value in self.values.items()}
        defaults = {name: parameter.default for name, parameter in parameters.items()}
        object.__setattr__(self, "values", defaults | given)

    def __repr__(self) -> str:
        parts = [f"{name}={_shown(getattr(self, name))}" for name in _PARTS if getattr(self, name) is not None]
        parts += [f"{name}={getattr(self, name)!r}" for name in ("params", "values") if getattr(self, name)]
        return f"Rules({', '.join(parts)})"

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters with their kinds, defaults and allowed values."""
        return {name: _parameter(name, declared) for name, declared in self.params.items()}

    def with_(self, **values: Any) -> Rules:
        """The same rules with other values of parameters; raises ParameterError for an unknown one or a bad value."""
        return replace(self, values={**self.values, **values})

    def nodes(self) -> Iterator[Expression | Test]:
        """Everything that the rules are made of."""
        for name in _PARTS:
            part = getattr(self, name)
            root = part.amount if isinstance(part, Level) else part
            if isinstance(root, Expression | Test):
                yield from walk(root)

    def to_json(self) -> str:
        """The rules as JSON text."""
        parts = {name: to_plain(getattr(self, name)) for name in _PARTS}
        params = {name: to_plain(declared) for name, declared in self.params.items()}
        return json.dumps({"format": _FORMAT, **parts, "params": params, "values": dict(self.values)})

    @classmethod
    def from_json(cls, text: str) -> Rules:
        """Rules from the text that `to_json` made. Raises ParameterError for any other text."""
        try:
            plain = json.loads(text)
        except ValueError:
            plain = None
        keys = {"format", *_PARTS, "params", "values"}
        if not isinstance(plain, dict) or plain.get("format") != _FORMAT or set(plain) != keys:
            raise ParameterError("this is not the JSON of rules", expected=f"an object with {', '.join(sorted(keys))}")
        params = {name: from_plain(declared) for name, declared in plain["params"].items()}
        return cls(**{name: from_plain(plain[name]) for name in _PARTS}, params=params, values=plain["values"])

    def _require_parts(self) -> None:
        for name in ("enter", "exit"):
            part = getattr(self, name)
            if not isinstance(part, Test) and not (part is None and name == "exit"):
                raise ParameterError(f"{name} is {part!r}", expected="a test such as rsi(14) < 30")
        if (self.target is None) == (self.hold is None):
            raise ParameterError("rules need one size", expected="either target= or hold=")
        if self.exit is None and self.stop is None and self.take is None:
            raise ParameterError("rules without exit=, stop= and take= never leave a position")


def _level(level: Operand | Level | None) -> Level | None:
    """Protection at an expression: a plain amount is a distance."""
    if level is None:
        return None
    given = level if isinstance(level, Level) else distance(expression(level))
    return replace(given, amount=expression(given.amount))


def _shown(part: object) -> str:
    """A part as it is usually written: a distance is its amount."""
    if isinstance(part, Level) and part.kind == "distance" and not part.trailing:
        return repr(part.amount)
    return repr(part)


def _parameter(name: str, declared: Declared) -> Parameter:
    if isinstance(declared, Choice):
        return Parameter(name, type(declared.values[0]), declared.values[0], declared)
    if isinstance(declared, Range):
        whole = all(isinstance(bound, int) for bound in (declared.low, declared.high, declared.step or 1))
        return Parameter(name, int if whole else float, _middle(declared, whole=whole), declared)
    return Parameter(name, type(declared), declared)


def _middle(span: Range, *, whole: bool) -> int | float:
    """The middle of a range, on a step."""
    if whole:
        step = int(span.step or 1)
        return int(span.low) + (int(span.high) - int(span.low)) // 2 // step * step
    half = (span.high - span.low) / 2
    return span.low + (half // span.step * span.step if span.step else half)

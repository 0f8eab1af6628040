"""What rules are written in: numbers on every bar, and tests that hold on some of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from parrot.kernel.errors import ParameterError

SHORT = ("atr", "ema", "highest", "lowest", "roc", "rsi", "sma", "stddev", "wma")
"""Indicators that have a word of their own."""


class Expression:
    """A number on every bar. Arithmetic makes expressions, comparisons make tests; text names a parameter."""

    __slots__ = ()

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The expressions that this one is made of."""
        return ()

    def __add__(self, other: Operand) -> Expression:
        return Arithmetic("+", self, expression(other))

    def __radd__(self, other: Operand) -> Expression:
        return Arithmetic("+", expression(other), self)

    def __sub__(self, other: Operand) -> Expression:
        return Arithmetic("-", self, expression(other))

    def __rsub__(self, other: Operand) -> Expression:
        return Arithmetic("-", expression(other), self)

    def __mul__(self, other: Operand) -> Expression:
        return Arithmetic("*", self, expression(other))

    def __rmul__(self, other: Operand) -> Expression:
        return Arithmetic("*", expression(other), self)

    def __truediv__(self, other: Operand) -> Expression:
        return Arithmetic("/", self, expression(other))

    def __rtruediv__(self, other: Operand) -> Expression:
        return Arithmetic("/", expression(other), self)

    def __lt__(self, other: Operand) -> Test:
        return Comparison("<", self, expression(other))

    def __le__(self, other: Operand) -> Test:
        return Comparison("<=", self, expression(other))

    def __gt__(self, other: Operand) -> Test:
        return Comparison(">", self, expression(other))

    def __ge__(self, other: Operand) -> Test:
        return Comparison(">=", self, expression(other))

    def __bool__(self) -> NoReturn:
        raise TypeError("an expression has a value on every bar; compare it, and join tests with & | ~")

    def __float__(self) -> NoReturn:
        raise TypeError("an expression of rules has a value on every bar, and belongs into Rules(...)")


class Test:
    """Holds on some bars. Join with `&`, `|` and `~`."""

    __slots__ = ()
    __test__ = False  # pytest collects classes of this name

    @property
    def parts(self) -> tuple[Expression | Test, ...]:
        """What this test is made of."""
        return ()

    def __and__(self, other: Test) -> Test:
        return Joined("&", self, other)

    def __or__(self, other: Test) -> Test:
        return Joined("|", self, other)

    def __invert__(self) -> Test:
        return Negated(self)

    def __bool__(self) -> NoReturn:
        raise TypeError("a test holds on some bars; use & | ~ instead of and, or, not")


Operand = Expression | int | float | str


@dataclass(frozen=True, slots=True, repr=False)
class Constant(Expression):
    """A number."""

    value: int | float

    def __repr__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True, slots=True, repr=False)
class Named(Expression):
    """The value of a parameter."""

    name: str

    def __repr__(self) -> str:
        return f'param("{self.name}")'


@dataclass(frozen=True, slots=True, repr=False)
class Price(Expression):
    """A column of the bars."""

    column: str

    def __post_init__(self) -> None:
        _require(self.column, ("open", "high", "low", "close", "volume"))

    def __repr__(self) -> str:
        return "open_" if self.column == "open" else self.column


@dataclass(frozen=True, slots=True, repr=False)
class Line(Expression):
    """One output of an indicator; `source` names the column it reads where it is not the close."""

    name: str
    parameters: tuple[Constant | Named, ...]
    output: str = ""
    source: str = ""

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Its parameters."""
        return self.parameters

    def __repr__(self) -> str:
        given = [f'"{part.name}"' if isinstance(part, Named) else repr(part) for part in self.parameters]
        given += [f'{key}="{value}"' for key, value in (("output", self.output), ("source", self.source)) if value]
        word, given = (self.name, given) if self.name in SHORT else ("indicator", [f'"{self.name}"', *given])
        return f"{word}({', '.join(given)})"


@dataclass(frozen=True, slots=True, repr=False)
class Arithmetic(Expression):
    """Two expressions and one of + - * /."""

    operator: str
    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        _require(self.operator, ("+", "-", "*", "/"))

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Both sides."""
        return self.left, self.right

    def __repr__(self) -> str:
        left, right = map(_in_brackets, self.parts)
        return f"{left} {self.operator} {right}"


@dataclass(frozen=True, slots=True, repr=False)
class Comparison(Test):
    """Two expressions and one of < <= > >=; false where one of them has no value."""

    operator: str
    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        _require(self.operator, ("<", "<=", ">", ">="))

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Both sides."""
        return self.left, self.right

    def __repr__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"


@dataclass(frozen=True, slots=True, repr=False)
class Crossing(Test):
    """`left` comes to lie "above" or "below" `right`: it was on the other side or equal on the bar before."""

    direction: str
    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        _require(self.direction, ("above", "below"))

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Both sides."""
        return self.left, self.right

    def __repr__(self) -> str:
        return f"crossed_{self.direction}({self.left}, {self.right})"


@dataclass(frozen=True, slots=True, repr=False)
class Joined(Test):
    """Both (&) or one (|) of two tests."""

    operator: str
    left: Test
    right: Test

    def __post_init__(self) -> None:
        _require(self.operator, ("&", "|"))

    @property
    def parts(self) -> tuple[Test, ...]:
        """Both tests."""
        return self.left, self.right

    def __repr__(self) -> str:
        sides = [
            repr(part) if isinstance(part, Joined) and part.operator == self.operator else _in_brackets(part)
            for part in self.parts
        ]
        return f" {self.operator} ".join(sides)


@dataclass(frozen=True, slots=True, repr=False)
class Negated(Test):
    """A test that does not hold."""

    test: Test

    @property
    def parts(self) -> tuple[Test, ...]:
        """The test."""
        return (self.test,)

    def __repr__(self) -> str:
        return f"~{_in_brackets(self.test)}"


def expression(operand: object) -> Expression:
    """An `Operand` as an expression: numbers stand for themselves, text for the parameter of that name."""
    if isinstance(operand, Expression):
        return operand
    if isinstance(operand, str):
        return Named(operand)
    if isinstance(operand, bool) or not isinstance(operand, int | float):
        raise ParameterError(
            f"{operand!r} is not an expression", expected="an indicator, a number or a parameter's name"
        )
    return Constant(operand)


def walk(node: Expression | Test) -> Iterator[Expression | Test]:
    """A node and all that it is made of, each before its parts."""
    yield node
    for part in node.parts:
        yield from walk(part)


def _require(word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise ParameterError(f"{word!r} is unknown in rules", expected=" ".join(known))


def _in_brackets(node: Expression | Test) -> str:
    return f"({node})" if isinstance(node, Arithmetic | Comparison | Joined) else repr(node)

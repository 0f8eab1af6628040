"""Typed parameters of a strategy, declared in the class: forms, flags and optimisers read them from here."""

from __future__ import annotations

import difflib
import sys
from dataclasses import dataclass
from inspect import get_annotations
from numbers import Integral, Real
from typing import Annotated, Any, get_args, get_origin

from parrot.kernel.errors import ParameterError

_KINDS = (int, float, bool, str)
_SWITCH = dict.fromkeys(("1", "true", "yes", "on"), True) | dict.fromkeys(("0", "false", "no", "off"), False)


@dataclass(frozen=True, slots=True)
class Range:
    """Values from `low` to `high`, both included, in steps of `step` where one is given."""

    low: float
    high: float
    step: float | None = None

    def __post_init__(self) -> None:
        if not self.low <= self.high or (self.step is not None and self.step <= 0):
            raise ParameterError(f"{self} is empty", expected="low <= high and a positive step")

    def holds(self, value: float) -> bool:
        """True for a value inside the range."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values."""

    values: tuple[Any, ...]

    def __init__(self, *values: object) -> None:
        object.__setattr__(self, "values", values)

    def __repr__(self) -> str:
        return f"Choice({', '.join(map(repr, self.values))})"

    def holds(self, value: object) -> bool:
        """True for one of the values."""
        return value in self.values


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name, kind, default and the values it may take."""

    name: str
    kind: type
    default: Any
    allowed: Range | Choice | None = None

    def check(self, value: Any) -> Any:
        """`value` as this parameter's kind; raises ParameterError when it cannot be or is not allowed."""
        value = _plain(value, self.kind)
        fits = isinstance(value, self.kind) and not (isinstance(value, bool) and self.kind is not bool)
        if not fits:
            raise ParameterError(f"{self.name}={value!r} is not {self.kind.__name__}", expected=self.expected())
        if self.allowed is not None and not self.allowed.holds(value):
            raise ParameterError(f"{self.name}={value!r} is out of its range", expected=self.expected())
        return value

    def parse(self, text: str) -> Any:
        """A value from the text of a flag or form."""
        try:
            value = _SWITCH[text.lower()] if self.kind is bool else self.kind(text)
        except (ValueError, KeyError):
            problem = f"{self.name}={text!r} is not {self.kind.__name__}"
            raise ParameterError(problem, expected=self.expected()) from None
        return self.check(value)

    def expected(self) -> str:
        """What would be right, for people."""
        if isinstance(self.allowed, Range):
            return f"{self.kind.__name__} from {self.allowed.low:g} to {self.allowed.high:g}"
        if isinstance(self.allowed, Choice):
            return "one of " + ", ".join(map(repr, self.allowed.values))
        return f"a value of type {self.kind.__name__}"


def _plain(value: Any, kind: type) -> Any:
    """A number of another library (or a whole one for a float) as Python's own; anything else as it is."""
    if isinstance(value, bool):
        return value
    if kind is float and isinstance(value, Real):
        return float(value)
    return int(value) if kind is int and isinstance(value, Integral) else value


def parameters_of(cls: type, base: type) -> dict[str, Parameter]:
    """Parameters declared by `cls` and its parents below `base`: public annotated class attributes with a default."""
    declaring = [parent for parent in reversed(cls.__mro__) if issubclass(parent, base) and parent is not base]
    hints = {name: hint for parent in declaring for name, hint in _annotations(parent).items()}
    found = {}
    for name, hint in hints.items():
        if name.startswith("_") or not hasattr(cls, name):
            continue
        kind, *notes = get_args(hint) if get_origin(hint) is Annotated else (hint,)
        if kind not in _KINDS:
            continue
        if name in vars(base) and callable(getattr(base, name)) | isinstance(vars(base)[name], property):
            problem = f"{cls.__name__} has a parameter {name!r}, a name that every strategy has already"
            raise ParameterError(problem, fix=f"call it my_{name}, or another name")
        allowed = next((note for note in notes if isinstance(note, Range | Choice)), None)
        parameter = Parameter(name, kind, getattr(cls, name), allowed)
        parameter.check(parameter.default)
        found[name] = parameter
    return found


def _annotations(cls: type) -> dict[str, Any]:
    """Annotations of a class as values; while it is being made, its own name is not in its module yet."""
    module = vars(sys.modules[cls.__module__]) if cls.__module__ in sys.modules else {}
    try:
        return get_annotations(cls, globals={**module, cls.__name__: cls}, eval_str=True)
    except NameError as fault:
        problem = f"an annotation of {cls.__name__} cannot be read: {fault}"
        raise ParameterError(
            problem, expected="names that are known where the class stands", fix="import them above it"
        ) from None


def unknown(name: str, known: dict[str, Parameter], owner: type | str) -> ParameterError:
    """The error for a parameter that `owner` does not have: the nearest name, or why an attribute is none."""
    near = difflib.get_close_matches(name, known, 1)
    expected = ", ".join(known) or "no parameters"
    fix = f"did you mean {near[0]!r}?" if near else ""
    if isinstance(owner, str):
        return ParameterError(f"{owner} has no parameter {name!r}", expected=expected, fix=fix)
    annotated = any(name in get_annotations(parent) for parent in owner.__mro__)
    if annotated and not hasattr(owner, name):
        fix = f"{name} has a type but no default: write {name}: int = 10"
    elif annotated or name in vars(owner):
        fix = f"{name} is no parameter: write {name}: int = 10, or float, bool, str, or Annotated[int, Range(5, 50)]"
    return ParameterError(f"{owner.__name__} has no parameter {name!r}", expected=expected, fix=fix)

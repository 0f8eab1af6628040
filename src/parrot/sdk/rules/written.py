"""Expressions, levels and ranges as plain JSON values, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from parrot.kernel.errors import ParameterError
from parrot.sdk.levels import Level
from parrot.sdk.parameters import Choice, Range
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
)

_NODES = (Arithmetic, Comparison, Constant, Crossing, Joined, Line, Named, Negated, Price)
_KINDS: dict[str, Callable[..., Any]] = {
    **{kind.__name__.lower(): kind for kind in (*_NODES, Level, Range)},
    "choice": lambda values: Choice(*values),
}


def to_plain(value: Any) -> Any:
    """A node, level or range as {"is": kind, field: value}; numbers, text and None as they are."""
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    kind = type(value).__name__.lower()
    if kind not in _KINDS:
        return value
    return {"is": kind, **{field.name: to_plain(getattr(value, field.name)) for field in fields(value)}}


def from_plain(value: Any) -> Any:
    """What `to_plain` was given. Raises ParameterError for a form that it never makes."""
    if isinstance(value, list):
        return tuple(from_plain(item) for item in value)
    if not isinstance(value, Mapping):
        return value
    make = _KINDS.get(str(value.get("is")))
    if make is None:
        raise ParameterError(f"{value!r} is no part of rules", expected=f'"is": one of {", ".join(_KINDS)}')
    try:
        made = make(**{name: from_plain(item) for name, item in value.items() if name != "is"})
    except TypeError as fault:
        raise ParameterError(f"{value!r} is no part of rules: {fault}") from None
    if isinstance(made, _NODES) and not all(isinstance(part, Expression | Test) for part in made.parts):
        raise ParameterError(f"{value!r} is no part of rules", expected="expressions and tests inside")
    return made

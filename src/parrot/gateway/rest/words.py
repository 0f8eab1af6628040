"""Words of people for what the validator refuses; the screen says the same while one types (web/shared/format)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

NO_NUMBER: Final = "write a number with a point and without separators, such as 0.01"
_NO_WHOLE: Final = "write a whole number"

_Bound = Mapping[str, Any]
_WORDS: Final[dict[str, Callable[[_Bound], str]]] = {
    "missing": lambda _: "is missing",
    "extra_forbidden": lambda _: "is not known here",
    "decimal_parsing": lambda _: NO_NUMBER,
    "decimal_type": lambda _: NO_NUMBER,
    "finite_number": lambda _: NO_NUMBER,
    "float_parsing": lambda _: NO_NUMBER,
    "float_type": lambda _: NO_NUMBER,
    "int_parsing": lambda _: _NO_WHOLE,
    "int_type": lambda _: _NO_WHOLE,
    "int_from_float": lambda _: _NO_WHOLE,
    "decimal_max_digits": lambda bound: f"write a number of at most {bound['max_digits']} digits",
    "decimal_max_places": lambda bound: f"write at most {bound['decimal_places']} places after the point",
    "decimal_whole_digits": lambda bound: f"write at most {bound['whole_digits']} digits before the point",
    "greater_than": lambda bound: f"write a number above {bound['gt']}",
    "greater_than_equal": lambda bound: f"write a number from {bound['ge']} on",
    "less_than": lambda bound: f"write a number below {bound['lt']}",
    "less_than_equal": lambda bound: f"write a number up to {bound['le']}",
    "string_too_short": lambda bound: _characters("least", bound["min_length"]),
    "string_too_long": lambda bound: _characters("most", bound["max_length"]),
    "too_short": lambda bound: f"give at least {bound['min_length']}",
    "too_long": lambda bound: f"give at most {bound['max_length']}",
    "literal_error": lambda bound: f"choose one of {bound['expected']}",
    "enum": lambda bound: f"choose one of {bound['expected']}",
}


def words(error: Mapping[str, Any]) -> str:
    """What one refusal of the validator says to people; in its own words where there are none of ours."""
    ours = _WORDS.get(error["type"])
    return ours(error.get("ctx", {})) if ours else str(error["msg"]).removeprefix("Value error, ")


def _characters(bound: str, count: int) -> str:
    return f"write at {bound} {count} {'character' if count == 1 else 'characters'}"

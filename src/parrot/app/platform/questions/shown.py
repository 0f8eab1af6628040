"""Answers of centers as plain values: amounts as decimal text without exponents, enums by their values."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

from parrot.kernel.decimals import plain


def shown(value: Any) -> Any:
    """`value` with structs as dicts and decimals as text."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, msgspec.Struct):
        return {name: shown(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {shown(key): shown(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [shown(one) for one in value]
    return value

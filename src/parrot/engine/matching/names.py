"""Names of people for the numbers of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, Protocol, TypeVar

import numpy as np

from parrot.kernel.errors import InputError, MissingError, ParameterError


class Named(Protocol):
    """Anything that has a name."""

    @property
    def name(self) -> str:
        """The name."""


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency; its amounts are whole units of 10**-decimals."""

    name: str
    number: int
    decimals: int


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol; prices are whole units of 10**-price_decimals, quantities of 10**-quantity_decimals."""

    name: str
    number: int
    base: Currency
    quote: Currency
    price_decimals: int
    quantity_decimals: int


@dataclass(frozen=True, slots=True)
class Account:
    """An account; the engine calls it by its number as owner."""

    name: str
    number: int


_N = TypeVar("_N", bound=Named)
_E = TypeVar("_E", bound=IntEnum)


class Register(Generic[_N]):
    """Things with names, in the order in which they were added: their numbers count from 0."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._by_name: dict[str, _N] = {}
        self._in_order: list[_N] = []

    def __len__(self) -> int:
        return len(self._in_order)

    def __iter__(self) -> Iterator[_N]:
        return iter(self._in_order)

    def __contains__(self, wanted: object) -> bool:
        return wanted in self._by_name if isinstance(wanted, str) else wanted in self._in_order

    def __repr__(self) -> str:
        return f"<{self._kind}: {', '.join(self._by_name) or 'none'}>"

    def __getitem__(self, name: str) -> _N:
        try:
            return self._by_name[name]
        except (KeyError, TypeError):
            known = ", ".join(self._by_name) or f"none was added, add_{self._kind}(...) first"
            raise MissingError(f"there is no {self._kind} {name!r}", expected=known) from None

    def numbered(self, number: int) -> _N:
        """What carries a number that exists."""
        return self._in_order[number]

    def free(self, name: str) -> str:
        """`name` when it can be given; raises InputError when it is taken, ParameterError when it is no text."""
        if not _readable(name):
            article = "an" if self._kind[0] in "aeiou" else "a"
            raise ParameterError(
                f"{article} {self._kind} cannot be named {name!r}", expected="text without control characters"
            )
        if name in self._by_name:
            raise InputError(f"there is a {self._kind} {name!r} already", fix="choose another name")
        return name

    def add(self, thing: _N) -> None:
        """Adds what carries the next number."""
        self._by_name[thing.name] = thing
        self._in_order.append(thing)


def _readable(name: object) -> bool:
    return isinstance(name, str) and bool(name.strip()) and name.isprintable()


def word(kind: type[_E], value: _E | str | int, name: str) -> _E:
    """`value` as a word of `kind`, by its name in any case or its code; raises ParameterError that lists the words."""
    with suppress(KeyError, ValueError):  # the error below names the words that there are
        if not isinstance(value, bool | np.bool_):
            return kind[value.upper()] if isinstance(value, str) else kind(value)
    names = ", ".join(member.name for member in kind)
    raise ParameterError(f"{name} is {value!r}", expected=f"one of {names}")

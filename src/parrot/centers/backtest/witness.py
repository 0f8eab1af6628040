"""A run that is watched: what the strategy decided, when, and which of its parameters it read."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from parrot.contracts.market import Market, Number
from parrot.engine.outcome import Outcome
from parrot.engine.run import Inputs, Progress, run
from parrot.sdk import Strategy

VERBS: Final = ("target", "hold", "buy", "sell", "close", "cancel", "cancel_all")
_SIZED: Final = ("target", "hold", "buy", "sell")
_ECHOES: Final = ("on_fill", "on_order")


@dataclass(frozen=True, slots=True)
class Decision:
    """One call of a verb: when (ns UTC), which, with what; `echo` marks one made on hearing of a fill or an order."""

    now: int
    verb: str
    given: tuple[Any, ...]
    terms: tuple[tuple[str, Any], ...]
    echo: bool

    @property
    def kind(self) -> tuple[int, str, str, float]:
        """What stays the same when the account differs: time, verb, symbol, and a target's fraction or a sign."""
        symbol = str(dict(self.terms).get("symbol") or "")
        amount = float(self.given[0]) if self.given and self.verb in _SIZED else 0.0
        if self.verb != "target":
            amount = float((amount > 0) - (amount < 0))
        return self.now, self.verb, symbol, float(f"{amount:.6g}")

    def __str__(self) -> str:
        inside = [*map(repr, self.given), *(f"{name}={value!r}" for name, value in self.terms)]
        return f"{self.verb}({', '.join(inside)})"


@dataclass(slots=True)
class Testimony:
    """What was seen of one run."""

    outcome: Outcome
    decisions: list[Decision]
    read: set[str]


def watch(
    strategy: Strategy, inputs: Inputs, market: Market, cash: Number, progress: Progress | None = None
) -> Testimony:
    """Runs a fresh instance of `strategy` and sees what it does. Raises what `run` raises."""
    decisions: list[Decision] = []
    read: set[str] = set()
    twin = strategy.fresh()
    twin.__class__ = _watched(type(strategy), decisions, read)
    outcome = run(twin, inputs, market, cash, progress=progress)
    return Testimony(outcome, decisions, read)


def _watched(cls: type[Strategy], decisions: list[Decision], read: set[str]) -> type[Strategy]:
    """A class that does what `cls` does and writes down decisions and parameters read."""
    hearing = [False]
    members: dict[str, Any] = {"__module__": cls.__module__, "__doc__": cls.__doc__}
    members |= {name: _noted(name, getattr(cls, name), decisions, hearing) for name in VERBS}
    members |= {name: _echoed(getattr(cls, name), hearing) for name in _ECHOES if hasattr(cls, name)}
    made = type(cls.__name__, (cls,), members)
    for name in cls.parameters:
        setattr(made, name, _told(name, getattr(cls, name), read))
    return made


def _noted(name: str, verb: Callable[..., Any], decisions: list[Decision], hearing: list[bool]) -> Callable[..., Any]:
    @functools.wraps(verb)
    def call(self: Strategy, *given: Any, **terms: Any) -> Any:
        decisions.append(Decision(self.now, name, given, tuple(sorted(terms.items())), hearing[0]))
        return verb(self, *given, **terms)

    return call


def _echoed(handler: Callable[..., Any], hearing: list[bool]) -> Callable[..., Any]:
    @functools.wraps(handler)
    def call(self: Strategy, *given: Any) -> Any:
        hearing[0] = True
        try:
            return handler(self, *given)
        finally:
            hearing[0] = False

    return call


def _told(name: str, default: Any, read: set[str]) -> property:
    """A parameter that tells when it is read; its value stays where it was, in the instance or the class."""

    def get(self: Strategy) -> Any:
        read.add(name)
        return self.__dict__.get(name, default)

    def put(self: Strategy, value: Any) -> None:
        self.__dict__[name] = value

    return property(get, put)

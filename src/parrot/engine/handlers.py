"""Handlers of a strategy: called with what they take, refused when they could never do anything."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from parrot.kernel.errors import ParameterError

HANDLERS = ("on_start", "on_bar", "on_trade", "on_quote", "on_book", "on_order", "on_fill", "on_timer", "on_stop")


def require_handlers(strategy: Any, *, acting: bool) -> None:
    """Refuses handlers that would never run, methods that nothing calls, and an unusable warm-up.

    `acting` says that it sent orders already. Raises ParameterError.
    """
    name = type(strategy).__name__
    for handler in HANDLERS:
        held = getattr(strategy, handler, None)
        if held is not None and not callable(held):
            raise ParameterError(f"{name}.{handler} is {held!r}", expected="a method")
        if any(test(held) for test in (inspect.iscoroutinefunction, inspect.isgeneratorfunction)):
            raise ParameterError(f"{name}.{handler} is async or yields, so it would never run", fix="use a plain def")
    own = [method for method, held in vars(type(strategy)).items() if callable(held) and method[0] != "_"]
    idle = set(own) - {"init"} if "attach" not in own else set()
    if idle and not acting and not any(strategy.subscriptions) and not _handled(strategy):
        near = next((found for method in own for found in get_close_matches(method, HANDLERS, 1)), "on_bar")
        problem = f"{name} has no handler, and nothing calls its {', '.join(sorted(idle))}"
        raise ParameterError(problem, fix=f"define {near}")
    bars = strategy.warmup
    if isinstance(bars, bool) or not isinstance(bars, int) or bars < 0:
        raise ParameterError(f"warmup is {bars!r}", expected="a whole number of bars, zero or more")


def _handled(strategy: object) -> bool:
    """True where a handler exists; every strategy has an `on_timer`, which alone is never called."""
    return any(getattr(strategy, handler, None) for handler in HANDLERS if handler != "on_timer")


def taking(handler: Callable[..., object] | None, given: int) -> Callable[..., object] | None:
    """`handler` called with as many arguments as it takes: `on_bar(self)` is as good as `on_bar(self, bar)`.

    Raises ParameterError when it asks for more.
    """
    if handler is None:
        return None
    try:
        inspect.signature(handler).bind(*[None] * given)
    except TypeError:
        return _without_arguments(handler)
    return handler


def _without_arguments(handler: Callable[..., object]) -> Callable[..., object]:
    asked = inspect.signature(handler)
    try:
        asked.bind()
    except TypeError:
        name = getattr(handler, "__qualname__", repr(handler))
        raise ParameterError(f"{name}{asked} asks for too much", expected="(self, bar), or fewer") from None
    return lambda *_: handler()

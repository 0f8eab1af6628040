"""The Strategy: one class for back-test, paper and live."""

from __future__ import annotations

import copy
import difflib
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from parrot.contracts.market import Number
from parrot.engine.columns import timeframe_ns
from parrot.engine.series import Columns, Condition, Engine, Quote, Series
from parrot.kernel.errors import InputError, OrderError, ParameterError
from parrot.sdk.levels import Amount, Level, split
from parrot.sdk.lines import Lines
from parrot.sdk.parameters import Parameter, parameters_of, unknown

Handler = Callable[..., object]

_TERMS = {"limit", "trigger", "touch", "tif", "until", "post_only", "reduce_only", "why"}
_OWN_TERMS = {"symbol", "trail", "oco", "stop", "take"}


class Strategy(Lines):
    """Base of every strategy: declare parameters, build indicators in `init`, act in handlers.

    Handlers that exist are called: `on_start()`, `on_bar(bar)`, `on_trade(trade)`, `on_quote(quote)`, `on_book(quote)`,
    `on_order(order)`, `on_fill(fill)`, `on_timer(name)`, `on_stop()`. Decisions taken on a bar act
    at the next open. With several symbols every verb needs `symbol=`.
    """

    timeframes: ClassVar[Sequence[str]] = ()
    """Longer timeframes whose bars `on_bar` hears too, such as ("1h", "1d")."""
    warmup: ClassVar[int] = 0
    """Bars of a symbol that pass before its handlers are called, if its indicators do not need more."""
    parameters: ClassVar[dict[str, Parameter]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.parameters = parameters_of(cls, Strategy)

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            parameter = self.parameters.get(name)
            if parameter is None:
                raise unknown(name, self.parameters, type(self))
            setattr(self, name, parameter.check(value))
        self._given = dict(values)

    # -- life cycle -----------------------------------------------------------------------------------------------

    def init(self) -> None:
        """Builds indicators and subscriptions, once, before the first datum."""

    def fresh(self) -> Strategy:
        """A new instance with copies of everything, so that a run never sees what another left behind.

        Lists, dicts and sets of the class are copied too. Raises ParameterError for what cannot be copied.
        """
        shared = {
            name: value
            for cls in reversed(type(self).__mro__)
            for name, value in vars(cls).items()
            if isinstance(value, list | dict | set) and not (hasattr(Strategy, name) or name.startswith("__"))
        }
        own = {name: value for name, value in self.__dict__.items() if not name.startswith("_run_")}
        twin = object.__new__(type(self))
        try:
            twin.__dict__.update(copy.deepcopy(shared | own))
        except TypeError as fault:
            name = type(self).__name__
            problem = f"{name} holds something that cannot be copied for a run: {fault}"
            raise ParameterError(problem, fix="make it in init") from None
        return twin

    @property
    def parameter_values(self) -> dict[str, Any]:
        """Every parameter with its value."""
        return {name: getattr(self, name) for name in self.parameters}

    def attach(self, engine: Engine, symbols: Sequence[str], columns: Columns) -> None:
        """Binds the strategy to a started run; the platform calls it."""
        self._run_engine = engine
        self._run_columns = columns
        self._run_symbols = {symbol: index for index, symbol in enumerate(symbols)}
        self._run_alone = len(symbols) == 1
        self._run_hold = engine.hold_plain
        self._run_groups: dict[tuple[int, str], int] = {}
        self._run_conditions: list[Handler] = []
        self._run_timers: list[Handler] = []
        self._run_own = []
        self._run_log = logging.getLogger(f"parrot.strategy.{type(self).__name__}")

    @property
    def subscriptions(self) -> tuple[list[Handler], list[Handler]]:
        """Handlers of conditions and of timers, by number."""
        return self._run_conditions, self._run_timers

    @property
    def own_lines(self) -> list[tuple[Handler, tuple[str, ...], int]]:
        """Functions of lines of its own with the columns that they take and their timeframe (ns, 0: the bars given)."""
        return list(self._run_own)

    # -- what is known --------------------------------------------------------------------------------------------

    @property
    def symbols(self) -> tuple[str, ...]:
        """All symbols, in declared order."""
        return tuple(self._run_symbols)

    @property
    def now(self) -> int:
        """Time of the event being handled, ns UTC."""
        return self._run_engine.now

    @property
    def cash(self) -> float:
        """Free cash in account currency."""
        return self._run_engine.cash

    @property
    def equity(self) -> float:
        """Cash plus the value of all positions at their last prices."""
        return self._run_engine.equity

    @property
    def position(self) -> float:
        """Position of the symbol whose handler runs, in units; negative when short."""
        return self._run_engine.position(self._run_engine.current)

    @property
    def flat(self) -> bool:
        """True when the position of the symbol whose handler runs is below one lot (rule N4)."""
        return self._run_engine.flat(self._run_engine.current)

    def position_of(self, symbol: str) -> float:
        """Position of one symbol, in units; negative when short."""
        return self._run_engine.position(self._index(symbol))

    def average_price(self, symbol: str | None = None) -> float | None:
        """Average price paid for a position, None when flat."""
        return self._run_engine.average_price(self._index(symbol))

    def last_price(self, symbol: str | None = None) -> float | None:
        """Last known price, None before the first."""
        return self._run_engine.last_price(self._index(symbol))

    def quote(self, symbol: str | None = None) -> Quote | None:
        """Best bid and ask now, None before the first (quotes or books needed)."""
        return self._run_engine.quote(self._index(symbol))

    def levels(
        self, depth: int = 10, symbol: str | None = None
    ) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
        """The best `depth` bids and asks of the book now as (price, size), best first (books needed)."""
        return self._run_engine.levels(self._index(symbol), depth)

    def working(self, symbol: str | None = None) -> list[int]:
        """Ids of working orders, of one symbol or of all."""
        return self._run_engine.working(None if symbol is None else self._index(symbol))

    def order(self, order_id: int) -> dict[str, Any]:
        """One order as it stands."""
        return self._run_engine.order(order_id)

    # -- verbs ----------------------------------------------------------------------------------------------------

    def target(
        self,
        fraction: Number,
        *,
        symbol: str | None = None,
        stop: Amount | Level | None = None,
        take: Amount | Level | None = None,
        why: str = "",
    ) -> int | None:
        """Brings the position to `fraction` of equity (rule O5); returns the order's id, None when nothing changes."""
        try:
            return self._run_engine.target(self._index(symbol), fraction, why=why, **_guard(stop, take))
        except (ValueError, TypeError) as fault:
            raise _order_error(fault) from None

    def hold(
        self,
        quantity: Number,
        *,
        symbol: str | None = None,
        stop: Amount | Level | None = None,
        take: Amount | Level | None = None,
        why: str = "",
    ) -> int | None:
        """Brings the position to `quantity` units (rule O5); returns the order's id, None when nothing changes."""
        try:
            if stop is None and take is None and symbol is None and self._run_alone:
                return self._run_hold(quantity, why)
            return self._run_engine.hold(self._index(symbol), quantity, why=why, **_guard(stop, take))
        except (ValueError, TypeError) as fault:
            raise _order_error(fault) from None

    def buy(self, quantity: Number, **terms: Any) -> int:
        """Buys `quantity`; see `sell` for the terms. Returns the order's id."""
        return self._send(1, quantity, **terms)

    def sell(self, quantity: Number, **terms: Any) -> int:
        """Sells `quantity`. Returns the order's id.

        Terms: `symbol=`; `limit=`; `trigger=` (stop order, with `limit=` stop-limit); `touch=` (market-if-touched, with
        `limit=` limit-if-touched); `trail=` (trailing stop: distance or `pct(x)`); `tif=` "GTC", "DAY", "GTD" with
        `until=` ns UTC, "IOC", "FOK"; `post_only=`; `reduce_only=`; `oco=` a name that joins orders; protective `stop=`
        and `take=` (a price, `pct(x)`, `distance(x)`, `trailing(x)`); `why=`.
        Raises OrderError when no market could take such an order.
        """
        return self._send(-1, quantity, **terms)

    def close(self, *, symbol: str | None = None, why: str = "") -> int | None:
        """Closes the position (rule O6); returns the order's id, None when it is flat."""
        return self._run_engine.close(self._index(symbol), why)

    def cancel(self, order_id: int) -> bool:
        """Cancels a working order; False when it is not working any more."""
        return self._run_engine.cancel(order_id)

    def cancel_all(self, symbol: str | None = None) -> int:
        """Cancels all working orders (of one symbol) but protection; returns how many."""
        return self._run_engine.cancel_all(None if symbol is None else self._index(symbol))

    # -- subscriptions --------------------------------------------------------------------------------------------

    def when(self, condition: Condition | Any, handler: Handler) -> None:
        """Calls `handler(bar)` on every bar on which `condition` holds; bars in between cost nothing. For `init`."""
        if not isinstance(condition, Condition):
            problem = f"when() was given {condition!r}, which is no condition"
            fix = "above(a, b) stands for a > b, below(a, b) for a < b, crossed_above(a, b); join them with & | ~"
            raise ParameterError(problem, expected="a condition over all bars", fix=fix)
        _require_callable(handler)
        try:
            self._run_engine.subscribe(condition)
        except ValueError as fault:
            raise ParameterError(str(fault)) from None
        self._run_conditions.append(handler)

    def every(self, interval: int | str, handler: Handler | None = None) -> None:
        """Calls `handler()` (else `on_timer(interval)`) at every multiple of `interval`, such as "100ms" or "1h"."""
        if handler is None and type(self).on_timer is Strategy.on_timer:
            problem = f"the timer {interval!r} has no handler"
            raise ParameterError(problem, fix="define on_timer(self, name), or pass a handler")
        if handler is not None:
            _require_callable(handler)
        try:
            self._run_engine.every(timeframe_ns(interval))
        except ParameterError:
            raise
        except ValueError as fault:
            raise ParameterError(str(fault)) from None
        self._run_timers.append(handler or (lambda: self.on_timer(interval)))

    def on_timer(self, name: int | str) -> None:
        """Called by timers without a handler of their own."""

    def log(self, text: object, *values: object) -> None:
        """Logs `text % values` at the time of the event being handled; values that do not fit stand behind the text."""
        self._run_log.info("%s", _said(text, values), extra={"simulated_ns": self.now})

    # -- inside ---------------------------------------------------------------------------------------------------

    def _index(self, symbol: str | None) -> int:
        if symbol is None:
            if len(self._run_symbols) == 1:
                return 0
            raise OrderError("symbol= is missing", expected=f"one of {', '.join(self._run_symbols)}")
        index = self._run_symbols.get(symbol)
        if index is None:
            raise OrderError(f"symbol {symbol!r} is unknown", expected=f"one of {', '.join(self._run_symbols)}")
        return index

    def _send(
        self,
        side: int,
        quantity: Number,
        *,
        symbol: str | None = None,
        trail: Amount | Level | None = None,
        oco: str | None = None,
        stop: Amount | Level | None = None,
        take: Amount | Level | None = None,
        **terms: Any,
    ) -> int:
        if terms.keys() - _TERMS:
            raise _unknown_term(min(terms.keys() - _TERMS))
        index = self._index(symbol)
        group = 0 if oco is None else self._run_groups.setdefault((index, oco), len(self._run_groups) + 1)
        try:
            return self._run_engine.submit(
                index, side, quantity, trail=split(trail)[0], oco=group, **_guard(stop, take), **terms
            )
        except (ValueError, TypeError) as fault:
            raise _order_error(fault) from None


def _unknown_term(name: str) -> OrderError:
    near = difflib.get_close_matches({"price": "limit"}.get(name, name), _TERMS | _OWN_TERMS, 1)
    fix = f"did you mean {near[0]}=?" if near else ""
    return OrderError(f"an order has no term {name}=", expected=", ".join(sorted(_TERMS | _OWN_TERMS)), fix=fix)


def _require_callable(handler: Handler) -> None:
    if not callable(handler):
        raise ParameterError(f"the handler is {handler!r}", expected="a function or method")


def _order_error(fault: Exception) -> InputError:
    """What the core said about an order, as an error of the tree."""
    return fault if isinstance(fault, InputError) else OrderError(str(fault))


def _guard(stop: Amount | Level | None, take: Amount | Level | None) -> dict[str, Any]:
    if stop is None and take is None:
        return {}
    level, trails = split(stop)
    goal, follows = split(take)
    if follows:
        raise OrderError(f"take={take!r} cannot trail", expected="a price, pct(x) or distance(x)", fix="use stop=")
    return {"stop": level, "trailing": trails, "take": goal}


def crossed_above(a: Series, b: Series | float) -> Condition:
    """The condition a[t-1] <= b[t-1] and a[t] > b[t], for `when`."""
    return a.crosses_above(b)


def crossed_below(a: Series, b: Series | float) -> Condition:
    """The condition a[t-1] >= b[t-1] and a[t] < b[t], for `when`."""
    return a.crosses_below(b)


def above(a: Series, b: Series | float) -> Condition:
    """The condition a[t] > b[t], for `when`."""
    return a.is_above(b)


def below(a: Series, b: Series | float) -> Condition:
    """The condition a[t] < b[t], for `when`."""
    return a.is_below(b)


def _said(text: object, values: tuple[object, ...]) -> str:
    """What a line of the log says: a slip in it must not end a strategy that trades."""
    try:
        named = values[0] if len(values) == 1 and isinstance(values[0], Mapping) else values
        return str(text) % named if values else str(text)
    except Exception:  # noqa: BLE001  # a value may raise anything when it is shown
        return " ".join(map(_shown, (text, *values)))


def _shown(value: object) -> str:
    try:
        return str(value)
    except Exception as fault:  # noqa: BLE001  # the same
        return f"<{type(value).__name__} that raises {type(fault).__name__}>"

"""Orders between the contracts and the core: names, claims, and the terms of one order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from parrot.contracts.commands import OrderKind, Side, TimeInForce
from parrot.contracts.venue import PlaceOrder
from parrot.engine.series import Engine

_TRIGGERED = (OrderKind.STOP, OrderKind.STOP_LIMIT)
_TOUCHED = (OrderKind.TOUCH, OrderKind.TOUCH_LIMIT)
_UNITS = {"price": "price", "percent": "pct", "distance": "distance"}

Level = tuple[str, Decimal]


class Books:
    """Which client id stands for which order of the core."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._asked: dict[int, int] = {}
        self._seen = 0
        self._free: dict[int, list[int]] = {}
        self._last: dict[int, str] = {}
        self._groups: dict[str, int] = {}

    def add(self, client_id: str, number: int, symbol: int, asked: int) -> None:
        """From here on `client_id` means order `number`, of which `asked` 10^-8 units were wanted."""
        self._numbers[client_id] = number
        self._names[number] = client_id
        self._asked[number] = asked
        self._last[symbol] = client_id

    def group(self, name: str) -> int:
        """The core's number of a group of orders, 0 for none."""
        return self._groups.setdefault(name, len(self._groups) + 1) if name else 0

    def number(self, client_id: str) -> int | None:
        """The order behind a client id."""
        return self._numbers.get(client_id)

    def client_id(self, number: int) -> str | None:
        """The client id of an order, None while nobody placed it."""
        return self._names.get(number)

    def is_cut(self, number: int, filled: int) -> bool:
        """True for an order that counts as filled with less than was asked for."""
        return self._asked.get(number, 0) > filled

    def unclaimed(self, engine: Engine, symbol: int) -> list[int]:
        """Protection of a symbol that the core made and nobody placed yet, oldest first."""
        self._look(engine)
        free = [number for number in self._free.get(symbol, []) if number not in self._names]
        self._free[symbol] = free
        return free

    def last_of(self, symbol: int) -> str:
        """The client id that was given last to an order of a symbol."""
        return self._last[symbol]

    def _look(self, engine: Engine) -> None:
        """Looks through orders that the core has made since the last time."""
        while engine.has_order(self._seen + 1):
            self._seen += 1
            if engine.protects(self._seen):
                self._free.setdefault(engine.order_units(self._seen)["symbol"], []).append(self._seen)


def submit(engine: Engine, symbol: int, asked: PlaceOrder, group: int) -> int:
    """Gives an order to the core; returns its number. Raises ValueError for one that no market could take."""
    terms: dict[str, Any] = {}
    if asked.limit is not None:
        terms["limit"] = asked.limit
    if asked.kind in _TRIGGERED:
        terms["trigger"] = asked.trigger
    elif asked.kind in _TOUCHED:
        terms["touch"] = asked.trigger
    elif asked.kind is OrderKind.TRAILING:
        terms["trail"] = ("pct" if asked.trail_percent else "distance", asked.trail)
    guard = asked.guard
    return engine.submit(
        symbol,
        1 if asked.side is Side.BUY else -1,
        asked.quantity,
        tif=asked.tif.value.upper(),
        until=asked.until if asked.tif is TimeInForce.GTD else None,
        post_only=asked.post_only,
        reduce_only=asked.reduce_only,
        oco=group,
        stop=None if guard is None else _level(guard.stop, guard.stop_unit),
        trailing=guard is not None and guard.trailing,
        take=None if guard is None else _level(guard.take, guard.take_unit),
        **terms,
    )


def _level(amount: Decimal | None, unit: str) -> Level | None:
    return None if amount is None else (_UNITS[unit], amount)

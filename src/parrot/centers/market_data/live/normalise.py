"""Raw messages of a wire become ticks, exactly; what does not fit is named, never raised.

A raw message is a mapping with text keys: `type` ("trade", "quote", "book", "snapshot" or "bar"), `symbol`, and the
fields of the tick with prices and sizes as decimals (text, int, Decimal or float), times as integers of ns UTC, and
`levels` as (side, price, size) rows. `received` may be missing; `side` may be "buy", "sell" or 1, -1, 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from parrot.centers.market_data.live.units import SIZE_DECIMALS, Units
from parrot.contracts.ticks import BarClosed, BookChanged, BookLevel, BookSnapshot, QuoteTick, Tick, TradeTick

_SIDES: Final = {"buy": 1, "bid": 1, "sell": -1, "ask": -1, "": 0, 1: 1, -1: -1, 0: 0}
_DIGITS_MAX: Final = 40
_TEXT_MAX: Final = 200
_WHOLE_MAX: Final = 10**_DIGITS_MAX


class Malformed(Exception):  # noqa: N818  caught where the message is put into quarantine
    """A message that no tick can be made of."""


def shown(value: object) -> str:
    """A value for a text, cut where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # integers of thousands of digits, lists in lists in lists
        return f"a {type(value).__name__} that is too large to show"
    return text if len(text) <= _TEXT_MAX else text[:_TEXT_MAX] + "..."


def normalise(raw: Mapping[str, Any], units: Units, now: int, levels_max: int) -> Tick | BarClosed:
    """The tick of a raw message of at most `levels_max` levels. Raises Malformed, saying which field is wrong."""
    kind = raw.get("type")
    make = _MAKERS.get(kind) if isinstance(kind, str) else None
    if make is None:
        raise Malformed(f"type {shown(kind)}, expected one of {', '.join(_MAKERS)}")
    return make(_Fields(raw, units, now, levels_max))


class _Fields:
    """Fields of one message, converted one by one."""

    def __init__(self, raw: Mapping[str, Any], units: Units, now: int, levels_max: int) -> None:
        self._raw = raw
        self._units = units
        self._now = now
        self._levels_max = levels_max
        self.symbol = units.symbol

    def integer(self, name: str, default: int | None = None) -> int:
        value = self._raw.get(name, default)
        if value.__class__ is not int:
            raise Malformed(f"{name} {shown(value)} is no integer")
        return int(value)

    def received(self) -> int:
        return self.integer("received", self._now)

    def price(self, name: str) -> int:
        return self._scaled(name, self._raw.get(name), self._units.price_decimals)

    def size(self, name: str) -> int:
        return self._scaled(name, self._raw.get(name), SIZE_DECIMALS)

    def side(self) -> int:
        return _side(self._raw.get("side", 0))

    def levels(self) -> list[BookLevel]:
        rows = self._raw.get("levels")
        if not isinstance(rows, Sequence) or isinstance(rows, str | bytes):
            raise Malformed(f"levels {shown(rows)} are no rows")
        if len(rows) > self._levels_max:
            raise Malformed(f"{len(rows)} levels, allowed {self._levels_max}")
        return [self._level(row) for row in rows]

    def _level(self, row: Any) -> BookLevel:
        if not isinstance(row, Sequence) or isinstance(row, str | bytes) or len(row) != 3:
            raise Malformed(f"level {shown(row)}, expected side, price, size")
        price = self._scaled("price", row[1], self._units.price_decimals)
        return BookLevel(_side(row[0]), price, self._scaled("size", row[2], SIZE_DECIMALS))

    def _scaled(self, name: str, value: Any, decimals: int) -> int:
        number = _decimal(name, value)
        scaled = number.scaleb(decimals)
        if scaled != scaled.to_integral_value():
            raise Malformed(f"{name} {shown(value)} has more than {decimals} decimals")
        return int(scaled)


def _decimal(name: str, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise Malformed(f"{name} {shown(value)} is no number")
    if (isinstance(value, str) and len(value) > _TEXT_MAX) or (isinstance(value, int) and abs(value) > _WHOLE_MAX):
        raise Malformed(f"{name} {shown(value)} is out of every range")
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except (InvalidOperation, ValueError):
        raise Malformed(f"{name} {shown(value)} is no number") from None
    # A huge exponent would become an integer of as many digits.
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS_MAX or len(number.as_tuple().digits) > _DIGITS_MAX:
        raise Malformed(f"{name} {shown(value)} is out of every range")
    return number


def _side(value: Any) -> int:
    side = _SIDES.get(value.lower() if isinstance(value, str) else value) if _hashable(value) else None
    if side is None:
        raise Malformed(f"side {shown(value)}, expected buy or sell")
    return side


def _hashable(value: Any) -> bool:
    return isinstance(value, str | int)


def _trade(given: _Fields) -> TradeTick:
    return TradeTick(
        symbol=given.symbol,
        seq=given.integer("seq"),
        ts=given.integer("ts"),
        received=given.received(),
        price=given.price("price"),
        size=given.size("size"),
        side=given.side(),
    )


def _quote(given: _Fields) -> QuoteTick:
    return QuoteTick(
        symbol=given.symbol,
        seq=given.integer("seq"),
        ts=given.integer("ts"),
        received=given.received(),
        bid=given.price("bid"),
        ask=given.price("ask"),
        bid_size=given.size("bid_size"),
        ask_size=given.size("ask_size"),
    )


def _book(given: _Fields) -> BookChanged:
    return BookChanged(
        symbol=given.symbol,
        first=given.integer("first"),
        last=given.integer("last"),
        ts=given.integer("ts"),
        received=given.received(),
        levels=given.levels(),
    )


def _snapshot(given: _Fields) -> BookSnapshot:
    return BookSnapshot(
        symbol=given.symbol,
        last=given.integer("last"),
        ts=given.integer("ts"),
        received=given.received(),
        levels=given.levels(),
    )


def _bar(given: _Fields) -> BarClosed:
    return BarClosed(
        symbol=given.symbol,
        kind="time",
        step=given.integer("step"),
        ts=given.integer("ts"),
        close_ts=given.integer("close_ts"),
        open=given.price("open"),
        high=given.price("high"),
        low=given.price("low"),
        close=given.price("close"),
        volume=given.size("volume"),
        trades=given.integer("trades", 0),
    )


_MAKERS: Final[dict[str, Callable[[_Fields], Tick | BarClosed]]] = {
    "trade": _trade,
    "quote": _quote,
    "book": _book,
    "snapshot": _snapshot,
    "bar": _bar,
}

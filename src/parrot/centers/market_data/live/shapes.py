"""Whether a typed message holds what its fields promise: feeds are programs too, and a struct does not check itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from parrot.centers.market_data.live.normalise import shown
from parrot.centers.market_data.live.settings import KINDS
from parrot.contracts.ticks import BarClosed, BookChanged, BookLevel, BookSnapshot, QuoteTick, TradeTick

INTEGER_MAX: Final = 2**63 - 1
TOO_MANY: Final = "too many levels"


def misshapen(message: Any, levels_max: int) -> str:
    """What is wrong with the form of a tick, "" when nothing is; TOO_MANY before a long list is looked at."""
    made = message.__class__
    if (made is BookChanged or made is BookSnapshot) and _longer(message.levels, levels_max):
        return TOO_MANY
    return "" if _FORMS[made](message) else _named(message)


def _longer(levels: Any, most: int) -> bool:
    return isinstance(levels, list) and len(levels) > most


def _trade(tick: TradeTick) -> bool:
    return (
        tick.price.__class__
        is tick.size.__class__
        is tick.seq.__class__
        is tick.ts.__class__
        is tick.received.__class__
        is tick.side.__class__
        is int
        and tick.symbol.__class__ is str
        and 0 < tick.seq <= INTEGER_MAX
        and 0 < tick.ts <= INTEGER_MAX
        and 0 <= tick.received <= INTEGER_MAX
        and -INTEGER_MAX <= tick.price <= INTEGER_MAX
        and -INTEGER_MAX <= tick.size <= INTEGER_MAX
        and -1 <= tick.side <= 1
    )


def _quote(tick: QuoteTick) -> bool:
    return (
        tick.bid.__class__
        is tick.ask.__class__
        is tick.bid_size.__class__
        is tick.ask_size.__class__
        is tick.seq.__class__
        is tick.ts.__class__
        is tick.received.__class__
        is int
        and tick.symbol.__class__ is str
        and 0 < tick.seq <= INTEGER_MAX
        and 0 < tick.ts <= INTEGER_MAX
        and 0 <= tick.received <= INTEGER_MAX
        and -INTEGER_MAX <= tick.bid <= INTEGER_MAX
        and -INTEGER_MAX <= tick.ask <= INTEGER_MAX
        and -INTEGER_MAX <= tick.bid_size <= INTEGER_MAX
        and -INTEGER_MAX <= tick.ask_size <= INTEGER_MAX
    )


def _change(message: BookChanged) -> bool:
    return (
        message.first.__class__ is int
        and message.last.__class__ is int
        and 0 < message.first <= message.last <= INTEGER_MAX
        and _book(message)
    )


def _snapshot(message: BookSnapshot) -> bool:
    return message.last.__class__ is int and 0 <= message.last <= INTEGER_MAX and _book(message)


def _book(message: BookChanged | BookSnapshot) -> bool:
    return (
        message.symbol.__class__ is str
        and message.ts.__class__ is message.received.__class__ is int
        and 0 < message.ts <= INTEGER_MAX
        and 0 <= message.received <= INTEGER_MAX
        and message.levels.__class__ is list
        and all(map(_level, message.levels))
    )


def _level(level: Any) -> bool:
    return (
        level.__class__ is BookLevel
        and level.price.__class__ is level.size.__class__ is level.side.__class__ is int
        and (level.side == 1 or level.side == -1)
        and -INTEGER_MAX <= level.price <= INTEGER_MAX
        and -INTEGER_MAX <= level.size <= INTEGER_MAX
    )


def _bar(bar: BarClosed) -> bool:
    numbers = (bar.step, bar.ts, bar.close_ts, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.trades)
    return (
        all(number.__class__ is int and -INTEGER_MAX <= number <= INTEGER_MAX for number in numbers)
        and all(flag.__class__ is bool for flag in (bar.made, bar.corrected, bar.partial))
        and bar.symbol.__class__ is str
        and bar.kind.__class__ is str
        and bar.kind in KINDS
        and bar.step > 0
        and bar.ts > 0
    )


_FORMS: Final[dict[type, Callable[[Any], bool]]] = {
    TradeTick: _trade,
    QuoteTick: _quote,
    BookChanged: _change,
    BookSnapshot: _snapshot,
    BarClosed: _bar,
}


def _named(message: Any) -> str:
    fields = message.__struct_fields__
    values = {name: getattr(message, name) for name in fields if name != "levels"}
    wrong = [f"{name} {shown(value)}" for name, value in values.items() if not _plain(name, value)]
    return f"{type(message).__name__} with {', '.join(wrong) or 'numbers or levels out of range'}"


_OTHERS: Final = {"symbol": str, "kind": str, "made": bool, "corrected": bool, "partial": bool}
_POSITIVE: Final = frozenset({"seq", "first", "ts", "step"})


def _plain(name: str, value: Any) -> bool:
    if name in _OTHERS:
        return isinstance(value, _OTHERS[name])
    least = 1 if name in _POSITIVE else -INTEGER_MAX
    return value.__class__ is int and least <= value <= INTEGER_MAX

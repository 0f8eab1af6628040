"""Whether a typed message holds what its fields promise: feeds are programs too, and a struct does not check itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from parrot.centers.market_data.live.normalise import shown
from parrot.contracts.ticks import BarClosed, BookChanged, BookLevel, BookSnapshot, QuoteTick, TradeTick

INTEGER_MAX: Final = 2**63 - 1


def misshapen(message: Any) -> str:
    """What is wrong with the form of a tick, "" when nothing is."""
    return "" if _FORMS[message.__class__](message) else _named(message)


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
    )


def _bar(bar: BarClosed) -> bool:
    numbers = (bar.step, bar.ts, bar.close_ts, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.trades)
    return (
        all(number.__class__ is int for number in numbers)
        and bar.symbol.__class__ is str
        and bar.kind.__class__ is str
        and 0 < bar.step <= INTEGER_MAX
        and 0 < bar.ts <= INTEGER_MAX
        and bar.close_ts <= INTEGER_MAX
        and bar.trades <= INTEGER_MAX
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


def _plain(name: str, value: Any) -> bool:
    return isinstance(
        value, {"symbol": str, "kind": str, "made": bool, "corrected": bool, "partial": bool}.get(name, int)
    )

"""Trading hours as text: `mon-fri 09:30-16:00; sun 22:00-24:00`, UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from parrot.kernel.errors import ParameterError

DAY_NS: Final = 86_400_000_000_000
_MINUTE_NS: Final = 60_000_000_000
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EPOCH_WEEKDAY: Final = 3  # 1970-01-01 was a Thursday
_SPAN = re.compile(r"(\w{3})(?:-(\w{3}))? +(\d\d):(\d\d)-(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """Spans of (first weekday, last weekday, first minute, minute after the last); Monday is 0, times UTC."""

    spans: tuple[tuple[int, int, int, int], ...]

    def open_at(self, ts: int) -> bool:
        """Whether trading is allowed at `ts`, ns UTC."""
        weekday = (ts // DAY_NS + _EPOCH_WEEKDAY) % 7
        minute = ts % DAY_NS // _MINUTE_NS
        return any(_within(weekday, first, last) and begin <= minute < end for first, last, begin, end in self.spans)


def parse_hours(text: str) -> Hours:
    """The hours that `text` writes; raises ParameterError."""
    return Hours(tuple(_span(part.strip().lower(), text) for part in text.split(";")))


def _span(part: str, whole: str) -> tuple[int, int, int, int]:
    found = _SPAN.fullmatch(part)
    if found and found[1] in _DAYS and (found[2] or found[1]) in _DAYS:
        begin, end = int(found[3]) * 60 + int(found[4]), int(found[5]) * 60 + int(found[6])
        if begin < end <= 24 * 60:
            return _DAYS.index(found[1]), _DAYS.index(found[2] or found[1]), begin, end
    raise ParameterError(f"trading hours {whole!r}", expected="spans such as mon-fri 09:30-16:00; sun 22:00-24:00")


def _within(weekday: int, first: int, last: int) -> bool:
    return first <= weekday <= last if first <= last else weekday >= first or weekday <= last

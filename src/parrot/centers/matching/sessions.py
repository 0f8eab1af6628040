"""Sessions of stocks: the bell that opens and closes their market, by a calendar that comes in as data.

From the close of a day to the open of the next the phase is "opening": the book gathers orders and nothing trades. At
the open it is uncrossed at one price and trading is continuous. At the close orders for the close enter, the book is
uncrossed at one price ("closing" to "closed"), orders of the day expire, and the gathering begins again, all at one
instant. Days that follow each other without a gap are a market around the clock with the same auctions between them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from parrot.kernel.errors import ParameterError

Day = tuple[int, int]
"""Open and close of one day, ns UTC."""

CLOSED: Final = "closed"
OPENING: Final = "opening"
CONTINUOUS: Final = "continuous"
CLOSING: Final = "closing"
_AT_CLOSE: Final = (CLOSING, CLOSED, OPENING)
_REFRESH: Final = 300_000_000_000  # the reference of price bands follows the last price every five minutes


class Rings(NamedTuple):
    """Phases that follow one another at one instant."""

    ts: int
    phases: tuple[str, ...]


class Timetable:
    """The days of a market, in order and apart from each other; raises ParameterError for others."""

    def __init__(self, days: Sequence[Day]) -> None:
        for (opens, closes), after in zip(days, [*days[1:], None], strict=True):
            if opens >= closes or (after is not None and closes > after[0]):
                raise ParameterError(f"a trading day from {opens} to {closes}", expected="days in order, apart")
        self._days = tuple(days)
        self._opens = [day[0] for day in days]
        self._closes = [day[1] for day in days]

    def phase(self, ts: int) -> str:
        """The phase at a moment: "continuous" from open to before close, else "opening"."""
        day = bisect_right(self._opens, ts) - 1
        return CONTINUOUS if day >= 0 and ts < self._closes[day] else OPENING

    def after(self, ts: int) -> Rings | None:
        """What comes next after a moment; None when the calendar has ended."""
        opens, closes = bisect_right(self._opens, ts), bisect_right(self._closes, ts)
        next_open = self._opens[opens] if opens < len(self._opens) else None
        next_close = self._closes[closes] if closes < len(self._closes) else None
        if next_close is None:
            return None
        if next_open is None or next_close < next_open:
            return Rings(next_close, _AT_CLOSE)
        return Rings(next_open, (*_AT_CLOSE, CONTINUOUS) if next_close == next_open else (CONTINUOUS,))

    def closed_within(self, since: int, until: int) -> bool:
        """Whether a day ended after `since` and not after `until`."""
        return bisect_right(self._closes, since) < bisect_right(self._closes, until)


class Hall(Protocol):
    """Where symbols trade."""

    def phase(self, symbol: str) -> str:
        """The phase that a symbol is in."""

    def set_phase(self, symbol: str, phase: str) -> None:
        """Puts a symbol into another phase."""

    def set_reference(self, symbol: str) -> None:
        """Makes the last price the one that price bands and auctions go by."""


class Bell:
    """Rings the phases of symbols at their times; nothing happens but in `begin` and `run`."""

    def __init__(self, timetable: Timetable, symbols: Sequence[str], hall: Hall) -> None:
        self._timetable = timetable
        self._symbols = tuple(symbols)
        self._hall = hall
        self._next: Rings | None = None
        self._refresh = 0

    def begin(self, now: int, *, last: int = 0) -> None:
        """Brings the hall to the phase of `now`; `last` is when it was last at work, ns UTC, 0 for never.

        A close that nobody rang is made good: orders of the day expire, those for the close without an auction.
        """
        if last and self._timetable.closed_within(last, now):
            self._ring((CLOSED, OPENING))
        self._refer()
        self._ring((self._timetable.phase(now),))
        self._next = self._timetable.after(now)
        self._refresh = now + _REFRESH

    def due(self) -> int | None:
        """When it rings next, ns UTC."""
        return min(self._next.ts, self._refresh) if self._next is not None else None

    def run(self, now: int) -> None:
        """Rings all that is due up to `now`, each once."""
        while self._next is not None and self._next.ts <= now:
            ts, phases = self._next
            self._ring(phases)
            self._next = self._timetable.after(ts)
            self._refresh = ts + _REFRESH
        if self._refresh <= now:
            self._refresh = now + _REFRESH
            if self._timetable.phase(now) == CONTINUOUS:
                self._refer()

    def _ring(self, phases: Sequence[str]) -> None:
        for phase in phases:
            if phase != CONTINUOUS:
                self._refer()
            for symbol in self._symbols:
                if self._hall.phase(symbol) != phase:
                    self._hall.set_phase(symbol, phase)

    def _refer(self) -> None:
        for symbol in self._symbols:
            self._hall.set_reference(symbol)

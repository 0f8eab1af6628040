"""Books of venues whose streams ccxt keeps itself: what changed from one state of a book to the next, numbered here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.skeleton.wire import OnRaw

_DEPTH: Final = 1_000

Watch = Callable[[], Awaitable[Mapping[str, Any]]]
Levels = dict[tuple[int, Any], Any]


class WholeBooks:
    """One count of changes a symbol. A stream that broke leaves a number out, so that the gap is seen."""

    def __init__(self) -> None:
        self._levels: dict[str, Levels] = {}
        self._counts: dict[str, int] = {}

    async def carry(self, symbol: str, watch: Watch, local: Callable[[object], int], on_raw: OnRaw) -> None:
        """Carries one book until its stream breaks, or ccxt finds it out of order; `local` makes ns of its times."""
        self._counts[symbol] = self._counts.get(symbol, 0) + 1
        self._levels.pop(symbol, None)  # what stood before the break is no book any more
        while True:
            book = await watch()
            on_raw(self._change(symbol, _levels(book), local(book.get("timestamp"))))

    def _change(self, symbol: str, levels: Levels, ts: int) -> Mapping[str, Any]:
        before = self._levels.get(symbol, {})
        changed = [(side, price, size) for (side, price), size in levels.items() if before.get((side, price)) != size]
        changed += [(side, price, 0) for (side, price) in before if (side, price) not in levels]
        self._levels[symbol] = levels
        number = self._counts[symbol] = self._counts[symbol] + 1
        return {"type": "book", "symbol": symbol, "first": number, "last": number, "ts": ts, "levels": changed}

    def snapshot(self, symbol: str, now: int) -> Mapping[str, Any]:
        """The whole book as of its last change. Raises Trouble while there is none."""
        levels = self._levels.get(symbol)
        if levels is None:
            raise Trouble(Outcome.UNKNOWN, f"no book of {symbol} yet")
        rows = [(side, price, size) for (side, price), size in levels.items()]
        return {"type": "snapshot", "symbol": symbol, "last": self._counts[symbol], "ts": now, "levels": rows}


def _levels(book: Mapping[str, Any]) -> Levels:
    sides = ((1, book["bids"]), (-1, book["asks"]))
    return {(side, row[0]): row[1] for side, rows in sides for row in rows[:_DEPTH] if row[1]}

"""What a listener knows who sees the events and nothing else: M46."""

from __future__ import annotations

from tests.golden.matching.story import Row
from tests.golden.matching.words import IN_BOOK, EventKind

ADDS = {EventKind.RESTED, EventKind.REFRESHED}
SETS = {EventKind.TRADE, EventKind.REDUCED, EventKind.PREVENTED, EventKind.SHRUNK}
REMOVES = {EventKind.CANCELLED, EventKind.EXPIRED, EventKind.REPRICED, EventKind.ASIDE}


class Feed:
    """Books rebuilt from events: order by order (`queues`), and level by level (`levels`)."""

    def __init__(self) -> None:
        # By symbol and side: {handle: (price, visible)}, and {price: visible}.
        self.queues: dict[tuple[int, int], dict[int, tuple[int, int]]] = {}
        self.levels: dict[tuple[int, int], dict[int, int]] = {}

    def hear(self, event: Row) -> None:
        if not event["flags"] & IN_BOOK:
            return
        place = event["symbol"], event["side"]
        levels = self.levels.setdefault(place, {})
        levels[event["price"]] = event["level"]
        if not event["level"]:
            del levels[event["price"]]
        self._order(self.queues.setdefault(place, {}), event)

    @staticmethod
    def _order(queue: dict[int, tuple[int, int]], event: Row) -> None:
        kind, handle = event["kind"], event["handle"]
        kept = kind == EventKind.AMENDED and event["left"] > 0
        if kind in ADDS:
            queue.pop(handle, None)  # a slice that is gone may be followed by the next one
            queue[handle] = event["price"], event["left"]
        elif (kind in SETS or kept) and event["left"]:
            assert handle in queue, f"an event sets what is visible of an order that is not there: {event}"
            queue[handle] = queue[handle][0], event["left"]
        else:
            assert kind in SETS | REMOVES | {EventKind.AMENDED}, event
            queue.pop(handle, None)

    def in_priority(self, symbol: int, side: int) -> list[tuple[int, int, int]]:
        """(price, handle, visible), best price first, at one price first in, first out."""
        queue = self.queues.get((symbol, side), {})
        rows = [(price, handle, visible) for handle, (price, visible) in queue.items()]
        return sorted(rows, key=lambda row: row[0] if side else -row[0])

    def by_level(self, symbol: int, side: int) -> list[tuple[int, int]]:
        """(price, visible), best price first."""
        levels = self.levels.get((symbol, side), {})
        return sorted(levels.items(), key=lambda row: row[0] if side else -row[0])

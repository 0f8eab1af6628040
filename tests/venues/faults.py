"""What goes wrong: one fault after another from a seed, by the exchange's own admin calls."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any, Final

from tests.ports.trading.served import Served

SECOND = 1_000_000_000
_ORDERS: Final = "POST /api/v3/order"
KINDS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("429", {"match": _ORDERS, "count": 3}),
    ("429", {"match": "GET *", "count": 2}),
    ("418", {"count": 2}),
    ("error_after", {"match": _ORDERS, "probability": 0.5, "duration_ms": 800}),
    ("error_after", {"match": "DELETE /api/v3/order", "probability": 0.5, "duration_ms": 800}),
    ("error_before", {"match": "* /api/v3/order", "probability": 0.5, "duration_ms": 800}),
    ("drop_after", {"match": _ORDERS, "probability": 0.5, "duration_ms": 500}),
    ("drop_before", {"match": "* /api/v3/*", "probability": 0.3, "duration_ms": 500}),
    ("silent", {"match": _ORDERS, "count": 2}),
    ("silent", {"match": "GET *", "count": 1}),
    ("slow", {"match": "* /api/v3/*", "probability": 0.3, "delay_ms": 900, "duration_ms": 800}),
    ("lost_events", {"match": "user*", "probability": 0.5, "duration_ms": 700}),
    ("depth_gap", {"probability": 0.5, "duration_ms": 400}),
    ("duplicate_events", {"duration_ms": 800}),
    ("late_events", {"match": "user*", "delay_ms": 700, "probability": 0.5, "duration_ms": 800}),
    ("reordered_events", {"match": "user*", "probability": 0.5, "duration_ms": 800}),
    ("reordered_events", {"match": "*@depth*", "probability": 0.3, "duration_ms": 400}),
    ("drop_sockets", {"count": 3}),
    ("silent_sockets", {"duration_ms": 3000}),
    ("refused_sockets", {"duration_ms": 1000}),
    ("clock_skew", {"skew_ms": 1700, "duration_ms": 1500}),
    ("clock_skew", {"skew_ms": -6500, "duration_ms": 1500}),
    ("maintenance", {"duration_ms": 800}),
)


class Storm:
    """Sets a fault every `pause` seconds; `heal` ends them all."""

    def __init__(self, exchange: Served, *, seed: int, pause: float) -> None:
        self.counts: Counter[str] = Counter()
        self.on = True
        self._exchange = exchange
        self._chance = Random(f"storm {seed}")
        self._pause = int(pause * SECOND)
        self._next = 0
        self._left: list[tuple[str, dict[str, Any]]] = []

    def blow(self, now: int) -> None:
        """Each kind once, then each kind once more, in another order."""
        if not self.on or now < self._next:
            return
        self._next = now + self._pause
        if not self._left:
            self._left = self._chance.sample(KINDS, len(KINDS))
        kind, fields = self._left.pop()
        self.counts[kind] += 1
        self._exchange.fault(kind, seed=self._chance.randint(1, 10**6), **fields)

    def heal(self) -> None:
        self.on = False
        self._exchange.heal()

"""What a shadow venue is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from parrot.contracts.listing import VenueTerms
from parrot.kernel.errors import ParameterError

SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowSettings:
    """`deposits` is what the account begins with; `latency` is the way to the venue and the way back, each, in ns.

    `books` says that the feed brings level-2 books; without them its quotes are the market. `proportional_queue` says
    how cancelled orders shrink the queue ahead (docs/reference/books.md). A market order reaches at most `collar`
    through the market. Of orders that have ended the newest `orders_kept` can be queried, of trades `trades_kept`
    asked for. A segment of the journal takes `segment_bytes`.
    """

    terms: VenueTerms = field(default_factory=lambda: VenueTerms(venue="shadow"))
    deposits: Mapping[str, Decimal] = field(default_factory=dict)
    latency: int = 0
    books: bool = True
    proportional_queue: bool = True
    collar: Decimal = Decimal("0.05")
    orders_kept: int = 10_000
    trades_kept: int = 10_000
    segment_bytes: int = 16 << 20

    def __post_init__(self) -> None:
        limits = {
            "deposits": (
                all(amount.is_finite() and amount > 0 for amount in self.deposits.values()),
                "amounts above 0",
            ),
            "latency": (0 <= self.latency <= 60 * SECOND, "0 to a minute, in ns"),
            "collar": (0 < self.collar < 1, "above 0, below 1"),
            "orders_kept": (self.orders_kept > 0, "above 0"),
            "trades_kept": (self.trades_kept > 0, "above 0"),
            "segment_bytes": (self.segment_bytes >= 1 << 12, "4096 or more"),
        }
        for name, (right, expected) in limits.items():
            if not right:
                raise ParameterError(f"shadow venue: {name} is {getattr(self, name)!r}"[:200], expected=expected)

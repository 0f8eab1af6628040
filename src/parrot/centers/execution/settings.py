"""How patient execution is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

SECOND: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """Durations in ns.

    `query_every` between two questions about one order, growing to `seldom` where no answer can prove anything,
    `state_every` between two looks at the whole account when something is open to question, `reconcile_every`
    otherwise. `patience` is how long a held order waits for the line, `reissue_within` how long after its first request
    an order may still be sent again, `attempts` how often in all. `protect_within` is how long a position may stay
    without the protection that was asked for, `own_protection` how long its strategy has where it places that itself,
    `make_room` how long an order waits for others to get out of its way. `kept` is the number of ended orders that late
    reports can still find. `profiles` are volumes of equal parts of the day (UTC) by symbol, for VWAP; without one it
    is learned as it goes.
    """

    query_every: int = SECOND
    seldom: int = 60 * SECOND
    state_every: int = SECOND
    reconcile_every: int = 10 * SECOND
    patience: int = 2 * SECOND
    reissue_within: int = 30 * SECOND
    attempts: int = 3
    protect_within: int = 10 * SECOND
    own_protection: int = 3 * SECOND
    make_room: int = 5 * SECOND
    kept: int = 10_000
    profiles: Mapping[str, Sequence[Decimal]] = field(default_factory=dict)

"""What a symbol is worth: a seeded walk in calm and wild spells, with sudden moves, moved by who trades."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from parrot.centers.matching.settings import SECOND

_YEAR_S: Final = 31_557_600.0
_SPELLS: Final = ((0.7, 1 / 180), (2.2, 1 / 40))  # volatility as a factor, chance a second that the spell ends
_SHOCK: Final = (0.002, 0.008)  # smallest and largest sudden move
_ALARM_S: Final = 8.0  # how long makers stand further apart after one
_STEP_MAX_S: Final = 5.0


class Fair:
    """The value of one symbol in price units, moved by time and by trades."""

    def __init__(
        self, price: float, *, volatility: float, shocks: float, depth: float, rng: np.random.Generator
    ) -> None:
        """`shocks` an hour; `depth` is the quantity in units that moves the price by a basis point."""
        self.value = price
        self.alarm = 0.0
        self._floor = price * 1e-3
        self._sigma = volatility / math.sqrt(_YEAR_S)
        self._shock_rate = shocks / 3600
        self._impact = 1e-4 / depth
        self._rng = rng
        self._spell = 0
        self._at = 0

    @property
    def volatility(self) -> float:
        """How wild it is, a year."""
        return self._sigma * math.sqrt(_YEAR_S)

    @property
    def shocks(self) -> float:
        """Sudden moves an hour."""
        return self._shock_rate * 3600

    def tune(self, *, volatility: float, shocks: float) -> None:
        """Another temper from here on."""
        self._sigma = volatility / math.sqrt(_YEAR_S)
        self._shock_rate = shocks / 3600

    def move(self, now: int) -> float:
        """The value at `now`, ns UTC."""
        passed = min((now - self._at) / SECOND, _STEP_MAX_S) if self._at else 0.0
        if passed > 0:
            self._walk(passed)
        self._at = now
        return self.value

    def _walk(self, passed: float) -> None:
        factor, end = _SPELLS[self._spell]
        change = self._sigma * factor * math.sqrt(passed) * self._rng.standard_normal()
        chance = self._rng.random(2)
        if chance[0] < passed * end:
            self._spell = 1 - self._spell
        self.alarm = max(0.0, self.alarm - passed)
        if chance[1] < passed * self._shock_rate:
            change += self._shock()
        self.value = max(self.value * math.exp(change), self._floor)

    def _shock(self) -> float:
        self._spell, self.alarm = 1, _ALARM_S
        low, high = _SHOCK
        return float(self._rng.choice((-1.0, 1.0)) * self._rng.uniform(low, high))

    def traded(self, signed_quantity: int) -> None:
        """Somebody took that much (buys above zero), in units: the value follows a little."""
        change = max(-1e-3, min(1e-3, self._impact * signed_quantity))
        self.value = max(self.value * (1 + change), self._floor)

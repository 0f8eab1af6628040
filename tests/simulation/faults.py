"""What goes wrong, drawn from the seed: each run has some classes of faults, each at its own rate."""

from __future__ import annotations

from collections import Counter
from random import Random

# Mean chance of each fault at each occasion.
RATES = {
    # a request on its way, or its reply
    "request lost": 0.05,
    "request late": 0.05,
    "reply lost": 0.06,
    "reply late": 0.06,
    "reply twice": 0.05,
    "error after execution": 0.05,
    "error before execution": 0.04,
    "throttled": 0.03,
    "silence": 0.02,
    # the stream of reports
    "report lost": 0.06,
    "report late": 0.08,
    "report twice": 0.08,
    # the desk's process and its store
    "crash between messages": 0.004,
    "crash before journal": 0.008,
    "crash after journal": 0.008,
    "crash while sending": 0.02,
    "crash in recovery": 0.25,
    "clock off": 0.1,
    "batch lost": 0.006,
    "batch kept, called lost": 0.006,
    # market data
    "quote lost": 0.05,
    "book invalid": 0.02,
    # strategies
    "asked twice": 0.05,
}
PART_OF_RUNS = 0.7


class Faults:
    """Says for each occasion whether it fails, and counts. With `on` False nothing fails any more."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.on = True
        self.counts: Counter[str] = Counter()
        self.rates = {
            name: rate * chance.uniform(0.5, 2) if chance.random() < PART_OF_RUNS else 0.0
            for name, rate in RATES.items()
        }

    def hit(self, name: str) -> bool:
        rate = self.rates[name]
        if not self.on or not rate or self.chance.random() >= rate:
            return False
        self.counts[name] += 1
        return True

    def note(self, name: str) -> None:
        """Counts a fault that was planned ahead."""
        self.counts[name] += 1

    @property
    def total(self) -> int:
        return self.counts.total()

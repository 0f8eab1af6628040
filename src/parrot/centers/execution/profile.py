"""When in the day a symbol trades: the volume profile by which a VWAP is spread, given or learned from the market."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from parrot.contracts.commands import Quoted
from parrot.kernel.decimals import ONE, ZERO, add, multiply, share, subtract

DAY_NS: Final = 86_400_000_000_000
BINS: Final = 48
_STEP: Final = Decimal("1e-9")


class Volumes:
    """What was traded, told by quotes that carry the volume since the feed began; it begins at 0 with the feed."""

    def __init__(self) -> None:
        self._seen: dict[str, Decimal] = {}
        self._total: dict[str, Decimal] = {}
        self._bins: dict[str, list[Decimal]] = {}
        self._looked: dict[int, Decimal] = {}

    def look(self, quote: Quoted) -> None:
        """Takes the volume of a quote in; the first one of a symbol only says where to count from."""
        before = self._seen.get(quote.symbol)
        self._seen[quote.symbol] = quote.volume
        if before is None or quote.volume == before:
            return
        fresh = subtract(quote.volume, before) if quote.volume > before else quote.volume
        self._total[quote.symbol] = add(self._total.get(quote.symbol, ZERO), fresh)
        bins = self._bins.setdefault(quote.symbol, [ZERO] * BINS)
        number = quote.ts % DAY_NS * BINS // DAY_NS
        bins[number] = add(bins[number], fresh)

    def since(self, order_id: int, symbol: str) -> Decimal:
        """What was traded since this was last asked for the order; 0 the first time."""
        total = self._total.get(symbol, ZERO)
        before = self._looked.get(order_id, total)
        self._looked[order_id] = total
        return subtract(total, before)

    def forget(self, order_id: int) -> None:
        """The order has ended."""
        self._looked.pop(order_id, None)

    def learned(self, symbol: str) -> Sequence[Decimal]:
        """The weight of each half hour of the day, UTC; one that was not seen has the mean of the others."""
        bins = self._bins.get(symbol, [])
        seen = [volume for volume in bins if volume]
        if not seen:
            return ()
        total = ZERO
        for volume in seen:
            total = add(total, volume)
        mean = share(total, part=ONE, of=Decimal(len(seen)), step=_STEP)
        return [volume or mean for volume in bins]


def spread(weights: Sequence[Decimal], count: int, *, start: int, duration: int) -> list[Decimal]:
    """The share of the whole that is to be done by the end of each of `count` equal steps; the last is 1.

    `weights` are those of equal parts of the day, UTC, any number of them; without any, time alone counts.
    """
    sums, total = [], ZERO
    for number in range(count):
        middle = (start + duration * (2 * number + 1) // (2 * count)) % DAY_NS
        total = add(total, weights[middle * len(weights) // DAY_NS] if weights else ONE)
        sums.append(total)
    if not total:
        return spread((), count, start=start, duration=duration)
    return [share(ONE, part=done, of=total, step=_STEP) for done in sums[:-1]] + [ONE]


def written(shares: Sequence[Decimal]) -> str:
    """The shares as a record keeps them."""
    return " ".join(str(multiply(value, ONE)) for value in shares)

"""Who trades at the paper venue beside us: makers with a ladder around a fair price, noise, and followers of trends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np

from parrot.centers.matching import commands as records
from parrot.centers.matching.commands import Command
from parrot.centers.matching.fair import Fair
from parrot.centers.matching.opening import CROWD
from parrot.centers.matching.settings import MILLISECOND, SECOND, Pair

BUY: Final = 0
SELL: Final = 1
_LEVELS: Final = 10
_STEP_BPS: Final = 0.4  # between two levels of a ladder
_MAKER_GAP: Final = 300 * MILLISECOND  # mean time between two looks of a maker
_TREND_GAP: Final = 1_500 * MILLISECOND
_ALARMED: Final = 4.0  # how much further apart makers stand after a shock
_SKEW_BPS: Final = 3.0  # how far a maker with a full inventory leans
_FULL: Final = 60.0  # a full inventory, in usual orders
_REACH_BPS: Final = 12.0  # how far a taker goes for liquidity


class Agent(Protocol):
    """One of the crowd; told of time, asked for commands, told their results."""

    def gap(self) -> int:
        """Time until its next look, ns."""

    def act(self, now: int) -> Sequence[Command]:
        """What it wants now."""

    def done(self, results: Sequence[int]) -> None:
        """Handles or refusals (below zero) of what it wanted, in order."""


class Place:
    """What agents of one symbol share: its numbers, its fair price, chance."""

    def __init__(self, number: int, pair: Pair, rng: np.random.Generator, price: int) -> None:
        listing = pair.listing
        self.number = number
        self.pair = pair
        self.rng = rng
        self.tick = int(listing.tick.scaleb(listing.price_decimals))
        self.lot = int(listing.lot.scaleb(listing.quantity_decimals))
        self.size = max(self.lot, int(pair.size.scaleb(listing.quantity_decimals)))
        self.spread = pair.spread_bps * 1e-4
        self.pace = pair.pace
        self.mean_quantity = max(self.lot, int(listing.min_quantity.scaleb(listing.quantity_decimals)))
        notional = listing.min_notional.scaleb(listing.price_decimals + listing.quantity_decimals)
        self.least_notional = int(notional)
        self.fair = Fair(float(price), volatility=pair.volatility, shocks=pair.shocks, depth=self.size * 8.0, rng=rng)

    def tune(self, pair: Pair) -> None:
        """The crowd behaves as `pair` says from here on."""
        self.pair = pair
        self.spread = pair.spread_bps * 1e-4
        self.pace = pair.pace
        self.fair.tune(volatility=pair.volatility, shocks=pair.shocks)

    def quantity(self, wanted: float, price: int) -> int:
        """A quantity that the venue takes, near `wanted` (units)."""
        least = max(self.mean_quantity, -(-self.least_notional * 5 // (4 * price)))
        return -(-max(int(wanted), least) // self.lot) * self.lot


class Maker:
    """Keeps a ladder of limit orders on both sides of the fair price and leans against its inventory."""

    def __init__(self, place: Place, owner: int) -> None:
        self._place = place
        self._owner = owner
        self._standing: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self._asked: list[tuple[int, int]] = []
        self._inventory = 0
        self._offset = owner / len(CROWD)

    @property
    def inventory(self) -> int:
        """What it bought less what it sold, in units."""
        return self._inventory

    @property
    def standing(self) -> int:
        """How many of its orders stand."""
        return sum(map(len, self._standing))

    def gap(self) -> int:
        """Time until its next look, ns."""
        return int(self._place.rng.exponential(_MAKER_GAP))

    def act(self, now: int) -> Sequence[Command]:
        """Cancels what stands at wrong prices, then fills the gaps of the ladder."""
        place = self._place
        fair = place.fair.move(now)
        wide = _ALARMED if place.fair.alarm else 1.0
        lean = max(-1.0, min(1.0, self._inventory / (place.size * _FULL)))
        middle = fair * (1 - lean * _SKEW_BPS * 1e-4)
        half = fair * place.spread * wide / 2
        step = max(place.tick, round(fair * _STEP_BPS * 1e-4 / place.tick) * place.tick)
        self._asked = []
        commands: list[Command] = []
        wanted = [self._ladder(side, middle, half, step) for side in (BUY, SELL)]
        for side in (BUY, SELL):
            commands += self._withdraw(side, wanted[side])
        for side in (BUY, SELL):
            commands += self._quote(side, wanted[side])
        return commands

    def _ladder(self, side: int, middle: float, half: float, step: int) -> list[int]:
        offset = int(step * self._offset)
        if side == BUY:
            top = math.floor((middle - half - offset) / step) * step + offset
            prices = [top - step * level for level in range(_LEVELS)]
        else:
            top = math.ceil((middle + half - offset) / step) * step + offset
            prices = [top + step * level for level in range(_LEVELS)]
        tick = self._place.tick
        return [price // tick * tick for price in prices if price >= tick]

    def _withdraw(self, side: int, wanted: Sequence[int]) -> list[Command]:
        standing = self._standing[side]
        wrong = standing.keys() - set(wanted)
        if standing and self._place.rng.random() < 0.2:  # a fresh size now and then
            wrong.add(next(iter(standing)))
        return [records.cancel(self._owner, standing.pop(price)) for price in sorted(wrong)]

    def _quote(self, side: int, wanted: Sequence[int]) -> list[Command]:
        place, standing = self._place, self._standing[side]
        missing = [(level, price) for level, price in enumerate(wanted) if price not in standing]
        if not missing:
            return []
        chance = place.rng.random(len(missing))
        self._asked += [(side, price) for _, price in missing]
        return [
            records.limit(
                place.number,
                self._owner,
                side,
                price,
                place.quantity(place.size * (0.6 + 0.5 * level) * (0.5 + chance[index]), price),
            )
            for index, (level, price) in enumerate(missing)
        ]

    def done(self, results: Sequence[int]) -> None:
        """Keeps the handles of what stands."""
        quotes = results[len(results) - len(self._asked) :]
        for (side, price), handle in zip(self._asked, quotes, strict=True):
            if handle > 0:
                self._standing[side][price] = handle

    def traded(self, side: int, quantity: int) -> None:
        """It bought (side 0) or sold."""
        self._inventory += quantity if side == BUY else -quantity

    def gone(self, side: int, price: int, handle: int) -> None:
        """An order of its own has ended by a trade."""
        if self._standing[side].get(price) == handle:
            del self._standing[side][price]


class Noise:
    """Comes at random: mostly takes, sometimes leaves an order inside the spread for a while."""

    def __init__(self, place: Place, owner: int) -> None:
        self._place = place
        self._owner = owner
        self._mood = 0.5

    def gap(self) -> int:
        """Time until its next look, ns."""
        return int(self._place.rng.exponential(SECOND / self._place.pace))

    def act(self, now: int) -> Sequence[Command]:
        """One order; its side leans to the one of before, so that flow comes in runs."""
        place = self._place
        fair = place.fair.move(now)
        chance = place.rng.random(4)
        side = BUY if chance[0] < self._mood else SELL
        self._mood = 0.5 + 0.8 * (self._mood - 0.5) + (0.06 if side == BUY else -0.06)
        size = place.size * float(place.rng.lognormal(-1.0, 0.9))
        if chance[1] < 0.75:
            return (take(place, self._owner, side, fair, size),)
        inside = fair * (1 + (1 if side == SELL else -1) * place.spread * (0.1 + 0.6 * chance[2]))
        price = max(place.tick, round(inside / place.tick) * place.tick)
        expiry = now + int((2 + 15 * chance[3]) * SECOND)
        quantity = place.quantity(size, price)
        return (records.limit(place.number, self._owner, side, price, quantity, tif=1, expiry=expiry),)

    def done(self, results: Sequence[int]) -> None:
        """Nothing to remember."""


class Trend:
    """Buys what has risen and sells what has fallen over the last half minute."""

    def __init__(self, place: Place, owner: int) -> None:
        self._place = place
        self._owner = owner
        self._slow = place.fair.value
        self._at = 0

    def gap(self) -> int:
        """Time until its next look, ns."""
        return int(self._place.rng.exponential(_TREND_GAP))

    def act(self, now: int) -> Sequence[Command]:
        """One order in the direction of a clear move."""
        place = self._place
        fair = place.fair.move(now)
        passed = (now - self._at) / SECOND if self._at else 0.0
        self._at = now
        self._slow += (fair - self._slow) * (1 - math.exp(-passed / 30))
        away = fair / self._slow - 1
        if abs(away) < 4e-4 or place.rng.random() < 0.5:
            return ()
        size = place.size * min(3.0, abs(away) * 2000) * float(place.rng.random())
        return (take(place, self._owner, BUY if away > 0 else SELL, fair, size),)

    def done(self, results: Sequence[int]) -> None:
        """Nothing to remember."""


def take(place: Place, owner: int, side: int, fair: float, size: float) -> Command:
    """An order that takes what stands within reach of the fair price."""
    reach = fair * (1 + (1 if side == BUY else -1) * _REACH_BPS * 1e-4)
    price = max(place.tick, round(reach / place.tick) * place.tick)
    return records.limit(place.number, owner, side, price, place.quantity(size, price), tif=3)

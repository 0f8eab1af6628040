"""What a live market is told: when data is bad, when it is old, which bars to build, how large queues may grow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from parrot.centers.market_data.live.cleaning import Cleaning
from parrot.engine.columns import SECOND
from parrot.kernel.errors import ParameterError

KINDS: Final = ("time", "tick", "volume", "dollar")
_MS: Final = 1_000_000


@dataclass(frozen=True, slots=True, order=True)
class BarRule:
    """One series of bars: `kind` and `step` as in BarClosed (ns, trades, 10^-8 base units, whole quote units)."""

    kind: str
    step: int

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ParameterError(f"no bars of kind {self.kind!r}", expected=" or ".join(KINDS))
        if self.step <= 0:
            raise ParameterError(f"bars of step {self.step}", expected="a step above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """When a datum is kept back; docs/reference/market-data.md says each rule. Times in ns, shares in parts a million.

    `window` different prices in a row are the reference of the spike gate. Below `sure_ppm` away from their median a
    price passes, above `collar_ppm` it does not, between them it passes up to `deviations` median absolute deviations.
    For ready-made bars, which may be of any length, they are `bar_sure_ppm` and `bar_collar_ppm`. `settle` prices kept
    back in a row that agree for `settle_after` are a new level. `restart` backward numbers in a row that rise are a
    stream that counts anew.
    """

    window: int = 31
    sure_ppm: int = 20_000
    collar_ppm: int = 100_000
    bar_sure_ppm: int = 500_000
    bar_collar_ppm: int = 900_000
    deviations: int = 12
    settle: int = 5
    settle_after: int = SECOND
    restart: int = 20
    stale: int = 5 * SECOND
    future: int = 2 * SECOND
    levels_max: int = 10_000
    price_max: int = 9_000_000_000_000_000
    size_max: int = 4_000_000_000_000_000_000

    def __post_init__(self) -> None:
        _positive(self, ("window", "sure_ppm", "deviations", "settle", "restart", "stale", "levels_max"))
        if self.window % 2 == 0:
            raise ParameterError(f"window={self.window}", expected="an odd number, so that the median is a price")


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSettings:
    """How one live market works; times in ns.

    `bars` are built for every symbol; with `cleaning` they are cleaned before anybody gets them, with `features` each
    is followed by what the last so many of its series say (0: none). A time bar closes `grace` after its end when no
    trade closed it before; at most `fill` empty bars in a row are given. A desk gets one quote a symbol in `conflate`
    at most; a market whose data are older than `fresh` is not valid. A snapshot is asked for again after `ask_again`;
    `buffer` book changes are kept until it comes. `queue` is the capacity of a subscriber that names none.
    """

    gates: Gates = field(default_factory=Gates)
    bars: tuple[BarRule, ...] = ()
    cleaning: Cleaning | None = None
    features: int = 0
    grace: int = 250 * _MS
    fill: int = 1_000
    conflate: int = 5 * _MS
    fresh: int = 5 * SECOND
    ask_again: int = 2 * SECOND
    buffer: int = 10_000
    queue: int = 100_000

    def __post_init__(self) -> None:
        _positive(self, ("fresh", "ask_again", "buffer", "queue"))
        if min(self.grace, self.fill, self.conflate, self.features) < 0 or self.features == 1:
            raise ParameterError(
                f"grace={self.grace}, fill={self.fill}, conflate={self.conflate}, features={self.features}",
                expected="0 or more, features over at least 2 bars",
            )


def _positive(settings: Gates | LiveSettings, names: tuple[str, ...]) -> None:
    for name in names:
        if getattr(settings, name) <= 0:
            raise ParameterError(f"{name}={getattr(settings, name)!r}", expected="above 0")

"""Which symbols a strategy may trade, as known at the time: a rule over volume, age and spread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from parrot.contracts.market import Number, rate
from parrot.kernel.errors import ParameterError

_DAY_NS = 86_400_000_000_000
_UNITS_NS = {"m": 60_000_000_000, "h": 3_600_000_000_000, "d": _DAY_NS, "w": 7 * _DAY_NS}


class Ranking(StrEnum):
    """What the first `top` symbols are first by."""

    VOLUME = "volume"
    AGE = "age"
    SPREAD = "spread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Universe:
    """The rule of a point-in-time universe; lengths of time are text such as "30d", "12h", "1w".

    Every `every` (on whole multiples of it since 1970, UTC) the symbols are judged by what had happened by then:
    trading since at least `min_age`, a bar within the last `max_silence`, median quoted spread of at most `max_spread`
    ("10bp", 0.001) and, of those that are left, the first `top` by `by`: "volume" (money traded over `lookback`,
    most first), "age" (oldest first) or "spread" (narrowest first). `top=None` keeps all of them.
    """

    top: int | None = 10
    by: str = Ranking.VOLUME
    min_age: str = "30d"
    max_spread: Number | None = None
    lookback: str = "30d"
    every: str = "1d"
    max_silence: str = "7d"

    def __post_init__(self) -> None:
        if self.top is not None and self.top < 1:
            raise ParameterError(f"top is {self.top}", expected="1 or more, or None for all")
        if self.by not in set(Ranking):
            raise ParameterError(f"by is {self.by!r}", expected=" or ".join(Ranking))
        for name in ("lookback", "every", "max_silence"):
            if length_ns(getattr(self, name), name) == 0:
                raise ParameterError(f"{name} is {getattr(self, name)!r}", expected="a length of time above zero")
        length_ns(self.min_age, "min_age")
        if self.spread_limit is not None and self.spread_limit <= 0:
            raise ParameterError(f"max_spread is {self.max_spread!r}", expected="a share of the price above zero")

    @property
    def spread_limit(self) -> Decimal | None:
        """The widest spread allowed, as a share of the price; None when spread does not matter."""
        return None if self.max_spread is None else rate(self.max_spread, "max_spread")

    @property
    def needs_quotes(self) -> bool:
        """Whether the rule cannot be judged from bars alone."""
        return self.max_spread is not None or self.by == Ranking.SPREAD


def length_ns(text: str, name: str) -> int:
    """Nanoseconds of "90m", "12h", "30d" or "1w". Raises ParameterError for anything else."""
    match = re.fullmatch(r"(\d+)([mhdw])", text)
    if match is None:
        raise ParameterError(f"{name} is {text!r}", expected='a length of time such as "90m", "12h", "30d" or "1w"')
    return int(match[1]) * _UNITS_NS[match[2]]

"""What an inspection found: kinds of flaw, with counts and places."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from parrot.engine.columns import moment, timeframe_text


class Flaw(StrEnum):
    """A kind of flaw, in the order of the report."""

    NO_TIME = "no time"
    BACKWARD = "backward time"
    DUPLICATE = "duplicate time"
    NOT_FINITE = "not finite"
    NOT_POSITIVE = "not positive"
    BAD_OHLC = "bad OHLC"
    BAD_VOLUME = "bad volume"
    GAP = "gap"
    NO_VOLUME = "no volume"
    ZERO_VOLUME = "zero volume"
    STALE = "stale"
    SPIKE = "spike"
    SPLIT = "split"
    TIME_SHIFT = "time-zone shift"


# A back-test refuses these; the others are things to know, which a market may really have done.
BREAKING = frozenset(
    {
        Flaw.NO_TIME,
        Flaw.BACKWARD,
        Flaw.DUPLICATE,
        Flaw.NOT_FINITE,
        Flaw.NOT_POSITIVE,
        Flaw.BAD_OHLC,
        Flaw.BAD_VOLUME,
    }
)

ADVICE = {
    Flaw.NO_TIME: "fix the time column, or read with repair=True, which drops these rows",
    Flaw.BACKWARD: "sort the rows by time, or read with repair=True",
    Flaw.DUPLICATE: "keep one row for each time; repair=True keeps the last",
    Flaw.NOT_FINITE: "fill or drop these rows; repair=True drops them",
    Flaw.NOT_POSITIVE: "drop these rows; repair=True drops them",
    Flaw.BAD_OHLC: "check the column mapping; repair=True widens high and low to hold open and close",
    Flaw.BAD_VOLUME: "check the column mapping; repair=True turns it into 0",
    Flaw.GAP: "download the missing bars; give calendar= when the market closes at night or on weekends",
    Flaw.NO_VOLUME: "volume is unknown and counts as 0: rules that look at it see nothing",
    Flaw.ZERO_VOLUME: "nobody traded: do not expect fills in these bars",
    Flaw.STALE: "the feed may have been stuck: compare with another source",
    Flaw.SPIKE: "compare with another source before trusting a stop that fills there",
    Flaw.SPLIT: "give the split as an event, or use adjusted prices with adjusted='splits'",
    Flaw.TIME_SHIFT: "read again with the right timezone=",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One place: `row` counts from 0 in the order given, `ts` is ns UTC (of the row), `text` says what is there."""

    row: int
    ts: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of flaw: how often, a sentence, and the first places (a capped list)."""

    flaw: Flaw
    count: int
    summary: str
    places: tuple[Place, ...]

    @property
    def breaking(self) -> bool:
        """Whether a back-test refuses data with this flaw."""
        return self.flaw in BREAKING

    @property
    def advice(self) -> str:
        """What to do about it."""
        return ADVICE[self.flaw]


@dataclass(frozen=True, slots=True)
class QualityReport:
    """The findings over one series; `first_ts` and `last_ts` are the earliest and latest open times in ns UTC."""

    rows: int
    first_ts: int
    last_ts: int
    timeframe: int
    calendar: str
    findings: tuple[Finding, ...]

    @property
    def usable(self) -> bool:
        """Whether a back-test would accept the data as they are."""
        return self.rows > 0 and not any(finding.breaking for finding in self.findings)

    def finding(self, flaw: Flaw) -> Finding | None:
        """The finding of that kind; None when there is nothing of the kind."""
        return next((finding for finding in self.findings if finding.flaw is flaw), None)

    def count(self, flaw: Flaw) -> int:
        """How often that kind was found; 0 when never."""
        found = self.finding(flaw)
        return found.count if found else 0

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values, for `--json`: times in ns UTC and beside them as text."""
        return {
            "rows": self.rows,
            "from": moment(self.first_ts) if self.rows else None,
            "to": moment(self.last_ts) if self.rows else None,
            "timeframe": timeframe_text(self.timeframe) if self.timeframe else None,
            "calendar": self.calendar,
            "usable": self.usable,
            "findings": [_plain(finding) for finding in self.findings],
        }


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "flaw": finding.flaw.value,
        "count": finding.count,
        "breaking": finding.breaking,
        "summary": finding.summary,
        "advice": finding.advice,
        "places": [{**asdict(place), "time": when(place.ts)} for place in finding.places],
    }


def when(ts: int) -> str:
    """A time for reading; also of stamps that are no time at all."""
    try:
        return moment(ts)
    except OverflowError:
        return "no time"

"""The way into the risk center."""

from __future__ import annotations

from collections.abc import Iterable

from parrot.centers.risk.checks import Survey
from parrot.centers.risk.flag import FILE_NAME, kills_of
from parrot.centers.risk.limits import RULES, read_limits
from parrot.centers.risk.loosening import Change, changes
from parrot.centers.risk.service import Risk
from parrot.centers.risk.settings import Settings, paper_limits
from parrot.centers.risk.wording import TOLD
from parrot.contracts.listing import Listing

__all__ = [
    "FILE_NAME",
    "NAME",
    "RULES",
    "TOLD",
    "Change",
    "Risk",
    "Settings",
    "Survey",
    "build",
    "changes",
    "kills_of",
    "paper_limits",
    "read_limits",
]

NAME = "risk"


def build(listings: Iterable[Listing], settings: Settings | None = None) -> Risk:
    """The center, ready to follow a journal from its beginning."""
    return Risk(listings, settings or Settings())

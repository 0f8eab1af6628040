"""What a failed request means, sorted by what has to be done about it."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What is known of a request that did not succeed."""

    REFUSED = "refused"  # for certain not carried out, and never will be
    UNKNOWN = "unknown"  # nobody knows: it may have been carried out
    SLOW = "slow"  # not carried out; the venue wants fewer requests for a while
    MISSING = "missing"  # the venue does not know the order
    DUPLICATE = "duplicate"  # the client id is taken already
    CLOCK = "clock"  # not carried out: the time stamp was outside the window
    KEY = "key"  # not carried out: the key is wrong, locked or not allowed to


class Trouble(Exception):  # noqa: N818  it says what is known, an error it is only sometimes
    """A request failed; `retry_after` in ns where the venue named a pause."""

    def __init__(self, outcome: Outcome, reason: str, *, retry_after: int = 0) -> None:
        self.outcome = outcome
        self.reason = reason
        self.retry_after = retry_after
        super().__init__(f"{outcome.value}: {reason}")

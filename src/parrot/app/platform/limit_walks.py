"""How limits came to where they are, so that many small loosenings are added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from parrot.centers.approvals.manifest import DAY_NS
from parrot.contracts.message import Message
from parrot.ports.records import Records

STEPS_MOST: Final = 200


class Stood(msgspec.Struct, frozen=True, gc=False):
    """Limits that were in force until `until`, ns UTC."""

    until: int
    limits: dict[str, str]


class LimitsWalked(Message, frozen=True, kw_only=True):
    """Of one scope: the limits that two people, or the machine's owner, agreed to, and what stood since."""

    agreed: dict[str, str]
    steps: list[Stood]


class Since(NamedTuple):
    """What a change is measured against besides what is in force; `full` when more happened than is remembered."""

    limits: Sequence[Mapping[str, str]]
    full: bool


class Walks:
    """Kept before limits bind, so that what a crash leaves is never less than what happened. Times are ns UTC."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def since(self, scope: str, now: int) -> Since:
        """What was agreed to last, and what stood within a day since."""
        walked = self._records.get(LimitsWalked, scope)
        if walked is None:
            return Since((), full=False)
        steps = _newer(walked.steps, now)
        return Since([walked.agreed, *(one.limits for one in steps)], full=len(steps) >= STEPS_MOST)

    def step(self, scope: str, before: Mapping[str, str], now: int) -> None:
        """One person is about to change limits that stood as `before`; a rule that is new counts as agreed to."""
        with self._records.work() as work:
            walked = work.get(LimitsWalked, scope) or LimitsWalked(agreed={}, steps=[])
            others = [one for one in _newer(walked.steps, now) if one.limits != before]
            steps = [*others, Stood(now, dict(before))][-STEPS_MOST:]
            work.put(scope, LimitsWalked(agreed={**before, **walked.agreed}, steps=steps))

    def agree(self, scope: str, limits: Mapping[str, str]) -> None:
        """Limits bound that two people, or the machine's owner, agreed to: counting begins anew."""
        with self._records.work() as work:
            work.put(scope, LimitsWalked(agreed=dict(limits), steps=[]))


def _newer(steps: Sequence[Stood], now: int) -> list[Stood]:
    return [one for one in steps if one.until > now - DAY_NS]

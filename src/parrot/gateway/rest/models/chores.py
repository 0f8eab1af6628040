"""Chores as their lists show them: how far they are, and what was wrong."""

from __future__ import annotations

from parrot.contracts.jobs import JobState
from parrot.gateway.rest.bodies import Body


class ChoreProblem(Body):
    """Why it failed: what was wrong, what was expected, what to do."""

    code: str
    problem: str
    expected: str
    fix: str


class Chore(Body):
    """One chore; `part` is what is done, 0 to 1, `note` what it does just now; times 0 before they come."""

    id: str
    kind: str
    title: str
    by: str
    state: JobState
    made_ns: int
    began_ns: int
    ended_ns: int
    part: float
    note: str
    reached_ns: int
    problem: ChoreProblem | None

"""Chores as plain rows."""

from __future__ import annotations

from typing import Any

from parrot.app.jobs.runner import title_of
from parrot.contracts.jobs import Job


def chore_row(job: Job, kind: str) -> dict[str, Any]:
    """What every list of chores shows of a job."""
    problem = {name: job.problem.get(name, "") for name in ("code", "problem", "expected", "fix")}
    return {
        "id": job.id,
        "kind": kind,
        "title": title_of(job.asked),
        "by": job.by,
        "state": job.state,
        "made_ns": job.made,
        "began_ns": job.began,
        "ended_ns": job.ended,
        "part": job.part,
        "note": job.note,
        "reached_ns": job.reached,
        "problem": problem if job.problem else None,
    }

"""What a verification says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from parrot.centers.audit.manifest import JOURNAL_INVARIANTS

ALL: Final = tuple(f"I{number}" for number in range(1, 22))
HOLDS: Final = "holds"
VIOLATED: Final = "violated"
UNKNOWN: Final = "not known: the desk's journal cannot be read whole"

# What no directory can show; docs/reference/invariants.md says what looks after them.
_ELSEWHERE: Final = {
    "I17": "not in these files: one user has all; the answers of the gateway are looked at by tests",
    "I21": "not in these files: `parrot replay SESSION` compares a session with its replay",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it must be: in which file, at which entry (0: of none), by which invariant, if any."""

    file: str
    seq: int
    text: str
    invariant: str = ""

    def __str__(self) -> str:
        place = f"{self.file}, entry {self.seq}" if self.seq else self.file
        return f"{place}: {self.text}" + (f" ({self.invariant})" if self.invariant else "")


@dataclass(slots=True)
class Report:
    """What was found. `notes` are odd and no problems: what a crash or a copy of a running directory leaves."""

    files: int = 0
    entries: int = 0
    orders: int = 0
    fills: int = 0
    state_hash: str = ""
    complete: bool = False
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether all holds."""
        return not self.problems

    @property
    def invariants(self) -> dict[str, str]:
        """What is known of each invariant: "holds", "violated", or why it is not known."""
        broken = {problem.invariant for problem in self.problems}
        found = {}
        for name in ALL:
            if name in broken:
                found[name] = VIOLATED
            elif name in _ELSEWHERE:
                found[name] = _ELSEWHERE[name]
            else:
                found[name] = HOLDS if self.complete or name not in (*JOURNAL_INVARIANTS, "I13") else UNKNOWN
        return found

    def add(self, problems: Iterable[Problem]) -> None:
        """Takes problems in."""
        self.problems += problems

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "ok": self.ok,
            "invariants": self.invariants,
            "orders": self.orders,
            "fills": self.fills,
            "state_hash": self.state_hash,
            "files": self.files,
            "entries": self.entries,
            "problems": [
                {"file": one.file, "seq": one.seq, "invariant": one.invariant, "text": one.text}
                for one in self.problems
            ],
            "notes": self.notes,
        }

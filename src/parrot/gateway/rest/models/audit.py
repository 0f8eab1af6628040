"""The audit log: acts, what is known of the log as a whole, checks of the chain. Times ns UTC."""

from __future__ import annotations

from parrot.gateway.rest.bodies import Body
from parrot.gateway.rest.models.chores import Chore


class Act(Body):
    """Entry `seq` of the log: `who` did `what`; `entry` is the desk's record that shows it, 0 for none."""

    seq: int
    ts: int
    who: str
    what: str
    entry: int
    about: dict[str, str]


class Acts(Body):
    """Acts, newest first."""

    items: list[Act]
    next: str | None


class Count(Body):
    """A name and how many acts are its."""

    name: str
    acts: int


class LogFacts(Body):
    """The log as a whole: entries of all kinds, the newest signature, who did something and what was done."""

    entries: int
    acts: int
    first_ts: int
    last_ts: int
    signed_seq: int
    signed_ts: int
    key: str
    people: list[Count]
    kinds: list[Count]


class Wrong(Body):
    """Something that is not as it must be: in which file, at which entry (0: of none), by which invariant."""

    file: str
    seq: int
    invariant: str
    text: str


class Verdict(Body):
    """What a check found; `first` is the first bad entry, `problems` are the first of `problems_count`."""

    ok: bool
    files: int
    entries: int
    orders: int
    fills: int
    state_hash: str
    invariants: dict[str, str]
    first: Wrong | None
    problems: list[Wrong]
    problems_count: int
    notes: list[str]


class Check(Chore):
    """One check of every durable file."""

    verdict: Verdict | None


class Checks(Body):
    """Checks, newest first."""

    items: list[Check]
    next: str | None

"""Risk: the tree of limits, exposures, shocks, the drill, requests. Amounts are decimal text, times ns UTC."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from parrot.gateway.rest.bodies import Body, Name, Text
from parrot.gateway.rest.models.markets import Decimals
from parrot.gateway.rest.models.switches import LimitsBody


class LimitUse(Body):
    """One limit and its use; `used` is null where only an order can say it, `known` false where a price is missing."""

    rule: str
    limit: str
    used: Decimals | None
    headroom: Decimals | None
    share: Decimals | None
    unit: str
    known: bool


class Scope(Body):
    """A node of the tree; `stopped` says why its orders do not leave, empty when they do."""

    scope: str
    kind: str
    name: str
    version: int
    approver: str
    stopped: str
    open_orders: int
    gross: Decimals | None
    net: Decimals | None
    limits: list[LimitUse]


class Stopped(Body):
    """A scope whose orders do not leave, and why."""

    scope: str
    reason: str


class RuleWords(Body):
    """What a limit is, for who sets it."""

    rule: str
    words: str


class Tree(Body):
    """All scopes, the firm first."""

    ts: int
    scopes: list[Scope]
    stopped: list[Stopped]
    rules: list[RuleWords]


class Exposure(Body):
    """What is held under one name; `reach` is what all open orders can make of it, `share` is of gross."""

    name: str
    long: Decimals | None
    short: Decimals | None
    gross: Decimals | None
    net: Decimals | None
    reach: Decimals | None
    share: Decimals | None


class Exposures(Body):
    """All that is held, in `currency`; null where a price is missing."""

    currency: str
    equity: Decimals | None
    gross: Decimals | None
    net: Decimals | None
    reach: Decimals | None
    leverage: Decimals | None
    by_symbol: list[Exposure]
    by_strategy: list[Exposure]
    by_currency: list[Exposure]
    largest: str


class Shock(Body):
    """What one symbol, or all (empty), would win or lose when prices move by the fraction `move`."""

    symbol: str
    position: Decimals
    mark: Decimals | None
    move: Decimals
    result: Decimals | None


class Stress(Body):
    """Shocks: position times mark times move, in `currency`; each symbol alone, then all together."""

    currency: str
    equity: Decimals | None
    shocks: list[Shock]
    together: list[Shock]
    unpriced: list[str]


class PastAct(Body):
    """Something that stopped, re-armed or limited a scope; `kind` is as in the list of activity."""

    seq: int
    ts: int
    account: str
    kind: str
    level: str
    scope: str
    strategy: str
    by: str
    text: str


class PastPage(Body):
    """What happened to the switch and the limits, newest first."""

    items: list[PastAct]
    next: str | None


class DrillStep(Body):
    """One step of a drill."""

    step: str
    passed: bool
    text: str


class Drill(Body):
    """A drill of the kill switch: nothing but a scope that holds nothing was stopped."""

    passed: bool
    scope: str
    by: str
    ts: int
    took_ns: int
    steps: list[DrillStep]


class Change(Body):
    """One rule before and after; `second` says that another person has to agree, `why` says what for."""

    rule: str
    before: str
    after: str
    direction: Literal["tighter", "same", "looser"]
    second: bool
    why: str


class Preview(Body):
    """What a change of limits would mean: each rule, and the use of the new limits as if they were in force.

    `problems` say what cannot be read, by rule (or "scope"); such limits are refused when they are set.
    """

    scope: str
    version: int
    changes: list[Change]
    uses: list[LimitUse]
    second: bool
    problems: dict[str, str]


class PutLimitsBody(LimitsBody):
    """All limits of a scope; those left away go. `version` is the one that was looked at, so that nobody's is lost."""

    reason: Text = ""
    version: Annotated[int, Field(ge=0)] | None = None


class PreviewBody(Body):
    """Limits to think about."""

    scope: Name
    limits: dict[Name, Text]


class Replaced(Body):
    """What one term of a request replaces; empty where there was or will be nothing."""

    term: str
    before: str
    after: str


class Request(Body):
    """Something that one person asked for and another decides on; `may_decide` is about who looks.

    `changes` are those of the terms that differ from what was there when it was asked for.
    """

    id: str
    kind: Literal["limits", "deposit", "withdrawal"]
    subject: str
    terms: dict[str, str]
    changes: list[Replaced]
    reason: str
    by: str
    ts: int
    expires_ns: int
    state: str
    decided_by: str | None
    decided_ns: int
    text: str
    own: bool
    may_decide: bool


class RequestPage(Body):
    """A page of requests, newest first; `next` is given as `after` for the page behind it."""

    items: list[Request]
    next: str | None


class LimitsAnswer(Body):
    """What became of a change of limits: it binds, or it waits for another person as `request`."""

    state: Literal["bound", "pending"]
    records: list[str]
    request: Request | None


class DecisionBody(Body):
    """What is said to a request."""

    text: Text = ""

"""Strategies: files to choose from, versions, what runs, and how it compares with its back-test."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from parrot.gateway.rest.bodies import Amount, Body, Name, Optional, Text
from parrot.gateway.rest.models.backtests import ClassName, Fault, JobRow

StrategyId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class StrategyBody(Body):
    """A version of a strategy from a `file` of the catalogue ("own/my_idea.py"), with its class where it has several.

    Only the machine's owner may name a `path` instead, with the hash of its text, so that what was looked at is what
    runs. `parent` is the version that it was made from.
    """

    strategy: StrategyId
    file: Annotated[str, Field(max_length=200, pattern=r"^((own|examples)/[\w][\w.-]*)?$")] = ""
    name: ClassName = ""
    path: Annotated[str, Field(max_length=4096)] = ""
    code_hash: Annotated[str, Field(pattern="^([0-9a-f]{16})?$")] = ""
    parameters: dict[Name, Text] = Field(default_factory=dict)
    symbols: Annotated[list[Name], Field(min_length=1, max_length=100)]
    timeframe: Annotated[str, Field(max_length=20, pattern=r"^(\d{1,5}(ns|us|ms|s|m|h|d|w))?$")] = ""
    cash: Amount
    parent: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    note: Text = ""
    by: Optional = ""


class Parameter(Body):
    """One parameter as a form needs it; all values are text, empty where there is no such bound."""

    name: str
    kind: Literal["int", "float", "bool", "str"]
    default: str
    low: str
    high: str
    step: str
    choices: list[str]
    expected: str


class Facts(Body):
    """One strategy of a file: its class, what it says of itself, its parameters, the data it handles.

    `trials` is how many back-tests of it are kept: the more were tried, the likelier the best one is luck.
    """

    name: str
    doc: str
    feeds: list[str]
    parameters: list[Parameter]
    trials: int = 0


class CatalogueFile(Body):
    """One file that can be back-tested and registered; `problem` is why not."""

    id: str
    own: bool
    code_hash: str
    strategies: list[Facts]
    problem: Fault | None


class CatalogueFiles(Body):
    """All files that can be chosen."""

    items: list[CatalogueFile]


class SourceText(Body):
    """The text of a strategy's file, as it is or was."""

    text: str
    code_hash: str
    file: str


class BookRow(Body):
    """What a strategy holds of one symbol."""

    symbol: str
    quantity: str
    average: str
    mark: str | None
    unrealised: str | None
    realised: str
    currency: str


class Last(Body):
    """What a strategy decided last, in words."""

    ts: int
    text: str
    order_id: int


class StrategyRow(Body):
    """One registered strategy; `profit` is realised and unrealised less fees, in `currency`. `since` ns UTC.

    Paused: it runs, and no new entry of it leaves; orders that protect what it holds stay.
    """

    strategy: str
    version: int
    name: str
    file: str
    code_hash: str
    parameters: dict[str, str]
    symbols: list[str]
    timeframe: str
    feeds: list[str]
    mode: str
    cash: str
    state: Literal["running", "paused", "stopped", "failed"]
    running: bool
    is_loaded: bool
    since: int
    stopped: str
    fault: str
    stopped_by: list[str]
    orders: int
    fills: int
    positions: dict[str, str]
    books: list[BookRow]
    profit: str
    currency: str
    fences: list[str] | None
    last: Last | None


class StrategyPage(Body):
    """Registered strategies."""

    items: list[StrategyRow]
    next: str | None


class DeclaredFacts(Facts):
    """The same, and whether the file has changed since the strategy was registered."""

    changed: bool


class StrategyDetail(StrategyRow):
    """One strategy with what its class declares; null where its file is not in the catalogue any more."""

    facts: DeclaredFacts | None


class VersionRow(Body):
    """One version; `parent` is the one that it was made from, 0 for none."""

    version: int
    ts: int
    name: str
    file: str
    code_hash: str
    parameters: dict[str, str]
    symbols: list[str]
    timeframe: str
    mode: str
    cash: str
    by: str
    parent: int
    note: str


class Versions(Body):
    """Versions, newest first."""

    items: list[VersionRow]


class DecisionGap(Body):
    """One decision as both filled it: quantities and mean prices, 0 where one did not; `bps` is its part of the gap."""

    decided: int
    symbol: str
    side: int
    role: str
    kind: Literal["both", "missed", "extra"]
    live_quantity: str
    live_price: str
    back_quantity: str
    back_price: str
    bps: str


class ParityFound(Body):
    """Live beside the back-test of the same code on the same data, from the beginning of its last life.

    `parts` add up to `gap` exactly, `parts_bps` to `gap_bps`: fees, latency, slippage, size, missed, extra. Curves are
    for drawing. `orders_differ` is the first order that a replay makes otherwise, empty where it makes the same.
    """

    version: int
    code_hash: str
    currency: str
    cash: str
    from_ns: int
    to_ns: int
    live: str
    back: str
    gap: str
    gap_bps: str
    parts: dict[str, str]
    parts_bps: dict[str, str]
    live_fills: int
    back_fills: int
    decisions: list[DecisionGap]
    ts: list[int]
    live_equity: list[float]
    back_equity: list[float]
    notes: list[str]
    orders_differ: str
    batches: int


class Parity(Body):
    """The newest comparison, null before the first, and the newest job that makes one."""

    strategy: str
    made_ns: int
    found: ParityFound | None
    job: JobRow | None

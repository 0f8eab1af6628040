"""Long work that people ask for: what was asked, how far it is, what came of it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import msgspec

from parrot.contracts.hosting import Failed
from parrot.contracts.message import Message


class JobState(StrEnum):
    """Where a job stands. Interrupted: the platform ended first; it can be asked for again."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


ENDED: Final = frozenset({JobState.FINISHED, JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED})


class BacktestAsked(Message, frozen=True, kw_only=True, gc=False):
    """A back-test: a file of the catalogue by its id and the class in it, named data, parameters and terms.

    `fees` and `slippage` are rates such as "5bp"; `start` and `end` are ISO 8601 (UTC, end excluded) or empty.
    """

    file: str
    name: str
    data: list[str]
    parameters: dict[str, str] = msgspec.field(default_factory=dict)
    cash: Decimal = Decimal(100_000)
    fees: str = "5bp"
    slippage: str = "1bp"
    account: str = "cash"
    start: str = ""
    end: str = ""
    bounds: bool = False


class ParityAsked(Message, frozen=True, kw_only=True, gc=False):
    """The back-test of what a strategy was given while it ran, beside what it did."""

    strategy: str


class DownloadAsked(Message, frozen=True, kw_only=True, gc=False):
    """History of a venue into the lake; `start` and `end` are ns UTC, 0 for an end that is now."""

    venue: str
    symbol: str
    timeframe: str
    start: int
    end: int = 0


class ImportAsked(Message, frozen=True, kw_only=True, gc=False):
    """A file that somebody sent into the lake; `file` is its name in the folder of sent files, never a path."""

    file: str
    name: str
    venue: str
    symbol: str = ""
    timeframe: str = ""
    timezone: str = "UTC"
    repair: bool = False


class QualityAsked(Message, frozen=True, kw_only=True, gc=False):
    """What is wrong with a series; `source` is its name among the data sets ("lake:binance/BTCUSDT/ohlcv_1h")."""

    source: str
    calendar: str = "24/7"


class CheckAsked(Message, frozen=True, kw_only=True, gc=False):
    """Whether every durable file is what was written, and every invariant holds."""


class StatementAsked(Message, frozen=True, kw_only=True, gc=False):
    """The statement of the desk's account from `since` up to, not including, `until` (ns UTC), as files."""

    since: int
    until: int


Asked = BacktestAsked | ParityAsked | DownloadAsked | ImportAsked | QualityAsked | CheckAsked | StatementAsked


class Job(Message, frozen=True, kw_only=True, gc=False):
    """One job as it is kept; times ns UTC, 0 before they come. `part` is what is done, 0 to 1.

    `reached` is the time in the data, `equity` what the account was worth there; `run_id` is the run that was kept,
    `problem` an error of the tree in its parts. `again` is the job that was repeated. `note` says what it does just
    now, `result` what came of it, in plain values.
    """

    id: str
    asked: Asked
    by: str
    state: JobState
    made: int
    began: int = 0
    ended: int = 0
    part: float = 0.0
    reached: int = 0
    equity: float | None = None
    run_id: str = ""
    problem: dict[str, str] = msgspec.field(default_factory=dict)
    again: str = ""
    fences: list[str] | None = None
    note: str = ""
    result: dict[str, Any] = msgspec.field(default_factory=dict)


class ParityKept(Message, frozen=True, kw_only=True, gc=False):
    """The newest comparison of a strategy with its back-test, as the worker made it, in plain values."""

    strategy: str
    made: int
    found: dict[str, Any]


class StrategyText(Message, frozen=True, kw_only=True, gc=False):
    """The text of a file as a version of a strategy was made from it, under its hash."""

    path: str
    text: str


# -- what the fenced process of a user's code says -------------------------------------------------------------------


class ParameterFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One parameter as forms need it: all values as text; empty where there is no such bound."""

    name: str
    kind: str
    default: str
    low: str = ""
    high: str = ""
    step: str = ""
    choices: list[str] = msgspec.field(default_factory=list)
    expected: str = ""


class StrategyFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One strategy of a file: its class, what its docstring says, its parameters, the data that it handles."""

    name: str
    doc: str
    parameters: list[ParameterFacts]
    feeds: list[str] = msgspec.field(default_factory=list)


class Begun(Message, frozen=True, kw_only=True, gc=False):
    """Everything has arrived; these fences stand around what follows."""

    fences: list[str]


class Reached(Message, frozen=True, kw_only=True, gc=False):
    """A run is at `ts` (ns UTC), its account worth `equity`."""

    ts: int
    equity: float | None = None


class Described(Message, frozen=True, kw_only=True, gc=False):
    """What a file holds."""

    strategies: list[StrategyFacts]


class Piece(Message, frozen=True, kw_only=True, gc=False):
    """A piece of a frame, as Parquet; `last` ends it."""

    name: str
    body: bytes
    last: bool


class Played(Message, frozen=True, kw_only=True, gc=False):
    """A run ended: `status` as of runs, its figures, and what it was called."""

    strategy: str
    parameters: dict[str, Any]
    status: str
    hash: str
    stats: dict[str, Any]
    bounds: dict[str, float] | None = None
    failure: str = ""
    orders_differ: str = ""


Spoken = Begun | Reached | Described | Piece | Played | Failed

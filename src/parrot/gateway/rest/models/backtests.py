"""Back-tests: asked for, followed as jobs, kept as runs; figures as decimal text, points of curves as numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from parrot.gateway.rest.bodies import Amount, Body, Name, Text

FileId = Annotated[str, Field(min_length=4, max_length=200, pattern=r"^(own|examples)/[\w][\w.-]*$")]
ClassName = Annotated[str, Field(max_length=100, pattern=r"^\w*$")]
Source = Annotated[str, Field(min_length=3, max_length=300, pattern=r"^(demo|lake|recorded|file):[\w@.:/ -]+$")]
Rate = Annotated[str, Field(max_length=20, pattern=r"^\d{1,4}(\.\d{1,6})?(bp|%)?$")]
Day = Annotated[str, Field(max_length=30, pattern=r"^(\d{4}-\d{2}-\d{2}([T ][\d:]{4,8}Z?)?)?$")]


class BacktestBody(Body):
    """A back-test of a file of the catalogue on named data; `start` and `end` are days in UTC, `end` excluded."""

    file: FileId
    name: ClassName = ""
    data: Annotated[list[Source], Field(min_length=1, max_length=10)]
    parameters: dict[Name, Text] = Field(default_factory=dict)
    cash: Amount = Decimal(100_000)
    fees: Rate = "5bp"
    slippage: Rate = "1bp"
    account: Literal["cash", "margin"] = "cash"
    start: Day = ""
    end: Day = ""
    bounds: bool = False


class Fault(Body):
    """Why something failed: what was wrong, what was expected, what to do, and where in the user's file."""

    code: str = ""
    problem: str
    expected: str = ""
    fix: str = ""
    location: str = ""
    action: str = ""


class JobRow(Body):
    """One job; times ns UTC, 0 before they come. `left_ms` is an estimate, null while there is none."""

    id: str
    kind: Literal["backtest", "parity", "download", "import", "quality", "check", "statement"]
    title: str
    strategy: str
    by: str
    state: Literal["waiting", "running", "finished", "failed", "cancelled", "interrupted"]
    made_ns: int
    began_ns: int
    ended_ns: int
    part: float
    left_ms: int | None
    reached_ns: int
    equity: str | None
    run_id: str
    problem: Fault | None
    again: str
    fences: list[str] | None
    note: str
    result: dict[str, Any]
    asked: BacktestBody | None


class JobPage(Body):
    """Jobs, newest first."""

    items: list[JobRow]
    next: str | None


class Dataset(Body):
    """Data that can be back-tested on; rows and times (ns UTC) are 0 where they are not known before reading."""

    source: str
    kind: Literal["demo", "lake", "recorded", "file"]
    symbol: str
    timeframe: str
    rows: int
    from_ns: int
    to_ns: int


class Datasets(Body):
    """All data that can be back-tested on."""

    items: list[Dataset]


class RunRow(Body):
    """One kept run; `curve` is its equity in few points, over the starting cash. Undefined figures are null."""

    id: str
    made_ns: int
    strategy: str
    status: Literal["finished", "failed", "interrupted"]
    file: str
    symbols: list[str]
    from_ns: int
    to_ns: int
    parameters: dict[str, str]
    cash: str
    currency: str
    final_equity: str | None
    total_return: str | None
    cagr: str | None
    sharpe: str | None
    max_drawdown: str | None
    win_rate: str | None
    profit_factor: str | None
    trades: int
    fills: int
    fees: str | None
    failure: str
    curve: list[float]


class RunPage(Body):
    """Kept runs in the order that was asked for."""

    items: list[RunRow]
    next: str | None
    total: int


class Figure(Body):
    """One figure: `kind` says how it is written, `hint` what it means; `value` is null where it is undefined."""

    key: str
    group: str
    name: str
    kind: Literal["money", "result", "gain", "percent", "ratio", "count", "days", "text"]
    hint: str
    value: str | None


class RunData(Body):
    """One series that a run was made on."""

    name: str
    kind: str
    source: str
    rows: int
    from_ns: int
    to_ns: int
    timeframe: str
    hash: str
    notes: list[str]


class RunDetail(RunRow):
    """One kept run with every figure and where it came from; `again` asks for the same, null where it cannot be."""

    figures: list[Figure]
    terms: dict[str, str]
    data: list[RunData]
    bounds: dict[str, str] | None
    code_hash: str
    hash: str
    version: str
    trials: int
    source: str
    again: BacktestBody | None


class Curve(Body):
    """Points of a curve that keep its picture: `ts` ns UTC; `drawdown` is a fraction, zero or negative."""

    currency: str
    cash: float
    ts: list[int]
    equity: list[float]
    drawdown: list[float]
    rows: int


class Drawdown(Body):
    """One drawdown by daily closes: days UTC, `end` empty while it lasts, `depth` a fraction."""

    start: str
    trough: str
    end: str
    depth: float
    days: int


class Drawdowns(Body):
    """The drawdown's curve, and the deepest of them."""

    ts: list[int]
    drawdown: list[float]
    deepest: list[Drawdown]


class Month(Body):
    """One month (UTC): growth as a fraction, null where it is undefined."""

    year: int
    month: int
    growth: float | None
    trades: int
    fees: str


class Year(Body):
    """One year (UTC)."""

    year: int
    growth: float | None


class Months(Body):
    """Growth by month and year."""

    months: list[Month]
    years: list[Year]


class Distribution(Body):
    """Closed trades by their return: `edges` are one more than `counts`, fractions."""

    edges: list[float]
    counts: list[int]
    mean: float | None
    median: float | None


class TradeRow(Body):
    """One round trip; an open one has no exit. Times ns UTC, `growth` a fraction."""

    number: int
    symbol: str
    side: str
    entry_ns: int
    exit_ns: int | None
    quantity: str
    entry_price: str
    exit_price: str | None
    pnl: str
    fees: str
    growth: float
    bars: int
    why_entry: str
    why_exit: str
    open: bool


class TradePage(Body):
    """Round trips in order of their entries."""

    items: list[TradeRow]
    next: str | None
    total: int


class RunOrderRow(Body):
    """One order of a run."""

    number: int
    ts: int
    symbol: str
    side: str
    kind: str
    role: str
    quantity: str
    filled: str
    limit: str | None
    trigger: str | None
    average_price: str | None
    status: str
    reason: str
    why: str


class RunOrderPage(Body):
    """Orders of a run in order of time."""

    items: list[RunOrderRow]
    next: str | None
    total: int


class Difference(Body):
    """One thing in which a run differs from the first one."""

    what: str
    values: list[str]


class ComparedFigure(Body):
    """One figure of every run."""

    key: str
    name: str
    kind: str
    hint: str
    values: list[str | None]


class ComparedCurve(Body):
    """Growth of one run, as a fraction of its cash."""

    id: str
    ts: list[int]
    growth: list[float]


class Comparison(Body):
    """Runs side by side, in the order asked for: what they were made from, figures, curves."""

    runs: list[RunRow]
    differences: list[Difference]
    figures: list[ComparedFigure]
    curves: list[ComparedCurve]


class Gone(Body):
    """What is not there any more."""

    id: str

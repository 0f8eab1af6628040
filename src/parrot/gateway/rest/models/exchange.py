"""The simulated exchange: its symbols, its crowd, its port, faults and keys. Amounts are decimal text, times ns UTC."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from parrot.gateway.binance_api.faults import FaultKind
from parrot.gateway.rest.bodies import Body, Text

AccountName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$", examples=["bot-1"])]
SymbolName = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Z0-9./-]+$", examples=["BTCUSDT"])]
TestFunds = Annotated[Decimal, Field(gt=0, lt=10**10, max_digits=18, decimal_places=8)]


class SymbolState(Body):
    """One symbol: its phase, its last 24 hours, what its crowd is like; `fair` is what the crowd holds it worth."""

    symbol: str
    base: str
    quote: str
    kind: str
    phase: str
    last: str
    bid: str
    ask: str
    open: str
    high: str
    low: str
    volume: str
    quote_volume: str
    trades: int
    since_ns: int
    volatility: float
    pace: float
    spread_bps: float
    shocks: float
    size: str
    fair: str


class CrowdMember(Body):
    """One of the crowd in one symbol; makers have an inventory (base, since the start) and orders that stand."""

    name: str
    kind: str
    symbol: str
    inventory: str
    standing: int


class ExchangeState(Body):
    """The exchange as it is; `available` False on a real venue. `line` is what settings.toml needs to keep the port.

    `url` is where clients reach it, "" while its port is closed.
    """

    available: bool
    now_ns: int
    url: str
    line: str
    sockets: int
    requests: int
    accounts: list[str]
    assets: list[str]
    symbols: list[SymbolState]
    crowd: list[CrowdMember]


class PortBody(Body):
    """Opens the port (0 takes a free one) or closes it."""

    open: bool
    port: Annotated[int, Field(ge=0, le=65_535)] = 0


class PhaseBody(Body):
    """Halts a symbol, or lets it trade again."""

    symbol: SymbolName
    phase: Literal["halted", "continuous"]
    reason: Text = ""


class MoodBody(Body):
    """What a symbol's crowd becomes: volatility a year, takers a second, spread in basis points, shocks an hour."""

    symbol: SymbolName
    volatility: Annotated[float, Field(ge=0, lt=20)]
    pace: Annotated[float, Field(gt=0, le=100)]
    spread_bps: Annotated[float, Field(gt=0, lt=1_000)]
    shocks: Annotated[float, Field(ge=0, le=3_600)]


class FaultBody(Body):
    """A fault on purpose, as docs/how-to/faults.md says; each field as there."""

    kind: FaultKind
    match: Annotated[str, Field(min_length=1, max_length=128)] = "*"
    probability: Annotated[float, Field(ge=0, le=1)] = 1.0
    count: Annotated[int | None, Field(gt=0, le=10**9)] = None
    after: Annotated[int, Field(ge=0, le=10**9)] = 0
    seed: Annotated[int, Field(ge=0, lt=1 << 63)] = 1
    duration_ms: Annotated[int, Field(ge=0, le=86_400_000)] = 0
    delay_ms: Annotated[int, Field(ge=0, le=600_000)] = 500
    skew_ms: Annotated[int, Field(ge=-86_400_000, le=86_400_000)] = 0
    status: Annotated[int, Field(ge=0, le=599)] = 0
    retry_after_s: Annotated[int, Field(ge=0, le=259_200)] = 1


class Fault(FaultBody):
    """A fault that is set, how often something matched it and how often it happened."""

    id: int
    matched: int
    happened: int
    live: bool


class FaultKindFacts(Body):
    """A kind of fault and what it happens to: requests, events, sockets or all."""

    kind: FaultKind
    to: str


class Faults(Body):
    """Faults that are set, in the order in which they were."""

    items: list[Fault]
    kinds: list[FaultKindFacts]


class Cleared(Body):
    """How many were taken away."""

    cleared: int


class KeyRow(Body):
    """A key of the exchange, without its secret."""

    key: str
    account: str
    may_trade: bool


class Keys(Body):
    """Keys of the exchange."""

    items: list[KeyRow]


class KeyBody(Body):
    """A key that is wanted; an account that is new is opened."""

    account: AccountName
    may_trade: bool = True


class MadeKey(KeyRow):
    """A new key; its secret is shown here and never again."""

    secret: str


class FaucetBody(Body):
    """Test funds for an account."""

    account: AccountName
    asset: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[A-Z0-9.]+$")]
    amount: TestFunds


class Holding(Body):
    """What an account has of an asset."""

    account: str
    asset: str
    free: str
    locked: str

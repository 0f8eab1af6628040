"""What the paper venue is made of: its symbols, its crowd, its fees, its line and what goes wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from parrot.contracts.exchange import MarketKind
from parrot.contracts.listing import Listing, VenueTerms
from parrot.engine.matching import SelfTrade
from parrot.kernel.errors import ParameterError

SECOND: Final = 1_000_000_000
MILLISECOND: Final = 1_000_000
SHARES: Final = ("lost_requests", "lost_replies", "errors_before", "errors_after", "repeated")
_FEE: Final = Decimal("0.001")
_POSITION_MAX: Final = 10**10


def _checked(owner: object, limits: Mapping[str, tuple[bool, str]], where: str) -> None:
    for name, (right, expected) in limits.items():
        if not right:
            raise ParameterError(f"{where}{name} is {getattr(owner, name)!r}"[:200], expected=expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One symbol and its crowd: where its price begins, how wild it is, what a taker usually wants.

    `volatility` is per year (0.6 is 60 %), `size` the usual order of a taker in base units, `pace` how many takers come
    a second, `spread_bps` the makers' distance between bid and ask, `shocks` how many sudden moves come an hour.
    `max_position` is what an account of the public exchange may come to hold, base units; 0 is no limit.
    """

    listing: Listing
    price: Decimal
    size: Decimal
    volatility: float = 0.7
    pace: float = 1.5
    spread_bps: float = 1.5
    shocks: float = 3.0
    max_position: Decimal = Decimal(0)
    kind: MarketKind = MarketKind.SPOT

    def __post_init__(self) -> None:
        limits = {
            "price": (self.price > 0, "above 0"),
            "size": (self.size > 0, "above 0"),
            "volatility": (0 <= self.volatility < 20, "from 0 to below 20 a year"),
            "pace": (0 < self.pace <= 100, "above 0, at most 100 a second"),
            "spread_bps": (0 < self.spread_bps < 1000, "above 0, below 1000"),
            "max_position": (0 <= self.max_position <= _POSITION_MAX, f"from 0 to {_POSITION_MAX}"),
            "shocks": (0 <= self.shocks <= 3600, "from 0 to 3600 an hour"),
        }
        _checked(self, limits, f"{self.listing.symbol}: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long a message travels each way: `fixed` and up to `jitter` more, ns; messages never overtake each other."""

    fixed: int = 0
    jitter: int = 0

    def __post_init__(self) -> None:
        limits = {name: (getattr(self, name) >= 0, "0 or more, in ns") for name in ("fixed", "jitter")}
        _checked(self, limits, "latency: ")


class OutageKind(StrEnum):
    """What an outage does while it lasts."""

    LINE = "line"
    MAINTENANCE = "maintenance"
    LOST_REQUESTS = "lost_requests"
    LOST_REPLIES = "lost_replies"
    ERRORS_BEFORE = "errors_before"
    ERRORS_AFTER = "errors_after"


@dataclass(frozen=True, slots=True)
class Outage:
    """Something that is broken from `begin` to before `end`, ns UTC."""

    kind: OutageKind
    begin: int
    end: int

    def __post_init__(self) -> None:
        _checked(self, {"end": (self.end > self.begin, "after its begin")}, "outage: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong: `script` at its times, the others by chance, each a share of requests (0 to 1).

    `lost_requests` never arrive; `lost_replies` are carried out and nobody hears it; `errors_before` and `errors_after`
    answer 5xx without and after execution; `repeated` is the share of stream reports that come twice. `line_breaks`
    come an hour and last `line_break` ns. For `query_lag` ns after it was accepted a query does not find an order.
    """

    script: tuple[Outage, ...] = ()
    lost_requests: float = 0.0
    lost_replies: float = 0.0
    errors_before: float = 0.0
    errors_after: float = 0.0
    repeated: float = 0.0
    line_breaks: float = 0.0
    line_break: int = 3 * SECOND
    query_lag: int = 0

    def __post_init__(self) -> None:
        limits = {name: (0 <= getattr(self, name) <= 1, "a share from 0 to 1") for name in SHARES}
        limits["line_breaks"] = (0 <= self.line_breaks <= 3600, "from 0 to 3600 an hour")
        limits["line_break"] = (self.line_break > 0, "above 0, in ns")
        limits["query_lag"] = (self.query_lag >= 0, "0 or more, in ns")
        _checked(self, limits, "faults: ")


def _pair(base: str, price: str, *, lot: str, size: str, volatility: float) -> Pair:
    listing = Listing(
        symbol=f"{base}/USDT",
        base=base,
        quote="USDT",
        tick=Decimal("0.01"),
        lot=Decimal(lot),
        price_decimals=2,
        quantity_decimals=len(lot) - 2,
        min_quantity=Decimal(lot),
        max_quantity=Decimal(9000),
        min_notional=Decimal(5),
        maker_fee=_FEE,
        taker_fee=_FEE,
    )
    return Pair(listing=listing, price=Decimal(price), size=Decimal(size), volatility=volatility)


PAIRS: Final = (
    _pair("BTC", "60000", lot="0.00001", size="0.05", volatility=0.6),
    _pair("ETH", "3000", lot="0.0001", size="0.8", volatility=0.8),
    _pair("SOL", "150", lot="0.001", size="12", volatility=1.1),
)
DEPOSITS: Final = MappingProxyType(
    {"USDT": Decimal(1_000_000), "BTC": Decimal(2), "ETH": Decimal(40), "SOL": Decimal(800)}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole paper venue.

    `deposits` is what our account begins with. `self_trade` is what happens when our orders would meet each other. Of
    orders that have ended the newest `orders_kept` can be queried, of trades `trades_kept` asked for. A segment of the
    journal takes `segment_bytes` before the next begins with a snapshot. Crowds that fell behind by more than
    `patience` ns go on from now instead of living through it all. `public` says that accounts other than ours may be
    opened: trades and bars are kept for them. `stock_days` are opens and closes of stocks, ns UTC; without any they
    trade around the clock.
    """

    venue: str = "paper"
    seed: int = 1
    pairs: tuple[Pair, ...] = PAIRS
    deposits: Mapping[str, Decimal] = field(default_factory=lambda: DEPOSITS)
    terms: VenueTerms = field(default_factory=lambda: VenueTerms(venue="paper", dust=False))
    requests: Latency = field(default_factory=Latency)
    replies: Latency = field(default_factory=Latency)
    faults: Faults = field(default_factory=Faults)
    self_trade: SelfTrade = SelfTrade.CANCEL_NEWEST
    crowd: bool = True
    orders_kept: int = 10_000
    trades_kept: int = 10_000
    segment_bytes: int = 16 << 20
    patience: int = 5 * SECOND
    public: bool = False
    stock_days: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        symbols = [pair.listing.symbol for pair in self.pairs]
        known = {currency for pair in self.pairs for currency in (pair.listing.base, pair.listing.quote)}
        limits = {
            "pairs": (0 < len(symbols) == len(set(symbols)), "one or more, all different"),
            "deposits": (known >= self.deposits.keys(), f"currencies of the symbols: {', '.join(sorted(known))}"),
            "seed": (0 <= self.seed < 1 << 63, "a whole number from 0"),
            "orders_kept": (self.orders_kept > 0, "above 0"),
            "trades_kept": (self.trades_kept > 0, "above 0"),
            "segment_bytes": (self.segment_bytes >= 1 << 12, "4096 or more"),
            "patience": (self.patience > 0, "above 0, in ns"),
        }
        _checked(self, limits, "paper venue: ")
        self._check_kinds()

    def _check_kinds(self) -> None:
        """Spot symbols and stocks each have fees of their own, and money of their own."""
        money: dict[str, MarketKind] = {}
        for kind in MarketKind:
            listings = [pair.listing for pair in self.pairs if pair.kind is kind]
            if len({(listing.maker_fee, listing.taker_fee) for listing in listings}) > 1:
                expected = "the same fees for all symbols"
                raise ParameterError("paper venue: symbols with different fees", expected=expected)
            for currency in {name for listing in listings for name in (listing.base, listing.quote)}:
                if money.setdefault(currency, kind) is not kind:
                    raise ParameterError(f"{currency} is money of spot symbols and of stocks", expected="one of both")

"""What is traded, on which terms: instrument, account, fees, slippage, fill model, events."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from parrot.kernel.errors import ParameterError

Number = int | float | Decimal | str

_LONGEST_NS = 100 * 366 * 86_400 * 10**9

_E = TypeVar("_E", bound=StrEnum)
_UNITS = {None: Decimal(1), "%": Decimal("0.01"), "bp": Decimal("0.0001"), "bps": Decimal("0.0001")}


class AccountKind(StrEnum):
    """How an account pays: `cash` refuses shorts, `margin` borrows against equity."""

    CASH = "cash"
    MARGIN = "margin"


class InstrumentKind(StrEnum):
    """What a quantity is worth: `spot` is owned, `linear` and `inverse` are futures."""

    SPOT = "spot"
    LINEAR = "linear"
    INVERSE = "inverse"


class Bounds(StrEnum):
    """Which reading of a bar's range decides: the convention, or one of its bounds (rule B13)."""

    CONVENTION = "convention"
    PESSIMISTIC = "pessimistic"
    OPTIMISTIC = "optimistic"


class QueueModel(StrEnum):
    """How cancellations ahead of a resting limit shrink its queue (rule K4)."""

    TRADES = "trades"
    PROPORTIONAL = "proportional"


def decimal(value: Number, name: str) -> Decimal:
    """`value` as an exact, finite Decimal; a float stands for its shortest decimal.

    Raises ParameterError when it is not a finite number.
    """
    try:
        number = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        number = Decimal("NaN")
    if not number.is_finite():
        raise ParameterError(f"{name} is {value!r}", expected="a finite number", fix=f"give {name} as a number")
    return number


def rate(value: Number, name: str) -> Decimal:
    """A rate as a fraction: "10bp", "0.1%" and 0.001 are the same.

    Raises ParameterError when it cannot be read or is not below 100 %.
    """
    text, suffix = value, None
    if isinstance(value, str):
        match = re.fullmatch(r"\s*([-+0-9.eE]+)\s*(bps?|%)?\s*", value)
        if match is None:
            raise ParameterError(f"{name} is {value!r}", expected='a rate such as "10bp", "0.1%" or 0.001')
        text, suffix = match.groups()
    number = decimal(text, name) * _UNITS[suffix]
    if abs(number) >= 1:
        raise ParameterError(
            f"{name} is {value!r}, which is {number * 100:f} %",
            expected="less than 100 %",
            fix='write basis points as "10bp" or a fraction such as 0.001',
        )
    return number


def margin(value: Number, name: str) -> Decimal:
    """A margin rate; here "100%" and 1 are allowed too."""
    return Decimal(1) if str(value).strip() in ("100%", "1", "1.0") else rate(value, name)


def choice(kind: type[_E], value: object, name: str) -> _E:
    """`value` as a member of `kind`; raises ParameterError that lists the members."""
    try:
        return kind(str(value))
    except ValueError:
        names = ", ".join(repr(member.value) for member in kind)
        raise ParameterError(f"{name} is {value!r}", expected=f"one of {names}") from None


def _require(valid: bool, name: str, value: object, expected: str) -> None:
    if not valid:
        raise ParameterError(f"{name} is {value!r}", expected=expected)


@dataclass(frozen=True, slots=True)
class Instrument:
    """Terms of one instrument; nothing here is inferred from data.

    `tick`, `lot`, `min_quantity`, `min_notional` are exact decimals in price, base and quote units; `multiplier` is the
    base amount (linear) or the quote amount (inverse) of one contract. `currency` settles it; `base` is what is bought.
    """

    kind: InstrumentKind = InstrumentKind.SPOT
    tick: Number | None = None
    lot: Number = Decimal("1e-8")
    min_quantity: Number = 0
    min_notional: Number = 0
    multiplier: Number = 1
    currency: str = ""
    base: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", choice(InstrumentKind, self.kind, "kind"))
        for name in ("lot", "multiplier"):
            _require(decimal(getattr(self, name), name) > 0, name, getattr(self, name), "a positive number")
        if self.tick is not None:
            _require(decimal(self.tick, "tick") > 0, "tick", self.tick, "a positive number, or None")
        for name in ("min_quantity", "min_notional"):
            _require(decimal(getattr(self, name), name) >= 0, name, getattr(self, name), "zero or more")


@dataclass(frozen=True, slots=True)
class Fees:
    """Fees of one fill (rule A5): rates of notional, an amount per unit, a minimum.

    `currency` is "quote", "base" (taken from what a buy receives) or a third currency's name, paid at its last rate.
    `tiers` are (traded notional of the last 30 days, maker, taker), rising; they replace maker and taker once reached.
    """

    maker: Number = 0
    taker: Number = 0
    per_unit: Number = 0
    minimum: Number = 0
    currency: str = "quote"
    tiers: tuple[tuple[Number, Number, Number], ...] = ()

    def __post_init__(self) -> None:
        for name in ("maker", "taker"):
            rate(getattr(self, name), f"fees.{name}")
        for name in ("per_unit", "minimum"):
            _require(decimal(getattr(self, name), name) >= 0, f"fees.{name}", getattr(self, name), "zero or more")
        tiers: object = self.tiers
        shaped = isinstance(tiers, Sequence) and all(isinstance(tier, Sequence) and len(tier) == 3 for tier in tiers)
        _require(shaped, "fees.tiers", self.tiers, "tuples of traded notional, maker, taker")
        steps = [decimal(volume, "fees.tiers") for volume, _, _ in self.tiers]
        _require(steps == sorted(set(steps)), "fees.tiers", self.tiers, "volumes that rise from tier to tier")
        for _, maker, taker in self.tiers:
            rate(maker, "fees.tiers maker")
            rate(taker, "fees.tiers taker")

    @classmethod
    def of(cls, value: Fees | Number) -> Fees:
        """Fees themselves, or one rate for makers and takers."""
        return value if isinstance(value, Fees) else cls(maker=value, taker=value)


@dataclass(frozen=True, slots=True)
class Slippage:
    """How far a taker's price moves against it (rule A6); at most one of the four is used.

    `ticks` of the instrument, `rate` of price, `spread` as a share of the spread (quotes or books needed),
    `impact` as the coefficient of price x impact x sqrt(quantity / bar volume).
    """

    ticks: int = 0
    rate: Number = 0
    spread: Number = 0
    impact: Number = 0

    def __post_init__(self) -> None:
        values = {
            "ticks": decimal(self.ticks, "slippage.ticks"),
            "rate": rate(self.rate, "slippage"),
            "spread": decimal(self.spread, "slippage.spread"),
            "impact": decimal(self.impact, "slippage.impact"),
        }
        for name, value in values.items():
            _require(value >= 0, f"slippage.{name}", getattr(self, name), "zero or more")
        _require(values["ticks"] == values["ticks"].to_integral_value(), "slippage.ticks", self.ticks, "whole ticks")
        used = [name for name, value in values.items() if value]
        _require(len(used) <= 1, "slippage", used, "one kind: ticks, rate, spread or impact")

    @classmethod
    def of(cls, value: Slippage | Number) -> Slippage:
        """Slippage itself, a rate ("5bp") or ticks ("1tick", "2ticks")."""
        if isinstance(value, Slippage):
            return value
        match = re.fullmatch(r"\s*(\d+)\s*ticks?\s*", value) if isinstance(value, str) else None
        return cls(ticks=int(match[1])) if match else cls(rate=value)


@dataclass(frozen=True, slots=True)
class FillModel:
    """What recorded data allow a fill to be: touch, share of volume, reading of a bar, queue; latencies in ns."""

    touch: bool = False
    participation: Number | None = None
    bounds: Bounds = Bounds.CONVENTION
    queue: QueueModel = QueueModel.PROPORTIONAL
    feed_latency: int = 0
    order_latency: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "bounds", choice(Bounds, self.bounds, "bounds"))
        object.__setattr__(self, "queue", choice(QueueModel, self.queue, "queue"))
        if self.participation is not None:
            share = margin(self.participation, "participation")
            _require(0 < share <= 1, "participation", self.participation, "a share above 0, at most 100 %")
        for name in ("feed_latency", "order_latency"):
            held = getattr(self, name)
            fits = isinstance(held, int) and 0 <= held <= _LONGEST_NS
            _require(fits, name, held, "zero or more nanoseconds, at most a hundred years")


@dataclass(frozen=True, slots=True)
class Market:
    """Everything about a market that is not data: the one argument that back-test, paper and live share.

    `instrument` (or `instruments` by symbol), account kind and margins, fees, slippage, fill model, `calendar` (an
    exchange calendar's name; None never closes), account `currency`, yearly `borrow` rate.
    """

    instrument: Instrument = field(default_factory=Instrument)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    account: AccountKind = AccountKind.CASH
    fees: Fees | Number = 0
    slippage: Slippage | Number = 0
    fill: FillModel = field(default_factory=FillModel)
    initial_margin: Number = "50%"
    maintenance_margin: Number = "25%"
    borrow: Number = 0
    calendar: str | None = None
    currency: str = ""

    def __post_init__(self) -> None:
        for name, kind in (("instrument", Instrument), ("instruments", dict), ("fill", FillModel)):
            held = getattr(self, name)
            _require(isinstance(held, kind), name, held, f"{kind.__name__}(...)")
        for symbol, terms in self.instruments.items():
            _require(isinstance(terms, Instrument), f"instruments[{symbol!r}]", terms, "Instrument(...)")
        object.__setattr__(self, "account", choice(AccountKind, self.account, "account"))
        object.__setattr__(self, "fees", Fees.of(self.fees))
        object.__setattr__(self, "slippage", Slippage.of(self.slippage))
        rate(self.borrow, "borrow")
        initial = margin(self.initial_margin, "initial_margin")
        maintenance = margin(self.maintenance_margin, "maintenance_margin")
        values = (self.initial_margin, self.maintenance_margin)
        _require(
            0 < maintenance <= initial <= 1, "margins", values, "0 < maintenance_margin <= initial_margin <= 100 %"
        )

    def of(self, symbol: str) -> Instrument:
        """The instrument of `symbol`."""
        return self.instruments.get(symbol, self.instrument)


@dataclass(frozen=True, slots=True)
class Split:
    """A split: `ratio` new shares for an old one ("0.05": 1 for 20), before the first open at or after `ts`."""

    symbol: str
    ts: int
    ratio: Number


@dataclass(frozen=True, slots=True)
class Dividend:
    """A dividend of `amount` per share, before the first open at or after `ts`."""

    symbol: str
    ts: int
    amount: Number


@dataclass(frozen=True, slots=True)
class Funding:
    """Funding: longs pay position value x `rate` to shorts at `ts` (ns UTC)."""

    symbol: str
    ts: int
    rate: Number


Action = Split | Dividend | Funding

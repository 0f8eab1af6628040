"""Why a strategy earned something else than its back-test on the same data: parts that add up to the whole gap exactly.

What an account is worth at the end is its cash, plus for each fill its side times quantity times (last price - price),
less its fee. The gap is that sum over the live fills less that over the back-test's; each term belongs to one part:

- fees: what live fills cost in fees, less what the back-test's cost.
- latency: where both filled a decision, what the market moved between both fills.
- slippage: where both filled a decision, the rest of the difference of prices.
- size: where both filled a decision, what one filled more than the other.
- missed, extra: decisions that only the back-test, only the live strategy filled.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

PARTS: Final = ("fees", "latency", "slippage", "size", "missed", "extra")
_BPS: Final = 10_000
_MONEY_DECIMALS: Final = 8
_BPS_DECIMALS: Final = 2
_NEAR_NS: Final = 60 * 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One fill: `side` is 1 or -1, amounts exact, `fee` in the quote currency and `fee_base` in the base.

    `decided` is the time of the data that it was decided on; `role` is plain, or that of a protection. Times ns UTC.
    """

    symbol: str
    side: int
    quantity: Decimal
    price: Decimal
    fee: Decimal
    ts: int
    decided: int
    role: str = "plain"
    fee_base: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Prices:
    """What a market stood at: times (ns UTC, ascending) and prices."""

    ts: Sequence[int]
    price: Sequence[Decimal]

    def at(self, ts: int) -> Fraction:
        """The last price known at `ts`; the first one before there was any."""
        return Fraction(self.price[max(0, bisect_right(self.ts, ts) - 1)])

    @property
    def last(self) -> Fraction:
        """The last of all."""
        return Fraction(self.price[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision as both filled it, quantities and mean prices 0 where one did not; `bps` is its part of the gap."""

    decided: int
    symbol: str
    side: int
    role: str
    kind: str
    live_quantity: Decimal
    live_price: Decimal
    back_quantity: Decimal
    back_price: Decimal
    bps: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The whole gap and its parts, in money and in basis points of the cash; parts add up to the whole exactly."""

    live: Decimal
    back: Decimal
    gap: Decimal
    gap_bps: Decimal
    parts: Mapping[str, Decimal]
    parts_bps: Mapping[str, Decimal]
    decisions: tuple[Decision, ...]


@dataclass(slots=True)
class _Filled:
    """All fills of one decision."""

    symbol: str
    side: int
    role: str
    decided: int
    quantity: Fraction = Fraction(0)
    paid: Fraction = Fraction(0)
    market: Fraction = Fraction(0)
    fees: Fraction = Fraction(0)

    @property
    def price(self) -> Fraction:
        """The mean price."""
        return self.paid / self.quantity if self.quantity else Fraction(0)


@dataclass(slots=True)
class _Sums:
    parts: dict[str, Fraction] = field(default_factory=lambda: dict.fromkeys(PARTS, Fraction(0)))
    decisions: list[tuple[_Filled | None, _Filled | None, str, Fraction]] = field(default_factory=list)


def explain(
    live: Sequence[Deal], back: Sequence[Deal], prices: Mapping[str, Prices], cash: Decimal, *, most: int = 500
) -> Gap:
    """The gap between two accounts that began with `cash` and nothing else, at the last of `prices`.

    `most` decisions are listed, those with the largest parts. Amounts of `parts` and `gap` have 8 decimals, basis
    points 2; they are rounded so that the parts add up to the whole.
    """
    sums = _Sums()
    for one, other in _matched(_decisions(live, prices), _decisions(back, prices)):
        _add(sums, one, other, prices)
    whole = sum(sums.parts.values(), Fraction(0))
    live_worth, back_worth = (Fraction(cash) + _worth(deals, prices) for deals in (live, back))
    assert live_worth - back_worth == whole  # every term of both sums is in exactly one part
    in_bps = {name: part * _BPS / Fraction(cash) for name, part in sums.parts.items()}
    return Gap(
        live=_rounded(live_worth, _MONEY_DECIMALS),
        back=_rounded(back_worth, _MONEY_DECIMALS),
        gap=_rounded(whole, _MONEY_DECIMALS),
        gap_bps=_rounded(sum(in_bps.values(), Fraction(0)), _BPS_DECIMALS),
        parts=shared(sums.parts, _MONEY_DECIMALS),
        parts_bps=shared(in_bps, _BPS_DECIMALS),
        decisions=_listed(sums, Fraction(cash), most),
    )


def curve(deals: Sequence[Deal], prices: Mapping[str, Prices], cash: Decimal, times: Sequence[int]) -> list[float]:
    """What an account that began with `cash` was worth at `times` (ns UTC, ascending), for drawing."""
    ordered = sorted(deals, key=lambda deal: deal.ts)
    money, held, at = Fraction(cash), dict.fromkeys(prices, Fraction(0)), 0
    found = []
    for ts in times:
        while at < len(ordered) and ordered[at].ts <= ts:
            deal = ordered[at]
            money -= deal.side * Fraction(deal.quantity) * Fraction(deal.price) + Fraction(deal.fee)
            held[deal.symbol] += deal.side * Fraction(deal.quantity) - Fraction(deal.fee_base)
            at += 1
        worth = sum((quantity * prices[symbol].at(ts) for symbol, quantity in held.items() if quantity), Fraction(0))
        found.append(float(money + worth))
    return found


def shared(parts: Mapping[str, Fraction], decimals: int) -> dict[str, Decimal]:
    """Parts rounded to `decimals` so that they add up to their rounded sum: the largest remainders are rounded up."""
    scale = 10**decimals
    floors = {name: (part * scale).__floor__() for name, part in parts.items()}
    rest = round(sum(parts.values(), Fraction(0)) * scale) - sum(floors.values())
    order = sorted(parts, key=lambda name: (floors[name] - parts[name] * scale, name))
    raised = set(order[:rest])
    return {name: _decimal(floor + (name in raised), decimals) for name, floor in floors.items()}


def _rounded(value: Fraction, decimals: int) -> Decimal:
    return _decimal(round(value * 10**decimals), decimals)


def _decimal(units: int, decimals: int) -> Decimal:
    return Decimal(f"{units}E-{decimals}")  # reading text rounds nothing, however many digits there are


def _fee(deal: Deal, prices: Mapping[str, Prices]) -> Fraction:
    return Fraction(deal.fee) + Fraction(deal.fee_base) * prices[deal.symbol].last


def _worth(deals: Iterable[Deal], prices: Mapping[str, Prices]) -> Fraction:
    terms = (
        deal.side * Fraction(deal.quantity) * (prices[deal.symbol].last - Fraction(deal.price)) - _fee(deal, prices)
        for deal in deals
    )
    return sum(terms, Fraction(0))


def _decisions(deals: Sequence[Deal], prices: Mapping[str, Prices]) -> list[_Filled]:
    found: dict[tuple[str, int, str, int], _Filled] = {}
    for deal in sorted(deals, key=lambda deal: (deal.ts, deal.decided)):
        key = (deal.symbol, deal.side, deal.role, deal.decided)
        filled = found.setdefault(key, _Filled(*key))
        quantity = Fraction(deal.quantity)
        filled.quantity += quantity
        filled.paid += quantity * Fraction(deal.price)
        filled.market += quantity * prices[deal.symbol].at(deal.ts)
        filled.fees += _fee(deal, prices)
    return list(found.values())


def _matched(live: list[_Filled], back: list[_Filled]) -> Iterator[tuple[_Filled | None, _Filled | None]]:
    """Decisions of both side by side: plain ones of the same moment, protections near one another."""
    free: dict[tuple[str, int, str], dict[int, _Filled]] = {}
    for other in back:
        free.setdefault((other.symbol, other.side, other.role), {})[other.decided] = other
    for one in live:
        same = free.get((one.symbol, one.side, one.role), {})
        moment = one.decided if one.role == "plain" else _nearest(one.decided, same)
        yield one, same.pop(moment, None)
    for left in free.values():
        yield from ((None, other) for other in left.values())


def _nearest(moment: int, moments: Iterable[int]) -> int:
    """The nearest of `moments` within a minute, else `moment`."""
    near = [other for other in moments if abs(other - moment) <= _NEAR_NS]
    return min(near, key=lambda other: abs(other - moment), default=moment)


def _add(sums: _Sums, live: _Filled | None, back: _Filled | None, prices: Mapping[str, Prices]) -> None:
    terms = dict.fromkeys(PARTS, Fraction(0))
    terms["fees"] = (back.fees if back else 0) - (live.fees if live else Fraction(0))
    if live is not None and back is not None:
        kind = "both"
        _both(terms, live, back, prices)
    elif live is not None:
        kind = "extra"
        terms["extra"] = live.side * (live.quantity * prices[live.symbol].last - live.paid)
    else:
        assert back is not None  # one of both is there
        kind = "missed"
        terms["missed"] = -back.side * (back.quantity * prices[back.symbol].last - back.paid)
    for name, term in terms.items():
        sums.parts[name] += term
    sums.decisions.append((live, back, kind, sum(terms.values(), Fraction(0))))


def _both(terms: dict[str, Fraction], live: _Filled, back: _Filled, prices: Mapping[str, Prices]) -> None:
    """The common quantity at both prices; what one filled more stands against the last price."""
    side, last = live.side, prices[live.symbol].last
    common = min(live.quantity, back.quantity)
    moved = live.market / live.quantity - back.market / back.quantity
    terms["latency"] = -side * common * moved
    terms["slippage"] = -side * common * (live.price - back.price - moved)
    over, under = live.quantity - common, back.quantity - common
    terms["size"] = side * (over * (last - live.price) - under * (last - back.price))


def _listed(sums: _Sums, cash: Fraction, most: int) -> tuple[Decision, ...]:
    largest = sorted(sums.decisions, key=lambda row: -abs(row[3]))[:most]
    rows = [_row(live, back, kind, part * _BPS / cash) for live, back, kind, part in largest]
    return tuple(sorted(rows, key=lambda row: row.decided))


def _row(live: _Filled | None, back: _Filled | None, kind: str, bps: Fraction) -> Decision:
    one = live or back
    assert one is not None  # one of both is there
    empty = _Filled(one.symbol, one.side, one.role, one.decided)
    mine, other = live or empty, back or empty
    return Decision(
        decided=one.decided,
        symbol=one.symbol,
        side=one.side,
        role=one.role,
        kind=kind,
        live_quantity=_rounded(mine.quantity, _MONEY_DECIMALS),
        live_price=_rounded(mine.price, _MONEY_DECIMALS),
        back_quantity=_rounded(other.quantity, _MONEY_DECIMALS),
        back_price=_rounded(other.price, _MONEY_DECIMALS),
        bps=_rounded(bps, 4),
    )

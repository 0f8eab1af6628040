"""A market's terms as the integers that the core takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from parrot.contracts.market import (
    AccountKind,
    Action,
    Dividend,
    Fees,
    Funding,
    Instrument,
    Market,
    Number,
    Slippage,
    Split,
    decimal,
    margin,
    rate,
)
from parrot.engine.bars import Bars
from parrot.engine.columns import Integers
from parrot.kernel.errors import ParameterError

QUANTITY_DECIMALS = 8
RATE_DECIMALS = 8
_CASH_LIMIT = 10**17
_UNITS_LIMIT = Decimal(10**18)
_MULTIPLIER_DECIMALS = 10
_RATIO_LIMIT = 10**12


def cash_decimals(cash: Decimal) -> int:
    """Decimals of cash: 8, fewer when the account starts above 10^9 (rule N1)."""
    decimals = 8
    while decimals and cash * 10**decimals > _CASH_LIMIT:
        decimals -= 1
    return decimals


def units(value: Decimal, decimals: int, name: str) -> int:
    """`value` in 10^-`decimals`; raises ParameterError when it has more digits, or 64 bits are too few."""
    scaled = value.scaleb(decimals)
    if scaled != scaled.to_integral_value():
        raise ParameterError(f"{name} is {value}", expected=f"at most {decimals} decimals")
    if abs(scaled) >= _UNITS_LIMIT:
        raise ParameterError(f"{name} is {value}", expected=f"less than {_UNITS_LIMIT.scaleb(-decimals):E}")
    return int(scaled)


def rate_units(value: Number, name: str) -> int:
    """A rate in 10^-8."""
    return units(rate(value, name), RATE_DECIMALS, name)


def account_terms(market: Market, cash: Decimal) -> dict[str, Any]:
    """Everything about the account and the fill model."""
    decimals = cash_decimals(cash)
    fees, fill = Fees.of(market.fees), market.fill
    is_margin = market.account is AccountKind.MARGIN
    rates = [units(margin(getattr(market, n), n), RATE_DECIMALS, n) for n in ("initial_margin", "maintenance_margin")]
    share = None if fill.participation is None else margin(fill.participation, "participation")
    return {
        "cash": units(cash, decimals, "cash"),
        "cash_decimals": decimals,
        "margin": tuple(rates) if is_margin else None,
        "maker": rate_units(fees.maker, "fees.maker"),
        "taker": rate_units(fees.taker, "fees.taker"),
        "fee_per_unit": units(decimal(fees.per_unit, "fees.per_unit"), decimals, "fees.per_unit"),
        "fee_minimum": units(decimal(fees.minimum, "fees.minimum"), decimals, "fees.minimum"),
        "fee_in_base": fees.currency == "base",
        "tiers": [
            (
                units(decimal(volume, "fees.tiers"), decimals, "fees.tiers"),
                rate_units(maker, "fees.tiers"),
                rate_units(taker, "fees.tiers"),
            )
            for volume, maker, taker in fees.tiers
        ],
        "touch": fill.touch or fill.bounds == "optimistic",
        "participation": None if share is None else units(share, RATE_DECIMALS, "participation"),
        "bounds": fill.bounds.value,
        "proportional_queue": fill.queue == "proportional",
        "feed_latency": fill.feed_latency,
        "order_latency": fill.order_latency,
        "borrow": rate_units(market.borrow, "borrow"),
    }


def slippage_terms(slippage: Slippage) -> tuple[str, int]:
    """Kind and amount of slippage."""
    if slippage.ticks:
        return "ticks", slippage.ticks
    for name in ("rate", "spread", "impact"):
        value = getattr(slippage, name)
        amount = rate(value, name) if name == "rate" else decimal(value, name)
        if amount:
            return name, units(amount, RATE_DECIMALS, f"slippage.{name}")
    return "none", 0


def instrument_terms(instrument: Instrument, price_decimals: int, cash_scale: int) -> dict[str, Any]:
    """Everything about one instrument."""
    tick = decimal(instrument.tick, "tick") if instrument.tick is not None else Decimal(1).scaleb(-price_decimals)
    multiplier = decimal(instrument.multiplier, "multiplier").normalize()
    exponent = multiplier.as_tuple().exponent
    multiplier_decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return {
        "kind": instrument.kind.value,
        "price_decimals": price_decimals,
        "tick": units(tick, price_decimals, "tick"),
        "lot": units(decimal(instrument.lot, "lot"), QUANTITY_DECIMALS, "lot"),
        "min_quantity": units(decimal(instrument.min_quantity, "min_quantity"), QUANTITY_DECIMALS, "min_quantity"),
        "min_notional": units(decimal(instrument.min_notional, "min_notional"), cash_scale, "min_notional"),
        "multiplier": units(multiplier, min(multiplier_decimals, _MULTIPLIER_DECIMALS), "multiplier"),
        "multiplier_decimals": multiplier_decimals,
    }


def fx_terms(market: Market, symbols: Sequence[str], known: Mapping[str, Bars]) -> dict[str, tuple[Integers, Integers]]:
    """Times and rates (10^-8) of every symbol in a foreign currency; none where its rate is not given (rule A9).

    The account's currency is `market.currency`, else the one in which symbols settle and which has no rate.
    """
    settled = {symbol: market.of(symbol).currency for symbol in symbols}
    home = market.currency
    if not home:
        candidates = {currency for currency in settled.values() if currency and currency not in known}
        if len(candidates) > 1:
            raise ParameterError(
                f"symbols settle in {', '.join(sorted(candidates))}, and the account's currency is not said",
                expected="one currency, or the account's and rates of the others",
                fix='pass market=Market(currency="USD", ...) and fx={"EUR": bars of EUR in USD}',
            )
        home = candidates.pop() if candidates else ""
    foreign = {symbol: currency for symbol, currency in settled.items() if currency not in ("", home)}
    nothing = np.empty(0, dtype=np.int64)
    rates = {currency: (bars.close_ts, _rate_units(currency, bars)) for currency, bars in known.items()}
    return {symbol: rates.get(currency, (nothing, nothing)) for symbol, currency in foreign.items()}


def _rate_units(currency: str, bars: Bars) -> Integers:
    """Closes in 10^-8, half-even where the bars have more decimals."""
    shift = RATE_DECIMALS - bars.price_decimals
    if shift < 0:
        divisor = 10**-shift
        whole, rest = np.divmod(bars.close_ticks, divisor)
        rounded: Integers = whole + ((2 * rest > divisor) | ((2 * rest == divisor) & (whole % 2 == 1)))
        return rounded
    if int(bars.close_ticks.max(initial=0)) > np.iinfo(np.int64).max // 10**shift:
        raise ParameterError(f"a rate of {currency} is too large", expected="rates below 9.2e10")
    scaled: Integers = bars.close_ticks * 10**shift
    return scaled


def action_terms(action: Action, symbol: int) -> tuple[int, int, str, int, int]:
    """An event as (ns UTC, symbol, kind, first, second)."""
    match action:
        case Split():
            numerator, denominator = decimal(action.ratio, "ratio").as_integer_ratio()
            if not 0 < numerator < _RATIO_LIMIT or denominator >= _RATIO_LIMIT:
                raise ParameterError(f"the split ratio is {action.ratio!r}", expected="a positive number of few digits")
            return action.ts, symbol, "split", numerator, denominator
        case Dividend():
            if decimal(action.amount, "amount") <= 0:
                raise ParameterError(f"the dividend is {action.amount!r}", expected="a positive amount")
            return action.ts, symbol, "dividend", units(decimal(action.amount, "amount"), 8, "dividend"), 0
        case Funding():
            return action.ts, symbol, "funding", rate_units(action.rate, "funding rate"), 0

"""The worth of an account over time, from its fills and the bars of its stocks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

from parrot.gateway.alpaca_api import bars
from parrot.gateway.alpaca_api.days import MINUTE, local, midnight
from parrot.gateway.alpaca_api.problems import invalid
from parrot.gateway.alpaca_api.stocks import Stocks
from parrot.gateway.alpaca_api.values import SECOND, number, product, ratio, read_date, read_moment

Json = dict[str, Any]
Query = Mapping[str, str]

_DAY: Final = 24 * 60 * MINUTE
_STEPS: Final = {"1Min": MINUTE, "5Min": 5 * MINUTE, "15Min": 15 * MINUTE, "1H": 60 * MINUTE, "1D": _DAY}
_UNITS: Final = {"D": 1, "W": 7, "M": 30, "A": 365}
_PERIOD: Final = re.compile(r"(\d{1,3})([DWMA])", re.ASCII)
_POINTS_MAX: Final = 20_000
_WEEK: Final = 7 * _DAY
_MONTH: Final = 30 * _DAY


class Asked(NamedTuple):
    """From when to when, ns UTC, in steps of what length."""

    since: int
    until: int
    timeframe: str


class Worth:
    """How cash and shares of an account changed; what came and went otherwise counts as if it had always been there."""

    def __init__(self, stocks: Stocks, account: str, asked: Asked) -> None:
        cash = stocks.cash(account)
        self._cash = cash.free + cash.locked
        self._shares = {holding.symbol: holding.quantity for holding in stocks.holdings(account)}
        fills = [
            fill for symbol in stocks.markets for fill in stocks.executions(account, symbol, since=asked.since + 1)
        ]
        self._fills = sorted(fills, key=lambda fill: fill.ts)
        for fill in reversed(self._fills):
            self._change(fill.symbol, fill.price, -fill.quantity if fill.side == "buy" else fill.quantity)
        self._done = 0
        self._prices = {symbol: _prices(stocks, symbol, asked) for symbol in self._shares}

    def _change(self, symbol: str, price: int, quantity: int) -> None:
        self._shares[symbol] = self._shares.get(symbol, 0) + quantity
        self._cash -= product(price, abs(quantity)) * (1 if quantity > 0 else -1)

    def at(self, ts: int) -> int:
        """The worth at a time; times rise."""
        while self._done < len(self._fills) and self._fills[self._done].ts <= ts:
            fill = self._fills[self._done]
            self._change(fill.symbol, fill.price, fill.quantity if fill.side == "buy" else -fill.quantity)
            self._done += 1
        return self._cash + sum(
            product(_last(self._prices[symbol], ts), quantity) for symbol, quantity in self._shares.items() if quantity
        )


def _prices(stocks: Stocks, symbol: str, asked: Asked) -> Sequence[tuple[int, int]]:
    """(time from which it holds, price), oldest first."""
    fine = _STEPS[asked.timeframe] < 60 * MINUTE
    length = bars.frame("1Min" if fine else "1Hour")
    found = bars.traded(stocks.exchange, symbol, length, since=asked.since - _DAY, until=asked.until)
    prices = [(bar.ts + length.step, bar.close) for bar in found]
    now = stocks.now
    return [*(row for row in prices if row[0] <= now), (now, stocks.last_price(symbol))]


def _last(prices: Sequence[tuple[int, int]], ts: int) -> int:
    return prices[max(bisect_right(prices, ts, key=lambda row: row[0]) - 1, 0)][1]


def history(stocks: Stocks, account: str, query: Query) -> Json:
    """What GET /v2/account/portfolio/history answers; raises Problem."""
    asked = _asked(stocks.now, query)
    worth = Worth(stocks, account, asked)
    base = worth.at(asked.since)
    times = _times(stocks, asked)
    values = [worth.at(ts) for ts in times]
    return {
        "timestamp": [ts // SECOND for ts in times],
        "equity": [number(value) for value in values],
        "profit_loss": [number(value - base) for value in values],
        "profit_loss_pct": [float(ratio(value - base, base)) for value in values],
        "base_value": number(base),
        "base_value_asof": local(asked.since).date().isoformat(),
        "timeframe": asked.timeframe,
        "cashflow": {},
    }


def _asked(now: int, query: Query) -> Asked:
    until = read_moment(query["end"], "end") if query.get("end") else now
    if query.get("date_end"):
        day = read_date(query["date_end"], "date_end") + timedelta(days=1)
        until = read_moment(day.isoformat(), "date_end")
    until = min(until, now)
    span = _span(query.get("period") or "1M")
    since = read_moment(query["start"], "start") if query.get("start") else until - span
    if since >= until:
        raise invalid("the period must begin before it ends")
    span = until - since
    timeframe = query.get("timeframe") or ("1Min" if span < _WEEK else "15Min" if span < _MONTH else "1D")
    if timeframe not in _STEPS:
        raise invalid(f"invalid timeframe: {timeframe[:20]!r}")
    if span // _STEPS[timeframe] > _POINTS_MAX:
        raise invalid("the period is too long for this timeframe")
    return Asked(since, until, timeframe)


def _span(period: str) -> int:
    found = _PERIOD.fullmatch(period)
    if found is None or not int(found[1]):
        raise invalid(f"invalid period: {period[:20]!r}")
    return int(found[1]) * _UNITS[found[2]] * _DAY


def _times(stocks: Stocks, asked: Asked) -> list[int]:
    step = _STEPS[asked.timeframe]
    if step < _DAY:
        first = asked.since - asked.since % step + step
        return [ts for ts in range(first, asked.until + 1, step) if stocks.days.is_open(ts)]
    days = sorted({midnight(ts) for ts in range(asked.since, asked.until, _DAY)} | {midnight(asked.until)})
    closes = [min(stocks.days.next_close(day), asked.until) for day in days]
    return sorted({close for close in closes if asked.since < close <= asked.until})

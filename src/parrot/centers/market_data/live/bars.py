"""Bars of good trades by time, number of trades, volume and value; the rules are in docs/reference/market-data.md."""

from __future__ import annotations

from typing import Any, Final

from parrot.centers.market_data.live.settings import BarRule
from parrot.centers.market_data.live.units import SIZE_DECIMALS
from parrot.contracts.ticks import BarClosed, TradeTick
from parrot.engine.columns import DAY, WEEK

VOLUME_MAX: Final = 2**63 - 1  # a bar's volume stays here rather than leave 64 bits
MONDAY: Final = 4 * DAY  # 1970-01-05, the first Monday of the epoch

Out = list[Any]


class TimeBars:
    """Bars of equal length, aligned to the epoch in UTC (whole weeks to Monday)."""

    __slots__ = (
        "_anchor", "_close", "_end", "_fill", "_grace", "_high", "_low", "_made", "_next", "_open", "_partial",
        "_start", "_step", "_symbol", "_volume", "empty", "late",
    )  # fmt: skip

    def __init__(self, symbol: str, step: int, *, grace: int, fill: int) -> None:
        self._symbol = symbol
        self._step = step
        self._grace = grace
        self._fill = fill
        self._anchor = MONDAY if step % WEEK == 0 else 0
        self._start = self._end = 0
        self._open = self._high = self._low = self._close = self._volume = self._made = 0
        self._partial = False
        self._next = 1  # a stream that begins with another number may have begun before
        self.empty = 0
        self.late = 0

    def add(self, trade: TradeTick, out: Out) -> bool:
        """Takes a good trade; bars that it completes go to `out`. False when its bar was closed by time before."""
        ts = trade.ts
        if ts >= self._end:
            self._turn(trade.ts, out)
        elif ts < self._start:
            self.late += 1
            return False
        price = trade.price
        if not self._made:
            self._open = self._high = self._low = price
        elif price > self._high:
            self._high = price
        elif price < self._low:
            self._low = price
        if trade.seq != self._next:
            self._partial = True
        self._next = trade.seq + 1
        self._close = price
        self._volume += trade.size
        self._made += 1
        return True

    def pass_time(self, now: int, out: Out) -> None:
        """Closes what ended `grace` ago."""
        while self._end and now >= self._end + self._grace:
            self._emit(out)
            if self.empty > self._fill:
                self._go_to(now - self._grace)

    def _turn(self, ts: int, out: Out) -> None:
        if not self._end:
            self._go_to(ts)
            return
        while ts >= self._end:
            self._emit(out)
            if self.empty > self._fill:
                self._go_to(ts)
                return

    def _go_to(self, ts: int) -> None:
        self._start = (ts - self._anchor) // self._step * self._step + self._anchor
        self._end = self._start + self._step

    def _emit(self, out: Out) -> None:
        self.empty = 0 if self._made else self.empty + 1
        if self.empty <= self._fill:
            out.append(self._bar())
        self._start, self._end = self._end, self._end + self._step
        self._open = self._high = self._low = self._close
        self._volume = self._made = 0
        self._partial = False

    def _bar(self) -> BarClosed:
        return BarClosed(
            symbol=self._symbol,
            kind="time",
            step=self._step,
            ts=self._start,
            close_ts=self._end,
            open=self._open,
            high=self._high,
            low=self._low,
            close=self._close,
            volume=min(self._volume, VOLUME_MAX),
            trades=self._made,
            made=self._made > 0,
            partial=self._partial,
        )


class EventBars:
    """Bars that close with the trade that brings their number of trades, volume or value to the step or above it."""

    __slots__ = ("_close", "_filled", "_high", "_kind", "_low", "_made", "_next", "_open", "_partial",
                 "_start", "_step", "_symbol", "_target", "_volume")  # fmt: skip

    def __init__(self, symbol: str, rule: BarRule, price_decimals: int) -> None:
        self._symbol = symbol
        self._kind = rule.kind
        self._step = rule.step
        self._target = rule.step * (10 ** (price_decimals + SIZE_DECIMALS) if rule.kind == "dollar" else 1)
        self._start = self._open = self._high = self._low = self._close = 0
        self._volume = self._made = self._filled = 0
        self._partial = False
        self._next = 1

    def add(self, trade: TradeTick, out: Out) -> bool:
        """Takes a good trade; the bar that it completes goes to `out`."""
        price, size = trade.price, trade.size
        if not self._made:
            self._start, self._open, self._high, self._low = trade.ts, price, price, price
        elif price > self._high:
            self._high = price
        elif price < self._low:
            self._low = price
        if trade.seq != self._next:
            self._partial = True
        self._next = trade.seq + 1
        self._close = price
        self._volume += size
        self._made += 1
        self._filled += 1 if self._kind == "tick" else size if self._kind == "volume" else price * size
        if self._filled >= self._target:
            out.append(self._bar(trade.ts))
            self._volume = self._made = self._filled = 0
            self._partial = False
        return True

    def pass_time(self, now: int, out: Out) -> None:
        """Time does not close such bars."""

    def _bar(self, close_ts: int) -> BarClosed:
        return BarClosed(
            symbol=self._symbol,
            kind=self._kind,
            step=self._step,
            ts=self._start,
            close_ts=close_ts,
            open=self._open,
            high=self._high,
            low=self._low,
            close=self._close,
            volume=min(self._volume, VOLUME_MAX),
            trades=self._made,
            partial=self._partial,
        )


Builder = TimeBars | EventBars


def builder(symbol: str, rule: BarRule, *, price_decimals: int, grace: int, fill: int) -> Builder:
    """Builds the bars of one rule."""
    if rule.kind == "time":
        return TimeBars(symbol, rule.step, grace=grace, fill=fill)
    return EventBars(symbol, rule, price_decimals)

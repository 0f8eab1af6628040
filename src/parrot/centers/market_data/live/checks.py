"""The gates of trades, quotes and bars in their order; the first that a datum does not pass is the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from parrot.centers.market_data.live.sequence import OnGap, Sequence
from parrot.centers.market_data.live.settings import Gates
from parrot.centers.market_data.live.spikes import SpikeGate
from parrot.contracts.ticks import BarClosed, QuoteTick, TradeTick


class Refusal(NamedTuple):
    """The gate that keeps a datum back, and its numbers."""

    gate: str
    text: str


class Clock:
    """Event times of one stream: too old, too far ahead, or running backward."""

    __slots__ = ("_future", "_stale", "last", "received")

    def __init__(self, settings: Gates) -> None:
        self._stale = settings.stale
        self._future = settings.future
        self.last = 0
        self.received = 0

    def refuses(self, ts: int, now: int) -> Refusal | None:
        """Why a time is not good at `now`."""
        if ts < self.last:
            return Refusal("backward time", f"{ts} after {self.last}")
        if now - ts > self._stale:
            return Refusal("stale", f"{(now - ts) / 1e9:.3f} s old, allowed {self._stale / 1e9:g} s")
        if ts - now > self._future:
            return Refusal("future", f"{(ts - now) / 1e9:.3f} s ahead, allowed {self._future / 1e9:g} s")
        return None


class _Stream:
    """What the gates of a stream of numbered ticks of one symbol remember."""

    __slots__ = ("_settings", "_tick", "clock", "sequence", "spikes")

    def __init__(self, settings: Gates, tick: int, on_gap: OnGap) -> None:
        self._settings = settings
        self._tick = tick
        self.sequence = Sequence(settings.restart, on_gap)
        self.spikes = SpikeGate(settings)
        self.clock = Clock(settings)


class Trades(_Stream):
    """The gates of one symbol's trades."""

    __slots__ = ()

    def refuses(self, trade: TradeTick, now: int) -> Refusal | None:
        """Why a well-formed trade is kept back, or None when it is good."""
        gate = self.sequence.refuses(trade.seq)
        if gate:
            return Refusal(gate, f"number {trade.seq} after {self.sequence.last}")
        price, size, ts, settings = trade.price, trade.size, trade.ts, self._settings
        if not 0 < price <= settings.price_max or price % self._tick:
            return _bad_price(price, self._tick)
        if not 0 < size <= settings.size_max:
            return Refusal("zero volume" if size == 0 else "bad size", f"size {size}")
        clock = self.clock
        refused = clock.refuses(ts, now)
        if refused:
            return refused
        text = self.spikes.refuses(price, ts)
        if text:
            return Refusal("spike", text)
        clock.last, clock.received = ts, now
        return None


class Quotes(_Stream):
    """The gates of one symbol's quotes."""

    __slots__ = ()

    def refuses(self, quote: QuoteTick, now: int) -> Refusal | None:
        """Why a well-formed quote is kept back, or None when it is good."""
        gate = self.sequence.refuses(quote.seq)
        if gate:
            return Refusal(gate, f"number {quote.seq} after {self.sequence.last}")
        bid, ask, ts, most = quote.bid, quote.ask, quote.ts, self._settings.price_max
        if not 0 < bid <= most or bid % self._tick:
            return _bad_price(bid, self._tick)
        if not 0 < ask <= most or ask % self._tick:
            return _bad_price(ask, self._tick)
        largest = self._settings.size_max
        if not 0 <= quote.bid_size <= largest or not 0 <= quote.ask_size <= largest:
            return Refusal("bad size", f"sizes {quote.bid_size} and {quote.ask_size}")
        clock = self.clock
        refused = clock.refuses(ts, now)
        if refused:
            return refused
        if bid >= ask:
            return Refusal("crossed", f"bid {bid}, ask {ask}")
        text = self.spikes.refuses(bid + ask, ts)
        if text:
            return Refusal("spike", f"bid + ask {text}")
        clock.last, clock.received = ts, now
        return None


class ReadyBars:
    """The gates of bars that a feed brings ready-made."""

    __slots__ = ("_settings", "_tick", "clock", "spikes")

    def __init__(self, settings: Gates, tick: int) -> None:
        self._settings = settings
        self._tick = tick
        self.spikes = SpikeGate(replace(settings, sure_ppm=settings.bar_sure_ppm, collar_ppm=settings.bar_collar_ppm))
        self.clock = Clock(settings)

    def refuses(self, bar: BarClosed, now: int) -> Refusal | None:
        """Why a well-formed bar is kept back, or None when it is good."""
        for price in (bar.open, bar.high, bar.low, bar.close):
            if not 0 < price <= self._settings.price_max or price % self._tick:
                return _bad_price(price, self._tick)
        if bar.low > min(bar.open, bar.close) or bar.high < max(bar.open, bar.close):
            return Refusal("bad OHLC", f"open {bar.open} high {bar.high} low {bar.low} close {bar.close}")
        if not 0 <= bar.volume <= self._settings.size_max or bar.trades < 0:
            return Refusal("bad size", f"volume {bar.volume}, {bar.trades} trades")
        if bar.close_ts <= bar.ts or bar.ts < self.clock.last:
            return Refusal("backward time", f"{bar.ts} to {bar.close_ts} after {self.clock.last}")
        refused = self.clock.refuses(bar.close_ts, now)
        if refused:
            return refused
        text = self.spikes.refuses(bar.close, bar.close_ts)
        if text:
            return Refusal("spike", text)
        self.clock.last, self.clock.received = bar.close_ts, now
        return None


def _bad_price(price: int, tick: int) -> Refusal:
    if price <= 0:
        return Refusal("non-positive", f"price {price}")
    if price % tick:
        return Refusal("off tick", f"price {price}, tick {tick}")
    return Refusal("huge", f"price {price}")

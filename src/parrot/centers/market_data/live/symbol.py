"""Everything that a live market knows of one symbol."""

from __future__ import annotations

from typing import Any

from parrot.centers.market_data.live.bars import Builder, builder
from parrot.centers.market_data.live.book import BookSync
from parrot.centers.market_data.live.checks import Clock, Quotes, ReadyBars, Trades
from parrot.centers.market_data.live.quoting import Touch
from parrot.centers.market_data.live.sequence import OnGap
from parrot.centers.market_data.live.settings import BarRule, LiveSettings
from parrot.centers.market_data.live.spikes import SpikeGate
from parrot.centers.market_data.live.units import Units
from parrot.contracts.listing import Listing
from parrot.contracts.ticks import TradeTick


class SymbolMarket:
    """Gates, book, bars and quote of one symbol."""

    __slots__ = (
        "bars", "book", "book_clock", "book_spikes", "quotes", "ready", "settings", "symbol", "touch", "trades",
        "units",
    )  # fmt: skip

    def __init__(self, listing: Listing, settings: LiveSettings, on_gap: OnGap, on_quote_gap: OnGap) -> None:
        gates = settings.gates
        self.symbol = listing.symbol
        self.settings = settings
        self.units = Units(listing)
        self.trades = Trades(gates, self.units.tick, on_gap)
        self.quotes = Quotes(gates, self.units.tick, on_quote_gap)
        self.ready = ReadyBars(gates, self.units.tick)
        self.book = BookSync(settings.buffer)
        self.book_spikes = SpikeGate(gates)
        self.book_clock = Clock(gates)
        self.touch = Touch(self.units, settings.fresh)
        self.bars: dict[BarRule, Builder] = {}
        for rule in settings.bars:
            self.build(rule)

    def build(self, rule: BarRule) -> None:
        """Builds bars of one more rule from here."""
        if rule not in self.bars:
            self.bars[rule] = builder(
                self.symbol,
                rule,
                price_decimals=self.units.price_decimals,
                grace=self.settings.grace,
                fill=self.settings.fill,
            )

    def traded(self, trade: TradeTick, now: int, out: list[Any]) -> bool:
        """Takes a good trade: bars that it completes stand before it in `out`; False when it was late for one."""
        self.touch.trade(trade, now, known=self.trades.spikes.known)
        in_time = True
        for made in self.bars.values():
            in_time &= made.add(trade, out)
        return in_time

    def clocks(self) -> dict[str, Clock]:
        """The times of its streams, by kind; those that never brought a datum are left out."""
        named = {
            "trade": self.trades.clock,
            "quote": self.quotes.clock,
            "book": self.book_clock,
            "bar": self.ready.clock,
        }
        return {kind: clock for kind, clock in named.items() if clock.received}

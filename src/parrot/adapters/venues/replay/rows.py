"""Rows of a recording as messages, and what the recording says of its symbols."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from parrot.contracts.listing import Listing
from parrot.contracts.market import Fees, Instrument, Market, decimal, rate
from parrot.contracts.ticks import BarClosed, QuoteTick, TradeTick
from parrot.engine.run import Inputs

_SIZES = 8


class Rows:
    """Symbols by number, and the rows of each."""

    def __init__(self, inputs: Inputs, market: Market, spans: Sequence[int]) -> None:
        self._inputs = inputs
        self.listings = [_listing(symbol, inputs, market) for symbol in inputs.symbols]
        self._numbers = {symbol: number for number, symbol in enumerate(inputs.symbols)}
        self._streams: list[tuple[str, bool]] = []
        for symbol, bars in inputs.bars.items():
            self._streams.append((symbol, True))
            self._streams += [(symbol, False) for span in spans if span != bars.timeframe]
        self._shown = [-1] * len(self._streams)

    def number(self, symbol: str) -> int | None:
        """The core's number of a symbol."""
        return self._numbers.get(symbol)

    def revealed(self, last: Callable[[int], int]) -> Iterator[BarClosed]:
        """Bars of the recording that `last` (index by stream) says are closed, and were not shown yet."""
        for stream, (symbol, given) in enumerate(self._streams):
            reached = last(stream)
            while given and self._shown[stream] < reached:
                self._shown[stream] += 1
                yield self._bar(symbol, self._shown[stream])

    def tick(self, kind: str, number: int, row: int) -> TradeTick | QuoteTick:
        """One row of trades or quotes."""
        symbol = self.listings[number].symbol
        return self._trade(symbol, row) if kind == "trade" else self._quote(symbol, row)

    def _bar(self, symbol: str, row: int) -> BarClosed:
        bars = self._inputs.bars[symbol]
        factor = 10 ** (_SIZES - bars.volume_decimals)
        return BarClosed(
            symbol=symbol,
            kind="time",
            step=bars.timeframe,
            ts=int(bars.ts[row]),
            close_ts=int(bars.close_ts[row]),
            open=int(bars.open_ticks[row]),
            high=int(bars.high_ticks[row]),
            low=int(bars.low_ticks[row]),
            close=int(bars.close_ticks[row]),
            volume=int(bars.volume_lots[row]) * factor,
            trades=0,
        )

    def _trade(self, symbol: str, row: int) -> TradeTick:
        data = self._inputs.trades[symbol]
        ts, size = int(data.ts[row]), _lots(data, data.size_lots[row])
        price, side = int(data.price_ticks[row]), int(data.side[row])
        return TradeTick(symbol=symbol, seq=row + 1, ts=ts, received=ts, price=price, size=size, side=side)

    def _quote(self, symbol: str, row: int) -> QuoteTick:
        data = self._inputs.quotes[symbol]
        ts = int(data.ts[row])
        return QuoteTick(
            symbol=symbol,
            seq=row + 1,
            ts=ts,
            received=ts,
            bid=int(data.bid_ticks[row]),
            ask=int(data.ask_ticks[row]),
            bid_size=_lots(data, data.bid_lots[row]),
            ask_size=_lots(data, data.ask_lots[row]),
        )


def _lots(data: Any, size: Any) -> int:
    """A recorded size in 10^-8; -1 stays unknown."""
    return int(size) * 10 ** (_SIZES - data.size_decimals) if size >= 0 else -1


def _listing(symbol: str, inputs: Inputs, market: Market) -> Listing:
    """What the market says of a symbol, and the recording of its prices."""
    instrument: Instrument = market.of(symbol)
    places = next(data[symbol].price_decimals for data in (inputs.bars, inputs.trades, inputs.quotes) if symbol in data)
    fees = Fees.of(market.fees)
    tick = Decimal(1).scaleb(-places) if instrument.tick is None else decimal(instrument.tick, "tick")
    base, _, quote = symbol.partition("/")
    return Listing(
        symbol=symbol,
        base=instrument.base or base,
        quote=instrument.currency or quote or "cash",
        tick=tick,
        lot=decimal(instrument.lot, "lot"),
        price_decimals=places,
        quantity_decimals=_SIZES,
        min_quantity=decimal(instrument.min_quantity, "min_quantity"),
        min_notional=decimal(instrument.min_notional, "min_notional"),
        maker_fee=rate(fees.maker, "fees.maker"),
        taker_fee=rate(fees.taker, "fees.taker"),
    )

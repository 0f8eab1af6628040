"""What the world may see of the floor: trades, quotes and depth as ticks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parrot.contracts.listing import Listing
from parrot.contracts.ticks import BookChanged, BookLevel, BookSnapshot, QuoteTick, Tick, TradeTick
from parrot.engine.matching import Exchange, Feeds

SIZE_DECIMALS: Final = 8
_PER_SESSION: Final = 1 << 32  # numbers of quotes and trades go on from here in each session, so that none comes twice
_SIDES: Final = (1, -1)


class Tape:
    """Ticks of one exchange, batch by batch of its events."""

    def __init__(self, exchange: Exchange, listings: Sequence[Listing], *, session: int, last: int) -> None:
        """`last` is the number of the exchange's last event; its events were taken."""
        self._feeds = Feeds.of(exchange)
        self._last = [last] * len(listings)
        self._symbols = [listing.symbol for listing in listings]
        self._scales = [10 ** (SIZE_DECIMALS - listing.quantity_decimals) for listing in listings]
        first = (session - 1) * _PER_SESSION
        self._trades = [first] * len(listings)
        self._quotes = [first] * len(listings)

    def publish(self, events: NDArray[np.void], ts: int, received: int) -> list[Tick]:
        """The ticks of one batch of events: trades, then depth, then quotes."""
        tops, depth, _, trades, _ = self._feeds.publish(events)
        ticks: list[Tick] = []
        if len(trades):
            ticks += self._traded(trades, received)
        if len(depth):
            ticks += self._changed(depth, ts, received)
        if len(tops):
            ticks += self._quoted(tops, ts, received)
        return ticks

    def _traded(self, trades: NDArray[np.void], received: int) -> list[Tick]:
        found: list[Tick] = []
        for _, _, ts, price, quantity, symbol, aggressor, _ in trades.tolist():
            self._trades[symbol] += 1
            found.append(
                TradeTick(
                    symbol=self._symbols[symbol],
                    seq=self._trades[symbol],
                    ts=ts,
                    received=received,
                    price=price,
                    size=quantity * self._scales[symbol],
                    side=_SIDES[aggressor],
                )
            )
        return found

    def _changed(self, depth: NDArray[np.void], ts: int, received: int) -> list[Tick]:
        levels: dict[int, list[BookLevel]] = {}
        spans: dict[int, tuple[int, int]] = {}
        for first, last, price, size, symbol, side in depth.tolist():
            levels.setdefault(symbol, []).append(BookLevel(_SIDES[side], price, size * self._scales[symbol]))
            spans[symbol] = (first, last)
            self._last[symbol] = last
        return [
            BookChanged(
                symbol=self._symbols[symbol],
                first=spans[symbol][0],
                last=spans[symbol][1],
                ts=ts,
                received=received,
                levels=found,
            )
            for symbol, found in levels.items()
        ]

    def _quoted(self, tops: NDArray[np.void], ts: int, received: int) -> list[Tick]:
        found: list[Tick] = []
        for _, bid, bid_size, ask, ask_size, symbol in tops.tolist():
            if not bid_size or not ask_size:
                continue  # one side is empty: there is no quote
            self._quotes[symbol] += 1
            scale = self._scales[symbol]
            found.append(
                QuoteTick(
                    symbol=self._symbols[symbol],
                    seq=self._quotes[symbol],
                    ts=ts,
                    received=received,
                    bid=bid,
                    ask=ask,
                    bid_size=bid_size * scale,
                    ask_size=ask_size * scale,
                )
            )
        return found

    def snapshot(self, symbol: str, ts: int, received: int) -> BookSnapshot | None:
        """The whole book after the last batch; None for a symbol that is not listed."""
        if symbol not in self._symbols:
            return None
        number = self._symbols.index(symbol)
        scale = self._scales[number]
        rows = self._feeds.depth(number).tolist()
        levels = [BookLevel(_SIDES[side], price, size * scale) for _, _, price, size, _, side in rows]
        return BookSnapshot(symbol=symbol, last=self._last[number], ts=ts, received=received, levels=levels)

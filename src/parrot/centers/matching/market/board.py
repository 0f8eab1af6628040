"""The books as everybody sees them: what changed, in one update a symbol, and the whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parrot.centers.matching.market.chart import Chart
from parrot.centers.matching.terms import Terms
from parrot.contracts.exchange import Depth, DepthChanged, MarketEvent, TopChanged, Traded
from parrot.engine.matching import EVENT, Exchange, Feeds

_BUY: Final = 0
Levels = tuple[tuple[int, int], ...]


class Board:
    """Market data of one exchange from now on: `hear` takes events, `publish` says what they mean, once."""

    def __init__(self, exchange: Exchange, terms: Sequence[Terms], chart: Chart, *, last: int) -> None:
        """`last` is the number of the exchange's last event."""
        self._terms = terms
        self._chart = chart
        self._feeds = Feeds.of(exchange)
        self._last = [last] * len(terms)
        self.tops = [self._top(terms.number) for terms in self._terms]
        self._heard: list[NDArray[np.void]] = []
        chart.fresh = []

    def hear(self, batch: tuple[NDArray[np.void], int]) -> None:
        """Events of the exchange, whole commands, none left out."""
        self._heard.append(batch[0])

    @property
    def waiting(self) -> bool:
        """Whether there is something to publish."""
        return bool(self._heard)

    def publish(self, ts: int) -> list[MarketEvent]:
        """What has happened since the last time: trades, then depth, then best prices."""
        heard = self._heard
        if not heard:
            return []
        self._heard = []
        tops, depth, *_ = self._feeds.publish(heard[0] if len(heard) == 1 else _joined(heard))
        told: list[MarketEvent] = []
        fresh = self._chart.fresh
        if fresh:
            told += [Traded(trade=self._chart.trade(symbol, deal)) for symbol, deal in fresh]
            fresh.clear()
        if len(depth):
            told += self._changed(depth.tolist(), ts)
        if len(tops):
            told += self._topped(tops.tolist(), ts)
        return told

    def _changed(self, rows: list[tuple[int, ...]], ts: int) -> list[MarketEvent]:
        sides: dict[int, tuple[list[tuple[int, int]], list[tuple[int, int]]]] = {}
        spans: dict[int, tuple[int, int]] = {}
        for first, last, price, size, symbol, side in rows:
            terms = self._terms[symbol]
            if symbol not in sides:
                sides[symbol], spans[symbol] = ([], []), (first, last)
            sides[symbol][side].append((price * terms.price_scale, size * terms.quantity_scale))
            self._last[symbol] = last
        return [
            DepthChanged(
                symbol=self._terms[symbol].market.symbol,
                first=spans[symbol][0],
                last=spans[symbol][1],
                bids=tuple(bids),
                asks=tuple(asks),
                ts=ts,
            )
            for symbol, (bids, asks) in sides.items()
        ]

    def _topped(self, rows: list[tuple[int, ...]], ts: int) -> list[MarketEvent]:
        told: list[MarketEvent] = []
        for _, bid, bid_size, ask, ask_size, symbol in rows:
            terms = self._terms[symbol]
            price, quantity = terms.price_scale, terms.quantity_scale
            best = (
                (bid * price if bid_size else 0, bid_size * quantity),
                (ask * price if ask_size else 0, ask_size * quantity),
            )
            self.tops[symbol] = best
            told.append(
                TopChanged(
                    symbol=terms.market.symbol,
                    last=self._last[symbol],
                    bid=best[0][0],
                    bid_quantity=best[0][1],
                    ask=best[1][0],
                    ask_quantity=best[1][1],
                    ts=ts,
                )
            )
        return told

    def _top(self, symbol: int) -> tuple[tuple[int, int], tuple[int, int]]:
        book = self.depth(symbol, 1)
        return (book.bids or ((0, 0),))[0], (book.asks or ((0, 0),))[0]

    def depth(self, symbol: int, limit: int) -> Depth:
        """The best levels as of the last publication."""
        terms = self._terms[symbol]
        price_scale, quantity_scale = terms.price_scale, terms.quantity_scale
        rows = self._feeds.depth(symbol)
        split = int(np.searchsorted(rows["side"], 1))
        sides = [
            tuple(
                (price * price_scale, size * quantity_scale)
                for price, size in zip(part["price"].tolist(), part["size"].tolist(), strict=True)
            )
            for part in (rows[: min(split, limit)], rows[split : split + limit])
        ]
        return Depth(symbol=terms.market.symbol, last=self._last[symbol], bids=sides[0], asks=sides[1])


def _joined(batches: Sequence[NDArray[np.void]]) -> NDArray[np.void]:
    """Records one behind the other; their bytes are, because to join records numpy looks at every field."""
    return np.frombuffer(b"".join([batch.tobytes() for batch in batches]), EVENT)

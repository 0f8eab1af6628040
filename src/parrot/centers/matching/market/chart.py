"""What was traded: the newest trades of every symbol, numbered from 1, and its bars."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from parrot.centers.matching.market.bars import Bars, KeptBars, Past
from parrot.centers.matching.market.history import made
from parrot.centers.matching.settings import Pair, Settings
from parrot.centers.matching.terms import Terms
from parrot.contracts.exchange import PublicTrade

_DEALS_KEPT: Final = 5_000


class Deal(NamedTuple):
    """A trade in 10^-8; orders of nobody whom the exchange knows are 0."""

    id: int
    price: int
    quantity: int
    amount: int
    ts: int
    buyer_is_maker: bool
    buyer_order: int
    seller_order: int


class KeptChart(msgspec.Struct, kw_only=True):
    """The chart as a snapshot holds it."""

    counts: list[int]
    deals: list[list[Deal]]
    bars: list[KeptBars]


class Chart:
    """Trades by symbol; `fresh` are those that nobody was told of yet."""

    def __init__(self, settings: Settings, terms: Sequence[Terms]) -> None:
        self._terms = terms
        kept = min(settings.trades_kept, _DEALS_KEPT) if settings.public else 1
        self._drawn = settings.public
        self.bars = [
            Bars(some.opening, _past(pair, some, settings)) for pair, some in zip(settings.pairs, terms, strict=True)
        ]
        self.counts = [0] * len(terms)
        self.deals: list[deque[Deal]] = [deque(maxlen=kept) for _ in terms]
        self.fresh: list[tuple[int, Deal]] | None = None

    def begin(self, now: int) -> None:
        """Trading begins, once for ever."""
        if self._drawn and not self.bars[0].current:
            for bars in self.bars:
                bars.begin(now)

    def add(self, symbol: int, event: tuple[int, ...], buyer: int, seller: int) -> int:
        """Takes a trade; returns its number."""
        terms = self._terms[symbol]
        self.counts[symbol] = number = self.counts[symbol] + 1
        deal = Deal(
            number,
            event[5] * terms.price_scale,
            event[6] * terms.quantity_scale,
            event[5] * event[6] * terms.turnover,
            event[1],
            not event[15],
            buyer,
            seller,
        )
        self.deals[symbol].append(deal)
        if self._drawn:
            self.bars[symbol].add(
                number, deal.price, deal.quantity, deal.amount, deal.ts, bought=not deal.buyer_is_maker
            )
        if self.fresh is not None:
            self.fresh.append((symbol, deal))
        return number

    def trade(self, symbol: int, deal: Deal) -> PublicTrade:
        """A trade as everybody sees it."""
        return PublicTrade(
            symbol=self._terms[symbol].market.symbol,
            id=deal.id,
            price=deal.price,
            quantity=deal.quantity,
            ts=deal.ts,
            buyer_is_maker=deal.buyer_is_maker,
            buyer_order=deal.buyer_order,
            seller_order=deal.seller_order,
        )

    def keep(self) -> bytes:
        """The chart for a snapshot."""
        kept = KeptChart(
            counts=self.counts,
            deals=[list(deals) for deals in self.deals],
            bars=[bars.keep() for bars in self.bars] if self._drawn else [],
        )
        return msgspec.msgpack.encode(kept)

    def load(self, data: bytes) -> None:
        """Goes on from what `keep` gave. Raises msgspec.MsgspecError for other bytes."""
        if not data:
            return
        kept = msgspec.msgpack.decode(data, type=KeptChart)
        self.counts[:] = kept.counts
        for deals, found in zip(self.deals, kept.deals, strict=True):
            deals.extend(found)
        for bars, known in zip(self.bars, kept.bars, strict=False):
            bars.load(known)


def _past(pair: Pair, terms: Terms, settings: Settings) -> Past:
    return lambda end, price: made(pair, terms, end=end, price=price, seed=settings.seed)

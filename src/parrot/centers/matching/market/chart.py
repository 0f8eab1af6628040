"""What was traded: the newest trades of every symbol, numbered from 1."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from parrot.centers.matching.terms import Terms
from parrot.contracts.exchange import PublicTrade


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


class Chart:
    """Trades by symbol; `fresh` are those that nobody was told of yet."""

    def __init__(self, terms: Sequence[Terms], *, kept: int) -> None:
        self._terms = terms
        self.counts = [0] * len(terms)
        self.deals: list[deque[Deal]] = [deque(maxlen=kept) for _ in terms]
        self.fresh: list[tuple[int, Deal]] | None = None

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
        return msgspec.msgpack.encode(KeptChart(counts=self.counts, deals=[list(deals) for deals in self.deals]))

    def load(self, data: bytes) -> None:
        """Goes on from what `keep` gave. Raises msgspec.MsgspecError for other bytes."""
        if not data:
            return
        kept = msgspec.msgpack.decode(data, type=KeptChart)
        self.counts[:] = kept.counts
        for deals, found in zip(self.deals, kept.deals, strict=True):
            deals.extend(found)

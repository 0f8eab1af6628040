"""What was said of each order: news become reports, each of them once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from parrot.adapters.venues.skeleton.news import News, OrderNews, TradeNews
from parrot.adapters.venues.skeleton.own_trades import OwnTrades
from parrot.contracts.venue import Accepted, Filled, Rejected, Replaced, Report, Withdrawn
from parrot.kernel.decimals import ZERO, add

_KEPT: Final = 20_000


@dataclass(slots=True)
class Known:
    """One order: what the venue calls it, what was told of it, how much of it was filled by trades that came."""

    client_id: str
    symbol: str
    venue_id: str = ""
    accepted: bool = False
    ended: bool = False
    filled: Decimal = ZERO
    shown: Decimal = ZERO
    trades: set[str] = field(default_factory=set)

    @property
    def lacks_trades(self) -> bool:
        """Whether the venue shows more filled than trades have told."""
        return self.shown > self.filled


class Roster:
    """Orders by client id and by the venue's id, the newest ones; trades of an order that is not known yet wait."""

    def __init__(self, trades: OwnTrades) -> None:
        self._trades = trades
        self._by_client: OrderedDict[str, Known] = OrderedDict()
        self._by_venue: dict[str, Known] = {}
        self.waiting: dict[str, list[TradeNews]] = {}

    def get(self, client_id: str) -> Known | None:
        """The order of a client id."""
        return self._by_client.get(client_id)

    def venue_id(self, client_id: str) -> str:
        """What the venue calls an order, empty where that is not known."""
        known = self._by_client.get(client_id)
        return known.venue_id if known else ""

    def expect(self, client_id: str, symbol: str) -> Known:
        """An order that is about to leave; the same id again is a new life of it."""
        known = self._by_client.get(client_id)
        if known is None or known.ended:
            known = self._put(Known(client_id, symbol))
        return known

    def hear(self, found: Iterable[News]) -> list[Report]:
        """The reports that follow from news, in their order."""
        reports: list[Report] = []
        for news in found:
            reports += self._order(news) if isinstance(news, OrderNews) else self._trade(news)
        return reports

    def learn(self, found: Iterable[News]) -> list[Report]:
        """Takes in what is told by other means than reports; what trades follow are still reports."""
        return [report for report in self.hear(found) if isinstance(report, Filled)]

    def disown(self, venue_id: str) -> list[Report]:
        """The venue does not know that order any more: its trades count as somebody else's."""
        waiting = self.waiting.get(venue_id)
        if not waiting:
            return []
        known = self._put(Known(f"#{venue_id}", waiting[0].symbol, venue_id))
        self._by_venue[venue_id] = known
        return self._late(known)

    def lacking(self) -> set[str]:
        """Symbols with orders of which the venue shows more filled than trades have told."""
        return {known.symbol for known in self._by_client.values() if known.lacks_trades}

    # -- orders --------------------------------------------------------------------------------------------------------

    def _order(self, news: OrderNews) -> list[Report]:
        known = self._known(news)
        reports: list[Report] = []
        if news.status == "rejected" and not known.accepted:
            reports.append(Rejected(client_id=known.client_id, reason=news.reason or "rejected", ts=news.ts))
            known.ended = True
        elif not known.accepted and not known.ended:
            known.accepted = True
            reports.append(Accepted(client_id=known.client_id, venue_id=news.venue_id, ts=news.ts))
        reports += self._late(known)
        known.shown = max(known.shown, news.filled)
        if not news.open and not known.ended:
            known.ended = True
            if news.status != "filled":
                reports.append(_withdrawn(news, known))
        return reports

    def _known(self, news: OrderNews) -> Known:
        name = news.client_id or f"#{news.venue_id}"
        known = self._by_client.get(name)
        if known is None or (known.venue_id and news.venue_id and known.venue_id != news.venue_id):
            if known is not None and not known.ended:
                known.ended = True
            known = self._put(Known(name, news.symbol))
        if news.venue_id and not known.venue_id:
            known.venue_id = news.venue_id
            self._by_venue[news.venue_id] = known
        return known

    def _put(self, known: Known) -> Known:
        self._by_client.pop(known.client_id, None)
        self._by_client[known.client_id] = known
        while len(self._by_client) > _KEPT:
            _, oldest = self._by_client.popitem(last=False)
            self._by_venue.pop(oldest.venue_id, None)
        return known

    # -- trades --------------------------------------------------------------------------------------------------------

    def _trade(self, news: TradeNews) -> list[Report]:
        known = self._by_venue.get(news.venue_id)
        if known is None and news.client_id:
            known = self._by_client.get(news.client_id) or self._put(Known(news.client_id, news.symbol))
            if not known.venue_id:
                known.venue_id = news.venue_id
                self._by_venue[news.venue_id] = known
        if known is None:
            if not self._trades.knows(news):
                self.waiting.setdefault(news.venue_id, []).append(news)
            return []
        return self._count(known, [news])

    def _late(self, known: Known) -> list[Report]:
        """Trades that came before anybody knew whose they are."""
        return self._count(known, self.waiting.pop(known.venue_id, []))

    def _count(self, known: Known, trades: list[TradeNews]) -> list[Report]:
        for trade in trades:
            if trade.key not in known.trades:
                known.trades.add(trade.key)
                known.filled = add(known.filled, trade.quantity)
        return list(self._trades.add((trade, known.client_id) for trade in trades))


def _withdrawn(news: OrderNews, known: Known) -> Withdrawn:
    return Withdrawn(
        client_id=known.client_id,
        filled=news.filled,
        expired=news.status == "expired",
        reason=news.reason or news.status,
        ts=news.ts,
    )


def replaced(news: OrderNews) -> Replaced:
    """The report of a change that was carried out."""
    return Replaced(client_id=news.client_id, quantity=news.quantity, limit=news.limit, ts=news.ts)

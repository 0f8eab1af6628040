"""Market data: a request (V) is answered with snapshots (W), increments (X) or a reject (Y)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Protocol

import msgspec

from parrot.contracts.exchange import AccountEvent, DepthChanged, MarketEvent, PublicTrade, Traded
from parrot.gateway.fix import tags
from parrot.gateway.fix.messages import Fields, Incoming, decimal
from parrot.gateway.fix.moments import moment
from parrot.gateway.fix.reports import Row
from parrot.ports.exchange import PublicExchange

LEVELS_MAX: Final = 5_000  # of a side, where the whole book is asked for
WATCHED_MAX: Final = 1_000  # pairs of request and symbol of one connection
_BID: Final = "0"
_OFFER: Final = "1"
_TRADE: Final = "2"
_NEW: Final = "0"
_CHANGED: Final = "1"
_DELETED: Final = "2"
_SNAPSHOT: Final = "0"
_UPDATES: Final = "1"
_ENOUGH: Final = "2"
_UNKNOWN_SYMBOL: Final = "0"
_DUPLICATE: Final = "1"
_TOO_MUCH: Final = "2"
_BAD_REQUEST_TYPE: Final = "4"
_BAD_UPDATE_TYPE: Final = "6"
_BAD_ENTRY_TYPE: Final = "8"

Levels = dict[int, int]


class _Entry(NamedTuple):
    """One line of a book, or a trade."""

    action: str
    type: str
    price: int
    quantity: int
    ts: int = 0
    id: str = ""

    def values(self) -> Row:
        """Price, size, and of a trade its moment."""
        row: Row = [(tags.MD_PRICE, decimal(self.price))]
        if self.quantity:
            row.append((tags.MD_SIZE, decimal(self.quantity)))
        if self.ts:
            date, _, time = moment(self.ts).partition("-")
            row += [(tags.MD_DATE, date), (tags.MD_TIME, time)]
        return row


class Sender(Protocol):
    """Sends a message of a session."""

    def __call__(self, kind: str, fields: Fields, *, repeat: bool = True) -> None:
        """See Session.send."""


class _Watch(msgspec.Struct, kw_only=True):
    """One symbol of one request, and what its client has of the book: prices with quantities.

    `update` and `trade` are the newest that it has been told of.
    """

    request: str
    symbol: str
    types: frozenset[str]
    depth: int
    whole: bool
    shown: dict[str, Levels]
    update: int = 0
    trade: int = 0


class _Unfit(Exception):  # noqa: N818  never leaves this file
    def __init__(self, reason: str | None, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text


class Quotes:
    """The market data of one connection; nothing of it is told again."""

    def __init__(self, exchange: PublicExchange, send: Sender) -> None:
        self._exchange = exchange
        self._send = send
        self._watches: dict[str, list[_Watch]] = {}

    def clear(self) -> None:
        """Ends all subscriptions."""
        self._watches.clear()

    def request(self, message: Incoming) -> None:
        """A V. Raises FieldError."""
        name = message.name(tags.MD_REQ_ID)
        try:
            self._request(message, name)
        except _Unfit as fault:
            row: Row = [(tags.MD_REQ_ID, name), (tags.MD_REJECT_REASON, fault.reason), (tags.TEXT, fault.text)]
            self._send(tags.MARKET_DATA_REJECT, row)

    def _request(self, message: Incoming, name: str) -> None:
        form = message.need(tags.MD_REQUEST_TYPE)
        if form == _ENOUGH:
            if self._watches.pop(name, None) is None:
                raise _Unfit(None, "there is no subscription of this MDReqID (262)")
            return
        if form not in (_SNAPSHOT, _UPDATES):
            raise _Unfit(_BAD_REQUEST_TYPE, "SubscriptionRequestType (263) must be 0, 1 or 2")
        if name in self._watches:
            raise _Unfit(_DUPLICATE, "a subscription of this MDReqID (262) goes on")
        watches = self._watches_of(message, name)
        for watch in watches:
            self._snapshot(watch)
        if form == _UPDATES:
            self._watches[name] = watches

    def _watches_of(self, message: Incoming, name: str) -> list[_Watch]:
        depth = message.number_of(tags.MD_DEPTH)
        types = frozenset(message.group(tags.MD_TYPES, tags.MD_TYPE))
        symbols = list(dict.fromkeys(message.group(tags.SYMBOLS, tags.SYMBOL)))
        update = message.find(tags.MD_UPDATE_TYPE) or "1"
        known = {market.symbol for market in self._exchange.markets()}
        if update not in ("0", "1"):
            raise _Unfit(_BAD_UPDATE_TYPE, "MDUpdateType (265) must be 0 or 1")
        if not types or not types <= {_BID, _OFFER, _TRADE}:
            raise _Unfit(_BAD_ENTRY_TYPE, "MDEntryType (269) must be 0 bid, 1 offer or 2 trade")
        if not symbols or not known.issuperset(symbols):
            raise _Unfit(_UNKNOWN_SYMBOL, "there is no such symbol")
        if sum(map(len, self._watches.values())) + len(symbols) > WATCHED_MAX:
            raise _Unfit(_TOO_MUCH, f"at most {WATCHED_MAX} subscriptions of a connection")
        return [
            _Watch(request=name, symbol=symbol, types=types, depth=depth, whole=update == "0", shown={})
            for symbol in symbols
        ]

    def _snapshot(self, watch: _Watch) -> None:
        """A whole picture; what is shown is what increments start from."""
        watch.shown = self._book(watch)
        entries = [
            _Entry(_NEW, side, price, quantity)
            for side, levels in sorted(watch.shown.items())
            for price, quantity in levels.items()
        ]
        if _TRADE in watch.types:
            for trade in self._exchange.trades(watch.symbol, limit=1):
                entries.append(_trade(trade))
                watch.trade = trade.id
        row: Row = [(tags.MD_REQ_ID, watch.request), (tags.SYMBOL, watch.symbol), (tags.MD_ENTRIES, len(entries))]
        for entry in entries:
            row += [(tags.MD_TYPE, entry.type), *entry.values()]
        self._send(tags.SNAPSHOT, row, repeat=False)

    def _book(self, watch: _Watch) -> dict[str, Levels]:
        if not watch.types & {_BID, _OFFER}:
            return {}
        depth = self._exchange.depth(watch.symbol, min(watch.depth, LEVELS_MAX) or LEVELS_MAX)
        watch.update = depth.last
        sides = {_BID: dict(depth.bids), _OFFER: dict(depth.asks)}
        return {side: levels for side, levels in sides.items() if side in watch.types}

    # -- what changes --------------------------------------------------------------------------------------------------

    def hear(self, events: Sequence[AccountEvent | MarketEvent]) -> None:
        """Tells what changed of what is watched, one message a request and symbol."""
        if not self._watches:
            return
        changes: dict[str, list[DepthChanged | PublicTrade]] = {}
        for event in events:
            if isinstance(event, DepthChanged):
                changes.setdefault(event.symbol, []).append(event)
            elif isinstance(event, Traded):
                changes.setdefault(event.trade.symbol, []).append(event.trade)
        for watches in list(self._watches.values()):
            for watch in watches:
                if watch.symbol in changes:
                    self._tell(watch, changes[watch.symbol])

    def _tell(self, watch: _Watch, changes: Sequence[DepthChanged | PublicTrade]) -> None:
        entries: list[_Entry] = []
        for change in changes:
            if isinstance(change, PublicTrade):
                entries += [_trade(change)] if _TRADE in watch.types and change.id > watch.trade else []
            elif not watch.depth and change.last > watch.update:
                entries += _applied(watch.shown, change)
        newest = max((change.last for change in changes if isinstance(change, DepthChanged)), default=0)
        if watch.depth and watch.shown and newest > watch.update:
            before, watch.shown = watch.shown, self._book(watch)
            entries += _differences(before, watch.shown)
        if entries and watch.whole:
            self._snapshot(watch)
        elif entries:
            self._increment(watch, entries)

    def _increment(self, watch: _Watch, entries: Sequence[_Entry]) -> None:
        row: Row = [(tags.MD_REQ_ID, watch.request), (tags.MD_ENTRIES, len(entries))]
        for entry in entries:  # in the order that the standard gives the group
            row += [
                (tags.MD_ACTION, entry.action),
                (tags.MD_TYPE, entry.type),
                (tags.MD_ENTRY_ID, entry.id or f"{entry.type}-{decimal(entry.price)}"),
                (tags.SYMBOL, watch.symbol),
                *entry.values(),
            ]
        self._send(tags.INCREMENT, row, repeat=False)


def _applied(shown: dict[str, Levels], change: DepthChanged) -> Iterator[_Entry]:
    """A change of the whole book, entry by entry; `shown` becomes what it is after it."""
    for side, changed in ((_BID, change.bids), (_OFFER, change.asks)):
        levels = shown.get(side)
        if levels is None:
            continue
        for price, quantity in changed:
            before = levels.pop(price, 0) if not quantity else levels.get(price, 0)
            if quantity:
                levels[price] = quantity
                if quantity != before:
                    yield _Entry(_CHANGED if before else _NEW, side, price, quantity)
            elif before:
                yield _Entry(_DELETED, side, price, 0)


def _differences(before: dict[str, Levels], after: dict[str, Levels]) -> Iterator[_Entry]:
    """What turns one picture of the best levels into another, what leaves first."""
    for side, levels in before.items():
        now = after[side]
        yield from (_Entry(_DELETED, side, price, 0) for price in levels if price not in now)
        for price, quantity in now.items():
            if levels.get(price) != quantity:
                yield _Entry(_CHANGED if price in levels else _NEW, side, price, quantity)


def _trade(trade: PublicTrade) -> _Entry:
    return _Entry(_NEW, _TRADE, trade.price, trade.quantity, trade.ts, str(trade.id))

"""The account's own trades with their numbers: each counted once, numbered as it came, kept so that numbers last."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from parrot.adapters.venues.skeleton.news import Cursor, TradeNews
from parrot.contracts.message import Message
from parrot.contracts.venue import Filled
from parrot.kernel.errors import DataError
from parrot.ports.journal import Journal

_KEPT: Final = 50_000
_MARK_EVERY: Final = 3_600_000_000_000
OVERLAP: Final = 30_000_000_000  # of recoveries by time: venues show a trade late


class Marked(Message, frozen=True, kw_only=True, gc=False):
    """Up to here the venue's history was read: the newest trade id of each symbol, and everything before `since`."""

    since: int
    ids: dict[str, str]


class OwnTrades:
    """With a journal numbers outlive the process, without one they begin at 1; `opened` is when all this began."""

    def __init__(self, journal: Journal | None, *, opened: int) -> None:
        self.number = 0
        self._journal = journal
        self._kept: deque[Filled] = deque(maxlen=_KEPT)
        self._keys: set[str] = set()
        self._order: deque[str] = deque()
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(Marked | Filled)
        self._since = opened
        self._ids: dict[str, str] = {}
        self._marked = 0
        self._recover()

    def _recover(self) -> None:
        if self._journal is None:
            return
        for seq, body in self._journal.read():
            try:
                found = self._decoder.decode(body)
            except msgspec.DecodeError as fault:
                raise DataError(f"entry {seq} of the own trades cannot be read: {fault}") from None
            if isinstance(found, Marked):
                self._since, self._ids, self._marked = found.since, dict(found.ids), found.since
            else:
                self._keep(found)
        if not self._journal.head().seq:
            self._write([Marked(since=self._since, ids={})])

    def add(self, found: Iterable[tuple[TradeNews, str]]) -> list[Filled]:
        """Numbers those of some trades (each with its order's client id) that are new; durable when it returns."""
        fresh: list[Filled] = []
        for trade, client_id in found:
            if trade.key not in self._keys:
                fill = _filled(trade, client_id, self.number + 1)
                self._keep(fill)
                fresh.append(fill)
        if fresh:
            self._write(fresh)
        return fresh

    def knows(self, trade: TradeNews) -> bool:
        """Whether it was counted."""
        return trade.key in self._keys

    def after(self, number: int) -> list[Filled]:
        """All behind a number, oldest first."""
        if self._journal is not None and self._kept and number < self._kept[0].number - 1:
            bodies = (self._decoder.decode(body) for _, body in self._journal.read())
            return [one for one in bodies if isinstance(one, Filled) and one.number > number]
        return [fill for fill in self._kept if fill.number > number]

    def cursor(self, symbol: str) -> Cursor:
        """From where the venue's history has to be read."""
        return Cursor(self._ids.get(symbol, ""), max(0, self._since - OVERLAP))

    def read_until(self, newest: dict[str, str], since: int) -> None:
        """The venue's history was read: `newest` trade ids by symbol, and whatever is older than `since`."""
        changed = {symbol: name for symbol, name in newest.items() if name and self._ids.get(symbol) != name}
        self._ids.update(changed)
        self._since = max(self._since, since)
        if changed or self._since - self._marked > _MARK_EVERY:
            self._marked = self._since
            self._write([Marked(since=self._since, ids=dict(self._ids))])

    def _keep(self, fill: Filled) -> None:
        self.number = fill.number
        key = f"{fill.symbol}|{fill.trade_id}|{fill.venue_id}"
        self._kept.append(fill)
        self._keys.add(key)
        self._order.append(key)
        if len(self._order) > _KEPT:
            self._keys.discard(self._order.popleft())

    def _write(self, messages: Sequence[Message]) -> None:
        if self._journal is not None:
            self._journal.append([self._encoder.encode(message) for message in messages])


def _filled(trade: TradeNews, client_id: str, number: int) -> Filled:
    return Filled(
        client_id=client_id,
        venue_id=trade.venue_id,
        symbol=trade.symbol,
        trade_id=trade.trade_id,
        number=number,
        side=trade.side,
        quantity=trade.quantity,
        price=trade.price,
        fee=trade.fee,
        fee_currency=trade.fee_currency,
        maker=trade.maker,
        ts=trade.ts,
    )

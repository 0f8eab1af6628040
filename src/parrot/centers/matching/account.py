"""Our account at the paper venue: orders by client id, trades, and the reports that events become."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from parrot.centers.matching.opening import CURRENCY_DECIMALS, OWN_NUMBER
from parrot.contracts.commands import Side
from parrot.contracts.listing import Listing
from parrot.contracts.venue import (
    Accepted,
    Filled,
    Found,
    NotFound,
    OpenOrder,
    PlaceOrder,
    Replaced,
    Report,
    VenueState,
    Withdrawn,
)
from parrot.engine.matching import EventKind, Mark, Reason

_ASKED: Final = (Reason.REQUESTED, Reason.MASS)
_MAKER_DONE: Final = int(Mark.MAKER_DONE)
_STATES: Final = {Reason.REQUESTED: "canceled", Reason.MASS: "canceled"}
_KEEPER: Final = msgspec.msgpack.Encoder(decimal_format="string")

Event = tuple[int, ...]


class Own(msgspec.Struct, kw_only=True, gc=False):
    """One of our orders, in units of its symbol; `state` is the venue's word for it, `closed` when it ended, ns UTC."""

    number: int
    request: PlaceOrder
    symbol: int
    handle: int
    quantity: int
    limit: Decimal | None
    accepted: int = 0
    filled: int = 0
    state: str = "new"
    closed: int = 0


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The account as a snapshot holds it."""

    next_number: int
    trades_before: int
    orders: list[Own]
    trades: list[Filled]


class Account:
    """What the venue knows of us. `take` is given every event that concerns us, once; reports go out through `tell`."""

    def __init__(self, listings: Sequence[Listing], *, orders_kept: int, trades_kept: int) -> None:
        self.next_number = 1
        self._listings = list(listings)
        self._orders_kept = orders_kept
        self._live: dict[int, Own] = {}
        self._by_client: dict[str, Own] = {}
        self._ended: deque[Own] = deque()
        self._trades: deque[Filled] = deque(maxlen=trades_kept)
        self._traded = 0
        self._handlers: Final[dict[int, Callable[[Event], list[Report]]]] = {
            EventKind.ACCEPTED: self._accepted,
            EventKind.TRADE: self._trade,
            EventKind.FILLED: self._filled,
            EventKind.CANCELLED: self._gone,
            EventKind.EXPIRED: self._gone,
            EventKind.AMENDED: self._amended,
        }

    def open_with(self, client_id: str) -> Own | None:
        """The open order of a client id."""
        own = self._by_client.get(client_id)
        return own if own is not None and not own.closed else None

    def numbered(self, number: int) -> Own | None:
        """The open order of a number."""
        return self._live.get(number)

    def add(self, own: Own) -> None:
        """An order that the exchange took, before its events are taken."""
        self._live[own.number] = own
        self._by_client[own.request.client_id] = own
        self.next_number = own.number + 1

    def take(self, event: Event) -> list[Report]:
        """What one event of ours means to us."""
        handler = self._handlers.get(event[14])
        return handler(event) if handler is not None else []

    def _accepted(self, event: Event) -> list[Report]:
        own = self._live[event[2]]
        own.accepted = event[1]
        return [Accepted(client_id=own.request.client_id, venue_id=str(own.number), ts=event[1])]

    def _trade(self, event: Event) -> list[Report]:
        _, _, maker, taker, _, _, _, _, _, fee, taker_fee, owner, taker_owner, *rest = event
        reports: list[Report] = []
        if owner == OWN_NUMBER:
            reports += self._fill(self._live[maker], event, fee, maker=True)
        if taker_owner == OWN_NUMBER:
            reports += self._fill(self._live[taker], event, taker_fee, maker=False)
        if owner == OWN_NUMBER and rest[4] & _MAKER_DONE:
            reports += self._finish(self._live[maker], event[1])
        return reports

    def _fill(self, own: Own, event: Event, fee: int, *, maker: bool) -> list[Report]:
        own.filled += event[6]
        own.state = "filled" if own.filled >= own.quantity else "partially_filled"
        self._traded += 1
        listing = self._listings[own.symbol]
        buys = own.request.side is Side.BUY
        filled = Filled(
            client_id=own.request.client_id,
            venue_id=str(own.number),
            symbol=listing.symbol,
            trade_id=str(event[0]),
            number=self._traded,
            side=own.request.side,
            quantity=Decimal(event[6]).scaleb(-listing.quantity_decimals),
            price=Decimal(event[5]).scaleb(-listing.price_decimals),
            fee=Decimal(fee).scaleb(-CURRENCY_DECIMALS),
            fee_currency=listing.base if buys else listing.quote,
            maker=maker,
            ts=event[1],
        )
        self._trades.append(filled)
        return [filled]

    def _filled(self, event: Event) -> list[Report]:
        own = self._live.get(event[2])
        return self._finish(own, event[1]) if own is not None else []

    def _finish(self, own: Own, ts: int) -> list[Report]:
        """Nothing is left of it; where reduce-only cut it, it ends without having been filled whole."""
        if own.filled >= own.quantity:
            self._close(own, "filled", ts)
            return []
        self._close(own, "expired", ts)
        return [self._withdrawn(own, ts, reason=Reason.REDUCE_ONLY.name, expired=True)]

    def _gone(self, event: Event) -> list[Report]:
        own = self._live.get(event[2])
        if own is None:
            return []
        reason = Reason(event[16])
        self._close(own, _STATES.get(reason, "expired"), event[1])
        return [self._withdrawn(own, event[1], reason=reason.name, expired=reason not in _ASKED)]

    def _withdrawn(self, own: Own, ts: int, *, reason: str, expired: bool) -> Withdrawn:
        return Withdrawn(
            client_id=own.request.client_id,
            filled=self._amount(own.symbol, own.filled),
            expired=expired,
            reason=reason,
            ts=ts,
        )

    def _amended(self, event: Event) -> list[Report]:
        own = self._live[event[2]]
        own.quantity = own.filled + event[6]
        quantity = self._amount(own.symbol, own.quantity)
        return [Replaced(client_id=own.request.client_id, quantity=quantity, limit=own.limit, ts=event[1])]

    def _close(self, own: Own, state: str, ts: int) -> None:
        own.state, own.closed = state, ts
        self._live.pop(own.number, None)
        self._ended.append(own)
        while len(self._ended) > self._orders_kept:
            old = self._ended.popleft()
            if self._by_client.get(old.request.client_id) is old:
                del self._by_client[old.request.client_id]

    def _amount(self, symbol: int, units: int) -> Decimal:
        return Decimal(units).scaleb(-self._listings[symbol].quantity_decimals)

    def found(self, client_id: str, ts: int, lag: int = 0) -> Found | NotFound:
        """What became of a client id, the newest order of it; orders accepted less than `lag` ns ago are not seen."""
        own = self._by_client.get(client_id)
        if own is None or own.accepted + lag > ts:
            return NotFound(client_id=client_id, ts=ts)
        filled = self._amount(own.symbol, own.filled)
        return Found(client_id=client_id, venue_id=str(own.number), status=own.state, filled=filled, ts=ts)

    def state(self, after: int, balances: dict[str, Decimal], ts: int) -> VenueState:
        """Open orders, the trades behind number `after`, balances."""
        orders = [
            OpenOrder(
                client_id=own.request.client_id,
                venue_id=str(own.number),
                symbol=own.request.symbol,
                side=own.request.side,
                quantity=self._amount(own.symbol, own.quantity),
                filled=self._amount(own.symbol, own.filled),
                limit=own.limit,
            )
            for own in self._live.values()
        ]
        trades = [trade for trade in self._trades if trade.number > after]
        return VenueState(orders=orders, trades=trades, balances=balances, ts=ts)

    def keep(self) -> bytes:
        """The account for a snapshot."""
        kept = Kept(
            next_number=self.next_number,
            trades_before=self._traded,
            orders=[*self._ended, *self._live.values()],
            trades=list(self._trades),
        )
        return _KEEPER.encode(kept)

    def load(self, data: bytes) -> None:
        """Goes on from what `keep` gave. Raises msgspec.MsgspecError for other bytes."""
        kept = msgspec.msgpack.decode(data, type=Kept)
        self.next_number, self._traded = kept.next_number, kept.trades_before
        self._trades.extend(kept.trades)
        for own in kept.orders:
            self._by_client[own.request.client_id] = own
            if own.closed:
                self._ended.append(own)
            else:
                self._live[own.number] = own


def concerns_us(event: Event) -> bool:
    """Whether an event (a row of EVENT) is one of ours."""
    return event[11] == OWN_NUMBER or event[12] == OWN_NUMBER


def balances_of(rows: Sequence[tuple[str, int, int]]) -> dict[str, Decimal]:
    """Totals by currency from (currency, free, locked) in units."""
    return {name: Decimal(free + locked).scaleb(-CURRENCY_DECIMALS) for name, free, locked in rows}

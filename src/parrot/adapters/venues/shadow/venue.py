"""The shadow venue: one account whose orders meet a real market's data, and never leave this machine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from parrot.adapters.venues.shadow.checks import amiss, bounded, wrong
from parrot.adapters.venues.shadow.keeping import Keeper
from parrot.adapters.venues.shadow.market import Met, Over, ShadowMarket
from parrot.adapters.venues.shadow.orders import VERSION, Change, Image, Kept, OrderBooks, listed
from parrot.adapters.venues.shadow.purse import Purse, fee_currency, needs
from parrot.adapters.venues.shadow.settings import SECOND, ShadowSettings
from parrot.contracts.commands import OrderKind
from parrot.contracts.listing import Listing, VenueTerms
from parrot.contracts.venue import (
    Accepted,
    AskState,
    CancelFailed,
    CancelPlaced,
    Filled,
    LineLost,
    NotFound,
    PlaceOrder,
    QueryPlaced,
    Rejected,
    Replaced,
    ReplacePlaced,
    Report,
    Request,
    VenueState,
    Withdrawn,
)
from parrot.kernel.errors import InputError, StorageError
from parrot.ports.journal import Segments

_AHEAD: Final = SECOND  # by which a request's clock may be ahead
_POST_ONLY: Final = "post-only would take"
_EXPIRED: Final = frozenset({"ioc", "fok"})


class ShadowVenue:
    """A TradingVenue. `heard` brings it the good ticks of a feed; nothing happens but in `send` and `heard`.

    Fills, places in queues and triggers are the back-test's, on the columns that the feed makes. Money is exact: no
    order is taken that could cost more than is free, and fees are those of the listing. With `segments` every change is
    durable before a report of it leaves, and a restart goes on with orders, trades and balances; orders that rest then
    stand at the back of their queues. Raises InputError for deposits in currencies that no symbol has.
    """

    def __init__(
        self,
        listings: Sequence[Listing],
        settings: ShadowSettings | None = None,
        segments: Segments | None = None,
        *,
        now: int,
    ) -> None:
        self.settings = settings or ShadowSettings()
        self._listings = list(listings)
        self._market = ShadowMarket(
            listings, books=self.settings.books, proportional_queue=self.settings.proportional_queue
        )
        self._books = OrderBooks(self.settings.orders_kept, self.settings.trades_kept)
        self._purse = Purse()
        self._keeper = None if segments is None else Keeper(segments, self.settings.segment_bytes)
        self._numbers: dict[int, Kept] = {}
        self._line: deque[tuple[int, Request]] = deque()
        self._outbox: list[Report] = []
        self._way_back: deque[tuple[int, Report]] = deque()
        self._tell: Callable[[Report], None] = lambda report: None
        self._lost = False
        self._open(now)

    @property
    def now(self) -> int:
        """The venue's time, ns UTC."""
        return self._market.now

    # -- the trading port ----------------------------------------------------------------------------------------------

    @property
    def terms(self) -> VenueTerms:
        """How it treats orders."""
        return self.settings.terms

    def listings(self) -> Sequence[Listing]:
        """What may be traded."""
        return self._listings

    def connect(self, inbox: Callable[[Report], None]) -> None:
        """Says where reports go, from within `send` and `heard`."""
        self._tell = inbox

    def send(self, request: Request) -> None:
        """Lets a request leave; without latency it is there at once."""
        if self._lost:
            self._tell(LineLost(venue=self.terms.venue, reason="its journal failed", ts=self.now))
            return
        arrives = max(self.now, min(request.ts, self.now + _AHEAD)) + self.settings.latency
        self._line.append((arrives, request))
        if not self.settings.latency:
            self._work(arrives)

    def close(self) -> None:
        """Lets go of the journal; nothing more is reported."""
        self._tell = lambda report: None
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None

    # -- the market ----------------------------------------------------------------------------------------------------

    def heard(self, messages: Sequence[Any], now: int) -> None:
        """Takes what a feed brought and its gates let pass, at `now` (ns UTC); time goes on also without messages."""
        if self._lost:
            return
        for message in messages:
            self._market.feed(message, now)
        self._work(now)

    def _work(self, now: int) -> None:
        """Lets time go on to `now`: the market moves, requests arrive in between, reports go back."""
        while self._line and self._line[0][0] <= now:
            arrives, request = self._line.popleft()
            self._let_pass(arrives)
            self._outbox += self._answers(request)
        self._let_pass(now)
        if self._written():
            self._told(now)

    def _let_pass(self, ts: int) -> None:
        for event in self._market.run(ts):
            self._outbox += self._became(event)

    # -- requests ------------------------------------------------------------------------------------------------------

    def _answers(self, request: Request) -> Iterator[Report]:
        now = self.now
        match request:
            case AskState():
                yield self._state(request.after)
            case QueryPlaced():
                yield self._books.found(request.client_id, now) or NotFound(client_id=request.client_id, ts=now)
            case _ if reason := self._late(request.ts):
                yield _refusal(request, reason, now)
            case PlaceOrder():
                yield from self._place(request)
            case CancelPlaced():
                yield self._cancel(request)
            case ReplacePlaced():
                yield from self._replace(request)

    def _late(self, ts: int) -> str:
        window = self.terms.receive_window
        inside = self.now - window <= ts <= self.now + _AHEAD
        return "" if inside or not self.terms.expires_requests else f"RECEIVE_WINDOW: time stamp {ts} at {self.now}"

    def _place(self, asked: PlaceOrder) -> Iterator[Report]:
        known = self._books.find(asked.client_id)
        if known is not None and known.is_open:
            # A refusal would say that the id is not on the books, and it is.
            found = self._books.found(asked.client_id, self.now)
            assert found is not None
            yield found
            return
        reason, sent = self._unfit(asked)
        if reason:
            yield Rejected(client_id=asked.client_id, reason=reason, ts=self.now)
            return
        yield from self._take_on(asked, sent)

    def _unfit(self, asked: PlaceOrder) -> tuple[str, PlaceOrder]:
        """Why an order cannot be taken on now, and the order as the core gets it."""
        listing = self._market.listings.get(asked.symbol)
        if listing is None:
            return f"{asked.symbol} is not listed", asked
        reason = wrong(asked, listing)
        if reason:
            return reason, asked
        touch = self._market.touch(asked.symbol)
        if not self._market.usable(asked.symbol) or (touch is None and asked.kind is OrderKind.MARKET):
            return f"the market of {asked.symbol} is not known now", asked
        sent = bounded(asked, listing, touch, self.settings.collar)
        currency, amount = needs(listing, sent.side, sent.quantity, sent.limit or Decimal(0))
        free = self._purse.free(currency)
        if amount > free:
            return f"insufficient balance: {amount} {currency} needed, {free} free", asked
        if asked.kind is OrderKind.MARKET and sent.limit is not None:
            worth = sent.quantity * (touch[0] if touch else sent.limit)
            if worth < listing.min_notional and not asked.reduce_only:
                return f"worth less than {listing.min_notional}", asked
        return "", sent

    def _take_on(self, asked: PlaceOrder, sent: PlaceOrder) -> Iterator[Report]:
        try:
            number = self._market.place(sent)
        except ValueError as fault:
            yield Rejected(client_id=asked.client_id, reason=str(fault), ts=self.now)
            return
        order = self._books.add(asked, sent, sent.limit or Decimal(0))
        self._numbers[number] = order
        self._hold(order, order.left)
        events = self._market.run(self.now)
        own = next((event for event in events if isinstance(event, Over) and event.number == number), None)
        if own is not None and (own.status == "refused" or own.reason == _POST_ONLY):
            self._hold(order, -order.left)
            del self._numbers[number]
            self._books.forget(order)
            events.remove(own)
            yield Rejected(client_id=asked.client_id, reason=own.reason, ts=self.now)
        else:
            yield Accepted(client_id=asked.client_id, venue_id=order.venue_id, ts=self.now)
        for event in events:
            yield from self._became(event)

    def _cancel(self, asked: CancelPlaced) -> Report:
        order = self._books.find(asked.client_id)
        if order is None or not order.is_open:
            reason = "unknown order" if order is None else "the order has ended"
            return CancelFailed(client_id=asked.client_id, reason=reason, ts=self.now)
        self._take_out(order)
        return self._ended(order, "canceled", "", ts=self.now)

    def _replace(self, asked: ReplacePlaced) -> Iterator[Report]:
        """The old order leaves the market and the changed one joins it, at the back of its queue."""
        order = self._books.find(asked.client_id)
        reason = self._unchangeable(order, asked)
        if order is None or reason:
            yield CancelFailed(client_id=asked.client_id, reason=reason, ts=self.now)
            return
        self._take_out(order)
        self._hold(order, -order.left)
        limit = order.asked.limit if asked.limit is None else asked.limit
        order.asked = msgspec.structs.replace(order.asked, quantity=asked.quantity, limit=limit)
        sent_limit = order.sent.limit if order.asked.limit is None else limit
        order.sent = msgspec.structs.replace(order.sent, quantity=order.left, limit=sent_limit)
        order.worst = order.sent.limit or Decimal(0)
        self._books.touch(order)
        self._hold(order, order.left)
        self._numbers[self._market.place(order.sent)] = order
        yield Replaced(client_id=asked.client_id, quantity=asked.quantity, limit=limit, ts=self.now)
        for event in self._market.run(self.now):
            yield from self._became(event)

    def _unchangeable(self, order: Kept | None, asked: ReplacePlaced) -> str:
        if order is None:
            return "unknown order"
        if not order.is_open:
            return "the order has ended"
        if order.asked.kind is OrderKind.TRAILING:
            return "a trailing stop cannot be changed: it would begin anew"
        listing = self._market.listings[order.asked.symbol]
        limit = order.asked.limit if asked.limit is None else asked.limit
        if (limit is None) != (order.asked.limit is None):
            return "only an order with a limit gets another one"
        reason = amiss(asked.quantity, listing.tick if limit is None else limit, listing)
        if reason or asked.quantity <= order.filled:
            return reason or f"{order.filled} of it are filled"
        if not self._market.usable(order.asked.symbol):
            return f"the market of {order.asked.symbol} is not known now"
        bound = limit if limit is not None else order.worst
        currency, amount = needs(listing, order.asked.side, asked.quantity - order.filled, bound)
        held = needs(listing, order.asked.side, order.left, order.worst)[1]
        return "insufficient balance" if amount - held > self._purse.free(currency) else ""

    def _state(self, after: int) -> VenueState:
        return VenueState(
            orders=[listed(order) for order in self._books.open()],
            trades=[fill for fill in self._books.trades if fill.number > after],
            balances=dict(self._purse.total),
            ts=self.now,
        )

    # -- what became of orders -----------------------------------------------------------------------------------------

    def _became(self, event: Met | Over) -> Iterator[Report]:
        order = self._numbers.get(event.number)
        if order is None:
            return
        if isinstance(event, Met):
            yield self._filled(order, event)
            return
        del self._numbers[event.number]
        if event.status == "filled" and order.left == 0:
            return
        expired = event.status in ("expired", "filled") or event.reason in _EXPIRED
        yield self._ended(order, "expired" if expired else "canceled", event.reason, ts=event.ts, expired=True)

    def _filled(self, order: Kept, met: Met) -> Filled:
        asked = order.asked
        listing = self._market.listings[asked.symbol]
        self._hold(order, -met.quantity)
        fee = self._purse.settle(listing, asked.side, met.quantity, met.price, maker=met.maker)
        order.filled += met.quantity
        order.status = "partially_filled" if order.left else "filled"
        self._books.touch(order)
        fill = Filled(
            client_id=asked.client_id,
            venue_id=order.venue_id,
            symbol=asked.symbol,
            trade_id=str(self._books.next_trade),
            number=self._books.next_trade,
            side=asked.side,
            quantity=met.quantity,
            price=met.price,
            fee=fee,
            fee_currency=fee_currency(listing, asked.side),
            maker=met.maker,
            ts=met.ts,
        )
        self._books.trade(fill)
        return fill

    def _ended(self, order: Kept, status: str, reason: str, *, ts: int, expired: bool = False) -> Withdrawn:
        self._hold(order, -order.left)
        order.status = status
        self._books.touch(order)
        name = order.asked.client_id
        return Withdrawn(client_id=name, filled=order.filled, expired=expired, reason=reason, ts=ts)

    def _hold(self, order: Kept, quantity: Decimal) -> None:
        """Puts aside what `quantity` more (or less) of an order may take out."""
        listing = self._market.listings[order.asked.symbol]
        self._purse.hold(*needs(listing, order.asked.side, quantity, order.worst))

    def _take_out(self, order: Kept) -> None:
        number = next(number for number, held in self._numbers.items() if held is order)
        del self._numbers[number]
        self._market.withdraw(number)

    # -- durable first, then told --------------------------------------------------------------------------------------

    def _written(self) -> bool:
        """Makes what changed durable; False when that failed, and then nobody may be told of it."""
        books = self._books
        if not books.changed and not books.new_trades:
            return True
        change = Change(
            orders=list(books.changed.values()),
            trades=list(books.new_trades),
            balances=dict(self._purse.total),
            positions=self._positions(),
        )
        books.changed.clear()
        books.new_trades.clear()
        books.trim()
        if self._keeper is None:
            return True
        try:
            self._keeper.write(change, self._image)
        except StorageError as fault:
            self._lost = True
            self._outbox.clear()
            self._tell(LineLost(venue=self.terms.venue, reason=f"its journal failed: {fault}", ts=self.now))
            return False
        return True

    def _told(self, now: int) -> None:
        latency = self.settings.latency
        self._way_back += [(report.ts + latency, report) for report in self._outbox]
        self._outbox.clear()
        while self._way_back and self._way_back[0][0] <= now:
            self._tell(self._way_back.popleft()[1])

    def _positions(self) -> dict[str, Decimal]:
        return {symbol: self._market.position(symbol) for symbol in self._market.listings}

    def _image(self) -> Image:
        return Image(
            version=VERSION,
            orders=list(self._books.orders.values()),
            trades=list(self._books.trades),
            balances=dict(self._purse.total),
            positions=self._positions(),
            next_order=self._books.next_order,
            next_trade=self._books.next_trade,
        )

    # -- the start -----------------------------------------------------------------------------------------------------

    def _open(self, now: int) -> None:
        """Begins with the deposits, or goes on with what was written down."""
        currencies = {currency for one in self._listings for currency in (one.base, one.quote)}
        strange = sorted(self.settings.deposits.keys() - currencies)
        if strange:
            expected = f"some of {', '.join(sorted(currencies))}"
            raise InputError(f"a deposit of {', '.join(strange)}", expected=expected)
        self._purse.put(dict.fromkeys(sorted(currencies), Decimal(0)) | dict(self.settings.deposits))
        positions: dict[str, Decimal] = {}
        for record in () if self._keeper is None else self._keeper.recover():
            self._books.apply(record)
            self._purse.put(record.balances)
            positions.update(record.positions)
        self._market.run(now)
        self._again(positions)
        if self._keeper is not None:
            self._keeper.begin(self._image())

    def _again(self, positions: dict[str, Decimal]) -> None:
        """Positions and open orders go back into the market."""
        lost = [order for order in self._books.open() if order.asked.symbol not in self._market.listings]
        for symbol in positions.keys() | {order.asked.symbol for order in lost}:
            if symbol in self._market.listings:
                self._market.hold(symbol, positions[symbol])
            elif positions.get(symbol) or any(order.asked.symbol == symbol for order in lost):
                fix = "name it among the symbols, or begin with another data directory"
                raise InputError(f"the account holds {symbol}, which is not among the symbols", fix=fix)
        self._market.run(self.now)
        for order in list(self._books.open()):
            self._hold(order, order.left)
            sent = msgspec.structs.replace(order.sent, quantity=order.left)
            self._numbers[self._market.place(sent)] = order


def _refusal(request: Request, reason: str, now: int) -> Report:
    if isinstance(request, PlaceOrder):
        return Rejected(client_id=request.client_id, reason=reason, ts=now)
    return CancelFailed(client_id=getattr(request, "client_id", ""), reason=reason, ts=now)

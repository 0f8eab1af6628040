"""The venue that knows the truth: it accepts, fills in parts by chance, and remembers everything that ever happened.

Written from the venue's side alone; nothing here reads a journal or a desk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from parrot.contracts.commands import OrderKind, Side, TimeInForce
from parrot.contracts.listing import Amends, IdScope, VenueTerms
from parrot.contracts.venue import (
    Accepted,
    AskState,
    CancelFailed,
    CancelPlaced,
    Filled,
    Found,
    NotFound,
    OpenOrder,
    PlaceOrder,
    QueryPlaced,
    Rejected,
    Replaced,
    ReplacePlaced,
    VenueState,
    Withdrawn,
)
from tests.simulation.market import Market

SECOND = 1_000_000_000
FUTURE_ALLOWED = SECOND  # how far ahead of the venue's clock a request may be stamped
TRIGGERS = {OrderKind.STOP, OrderKind.STOP_LIMIT, OrderKind.TOUCH, OrderKind.TOUCH_LIMIT}
PRICED = {OrderKind.LIMIT, OrderKind.STOP_LIMIT, OrderKind.TOUCH_LIMIT}
ENDED = {"filled", "canceled", "expired"}
BNB_PRICE = 300  # what a unit of the third currency is worth, roughly
FEE_STEP = Decimal("0.00000001")
ZERO = Decimal(0)


@dataclass(slots=True)
class Placed:
    """One order that the venue took on; `story` is (time, status, filled) of each change."""

    number: int
    client_id: str
    symbol: str
    side: Side
    kind: OrderKind
    quantity: Decimal
    limit: Decimal | None
    trigger: Decimal | None
    tif: TimeInForce
    until: int
    post_only: bool
    reduce_only: bool
    accepted: int
    waiting: bool
    filled: Decimal = ZERO
    status: str = "new"
    story: list[tuple[int, str, Decimal]] = field(default_factory=list)

    @property
    def venue_id(self) -> str:
        return f"v{self.number}"

    @property
    def left(self) -> Decimal:
        return self.quantity - self.filled

    @property
    def open(self) -> bool:
        return self.status not in ENDED


class Referee:
    """One account at one venue. Times are the venue's own; `on_accept` hears of each order as it is taken on."""

    def __init__(self, terms: VenueTerms, market: Market, chance: Random, *, fee_currency: str = "") -> None:
        self.terms = terms
        self.market = market
        self.chance = chance
        self.fee_currency = fee_currency
        self.hit_rate = 0.06  # how often somebody meets an order that rests away from the market
        self.placed: list[Placed] = []
        self.by_client: dict[str, list[Placed]] = {}
        self.resting: dict[int, Placed] = {}
        self.trades: list[Filled] = []
        self.balances: dict[str, Decimal] = {}
        self.trade_ids: dict[str, int] = {}
        self.rejections: list[tuple[str, str]] = []
        self.on_accept: Callable[[Placed], None] = lambda placed: None

    # -- requests --------------------------------------------------------------------------------------------------

    def answer(self, request: Any, now: int) -> list[Any]:
        """The reply first, then what goes out on the stream."""
        match request:
            case PlaceOrder():
                return self.place(request, now)
            case CancelPlaced():
                return self.cancel(request, now)
            case ReplacePlaced():
                return self.replace(request, now)
            case QueryPlaced():
                return [self.query(request, now)]
            case AskState():
                return [self.state(request, now)]
        raise AssertionError(request)

    def place(self, request: PlaceOrder, now: int) -> list[Any]:
        known = self.by_client.get(request.client_id, [])
        if known and (self.terms.id_scope is IdScope.FOREVER or known[-1].open):
            return [self.found(known[-1], now, now)]  # adapters ask when a venue says "duplicate"
        reason = self.objection(request, now)
        if reason:
            self.rejections.append((request.client_id, reason))
            return [Rejected(client_id=request.client_id, reason=reason, ts=now)]
        placed = self.take_on(request, now)
        accepted = Accepted(client_id=placed.client_id, venue_id=placed.venue_id, ts=now)
        return [accepted, *([] if placed.waiting else self.first_fills(placed, now))]

    def objection(self, request: PlaceOrder, now: int) -> str:
        if request.ts > now + FUTURE_ALLOWED:
            return "timestamp ahead of the venue's clock"
        if self.terms.expires_requests and now > request.ts + self.terms.receive_window:
            return "outside the receive window"
        listing = self.market.listings.get(request.symbol)
        if listing is None:
            return "unknown symbol"
        if request.quantity < listing.min_quantity or request.quantity % listing.lot:
            return "bad quantity"
        if any(
            price is not None and (price <= 0 or price % listing.tick) for price in (request.limit, request.trigger)
        ):
            return "bad price"
        if (request.kind in PRICED) != (request.limit is not None):
            return "limit missing or not wanted"
        if (request.kind in TRIGGERS) != (request.trigger is not None):
            return "trigger missing or not wanted"
        if len(request.client_id) > 36:
            return "client id too long"
        if request.reduce_only and not self.reducible(request.symbol, request.side):
            return "reduce only: nothing to reduce"
        if request.post_only and self.crosses(request.symbol, request.side, request.limit):
            return "post only: would take"
        return ""

    def take_on(self, request: PlaceOrder, now: int) -> Placed:
        placed = Placed(
            number=len(self.placed) + 1,
            client_id=request.client_id,
            symbol=request.symbol,
            side=request.side,
            kind=request.kind,
            quantity=request.quantity,
            limit=request.limit,
            trigger=request.trigger,
            tif=request.tif,
            until=request.until,
            post_only=request.post_only,
            reduce_only=request.reduce_only,
            accepted=now,
            waiting=request.kind in TRIGGERS,
        )
        placed.story.append((now, "new", ZERO))
        self.placed.append(placed)
        self.by_client.setdefault(placed.client_id, []).append(placed)
        self.resting[placed.number] = placed
        self.on_accept(placed)
        return placed

    def manual(self, symbol: str, now: int) -> Placed:
        """An order that somebody placed by hand, far from the market, without a client id."""
        listing = self.market.listings[symbol]
        far = (self.market.middle[symbol] / 2 // listing.tick) * listing.tick
        request = PlaceOrder(
            client_id="",
            symbol=symbol,
            side=Side.BUY,
            kind=OrderKind.LIMIT,
            quantity=listing.lot * 100,
            limit=far,
            ts=now,
        )
        return self.take_on(request, now)

    def cancel(self, request: CancelPlaced, now: int) -> list[Any]:
        placed = self.newest(request.client_id)
        if placed is None or not placed.open:
            return [CancelFailed(client_id=request.client_id, reason="unknown order", ts=now)]
        if self.terms.expires_requests and now > request.ts + self.terms.receive_window:
            return [CancelFailed(client_id=request.client_id, reason="outside the receive window", ts=now)]
        return [self.end(placed, "canceled", now)]

    def replace(self, request: ReplacePlaced, now: int) -> list[Any]:
        placed = self.newest(request.client_id)
        late = self.terms.expires_requests and now > request.ts + self.terms.receive_window
        able = placed is not None and self.able(placed, request)
        if placed is None or not placed.open or late or not able or request.quantity <= placed.filled:
            return [CancelFailed(client_id=request.client_id, reason="cannot be replaced", ts=now)]
        placed.quantity = request.quantity
        if request.limit is not None:
            placed.limit = request.limit
        return [Replaced(client_id=placed.client_id, quantity=placed.quantity, limit=placed.limit, ts=now)]

    def able(self, placed: Placed, request: ReplacePlaced) -> bool:
        if self.terms.amends is Amends.SMALLER:
            return request.quantity < placed.quantity and request.limit in (None, placed.limit)
        return self.terms.amends is Amends.ANY

    def query(self, request: QueryPlaced, now: int) -> Any:
        """What was known a query lag ago, or later: an order may be there and not be shown yet."""
        seen_at = now - int(self.terms.query_lag * self.chance.random())
        placed = self.newest(request.client_id)
        if placed is None or placed.accepted > seen_at:
            return NotFound(client_id=request.client_id, ts=now)
        return self.found(placed, seen_at, now)

    def found(self, placed: Placed, seen_at: int, now: int) -> Found:
        status, filled = next(((s, f) for at, s, f in reversed(placed.story) if at <= seen_at), ("new", ZERO))
        return Found(client_id=placed.client_id, venue_id=placed.venue_id, status=status, filled=filled, ts=now)

    def state(self, request: AskState, now: int) -> VenueState:
        orders = [
            OpenOrder(
                client_id=placed.client_id,
                venue_id=placed.venue_id,
                symbol=placed.symbol,
                side=placed.side,
                quantity=placed.quantity,
                filled=placed.filled,
                limit=placed.limit,
            )
            for placed in self.resting.values()
        ]
        return VenueState(orders=orders, trades=self.trades[request.after :], balances=dict(self.balances), ts=now)

    def newest(self, client_id: str) -> Placed | None:
        known = self.by_client.get(client_id)
        return known[-1] if known else None

    # -- the book --------------------------------------------------------------------------------------------------

    def step(self, symbol: str, now: int) -> list[Any]:
        """The market moved: triggers, fills and expiries of one symbol, as reports for the stream."""
        reports: list[Any] = []
        for placed in [placed for placed in self.resting.values() if placed.symbol == symbol]:
            if not placed.open or not placed.client_id:
                continue  # ended as the other side of one before it, or far away
            if placed.tif in {TimeInForce.GTD, TimeInForce.DAY} and placed.until and now >= placed.until:
                reports.append(self.end(placed, "expired", now))
            elif placed.waiting:
                if self.triggered(placed):
                    placed.waiting = False
                    reports += self.first_fills(placed, now)
            else:
                reports += self.later_fills(placed, now)
        return reports

    def triggered(self, placed: Placed) -> bool:
        assert placed.trigger is not None
        last = self.market.middle[placed.symbol]
        up = (placed.side is Side.BUY) == (placed.kind in {OrderKind.STOP, OrderKind.STOP_LIMIT})
        return last >= placed.trigger if up else last <= placed.trigger

    def crosses(self, symbol: str, side: Side, limit: Decimal | None) -> bool:
        if limit is None:
            return True
        return limit >= self.market.ask(symbol) if side is Side.BUY else limit <= self.market.bid(symbol)

    def reducible(self, symbol: str, side: Side) -> Decimal:
        net = self.net(symbol)
        return max(ZERO, -net if side is Side.BUY else net)

    def net(self, symbol: str) -> Decimal:
        return sum((t.quantity if t.side is Side.BUY else -t.quantity for t in self.trades if t.symbol == symbol), ZERO)

    def first_fills(self, placed: Placed, now: int) -> list[Any]:
        reports: list[Any] = []
        if self.crosses(placed.symbol, placed.side, placed.limit):
            whole = placed.tif is TimeInForce.FOK or self.chance.random() < 0.7
            parts = self.chance.choice((1, 1, 2, 3))
            for left in range(parts, 0, -1):
                reports += self.fill(placed, now, whole=whole and left == 1, maker=False)
        if placed.open and placed.tif in {TimeInForce.IOC, TimeInForce.FOK}:
            reports.append(self.end(placed, "expired", now))
        return reports

    def later_fills(self, placed: Placed, now: int) -> list[Any]:
        crossing = self.crosses(placed.symbol, placed.side, placed.limit)
        if self.chance.random() >= (0.8 if crossing else self.hit_rate):
            return []
        return self.fill(placed, now, whole=self.chance.random() < 0.5, maker=placed.limit is not None)

    def fill(self, placed: Placed, now: int, *, whole: bool, maker: bool) -> list[Any]:
        if not placed.open:
            return []
        lot = self.market.listings[placed.symbol].lot
        quantity = placed.left if whole else lot * self.chance.randint(1, max(1, int(placed.left / lot)))
        if placed.reduce_only:
            quantity = min(quantity, self.reducible(placed.symbol, placed.side))
            if not quantity:
                return [self.end(placed, "expired", now)]
        price = self.price(placed, maker=maker)
        number = self.trade_ids[placed.symbol] = self.trade_ids.get(placed.symbol, 0) + 1
        reports = [self.execute(placed, quantity, price, trade_id=str(number), maker=maker, now=now)]
        other = self.other_side(placed, quantity, price)
        if other is not None:  # a self-trade: one trade id, two own fills
            reports.append(self.execute(other, quantity, price, trade_id=str(number), maker=not maker, now=now))
        return reports

    def price(self, placed: Placed, *, maker: bool) -> Decimal:
        market = self.market.ask(placed.symbol) if placed.side is Side.BUY else self.market.bid(placed.symbol)
        if placed.limit is None:
            return market
        return placed.limit if maker else (min if placed.side is Side.BUY else max)(placed.limit, market)

    def other_side(self, placed: Placed, quantity: Decimal, price: Decimal) -> Placed | None:
        for other in self.resting.values():
            if other.symbol != placed.symbol or other.side is placed.side or other.waiting or other.reduce_only:
                continue
            if other.limit is None or other.left < quantity:
                continue
            if (other.limit >= price) if other.side is Side.BUY else (other.limit <= price):
                return other
        return None

    def execute(
        self, placed: Placed, quantity: Decimal, price: Decimal, *, trade_id: str, maker: bool, now: int
    ) -> Filled:
        listing = self.market.listings[placed.symbol]
        rate = listing.maker_fee if maker else listing.taker_fee
        in_base = self.fee_currency == "received" and placed.side is Side.BUY
        worth = BNB_PRICE if self.fee_currency == "BNB" else 1
        fee = ((quantity if in_base else quantity * price) * rate / worth).quantize(FEE_STEP, rounding=ROUND_HALF_UP)
        currency = listing.base if in_base else listing.quote if self.fee_currency == "received" else ""
        currency = currency or self.fee_currency or listing.quote
        trade = Filled(
            client_id=placed.client_id,
            venue_id=placed.venue_id,
            symbol=placed.symbol,
            trade_id=trade_id,
            number=len(self.trades) + 1,
            side=placed.side,
            quantity=quantity,
            price=price,
            fee=fee,
            fee_currency=currency,
            maker=maker,
            ts=now,
        )
        self.trades.append(trade)
        self.move_money(trade, listing.base, listing.quote)
        placed.filled += quantity
        self.mark(placed, "filled" if not placed.left else "partially_filled", now)
        return trade

    def move_money(self, trade: Filled, base: str, quote: str) -> None:
        sign = 1 if trade.side is Side.BUY else -1
        for currency, amount in (
            (base, sign * trade.quantity),
            (quote, -sign * trade.quantity * trade.price),
            (trade.fee_currency, -trade.fee),
        ):
            self.balances[currency] = self.balances.get(currency, ZERO) + amount

    def mark(self, placed: Placed, status: str, now: int) -> None:
        placed.status = status
        placed.story.append((now, status, placed.filled))
        if not placed.open:
            self.resting.pop(placed.number, None)

    def end(self, placed: Placed, status: str, now: int) -> Withdrawn:
        self.mark(placed, status, now)
        expired = status == "expired"
        reason = "expired" if expired else "canceled"
        return Withdrawn(client_id=placed.client_id, filled=placed.filled, expired=expired, reason=reason, ts=now)

"""The recording goes on step by step; what it shows goes out as market data, and orders meet it in the core."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from parrot.adapters.venues.replay.orders import Books, submit
from parrot.adapters.venues.replay.rows import Rows
from parrot.contracts.commands import Side
from parrot.contracts.listing import IdScope, Listing, VenueTerms
from parrot.contracts.market import Market, Number
from parrot.contracts.ticks import BarClosed, QuoteTick, TradeTick
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
    Report,
    Request,
    VenueState,
    Withdrawn,
)
from parrot.engine.columns import timeframe_ns
from parrot.engine.run import Inputs, amount_of, build
from parrot.engine.terms import cash_decimals
from parrot.kernel.errors import InputError

_NAME: Final = "replay"
_STATUS: Final = {
    "working": "new",
    "filled": "filled",
    "canceled": "canceled",
    "expired": "expired",
    "refused": "rejected",
}

Datum = BarClosed | TradeTick | QuoteTick


@dataclass(frozen=True, slots=True)
class Moment:
    """What one step of the recording showed: everything up to `ts` (ns UTC) is known with it."""

    ts: int
    data: list[Datum]


class ReplayVenue:
    """One account at a venue whose market is a recording; a TradingVenue.

    `advance` plays the next step and says what it showed; its reports go to the inbox before it returns. Orders that
    are sent between two steps act as those of a strategy in a back-test do. Protection that a `guard` announces is in
    the market from the fill on, also inside a bar, and takes the name of the order that is placed for it afterwards;
    what fills before that is reported as `<client id>/stop` or `/take` of the order that announced it. `timeframes` are
    those of the strategy, `timers` its timers' intervals in ns: moments at which it wants to act.
    """

    def __init__(
        self,
        inputs: Inputs,
        market: Market,
        cash: Number,
        *,
        timeframes: Sequence[str | int] = (),
        timers: Sequence[int] = (),
    ) -> None:
        amount = amount_of(cash)
        if inputs.books:
            raise InputError("a recorded book cannot be replayed as a venue", expected="bars, trades or quotes")
        spans = [timeframe_ns(length) for length in timeframes]
        self._engine, _ = build(inputs, market, amount, spans)
        self._engine.keep_moves()
        for interval in timers:
            self._engine.every(interval)
        heard = {"bar": True, "trade": bool(inputs.trades), "quote": bool(inputs.quotes)}
        self._engine.listen(**heard, book=False, order=True, fill=True)
        self._engine.begin()
        self._rows = Rows(inputs, market, spans)
        self._books = Books()
        self._cash_decimals = cash_decimals(amount)
        self._cash = amount
        self._tell: Callable[[Report], None] = lambda report: None
        self._withdrawn: set[int] = set()
        self._trades: list[Filled] = []
        self._over = False

    @property
    def terms(self) -> VenueTerms:
        """How it treats orders: at once, and every id for ever."""
        return VenueTerms(venue=_NAME, id_scope=IdScope.FOREVER, receive_window=0, query_lag=0, clock_allowance=0)

    @property
    def now(self) -> int:
        """Time of the recording, ns UTC."""
        return int(self._engine.now)

    def listings(self) -> Sequence[Listing]:
        """The symbols of the recording."""
        return self._rows.listings

    def connect(self, inbox: Callable[[Report], None]) -> None:
        """Says where reports go."""
        self._tell = inbox

    def close(self) -> None:
        """Nothing more is reported."""
        self._tell = lambda report: None

    # -- the recording --------------------------------------------------------------------------------------------

    def advance(self) -> Moment | None:
        """Plays the next step; None when the recording is over."""
        if self._over:
            return None
        kind, number, row = self._engine.step()
        if kind == "done":
            self._over = True
            return None
        data: list[Datum] = list(self._rows.revealed(self._engine.revealed))
        if kind in ("trade", "quote"):
            data.append(self._rows.tick(kind, number, row))
        heard = [(kind, number)] if kind in ("order", "fill") else []
        heard += [(told, which) for told, which, _ in self._engine.notices()]
        self._note_withdrawn()
        for told, which in heard:
            self._report(told, which)
        return Moment(self.now, data)

    # -- requests -------------------------------------------------------------------------------------------------

    def send(self, request: Request) -> None:
        """Takes a request; the answer comes from within."""
        for report in self._answers(request):
            self._tell(report)
        self._engine.notices()  # what a request did is said in its answer

    def _answers(self, request: Request) -> Iterator[Report]:
        match request:
            case PlaceOrder():
                yield from self._place(request)
            case CancelPlaced():
                yield from self._cancel(request)
            case ReplacePlaced():
                yield self._replace(request)
            case QueryPlaced():
                yield self._query(request)
            case AskState():
                yield self._state(request)

    def _place(self, asked: PlaceOrder) -> Iterator[Report]:
        number = self._books.number(asked.client_id)
        if number is not None:
            yield self._found(asked.client_id, number)
            return
        symbol = self._rows.number(asked.symbol)
        if symbol is None:
            yield Rejected(client_id=asked.client_id, reason=f"{asked.symbol} is not recorded", ts=self.now)
            return
        claimed = self._claim(asked, symbol)
        if claimed is None:
            try:
                claimed = submit(self._engine, symbol, asked, self._books.group(asked.group))
            except ValueError as fault:
                yield Rejected(client_id=asked.client_id, reason=str(fault), ts=self.now)
                return
        self._note_withdrawn()
        order = self._engine.order_units(claimed)
        protects = order["role"] in ("stop", "take")
        self._books.add(asked.client_id, claimed, symbol, 0 if protects else int(asked.quantity.scaleb(8)))
        if order["status"] == "refused":
            self._withdrawn.add(claimed)  # it is not told again by the next step
            yield Rejected(client_id=asked.client_id, reason=str(order["reason"]), ts=self.now)
        else:
            yield Accepted(client_id=asked.client_id, venue_id=str(claimed), ts=self.now)

    def _claim(self, asked: PlaceOrder, symbol: int) -> int | None:
        """The protection that the core made itself and that this order is: of the same kind, level and side."""
        if not asked.reduce_only:
            return None
        decimals = self._rows.listings[symbol].price_decimals
        wanted = (_units(asked.trigger, decimals), _units(asked.limit, decimals))
        for number in self._books.unclaimed(self._engine, symbol):
            order = self._engine.order_units(number)
            sided = (order["side"] > 0) == (asked.side is Side.BUY)
            if sided and (order["trigger"], order["limit"]) == wanted:
                return number
        return None

    def _cancel(self, asked: CancelPlaced) -> Iterator[Report]:
        number = self._books.number(asked.client_id)
        if number is None:
            yield CancelFailed(client_id=asked.client_id, reason="unknown order", ts=self.now)
        elif self._engine.cancel(number):
            self._note_withdrawn()
            yield self._withdrawal(asked.client_id, number, expired=False)
        elif number in self._withdrawn:
            yield self._withdrawal(asked.client_id, number, expired=False)
        else:
            yield CancelFailed(client_id=asked.client_id, reason="the order has ended", ts=self.now)

    def _replace(self, asked: ReplacePlaced) -> Report:
        """Only protection can change here: the core resizes it with the position, by itself."""
        number = self._books.number(asked.client_id)
        order = None if number is None else self._engine.order_units(number)
        if order is None or order["status"] != "working" or order["role"] not in ("stop", "take"):
            return CancelFailed(client_id=asked.client_id, reason="this order cannot be changed", ts=self.now)
        quantity = Decimal(order["quantity"]).scaleb(-8)
        return Replaced(client_id=asked.client_id, quantity=quantity, limit=asked.limit, ts=self.now)

    def _query(self, asked: QueryPlaced) -> Report:
        number = self._books.number(asked.client_id)
        if number is None:
            return NotFound(client_id=asked.client_id, ts=self.now)
        return self._found(asked.client_id, number)

    def _found(self, client_id: str, number: int) -> Found:
        order = self._engine.order_units(number)
        status = _STATUS[order["status"]]
        if status == "new" and order["filled"]:
            status = "partially_filled"
        filled = Decimal(order["filled"]).scaleb(-8)
        return Found(client_id=client_id, venue_id=str(number), status=status, filled=filled, ts=self.now)

    def _state(self, asked: AskState) -> VenueState:
        working = [number for number in self._engine.working(None) if self._books.client_id(number)]
        trades = [fill for fill in self._trades if fill.number > asked.after]
        return VenueState(orders=[self._open(number) for number in working], trades=trades, balances={}, ts=self.now)

    def _open(self, number: int) -> OpenOrder:
        order = self._engine.order_units(number)
        listing = self._rows.listings[order["symbol"]]
        return OpenOrder(
            client_id=self._books.client_id(number) or "",
            venue_id=str(number),
            symbol=listing.symbol,
            side=Side.BUY if order["side"] > 0 else Side.SELL,
            quantity=Decimal(order["quantity"]).scaleb(-8),
            filled=Decimal(order["filled"]).scaleb(-8),
            limit=Decimal(order["limit"]).scaleb(-listing.price_decimals) if order["limit"] else None,
        )

    # -- reports --------------------------------------------------------------------------------------------------

    def _note_withdrawn(self) -> None:
        """Orders that the core withdrew as a strategy would: whoever placed them does so too, and hears it then."""
        self._withdrawn |= {number for _, deed, number, _ in self._engine.take_moves() if deed == "cancel"}

    def _report(self, kind: str, number: int) -> None:
        if kind == "fill":
            self._tell(self._fill(number))
            return
        client_id = self._books.client_id(number)
        order = self._engine.order_units(number)
        if client_id is None or number in self._withdrawn:
            return
        cut = order["status"] == "filled" and self._books.is_cut(number, order["filled"])
        if order["status"] in ("canceled", "expired", "refused") or cut:
            self._withdrawn.add(number)
            self._tell(self._withdrawal(client_id, number, expired=order["status"] != "canceled"))

    def _withdrawal(self, client_id: str, number: int, *, expired: bool) -> Withdrawn:
        order = self._engine.order_units(number)
        filled = Decimal(order["filled"]).scaleb(-8)
        return Withdrawn(
            client_id=client_id, filled=filled, expired=expired, reason=str(order["reason"] or ""), ts=self.now
        )

    def _fill(self, index: int) -> Filled:
        ts, number, symbol, side, maker, quantity, price, fee, taken = self._engine.fill_units(index)
        listing = self._rows.listings[symbol]
        paid = Decimal(taken).scaleb(-8) if taken else Decimal(fee).scaleb(-self._cash_decimals)
        fill = Filled(
            client_id=self._books.client_id(number) or self._announced(number, symbol),
            venue_id=str(number),
            symbol=listing.symbol,
            trade_id=str(index + 1),
            number=index + 1,
            side=Side.BUY if side > 0 else Side.SELL,
            quantity=Decimal(quantity).scaleb(-8),
            price=Decimal(price).scaleb(-listing.price_decimals),
            fee=paid,
            fee_currency=listing.base if taken else listing.quote,
            maker=maker,
            ts=ts,
        )
        self._trades.append(fill)
        return fill

    def _announced(self, number: int, symbol: int) -> str:
        """The name of protection that nobody placed yet: by the last order of its symbol that is known."""
        role: Any = self._engine.order_units(number)["role"]
        return f"{self._books.last_of(symbol)}/{role}"


def _units(price: Decimal | None, decimals: int) -> int:
    return 0 if price is None else int(price.scaleb(decimals))

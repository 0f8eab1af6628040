"""Any exchange of ccxt as a wire: requests over REST, the account and the market by ccxt's streams."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from decimal import Decimal
from functools import partial
from math import ceil
from typing import Any, Final, TypeVar

from parrot.adapters.venues.ccxt import reading
from parrot.adapters.venues.ccxt.answers import Answer, answer, trouble
from parrot.adapters.venues.ccxt.asking import terms_of, words
from parrot.adapters.venues.ccxt.books import WholeBooks
from parrot.adapters.venues.ccxt.names import Unfit, written
from parrot.adapters.venues.ccxt.taps import tap_private, tap_trades
from parrot.adapters.venues.skeleton.news import Cursor, KeyScope, News, OrderNews, TradeNews
from parrot.adapters.venues.skeleton.requests import urgency
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.skeleton.weights import WeightLedger
from parrot.adapters.venues.skeleton.wire import OnNews, OnRaw, Ready
from parrot.adapters.venues.table import Row
from parrot.contracts.listing import Listing, VenueTerms
from parrot.contracts.venue import CancelPlaced, PlaceOrder, QueryPlaced, ReplacePlaced

_SECOND: Final = 1_000_000_000
_NAMES_KEPT: Final = 20_000
_PAGE: Final = 500
_PAGES_MOST: Final = 200
_SETTLED_S: Final = 0.5
_ECHO_S: Final = 5.0
_FAREWELL_S: Final = 0.5
_DAY_MS: Final = 86_400_000
T = TypeVar("T")

signed_at: ContextVar[int] = ContextVar("signed_at", default=0)
"""The local time (ns) that the request of this task is signed with; 0 for now."""
placing: ContextVar[int] = ContextVar("placing", default=0)
"""How many orders the request of this task counts for."""


class CcxtWire:
    """`offset` is set by the skeleton. What one exchange does otherwise is in a subclass.

    After `withdraw_after` ns without a word of ours the venue withdraws all orders of the account; 0: it does not.
    """

    def __init__(
        self, exchange: Any, row: Row, ledger: WeightLedger, *, now: Callable[[], int], withdraw_after: int = 0
    ) -> None:
        self._withdraw_after = withdraw_after
        self._alive_said = False
        self.offset = 0
        self.row = row
        self.ex = exchange
        self.now = now
        self._ledger = ledger
        self._terms = terms_of(exchange, row)
        self._listings: dict[str, Listing] = {}
        self._venue_ids: OrderedDict[str, str] = OrderedDict()
        self._books = WholeBooks()
        self._stamp = 0
        exchange.milliseconds = self._milliseconds
        exchange.throttle = self._throttle
        # The line keeps its own pauses, and ccxt's would add up to half a minute.
        exchange.ws_dial_delay = lambda url: 0
        exchange.on_rest_response = self._answered

    @property
    def terms(self) -> VenueTerms:
        """How the venue treats orders."""
        return self._terms

    def listings(self) -> Sequence[Listing]:
        """Its spot markets."""
        return list(self._listings.values())

    # -- what ccxt calls -----------------------------------------------------------------------------------------------

    def _local(self, milliseconds: object) -> int:
        return milliseconds * reading.MS - self.offset if isinstance(milliseconds, int) else self.now()

    def _milliseconds(self) -> int:
        if not self.row.deadline:
            return ((signed_at.get() or self.now()) + self.offset) // reading.MS
        # Where requests are told apart by a number that has to rise, the deadline says how long one may be taken.
        self._stamp = max(self._stamp + 1, (self.now() + self.offset) // reading.MS)
        return self._stamp

    async def _throttle(self, cost: float | None = None) -> None:
        """Waits for room in the ledger, or gives up where that takes longer than an answer may."""
        weight, urgent = ceil(round((cost or 1) * self.row.cost_unit, 6)), urgency.get() == 0
        while wait := self._ledger.admit(weight, self.now(), orders=placing.get(), urgent=urgent):
            if wait > self._terms.request_timeout // 2:
                raise Trouble(Outcome.SLOW, "the venue's request limit is used up", retry_after=wait)
            await asyncio.sleep(wait / _SECOND)

    def _answered(self, status: int, reason: str, url: str, method: str, headers: Any, text: str, *sent: Any) -> str:
        given = answer.get()
        if given is not None:
            given.status, given.headers, given.text = status, dict(headers), text.strip()
        used = next((value for name, value in headers.items() if name.lower() == "x-mbx-used-weight-1m"), "")
        if used.isdigit():
            self._ledger.told(int(used), 60 * _SECOND, self.now())
        return text.strip()

    # -- asking --------------------------------------------------------------------------------------------------------

    async def call(self, request: Callable[[], Awaitable[T]]) -> T:
        """Asks the venue; whatever ccxt raises becomes Trouble."""
        given = Answer()
        token = answer.set(given)
        try:
            return await request()
        except (Trouble, asyncio.CancelledError):
            raise
        except Exception as error:
            found = self.sorted(error, given)
            if found.outcome is Outcome.SLOW:
                self._ledger.pause(self.now() + found.retry_after)
            raise found from error
        finally:
            answer.reset(token)

    def sorted(self, error: Exception, given: Answer) -> Trouble:
        """What a failure means."""
        return trouble(error, given)

    async def open(self) -> None:
        """Loads the markets."""
        await self.call(self.ex.load_markets)
        mode = self.ex.precisionMode
        found = (reading.listing(market, mode) for market in self.ex.markets.values())
        self._listings = {listing.symbol: listing for listing in found if listing is not None}

    async def close(self) -> None:
        """Ends connections and sessions; orders stay, since the end was meant."""
        if self._alive_said:  # a timer that others set is theirs: a look must not take their protection away
            with suppress(Trouble):  # then the venue withdraws them, which is the safe side
                await self.call(lambda: self.ex.cancel_all_orders_after(0))
        await self.hang_up()
        await self.ex.close()

    async def alive(self) -> None:
        """Sets the venue's timer anew."""
        if self._withdraw_after:
            self._alive_said = True
            await self.call(lambda: self.ex.cancel_all_orders_after(self._withdraw_after // reading.MS))

    async def server_time(self) -> int | None:
        """The venue's own time, ns."""
        if not self.ex.has.get("fetchTime"):
            return None
        told = await self.call(self.ex.fetch_time)
        return int(told) * reading.MS if told else None

    async def scope(self) -> KeyScope:
        """ccxt has no common word for it: not known, and the key is tried by its balances."""
        await self.balances()
        return KeyScope()

    async def place(self, order: PlaceOrder) -> list[News]:
        """Places an order, signed with the request's own time."""
        name = self._written(order.client_id)
        asked = words(order, name, self.row)
        stamps = (signed_at.set(order.ts), placing.set(1))
        try:
            found = await self.call(
                lambda: self.ex.create_order(
                    order.symbol, asked.type, order.side.value, asked.amount, asked.price, asked.params
                )
            )
        finally:
            signed_at.reset(stamps[0])
            placing.reset(stamps[1])
        news = self.order(found, client_id=order.client_id, symbol=order.symbol)
        return [news, *self.trades_of(found, news)]

    async def cancel(self, request: CancelPlaced) -> list[News]:
        """Ends an order by client id, or by the venue's where that is what it takes."""
        number, params = await self._by(request.client_id, request.symbol)
        found = await self.call(lambda: self.ex.cancel_order(number, request.symbol, params))
        if not isinstance(found, Mapping) or found.get("status") in (None, "open"):
            return []  # taken, and the end itself comes by the stream or a question
        return [self.order(found, client_id=request.client_id, symbol=request.symbol)]

    async def replace(self, request: ReplacePlaced) -> list[News]:
        """Changes an order in place."""
        shown = await self.query(QueryPlaced(client_id=request.client_id, symbol=request.symbol, ts=request.ts))
        limit = None if request.limit is None else str(request.limit)
        kind = "market" if limit is None else "limit"
        await self.call(
            lambda: self.ex.edit_order(
                shown.venue_id, request.symbol, kind, shown.side.value, str(request.quantity), limit
            )
        )
        return [await self.query(QueryPlaced(client_id=request.client_id, symbol=request.symbol, ts=request.ts))]

    async def query(self, request: QueryPlaced) -> OrderNews:
        """One order by client id."""
        number, params = await self._by(request.client_id, request.symbol)
        found = await self.call(lambda: self.ex.fetch_order(number, request.symbol, params))
        return self.order(found, client_id=request.client_id, symbol=request.symbol)

    async def name_of(self, venue_id: str, symbol: str) -> OrderNews:
        """One order by the venue's own id."""
        return self.order(await self.call(lambda: self.ex.fetch_order(venue_id, symbol)), symbol=symbol)

    async def open_orders(self) -> list[OrderNews]:
        """All open orders."""
        self.ex.options["warnOnFetchOpenOrdersWithoutSymbol"] = False
        found = await self.call(self.ex.fetch_open_orders)
        return [self.order(one) for one in found if one.get("symbol") in self._listings]

    async def own_trades(self, symbol: str, cursor: Cursor) -> list[TradeNews]:
        """Page after page until one brings nothing new, forward and, from the first one, back to the cursor."""
        seen: dict[str, TradeNews] = {}
        since, name = cursor.since // reading.MS, cursor.trade_id
        for _ in range(_PAGES_MOST):
            fresh = self._fresh(await self._page(symbol, since, name), seen)
            if fresh:
                name = fresh[-1].trade_id
                since = max(since, self._theirs(fresh[-1].ts))
            elif not self._by_number(name) and since + self._span() < self._milliseconds():
                since += self._span()  # the venue answers for so long a time only
            else:
                break
        if seen and not self.row.trades_from:
            await self._backward(symbol, cursor.since // reading.MS, seen)
        return sorted(seen.values(), key=lambda trade: trade.ts)

    async def _backward(self, symbol: str, since: int, seen: dict[str, TradeNews]) -> None:
        """Some venues answer with the newest of what was asked for: what lies before the oldest is asked for too."""
        for _ in range(_PAGES_MOST):
            until = self._theirs(min(trade.ts for trade in seen.values()))
            if until <= since:
                return
            asked = {"until": until}
            page = await self.call(partial(self.ex.fetch_my_trades, symbol, since, _PAGE, asked))
            if not self._fresh(list(page), seen):
                return

    def _fresh(self, page: Sequence[Any], seen: dict[str, TradeNews]) -> list[TradeNews]:
        fresh = [one for one in (self.trade(found) for found in page) if one.key not in seen]
        seen.update((one.key, one) for one in fresh)
        return fresh

    def _theirs(self, ts: int) -> int:
        return (ts + self.offset) // reading.MS

    def _by_number(self, trade_id: str) -> bool:
        return bool(self.row.trades_from and trade_id)

    async def _page(self, symbol: str, since: int, trade_id: str) -> list[Any]:
        if self._by_number(trade_id):
            params = {self.row.trades_from: int(trade_id) + 1}
            return list(await self.call(lambda: self.ex.fetch_my_trades(symbol, None, _PAGE, params)))
        return list(await self.call(lambda: self.ex.fetch_my_trades(symbol, since, _PAGE)))

    def _span(self) -> int:
        days = self.ex.feature_value(next(iter(self._listings)), "fetchMyTrades", "untilDays") if self._listings else 0
        return int(float(days or 10_000) * _DAY_MS)

    async def balances(self) -> dict[str, Decimal]:
        """Totals by currency."""
        return reading.balances(await self.call(self.ex.fetch_balance))

    # -- names ---------------------------------------------------------------------------------------------------------

    def _written(self, client_id: str) -> str:
        try:
            return written(client_id, self.row)
        except Unfit as fault:
            raise Trouble(Outcome.REFUSED, str(fault)) from None

    async def _by(self, client_id: str, symbol: str) -> tuple[str | None, dict[str, Any]]:
        """How the venue finds an order: by client id where it can, else by its own id, looked up where need be."""
        if self.row.find_by:
            return None, {self.row.find_by: self._written(client_id)}
        number = self._venue_ids.get(client_id)
        if number is not None:
            return number, {}
        for fetch in (self.ex.fetch_open_orders, self.ex.fetch_closed_orders):
            found: Iterable[Any] = await self.call(partial(fetch, symbol))
            for one in found:
                self.order(one)
        number = self._venue_ids.get(client_id)
        if number is None:
            raise Trouble(Outcome.MISSING, "the venue shows no order of that id")
        return number, {}

    def order(self, found: Mapping[str, Any], *, client_id: str = "", symbol: str = "") -> OrderNews:
        """One order of ccxt's, with what the caller knows where the venue left it out."""
        given = {**found, "symbol": found.get("symbol") or symbol}
        if client_id:
            given["clientOrderId"] = self._written(client_id)
        news = reading.order(given, self.row, now=self.now(), offset=self.offset)
        if news.client_id and news.venue_id:
            self._venue_ids[news.client_id] = news.venue_id
            if len(self._venue_ids) > _NAMES_KEPT:
                self._venue_ids.popitem(last=False)
        return news

    def trade(self, found: Mapping[str, Any]) -> TradeNews:
        """One execution of ccxt's."""
        listing = self._listings.get(str(found.get("symbol")))
        quote = listing.quote if listing else ""
        return reading.trade(found, quote=quote, now=self.now(), offset=self.offset)

    def trades_of(self, found: Mapping[str, Any], news: OrderNews) -> list[News]:
        """Executions that came with the answer to an order."""
        given = [one for one in found.get("trades") or [] if one.get("id") and one.get("price")]
        known = {"order": news.venue_id, "symbol": news.symbol, "side": news.side.value}
        return [self.trade({**one, **known}) for one in given]

    # -- streams -------------------------------------------------------------------------------------------------------

    async def private(self, on_news: OnNews, ready: Ready) -> None:
        """Orders and own trades by ccxt's streams; what its caches take in is heard at once, each change of it."""
        broken = asyncio.get_running_loop().create_future()

        def lost(fault: Exception) -> None:
            if not broken.done():
                broken.set_exception(Trouble(Outcome.UNKNOWN, f"an event that cannot be read: {fault}"))

        tap_private(self.ex, lambda one: on_news(self.order(one)), lambda one: on_news(self.trade(one)), lost)
        watches = [self._watch(watch) for watch in self._private_watches()]
        if not watches:
            raise Trouble(Outcome.REFUSED, "ccxt has no private stream of this venue")
        tasks: list[asyncio.Future[Any]] = [broken, *(asyncio.ensure_future(watch) for watch in watches)]
        try:
            done, _ = await asyncio.wait(tasks, timeout=_SETTLED_S, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                ready()
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _private_watches(self) -> list[Callable[[], Awaitable[Any]]]:
        named = (("watchOrders", "watch_orders"), ("watchMyTrades", "watch_my_trades"))
        return [getattr(self.ex, method) for name, method in named if self.ex.has.get(name)]

    async def echo(self) -> None:
        """A ping on each connection: its answer comes behind all that was sent before."""
        clients = [client for client in self.ex.clients.values() if client.isConnected and not client.closed()]
        await asyncio.gather(*(_echo(client) for client in clients))

    async def hang_up(self) -> None:
        """Ends the connections of the streams; whoever waits on one hears that it broke."""
        for url in list(self.ex.clients):
            await self.cut(url)

    async def cut(self, url: str) -> None:
        """Ends one connection, if it stands."""
        import ccxt

        client = self.ex.clients.pop(url, None)
        if client is not None:
            client.reject(ccxt.NetworkError("cut from here"))
            with suppress(TimeoutError):  # a peer that is silent answers no farewell either
                await asyncio.wait_for(client.close(), _FAREWELL_S)

    async def _watch(self, watch: Callable[[], Awaitable[Any]]) -> None:
        while True:
            await self.call(watch)

    def markets(self, symbols: Sequence[str], on_raw: OnRaw) -> Sequence[Callable[[], Any]]:
        """Trades and books of each symbol."""
        tap_trades(self.ex, symbols, on_raw, now=self.now, offset=lambda: self.offset)

        def trades(symbol: str) -> Callable[[], Any]:
            return lambda: self._watch(lambda: self.ex.watch_trades(symbol))

        def books(symbol: str) -> Callable[[], Any]:
            def watch() -> Awaitable[Any]:
                return self.call(lambda: self.ex.watch_order_book(symbol))

            return lambda: self._books.carry(symbol, watch, self._local, on_raw)

        return [made(symbol) for symbol in symbols for made in (trades, books)]

    async def snapshot(self, symbol: str) -> Mapping[str, Any]:
        """The book as the stream last showed it."""
        return self._books.snapshot(symbol, self.now())


async def _echo(client: Any) -> None:
    try:
        async with asyncio.timeout(_ECHO_S):
            if (client.lastPong or 0) >= client_time():
                await asyncio.sleep(0.001)
            asked = client_time()
            await client.connection.ping()
            while (client.lastPong or 0) < asked:
                await asyncio.sleep(0.0005)
    except (TimeoutError, OSError) as fault:
        raise Trouble(Outcome.UNKNOWN, f"a stream is silent: {type(fault).__name__}") from fault


def client_time() -> int:
    """Milliseconds as ccxt's connections count them."""
    return time.time_ns() // reading.MS

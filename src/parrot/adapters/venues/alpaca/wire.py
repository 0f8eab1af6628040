"""Alpaca as a wire: REST v2 for requests, trade updates for the account, the data stream for the market."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from parrot.adapters.venues.alpaca import reading, streams
from parrot.adapters.venues.alpaca.rest import Rest
from parrot.adapters.venues.skeleton.news import Cursor, KeyScope, News, OrderNews, TradeNews
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.skeleton.weights import WeightLedger
from parrot.adapters.venues.skeleton.wire import OnNews, OnRaw, Ready
from parrot.adapters.venues.table import Row
from parrot.contracts.commands import OrderKind, TimeInForce
from parrot.contracts.listing import Listing, VenueTerms
from parrot.contracts.venue import CancelPlaced, PlaceOrder, QueryPlaced, ReplacePlaced
from parrot.kernel.decimals import plain
from parrot.ports.secrets import Credentials

_MS: Final = 1_000_000
_LIVE: Final = "https://api.alpaca.markets"
_PAPER: Final = "https://paper-api.alpaca.markets"
_DATA: Final = "wss://stream.data.alpaca.markets"
_ECHO_S: Final = 5.0
_PAGE: Final = 100
_PAGES_MOST: Final = 1_000
_ORDERS_MOST: Final = 500
_TICK, _LOT, _WHOLE = Decimal("0.01"), Decimal("0.000001"), Decimal(1)
_KINDS: Final = {
    OrderKind.MARKET: "market",
    OrderKind.LIMIT: "limit",
    OrderKind.STOP: "stop",
    OrderKind.STOP_LIMIT: "stop_limit",
    OrderKind.TRAILING: "trailing_stop",
}
_LIVES: Final = {
    TimeInForce.GTC: "gtc",
    TimeInForce.GTD: "gtc",
    TimeInForce.DAY: "day",
    TimeInForce.IOC: "ioc",
    TimeInForce.FOK: "fok",
}


class AlpacaWire:
    """US stocks, paid in USD, without a fee. A symbol is written as a pair: AAPL/USD."""

    def __init__(
        self,
        credentials: Credentials | None,
        row: Row,
        ledger: WeightLedger,
        *,
        now: Callable[[], int],
        url: str = "",
        paper: bool = False,
    ) -> None:
        self.offset = 0
        self._now = now
        self._credentials = credentials
        base = url.rstrip("/") or (_PAPER if paper else _LIVE)
        self._rest = Rest(base, credentials, row, ledger, now)
        self._account_url = re.sub("^http", "ws", base) + "/stream"
        self._data_url = (re.sub("^http", "ws", base) if url else _DATA) + "/v2/iex"
        self._listings: dict[str, Listing] = {}
        self._socket: ClientConnection | None = None
        self._terms = VenueTerms(
            venue="alpaca",
            id_scope=row.id_scope,
            expires_requests=row.expires,
            receive_window=row.window_ms * _MS,
            query_lag=row.lag_ms * _MS,
            request_timeout=row.timeout_ms * _MS,
            stops=True,
            touches=False,
            trailing=True,
            amends=row.amends,
            gtd=False,
        )

    @property
    def terms(self) -> VenueTerms:
        """How the venue treats orders."""
        return self._terms

    def listings(self) -> Sequence[Listing]:
        """Stocks that may be traded."""
        return list(self._listings.values())

    # -- asking --------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Loads what may be traded."""
        if self._credentials is None:
            raise Trouble(Outcome.KEY, "Alpaca tells nothing without a key, market data neither")
        found = await self._rest.ask("GET", "/v2/assets", query={"status": "active", "asset_class": "us_equity"})
        listed = (_listing(asset) for asset in found if asset.get("tradable"))
        self._listings = {listing.symbol: listing for listing in listed}

    async def close(self) -> None:
        """Ends the connections."""
        await self._rest.close()

    async def server_time(self) -> int | None:
        """The venue's own time."""
        return reading.moment((await self._rest.ask("GET", "/v2/clock"))["timestamp"])

    async def scope(self) -> KeyScope:
        """An account that is blocked may not trade. Keys of this API cannot withdraw to foreign accounts."""
        account = await self._rest.ask("GET", "/v2/account")
        blocked = any(account.get(name) for name in ("trading_blocked", "account_blocked", "trade_suspended_by_user"))
        return KeyScope(trade=not blocked, withdraw=False)

    async def place(self, order: PlaceOrder) -> list[News]:
        """Places an order."""
        return [self._order(await self._rest.ask("POST", "/v2/orders", body=_words(order)))]

    async def cancel(self, request: CancelPlaced) -> list[News]:
        """Ends an order; that it has ended comes by the stream."""
        shown = await self.query(QueryPlaced(client_id=request.client_id, symbol=request.symbol, ts=request.ts))
        await self._rest.ask("DELETE", f"/v2/orders/{shown.venue_id}")
        return []

    async def replace(self, request: ReplacePlaced) -> list[News]:
        """A change makes another order there, under another id."""
        raise Trouble(Outcome.REFUSED, "Alpaca changes no order in place")

    async def query(self, request: QueryPlaced) -> OrderNews:
        """One order by client id."""
        query = {"client_order_id": request.client_id}
        return self._order(await self._rest.ask("GET", "/v2/orders:by_client_order_id", query=query))

    async def name_of(self, venue_id: str, symbol: str) -> OrderNews:
        """One order by the venue's own id."""
        return self._order(await self._rest.ask("GET", f"/v2/orders/{venue_id}"))

    async def open_orders(self) -> list[OrderNews]:
        """All open orders, page after page; pages overlap by a moment, since orders may be of the same one."""
        orders: dict[str, OrderNews] = {}
        query = {"status": "open", "limit": str(_ORDERS_MOST), "direction": "asc"}
        while True:
            page = await self._rest.ask("GET", "/v2/orders", query=query)
            known = len(orders)
            orders |= {str(found["id"]): self._order(found) for found in page}
            if len(page) < _ORDERS_MOST or len(orders) == known:
                return list(orders.values())
            query["after"] = reading.stamp(reading.moment(page[-1]["submitted_at"]) - 1)

    async def alive(self) -> None:
        """Alpaca has no such timer."""

    async def own_trades(self, symbol: str, cursor: Cursor) -> list[TradeNews]:
        """The account's fills, page after page."""
        trades: list[TradeNews] = []
        query = {"direction": "asc", "page_size": str(_PAGE), "after": reading.stamp(cursor.since + self.offset)}
        for _ in range(_PAGES_MOST):
            page = await self._rest.ask("GET", "/v2/account/activities/FILL", query=query)
            now = self._now()
            trades += (reading.activity(found, now=now, offset=self.offset) for found in page)
            if len(page) < _PAGE:
                break
            query["page_token"] = str(page[-1]["id"])
        return [trade for trade in trades if trade.symbol == symbol]

    async def balances(self) -> dict[str, Decimal]:
        """Cash and shares."""
        account = await self._rest.ask("GET", "/v2/account")
        positions = await self._rest.ask("GET", "/v2/positions")
        held = {str(one["symbol"]): reading.amount(one["qty"]) for one in positions}
        held[reading.CURRENCY] = reading.amount(account["cash"])
        return {name: total for name, total in held.items() if total}

    def _order(self, found: Mapping[str, Any]) -> OrderNews:
        return reading.order(found, now=self._now(), offset=self.offset)

    # -- streams -------------------------------------------------------------------------------------------------------

    async def private(self, on_news: OnNews, ready: Ready) -> None:
        """Trade updates: the execution first, then how the order stands."""

        def told(event: Mapping[str, Any]) -> None:
            if event.get("event") in ("fill", "partial_fill"):
                on_news(reading.update(event, now=self._now(), offset=self.offset))
            on_news(self._order(event["order"]))

        def stands(socket: ClientConnection) -> None:
            self._socket = socket
            ready()

        assert self._credentials is not None
        try:
            await streams.account(self._account_url, self._credentials, told, stands)
        finally:
            self._socket = None

    async def echo(self) -> None:
        """A ping on the account's stream: its answer comes behind all that was sent before."""
        if self._socket is None:
            return
        try:
            async with asyncio.timeout(_ECHO_S):
                await (await self._socket.ping())
        except (TimeoutError, OSError, WebSocketException) as fault:
            raise Trouble(Outcome.UNKNOWN, f"the stream is silent: {type(fault).__name__}") from fault

    async def hang_up(self) -> None:
        """Cuts the account's stream."""
        if self._socket is not None:
            self._socket.transport.abort()

    def markets(self, symbols: Sequence[str], on_raw: OnRaw) -> Sequence[Callable[[], Any]]:
        """Trades and quotes of all symbols by one connection."""
        if not symbols or self._credentials is None:
            return []
        ticks, names, credentials = streams.Ticks(), [reading.name(symbol) for symbol in symbols], self._credentials

        def told(message: Mapping[str, Any]) -> None:
            raw = ticks.of(message, self.offset)
            if raw is not None:
                on_raw(raw)

        return [lambda: streams.market(self._data_url, credentials, names, told)]

    async def snapshot(self, symbol: str) -> Mapping[str, Any]:
        """There are no books, only the best bid and ask."""
        raise Trouble(Outcome.REFUSED, "Alpaca has no books")


def _listing(asset: Mapping[str, Any]) -> Listing:
    lot = _LOT if asset.get("fractionable") else _WHOLE
    return Listing(
        symbol=reading.symbol(asset["symbol"]),
        base=str(asset["symbol"]),
        quote=reading.CURRENCY,
        tick=_TICK,
        lot=lot,
        price_decimals=2,
        quantity_decimals=6 if asset.get("fractionable") else 0,
        min_quantity=lot,
        min_notional=Decimal(1),
    )


def _words(order: PlaceOrder) -> dict[str, Any]:
    """An order in Alpaca's words. Raises Trouble for what it does not have."""
    kind = _KINDS.get(order.kind)
    if kind is None or order.post_only:
        what = "post-only orders" if order.post_only else f"orders of kind {order.kind.value}"
        raise Trouble(Outcome.REFUSED, f"Alpaca takes no {what}")
    whole = order.quantity == order.quantity.to_integral_value()
    if not whole and kind != "market" and order.tif in (TimeInForce.IOC, TimeInForce.FOK):
        raise Trouble(Outcome.REFUSED, f"Alpaca takes fractions of a share for the day only, not {order.tif.value}")
    words = {
        "symbol": reading.name(order.symbol),
        "qty": plain(order.quantity),
        "side": order.side.value,
        "type": kind,
        # Fractions of a share live for a day, and what is dealt at once needs no longer one.
        "time_in_force": _LIVES[order.tif] if whole and kind != "market" else "day",
        "client_order_id": order.client_id,
    }
    if order.limit is not None:
        words["limit_price"] = plain(order.limit)
    if order.trigger is not None and kind != "trailing_stop":
        words["stop_price"] = plain(order.trigger)
    if order.trail is not None:
        words["trail_percent" if order.trail_percent else "trail_price"] = plain(order.trail)
    return words

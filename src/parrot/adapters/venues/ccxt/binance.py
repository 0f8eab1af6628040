"""Binance Spot on ccxt's connections, read by its own messages: every number the venue's text, every id its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from parrot.adapters.venues.ccxt import reading
from parrot.adapters.venues.ccxt.answers import Answer, binance_trouble, trouble
from parrot.adapters.venues.ccxt.names import read
from parrot.adapters.venues.ccxt.wire import CcxtWire
from parrot.adapters.venues.skeleton.news import KeyScope, News, OrderNews, TradeNews
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.skeleton.wire import OnNews, OnRaw, Ready
from parrot.contracts.commands import Side
from parrot.contracts.venue import ReplacePlaced
from parrot.kernel.decimals import add, plain

_DEPTH: Final = 1_000
_GREETING_S: Final = 10.0
_AMEND: Final = "order/amend/keepPriority"  # which ccxt does not have
_AMEND_COST: Final = {"cost": 0.8}
_STATUS: Final = {
    "NEW": "new",
    "PENDING_NEW": "new",
    "PARTIALLY_FILLED": "partially_filled",
    "FILLED": "filled",
    "CANCELED": "canceled",
    "PENDING_CANCEL": "canceled",
    "REJECTED": "rejected",
    "EXPIRED": "expired",
    "EXPIRED_IN_MATCH": "expired",
}


class BinanceWire(CcxtWire):
    """What ccxt parses for many venues is read here from the raw events: nothing is merged, nothing is summed."""

    _on_news: OnNews = staticmethod(lambda news: None)
    _on_raw: OnRaw = staticmethod(lambda raw: None)

    def sorted(self, error: Exception, given: Answer) -> Trouble:
        """By the venue's code and words first: ccxt calls some of them otherwise."""
        return binance_trouble(given) or trouble(error, given)

    async def scope(self) -> KeyScope:
        """The account says what the key may do; where the key's own rights are told, those count."""
        account = await self.call(self.ex.privateGetAccount)
        trade, withdraw = account.get("canTrade"), account.get("canWithdraw")
        try:
            rights = await self.call(self.ex.sapiGetAccountApiRestrictions)
        except Trouble:
            return KeyScope(_flag(trade), _flag(withdraw))
        may_trade = _flag(rights.get("enableSpotAndMarginTrading"))
        may_withdraw = _flag(rights.get("enableWithdrawals"))
        return KeyScope(
            may_trade if may_trade is not None else _flag(trade),
            may_withdraw if may_withdraw is not None else _flag(withdraw),
        )

    async def replace(self, request: ReplacePlaced) -> list[News]:
        """Only a smaller quantity is changed in place."""
        asked = {
            "symbol": self.ex.market(request.symbol)["id"],
            "origClientOrderId": self._written(request.client_id),
            "newClientOrderId": self._written(request.client_id),
            "newQty": plain(request.quantity),
        }
        found = await self.call(lambda: self.ex.request(_AMEND, ["private"], "PUT", asked, _AMEND_COST))
        return [self._amended(found.get("amendedOrder") or {}, request)]

    def _amended(self, found: Mapping[str, Any], request: ReplacePlaced) -> OrderNews:
        price = reading.amount(found.get("price"))
        return OrderNews(
            client_id=request.client_id,
            venue_id=str(found.get("orderId", "")),
            symbol=request.symbol,
            side=Side(str(found.get("side", "BUY")).lower()),
            status=_STATUS.get(str(found.get("status")), "new"),
            quantity=reading.amount(found.get("qty") or request.quantity),
            filled=reading.amount(found.get("executedQty")),
            limit=price if price else request.limit,
            ts=self.now(),
        )

    def trades_of(self, found: Mapping[str, Any], news: OrderNews) -> list[News]:
        """The fills of a full answer."""
        info: Mapping[str, Any] = found.get("info") or {}
        return [
            TradeNews(
                venue_id=news.venue_id,
                client_id=news.client_id,
                symbol=news.symbol,
                trade_id=str(fill["tradeId"]),
                side=news.side,
                quantity=reading.amount(fill["qty"]),
                price=reading.amount(fill["price"]),
                fee=reading.amount(fill["commission"]),
                fee_currency=str(fill["commissionAsset"]),
                maker=False,
                ts=news.ts,
            )
            for fill in info.get("fills") or []
        ]

    # -- the account's events ------------------------------------------------------------------------------------------

    async def private(self, on_news: OnNews, ready: Ready) -> None:
        """The user data stream of the WebSocket API, by signature."""
        self._on_news = on_news
        self.ex.handle_order_update = _safely(self._executed)
        self.ex.handle_balance = _ignored
        url = self.ex.urls["api"]["ws"]["ws-api"]["spot"]
        try:
            async with asyncio.timeout(_GREETING_S):
                await self.call(lambda: self.ex.authenticate({"type": "spot"}))
            ready()
            # Never answered: it breaks with the line.
            await self.call(lambda: self.ex.watch_orders(params={"type": "spot"}))
        except TimeoutError:
            raise Trouble(Outcome.UNKNOWN, "the user data stream was asked for, and nobody answered") from None
        finally:
            await self.cut(url)  # a subscription that was refused stays in ccxt's connection and blocks the next one

    def _executed(self, client: Any, event: Mapping[str, Any]) -> None:
        """One executionReport: the trade in it first, then how the order stands."""
        symbol = self._symbol(event["s"])
        if event.get("e") != "executionReport" or not symbol:
            return
        ts = min(self.now(), int(event["E"]) * reading.MS - self.offset)
        # A cancel has an id of its own; the order's is then the "original" one.
        name = read(str(event.get("C") or event["c"]), self.row)
        side = Side(str(event["S"]).lower())
        if event["x"] == "TRADE":
            self._on_news(
                self._trade(event, symbol, name, side, min(self.now(), int(event["T"]) * reading.MS - self.offset))
            )
        price = reading.amount(event["p"])
        self._on_news(
            OrderNews(
                client_id=name,
                venue_id=str(event["i"]),
                symbol=symbol,
                side=side,
                status=_STATUS.get(str(event["X"]), "new"),
                quantity=reading.amount(event["q"]),
                filled=reading.amount(event["z"]),
                limit=price if price else None,
                reason="" if event.get("r") in (None, "NONE") else str(event["r"]),
                ts=ts,
            )
        )

    def _trade(self, event: Mapping[str, Any], symbol: str, name: str, side: Side, ts: int) -> TradeNews:
        return TradeNews(
            venue_id=str(event["i"]),
            client_id=name,
            symbol=symbol,
            trade_id=str(event["t"]),
            side=side,
            quantity=reading.amount(event["l"]),
            price=reading.amount(event["L"]),
            fee=reading.amount(event["n"]),
            fee_currency=str(event["N"] or ""),
            maker=bool(event["m"]),
            ts=ts,
        )

    def _symbol(self, market_id: object) -> str:
        found = self.ex.markets_by_id.get(market_id)
        return str(found[0]["symbol"]) if found else ""

    # -- market data ---------------------------------------------------------------------------------------------------

    def markets(self, symbols: Sequence[str], on_raw: OnRaw) -> Sequence[Callable[[], Any]]:
        """Trades by their own numbers, books by their own update ids; the gates of the market find gaps by them."""
        self._on_raw = on_raw
        self.ex.handle_trade = _safely(self._traded)
        self.ex.handle_order_book = _safely(self._deepened)
        self.ex.handle_order_book_subscription = _ignored
        if not symbols:
            return []
        names = list(symbols)
        return [
            lambda: self.call(lambda: self.ex.watch_trades_for_symbols(names)),
            lambda: self.call(lambda: self.ex.watch_order_book_for_symbols(names)),
        ]

    def _traded(self, client: Any, event: Mapping[str, Any]) -> None:
        symbol = self._symbol(event.get("s"))
        if symbol and "t" in event:
            self._on_raw(
                {
                    "type": "trade",
                    "symbol": symbol,
                    "seq": int(event["t"]),
                    "ts": int(event["T"]) * reading.MS - self.offset,
                    "price": event["p"],
                    "size": event["q"],
                    "side": -1 if event["m"] else 1,
                }
            )

    def _deepened(self, client: Any, event: Mapping[str, Any]) -> None:
        symbol = self._symbol(event.get("s"))
        if symbol:
            levels = [(1, price, size) for price, size in event["b"]] + [
                (-1, price, size) for price, size in event["a"]
            ]
            self._on_raw(
                {
                    "type": "book",
                    "symbol": symbol,
                    "first": int(event["U"]),
                    "last": int(event["u"]),
                    "ts": int(event["E"]) * reading.MS - self.offset,
                    "levels": levels,
                }
            )

    async def snapshot(self, symbol: str) -> Mapping[str, Any]:
        """A whole book over REST, on the same count as the changes."""
        asked = {"symbol": self.ex.market(symbol)["id"], "limit": _DEPTH}
        found = await self.call(lambda: self.ex.publicGetDepth(asked))
        levels = [(1, price, size) for price, size in found["bids"]] + [
            (-1, price, size) for price, size in found["asks"]
        ]
        return {
            "type": "snapshot",
            "symbol": symbol,
            "last": int(found["lastUpdateId"]),
            "ts": self.now(),
            "levels": levels,
        }

    async def balances(self) -> dict[str, Decimal]:
        """Free and locked of each asset."""
        account = await self.call(self.ex.privateGetAccount)
        totals = {
            str(one["asset"]): add(reading.amount(one["free"]), reading.amount(one["locked"]))
            for one in account["balances"]
        }
        return {name: total for name, total in totals.items() if total}


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _safely(handle: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """An event that cannot be read breaks the stream where all can see it: ccxt would stop listening without a word."""

    def handled(client: Any, event: Any) -> None:
        try:
            handle(client, event)
        except Exception as fault:  # noqa: BLE001  whatever was wrong with it, state has to be asked for
            client.reset(Trouble(Outcome.UNKNOWN, f"an event that cannot be read: {type(fault).__name__}: {fault}"))

    return handled


def _ignored(*arguments: Any) -> None:
    """In the place of what ccxt would do with an event."""

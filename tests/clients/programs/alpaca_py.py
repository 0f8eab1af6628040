"""alpaca-py, unmodified: orders, positions, account, market data over REST, trade updates and ticks over sockets."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from alpaca.common.exceptions import APIError
from alpaca.data.historical import StockHistoricalDataClient
from alpaca.data.live import StockDataStream
from alpaca.data.requests import (
    StockBarsRequest,
    StockLatestBarRequest,
    StockLatestQuoteRequest,
    StockLatestTradeRequest,
    StockQuotesRequest,
    StockSnapshotRequest,
    StockTradesRequest,
)
from alpaca.data.timeframe import TimeFrame, TimeFrameUnit
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderClass, OrderSide, OrderStatus, QueryOrderStatus, TimeInForce
from alpaca.trading.requests import (
    ClosePositionRequest,
    GetAssetsRequest,
    GetCalendarRequest,
    GetOrderByIdRequest,
    GetOrdersRequest,
    GetPortfolioHistoryRequest,
    LimitOrderRequest,
    MarketOrderRequest,
    ReplaceOrderRequest,
    StopLimitOrderRequest,
    StopLossRequest,
    StopOrderRequest,
    TakeProfitRequest,
    TrailingStopOrderRequest,
)
from alpaca.trading.stream import TradingStream
from checks import done, equal, exact, place, true

PLACE = place()
BUY, SELL, DAY, GTC = OrderSide.BUY, OrderSide.SELL, TimeInForce.DAY, TimeInForce.GTC
_PATIENCE_S = 40


def refused(what: str, status: int, code: int, text: str, call: Callable[[], Any]) -> None:
    try:
        call()
    except APIError as fault:
        equal(f"{what}: status and code", (fault.status_code, fault.code), (status, code))
        true(f"{what}: text", text in fault.message, fault.message)
    else:
        raise AssertionError(f"{what}: was not refused")


def until(what: str, found: Callable[[], Any]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not found():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: did not come within {_PATIENCE_S} s")
        time.sleep(0.05)
    true(what, True)


class Listener:
    """Streams of both kinds, in threads of their own."""

    def __init__(self) -> None:
        self.updates: list[Any] = []
        self.ticks: dict[str, list[Any]] = {"trades": [], "quotes": [], "bars": []}
        self.trading = TradingStream(PLACE.key, PLACE.secret, url_override=f"{PLACE.alpaca_socket}/stream")
        self.data = StockDataStream(PLACE.key, PLACE.secret, url_override=f"{PLACE.alpaca_socket}/v2/iex")
        self.trading.subscribe_trade_updates(self._heard(self.updates))
        self.data.subscribe_trades(self._heard(self.ticks["trades"]), "AAPL")
        self.data.subscribe_quotes(self._heard(self.ticks["quotes"]), "AAPL")
        self.data.subscribe_bars(self._heard(self.ticks["bars"]), "*")
        for stream in (self.trading, self.data):
            threading.Thread(target=stream.run, daemon=True).start()
        until("both streams are connected", lambda: self.trading._running and self.data._running)
        time.sleep(0.3)

    @staticmethod
    def _heard(into: list[Any]) -> Callable[[Any], Any]:
        async def hear(message: Any) -> None:
            into.append(message)
            await asyncio.sleep(0)

        return hear

    def of(self, order_id: Any) -> list[Any]:
        return [update for update in self.updates if update.order.id == order_id]


def account(client: TradingClient) -> None:
    """What there is before anything is traded."""
    found = client.get_account()
    equal("account: status", found.status.value, "ACTIVE")
    equal("account: cash is buying power", found.cash, found.buying_power)
    equal("account: no shorting", found.shorting_enabled, False)
    settings = client.get_account_configurations()
    equal("configurations: no shorting", settings.no_shorting, True)
    settings.suspend_trade = True
    equal("configurations: changed", client.set_account_configurations(settings).suspend_trade, True)
    refused("suspended", 403, 40310000, "suspended", lambda: client.submit_order(limit(100)))
    settings.suspend_trade = False
    equal("configurations: changed back", client.set_account_configurations(settings).suspend_trade, False)
    clock = client.get_clock()
    true("clock: open", clock.is_open)
    true("clock: closes later", clock.next_close > clock.timestamp, clock)
    today = clock.timestamp.date()
    days = client.get_calendar(GetCalendarRequest(start=today, end=today + timedelta(days=3)))
    equal("calendar: first day", days[0].date, today)
    true("calendar: opens before it closes", all(day.open < day.close for day in days), days)
    asset = client.get_asset("AAPL")
    equal("asset by id", client.get_asset(asset.id).symbol, "AAPL")
    true("asset: fractions", asset.fractionable and asset.tradable and not asset.shortable, asset)
    true("assets", "AAPL" in [row.symbol for row in client.get_all_assets(GetAssetsRequest())])
    refused("unknown asset", 404, 40410000, "asset not found", lambda: client.get_asset("NOSUCH"))


def limit(price: float, qty: float = 1, side: OrderSide = BUY, **more: Any) -> LimitOrderRequest:
    fields = {"symbol": "AAPL", "qty": qty, "side": side, "time_in_force": GTC, "limit_price": price, **more}
    return LimitOrderRequest(**fields)


def market(qty: float | None = 1, side: OrderSide = BUY, **more: Any) -> MarketOrderRequest:
    return MarketOrderRequest(symbol="AAPL", qty=qty, side=side, **{"time_in_force": DAY, **more})


def last(data: StockHistoricalDataClient) -> float:
    return data.get_stock_latest_trade(StockLatestTradeRequest(symbol_or_symbols="AAPL"))["AAPL"].price


def resting(client: TradingClient, price: float, listener: Listener) -> None:
    """Orders that do not trade: placed, found, replaced, cancelled."""
    low, before = round(price * 0.9, 2), Decimal(client.get_account().buying_power)
    order = client.submit_order(limit(low, 2, client_order_id="first"))
    equal("limit order: status", order.status, OrderStatus.NEW)
    equal("limit order: price and quantity", (Decimal(order.limit_price), order.qty), (Decimal(str(low)), "2"))
    locked = before - Decimal(client.get_account().buying_power)
    equal("limit order: locked", locked, 2 * Decimal(str(low)))
    equal("by id", client.get_order_by_id(order.id).id, order.id)
    equal("by client id", client.get_order_by_client_id("first").id, order.id)
    true("among open orders", order.id in [row.id for row in client.get_orders()])
    new = client.replace_order_by_id(order.id, ReplaceOrderRequest(qty=3, limit_price=low - 1))
    equal("replaced: both ids", (new.replaces, client.get_order_by_id(order.id).replaced_by), (order.id, new.id))
    equal("replaced: old status", client.get_order_by_id(order.id).status, OrderStatus.REPLACED)
    equal("replaced: new quantity", new.qty, "3")
    client.cancel_order_by_id(new.id)
    equal("cancelled", client.get_order_by_id(new.id).status, OrderStatus.CANCELED)
    refused("cancelled twice", 422, 42210000, "already in", lambda: client.cancel_order_by_id(new.id))
    until("told: new, replaced", lambda: [row.event for row in listener.of(order.id)] == ["new", "replaced"])
    until("told: new, canceled", lambda: [row.event for row in listener.of(new.id)] == ["new", "canceled"])
    wild = [
        StopOrderRequest(symbol="AAPL", qty=1, side=BUY, time_in_force=GTC, stop_price=round(price * 1.1, 2)),
        StopLimitOrderRequest(
            symbol="AAPL",
            qty=1,
            side=BUY,
            time_in_force=GTC,
            stop_price=round(price * 1.1, 2),
            limit_price=round(price * 1.11, 2),
        ),
        TrailingStopOrderRequest(symbol="AAPL", qty=1, side=SELL, time_in_force=GTC, trail_percent=5),
        TrailingStopOrderRequest(symbol="AAPL", qty=1, side=SELL, time_in_force=GTC, trail_price=9),
    ]
    kinds = [client.submit_order(request).type.value for request in wild]
    equal("types that wait", kinds, ["stop", "stop_limit", "trailing_stop", "trailing_stop"])
    gone = client.cancel_orders()
    equal("all cancelled", [row.status for row in gone], [200] * 4)
    equal("nothing open", client.get_orders(), [])
    equal("nothing locked", Decimal(client.get_account().buying_power), before)
    closed = client.get_orders(GetOrdersRequest(status=QueryOrderStatus.CLOSED, symbols=["AAPL"], limit=6))
    equal("closed orders", len(closed), 6)


def trading(client: TradingClient, price: float, listener: Listener) -> None:
    """Orders that trade, their fills, the position, closing it."""
    cash, held = Decimal(client.get_account().cash), holding(client)
    order = client.submit_order(market(2))
    until("market order is filled", lambda: client.get_order_by_id(order.id).status == OrderStatus.FILLED)
    filled = client.get_order_by_id(order.id)
    paid = Decimal(filled.filled_qty) * Decimal(filled.filled_avg_price)
    near = abs(cash - Decimal(client.get_account().cash) - paid) < Decimal("0.0001")
    true("market order: paid what its fills cost", near, (cash, client.get_account().cash, paid))
    equal("market order: position", holding(client), held + 2)
    until("told of the fill", lambda: listener.of(order.id)[-1:] and listener.of(order.id)[-1].event == "fill")
    fills = [row for row in listener.of(order.id) if row.price]
    equal("fills: quantities", exact(*(row.qty for row in fills)), Decimal(2))
    equal("fills: position", fills[-1].position_qty, float(held + 2))
    part = client.submit_order(market(0.123456))
    until("fraction", lambda: client.get_order_by_id(part.id).filled_qty == "0.123456")
    amount = client.submit_order(market(None, notional=50))
    until("by amount", lambda: client.get_order_by_id(amount.id).status == OrderStatus.FILLED)
    true("by amount: quantity", 0 < float(client.get_order_by_id(amount.id).filled_qty) < 1)
    soon = client.submit_order(limit(round(price * 1.05, 2), 1, time_in_force=TimeInForce.IOC))
    until("immediate", lambda: client.get_order_by_id(soon.id).status == OrderStatus.FILLED)
    never = client.submit_order(limit(round(price * 0.9, 2), 1, time_in_force=TimeInForce.FOK))
    equal("fill or kill that finds nobody", client.get_order_by_id(never.id).status, OrderStatus.CANCELED)
    close = client.submit_order(market(1, time_in_force=TimeInForce.CLS))
    equal("for the close: waits", close.status, OrderStatus.NEW)
    client.cancel_order_by_id(close.id)
    position = client.get_open_position("AAPL")
    equal("position: side and class", (position.side.value, position.asset_class.value), ("long", "us_equity"))
    value = Decimal(position.qty) * Decimal(position.current_price)
    true("position: value", abs(value - Decimal(position.market_value)) < Decimal("0.0001"), position)
    equal("positions", [row.symbol for row in client.get_all_positions()], ["AAPL"])


def holding(client: TradingClient) -> Decimal:
    return sum((Decimal(row.qty) for row in client.get_all_positions() if row.symbol == "AAPL"), Decimal(0))


def lists(client: TradingClient, price: float) -> None:
    """Bracket, OCO, OTO."""
    legs: dict[str, Any] = {
        "take_profit": TakeProfitRequest(limit_price=round(price * 1.1, 2)),
        "stop_loss": StopLossRequest(stop_price=round(price * 0.85, 2)),
    }
    bracket = client.submit_order(limit(round(price * 0.9, 2), 1, order_class=OrderClass.BRACKET, **legs))
    equal("bracket: legs", [leg.type.value for leg in bracket.legs], ["limit", "stop"])
    equal("bracket: legs wait", {leg.status for leg in bracket.legs}, {OrderStatus.HELD})
    client.cancel_order_by_id(bracket.id)
    nested = client.get_order_by_id(bracket.id, GetOrderByIdRequest(nested=True))
    equal("bracket: ends with its first", {leg.status for leg in nested.legs}, {OrderStatus.CANCELED})
    oco = LimitOrderRequest(symbol="AAPL", qty=1, side=SELL, time_in_force=GTC, order_class=OrderClass.OCO, **legs)
    pair = client.submit_order(oco)
    equal("oco: a leg", [leg.type.value for leg in pair.legs], ["stop"])
    client.cancel_order_by_id(pair.id)
    equal("oco: ends together", client.get_order_by_id(pair.legs[0].id).status, OrderStatus.CANCELED)
    entry = market(1, order_class=OrderClass.OTO, stop_loss=legs["stop_loss"])
    then = client.submit_order(entry)
    until("oto: filled", lambda: client.get_order_by_id(then.id).status == OrderStatus.FILLED)
    until("oto: its stop stands", lambda: client.get_order_by_id(then.legs[0].id).status == OrderStatus.NEW)
    client.cancel_orders()


def refusals(client: TradingClient, price: float) -> None:
    """What the venue does not take."""
    low = round(price * 0.9, 2)
    power = lambda: client.submit_order(limit(low, 90_000))  # noqa: E731  short, and named where it is used
    refused("buying power", 403, 40310000, "insufficient buying power", power)
    refused("more than held", 403, 40310000, "insufficient qty", lambda: client.submit_order(market(9_000, SELL)))
    refused("a fraction of a cent", 422, 42210000, "sub-penny", lambda: client.submit_order(limit(100.123)))
    unknown = MarketOrderRequest(symbol="NOSUCH", qty=1, side=BUY, time_in_force=DAY)
    refused("unknown symbol", 422, 42210000, "not found", lambda: client.submit_order(unknown))
    nowhere = "00000000-0000-4000-8000-000000000000"
    refused("unknown order", 404, 40410000, "order not found", lambda: client.get_order_by_id(nowhere))
    first = client.submit_order(limit(low, client_order_id="twice"))
    twice = lambda: client.submit_order(limit(low, client_order_id="twice"))  # noqa: E731  short, and named where it is used
    refused("a name twice", 422, 40010001, "must be unique", twice)
    client.cancel_order_by_id(first.id)
    stranger = TradingClient(PLACE.key, "wrong", url_override=PLACE.alpaca)
    refused("wrong secret", 401, 40110000, "not authorized", stranger.get_account)


def market_data(data: StockHistoricalDataClient) -> None:
    """Bars, trades, quotes, snapshots."""
    now = datetime.now(UTC)
    bars = data.get_stock_bars(
        StockBarsRequest(symbol_or_symbols=["AAPL"], timeframe=TimeFrame.Minute, start=now - timedelta(days=2))
    )["AAPL"]
    true("minute bars of two days", len(bars) > 2000, len(bars))
    true("bars rise in time", all(one.timestamp < two.timestamp for one, two in pairwise(bars)))
    true("bars hold their prices", all(bar.low <= min(bar.open, bar.close) <= bar.high for bar in bars))
    limited = StockBarsRequest(
        symbol_or_symbols="AAPL", timeframe=TimeFrame.Hour, start=now - timedelta(days=20), limit=7
    )
    equal("bars: a limit", len(data.get_stock_bars(limited)["AAPL"]), 7)
    for frame in (TimeFrame(5, TimeFrameUnit.Minute), TimeFrame.Day, TimeFrame.Week, TimeFrame.Month):
        request = StockBarsRequest(symbol_or_symbols="AAPL", timeframe=frame, start=now - timedelta(days=60))
        true(f"bars of {frame.value}", len(data.get_stock_bars(request)["AAPL"]) > 0)
    start = now - timedelta(minutes=5)
    trades = data.get_stock_trades(StockTradesRequest(symbol_or_symbols="AAPL", start=start))["AAPL"]
    true("trades", trades and all(trade.size > 0 and trade.price > 0 for trade in trades), trades[:3])
    quotes = data.get_stock_quotes(StockQuotesRequest(symbol_or_symbols="AAPL", start=start))["AAPL"]
    true("quotes", quotes and quotes[-1].bid_price < quotes[-1].ask_price, quotes[-1:])
    quote = data.get_stock_latest_quote(StockLatestQuoteRequest(symbol_or_symbols="AAPL"))["AAPL"]
    true("latest quote", 0 < quote.bid_price < quote.ask_price, quote)
    bar = data.get_stock_latest_bar(StockLatestBarRequest(symbol_or_symbols="AAPL"))["AAPL"]
    true("latest bar", bar.volume > 0, bar)
    snapshot = data.get_stock_snapshot(StockSnapshotRequest(symbol_or_symbols="AAPL"))["AAPL"]
    true("snapshot", snapshot.daily_bar.timestamp > snapshot.previous_daily_bar.timestamp, snapshot)


def history(client: TradingClient) -> None:
    """The worth of the account over time."""
    found = client.get_portfolio_history(GetPortfolioHistoryRequest(period="1D", timeframe="15Min"))
    true("history: a day of quarters", 90 < len(found.equity) == len(found.timestamp) < 105, len(found.equity))
    true("history: all is worth something", all(worth > 0 for worth in found.equity))


def closing(client: TradingClient) -> None:
    """Positions are closed, in part and whole."""
    held = holding(client)
    part = client.close_position("AAPL", ClosePositionRequest(qty="1"))
    until("one share is sold", lambda: client.get_order_by_id(part.id).status == OrderStatus.FILLED)
    equal("one share less", holding(client), held - 1)
    half = client.close_position("AAPL", ClosePositionRequest(percentage="50"))
    until("half is sold", lambda: client.get_order_by_id(half.id).status == OrderStatus.FILLED)
    rest = client.close_all_positions(cancel_orders=True)
    equal("all are closed", [(row.symbol, row.status) for row in rest], [("AAPL", 200)])
    until("nothing is held", lambda: client.get_all_positions() == [])
    none = lambda: client.get_open_position("AAPL")  # noqa: E731  short, and named where it is used
    refused("no position", 404, 40410000, "position does not exist", none)


def main() -> None:
    client = TradingClient(PLACE.key, PLACE.secret, url_override=PLACE.alpaca)
    data = StockHistoricalDataClient(PLACE.key, PLACE.secret, url_override=PLACE.alpaca)
    listener = Listener()
    account(client)
    until("trades come", lambda: listener.ticks["trades"] and listener.ticks["quotes"])
    tick, quote = listener.ticks["trades"][-1], listener.ticks["quotes"][-1]
    true("a tick has its price and time", tick.symbol == "AAPL" and tick.price > 0 and tick.timestamp.tzinfo, tick)
    true("a quote has two sides", quote.bid_price < quote.ask_price, quote)
    price = last(data)
    resting(client, price, listener)
    trading(client, price, listener)
    lists(client, price)
    refusals(client, price)
    market_data(data)
    history(client)
    closing(client)
    listener.trading.stop()
    listener.data.stop()
    done()


main()

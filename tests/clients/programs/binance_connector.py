"""binance-connector, unmodified: REST, streams with a legacy listen key, and the WebSocket API."""

from __future__ import annotations

import json
import queue
from typing import Any

from binance.error import ClientError
from binance.spot import Spot
from binance.websocket.spot.websocket_api import SpotWebsocketAPIClient
from binance.websocket.spot.websocket_stream import SpotWebsocketStreamClient
from checks import Place, done, equal, exact, place, true

SYMBOL = "BTCUSDT"


def market(spot: Spot) -> str:
    equal("ping", spot.ping(), {})
    true("time", spot.time()["serverTime"] > 1_700_000_000_000)
    equal("information", spot.exchange_info(symbol=SYMBOL)["symbols"][0]["baseAsset"], "BTC")
    book = spot.depth(SYMBOL, limit=5)
    equal("five levels", (len(book["bids"]), len(book["asks"])), (5, 5))
    for name in ("trades", "historical_trades"):
        rows = getattr(spot, name)(SYMBOL, limit=3)
        true(name, all(exact(r["price"]) * exact(r["qty"]) == exact(r["quoteQty"]) for r in rows), rows)
    true("aggregated", {"a", "p", "q", "f", "l", "T", "m", "M"} <= spot.agg_trades(SYMBOL, limit=1)[0].keys())
    equal("candles", len(spot.klines(SYMBOL, "1h", limit=24)), 24)
    equal("candles for pictures", len(spot.ui_klines(SYMBOL, "1h", limit=24)), 24)
    true("average", float(spot.avg_price(SYMBOL)["price"]) > 0)
    true("day", float(spot.ticker_24hr(SYMBOL)["volume"]) > 0)
    true("price", float(spot.ticker_price(SYMBOL)["price"]) > 0)
    true("hour", spot.rolling_window_ticker(SYMBOL, windowSize="1h")["count"] > 0)
    return f"{float(spot.book_ticker(SYMBOL)['bidPrice']) * 0.9:.2f}"


def trading(spot: Spot, low: str) -> None:
    base = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": low}
    equal("test", spot.new_order_test(**base), {})
    first = spot.new_order(**base, newClientOrderId="mine-1")
    equal("own id", (first["clientOrderId"], first["status"]), ("mine-1", "NEW"))
    try:
        spot.new_order(**base, newClientOrderId="mine-1")
    except ClientError as fault:
        equal("the same id again", (fault.status_code, fault.error_code), (400, -2010))
        equal("in words", fault.error_message, "Duplicate order sent.")
    lower = f"{float(low) * 0.99:.2f}"
    swapped = spot.cancel_and_replace(
        SYMBOL,
        "BUY",
        "LIMIT",
        "STOP_ON_FAILURE",
        cancelOrigClientOrderId="mine-1",
        timeInForce="GTC",
        quantity="0.02",
        price=lower,
    )
    equal("replaced", (swapped["cancelResult"], swapped["newOrderResult"]), ("SUCCESS", "SUCCESS"))
    equal("one open", [o["price"] for o in spot.get_open_orders(SYMBOL)], [f"{float(lower):.8f}"])
    equal("first is gone", spot.get_order(SYMBOL, orderId=first["orderId"])["status"], "CANCELED")
    equal("all gone", [o["status"] for o in spot.cancel_open_orders(SYMBOL)], ["CANCELED"])
    taken = spot.new_order(symbol=SYMBOL, side="BUY", type="MARKET", quantity="0.01")
    equal("filled", taken["status"], "FILLED")
    high, stop = f"{float(low) * 1.4:.2f}", f"{float(low) * 0.9:.2f}"
    oco = spot.new_oco_order(
        SYMBOL, "SELL", "0.005", aboveType="LIMIT_MAKER", abovePrice=high, belowType="STOP_LOSS", belowStopPrice=stop
    )
    equal("two orders", (len(oco["orders"]), oco["listStatusType"]), (2, "EXEC_STARTED"))
    equal("open lists", [row["orderListId"] for row in spot.get_oco_open_orders()], [oco["orderListId"]])
    equal("list ends", spot.cancel_oco_order(SYMBOL, orderListId=oco["orderListId"])["listOrderStatus"], "ALL_DONE")
    equal("own trades", spot.my_trades(SYMBOL, orderId=taken["orderId"])[0]["isBuyer"], True)
    equal("all orders", len(spot.get_orders(SYMBOL)), 5)
    true("balances", {row["asset"] for row in spot.account()["balances"]} >= {"BTC", "USDT"})
    equal("limits", {row["rateLimitType"] for row in spot.get_order_rate_limit()}, {"ORDERS"})


def streams(at: Place, spot: Spot) -> None:
    told: queue.Queue[Any] = queue.Queue()
    client = SpotWebsocketStreamClient(stream_url=at.socket, on_message=lambda _, text: told.put(json.loads(text)))
    key = spot.new_listen_key()["listenKey"]
    client.user_data(listen_key=key)
    client.book_ticker(symbol=SYMBOL)
    client.diff_book_depth(symbol=SYMBOL, speed=100)
    client.kline(symbol=SYMBOL, interval="1m")
    client.trade(symbol=SYMBOL)
    order, wanted = None, {"depthUpdate", "kline", "trade", "bookTicker", "executionReport"}
    last = 0
    while wanted:
        event = told.get(timeout=30)
        kind = event.get("e", "bookTicker" if "B" in event else "answer")
        if kind == "answer" and order is None:
            order = spot.new_order(symbol=SYMBOL, side="BUY", type="MARKET", quantity="0.001")
        if kind == "depthUpdate":
            true("no gap", last in (0, event["U"] - 1), event)
            last = event["u"]
        wanted.discard(kind)
    equal("kept alive", spot.renew_listen_key(key), {})
    equal("closed", spot.close_listen_key(key), {})
    client.stop()


def sockets(at: Place, low: str) -> None:
    told: queue.Queue[Any] = queue.Queue()
    client = SpotWebsocketAPIClient(
        stream_url=at.socket + "/ws-api/v3",
        api_key=at.key,
        api_secret=at.secret,
        on_message=lambda _, text: told.put(json.loads(text)),
    )
    client.ping_connectivity()
    equal("ping", told.get(timeout=10)["status"], 200)
    client.new_order(
        symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.01", price=low, newClientOrderId="ws-1"
    )
    equal("order", told.get(timeout=10)["result"]["status"], "NEW")
    client.get_open_orders(symbol=SYMBOL)
    equal("open", [o["clientOrderId"] for o in told.get(timeout=10)["result"]], ["ws-1"])
    client.cancel_order(symbol=SYMBOL, origClientOrderId="ws-1")
    equal("gone", told.get(timeout=10)["result"]["origClientOrderId"], "ws-1")
    client.account()
    true("account", told.get(timeout=10)["result"]["canTrade"])
    client.stop()


at = place()
spot = Spot(api_key=at.key, api_secret=at.secret, base_url=at.rest)
low = market(spot)
trading(spot, low)
streams(at, spot)
sockets(at, low)
done()

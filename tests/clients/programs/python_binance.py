"""python-binance, unmodified: every call that bots make, asserted on values."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from binance import AsyncClient, BinanceSocketManager
from binance.exceptions import BinanceAPIException
from checks import Place, done, equal, exact, place, shown, true

SYMBOL = "BTCUSDT"


def point(at: Place) -> None:
    """Every address to the exchange; nothing leaves for anywhere else."""
    AsyncClient.API_URL = at.rest + "/api"
    AsyncClient.MARGIN_API_URL = at.rest + "/sapi"
    AsyncClient.WS_API_URL = at.socket + "/ws-api/v3"
    BinanceSocketManager.STREAM_URL = at.socket + "/"


async def market(client: AsyncClient) -> float:
    equal("ping", await client.ping(), {})
    true("time", (await client.get_server_time())["serverTime"] > 1_700_000_000_000)
    info = await client.get_symbol_info(SYMBOL)
    filters = {row["filterType"]: row for row in info["filters"]}
    equal("tick", filters["PRICE_FILTER"]["tickSize"], "0.01000000")
    equal("step", filters["LOT_SIZE"]["stepSize"], "0.00001000")
    book = await client.get_order_book(symbol=SYMBOL, limit=10)
    true("bid below ask", float(book["bids"][0][0]) < float(book["asks"][0][0]), book)
    trades = await client.get_recent_trades(symbol=SYMBOL, limit=5)
    true("trades", all(exact(t["price"]) * exact(t["qty"]) == exact(t["quoteQty"]) for t in trades), trades)
    true("aggregated trades", "a" in (await client.get_aggregate_trades(symbol=SYMBOL, limit=5))[0])
    klines = await client.get_historical_klines(SYMBOL, "1m", "2 hours ago UTC")
    equal("two hours of candles", len(klines) in (120, 121), True)
    true("candles follow one another", all(b[0] - a[0] == 60_000 for a, b in pairwise(klines)))
    equal("average price", (await client.get_avg_price(symbol=SYMBOL))["mins"], 5)
    day = await client.get_ticker(symbol=SYMBOL)
    true("24 hours", float(day["lowPrice"]) <= float(day["lastPrice"]) <= float(day["highPrice"]), day)
    true("price", float((await client.get_symbol_ticker(symbol=SYMBOL))["price"]) > 0)
    top = await client.get_orderbook_ticker(symbol=SYMBOL)
    return float(top["askPrice"])


async def free(client: AsyncClient, asset: str) -> tuple:
    row = await client.get_asset_balance(asset=asset)
    return exact(row["free"]), exact(row["locked"])


async def trading(client: AsyncClient, ask: float) -> None:
    usdt, _ = await free(client, "USDT")
    low = f"{ask * 0.9:.2f}"
    order = await client.order_limit_buy(symbol=SYMBOL, quantity="0.01", price=low)
    equal("resting", (order["status"], order["executedQty"], order["fills"]), ("NEW", "0.00000000", []))
    equal("exactly locked", (await free(client, "USDT"))[1], exact(low) * exact("0.01"))
    seen = await client.get_order(symbol=SYMBOL, orderId=order["orderId"])
    equal("the same price", exact(seen["price"]), exact(low))
    equal("open", [o["orderId"] for o in await client.get_open_orders(symbol=SYMBOL)], [order["orderId"]])
    gone = await client.cancel_order(symbol=SYMBOL, orderId=order["orderId"])
    equal("both ids", gone["origClientOrderId"], order["clientOrderId"])
    true("a new id", gone["clientOrderId"] != order["clientOrderId"], gone)
    equal("unlocked", (await free(client, "USDT"))[0], usdt)
    bought = await client.order_market_buy(symbol=SYMBOL, quantity="0.02")
    fills = bought["fills"]
    equal("filled", (bought["status"], exact(*(f["qty"] for f in fills))), ("FILLED", exact("0.02")))
    spent = sum(exact(f["price"]) * exact(f["qty"]) for f in fills)
    equal("price times quantity", spent, exact(bought["cummulativeQuoteQty"]))
    true("fees in base", all(f["commissionAsset"] == "BTC" for f in fills), fills)
    equal("paid", usdt - (await free(client, "USDT"))[0], spent)
    mine = await client.get_my_trades(symbol=SYMBOL, orderId=bought["orderId"])
    equal("own trades", [t["id"] for t in mine], [f["tradeId"] for f in fills])
    amount = await client.order_market_sell(symbol=SYMBOL, quoteOrderQty="100")
    true("by amount", exact(amount["cummulativeQuoteQty"]) <= 100, amount)
    equal("all orders, that of the page too", len(await client.get_all_orders(symbol=SYMBOL)), 4)
    equal("a test order", await client.create_test_order(symbol=SYMBOL, side="BUY", type="MARKET", quantity="1"), {})
    for terms, code in (
        ({"quantity": "0.000001"}, -1013),
        ({"quantity": "1000000000"}, -1013),
        ({"quantity": "90"}, -2010),
    ):
        try:
            await client.order_limit_buy(symbol=SYMBOL, price=low, **terms)
        except BinanceAPIException as fault:
            equal(f"refused {terms}", (fault.status_code, fault.code), (400, code))
        else:
            raise AssertionError(f"{terms} was taken")


async def streams(client: AsyncClient) -> None:
    manager = BinanceSocketManager(client)
    public = {
        "trade": manager.trade_socket(SYMBOL),
        "aggTrade": manager.aggtrade_socket(SYMBOL),
        "kline": manager.kline_socket(SYMBOL),
        "depthUpdate": manager.depth_socket(SYMBOL, interval=100),
        "24hrMiniTicker": manager.miniticker_socket(),
    }
    for kind, socket in public.items():
        async with socket as stream:
            found = await asyncio.wait_for(stream.recv(), 20)
            first = found[0] if isinstance(found, list) else found
            equal(kind, first["e"], kind)
    async with manager.depth_socket(SYMBOL, depth="5") as stream:
        found = await asyncio.wait_for(stream.recv(), 20)
        equal("five levels", (len(found["bids"]), len(found["asks"])), (5, 5))
    async with manager.user_socket() as stream:
        order = await client.order_market_buy(symbol=SYMBOL, quantity="0.001")
        kinds = []
        while "outboundAccountPosition" not in kinds:
            event = await asyncio.wait_for(stream.recv(), 20)
            event = event.get("event", event)
            kinds.append(event["e"])
            if event["e"] == "executionReport":
                equal("its own order", event["i"], order["orderId"])
        equal("reports, then balances", kinds[0], "executionReport")


async def sockets(client: AsyncClient) -> None:
    low = f"{float((await client.ws_get_order_book(symbol=SYMBOL, limit=5))['bids'][0][0]) * 0.9:.2f}"
    order = await client.ws_create_order(
        symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.01", price=low
    )
    equal("placed by socket", order["status"], "NEW")
    found = await client.ws_get_order(symbol=SYMBOL, orderId=order["orderId"])
    equal("asked by socket", found["clientOrderId"], order["clientOrderId"])
    gone = await client.ws_cancel_order(symbol=SYMBOL, orderId=order["orderId"])
    equal("cancelled by socket", gone["status"], "CANCELED")


async def main() -> None:
    at = place()
    exec(
        compile(shown("python-binance.md", "python", at).replace("asyncio.run(main())", ""), "page", "exec"), page := {}
    )
    await page["main"]()
    point(at)
    client = await AsyncClient.create(at.key, at.secret)
    ask = await market(client)
    await trading(client, ask)
    await streams(client)
    await sockets(client)
    await client.close_connection()
    done()


asyncio.run(main())

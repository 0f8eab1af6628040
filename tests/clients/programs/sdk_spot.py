"""binance-sdk-spot, unmodified: REST, WebSocket API with its user stream, market streams; its models check every type."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from binance_common.configuration import (
    ConfigurationRestAPI,
    ConfigurationWebSocketAPI,
    ConfigurationWebSocketStreams,
)
from binance_sdk_spot.spot import Spot
from checks import Place, done, equal, exact, place, true

SYMBOL = "BTCUSDT"


def market(rest: Any) -> float:
    rest.ping()
    true("time", rest.time().data().server_time > 1_700_000_000_000)
    symbol = rest.exchange_info(symbol=SYMBOL).data().symbols[0]
    equal("information", (symbol.base_asset, symbol.quote_asset), ("BTC", "USDT"))
    book = rest.depth(SYMBOL, limit=5).data()
    equal("levels", len(book.bids), 5)
    while len(rest.get_trades(SYMBOL, limit=2).data()) < 2:
        time.sleep(0.2)  # the market is seconds old
    for name in ("get_trades", "historical_trades", "agg_trades"):
        equal(name, len(getattr(rest, name)(SYMBOL, limit=2).data()), 2)
    equal("candles", len(rest.klines(SYMBOL, "1m", limit=10).data()), 10)
    equal("candles for pictures", len(rest.ui_klines(SYMBOL, "1m", limit=10).data()), 10)
    true("average", float(rest.avg_price(SYMBOL).data().price) > 0)
    for name in ("ticker24hr", "ticker_price", "ticker_book_ticker"):
        equal(name, getattr(rest, name)(symbol=SYMBOL).data().actual_instance.symbol, SYMBOL)
    return float(book.asks[0][0])


def trading(rest: Any, ask: float) -> None:
    low = round(ask * 0.9, 2)
    placed = rest.new_order(SYMBOL, "BUY", "LIMIT", time_in_force="GTC", quantity=0.02, price=low).data()
    equal("placed", placed.status, "NEW")
    smaller = rest.order_amend_keep_priority(SYMBOL, new_qty=0.01, order_id=placed.order_id).data()
    equal("smaller", exact(smaller.amended_order.qty), exact("0.01"))
    locked = {row.asset: row.locked for row in rest.get_account().data().balances}["USDT"]
    equal("exactly locked", exact(locked), exact("0.01") * exact(low))
    found = rest.get_order(SYMBOL, order_id=placed.order_id).data()
    equal("found", (exact(found.orig_qty), found.status), (exact("0.01"), "NEW"))
    swapped = rest.order_cancel_replace(
        SYMBOL,
        "BUY",
        "LIMIT",
        "STOP_ON_FAILURE",
        time_in_force="GTC",
        quantity=0.01,
        price=low,
        cancel_order_id=placed.order_id,
    )
    equal("replaced", swapped.data().cancel_result, "SUCCESS")
    equal("open", len(rest.get_open_orders(symbol=SYMBOL).data()), 1)
    equal("all gone", len(rest.delete_open_orders(SYMBOL).data()), 1)
    rest.order_test(SYMBOL, "BUY", "MARKET", quantity=0.01)
    taken = rest.new_order(SYMBOL, "BUY", "MARKET", quantity=0.01).data()
    equal("filled", (taken.status, exact(*(f.qty for f in taken.fills))), ("FILLED", exact("0.01")))
    mine = rest.my_trades(SYMBOL, order_id=taken.order_id).data()
    equal("own trades", exact(*(t.quote_qty for t in mine)), exact(taken.cummulative_quote_qty))
    equal("all orders", len(rest.all_orders(SYMBOL).data()), 3)
    equal("commission", rest.account_commission(SYMBOL).data().symbol, SYMBOL)
    true("limits", rest.rate_limit_order().data()[0].count >= 0)


async def sockets(spot: Spot, low: float) -> None:
    connection = await spot.websocket_api.create_connection()
    try:
        stream = await connection.user_data_stream_subscribe_signature()
        told: asyncio.Queue[Any] = asyncio.Queue()
        stream.stream.on("message", told.put_nowait)
        placed = await connection.order_place(SYMBOL, "BUY", "LIMIT", time_in_force="GTC", quantity=0.01, price=low)
        order = placed.data().result
        equal("placed by socket", order.status, "NEW")
        true("told of it", await asyncio.wait_for(told.get(), 10))
        found = await connection.order_status(SYMBOL, order_id=order.order_id)
        equal("asked by socket", found.data().result.status, "NEW")
        gone = await connection.order_cancel(SYMBOL, order_id=order.order_id)
        equal("cancelled by socket", gone.data().result.status, "CANCELED")
    finally:
        await connection.close_connection(close_session=True)


async def streams(spot: Spot) -> None:
    connection = await spot.websocket_streams.create_connection()
    told: asyncio.Queue[Any] = asyncio.Queue()
    try:
        for subscribe in (connection.diff_book_depth, connection.trade, connection.book_ticker):
            handle = await subscribe(symbol=SYMBOL)
            handle.on("message", told.put_nowait)
        kinds = set()
        while len(kinds) < 3:
            kinds.add(type(await asyncio.wait_for(told.get(), 30)).__name__)
        equal("three streams", len(kinds), 3)
    finally:
        await connection.close_connection(close_session=True)


async def main(at: Place) -> None:
    spot = Spot(
        config_rest_api=ConfigurationRestAPI(api_key=at.key, api_secret=at.secret, base_path=at.rest),
        config_ws_api=ConfigurationWebSocketAPI(
            api_key=at.key, api_secret=at.secret, stream_url=at.socket + "/ws-api/v3"
        ),
        config_ws_streams=ConfigurationWebSocketStreams(stream_url=at.socket + "/stream"),
    )
    ask = market(spot.rest_api)
    trading(spot.rest_api, ask)
    await sockets(spot, round(ask * 0.9, 2))
    await streams(spot)
    done()


asyncio.run(main(place()))

"""ccxt and ccxt.pro as they come from the registry, against `parrot exchange`: every call, asserted on values."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from typing import Any

import ccxt
import ccxt.pro
import pytest

from tests.end_to_end.served import FUNDS, Served, exchange

PAIR = "BTC/USDT"
LOW, HIGH = 50_000, 75_000  # prices that a test does not meet
D = Decimal


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with exchange(tmp_path_factory.mktemp("exchange"), "--symbol", "BTCUSDT", "--symbol", "ETHUSDT") as found:
        yield found


@pytest.fixture(scope="module")
def client(served: Served) -> Any:
    made = served.client(ccxt.binance)
    made.load_markets()
    return made


@pytest.fixture(autouse=True)
def nothing_is_left(client: Any) -> Iterator[None]:
    yield
    for order in client.fetch_open_orders(PAIR):
        client.cancel_order(order["id"], PAIR)


def money(client: Any) -> dict[str, tuple[Decimal, Decimal]]:
    """(free, locked) of each asset as the venue wrote it."""
    found = client.fetch_balance()["info"]["balances"]
    return {row["asset"]: (D(row["free"]), D(row["locked"])) for row in found}


def sums(fills: list[dict[str, Any]]) -> tuple[Decimal, Decimal, Decimal]:
    """Quantity, amount and commission of fills as the venue wrote them."""
    rows = [fill["info"] for fill in fills]
    return (
        sum((D(row["qty"]) for row in rows), D(0)),
        sum((D(row["qty"]) * D(row["price"]) for row in rows), D(0)),
        sum((D(row["commission"]) for row in rows), D(0)),
    )


# -- market data -------------------------------------------------------------------------------------------------------


def test_markets_have_the_venues_filters(client):
    market = client.market(PAIR)
    assert (market["id"], market["base"], market["quote"], market["spot"], market["active"]) == (
        "BTCUSDT", "BTC", "USDT", True, True,
    )  # fmt: skip
    assert (market["precision"]["amount"], market["precision"]["price"]) == (1e-5, 0.01)
    assert (market["limits"]["cost"]["min"], market["limits"]["amount"]["min"]) == (5.0, 1e-5)
    assert {"LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"} <= set(
        market["info"]["orderTypes"]
    )
    assert sorted(client.markets) == [PAIR, "ETH/USDT"]


def test_the_exchanges_clock_is_this_machines(client):
    assert abs(client.fetch_time() - time.time() * 1000) < 60_000


def test_tickers_agree_with_themselves(client):
    ticker = client.fetch_ticker(PAIR)
    assert ticker["low"] <= ticker["last"] <= ticker["high"]
    assert ticker["bid"] < ticker["ask"]
    assert ticker["change"] == pytest.approx(ticker["last"] - ticker["open"])
    assert ticker["percentage"] == pytest.approx(ticker["change"] / ticker["open"] * 100, abs=1e-3)
    assert ticker["vwap"] == pytest.approx(ticker["quoteVolume"] / ticker["baseVolume"])
    assert sorted(client.fetch_tickers()) == sorted(client.fetch_tickers([PAIR, "ETH/USDT"])) == [PAIR, "ETH/USDT"]
    best = client.fetch_bids_asks([PAIR])[PAIR]
    assert 0 < best["bid"] < best["ask"]
    assert client.fetch_last_prices([PAIR])[PAIR]["price"] == pytest.approx(60_000, rel=0.05)


def test_books_and_trades_are_in_order(client):
    book = client.fetch_order_book(PAIR, 10)
    assert (len(book["bids"]), len(book["asks"])) == (10, 10)
    assert book["bids"] == sorted(book["bids"], reverse=True)
    assert book["asks"] == sorted(book["asks"])
    assert book["bids"][0][0] < book["asks"][0][0]
    assert client.fetch_order_book(PAIR)["nonce"] >= book["nonce"] > 0
    trades = client.fetch_trades(PAIR)
    plain = client.fetch_trades(PAIR, params={"fetchTradesMethod": "publicGetTrades"})
    for found in (trades, plain):
        assert [int(trade["id"]) for trade in found] == sorted({int(trade["id"]) for trade in found})
        assert all(trade["cost"] == pytest.approx(trade["price"] * trade["amount"]) for trade in found)
    assert {trade["side"] for trade in plain} <= {"buy", "sell"}


def test_thirty_days_of_bars_are_there(client):
    now = client.fetch_time()
    newest = client.fetch_ohlcv(PAIR, "1m", limit=3)
    assert [bar[0] % 60_000 for bar in newest] == [0, 0, 0]
    assert now - newest[-1][0] < 180_000
    begin = (now - 29 * 86_400_000) // 60_000 * 60_000
    old = client.fetch_ohlcv(PAIR, "1m", begin, 1_000)
    assert (len(old), old[0][0], old[-1][0]) == (1_000, begin, begin + 999 * 60_000)
    assert all(low <= min(first, last) <= max(first, last) <= high for _, first, high, low, last, _ in old)
    assert len(client.fetch_ohlcv(PAIR, "1h", begin, 500)) == 500


# -- orders over REST --------------------------------------------------------------------------------------------------


def test_a_resting_order_locks_exactly_its_money_until_it_is_cancelled(client):
    before = money(client)
    order = client.create_order(PAIR, "limit", "buy", 0.002, LOW)
    assert (order["status"], order["filled"], order["price"], order["timeInForce"]) == ("open", 0.0, LOW, "GTC")
    free, locked = money(client)["USDT"]
    assert (free, locked) == (before["USDT"][0] - 100, before["USDT"][1] + 100)
    assert [found["id"] for found in client.fetch_open_orders(PAIR)] == [order["id"]]
    assert client.fetch_order(order["id"], PAIR)["status"] == "open"
    gone = client.cancel_order(order["id"], PAIR)
    assert (gone["id"], gone["status"]) == (order["id"], "canceled")
    assert gone["info"]["origClientOrderId"] == order["clientOrderId"] != gone["info"]["clientOrderId"]
    assert money(client) == before
    with pytest.raises(ccxt.OrderNotFound):
        client.cancel_order(order["id"], PAIR)
    assert client.fetch_order(order["id"], PAIR)["clientOrderId"] == order["clientOrderId"]


def test_a_market_order_moves_exactly_its_fills_and_commission(client):
    before = money(client)
    order = client.create_order(PAIR, "market", "buy", 0.01)
    fills = client.fetch_order_trades(order["id"], PAIR)
    quantity, amount, commission = sums(fills)
    assert (order["status"], order["filled"], quantity) == ("closed", 0.01, D("0.01"))
    assert D(order["info"]["cummulativeQuoteQty"]) == amount
    assert {fill["fee"]["currency"] for fill in fills} == {"BTC"}
    assert all(D(fill["info"]["commission"]) == D(fill["info"]["qty"]) / 1000 for fill in fills)
    assert not any(fill["info"]["isMaker"] for fill in fills)
    after = money(client)
    assert after["USDT"] == (before["USDT"][0] - amount, before["USDT"][1])
    assert after["BTC"] == (before["BTC"][0] + quantity - commission, before["BTC"][1])
    assert [fill["id"] for fill in client.fetch_my_trades(PAIR, limit=len(fills))] == [fill["id"] for fill in fills]
    sold = client.create_order(PAIR, "market", "sell", 0.01)
    assert {fill["fee"]["currency"] for fill in client.fetch_order_trades(sold["id"], PAIR)} == {"USDT"}


def test_a_market_order_may_be_for_an_amount(client):
    order = client.create_order(PAIR, "market", "buy", 0.01, LOW)  # ccxt sends 500 as quoteOrderQty
    spent = D(order["info"]["cummulativeQuoteQty"])
    assert order["info"]["origQuoteOrderQty"] == "500.00000000"
    assert 0 <= 500 - spent < D("0.7")  # less than one step of the quantity is left


def test_what_does_not_fill_at_once_expires(client):
    for lifetime in ("IOC", "FOK"):
        order = client.create_order(PAIR, "limit", "buy", 0.002, LOW, {"timeInForce": lifetime})
        assert (order["status"], order["filled"], order["timeInForce"]) == ("expired", 0.0, lifetime)


def test_post_only_rests_or_is_refused(client):
    order = client.create_order(PAIR, "limit", "buy", 0.002, LOW, {"postOnly": True})
    assert (order["info"]["type"], order["postOnly"], order["status"]) == ("LIMIT_MAKER", True, "open")
    with pytest.raises(ccxt.OrderImmediatelyFillable):
        client.create_order(PAIR, "limit", "buy", 0.002, HIGH, {"postOnly": True})


@pytest.mark.parametrize(
    ("side", "parameter", "at", "kind"),
    [
        ("sell", "stopLossPrice", 51_000, "STOP_LOSS_LIMIT"),
        ("sell", "takeProfitPrice", 74_000, "TAKE_PROFIT_LIMIT"),
        ("sell", "triggerPrice", 51_000, "STOP_LOSS_LIMIT"),
        ("buy", "stopLossPrice", 74_000, "STOP_LOSS_LIMIT"),
    ],
)
def test_stops_wait_for_their_price(client, side, parameter, at, kind):
    order = client.create_order(PAIR, "limit", side, 0.002, at, {parameter: at})
    found = client.fetch_order(order["id"], PAIR)
    assert (found["info"]["type"], found["stopPrice"], found["status"]) == (kind, at, "open")
    assert found["info"]["isWorking"] is False


def test_an_edit_ends_the_old_order_and_makes_a_new_one(client):
    order = client.create_order(PAIR, "limit", "buy", 0.002, LOW)
    edited = client.edit_order(order["id"], PAIR, "limit", "buy", 0.003, LOW + 1)
    assert (edited["amount"], edited["price"], edited["status"]) == (0.003, LOW + 1, "open")
    assert client.fetch_order(order["id"], PAIR)["status"] == "canceled"
    assert [found["id"] for found in client.fetch_open_orders(PAIR)] == [edited["id"]]
    client.cancel_all_orders(PAIR)
    assert client.fetch_open_orders(PAIR) == []
    ended = {found["id"]: found["status"] for found in client.fetch_orders(PAIR)}
    assert (ended[order["id"]], ended[edited["id"]]) == ("canceled", "canceled")
    assert all(found["status"] == "closed" for found in client.fetch_closed_orders(PAIR))
    with pytest.raises(ccxt.OrderNotFound):
        client.cancel_all_orders(PAIR)


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (("limit", "buy", 30, LOW), ccxt.InsufficientFunds),
        (("limit", "buy", 0.00011, LOW), None),
        (("limit", "buy", 0.00009, LOW), ccxt.BadRequest),
        (("limit", "buy", 9_500, 0.01), ccxt.InvalidOrder),
        (("limit", "buy", 0.002, LOW, {"clientOrderId": "no spaces"}), ccxt.BadRequest),
    ],
)
def test_refusals_are_the_errors_that_ccxt_knows(client, order, error):
    if error is None:
        assert client.create_order(PAIR, *order)["status"] == "open"
    else:
        with pytest.raises(error):
            client.create_order(PAIR, *order)


def test_a_client_without_a_right_key_gets_nothing(served):
    with pytest.raises(ccxt.AuthenticationError):
        served.client(ccxt.binance, key="other").fetch_balance()
    with pytest.raises(ccxt.AuthenticationError):
        served.client(ccxt.binance, secret="other").fetch_balance()


# -- ccxt.pro ----------------------------------------------------------------------------------------------------------


def with_pro(served: Served, work: Callable[[Any], Awaitable[None]]) -> None:
    async def main() -> None:
        client = served.client(ccxt.pro.binance)
        try:
            async with asyncio.timeout(20):
                await client.load_markets()
                await work(client)
        finally:
            await client.close()

    asyncio.run(main())


def test_market_streams_follow_the_market(served):
    async def book(client: Any) -> None:
        nonces = []
        for _ in range(5):  # ccxt raises where a book has a gap
            found = await client.watch_order_book(PAIR)
            assert found["bids"][0][0] < found["asks"][0][0]
            nonces.append(found["nonce"])
        assert nonces == sorted(nonces)
        assert nonces[0] < nonces[-1]

    async def others(client: Any) -> None:
        trades, bars, ticker, best = await asyncio.gather(
            client.watch_trades(PAIR),
            client.watch_ohlcv(PAIR, "1m"),
            client.watch_ticker(PAIR),
            client.watch_bids_asks([PAIR]),
        )
        assert trades[-1]["cost"] == pytest.approx(trades[-1]["price"] * trades[-1]["amount"])
        assert bars[-1][3] <= bars[-1][4] <= bars[-1][2]
        assert ticker["low"] <= ticker["last"] <= ticker["high"]
        assert best[PAIR]["bid"] < best[PAIR]["ask"]

    async def work(client: Any) -> None:
        await asyncio.gather(book(client), others(client))

    with_pro(served, work)


def test_private_streams_tell_orders_fills_and_balances(served):
    async def work(client: Any) -> None:
        heard = asyncio.gather(client.watch_orders(PAIR), client.watch_my_trades(PAIR), client.watch_balance())
        sent = []
        while not heard.done():  # until the subscription is there
            sent.append((await client.create_order(PAIR, "market", "sell", 0.001))["id"])
            await asyncio.wait([heard], timeout=0.2)
        orders, trades, balance = await heard
        assert {found["id"] for found in orders} <= set(sent)
        assert {trade["order"] for trade in trades} <= set(sent)
        assert trades[0]["fee"]["cost"] == pytest.approx(trades[0]["cost"] / 1000)
        assert 0 < balance["BTC"]["total"] < FUNDS["BTC"] + 1
        assert balance["USDT"]["used"] == 0

    with_pro(served, work)


def test_orders_over_the_websocket_api(served):
    async def work(client: Any) -> None:
        order = await client.create_order_ws(PAIR, "limit", "buy", 0.002, LOW)
        assert (await client.fetch_order_ws(order["id"], PAIR))["status"] == "open"
        edited = await client.edit_order_ws(order["id"], PAIR, "limit", "buy", 0.003, LOW + 1)
        assert [found["id"] for found in await client.fetch_open_orders_ws(PAIR)] == [edited["id"]]
        assert (await client.cancel_order_ws(edited["id"], PAIR))["status"] == "canceled"
        await client.create_order_ws(PAIR, "limit", "buy", 0.002, LOW)
        await client.cancel_all_orders_ws(PAIR)
        assert await client.fetch_open_orders_ws(PAIR) == []
        bought = await client.create_order_ws(PAIR, "market", "buy", 0.001)
        trades = [trade for trade in await client.fetch_my_trades_ws(PAIR) if trade["order"] == bought["id"]]
        assert sum(trade["amount"] for trade in trades) == pytest.approx(0.001)
        assert len(await client.fetch_ohlcv_ws(PAIR, "1m", limit=3)) == 3
        assert (await client.fetch_trades_ws(PAIR))[-1]["price"] == pytest.approx(60_000, rel=0.05)
        with pytest.raises(ccxt.InsufficientFunds):
            await client.create_order_ws(PAIR, "limit", "buy", 30, LOW)

    with_pro(served, work)

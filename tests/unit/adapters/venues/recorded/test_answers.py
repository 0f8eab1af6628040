"""Recorded answers of REST through ccxt's parsers, numbers as text, give exactly what the recordings say."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from parrot.adapters.venues.ccxt.reading import amount, balances, listing, order
from parrot.adapters.venues.table import row
from tests.unit.adapters.venues.recorded.traffic import exchange_of, text_of

pytestmark = pytest.mark.shared
Check = Callable[[Any, Any], int]

exchange = cache(exchange_of)


MARKETS = {
    "bitstamp": {"id": "btcusd", "symbol": "BTC/USD", "base": "BTC", "quote": "USD", "baseId": "btc", "quoteId": "usd"},
    "kraken": {
        "id": "XXBTZUSD",
        "symbol": "BTC/USD",
        "base": "BTC",
        "quote": "USD",
        "baseId": "XXBT",
        "quoteId": "ZUSD",
    },
}
"""What some parsers have to know of the market beside the answer."""


def market(name: str) -> Any:
    return exchange(name).safe_market_structure(MARKETS[name] | {"spot": True}) if name in MARKETS else None


def same(found: Any, told: Any) -> None:
    """A number as it was parsed is the one that was sent."""
    assert amount(found) == amount(told), (found, told)


def trades(price: Any, size: Any) -> Callable[[str], Check]:
    def of(name: str) -> Check:
        def check(body: Any, _: Any) -> int:
            parsed = [exchange(name).parse_trade(one, market(name)) for one in body]
            for one, told in zip(parsed, body, strict=True):
                same(one["price"], told[price])
                same(one["amount"], str(told[size]).lstrip("-"))
                assert one["side"] in ("buy", "sell", None)
            return len(parsed)

        return check

    return of


def book(bids: str, asks: str) -> Callable[[str], Check]:
    def of(name: str) -> Check:
        def check(body: Any, _: Any) -> int:
            parsed = exchange(name).parse_order_book(body, "X", None, bids, asks)
            for side, key in (("bids", bids), ("asks", asks)):
                told = {(amount(level[0]), amount(level[1])) for level in body[key]}
                assert {(amount(level[0]), amount(level[1])) for level in parsed[side]} == told
            return len(parsed["bids"]) + len(parsed["asks"])

        return check

    return of


def candles(name: str) -> Check:
    def check(body: Any, _: Any) -> int:
        for told in body:
            parsed = exchange(name).parse_ohlcv(told)
            assert parsed[0] == int(told[0])
            for at in range(1, 5):
                same(parsed[at], told[at])
        return len(body)

    return check


def ticker(last: str, bid: str | None = None, ask: str | None = None) -> Callable[[str], Check]:
    def of(name: str) -> Check:
        def check(body: Any, _: Any) -> int:
            listed = body if isinstance(body, list) else [body]
            for told in listed:
                parsed = exchange(name).parse_ticker(told, market(name))
                for ours, theirs in (("last", last), ("bid", bid), ("ask", ask)):
                    if theirs:
                        same(parsed[ours], told[theirs])
            return len(listed)

        return check

    return of


def orders(quantity: str, filled: str | None) -> Callable[[str], Check]:
    def of(name: str) -> Check:
        def check(body: Any, _: Any) -> int:
            listed = [one for one in (body if isinstance(body, list) else [body]) if one.get(quantity)]
            for told in listed:
                parsed = exchange(name).parse_order(told)
                same(parsed["amount"], told[quantity])
                news = order({"side": "buy", **parsed}, row(name), now=2**62, offset=0)
                assert news.quantity == Decimal(told[quantity])
                if filled:
                    assert news.filled == Decimal(told[filled])
            return len(listed)

        return check

    return of


def account(body: Any, _: Any) -> int:
    parsed = balances(exchange("binance").parse_balance_custom(body, "spot"))
    for told in body["balances"]:
        total = Decimal(told["free"]) + Decimal(told["locked"])
        assert parsed.get(exchange("binance").safe_currency_code(told["asset"]), Decimal(0)) == total
    return len(body["balances"])


ROUTES: dict[str, list[tuple[str, Check]]] = {
    "gocryptotrader/binance/http.json.zst": [
        (f"/{api}/v[13]/{path}", make(name))
        for api, name in (("api", "binance"), ("fapi", "binanceusdm"), ("dapi", "binancecoinm"))
        for path, make in (
            ("(trades|historicalTrades)", trades("price", "qty")),
            ("aggTrades", trades("p", "q")),
            ("depth", book("bids", "asks")),
            ("klines", candles),
            ("ticker/24hr", ticker("lastPrice")),
        )
    ]
    + [
        ("/api/v3/(allOrders|openOrders|order)", orders("origQty", "executedQty")("binance")),
        ("/api/v3/account", account),
    ],
    "gocryptotrader/bitstamp/http.json.zst": [
        ("/api/v2/transactions/.*", trades("price", "amount")("bitstamp")),
        ("/api/v2/order_book/btcusd/", book("bids", "asks")("bitstamp")),
        ("/api/v2/ticker/btcusd/", ticker("last", "bid", "ask")("bitstamp")),
    ],
}
FILES: dict[str, tuple[str, Check]] = {
    "binance/.*depth.json": ("", book("bids", "asks")("binance")),
    "binance/.*single-24hr-ticker.json": ("", ticker("lastPrice", "bidPrice", "askPrice")("binance")),
    "binance/.*open-orders.json": ("", orders("origQty", "executedQty")("binance")),
    "binance/.*filled-market-order.json": ("", orders("origQty", "executedQty")("binance")),
    "bitstamp/.*marketdata__example-trades-data.json": ("", trades("price", "amount")("bitstamp")),
    "bitstamp/.*full-depth-data.json": ("", book("bids", "asks")("bitstamp")),
    "bitstamp/.*ticker-data.json": ("", ticker("last", "bid", "ask")("bitstamp")),
    "kraken/.*marketdata__example-depth-data.json": ("result.*", book("bids", "asks")("kraken")),
    "kraken/.*marketdata__example-trades-data.json": ("result.*", trades(0, 1)("kraken")),
    "coinbasepro/.*order__example-(limit|stop)-.*.json": ("", orders("size", "filled_size")("coinbaseexchange")),
    "coinbasepro/__files__(openOrders|orders).json": ("", orders("size", "filled_size")("coinbaseexchange")),
    "coinbasepro/.*example-fills.json": ("", trades("price", "size")("coinbaseexchange")),
    "coinbasepro/.*example-ticker-data.json": ("", ticker("price", "bid", "ask")("coinbaseexchange")),
    "deribit/.*example-trade.json": ("one", trades("price", "amount")("deribit")),
    "deribit/.*example-orderbook.json": ("", book("bids", "asks")("deribit")),
}
WHY = (
    ("bitmex/", "ccxt has no such exchange any more"),
    ("coinbase/", "an interface that the venue has closed"),
    ("bitfinex/", "its first version, or streams whose meaning lies in the subscription before them"),
    ("(kraken|bitstamp)/stream-", "single messages of streams without what was subscribed to"),
    ("binance/.*stream-", "documentation with comments in it: no JSON"),
    (
        "account__|asset-dividend|dustlog|withdraw|trade__|trading__|order__|errors",
        "answers that the adapters never ask",
    ),
    ("marketdata__|products", "of no field that the adapters read"),
)


def routes(body: Any) -> Iterator[tuple[str, Any]]:
    for path, methods in body["routes"].items():
        for answers in methods.values():
            for one in answers:
                yield path, one["data"]


def chosen(path: str, body: Any) -> Any:
    """The part of a document that the parser gets."""
    if path == "one":
        return [body]
    return next(value for value in body["result"].values() if not isinstance(value, str)) if path else body


def usable(body: Any) -> bool:
    return bool(body) and not (
        isinstance(body, dict) and ({"code", "error"} & body.keys()) - {"error"} and len(body) < 3
    )


@pytest.mark.parametrize("file", list(ROUTES))
def test_answers_of_whole_recordings_are_read_exactly(
    shared: Path, file: str, record_property: Callable[[str, object], None]
) -> None:
    body = json.loads(text_of(shared / "data/fixtures" / file), parse_float=Decimal)
    read: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for path, data in routes(body):
        found = next((check for pattern, check in ROUTES[file] if re.fullmatch(pattern, path)), None)
        if found is None or not usable(data):
            others[path] += 1
        else:
            read[path] += found(data, None)
    assert all(read.values())
    record_property(
        "summary",
        f"recorded answers, {file}: {read.total()} items of {len(read)} paths read, {len(others)} other paths",
    )
    assert read.total() > 50


def files(shared: Path) -> Iterable[Path]:
    return sorted((shared / "data/fixtures/xchange").glob("*/*.json"))


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def test_examples_of_answers_are_read_exactly_and_of_the_others_it_is_known_why_not(
    shared: Path, record_property: Callable[[str, object], None]
) -> None:
    read: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for path in files(shared):
        name = name_of(path)
        found = next((given for pattern, given in FILES.items() if re.fullmatch(pattern, name)), None)
        if found is not None:
            body = json.loads(path.read_text("utf-8"), parse_float=Decimal)
            read[name] += found[1](chosen(found[0], body), None)
        else:
            others[next(reason for pattern, reason in WHY if re.search(pattern, name))] += 1
    assert all(read.values())
    assert len(read) >= 20
    for reason, count in others.most_common():
        record_property("summary", f"recorded examples not read: {count:3d} {reason}")
    record_property("summary", f"recorded examples: {len(read)} read, {others.total()} not")


def recorded(path: Path) -> Iterator[tuple[str, Any]]:
    """Address and answer, of a REST recording of cryptofeed."""
    for line in text_of(path).splitlines():
        head, found, _ = line.partition(" -> ")
        if found:
            yield head, json.loads(line[line.index(": ", len(head) + 4) + 2 :])


@pytest.mark.parametrize(
    ("file", "name"), [("BINANCE", "binance"), ("BINANCE_FUTURES", "binanceusdm"), ("BITSTAMP", "bitstamp")]
)
def test_recorded_books_are_read_exactly(shared: Path, file: str, name: str) -> None:
    levels = 0
    for _, body in recorded(shared / f"data/fixtures/cryptofeed/{file}.http.0.0.zst"):
        levels += book("bids", "asks")(name)(body, None)
    assert levels > 1000


def test_recorded_markets_become_listings_with_their_own_steps(shared: Path) -> None:
    ((_, body), *_) = recorded(shared / "data/fixtures/cryptofeed/BINANCE.0.zst")
    made = exchange("binance")
    made.options["crossMarginPairsData"] = made.options["isolatedMarginPairsData"] = []  # asked for apart
    found = {
        market["id"]: listing(market, made.precisionMode)
        for market in (made.parse_market(one) for one in body["symbols"])
        if market["spot"]
    }
    traded = [one for one in body["symbols"] if one["status"] == "TRADING" and found.get(one["symbol"])]
    for told in traded:
        terms = found[told["symbol"]]
        filters = {one["filterType"]: one for one in told["filters"]}
        assert terms is not None
        assert terms.tick == Decimal(filters["PRICE_FILTER"]["tickSize"])
        assert terms.lot == Decimal(filters["LOT_SIZE"]["stepSize"])
        assert terms.min_quantity == Decimal(filters["LOT_SIZE"]["minQty"])
        assert terms.min_notional == Decimal(filters["MIN_NOTIONAL"]["minNotional"])
    assert len(traded) > 1000


def test_no_recorded_file_is_passed_over(shared: Path) -> None:
    folder = shared / "data/fixtures"
    single = {path.name for path in (folder / "gocryptotrader").glob("*/*.json")}
    assert len(single) <= 14, "single messages for handlers of that project, without what was subscribed to"
    whole = {f"{path.parent.parent.name}/{path.parent.name}/{path.name}" for path in folder.glob("*/*/http.json.zst")}
    assert whole == set(ROUTES)

"""What everybody may ask: rules, books, trades, candles, tickers."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from parrot.centers.matching.manifest import public_settings
from parrot.contracts.exchange import SCALE, PublicTrade
from parrot.gateway.binance_api.amounts import percent, text
from parrot.gateway.binance_api.market_data import aggregate
from tests.unit.gateway.binance_api.place import OTHER_KEY, SECOND, Place, decimal, form

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


@pytest.fixture(scope="module")
def place() -> Place:
    """Half a minute after the start."""
    place = Place()
    for _ in range(30):
        place.exchange.turn(place.exchange.now + SECOND)
    return place


def test_the_rules_of_a_symbol_are_those_that_orders_meet(place: Place) -> None:
    info = place.ask("exchangeInfo", symbol="BTCUSDT")
    assert (info["timezone"], info["serverTime"]) == ("UTC", place.ms)
    assert [(rule["rateLimitType"], rule["limit"]) for rule in info["rateLimits"]] == [
        ("REQUEST_WEIGHT", 6000),
        ("ORDERS", 100),
        ("ORDERS", 200000),
        ("RAW_REQUESTS", 61000),
    ]
    (symbol,) = info["symbols"]
    assert (symbol["symbol"], symbol["status"], symbol["baseAsset"], symbol["quoteAsset"]) == (
        "BTCUSDT",
        "TRADING",
        "BTC",
        "USDT",
    )
    filters = {one.pop("filterType"): one for one in symbol["filters"]}
    assert filters["PRICE_FILTER"]["tickSize"] == "0.01000000"
    assert filters["LOT_SIZE"] == {"minQty": "0.00001000", "maxQty": "9000.00000000", "stepSize": "0.00001000"}
    assert filters["NOTIONAL"]["minNotional"] == "5.00000000"
    assert filters["PERCENT_PRICE_BY_SIDE"]["bidMultiplierUp"] == "5"
    assert filters["MAX_NUM_ALGO_ORDERS"] == {"maxNumAlgoOrders": 5}
    assert "MAX_POSITION" not in filters
    assert symbol["permissionSets"] == [["SPOT"]]


def test_a_largest_position_is_told_and_kept() -> None:
    (pair,) = public_settings(["BTCUSDT"]).pairs
    place = Place(pairs=(replace(pair, max_position=Decimal("10.5")),))
    (symbol,) = place.ask("exchangeInfo")["symbols"]
    assert {"filterType": "MAX_POSITION", "maxPosition": "10.50000000"} in symbol["filters"]
    params = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": "50000"}
    assert place.refused("POST", "order", **params, quantity="0.50001") == (400, -2010, "Filter failure: MAX_POSITION")
    place.done("POST", "order", **params, quantity="0.5")


def test_symbols_are_chosen_by_name_permission_and_status(place: Place) -> None:
    def names(**params: Any) -> list[str]:
        return [one["symbol"] for one in place.ask("exchangeInfo", **params)["symbols"]]

    assert names() == ["BTCUSDT", "ETHUSDT"]  # stocks are not of this venue
    assert names(symbols='["ETHUSDT","BTCUSDT"]') == ["ETHUSDT", "BTCUSDT"]
    assert names(permissions="SPOT") == names(permissions='["MARGIN","SPOT"]') == ["BTCUSDT", "ETHUSDT"]
    assert names(permissions="MARGIN") == names(symbolStatus="HALT") == []
    response = place.raw("GET", "/api/v3/exchangeInfo", form({"symbol": "BTCUSDT", "permissions": "SPOT"}))
    assert json.loads(response.body)["code"] == -1128


def test_there_are_no_execution_rules_and_reference_prices(place: Place) -> None:
    assert place.ask("executionRules", symbol="BTCUSDT") == {"symbolRules": []}
    for path in ("referencePrice", "referencePrice/calculation"):
        response = place.raw("GET", "/api/v3/" + path, "symbol=BTCUSDT")
        assert json.loads(response.body) == {"code": -2043, "msg": "This symbol doesn't have a reference price."}


def test_the_book_has_the_best_levels_first(place: Place) -> None:
    book = place.ask("depth", symbol="BTCUSDT", limit=5)
    bids, asks = ([float(price) for price, _ in book[side]] for side in ("bids", "asks"))
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert len(bids) == len(asks) == 5
    assert bids[0] < asks[0]
    top = place.ask("ticker/bookTicker", symbol="BTCUSDT")
    assert [top["bidPrice"], top["bidQty"], top["askPrice"], top["askQty"]] == book["bids"][0] + book["asks"][0]
    assert book["lastUpdateId"] == place.exchange.depth("BTCUSDT", 1).last
    assert len(place.ask("depth", symbol="BTCUSDT")["bids"]) <= 100


def test_trades_are_told_from_the_newest_or_from_a_number(place: Place) -> None:
    newest = place.ask("trades", symbol="BTCUSDT", limit=3)
    assert [one["id"] for one in newest] == [newest[-1]["id"] - 2, newest[-1]["id"] - 1, newest[-1]["id"]]
    assert [one["id"] for one in place.ask("historicalTrades", symbol="BTCUSDT", fromId=2, limit=2)] == [2, 3]
    one = newest[-1]
    assert one["quoteQty"] == decimal(units(one["price"]) * units(one["qty"]) // SCALE)
    assert place.ask("historicalTrades", symbol="BTCUSDT", fromId=10**6) == []


def test_fills_of_one_taker_at_one_price_are_one_aggregate() -> None:
    place = Place()
    bid, ask = place.best()
    price = decimal((bid + ask) // 2 // 10**6 * 10**6)
    for quantity in ("0.01", "0.02", "0.03"):
        place.order("SELL", quantity, price, key=OTHER_KEY)
    before = place.ask("trades", symbol="BTCUSDT", limit=1)[-1]["id"]
    place.order("BUY", "0.05", price)
    made = [one for one in place.ask("aggTrades", symbol="BTCUSDT") if one["f"] > before]
    shown = [(one["a"], one["f"], one["l"], one["p"], one["q"], one["m"]) for one in made]
    assert shown == [(before + 1, before + 1, before + 3, price, "0.05000000", False)]
    assert place.ask("aggTrades", symbol="BTCUSDT", fromId=before + 1, limit=1) == made
    assert place.ask("aggTrades", symbol="BTCUSDT", fromId=before + 2) == []
    when = made[0]["T"]
    assert made[0] in place.ask("aggTrades", symbol="BTCUSDT", startTime=when, endTime=when)
    assert place.ask("aggTrades", symbol="BTCUSDT", startTime=when + 1) == []


def test_trades_of_nobody_known_are_not_put_together() -> None:
    one = PublicTrade(symbol="X", id=1, price=5, quantity=1, ts=9, buyer_is_maker=False)
    two = PublicTrade(symbol="X", id=2, price=5, quantity=1, ts=9, buyer_is_maker=False)
    assert len(aggregate([one, two])) == 2


def test_candles_begin_at_the_first_where_time_zero_is_asked_for(place: Place) -> None:
    (first,) = place.ask("klines", symbol="BTCUSDT", interval="1m", startTime=0, limit=1)
    assert first[0] // DAY_MS == place.ms // DAY_MS - 30
    assert first[0] % MINUTE_MS == 0
    assert first[6] == first[0] + MINUTE_MS - 1
    assert [type(value) for value in first] == [int, str, str, str, str, str, int, str, int, str, str, str]
    assert place.ask("uiKlines", symbol="BTCUSDT", interval="1m", startTime=first[0], limit=1) == [first]


def test_candles_follow_one_another_and_add_up(place: Place) -> None:
    hour = place.ms // HOUR_MS * HOUR_MS - 5 * HOUR_MS
    minutes = place.ask("klines", symbol="BTCUSDT", interval="1m", startTime=hour, limit=60)
    assert [one[0] for one in minutes] == [hour + at * MINUTE_MS for at in range(60)]
    assert all(after[1] == before[4] for before, after in pairwise(minutes))
    (whole,) = place.ask("klines", symbol="BTCUSDT", interval="1h", startTime=hour, endTime=hour + HOUR_MS - 1)
    assert (whole[1], whole[4]) == (minutes[0][1], minutes[-1][4])
    assert float(whole[2]) == max(float(one[2]) for one in minutes)
    assert whole[5] == decimal(sum(units(one[5]) for one in minutes))
    assert whole[8] == sum(one[8] for one in minutes)
    newest = place.ask("klines", symbol="BTCUSDT", interval="1m", limit=2)
    assert newest[-1][0] <= place.ms <= newest[-1][6]
    until = place.ask("klines", symbol="BTCUSDT", interval="1m", endTime=hour - 1, limit=1)
    assert until[0][0] == hour - MINUTE_MS


@pytest.mark.parametrize(("zone", "minutes"), [("8", 480), ("-1:00", -60), ("05:45", 345)])
def test_days_begin_at_midnight_of_the_time_zone(place: Place, zone: str, minutes: int) -> None:
    days = place.ask("klines", symbol="BTCUSDT", interval="1d", timeZone=zone, limit=3)
    assert [(one[0] + minutes * MINUTE_MS) % DAY_MS for one in days] == [0, 0, 0]
    piece = "15m" if minutes % 60 else "1h"
    parts = place.ask("klines", symbol="BTCUSDT", interval=piece, startTime=days[1][0], endTime=days[1][6])
    assert days[1][5] == decimal(sum(units(one[5]) for one in parts))
    assert (days[1][1], days[1][4]) == (parts[0][1], parts[-1][4])
    months = place.ask("klines", symbol="BTCUSDT", interval="1M", timeZone=zone)
    weeks = place.ask("klines", symbol="BTCUSDT", interval="1w", timeZone=zone, startTime=0)
    assert len(months) == 2
    assert all((one[0] + minutes * MINUTE_MS - 4 * DAY_MS) % (7 * DAY_MS) == 0 for one in weeks)


def test_a_ticker_is_what_its_window_shows(place: Place) -> None:
    day = place.ask("ticker/24hr", symbol="BTCUSDT")
    last = place.ask("trades", symbol="BTCUSDT", limit=1)[0]
    assert (day["lastPrice"], day["lastQty"], day["lastId"]) == (last["price"], last["qty"], last["id"])
    assert day["priceChange"] == decimal(units(day["lastPrice"]) - units(day["openPrice"]))
    assert day["closeTime"] - day["openTime"] == DAY_MS
    assert day["weightedAvgPrice"] == decimal(units(day["quoteVolume"]) * SCALE // units(day["volume"]))
    mini = place.ask("ticker/24hr", symbol="BTCUSDT", type="MINI")
    assert mini == {name: day[name] for name in mini}
    assert place.ask("ticker/price", symbol="BTCUSDT") == {"symbol": "BTCUSDT", "price": last["price"]}
    assert [one["symbol"] for one in place.ask("ticker/24hr")] == ["BTCUSDT", "ETHUSDT"]
    assert place.ask("ticker/24hr", symbols='["BTCUSDT"]') == [day]
    rolling = place.ask("ticker", symbol="BTCUSDT", windowSize="2h")
    assert rolling["openTime"] % MINUTE_MS == 0
    assert 0 <= rolling["closeTime"] - rolling["openTime"] - 2 * HOUR_MS < MINUTE_MS
    today = place.ask("ticker/tradingDay", symbol="BTCUSDT")
    assert today["openTime"] == place.ms // DAY_MS * DAY_MS


@pytest.mark.parametrize("size", ["0m", "60m", "24h", "8d", "1w", "-1m", ""])
def test_windows_that_are_not_offered_are_refused(place: Place, size: str) -> None:
    response = place.raw("GET", "/api/v3/ticker", form({"symbol": "BTCUSDT", "windowSize": size}))
    assert json.loads(response.body)["code"] in (-1100, -1105, -1130)


def test_the_average_price_lies_within_the_last_minutes(place: Place) -> None:
    average = place.ask("avgPrice", symbol="BTCUSDT")
    assert average["mins"] == 5
    recent = place.ask("klines", symbol="BTCUSDT", interval="1m", limit=6)
    assert min(float(one[3]) for one in recent) <= float(average["price"]) <= max(float(one[2]) for one in recent)


@pytest.mark.parametrize(
    ("part", "of", "shown"),
    [
        (0, 5, "0.000"),
        (1, 0, "0.000"),
        (1, 3, "33.333"),
        (-1, 3, "-33.333"),
        (1, 200_000, "0.001"),
        (-1, 10**9, "0.000"),
    ],
)
def test_percents_are_rounded_to_three_digits(part: int, of: int, shown: str) -> None:
    assert percent(part, of) == shown


def test_amounts_below_zero_keep_their_digits() -> None:
    assert (text(-1), text(0), text(123_456_789_012)) == ("-0.00000001", "0.00000000", "1234.56789012")


def units(written: str) -> int:
    whole, _, fraction = written.partition(".")
    return int(whole) * SCALE + int(fraction.ljust(8, "0") or 0)

"""Bars, trades, quotes and snapshots, by their values; pages that join without gaps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.gateway.alpaca_api.sample import NOON, Market, at


def traded() -> Market:
    """AAPL trades at 190, 191, 189 (a minute later), MSFT at 420; quotes stand around."""
    market = Market()
    for price, qty in ((190, 1), (191, 2)):
        market.bob.order("sell", qty, price)
        market.ann.order("buy", qty, price)
        market.go(1)
    market.go(60)
    market.bob.order("sell", 4, 189)
    market.ann.order("buy", 3, 189)
    market.bob.order("sell", 1, 420, symbol="MSFT")
    market.ann.order("buy", 1, 420, symbol="MSFT")
    market.ann.order("buy", 2, 188)
    market.go(1)
    return market


@pytest.fixture(scope="module")
def market() -> Market:
    return traded()


NOW = "2026-11-25T17:00:00Z"


def test_trades_of_several_symbols(market: Market) -> None:
    answer = market.ann.get("/v2/stocks/trades", symbols="MSFT,AAPL,ZZZ", start=NOW)
    assert answer["next_page_token"] is None
    assert {symbol: [(row["p"], row["s"]) for row in rows] for symbol, rows in answer["trades"].items()} == {
        "AAPL": [(190, 1), (191, 2), (189, 3)],
        "MSFT": [(420, 1)],
    }
    first = answer["trades"]["AAPL"][0]
    assert (first["t"], first["x"], first["c"], first["z"]) == (NOW, "V", ["@"], "C")
    assert [row["i"] for row in answer["trades"]["AAPL"]] == sorted(row["i"] for row in answer["trades"]["AAPL"])


@pytest.mark.parametrize("what", ["trades", "quotes", "bars"])
@pytest.mark.parametrize("sort", ["asc", "desc"])
def test_pages_join_without_gaps(market: Market, what: str, sort: str) -> None:
    query: dict[str, Any] = {"symbols": "AAPL,MSFT", "start": NOW, "sort": sort, "timeframe": "1Min"}
    whole = market.ann.get(f"/v2/stocks/{what}", **query)
    assert whole["next_page_token"] is None
    assert {"AAPL", "MSFT"} == whole[what].keys()
    pages: dict[str, list[Any]] = {}
    token: str | None = ""
    count = 0
    while token is not None:
        page = market.ann.get(f"/v2/stocks/{what}", **query, limit=1, page_token=token)
        for symbol, rows in page[what].items():
            pages.setdefault(symbol, []).extend(rows)
        token = page["next_page_token"]
        count += 1
    assert pages == whole[what]
    assert count >= sum(len(rows) for rows in pages.values())


def test_minute_bars_leave_out_minutes_without_trades(market: Market) -> None:
    rows = market.ann.get("/v2/stocks/bars", symbols="AAPL", timeframe="1Min", start=NOW)["bars"]["AAPL"]
    assert [{name: row[name] for name in "tohlcvn"} for row in rows] == [
        {"t": NOW, "o": 190, "h": 191, "l": 190, "c": 191, "v": 3, "n": 2},
        {"t": "2026-11-25T17:01:00Z", "o": 189, "h": 189, "l": 189, "c": 189, "v": 3, "n": 1},
    ]
    assert [row["vw"] for row in rows] == [Decimal("190.666667"), 189]


def test_longer_bars_are_added_up(market: Market) -> None:
    def bar(timeframe: str, start: str = NOW) -> dict[str, Any]:
        rows = market.ann.get("/v2/stocks/AAPL/bars", timeframe=timeframe, start=start)["bars"]
        return {name: rows[-1][name] for name in "tohlc"}

    assert bar("5Min") == {"t": NOW, "o": 190, "h": 191, "l": 189, "c": 189}
    assert bar("1Hour") == {"t": NOW, "o": 190, "h": 191, "l": 189, "c": 189}
    days = market.ann.get("/v2/stocks/AAPL/bars", timeframe="1Day", start="2026-11-20")["bars"]
    assert [row["t"] for row in days] == [f"2026-11-{day}T05:00:00Z" for day in range(20, 26)]
    assert days[-1]["c"] == 189
    week = bar("1Week", "2026-11-23")
    assert (week["t"], week["c"]) == ("2026-11-23T05:00:00Z", 189)
    month = bar("1Month", "2026-11-01")
    assert (month["t"], month["c"]) == ("2026-11-01T04:00:00Z", 189)


def test_there_is_a_past_of_thirty_days(market: Market) -> None:
    rows = market.ann.get("/v2/stocks/bars", symbols="AAPL", timeframe="1Hour", start="2026-10-27", limit=10000)
    found = rows["bars"]["AAPL"]
    assert len(found) > 600
    assert all(row["l"] <= min(row["o"], row["c"]) <= max(row["o"], row["c"]) <= row["h"] for row in found)


def test_the_newest_of_each(market: Market) -> None:
    trades = market.ann.get("/v2/stocks/trades/latest", symbols="AAPL,MSFT,ZZZ")["trades"]
    assert {symbol: row["p"] for symbol, row in trades.items()} == {"AAPL": 189, "MSFT": 420}
    quote = market.ann.get("/v2/stocks/quotes/latest", symbols="AAPL")["quotes"]["AAPL"]
    assert (quote["bp"], quote["bs"], quote["ap"], quote["as"]) == (188, 2, 189, 1)
    bar = market.ann.get("/v2/stocks/bars/latest", symbols="AAPL")["bars"]["AAPL"]
    assert (bar["t"], bar["c"]) == ("2026-11-25T17:01:00Z", 189)
    one = market.ann.get("/v2/stocks/aapl/trades/latest")
    assert (one["symbol"], one["trade"]["p"]) == ("AAPL", 189)
    assert market.ann.get("/v2/stocks/ZZZ/trades/latest") == {"symbol": "ZZZ", "trade": None}


def test_quotes_are_kept_from_the_start_of_the_face(market: Market) -> None:
    rows = market.ann.get("/v2/stocks/quotes", symbols="AAPL", start=NOW)["quotes"]["AAPL"]
    assert len(rows) >= 4
    assert (rows[-1]["bp"], rows[-1]["ap"]) == (188, 189)
    assert market.ann.get("/v2/stocks/quotes", symbols="AAPL", start=NOW, end=NOW)["quotes"]["AAPL"][0]["t"] == NOW


def test_a_snapshot_has_five_parts(market: Market) -> None:
    snapshots = market.ann.get("/v2/stocks/snapshots", symbols="AAPL,ZZZ")
    assert snapshots.keys() == {"AAPL"}
    apple = snapshots["AAPL"]
    assert apple.keys() == {"latestTrade", "latestQuote", "minuteBar", "dailyBar", "prevDailyBar"}
    assert (apple["latestTrade"]["p"], apple["latestQuote"]["ap"], apple["minuteBar"]["c"]) == (189, 189, 189)
    assert apple["dailyBar"]["t"] == "2026-11-25T05:00:00Z"
    assert apple["prevDailyBar"]["t"] == "2026-11-24T05:00:00Z"
    assert market.ann.get("/v2/stocks/AAPL/snapshot") == {"symbol": "AAPL", **apple}


def test_history_ends_now_and_begins_today_unless_told(market: Market) -> None:
    today = market.ann.get("/v2/stocks/bars", symbols="AAPL", timeframe="1Hour")["bars"]["AAPL"]
    assert today[0]["t"] == "2026-11-25T05:00:00Z"
    late = market.ann.get("/v2/stocks/trades", symbols="AAPL", start="2026-12-01", end="2026-12-02")
    assert late == {"trades": {}, "next_page_token": None}
    assert at("25 17:00") == NOON

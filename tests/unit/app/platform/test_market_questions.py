"""Markets over HTTP: the live market and the lake answer as one, in exact text, and what is missing is said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from parrot.adapters.lake.files import FileLake
from parrot.app.platform.candle_history import CandleHistory
from parrot.app.platform.market_watch import MarketWatch
from parrot.app.platform.questions.markets import MarketQuestions
from parrot.centers.market_data.live import Flow, LiveMarket
from parrot.contracts.commands import Quoted
from parrot.contracts.listing import Listing
from parrot.contracts.ticks import BookLevel, BookSnapshot, TradeTick
from parrot.engine.columns import DAY, MINUTE, SECOND
from parrot.engine.ticks import Trades
from parrot.gateway.rest import create_app
from parrot.gateway.rest.schema import closed
from parrot.ports.lake import SeriesKey
from tests.unit.gateway.rest.test_application import TOKEN, Fake

BTC = "BTC/USDT"
NOON = 20_000 * DAY + 12 * 60 * MINUTE
LISTING = Listing(
    symbol=BTC, base="BTC", quote="USDT", tick=Decimal("0.01"), lot=Decimal("0.0001"), price_decimals=2,
    quantity_decimals=4, min_notional=Decimal(5), maker_fee=Decimal("0.001"), taker_fee=Decimal("0.002"),
)  # fmt: skip


class Running:
    """A platform of which only the market runs."""

    def __init__(self, lake: FileLake) -> None:
        self.market = LiveMarket([LISTING])
        self.watch = MarketWatch([LISTING])
        self.terms = SimpleNamespace(name="paper", mode="paper")
        self.now = NOON
        self.clock = SimpleNamespace(now_ns=lambda: self.now)
        self.door = MarketQuestions(self, CandleHistory(lake, "paper"))
        self.seq = 0

    def read(self, question: Any) -> Any:
        return question(self)

    def trade(self, ago: int, price: str, size: str = "1", side: int = 1) -> None:
        self.seq += 1
        amounts = {"price": int(Decimal(price) * 100), "size": int(Decimal(size) * 10**8)}
        tick = TradeTick(symbol=BTC, seq=self.seq, ts=self.now - ago, received=self.now - ago, side=side, **amounts)
        self.watch.take(Flow([tick], [], [], [], []), self.now)

    def quote(self, bid: str, ask: str) -> None:
        prices = {"bid": Decimal(bid), "ask": Decimal(ask), "last": Decimal(bid)}
        self.watch.take(Flow([], [Quoted(symbol=BTC, ts=self.now, received=self.now, **prices)], [], [], []), self.now)


def kept(lake: FileLake, *rows: tuple[int, int, int]) -> None:
    ts, price, size = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    trades = Trades(BTC, ts, price, size * 10**8, np.ones(len(ts), np.int8), 2, 8)
    lake.write(SeriesKey("paper", BTC, "trades"), trades)


@pytest.fixture
def lake(tmp_path):
    return FileLake(tmp_path / "lake")


@pytest.fixture
def running(lake):
    return Running(lake)


@pytest.fixture
def client(running, tmp_path):
    doors = replace(closed(), now=lambda: NOON, platform=Fake(), markets=running.door)
    return TestClient(
        create_app(doors),
        base_url="http://localhost",
        headers={"X-Parrot-Token": TOKEN},
        client=("127.0.0.1", 1),
    )


def candles(client, **asked) -> dict:
    answer = client.get("/api/v1/markets/candles", params={"symbol": BTC, "timeframe": "1m"} | asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_history_and_the_live_market_are_one_line_of_candles(client, running, lake) -> None:
    kept(lake, (NOON - DAY, 9_000, 1), (NOON - 3 * MINUTE, 10_000, 1), (NOON - 2 * MINUTE, 10_100, 2))
    running.trade(MINUTE + SECOND, "103.5")  # in the minute of the last one that the lake has
    running.trade(0, "102")
    found = candles(client, timeframe="1m", limit=3)
    assert [one["close"] for one in found["items"]] == ["100.00", "103.50", "102.00"]
    assert found["items"][1] == {
        "symbol": BTC, "ts": NOON - 2 * MINUTE, "open": "101.00", "high": "103.50", "low": "101.00", "close": "103.50",
        "volume": "3", "trades": 2, "closed": True,
    }  # fmt: skip
    assert found["items"][-1]["closed"] is False
    older = candles(client, timeframe="1m", limit=3, after=found["next"])
    assert [one["close"] for one in older["items"]] == ["90.00"]
    assert older["next"] is None
    assert older["missing"][0] == {"from_ns": 0, "to_ns": NOON - DAY, "why": "nothing was recorded before"}


def test_a_span_in_which_nothing_ran_is_named(client, running, lake) -> None:
    kept(lake, (NOON - 2 * 60 * MINUTE, 10_000, 1))
    running.trade(0, "101")
    gap = candles(client)["missing"][-1]
    assert (gap["from_ns"], gap["to_ns"]) == (NOON - 119 * MINUTE, NOON)
    assert "did not run" in gap["why"]


def test_the_day_of_an_earlier_process_counts_in_the_change(client, running, lake) -> None:
    kept(lake, (NOON - DAY - MINUTE, 500, 9), (NOON - 60 * MINUTE, 10_000, 1))
    running.trade(0, "98", "2")
    running.quote("98", "98.5")
    row = client.get("/api/v1/markets").json()["items"][0]
    assert (row["change"], row["change_percent"], row["high"], row["volume"]) == ("-2", "-2", "100.00", "3")
    assert (row["bid"], row["ask"], row["tick"], row["min_notional"]) == ("98", "98.5", "0.01", "5")
    assert client.get("/api/v1/markets").json()["items"][0]["volume"] == "3"


def test_indicators_are_those_of_the_engine_and_warmed_up(client, running) -> None:
    for minute in range(40):
        running.trade((39 - minute) * MINUTE, str(100 + minute))
    params = {"symbol": BTC, "timeframe": "1m", "wanted": ["sma:3", "bbands"], "limit": 5}
    found = client.get("/api/v1/markets/indicators", params=params).json()
    assert found["ts"] == [NOON - back * MINUTE for back in (4, 3, 2, 1, 0)]
    sma, bands = found["items"]
    assert sma["lines"] == [{"name": "sma", "values": [134.0, 135.0, 136.0, 137.0, 138.0]}]
    assert [line["name"] for line in bands["lines"]] == ["upper", "middle", "lower"]
    assert None not in bands["lines"][0]["values"]


@pytest.mark.parametrize(
    ("wanted", "says"),
    [("nope:3", "there is no indicator"), ("sma:2:3", "2 parameters"), ("sma:x", "no number"), ("sma:1.5", "1.5")],
)
def test_a_choice_that_cannot_be_is_refused_with_words(client, wanted, says) -> None:
    params = {"symbol": BTC, "timeframe": "1m", "wanted": wanted}
    answer = client.get("/api/v1/markets/indicators", params=params)
    assert answer.status_code == 422
    assert says in answer.json()["title"]


def test_every_known_indicator_can_be_drawn(client, running) -> None:
    for minute in range(300):
        running.trade((299 - minute) * MINUTE, str(100 + minute % 7))
    for known in client.get("/api/v1/markets/known-indicators").json()["items"]:
        params = {"symbol": BTC, "timeframe": "1m", "wanted": known["name"], "limit": 10}
        item = client.get("/api/v1/markets/indicators", params=params).json()["items"][0]
        assert [line["name"] for line in item["lines"]] == known["lines"]
        assert any(value is not None for line in item["lines"] for value in line["values"])


def test_the_book_is_told_best_first_and_the_tape_newest_first(client, running) -> None:
    levels = [BookLevel(1, 9_900, 10**8), BookLevel(1, 9_950, 5 * 10**7), BookLevel(-1, 10_000, 10**6)]
    snapshot = BookSnapshot(symbol=BTC, last=7, ts=NOON, received=NOON, levels=levels)
    running.market.take([snapshot], NOON)
    depth = client.get("/api/v1/markets/depth", params={"symbol": BTC, "levels": 1}).json()
    assert (depth["bids"], depth["asks"]) == ([["99.50", "0.5"]], [["100.00", "0.01"]])
    running.trade(SECOND, "100", side=1)
    running.trade(0, "99.5", "0.25", side=-1)
    tape = client.get("/api/v1/markets/tape", params={"symbol": BTC}).json()["items"]
    assert [(one["side"], one["price"], one["size"]) for one in tape] == [
        ("sell", "99.50", "0.25"),
        ("buy", "100.00", "1"),
    ]


@pytest.mark.parametrize("path", ["candles?timeframe=1m&", "depth?", "tape?"])
def test_an_unknown_symbol_is_not_there(client, path) -> None:
    answer = client.get(f"/api/v1/markets/{path}symbol=NO/PE")
    assert answer.status_code == 404


def test_a_timeframe_that_no_candles_have_is_refused(client) -> None:
    answer = client.get("/api/v1/markets/candles", params={"symbol": BTC, "timeframe": "7m"})
    assert answer.status_code == 422
    assert "1m, 3m" in answer.json()["expected"]

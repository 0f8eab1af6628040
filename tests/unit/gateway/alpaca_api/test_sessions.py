"""Orders around opens and closes: what waits, what trades in the auctions, what expires."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from parrot.adapters.journal.files import FileSegments
from parrot.app.exchange.stock_days import stock_days
from parrot.gateway.alpaca_api.account_stream import AccountStream
from tests.unit.gateway.alpaca_api.sample import Client, Market, at, order

NIGHT = at("25 02:00")  # 21:00 in New York


def market_at(moment: int) -> Market:
    """A market where Ann bought a share at 190, then quiet."""
    market = Market(at("24 16:00"), sessions=True)
    market.bob.order("sell", 1, 190)
    market.ann.order("buy", 1, 190)
    market.until(moment)
    return market


def status(client: Client, told: dict[str, Any]) -> tuple[str, str, str | None]:
    now = client.get(f"/v2/orders/{told['id']}")
    return now["status"], now["filled_qty"], now["filled_avg_price"]


def test_orders_that_come_at_night_wait_for_the_open() -> None:
    market = market_at(NIGHT)
    day = market.ann.order("buy", 2, 195)
    at_market = market.ann.order("buy", 1)
    for_open = market.ann.order("buy", 1, 150, time_in_force="opg")
    assert {row["status"] for row in (day, at_market, for_open)} == {"accepted"}
    assert day["expires_at"] == "2026-11-25T21:00:00Z"
    offered = market.bob.order("sell", 10, 191, time_in_force="gtc")
    market.until(at("25 14:29:59"))
    assert status(market.ann, day) == ("accepted", "0", None)
    market.until(at("25 14:30"))
    assert status(market.ann, day) == ("filled", "2", "191")
    assert status(market.ann, at_market) == ("filled", "1", "191")
    assert status(market.ann, for_open) == ("expired", "0", None)
    assert status(market.bob, offered) == ("partially_filled", "3", "191")


def test_the_opening_auction_gives_everybody_one_price() -> None:
    market = market_at(NIGHT)
    buys = [market.ann.order("buy", 1, price) for price in (196, 193, 190)]
    sells = [market.bob.order("sell", 1, price, time_in_force="opg") for price in (184, 187, 195)]
    market.until(at("25 14:30"))
    prices = {row["price"] for row in market.ann.get("/v2/account/activities", after="2026-11-25T00:00:00Z")}
    assert len(prices) == 1
    assert [status(market.ann, row)[0] for row in buys] == ["filled", "filled", "new"]
    assert [status(market.bob, row)[0] for row in sells] == ["filled", "filled", "expired"]


def test_a_book_that_is_crossed_in_a_call_is_no_quote() -> None:
    market = market_at(NIGHT)
    market.bob.order("sell", 1, 195)
    market.ann.order("buy", 1, 190)
    market.ann.order("buy", 1, 199)
    market.go(1)
    quote = market.ann.get("/v2/stocks/quotes/latest", symbols="AAPL")["quotes"]["AAPL"]
    assert (quote["bp"], quote["ap"]) == (190, 195)


def test_orders_for_the_close_trade_in_the_closing_auction() -> None:
    market = market_at(at("25 15:00"))
    buy = market.ann.order("buy", 2, time_in_force="cls")
    sell = market.bob.order("sell", 2, 189, time_in_force="cls")
    left = market.ann.order("buy", 1, 150, time_in_force="cls")
    assert (buy["status"], buy["time_in_force"]) == ("new", "cls")
    market.until(at("25 20:59:59"))
    assert status(market.ann, buy) == ("new", "0", None)
    market.until(at("25 21:00"))
    assert status(market.ann, buy)[:2] == ("filled", "2")
    assert status(market.bob, sell) == status(market.ann, buy)
    assert status(market.ann, left) == ("expired", "0", None)


def test_orders_of_the_day_expire_at_an_early_close() -> None:
    market = market_at(at("27 15:00"))
    day = market.ann.order("buy", 1, 150)
    good = market.ann.order("buy", 1, 151, time_in_force="gtc")
    assert day["expires_at"] == "2026-11-27T18:00:00Z"
    market.until(at("27 17:59:59"))
    assert status(market.ann, day)[0] == "new"
    market.until(at("27 18:00"))
    assert status(market.ann, day)[0] == "expired"
    assert market.ann.get(f"/v2/orders/{day['id']}")["expired_at"] == "2026-11-27T18:00:00Z"
    assert status(market.ann, good)[0] == "accepted"
    assert market.ann.get("/v2/account")["buying_power"] == "999659"  # a share at 190, and 151 that is bid


def test_an_order_of_a_friday_evening_lives_until_mondays_close() -> None:
    market = market_at(at("27 19:00"))
    day = market.ann.order("buy", 1, 150)
    assert day["expires_at"] == "2026-11-30T21:00:00Z"
    market.until(at("30 20:59:59"))
    assert status(market.ann, day)[0] == "new"
    market.until(at("30 21:00"))
    assert status(market.ann, day)[0] == "expired"


def test_what_cannot_wait_is_refused_at_night() -> None:
    market = market_at(NIGHT)
    for fields in (
        order("buy", 1, 190, time_in_force="ioc"),
        order("buy", 1, 190, time_in_force="fok"),
        order("buy", None, notional="50"),
    ):
        told = market.ann.refused("POST", "/v2/orders", fields)
        assert told[:2] == (422, 42210000)
        assert "during market hours only" in told[2]


def test_a_bracket_of_the_night_trades_at_the_open_and_ends_with_the_day() -> None:
    market = market_at(NIGHT)
    legs = {"take_profit": {"limit_price": "210"}, "stop_loss": {"stop_price": "170"}}
    told = market.ann.post("/v2/orders", **order("buy", 1, 195, order_class="bracket", **legs))
    assert (told["status"], [leg["status"] for leg in told["legs"]]) == ("accepted", ["held", "held"])
    oco = order("sell", 1, order_class="oco", type="limit", **legs)
    assert market.ann.refused("POST", "/v2/orders", oco)[2] == "oco orders are accepted during market hours only"
    market.bob.order("sell", 5, 191)
    market.until(at("25 14:30"))
    legs_now = market.ann.get(f"/v2/orders/{told['id']}")["legs"]
    assert [leg["status"] for leg in legs_now] == ["new", "new"]
    market.until(at("25 21:00"))
    legs_now = market.ann.get(f"/v2/orders/{told['id']}")["legs"]
    assert [leg["status"] for leg in legs_now] == ["expired", "expired"]


def test_around_the_clock_days_end_at_midnight_in_new_york() -> None:
    midnight = at("25 05:00")
    days = stock_days("open", midnight)
    market = Market(midnight - 60_000_000_000, days=days)
    assert market.ann.get("/v2/clock")["is_open"]
    day = market.ann.order("buy", 1, 150)
    good = market.ann.order("buy", 1, 151, time_in_force="gtc")
    late = market.ann.refused("POST", "/v2/orders", order("buy", time_in_force="cls"))
    assert "cls orders" in late[2]
    market.until(midnight)
    assert status(market.ann, day)[0] == "expired"
    assert status(market.ann, good)[0] == "new"
    assert market.exchange.phase("AAPL") == "continuous"
    buy = market.ann.order("buy", 1, time_in_force="cls")
    market.bob.order("sell", 1, 189, time_in_force="cls")
    market.until(at("26 05:00"))
    assert status(market.ann, buy)[0] == "filled"


def test_orders_for_the_auctions_are_refused_too_late() -> None:
    market = market_at(at("25 14:29"))
    assert "7:00pm to 9:28am" in market.ann.refused("POST", "/v2/orders", order("buy", time_in_force="opg"))[2]
    market.until(at("25 20:51"))
    assert "7:00pm to 3:50pm" in market.ann.refused("POST", "/v2/orders", order("buy", time_in_force="cls"))[2]
    assert market.ann.order("buy", 1, 150, extended_hours=True)["extended_hours"] is True


def test_the_stream_tells_of_the_close() -> None:
    market = market_at(at("25 15:00"))
    heard: list[Any] = []
    stream = AccountStream(market.face)
    stream.receive('{"action":"auth","key":"ann-key","secret":"yek-nna"}')
    stream.receive('{"action":"listen","data":{"streams":["trade_updates"]}}')
    market.exchange.listen(lambda events: heard.extend(json.loads(frame)["data"] for frame in stream.hear(events)))
    market.ann.order("buy", 1, 150)
    market.until(at("25 21:00"))
    market.ann.order("buy", 1, 150)
    assert [row["event"] for row in heard] == ["new", "expired", "accepted"]
    assert heard[1]["timestamp"] == "2026-11-25T21:00:00Z"


def test_a_close_that_a_restart_missed_still_ends_the_day(tmp_path: Path) -> None:
    before = Market(at("25 15:00"), sessions=True, segments=FileSegments(tmp_path, sync=False))
    day = before.ann.order("buy", 1, 150)
    good = before.ann.order("buy", 1, 151, time_in_force="gtc")
    before.go(400)  # the reference is refreshed on the way
    before.exchange.close()
    after = Market(at("27 15:00"), sessions=True, segments=FileSegments(tmp_path, sync=False))
    assert status(after.ann, day)[0] == "expired"
    assert status(after.ann, good)[0] == "new"
    assert after.ann.get("/v2/account")["buying_power"] == "999849"
    assert after.exchange.phase("AAPL") == "continuous"
    after.exchange.close()


def test_a_market_order_for_the_close_is_taken_before_anything_was_traded() -> None:
    market = Market(at("25 15:00"), sessions=True)
    assert market.ann.order("buy", 1, time_in_force="cls")["status"] == "new"
    assert market.ann.get("/v2/account")["buying_power"] == "999791"  # 190 and ten per cent


def test_the_crowd_trades_in_the_hours_only() -> None:
    market = Market(at("25 20:59:55"), crowd=True, sessions=True)

    def trades(since: str) -> list[int]:
        rows = market.exchange.trades("AAPL", since=at(since), limit=100_000)
        return [row.ts for row in rows]

    for _ in range(20):
        market.go(0.5)
    seen = trades("25 20:59:55")
    assert seen
    assert max(seen) <= at("25 21:00")
    market.until(at("27 14:29"))
    assert trades("25 21:00:01") == []
    market.until(at("27 14:30"))
    for _ in range(40):
        market.go(0.5)
    later = trades("27 14:30")
    assert len(later) > 5
    book = market.exchange.depth("AAPL", 1)
    assert book.bids[0][0] < book.asks[0][0]

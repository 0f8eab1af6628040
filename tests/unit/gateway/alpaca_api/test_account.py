"""The account, its settings, its positions, its fills, assets, clock and calendar."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.unit.gateway.alpaca_api.sample import Market, at


@pytest.fixture
def market() -> Market:
    return Market()


def bought(market: Market) -> None:
    """Ann has 3 shares, 2 bought at 190 and 1 at 196; the last price is 196."""
    market.bob.order("sell", 2, 190)
    market.bob.order("sell", 1, 196)
    market.ann.order("buy", 3, client_order_id="three")


def test_the_account_has_every_amount_as_text(market: Market) -> None:
    bought(market)
    market.ann.order("buy", 10, 150)
    account = market.ann.get("/v2/account")
    UUID(account["id"])
    wanted = {
        "status": "ACTIVE",
        "currency": "USD",
        "cash": "999424",
        "buying_power": "997924",
        "regt_buying_power": "997924",
        "non_marginable_buying_power": "997924",
        "equity": "1000012",
        "portfolio_value": "1000012",
        "last_equity": "1000000",
        "long_market_value": "588",
        "short_market_value": "0",
        "multiplier": "1",
        "shorting_enabled": False,
        "pattern_day_trader": False,
        "trading_blocked": False,
        "daytrade_count": 0,
    }
    assert {name: account[name] for name in wanted} == wanted
    assert account["account_number"].startswith("PA")
    assert market.bob.get("/v2/account")["id"] != account["id"]


def test_settings_are_changed_and_kept(market: Market) -> None:
    before = market.ann.get("/v2/account/configurations")
    assert (before["no_shorting"], before["max_margin_multiplier"]) == (True, "1")
    after = market.ann.good(market.ann.ask("PATCH", "/v2/account/configurations", {"suspend_trade": True}))
    assert after == {**before, "suspend_trade": True} == market.ann.get("/v2/account/configurations")
    assert market.ann.get("/v2/account")["trade_suspended_by_user"] is True
    assert market.ann.refused("POST", "/v2/orders", {})[:2] == (403, 40310000)
    assert market.ann.refused("PATCH", "/v2/account/configurations", {"no_shorting": False})[0] == 422
    assert market.ann.refused("PATCH", "/v2/account/configurations", {"suspend_trade": 1})[0] == 422
    assert market.ann.refused("PATCH", "/v2/account/configurations", {"wings": True})[0] == 422


def test_a_position_is_valued_at_the_last_price(market: Market) -> None:
    bought(market)
    market.ann.order("sell", 1, 210)
    position = market.ann.get("/v2/positions/AAPL")
    wanted = {
        "symbol": "AAPL",
        "exchange": "NASDAQ",
        "asset_class": "us_equity",
        "qty": "3",
        "qty_available": "2",
        "side": "long",
        "avg_entry_price": "192",
        "cost_basis": "576",
        "market_value": "588",
        "unrealized_pl": "12",
        "unrealized_plpc": "0.02083333",
        "unrealized_intraday_pl": "12",
        "current_price": "196",
    }
    assert {name: position[name] for name in wanted} == wanted
    assert market.ann.get(f"/v2/positions/{position['asset_id']}") == position
    assert market.ann.get("/v2/positions") == [position]
    assert market.ann.refused("GET", "/v2/positions/MSFT") == (404, 40410000, "position does not exist")


def test_a_position_is_closed_in_part_and_whole(market: Market) -> None:
    bought(market)
    market.bob.order("buy", 5, 180)
    half = market.ann.good(market.ann.ask("DELETE", "/v2/positions/AAPL", percentage="50"))
    assert (half["side"], half["qty"], half["type"], half["status"]) == ("sell", "1.5", "market", "filled")
    part = market.ann.good(market.ann.ask("DELETE", "/v2/positions/AAPL", qty="0.5"))
    assert part["filled_qty"] == "0.5"
    assert market.ann.get("/v2/positions/AAPL")["qty"] == "1"
    assert market.ann.refused("DELETE", "/v2/positions/AAPL", qty="2")[2] == (
        "insufficient qty available for order (requested: 2, available: 1)"
    )
    assert market.ann.refused("DELETE", "/v2/positions/AAPL", qty="1", percentage="1")[0] == 422
    assert market.ann.refused("DELETE", "/v2/positions/AAPL", percentage="101")[0] == 422
    market.ann.good(market.ann.ask("DELETE", "/v2/positions/AAPL"))
    assert market.ann.get("/v2/positions") == []


def test_all_positions_are_closed_after_their_orders(market: Market) -> None:
    bought(market)
    market.ann.order("sell", 3, 210)
    market.bob.order("buy", 5, 180)
    stuck = market.ann.ask("DELETE", "/v2/positions")
    assert market.ann.last.status == 207
    assert [(row["symbol"], row["status"], row["body"]["code"]) for row in stuck] == [("AAPL", 403, 40310000)]
    closed = market.ann.ask("DELETE", "/v2/positions", cancel_orders="True")
    assert [(row["symbol"], row["status"], row["body"]["filled_qty"]) for row in closed] == [("AAPL", 200, "3")]
    assert market.ann.get("/v2/orders") == []


def test_fills_are_told_as_activities(market: Market) -> None:
    bought(market)
    rows = market.ann.get("/v2/account/activities", activity_types="FILL", direction="asc")
    assert [(row["price"], row["qty"], row["cum_qty"], row["leaves_qty"], row["type"]) for row in rows] == [
        ("190", "2", "2", "1", "partial_fill"),
        ("196", "1", "3", "0", "fill"),
    ]
    order = market.ann.get("/v2/orders:by_client_order_id", client_order_id="three")
    assert {(row["order_id"], row["symbol"], row["side"], row["activity_type"]) for row in rows} == {
        (order["id"], "AAPL", "buy", "FILL")
    }
    assert rows[0]["transaction_time"] == "2026-11-25T17:00:00Z"
    newest = market.ann.get("/v2/account/activities/FILL", page_size=1)
    assert [row["id"] for row in newest] == [rows[1]["id"]]
    older = market.ann.get("/v2/account/activities/FILL", page_size=1, page_token=rows[1]["id"])
    assert [row["id"] for row in older] == [rows[0]["id"]]
    assert market.ann.get("/v2/account/activities", activity_types="DIV") == []
    assert market.ann.get("/v2/account/activities", date="2026-11-24") == []
    assert len(market.ann.get("/v2/account/activities", date="2026-11-25")) == 2
    assert market.ann.get("/v2/account/activities", after="2026-11-25T17:00:00Z") == []


def test_the_worth_of_the_account_over_time(market: Market) -> None:
    market.go(61)
    bought(market)
    market.go(120)
    found = market.ann.get("/v2/account/portfolio/history", period="1D", timeframe="1Min", start="2026-11-25T17:00:00Z")
    assert found["timeframe"] == "1Min"
    assert found["base_value"] == 1_000_000
    assert found["base_value_asof"] == "2026-11-25"
    assert [ts % 3600 for ts in found["timestamp"]] == [60, 120, 180]
    assert found["equity"] == [1_000_000, 1_000_012, 1_000_012]  # 576 paid for what is worth 588
    assert found["profit_loss"] == [0, 12, 12]
    assert [str(share) for share in found["profit_loss_pct"]] == ["0.0", "0.000012", "0.000012"]
    month = market.ann.get("/v2/account/portfolio/history")
    assert (month["timeframe"], month["equity"][-1], month["equity"][0]) == ("1D", 1_000_012, 1_000_000)
    assert month["timestamp"] == sorted(set(month["timestamp"]))
    for wrong in (
        {"period": "1Y"},
        {"timeframe": "1S"},
        {"start": "2026-12-01"},
        {"period": "999A", "timeframe": "1H"},
    ):
        assert market.ann.refused("GET", "/v2/account/portfolio/history", **wrong)[:2] == (422, 42210000)


def test_assets_are_the_stocks_of_the_exchange(market: Market) -> None:
    apple = market.ann.get("/v2/assets/AAPL")
    wanted = {
        "class": "us_equity",
        "exchange": "NASDAQ",
        "symbol": "AAPL",
        "status": "active",
        "tradable": True,
        "marginable": False,
        "shortable": False,
        "easy_to_borrow": False,
        "fractionable": True,
    }
    assert {name: apple[name] for name in wanted} == wanted
    assert market.ann.get(f"/v2/assets/{apple['id']}") == apple
    assert [row["symbol"] for row in market.ann.get("/v2/assets", status="active", asset_class="us_equity")] == [
        "AAPL",
        "MSFT",
    ]
    assert market.ann.get("/v2/assets", asset_class="crypto") == []
    assert market.ann.refused("GET", "/v2/assets/BTCUSDT") == (404, 40410000, "asset not found for BTCUSDT")


def test_clock_and_calendar(market: Market) -> None:
    assert market.ann.get("/v2/clock") == {
        "timestamp": "2026-11-25T12:00:00-05:00",
        "is_open": True,
        "next_open": "2026-11-27T09:30:00-05:00",
        "next_close": "2026-11-25T16:00:00-05:00",
    }
    rows = market.ann.get("/v2/calendar", start="2026-11-26", end="2026-11-27")
    assert [(row["date"], row["open"], row["close"]) for row in rows] == [("2026-11-27", "09:30", "13:00")]
    assert len(market.ann.get("/v2/calendar")) == 4
    market.until(at("25 21:00"))
    assert market.ann.get("/v2/clock")["is_open"] is False

"""Orders over REST, by their values, on the real exchange."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.unit.gateway.alpaca_api.sample import NOON, Market

NOTHING = None


@pytest.fixture
def market() -> Market:
    return Market()


def test_a_limit_order_that_rests_has_every_field(market: Market) -> None:
    told = market.ann.order("buy", "2", "150.25", time_in_force="gtc", client_order_id="first")
    UUID(told.pop("id"))
    UUID(told.pop("asset_id"))
    assert told == {
        "client_order_id": "first",
        "created_at": "2026-11-25T17:00:00Z",
        "updated_at": "2026-11-25T17:00:00Z",
        "submitted_at": "2026-11-25T17:00:00Z",
        "filled_at": None,
        "expired_at": None,
        "canceled_at": None,
        "failed_at": None,
        "replaced_at": None,
        "replaced_by": None,
        "replaces": None,
        "expires_at": None,
        "symbol": "AAPL",
        "asset_class": "us_equity",
        "notional": None,
        "qty": "2",
        "filled_qty": "0",
        "filled_avg_price": None,
        "order_class": "simple",
        "order_type": "limit",
        "type": "limit",
        "side": "buy",
        "position_intent": "buy_to_open",
        "time_in_force": "gtc",
        "limit_price": "150.25",
        "stop_price": None,
        "status": "new",
        "extended_hours": False,
        "legs": None,
        "trail_percent": None,
        "trail_price": None,
        "hwm": None,
        "subtag": None,
        "source": None,
    }


def test_the_same_history_gives_the_same_ids() -> None:
    ids = [Market().ann.order("buy", 1, 150)["id"] for _ in range(2)]
    assert ids[0] == ids[1]


def test_a_market_order_takes_several_prices(market: Market) -> None:
    market.bob.order("sell", 1, 190)
    market.bob.order("sell", 2, "190.5")
    market.go(1)
    told = market.ann.order("buy", 2)
    assert (told["status"], told["filled_qty"], told["filled_avg_price"]) == ("filled", "2", "190.25")
    assert told["filled_at"] == "2026-11-25T17:00:01Z"
    account = market.ann.get("/v2/account")
    assert account["cash"] == "999619.5"
    assert market.bob.get("/v2/account")["cash"] == "1000380.5"


def test_a_buy_by_amount_spends_it(market: Market) -> None:
    market.bob.order("sell", 10, 200)
    told = market.ann.order("buy", None, notional="50")
    assert (told["notional"], told["qty"], told["filled_qty"], told["status"]) == ("50", None, "0.25", "filled")
    assert market.ann.get("/v2/account")["cash"] == "999950"


def test_fractions_of_a_share_are_exact(market: Market) -> None:
    market.bob.order("sell", 10, "199.99")
    told = market.ann.order("buy", "0.123456")
    assert told["filled_qty"] == "0.123456"
    assert market.ann.get("/v2/positions/AAPL")["qty"] == "0.123456"
    assert market.ann.get("/v2/account")["cash"] == "999975.31003456"


@pytest.mark.parametrize(
    ("more", "types"),
    [
        ({"type": "stop", "stop_price": "195"}, ("stop", "195", None)),
        ({"type": "stop_limit", "stop_price": "195", "limit_price": "196"}, ("stop_limit", "195", "196")),
    ],
)
def test_a_stop_waits_and_is_triggered(market: Market, more: dict[str, str], types: tuple[str, ...]) -> None:
    market.bob.order("sell", 1, 190)
    market.ann.order("buy", 1)  # there has to be a last price
    told = market.ann.order("buy", 1, **more)
    assert (told["type"], told["stop_price"], told["limit_price"]) == types
    assert told["status"] == "new"
    market.bob.order("sell", 2, 195)
    market.bob.order("buy", "0.5", 194)
    market.ann.order("buy", 1, 195)
    market.go(1)
    assert market.ann.get(f"/v2/orders/{told['id']}")["status"] == "filled"


def test_a_trailing_stop_says_how_it_trails(market: Market) -> None:
    market.bob.order("sell", 2, 190)
    market.ann.order("buy", 2)
    percent = market.ann.order("sell", 1, type="trailing_stop", trail_percent="1.5")
    price = market.ann.order("sell", 1, type="trailing_stop", trail_price="2.5")
    assert (percent["type"], percent["trail_percent"], percent["trail_price"]) == ("trailing_stop", "1.5", None)
    assert (price["type"], price["trail_percent"], price["trail_price"]) == ("trailing_stop", None, "2.5")


def test_an_immediate_order_that_finds_nobody_is_canceled(market: Market) -> None:
    for lifetime in ("ioc", "fok"):
        told = market.ann.order("buy", 1, 150, time_in_force=lifetime)
        assert (told["status"], told["time_in_force"], told["filled_qty"]) == ("canceled", lifetime, "0")
        assert told["canceled_at"] == "2026-11-25T17:00:00Z"


def test_orders_are_found_by_id_and_by_name(market: Market) -> None:
    told = market.ann.order("buy", 1, 150, client_order_id="mine")
    assert market.ann.get(f"/v2/orders/{told['id']}") == told
    assert market.ann.get("/v2/orders:by_client_order_id", client_order_id="mine") == told
    unnamed = market.ann.order("buy", 1, 151)
    found = market.ann.get("/v2/orders:by_client_order_id", client_order_id=unnamed["client_order_id"])
    assert found["id"] == unnamed["id"]
    assert market.bob.refused("GET", f"/v2/orders/{told['id']}") == (
        404,
        40410000,
        f"order not found for {told['id']}",
    )


def test_a_name_may_have_128_characters(market: Market) -> None:
    assert market.ann.order("buy", 1, 150, client_order_id="n" * 128)["client_order_id"] == "n" * 128


def test_lists_of_orders_are_chosen_and_sorted(market: Market) -> None:
    placed = []
    for price in (150, 151, 152):
        placed.append(market.ann.order("buy", 1, price)["id"])
        market.go(1)
    market.ann.good(market.ann.ask("DELETE", f"/v2/orders/{placed[1]}"))
    ids = lambda **query: [row["id"] for row in market.ann.get("/v2/orders", **query)]  # noqa: E731  short here
    assert ids() == [placed[2], placed[0]]
    assert ids(direction="asc") == [placed[0], placed[2]]
    assert ids(status="closed") == [placed[1]]
    assert ids(status="all", limit=2) == [placed[2], placed[1]]
    assert ids(status="all", after="2026-11-25T17:00:00Z") == [placed[2], placed[1]]
    assert ids(status="all", until="2026-11-25T17:00:01Z") == [placed[0]]
    assert ids(status="all", symbols="MSFT") == []
    assert ids(status="all", symbols="MSFT,AAPL", side="buy", direction="asc") == placed
    assert ids(status="all", side="sell") == []


def test_cancelling_one_and_all(market: Market) -> None:
    first, second = (market.ann.order("buy", 1, price)["id"] for price in (150, 151))
    other = market.bob.order("buy", 1, 150)["id"]
    assert market.ann.ask("DELETE", f"/v2/orders/{first}") is None
    assert market.ann.last.status == 204
    assert market.ann.get(f"/v2/orders/{first}")["status"] == "canceled"
    assert market.ann.refused("DELETE", f"/v2/orders/{first}") == (
        422,
        42210000,
        'order is already in "canceled" state',
    )
    assert market.ann.refused("DELETE", f"/v2/orders/{other}")[0] == 404
    assert market.ann.ask("DELETE", "/v2/orders") == [{"id": second, "status": 200}]
    assert market.ann.last.status == 207
    assert market.ann.ask("DELETE", "/v2/orders") == []
    assert market.ann.get("/v2/account")["buying_power"] == "1000000"
    assert [row["id"] for row in market.bob.get("/v2/orders")] == [other]


def test_orders_of_coins_are_not_shown(market: Market) -> None:
    market.exchange.deposit("ann", "USDT", 10**12)
    assert market.exchange.now == NOON
    assert market.ann.get("/v2/orders", status="all") == []
    assert [row["symbol"] for row in market.ann.get("/v2/assets")] == ["AAPL", "MSFT"]

"""What only a real line shows: faults of the exchange, and how the adapters come through them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from parrot.adapters.venues.skeleton.venue import LiveVenue
from parrot.centers.market_data.live import LiveMarket
from parrot.contracts.commands import OrderKind
from parrot.contracts.venue import (
    Accepted,
    Filled,
    Found,
    LineBack,
    LineLost,
    NotFound,
    Rejected,
    Unanswered,
)
from parrot.kernel.errors import VenueError
from tests.ports.trading.served import MONEY, ServedRig, served
from tests.ports.trading.venues import Client

PATIENCE_S = 20.0
ORDERS = "POST /api/v3/order"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    rig = ServedRig("binance", tmp_path)
    yield Client(rig)
    served().heal()
    rig.close()


def live(client: Client) -> LiveVenue:
    assert isinstance(client.rig.venue, LiveVenue)
    return client.rig.venue


def heard(client: Client, kind: type, *, count: int = 1) -> bool:
    return sum(isinstance(report, kind) for report in client.reports) >= count


def until(client: Client, done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < end, client.reports[-5:]
        live(client).poll(time.time_ns())
        time.sleep(0.002)


def test_an_execution_that_nobody_told_of_is_found_in_the_history(client: Client) -> None:
    served().fault("lost_events", match="user*")
    served().fault("error_after", match=ORDERS, count=1)
    client.place("a")
    assert [type(report) for report in client.reports] == [Unanswered]
    served().heal()
    found = client.query("a")
    assert isinstance(found, Found)
    assert found.status == "filled"
    state = client.state()
    assert sum(trade.quantity for trade in state.trades) == client.rig.quantity
    assert [trade.client_id for trade in state.trades] == ["a"] * len(state.trades)
    assert client.filled("a") == client.rig.quantity


def test_a_lost_request_is_unknown_and_the_venue_says_that_it_never_came(client: Client) -> None:
    served().fault("drop_before", match=ORDERS, count=1)
    client.place("a", limit=client.near("-10"))
    assert heard(client, Unanswered)
    assert isinstance(client.query("a"), NotFound)


def test_a_broken_line_is_told_and_comes_back_by_itself(client: Client) -> None:
    client.place("a", limit=client.near("-10"))
    served().fault("drop_sockets", count=3)
    until(client, lambda: heard(client, LineLost) and heard(client, LineBack))
    client.place("b")
    assert client.filled("b") == client.rig.quantity
    assert [order.client_id for order in client.state().orders] == ["a"]


def test_what_was_executed_while_the_line_was_down_is_in_the_state(client: Client) -> None:
    served().fault("refused_sockets")
    served().fault("drop_sockets", count=3)
    until(client, lambda: heard(client, LineLost))
    served().fault("error_after", match=ORDERS, count=1)
    client.place("a")
    served().heal()
    until(client, lambda: heard(client, LineBack))
    assert client.state().trades[-1].client_id == "a"


def test_a_clock_that_jumps_is_measured_anew_and_the_order_goes_through(client: Client) -> None:
    before = client.state().ts
    for skew in (-30_000, 30_000):
        served().fault("clock_skew", skew_ms=skew)
        client.place(f"a{skew}")
        assert client.of(f"a{skew}", Accepted)
        served().heal()
    assert not heard(client, Rejected)
    client.place("last")
    assert client.filled("last") == client.rig.quantity
    assert abs(client.state().ts - before) < 60 * 10**9, "reports tell the local time"


def test_a_venue_that_asks_for_a_pause_gets_it_and_cancels_pass(client: Client) -> None:
    client.place("open", limit=client.near("-10"))
    served().fault("429", match=ORDERS, count=1, retry_after_s=30)
    client.place("a")
    (first,) = client.unanswered()
    assert first.retry_after == 30 * 10**9
    client.place("b")
    second = client.unanswered()[-1]
    assert (second.client_id, 20 * 10**9 < second.retry_after <= 30 * 10**9) == ("b", True)
    served().heal()
    client.cancel("open")
    assert not client.of("a", Accepted) + client.of("b", Accepted)
    until(client, lambda: any(getattr(report, "client_id", "") == "open" for report in client.reports))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"limit": "-1", "quantity": Decimal(100)}, "insufficient balance"),
        ({"limit": "500", "quantity": Decimal("0.01")}, "PERCENT_PRICE_BY_SIDE"),
        ({"limit": "-1", "quantity": Decimal("0.00001")}, "NOTIONAL"),
        ({"kind": OrderKind.STOP, "trigger": "-10"}, "trigger immediately"),
    ],
)
def test_a_refusal_says_why_in_the_venues_words(client: Client, fields: dict[str, object], words: str) -> None:
    given = {name: client.near(value) if type(value) is str else value for name, value in fields.items()}
    client.place("a", **given)
    (rejected,) = client.of("a", Rejected)
    assert words in rejected.reason
    assert isinstance(client.query("a"), NotFound)


def test_a_key_that_may_not_trade_is_refused_at_the_door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = served().account(MONEY["binance"], may_trade=False)
    monkeypatch.setattr(type(served()), "account", lambda self, money: locked)
    with pytest.raises(VenueError, match="may not trade"):
        ServedRig("binance", tmp_path)


def test_a_book_with_gaps_is_the_venues_book_again(client: Client) -> None:
    venue = live(client)
    market = LiveMarket(venue.listings())
    book = market.symbol(client.rig.symbol).book

    def flow() -> None:
        now = time.time_ns()
        for symbol in market.take(venue.poll(now), now).asks:
            venue.ask_snapshot(symbol, now)

    def followed(gaps: int) -> bool:
        flow()
        return book.valid and book.gaps >= gaps

    end = time.monotonic() + PATIENCE_S
    while not followed(0):
        assert time.monotonic() < end
        time.sleep(0.005)
    served().fault("depth_gap", match="btcusdt@depth*", count=1)
    while not followed(1):
        assert time.monotonic() < end
        time.sleep(0.005)
    bid, ask, *_ = book.ladder.touch()
    assert 0 < bid < ask


def test_state_tells_only_what_is_behind_the_number(client: Client) -> None:
    client.place("a")
    client.place("b")
    trades = [report for report in client.reports if isinstance(report, Filled)]
    state = client.state(after=trades[0].number)
    assert [trade.number for trade in state.trades] == [trade.number for trade in trades[1:]]

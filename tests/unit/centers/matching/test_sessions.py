"""The bell of a stock market: a week with a holiday and an early close, auctions at one price, orders of the day."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from parrot.centers.matching.sessions import Bell, Timetable
from parrot.engine.matching import EventKind, Exchange, Phase
from parrot.kernel.errors import ParameterError, Refused


def at(text: str) -> int:
    return int(datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC).timestamp()) * 1_000_000_000


MINUTE = 60_000_000_000
WEDNESDAY = (at("25 14:30"), at("25 21:00"))
FRIDAY = (at("27 14:30"), at("27 18:00"))  # the early close after a Thursday that is a holiday
MONDAY = (at("30 14:30"), at("30 21:00"))
DAYS = [WEDNESDAY, FRIDAY, MONDAY]


class Hall:
    """One stock on a real engine; notes the phases that it was given."""

    def __init__(self, now: int) -> None:
        self.exchange = Exchange()
        for currency in ("AAPL", "USD"):
            self.exchange.add_currency(currency)
        self.exchange.add_symbol("AAPL", "AAPL", "USD", price_decimals=2, quantity_decimals=6)
        self.exchange.set_limits("AAPL", band="0.1")
        for name in ("ann", "bob"):
            self.exchange.add_account(name)
            self.exchange.deposit(name, "USD", 1_000_000)
            self.exchange.deposit(name, "AAPL", 1_000)
        self.exchange.advance(now)
        self.exchange.set_reference("AAPL", 200)
        self.seen: list[str] = []
        self.bell = Bell(Timetable(DAYS), ["AAPL"], self)

    def phase(self, symbol: str) -> str:
        return self.exchange.phase(symbol).name.lower()

    def set_phase(self, symbol: str, phase: str) -> None:
        self.seen.append(phase)
        self.exchange.set_phase(symbol, Phase[phase.upper()])

    def set_reference(self, symbol: str) -> None:
        last = self.exchange.last(symbol)
        if last is not None:
            self.exchange.set_reference(symbol, last)

    def go(self, now: int) -> list[str]:
        """Lets time go on as the bell wants it; the phases that it rang."""
        self.seen.clear()
        while (due := self.bell.due()) is not None and due <= now:
            self.exchange.advance(due)
            self.bell.run(due)
        self.exchange.advance(now)
        return list(self.seen)

    def trades(self) -> list[tuple[Decimal, Decimal]]:
        return [
            (Decimal(int(row["price"])) / 100, Decimal(int(row["quantity"])) / 1_000_000)
            for row in self.exchange.events()
            if row["kind"] == EventKind.TRADE
        ]

    def ended(self) -> list[tuple[str, int]]:
        ends = (EventKind.EXPIRED, EventKind.CANCELLED)
        rows = [row for row in self.exchange.events() if row["kind"] in ends]
        return [(EventKind(row["kind"]).name, int(row["id"])) for row in rows]


def begun(now: int) -> Hall:
    hall = Hall(now)
    hall.bell.begin(now)
    return hall


def test_a_week_with_a_holiday_an_early_close_and_a_weekend() -> None:
    hall = begun(at("25 12:00"))
    assert hall.phase("AAPL") == "opening"
    assert hall.go(at("25 14:29:59")) == []
    assert hall.go(at("25 14:30")) == ["continuous"]
    assert hall.go(at("25 20:59:59")) == []
    assert hall.go(at("25 21:00")) == ["closing", "closed", "opening"]
    assert hall.go(at("27 14:29:59")) == []
    assert hall.go(at("27 14:30")) == ["continuous"]
    assert hall.go(at("27 18:00")) == ["closing", "closed", "opening"]
    assert hall.go(at("30 14:29:59")) == []
    assert hall.go(at("30 14:30")) == ["continuous"]


def test_the_opening_auction_gives_one_price_and_ends_orders_for_the_open() -> None:
    hall = begun(at("25 12:00"))
    place = hall.exchange.submit
    place("ann", "AAPL", "buy", 5, 203)
    place("ann", "AAPL", "buy", 5, order_type="market", tif="at_open")
    place("ann", "AAPL", "buy", 1, 150, tif="at_open", client_id=77)
    place("bob", "AAPL", "sell", 4, 198)
    place("bob", "AAPL", "sell", 4, 201)
    assert hall.trades() == []
    hall.go(at("25 14:30"))
    events = hall.exchange.events()
    assert {row["price"] for row in events if row["kind"] == EventKind.TRADE} == {20100}
    assert sum(row["quantity"] for row in events if row["kind"] == EventKind.TRADE) == 8_000_000
    assert 77 in {row["id"] for row in events if row["kind"] == EventKind.EXPIRED}


def test_the_closing_auction_gives_one_price_and_the_orders_of_the_day_expire() -> None:
    hall = begun(at("25 15:00"))
    place = hall.exchange.submit
    place("bob", "AAPL", "sell", 3, 205, tif="day", client_id=1)
    place("bob", "AAPL", "sell", 3, 206, client_id=2)
    place("ann", "AAPL", "buy", 2, order_type="market", tif="at_close", client_id=3)
    place("bob", "AAPL", "sell", 2, 204, tif="at_close", client_id=4)
    hall.exchange.events()
    hall.go(at("25 20:59"))
    assert hall.trades() == []
    hall.go(at("25 21:00"))
    events = hall.exchange.events()
    assert [(int(row["price"]), int(row["quantity"])) for row in events if row["kind"] == EventKind.TRADE] == [
        (20400, 2_000_000)
    ]
    assert [int(row["id"]) for row in events if row["kind"] == EventKind.EXPIRED] == [1]
    assert [int(row["id"]) for row in hall.exchange.orders("AAPL", "sell")] == [2]


def test_what_comes_after_the_close_waits_for_the_next_day() -> None:
    hall = begun(at("25 15:00"))
    hall.go(at("26 12:00"))
    place = hall.exchange.submit
    place("bob", "AAPL", "sell", 1, 199, tif="day")
    place("ann", "AAPL", "buy", 1, 201, tif="day")
    with pytest.raises(Refused, match="WRONG_PHASE"):
        place("ann", "AAPL", "buy", 1, order_type="market")
    hall.exchange.events()
    assert hall.go(at("27 14:29")) == []
    assert hall.trades() == []
    hall.go(at("27 14:30"))
    assert hall.trades() == [(Decimal(200), Decimal(1))]


def test_a_close_that_nobody_rang_is_made_good() -> None:
    hall = begun(at("25 15:00"))
    hall.exchange.submit("bob", "AAPL", "sell", 3, 205, tif="day", client_id=1)
    hall.exchange.events()
    late = Bell(Timetable(DAYS), ["AAPL"], hall)
    hall.exchange.advance(at("27 15:00"))
    hall.seen.clear()
    late.begin(at("27 15:00"), last=at("25 15:10"))
    assert hall.seen == ["closed", "opening", "continuous"]
    assert hall.ended() == [("EXPIRED", 1)]
    assert late.due() == at("27 15:05")


def test_the_reference_follows_the_last_price_every_five_minutes() -> None:
    hall = begun(at("25 15:00"))
    hall.exchange.submit("bob", "AAPL", "sell", 1, 210)
    hall.exchange.submit("ann", "AAPL", "buy", 1, 210)
    hall.go(at("25 15:00") + 5 * MINUTE - 1)
    assert hall.exchange.reference("AAPL") == 200
    hall.go(at("25 15:00") + 5 * MINUTE)
    assert hall.exchange.reference("AAPL") == 210


def test_days_without_gaps_are_a_market_around_the_clock() -> None:
    day = 86_400_000_000_000
    table = Timetable([(0, day), (day, 2 * day)])
    assert table.phase(day - 1) == table.phase(day) == "continuous"
    rings = table.after(0)
    assert rings == (day, ("closing", "closed", "opening", "continuous"))
    last = table.after(day)
    assert last == (2 * day, ("closing", "closed", "opening"))
    assert table.after(2 * day) is None


def test_days_that_overlap_are_refused() -> None:
    with pytest.raises(ParameterError, match="trading day"):
        Timetable([(0, 10), (9, 20)])
    with pytest.raises(ParameterError, match="trading day"):
        Timetable([(5, 5)])

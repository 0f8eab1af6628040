"""The shadow venue on a book made by hand: queues, gaps, money, restarts, and a journal that fails."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from parrot.adapters.journal.files import FileSegments
from parrot.adapters.venues.shadow import ShadowSettings, ShadowVenue
from parrot.contracts.commands import OrderKind, Side, TimeInForce
from parrot.contracts.listing import Listing
from parrot.contracts.ticks import BookChanged, BookLevel, BookSnapshot, FeedGap, QuoteTick, TradeTick
from parrot.contracts.venue import (
    Accepted,
    AskState,
    CancelFailed,
    CancelPlaced,
    Filled,
    Found,
    LineLost,
    PlaceOrder,
    QueryPlaced,
    Rejected,
    Replaced,
    ReplacePlaced,
    VenueState,
    Withdrawn,
)
from parrot.kernel.decimals import plain
from parrot.kernel.errors import InputError, ParameterError, StorageError
from parrot.ports.journal import Head

SECOND = 10**9
START = 1_750_000_000 * SECOND
LISTING = Listing(
    symbol="A/USD",
    base="A",
    quote="USD",
    tick=Decimal("0.01"),
    lot=Decimal("0.1"),
    price_decimals=2,
    quantity_decimals=1,
    min_quantity=Decimal("0.1"),
    min_notional=Decimal(5),
    maker_fee=Decimal("0.001"),
    taker_fee=Decimal("0.002"),
)
OTHER = Listing(
    symbol="B/A", base="B", quote="A", tick=Decimal("0.01"), lot=Decimal(1), price_decimals=2, quantity_decimals=0
)
UNIT = 10**8


class Place:
    """A venue on a book of 100.00 / 101.00, with its reports."""

    def __init__(
        self, folder: Path | None = None, *, listings: Any = (LISTING, OTHER), segments: Any = None, **given: Any
    ):
        self.now = START
        self.folder = folder
        given.setdefault("deposits", {"USD": Decimal(1000), "A": Decimal(5)})
        self.settings = ShadowSettings(**given)
        self.listings = listings
        self.segments = segments
        self.ids = 0
        self.begin()

    def begin(self, *, book: bool = True) -> None:
        segments = FileSegments(self.folder, sync=False) if self.folder else self.segments
        self.venue = ShadowVenue(self.listings, self.settings, segments, now=self.now)
        self.reports: list[Any] = []
        self.venue.connect(self.reports.append)
        if book:
            self.snapshot((1, 100, 10), (1, 99, 10), (-1, 101, 10), (-1, 102, 10))

    def hear(self, *messages: Any) -> None:
        self.now += SECOND // 10
        self.venue.heard(messages, self.now)

    def snapshot(self, *levels: tuple[int, float, float]) -> None:
        self.ids += 1
        self.hear(BookSnapshot(symbol="A/USD", last=self.ids, ts=self.now, received=self.now, levels=rows(levels)))

    def book(self, *levels: tuple[int, float, float]) -> None:
        self.ids += 1
        made = BookChanged(
            symbol="A/USD", first=self.ids, last=self.ids, ts=self.now, received=self.now, levels=rows(levels)
        )
        self.hear(made)

    def trade(self, price: float, size: float, side: int) -> None:
        units = (round(price * 100), round(size * UNIT))
        tick = TradeTick(
            symbol="A/USD", seq=1, ts=self.now, received=self.now, price=units[0], size=units[1], side=side
        )
        self.hear(tick)

    def place(self, name: str, side: str = "buy", quantity: str = "1", **terms: Any) -> list[Any]:
        begin = len(self.reports)
        kind = terms.pop("kind", OrderKind.LIMIT if "limit" in terms else OrderKind.MARKET)
        prices = ("limit", "trigger", "trail")
        terms = {name: Decimal(value) if name in prices else value for name, value in terms.items()}
        order = PlaceOrder(
            client_id=name, symbol=terms.pop("symbol", "A/USD"), side=Side(side), kind=kind,
            quantity=Decimal(quantity), ts=terms.pop("ts", self.now), **terms,
        )  # fmt: skip
        self.venue.send(order)
        return self.reports[begin:]

    def ask(self, request: Any) -> Any:
        begin = len(self.reports)
        self.venue.send(request)
        return self.reports[begin]

    def state(self) -> VenueState:
        found = self.ask(AskState(ts=self.now))
        assert isinstance(found, VenueState)
        return found

    def fills(self, name: str) -> list[tuple[str, str, bool]]:
        return [
            (plain(one.quantity), str(one.price), one.maker)
            for one in self.reports
            if isinstance(one, Filled) and one.client_id == name
        ]

    def restart(self, **given: Any) -> None:
        self.venue.close()
        self.now += SECOND
        self.begin(**given)


def rows(levels: Any) -> list[BookLevel]:
    return [BookLevel(side, round(price * 100), round(size * UNIT)) for side, price, size in levels]


def kinds(reports: list[Any]) -> list[type]:
    return [type(one) for one in reports]


def test_a_taker_walks_the_book_and_what_it_took_is_gone_until_the_level_is_said_anew() -> None:
    place = Place(deposits={"USD": Decimal(10_000)})
    place.place("a", quantity="12", limit="102")
    place.place("b", quantity="9", limit="102", tif=TimeInForce.IOC)
    assert place.fills("a") == [("10", "101.00", False), ("2", "102.00", False)]
    assert place.fills("b") == [("8", "102.00", False)]
    place.book((-1, 101, 3))
    place.place("c", quantity="5", limit="101", tif=TimeInForce.IOC)
    assert place.fills("c") == [("3", "101.00", False)]


def test_a_resting_order_waits_until_those_before_it_were_served() -> None:
    place = Place()
    assert kinds(place.place("a", limit="100")) == [Accepted]
    place.trade(100, 10, -1)
    assert place.fills("a") == []
    place.trade(100, 0.5, -1)
    place.trade(99.5, 4, -1)
    assert place.fills("a") == [("0.5", "100.00", True), ("0.5", "100.00", True)]
    fill = next(one for one in place.reports if isinstance(one, Filled))
    assert (fill.fee, fill.fee_currency) == (Decimal("0.0005"), "A")


def test_while_the_book_has_a_gap_nothing_is_taken_on_and_nothing_filled() -> None:
    place = Place()
    place.place("a", limit="100")
    place.hear(FeedGap(symbol="A/USD", kind="book", first=5, last=6, ts=place.now))
    (refused,) = place.place("b")
    assert isinstance(refused, Rejected)
    assert "not known" in refused.reason
    place.trade(90, 100, -1)
    assert place.fills("a") == []
    assert isinstance(place.ask(CancelPlaced(client_id="none", symbol="A/USD", ts=place.now)), CancelFailed)
    place.snapshot((1, 100, 10), (-1, 101, 10))
    place.trade(99, 100, -1)
    assert place.fills("a") == [("1", "100.00", True)]


def test_a_level_that_cannot_be_is_as_good_as_a_gap() -> None:
    place = Place()
    place.book((1, 99.5, -1))
    assert kinds(place.place("a", limit="100")) == [Rejected]
    place.snapshot((1, 100, 10), (-1, 101, 10))
    assert kinds(place.place("a", limit="100")) == [Accepted]


def test_before_its_first_book_a_market_is_not_known() -> None:
    place = Place()
    place.restart(book=False)
    assert kinds(place.place("a", limit="100")) == [Rejected]
    assert kinds(place.place("b", symbol="B/A", limit="1")) == [Rejected]


@pytest.mark.parametrize(
    "terms",
    [
        {"quantity": "9.9", "limit": "102"},  # 1009.80
        {"quantity": "9.5"},  # up to 106.05 each
        {"side": "sell", "quantity": "5.1", "limit": "100"},
        {"quantity": "9.6", "kind": OrderKind.STOP, "trigger": "100.5"},
    ],
)
def test_what_could_cost_more_than_is_free_is_not_taken(terms: dict[str, Any]) -> None:
    place = Place()
    (refused,) = place.place("a", **terms)
    assert isinstance(refused, Rejected)
    assert "insufficient balance" in refused.reason


def test_open_orders_hold_money_and_give_it_free() -> None:
    place = Place()
    place.place("a", quantity="9", limit="100")
    assert kinds(place.place("b", quantity="2", limit="99")) == [Rejected]
    place.ask(CancelPlaced(client_id="a", symbol="A/USD", ts=place.now))
    assert kinds(place.place("c", quantity="2", limit="99")) == [Accepted]
    assert place.state().balances["USD"] == 1000


def test_a_market_order_reaches_five_percent_and_the_rest_expires() -> None:
    place = Place(deposits={"USD": Decimal(10_000)})
    place.snapshot((1, 100, 10), (-1, 101, 1), (-1, 106.05, 1), (-1, 106.06, 10))
    *_, gone = place.place("a", quantity="5")
    assert place.fills("a") == [("1", "101.00", False), ("1", "106.05", False)]
    assert isinstance(gone, Withdrawn)
    assert (gone.filled, gone.expired) == (2, True)


def test_money_is_exact_to_the_last_digit() -> None:
    place = Place(deposits={"USD": Decimal(1000)})
    place.place("a", quantity="3.3")
    place.place("b", "sell", quantity="3.2")
    balances = place.state().balances
    assert balances["A"] == Decimal("3.3") - Decimal("0.0066") - Decimal("3.2")
    assert balances["USD"] == 1000 - Decimal("3.3") * 101 + Decimal(320) - Decimal("0.64")
    assert kinds(place.place("c", "sell", quantity="0.1")) == [Rejected], "the fee was taken from what it received"


def test_a_stop_is_resized_in_place_and_waits_for_its_trigger() -> None:
    place = Place()
    place.place("s", "sell", quantity="3", kind=OrderKind.STOP, trigger="99.5")
    told = place.ask(ReplacePlaced(client_id="s", symbol="A/USD", quantity=Decimal(2), ts=place.now))
    assert isinstance(told, Replaced)
    assert place.state().orders[0].quantity == 2
    place.book((1, 100, 0))
    assert place.fills("s") == [("2", "99.00", False)]


@pytest.mark.parametrize(
    "change",
    [{"quantity": Decimal("0.05")}, {"quantity": Decimal(20)}, {"quantity": Decimal(1), "limit": Decimal("99.999")}],
)
def test_a_change_that_cannot_be_leaves_the_order(change: dict[str, Any]) -> None:
    place = Place()
    place.place("a", limit="99")
    assert isinstance(place.ask(ReplacePlaced(client_id="a", symbol="A/USD", ts=place.now, **change)), CancelFailed)
    assert place.state().orders[0].quantity == 1
    trailing = place.place("t", "sell", kind=OrderKind.TRAILING, trail="1")
    assert kinds(trailing) == [Accepted]
    asked = ReplacePlaced(client_id="t", symbol="A/USD", quantity=Decimal(1), ts=place.now)
    assert isinstance(place.ask(asked), CancelFailed)


def test_after_a_restart_an_order_stands_at_the_back_and_the_account_is_the_same(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.place("a", limit="100", quantity="2")
    place.trade(100, 11, -1)
    place.place("m", "sell")
    before = place.state()
    assert place.fills("a") == [("1", "100.00", True)]
    place.restart()
    after = place.state()
    assert (after.orders, after.trades, after.balances) == (before.orders, before.trades, before.balances)
    place.trade(100, 10, -1)
    assert place.fills("a") == []
    place.trade(100, 5, -1)
    assert place.fills("a") == [("1", "100.00", True)]
    assert [fill.number for fill in place.state().trades] == [1, 2, 3]
    place.restart()
    found = place.ask(QueryPlaced(client_id="a", symbol="A/USD", ts=place.now))
    assert isinstance(found, Found)
    assert (found.status, found.filled) == ("filled", 2)
    reduce = place.place("r", "sell", quantity="3", reduce_only=True)
    assert sum(one.quantity for one in reduce if isinstance(one, Filled)) == 1, "two were bought and one was sold"


def test_the_journal_is_bounded_and_restarts_from_any_segment(tmp_path: Path) -> None:
    place = Place(tmp_path, segment_bytes=4096, orders_kept=20, trades_kept=20, deposits={"USD": Decimal(10**6)})
    for number in range(120):
        place.place(f"a{number}", limit="90")
        place.ask(CancelPlaced(client_id=f"a{number}", symbol="A/USD", ts=place.now))
    assert len(list(tmp_path.glob("*.journal"))) <= 3
    place.place("last", limit="91")
    place.restart()
    assert [order.client_id for order in place.state().orders] == ["last"]


def test_symbols_that_the_account_holds_cannot_be_left_out(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.place("a", limit="99")
    place.listings = (OTHER,)
    place.settings = ShadowSettings(deposits={})
    with pytest.raises(InputError, match="holds A/USD"):
        place.restart(book=False)


@pytest.mark.parametrize(
    "given", [{"deposits": {"EUR": Decimal(1)}}, {"deposits": {"USD": Decimal(-1)}}, {"latency": -1}]
)
def test_settings_that_cannot_be_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises((InputError, ParameterError)):
        Place(**given)


class _Failing:
    """Segments whose journal takes three batches, then no more."""

    def __init__(self) -> None:
        self.left = 3

    def numbers(self) -> list[int]:
        return []

    def open(self, number: int) -> Any:
        return self

    def drop(self, number: int) -> None: ...

    def head(self) -> Head:
        return Head(0, b"")

    def append(self, bodies: Any) -> Head:
        if not self.left:
            raise StorageError("the disk is full")
        self.left -= 1
        return Head(1, b"")

    def close(self) -> None: ...


def test_what_could_not_be_written_down_is_not_told() -> None:
    place = Place(segments=_Failing())
    assert kinds(place.place("a", limit="99")) == [Accepted]
    assert kinds(place.place("b", limit="99")) == [Accepted]
    assert kinds(place.place("c", limit="99")) == [LineLost]
    assert kinds(place.place("d", limit="99")) == [LineLost]
    place.trade(90, 100, -1)
    assert not place.fills("a")


def test_requests_and_reports_take_their_time() -> None:
    place = Place(latency=150_000_000)
    assert place.place("a", limit="101") == []
    place.book((-1, 101, 0))
    assert place.reports == []
    place.hear()
    place.hear()
    assert kinds(place.reports) == [Accepted], "when it arrived the level was gone"
    assert place.reports[0].ts == place.now - SECOND // 10 * 3 + 150_000_000


def test_without_books_quotes_are_the_market() -> None:
    place = Place(books=False)
    place.hear(
        QuoteTick(
            symbol="A/USD",
            seq=1,
            ts=place.now,
            received=place.now,
            bid=10_000,
            ask=10_100,
            bid_size=UNIT,
            ask_size=UNIT,
        )
    )
    *_, gone = place.place("a", quantity="2")
    assert place.fills("a") == [("1", "101.00", False)]
    assert isinstance(gone, Withdrawn)

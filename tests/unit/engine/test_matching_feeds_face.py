"""The feeds as Python sees them: books rebuilt from them are the exchange's own."""

from __future__ import annotations

import numpy as np
import pytest

from parrot.engine.matching import Change, CommandKind, Exchange, Feeds, Published, Refused, Side, Status, commands
from parrot.kernel.errors import DataError, ParameterError
from tests.unit.engine.opened import PAIR, open_exchange

NUMBER = 0
Levels = dict[tuple[int, int], int]


def watched() -> tuple[Exchange, Feeds]:
    """An exchange whose books are empty, and feeds that begin with its next event."""
    exchange = open_exchange()
    exchange.deposit("ann", "USD", 1)
    return exchange, Feeds(first=int(exchange.events()["seq"][-1]) + 1)


def some_orders(seed: int, count: int) -> np.ndarray:
    """Limit orders of both owners around one price, some of them icebergs."""
    chance = np.random.default_rng(seed)
    batch = commands(count)
    batch["kind"] = CommandKind.ORDER
    batch["owner"], batch["side"] = chance.integers(0, 2, (2, count))
    batch["price"] = chance.integers(99_90, 100_10, count)
    batch["quantity"] = chance.integers(2, 90, count)
    batch["display"] = np.where(chance.integers(0, 4, count) == 0, 1, 0)
    return batch


def change_levels(levels: Levels, published: Published) -> None:
    for row in published.depth:
        key = (int(row["side"]), int(row["price"]))
        levels.pop(key, None)
        if row["size"]:
            levels[key] = int(row["size"])


def change_orders(book: dict[int, tuple[int, int, int]], published: Published) -> None:
    for row in published.orders:
        if row["change"] == Change.ADD:
            book.pop(int(row["handle"]), None)  # the next slice of an iceberg stands behind the others
        if row["change"] == Change.REMOVE:
            del book[int(row["handle"])]
        else:
            book[int(row["handle"])] = (int(row["side"]), int(row["price"]), int(row["size"]))


def test_levels_and_orders_are_rebuilt() -> None:
    exchange, feeds = watched()
    levels: Levels = {}
    book: dict[int, tuple[int, int, int]] = {}
    last = 0
    for batch in np.split(some_orders(5, 600), 30):
        handles = exchange.execute(batch)
        for handle in handles[::3]:
            if exchange.core.order_of(max(int(handle), 0)):
                exchange.cancel(int(handle))
        published = feeds.publish(exchange.events())
        assert (published.depth["first"] == last + 1).all()
        last = int(published.depth["last"][0])
        change_levels(levels, published)
        change_orders(book, published)
        for side in (Side.BUY, Side.SELL):
            own = {price: size for (at, price), size in levels.items() if at == side}
            assert own == {price: size for price, size, _ in exchange.levels(PAIR, side).tolist()}
            queue = [(handle, size) for handle, (at, _, size) in book.items() if at == side]
            assert sorted(queue) == sorted(
                (int(order["handle"]), int(order["visible"])) for order in exchange.orders(PAIR, side)
            )
    assert len(levels) > 10
    shown = {(int(row["side"]), int(row["price"])): int(row["size"]) for row in feeds.depth(NUMBER)}
    assert shown == levels


def test_trades_and_reports_are_told() -> None:
    exchange, feeds = watched()
    handle = exchange.submit("ann", PAIR, "sell", 1, 100, client_id=4)
    exchange.submit("bob", PAIR, "buy", "0.25", 100, client_id=5)
    published = feeds.publish(exchange.events())
    [trade] = published.trades
    assert (trade["number"], trade["price"], trade["quantity"], trade["aggressor"]) == (1, 100_00, 2_500, Side.BUY)
    filled = [report for report in published.reports if report["filled"]]
    assert {(int(r["owner"]), int(r["id"]), int(r["maker"])) for r in filled if r["fee"]} == {(0, 4, 1), (1, 5, 0)}
    maker = next(report for report in filled if report["owner"] == 0)
    assert (maker["handle"], maker["status"], maker["filled"]) == (handle, Status.PARTIALLY_FILLED, 2_500)
    [top] = published.tops
    assert top[["bid", "bid_size", "ask", "ask_size"]].tolist() == (0, 0, 100_00, 7_500)


def test_what_is_no_batch_of_events_is_refused() -> None:
    feeds = Feeds()
    with pytest.raises(ParameterError, match="dtype EVENT"):
        feeds.publish(commands(2))
    with pytest.raises(ParameterError, match="number of a symbol"):
        feeds.depth("BTC")
    assert len(feeds.depth(7)) == 0
    assert [len(part) for part in feeds.publish(Exchange().events())] == [0] * 5


def test_events_left_out_or_told_again_are_refused() -> None:
    exchange, feeds = watched()
    exchange.submit("ann", PAIR, "sell", 1, 100)
    one = exchange.events()
    exchange.submit("ann", PAIR, "sell", 1, 101)
    two = exchange.events()
    due = int(one["seq"][0])
    with pytest.raises(DataError, match=f"event {due + len(one)} comes too early; expected: event {due},"):
        feeds.publish(two)
    feeds.publish(one)
    with pytest.raises(DataError, match=f"event {due} comes again; expected: event {due + len(one)},"):
        feeds.publish(one)
    with pytest.raises(DataError, match="comes again"):
        feeds.publish(np.concatenate([two, two]))
    assert len(feeds.publish(two[:0]).depth) == 0
    feeds.publish(two)
    assert feeds.depth(NUMBER)["price"].tolist() == [100_00, 101_00]
    with pytest.raises(DataError, match=r"expected: event 1,.*begin with its first event"):
        Feeds().publish(two)
    for wrong in (0, -1, True, None, "1"):
        with pytest.raises(ParameterError, match="first is"):
            Feeds(first=wrong)


def test_a_refusal_between_events_is_no_gap() -> None:
    exchange, feeds = watched()
    with pytest.raises(Refused):
        exchange.submit("ann", PAIR, "buy", "90000", "999999")
    exchange.submit("ann", PAIR, "buy", "1", "50")
    assert len(feeds.publish(exchange.events()).depth) == 1


def test_feeds_go_on_with_an_exchange_that_was_restored() -> None:
    exchange, feeds = watched()
    exchange.submit("ann", PAIR, "buy", "2", "50")
    feeds.publish(exchange.events())
    again = type(exchange).restore(exchange.snapshot())
    later = Feeds.of(again)
    assert later.depth(0)[["price", "size", "side"]].tolist() == feeds.depth(0)[["price", "size", "side"]].tolist()
    again.submit("ann", PAIR, "buy", "1", "49")
    published = later.publish(again.events())
    assert len(published.depth) == 1
    assert [list(level) for level in later.depth(0)[["price", "size"]].tolist()] == again.levels(PAIR, "buy")[
        :, :2
    ].tolist()

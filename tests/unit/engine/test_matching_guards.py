"""What people hand over by mistake is refused before anything runs."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from parrot.engine.matching import CommandKind, Exchange, Order, Refused, commands, replay
from parrot.kernel.errors import ParameterError
from tests.end_to_end.command import parrot as command
from tests.unit.engine.opened import PAIR, open_exchange, open_in


@pytest.fixture
def exchange() -> Exchange:
    return open_exchange()


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        (CommandKind.ADD_CURRENCY, "add_currency"),
        (CommandKind.ADD_SYMBOL, "add_symbol"),
        (CommandKind.ADD_OWNER, "add_account"),
    ],
)
def test_records_cannot_add_what_has_a_name(tmp_path: Path, kind: CommandKind, method: str) -> None:
    exchange = open_in(tmp_path)
    state = exchange.hash()
    batch = commands(3)
    batch["kind"] = CommandKind.DEPOSIT
    batch["quantity"] = 1
    batch["kind"][1] = kind
    batch["owner"][1] = 2
    with pytest.raises(ParameterError, match=rf"row 1 is {kind.name}.*{method}\("):
        exchange.execute(batch)
    assert exchange.hash() == state, "nothing of the batch ran"
    exchange.leave()
    assert Exchange(tmp_path).hash() == state


def test_an_order_of_another_exchange_is_refused(exchange: Exchange) -> None:
    other = open_exchange()
    own, foreign = exchange.order("ann", PAIR, "buy", 1, 100), other.order("ann", PAIR, "buy", 1, 100)
    for orders in ([own, foreign], [own, foreign._replace(price=99)]):
        with pytest.raises(ParameterError, match=r"orders\[1\] was made by another exchange"):
            exchange.submit_many(orders)
    with pytest.raises(ParameterError, match="another exchange"):
        exchange.submit_list("OCO", [own, foreign])
    assert exchange.book(PAIR).bids == ()
    by_hand = Order(symbol=0, owner=1, side=0, price=100_00, quantity=1)
    sent = exchange.submit_many([own, own._replace(id=77), by_hand, pickle.loads(pickle.dumps(own))])
    assert (sent > 0).all()
    assert repr(own).startswith("Order(symbol=0, ")


def test_orders_that_are_none_are_refused(exchange: Exchange) -> None:
    sent = exchange.submit_many([])
    assert sent.tolist() == []
    assert sent.dtype == np.int64
    order = exchange.order("ann", PAIR, "buy", 1, 100)
    for wrong in (None, 7, "ab", [None], [tuple(order)], order, [order._replace(price=1 << 70)]):
        with pytest.raises(ParameterError, match="order"):
            exchange.submit_many(wrong)
        with pytest.raises(ParameterError, match="order"):
            exchange.submit_list("OCO", wrong)
    with pytest.raises(ParameterError, match=r"the quantity of an order"):
        exchange.submit_many([order._replace(quantity="x")])


def test_events_that_are_none_are_refused(exchange: Exchange) -> None:
    for wrong in ("x", 7, [1], commands(1), np.zeros(2)):
        for reads in (exchange.rows, exchange.events_frame, lambda events: exchange.reports("ann", events)):
            with pytest.raises(ParameterError, match="dtype EVENT"):
                reads(wrong)
    with pytest.raises(ParameterError, match="events are None"):
        exchange.reports("ann", None)


def test_counts_and_depths_are_whole_numbers(exchange: Exchange) -> None:
    for wrong in (-1, 1.5, True, None, "2"):
        with pytest.raises(ParameterError, match="count is"):
            commands(wrong)
    assert len(commands(np.int64(2))) == 2
    exchange.submit("ann", PAIR, "buy", 1, 100)
    for wrong in (0, -1, 1.5, True, "2"):
        with pytest.raises(ParameterError, match="depth is"):
            exchange.book(PAIR, wrong)
    assert exchange.book(PAIR, np.int64(1)) == exchange.book(PAIR)


def test_snapshots_may_be_any_bytes(exchange: Exchange) -> None:
    data = exchange.snapshot()
    for same in (bytearray(data), memoryview(data)):
        assert Exchange.restore(same).hash() == exchange.hash()
    for wrong in (None, "text", 5, [1]):
        with pytest.raises(ParameterError, match="a snapshot is"):
            Exchange.restore(wrong)


def test_an_amend_to_nothing_is_refused(exchange: Exchange) -> None:
    handle = exchange.submit("ann", PAIR, "buy", 1, 100)
    for wrong in ({"price": 0}, {"quantity": 0}, {"quantity": "0.0"}, {"trigger": 0}):
        with pytest.raises(ParameterError, match="or None to leave it"):
            exchange.amend(handle, **wrong)
    exchange.amend(handle, quantity=2)
    for odd in ("1", 1.0, None, True):
        with pytest.raises(ParameterError, match="handle is"):
            exchange.cancel(odd)
    exchange.cancel(handle)


def test_truth_is_no_number(exchange: Exchange) -> None:
    for wrong in ({"quantity": True}, {"price": True}, {"side": True}, {"side": False}, {"price": np.True_}):
        with pytest.raises(ParameterError, match=r"is (True|False)"):
            exchange.submit(**{"account": "ann", "symbol": PAIR, "side": "buy", "quantity": 1, "price": 100} | wrong)
    exchange.set_limits(PAIR, band="0.05", band_halts=True)


def test_moments_and_limits_have_their_range(exchange: Exchange, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="2262"):
        exchange.advance(datetime(2300, 1, 1, tzinfo=UTC))
    with pytest.raises(ParameterError, match="2262"):
        exchange.submit("ann", PAIR, "buy", 1, 100, expiry=datetime(9999, 1, 1, tzinfo=UTC))
    with pytest.raises(ParameterError, match="limit is"):
        replay(tmp_path / "none.bin", 10**30)
    told = command("matching", "replay", "none.bin", "--limit", str(10**30), cwd=tmp_path)
    assert told.returncode == 2
    assert "Traceback" not in told.stderr


def test_names_are_text_that_can_be_read(exchange: Exchange) -> None:
    for wrong in ("", "  ", "a\nb", "\x00", None, 5, b"cay"):
        with pytest.raises(ParameterError, match="an account cannot be named"):
            exchange.add_account(wrong)
        with pytest.raises(ParameterError, match="a currency cannot be named"):
            exchange.add_currency(wrong)
        with pytest.raises(ParameterError, match="a symbol cannot be named"):
            exchange.add_symbol(wrong, "BTC", "USD")
    assert exchange.add_account("Zoë 株").number == 2


def test_the_lowest_is_not_above_the_highest(exchange: Exchange) -> None:
    state = exchange.hash()
    for low, high in (("min_price", "max_price"), ("min_quantity", "max_quantity"), ("min_notional", "max_notional")):
        with pytest.raises(ParameterError, match=f"{low} is 5 and {high} is 4; expected: {low} at most {high}"):
            exchange.set_limits(PAIR, **{low: 5, high: 4})
    with pytest.raises(ParameterError, match="buy_down at most buy_up"):
        exchange.add_symbol("X", "BTC", "USD", buy_down="1.2", buy_up="1.1")
    assert exchange.hash() == state
    exchange.set_limits(PAIR, min_price=5, max_price=0)


def test_names_are_found_and_shown(exchange: Exchange) -> None:
    assert PAIR in exchange.symbols
    assert exchange.symbols[PAIR] in exchange.symbols
    assert "ETH/USD" not in exchange.symbols
    assert None not in exchange.symbols
    assert repr(exchange.symbols) == "<symbol: BTC/USD>"
    assert repr(exchange) == "<Exchange: 2 currencies, 1 symbols, 2 accounts>"


def test_a_trigger_without_a_price_to_go_by_says_what_to_call(exchange: Exchange) -> None:
    with pytest.raises(Refused, match=r"fix: set_reference\("):
        exchange.submit("ann", PAIR, "sell", 1, trail=1)


def test_a_balance_that_is_not_enough_is_told(exchange: Exchange) -> None:
    exchange.submit("ann", PAIR, "sell", 4, 70_000)
    tries = [
        (lambda: exchange.submit("ann", PAIR, "sell", 7, 70_000), r"not enough is free, only 6.00000000 BTC \("),
        (lambda: exchange.submit("ann", PAIR, "buy", 20, 60_000), r"not enough is free, only 1000000.000000 USD \("),
        (lambda: exchange.withdraw("bob", "BTC", 11), r"not enough is free, only 10.00000000 BTC \("),
    ]
    for attempt, told in tries:
        with pytest.raises(Refused, match=told) as refused:
            attempt()
        assert refused.value.reason == "INSUFFICIENT_BALANCE"

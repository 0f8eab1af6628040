"""The public exchange: accounts, orders, and what listeners hear of them."""

from __future__ import annotations

import pytest

from parrot.contracts.exchange import (
    SCALE,
    BalancesChanged,
    DepthChanged,
    Kind,
    Lifetime,
    ListForm,
    NewOrderList,
    OrderChanged,
    TopChanged,
    Traded,
    Why,
)
from parrot.kernel.errors import Refused
from tests.unit.centers.matching.public import SECOND, Public, order, scaled

ONE = 1_000_000 * SCALE


@pytest.fixture
def quiet() -> Public:
    """Nobody trades but ann and bob."""
    return Public(crowd=False)


def test_an_order_that_rests_locks_what_it_needs_and_gives_it_back(quiet: Public) -> None:
    state = quiet.send(limit=50_000)
    assert quiet.changes() == [("new", "new")]
    (balances,) = quiet.told(BalancesChanged)
    assert [(held.asset, held.free, held.locked) for held in balances.held] == [
        ("USDT", ONE - 500 * SCALE, 500 * SCALE)
    ]
    gone = quiet.exchange.cancel("ann", state.order_id, "bye")
    assert gone.stage == "canceled"
    assert quiet.told(OrderChanged)[-1].request_id == "bye"
    assert quiet.balance("ann", "USDT") == (ONE, 0)
    assert not quiet.exchange.open_orders("ann")


def test_a_fill_is_told_to_both_with_the_number_of_the_public_trade(quiet: Public) -> None:
    maker = quiet.send("ann", "sell", 0.03, limit=60_000)
    taker = quiet.send("bob", "buy", 0.02, limit=60_100)
    assert quiet.changes() == [("new", "new"), ("trade", "partially_filled"), ("trade", "filled")]
    (mine,), (yours,) = quiet.exchange.executions("ann"), taker.executions
    assert (mine.maker, yours.maker) == (True, False)
    assert mine.trade_id == yours.trade_id == 1
    assert (yours.fee, yours.fee_asset) == (scaled(0.00002), "BTC")
    assert (mine.fee, mine.fee_asset) == (scaled(1.2), "USDT")
    assert quiet.exchange.order("ann", maker.order_id).quote_filled == 1200 * SCALE
    (trade,) = quiet.exchange.trades("BTCUSDT")
    assert (trade.id, trade.buyer_order, trade.seller_order) == (1, taker.order_id, maker.order_id)
    assert not trade.buyer_is_maker
    assert quiet.exchange.cost("bob", "BTCUSDT") == (scaled(0.02), 60_000 * SCALE)


def test_market_orders_by_amount_are_filled_with_their_last_trade(quiet: Public) -> None:
    quiet.send("ann", "sell", 0.01, limit=60_000)
    quiet.send("ann", "sell", 0.01, limit=61_000)
    state = quiet.send("bob", quote_quantity=1000)
    assert quiet.changes()[-1] == ("trade", "filled")
    assert state.stage == "filled"
    assert state.quantity == state.filled == scaled(0.01655)
    assert state.quote_filled <= 1000 * SCALE


@pytest.mark.parametrize(("lifetime", "expiry", "filled"), [("ioc", "ioc", 0.01), ("fok", "fok", 0)])
def test_immediate_orders_leave_nothing(quiet: Public, lifetime: str, expiry: str, filled: float) -> None:
    quiet.send("ann", "sell", 0.01, limit=60_000)
    state = quiet.send("bob", "buy", 0.02, limit=60_000, lifetime=Lifetime(lifetime))
    assert (state.stage, state.expiry, state.filled) == ("expired", expiry, scaled(filled))
    assert quiet.changes()[-1] == ("expired", "expired")


def test_a_stop_waits_and_becomes_a_market_order(quiet: Public) -> None:
    quiet.send("ann", "sell", 0.02, limit=60_000)
    quiet.send("bob", "buy", 0.01, limit=60_000)
    stop = quiet.send("bob", "buy", 0.01, kind=Kind.STOP, trigger=60_500)
    assert stop.working_since == 0
    quiet.send("ann", "sell", 0.02, limit=60_500)
    quiet.send("bob", "buy", 0.02, limit=60_500)
    assert ("triggered", "new") in quiet.changes()
    assert quiet.exchange.order("bob", stop.order_id).stage == "filled"


REFUSED = [
    (Why.SYMBOL, {"symbol": "NONE", "limit": 1}),
    (Why.PRICE_FILTER, {"limit": 60_000.001}),
    (Why.LOT_SIZE, {"limit": 60_000, "quantity": 0.000001}),
    (Why.LOT_SIZE, {"limit": 60_000, "quantity": 9001}),
    (Why.MARKET_LOT_SIZE, {"quantity": 8999}),
    (Why.NOTIONAL, {"limit": 60_000, "quantity": 0.00001}),
    (Why.PERCENT_PRICE, {"limit": 10_000}),
    (Why.ICEBERG_PARTS, {"limit": 60_000, "quantity": 1, "display": 0.00901}),
    (Why.TRAILING_DELTA, {"kind": Kind.STOP, "trail_bips": 5}),
    (Why.WOULD_TAKE, {"limit": 60_100, "post_only": True}),
    (Why.WOULD_TRIGGER, {"kind": Kind.STOP, "trigger": 59_000}),
    (Why.BALANCE, {"limit": 60_000, "quantity": 100}),
    (Why.COMBINATION, {"limit": 60_000, "kind": Kind.MARKET}),
]


@pytest.mark.parametrize(("why", "fields"), REFUSED)
def test_what_may_not_be_is_refused_and_nothing_has_changed(quiet: Public, why: Why, fields: dict[str, object]) -> None:
    quiet.send("ann", "sell", 1, limit=60_000)
    quiet.send("bob", "buy", 0.01, limit=60_000)
    was = quiet.exchange._floor.exchange.hash()
    with pytest.raises(Refused) as refused:
        quiet.send("bob", **fields)
    assert refused.value.reason == why
    assert quiet.exchange._floor.exchange.hash() == was
    assert not quiet.heard


def test_an_amendment_takes_no_name_of_another_open_order(quiet: Public) -> None:
    quiet.send(limit=50_000, client_id="mine")
    other = quiet.send(quantity=0.02, limit=50_000, client_id="other")
    with pytest.raises(Refused) as refused:
        quiet.exchange.amend("ann", other.order_id, quantity=scaled(0.01), request_id="mine")
    assert refused.value.reason == Why.DUPLICATE_ID
    kept = quiet.exchange.order_named("ann", "other")
    assert (kept.quantity, kept.amends) == (scaled(0.02), 0)
    same = quiet.exchange.amend("ann", other.order_id, quantity=scaled(0.01), request_id="other")
    assert (same.client_id, same.quantity) == ("other", scaled(0.01))


def test_a_client_id_is_used_once_among_open_orders(quiet: Public) -> None:
    first = quiet.send(limit=50_000, client_id="mine")
    with pytest.raises(Refused) as refused:
        quiet.send(limit=50_000, client_id="mine")
    assert refused.value.reason == Why.DUPLICATE_ID
    quiet.exchange.cancel("ann", first.order_id)
    second = quiet.send(limit=50_000, client_id="mine")
    assert quiet.exchange.order_named("ann", "mine").order_id == second.order_id


def test_a_smaller_quantity_keeps_its_place(quiet: Public) -> None:
    first = quiet.send("ann", "sell", 0.03, limit=60_000)
    quiet.send("ann", "sell", 0.03, limit=60_000)
    quiet.heard.clear()
    amended = quiet.exchange.amend("ann", first.order_id, quantity=scaled(0.02), request_id="less")
    assert (amended.quantity, amended.amends, amended.client_id) == (scaled(0.02), 1, "less")
    assert quiet.changes() == [("replaced", "new")]
    with pytest.raises(Refused) as refused:
        quiet.exchange.amend("ann", first.order_id, quantity=scaled(0.02))
    assert refused.value.reason == Why.AMEND
    quiet.send("bob", "buy", 0.02, limit=60_000)
    assert quiet.exchange.order("ann", first.order_id).stage == "filled"


def test_a_larger_quantity_goes_to_the_end_of_the_queue(quiet: Public) -> None:
    first = quiet.send("ann", "sell", 0.01, limit=60_000)
    second = quiet.send("ann", "sell", 0.01, limit=60_000)
    larger = quiet.exchange.amend("ann", first.order_id, quantity=scaled(0.03), limit=scaled(60_000))
    assert (larger.quantity, larger.limit) == (scaled(0.03), scaled(60_000))
    quiet.send("bob", "buy", 0.02, limit=60_000)
    assert quiet.exchange.order("ann", second.order_id).stage == "filled"
    quiet.send("bob", "buy", 0.005, limit=60_000)
    with pytest.raises(Refused) as refused:
        quiet.exchange.amend("ann", first.order_id, quantity=scaled(0.015))
    assert refused.value.reason == Why.AMEND


def test_depth_is_rebuilt_from_its_changes() -> None:
    public = Public()
    books: dict[str, dict[str, dict[int, int]]] = {}
    last: dict[str, int] = {}
    public.exchange.turn(public.now)
    public.run(5)
    for side in ("buy", "sell"):
        public.exchange.submit("ann", order(side, 0.05))
    public.run(5)
    for event in public.told(DepthChanged):
        assert event.first == last.get(event.symbol, event.first - 1) + 1
        last[event.symbol] = event.last
        book = books.setdefault(event.symbol, {"bids": {}, "asks": {}})
        book["bids"].update(event.bids)
        book["asks"].update(event.asks)
    for symbol, book in books.items():
        depth = public.exchange.depth(symbol, 5000)
        assert depth.last == last[symbol]
        assert dict(depth.bids) == {price: size for price, size in book["bids"].items() if size}
        assert dict(depth.asks) == {price: size for price, size in book["asks"].items() if size}
        assert list(depth.bids) == sorted(depth.bids, reverse=True)
        top = [event for event in public.told(TopChanged) if event.symbol == symbol][-1]
        assert (top.bid, top.bid_quantity, top.ask, top.ask_quantity) == (*depth.bids[0], *depth.asks[0])
    ids = [event.trade.id for event in public.told(Traded) if event.trade.symbol == "BTCUSDT"]
    assert ids == list(range(1, len(ids) + 1))


def test_stocks_are_traded_in_parts_without_fees() -> None:
    public = Public(symbols=(), stocks=("AAPL",), crowd=False)
    public.send("ann", "sell", 2, symbol="AAPL", limit=190)
    state = public.send("bob", "buy", 1.234567, symbol="AAPL", limit=190)
    assert state.executions[0].fee == 0
    assert public.balance("bob", "AAPL") == (100 * SCALE + scaled(1.234567), 0)


def test_memory_is_bounded_and_forgotten_names_may_come_again() -> None:
    public = Public(crowd=False, orders_kept=5, trades_kept=5)
    for number in range(20):
        state = public.send(limit=50_000, client_id=f"n{number}")
        public.exchange.amend("ann", state.order_id, quantity=scaled(0.005), request_id=f"r{number}")
        public.exchange.cancel("ann", state.order_id)
        public.exchange.submit_list(
            "ann", NewOrderList(form=ListForm.OTO, orders=(order("buy", 0.01, 50_000), order("sell", 0.01, 70_000)))
        )
        public.exchange.cancel("ann", public.exchange.open_orders("ann")[0].order_id)
        public.send("ann", "sell", 0.001, limit=60_000)
        public.send("bob", "buy", 0.001, limit=60_000)
    assert len(public.exchange.orders("ann")) == len(public.exchange.executions("ann")) == 5
    assert len(public.exchange.order_lists("ann")) <= 2
    for name in ("n0", "r0", "n19", "r19"):
        state = public.send(limit=50_000, client_id=name)
        assert public.exchange.order_named("ann", name) == state
    member = public.exchange._ledger.accounts["ann"]
    assert len(member._names) <= len(member.orders) <= 10


def test_market_data_of_many_orders_come_in_one_update_half_a_millisecond_later(quiet: Public) -> None:
    exchange, began = quiet.exchange, quiet.now + SECOND
    exchange.turn(began)
    exchange.depth("BTCUSDT", 1)
    quiet.heard.clear()
    for number in range(3):
        exchange.turn(began + 1 + number)
        exchange.submit("ann", order("sell", 0.01, 60_000 + number))
    assert not quiet.told(DepthChanged)
    due = exchange.due()
    assert due == began + 500_000
    exchange.turn(due)
    (changed,) = quiet.told(DepthChanged)
    assert len(changed.asks) == 3
    assert exchange.due() is None
    exchange.submit("ann", order("sell", 0.01, 60_000))
    exchange.turn(due)
    assert len(quiet.told(DepthChanged)) == 2


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"quantity": 10_000, "limit": 60_000}, "quantity 10000; expected: 0.00001 to 9000, in steps of 0.00001"),
        ({"limit": 55_000.001}, "price 55000.001; expected: 0.01 to 60000000, in steps of 0.01"),
        ({"quantity": 900.5}, "quantity 900.5 of a market order; expected: at most 900"),
        ({"quantity": 0.00005, "limit": 60_000}, "worth 3; expected: 5 to 9000000 USDT"),
        ({"limit": 10_000}, "price 10000 is too far from 60000; expected: 12000 to 300000"),
        ({"symbol": "NONE"}, "symbol 'NONE'; expected: BTCUSDT, ETHUSDT"),
    ],
)
def test_refusals_say_what_would_be_right_as_people_write_it(
    quiet: Public, fields: dict[str, object], text: str
) -> None:
    with pytest.raises(Refused) as refused:
        quiet.send(**fields)
    assert text in str(refused.value).replace(f" ({refused.value.reason})", "")

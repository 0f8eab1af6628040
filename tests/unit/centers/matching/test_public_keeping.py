"""What the public exchange has told survives its process; the paper venue may live on the same floor."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from parrot.centers.matching.manifest import build, build_both, build_exchange, public_settings
from parrot.contracts.commands import OrderKind, Side
from parrot.contracts.exchange import (
    SCALE,
    DepthChanged,
    Kind,
    ListForm,
    NewOrderList,
    OrderChanged,
    SelfTrade,
    Traded,
)
from parrot.contracts.venue import Filled, PlaceOrder
from parrot.kernel.errors import DataError, StorageError
from tests.unit.centers.matching.public import SECOND, START, Public, order
from tests.unit.centers.matching.test_rebuilding import Memory

LONG = 10**9


def busy(memory: Memory, **settings: Any) -> Public:
    """Open orders of several kinds, fills, lists, preventions, a sleeping order, an auction."""
    public = Public(memory, stocks=("AAPL",), crowd=False, **settings)
    exchange = public.exchange
    for number in range(6):
        public.send("ann", "sell", 0.02, limit=60_000 + number)
        public.send("bob", "buy", 0.01, limit=60_000 + number, client_id=f"b{number}")
        public.run(1)
    public.send("ann", "buy", 0.01, limit=60_000, self_trade=SelfTrade.DECREMENT)
    public.send("ann", "sell", 0.01, kind=Kind.TOUCH, trigger=62_000, trail_bips=50)
    public.send("bob", "sell", 0.01, kind=Kind.STOP, trail_bips=50)
    pair = order("sell", 0.02, kind=Kind.STOP, trigger=58_000), order("sell", 0.02, 64_000)
    exchange.submit_list("bob", NewOrderList(form=ListForm.OCO, orders=pair))
    exchange.submit_list("ann", NewOrderList(form=ListForm.OTO, orders=(order("buy", 0.01, 55_000), pair[1])))
    exchange.set_phase("AAPL", "closed")
    exchange.set_reference("AAPL")
    exchange.set_phase("AAPL", "opening")
    public.send("bob", "buy", 1, symbol="AAPL", limit=190)
    exchange.cancel("ann", exchange.open_orders("ann")[0].order_id)
    return public


def seen(exchange: Any) -> list[Any]:
    """All that can be asked for, but time."""
    found: list[Any] = [exchange.accounts(), exchange.phase("AAPL"), exchange.markets()]
    for account in exchange.accounts():
        found += [
            exchange.held(account),
            exchange.orders(account, limit=LONG),
            exchange.open_orders(account),
            exchange.executions(account, limit=LONG),
            exchange.order_lists(account),
            exchange.preventions(account, "BTCUSDT"),
            exchange.cost(account, "BTCUSDT"),
        ]
    depth = exchange.depth("BTCUSDT", LONG)
    return [*found, exchange.trades("BTCUSDT", limit=LONG), depth.bids, depth.asks]


@pytest.mark.parametrize("segment_bytes", [1 << 12, 1 << 24])
def test_a_killed_exchange_goes_on_where_it_was(segment_bytes: int) -> None:
    memory = Memory()
    public = busy(memory, segment_bytes=segment_bytes)
    was, settings = seen(public.exchange), public.exchange._house.settings
    bars = public.exchange.candles("BTCUSDT", "1m", limit=20)
    for _ in range(2):
        again = build_exchange(settings, memory, now=public.now)
        assert seen(again) == was
        assert again.candles("BTCUSDT", "1m", limit=20) == bars
    number = again.submit("ann", order("buy", 0.01, 50_000)).order_id
    assert number == max(state.order_id for account in ("ann", "bob") for state in again.orders(account)) > 0
    heard: list[Any] = []
    again.listen(heard.extend)
    again.submit("bob", order("sell", 0.01, 50_000))
    last = [event for event in heard if isinstance(event, OrderChanged)][-1]
    assert last.id > max(event.id for event in public.told(OrderChanged))
    assert again.trades("BTCUSDT", limit=1)[0].id == public.exchange.trades("BTCUSDT", limit=1)[0].id + 1


def test_what_is_not_written_down_is_not_told() -> None:
    memory = Memory()
    public = Public(memory, crowd=False)
    memory.fails = 0
    with pytest.raises(StorageError):
        public.send(limit=50_000)
    assert not public.heard
    with pytest.raises(StorageError):
        public.send(limit=50_000)
    memory.fails = LONG
    again = build_exchange(public.exchange._house.settings, memory, now=public.now)
    assert not again.open_orders("ann")


def test_trades_and_books_of_others_that_were_told_are_kept_as_well() -> None:
    memory = Memory()
    public = Public(memory)
    public.run(20)
    trades = [event.trade for event in public.told(Traded) if event.trade.symbol == "BTCUSDT"]
    last = max(event.last for event in public.told(DepthChanged) if event.symbol == "BTCUSDT")
    assert trades
    again = build_exchange(public.exchange._house.settings, memory, now=public.now)
    assert again.trades("BTCUSDT", limit=LONG)[: len(trades)] == trades
    assert again.depth("BTCUSDT", 1).last > last


def test_an_exchange_of_other_symbols_is_refused() -> None:
    memory = Memory()
    Public(memory, crowd=False)
    with pytest.raises(DataError, match="other symbols"):
        build_exchange(public_settings(("BTCUSDT",)), memory, now=START)


def test_members_and_the_paper_account_trade_with_each_other() -> None:
    memory = Memory()
    settings = public_settings(("BTC/USDT",), crowd=False, deposits={"USDT": Decimal(100_000)})
    venue, exchange = build_both(settings, memory, now=START)
    reports: list[Any] = []
    venue.connect(reports.append)
    exchange.open_account("ann")
    exchange.deposit("ann", "BTC", SCALE)
    resting = exchange.submit("ann", order("sell", 0.02, 60_000))
    bought = {"quantity": Decimal("0.01"), "limit": Decimal(60_000), "ts": START + SECOND}
    venue.poll(START + SECOND)
    venue.send(PlaceOrder(client_id="a", symbol="BTC/USDT", side=Side.BUY, kind=OrderKind.LIMIT, **bought))
    assert [report.price for report in reports if isinstance(report, Filled)] == [Decimal(60_000)]
    exchange.turn(START + SECOND)
    assert exchange.order("ann", resting.order_id).filled == SCALE // 100
    reports.clear()
    bought["quantity"] = Decimal("0.02")
    venue.send(PlaceOrder(client_id="b", symbol="BTC/USDT", side=Side.BUY, kind=OrderKind.LIMIT, **bought))
    exchange.submit("ann", order("sell", 0.01, 60_000))
    assert venue.due() == START + SECOND
    venue.poll(START + SECOND)
    assert [report.quantity for report in reports if isinstance(report, Filled)] == [Decimal("0.01"), Decimal("0.01")]
    again = build_both(settings, memory, now=START + SECOND)[1]
    assert again.held("ann") == exchange.held("ann")


def test_a_venue_that_was_ours_alone_goes_on_with_accounts_of_others():
    memory = Memory()
    build(public_settings(("BTCUSDT",)), memory, now=START).close()
    _, exchange = build_both(public_settings(("BTCUSDT",)), memory, now=START + SECOND)
    exchange.open_account("ann")
    exchange.deposit("ann", "USDT", 5 * SCALE)
    exchange.close()
    _, again = build_both(public_settings(("BTCUSDT",)), memory, now=START + 2 * SECOND)
    assert [held.free for held in again.held("ann") if held.asset == "USDT"] == [5 * SCALE]

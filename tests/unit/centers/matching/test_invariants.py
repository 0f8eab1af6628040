"""Whatever members do, in whatever order: money is kept, locks are exact, streams tell the truth, the journal too."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.centers.matching import operations
from parrot.centers.matching.floor import Floor
from parrot.centers.matching.keeping import Keeper
from parrot.contracts.commands import Side
from parrot.contracts.exchange import (
    SCALE,
    BalancesChanged,
    DepthChanged,
    Kind,
    Lifetime,
    ListForm,
    NewOrder,
    NewOrderList,
    OrderChanged,
    OrderState,
    SelfTrade,
    Stage,
    Traded,
)
from parrot.kernel.errors import Refused
from tests.unit.centers.matching.public import Public
from tests.unit.centers.matching.test_rebuilding import Memory

ACCOUNTS = ("ann", "bob")
PRICES = st.integers(59_700, 60_300).map(lambda price: price * SCALE)
LOTS = st.integers(1, 30).map(lambda lots: lots * SCALE // 100)
SIDES = st.sampled_from(list(Side))


def order_of(kind: Kind, side: Side, quantity: int, price: int, trigger: int, **more: Any) -> NewOrder:
    limits = kind in (Kind.LIMIT, Kind.STOP_LIMIT, Kind.TOUCH_LIMIT)
    stops = kind not in (Kind.MARKET, Kind.LIMIT)
    return NewOrder(
        symbol="BTCUSDT",
        side=side,
        kind=kind,
        quantity=quantity,
        limit=price if limits else 0,
        trigger=trigger if stops else 0,
        **more,
    )


ORDERS = st.one_of(
    st.builds(
        order_of,
        st.sampled_from([Kind.LIMIT, Kind.LIMIT, Kind.MARKET, Kind.STOP, Kind.STOP_LIMIT, Kind.TOUCH]),
        SIDES,
        LOTS,
        PRICES,
        PRICES,
        self_trade=st.sampled_from(list(SelfTrade)),
    ),
    st.builds(
        order_of,
        st.just(Kind.LIMIT),
        SIDES,
        LOTS,
        PRICES,
        PRICES,
        lifetime=st.sampled_from([Lifetime.IOC, Lifetime.FOK, Lifetime.GTC]),
        self_trade=st.just(SelfTrade.DECREMENT),
    ),
    st.builds(
        order_of,
        st.sampled_from([Kind.STOP, Kind.TOUCH, Kind.STOP_LIMIT]),
        st.just(Side.SELL),
        LOTS,
        PRICES,
        PRICES,
        trail_bips=st.integers(10, 40),
    ),
    st.builds(
        order_of,
        st.sampled_from([Kind.STOP, Kind.TOUCH, Kind.TOUCH_LIMIT]),
        st.just(Side.SELL),
        LOTS,
        PRICES,
        PRICES,
        trail=st.integers(1, 90).map(lambda distance: distance * SCALE),
        lifetime=st.sampled_from([Lifetime.GTC, Lifetime.DAY]),
    ),
    st.builds(
        lambda side, price, quantity: order_of(Kind.LIMIT, side, quantity * 4, price, 0, display=quantity),
        SIDES,
        PRICES,
        LOTS,
    ),
    st.builds(
        order_of,
        st.just(Kind.LIMIT),
        SIDES,
        LOTS,
        PRICES,
        PRICES,
        lifetime=st.sampled_from([Lifetime.OPEN, Lifetime.CLOSE, Lifetime.DAY]),
    ),
    st.builds(
        lambda side, amount: NewOrder(symbol="BTCUSDT", side=side, kind=Kind.MARKET, quote_quantity=amount * SCALE),
        SIDES,
        st.integers(5, 5_000),
    ),
)
PAIRS = st.builds(
    lambda side, quantity, one, other: (
        order_of(Kind.LIMIT, side, quantity, one, 0),
        order_of(Kind.STOP, side, quantity, 0, other),
    ),
    SIDES,
    LOTS,
    PRICES,
    PRICES,
)
LISTS = st.one_of(
    PAIRS.map(lambda pair: NewOrderList(form=ListForm.OCO, orders=pair)),
    st.tuples(ORDERS, ORDERS).map(lambda orders: NewOrderList(form=ListForm.OTO, orders=orders)),
    st.tuples(ORDERS, PAIRS).map(lambda found: NewOrderList(form=ListForm.OTOCO, orders=(found[0], *found[1]))),
)
ACTIONS = st.one_of(
    st.tuples(st.just("submit"), st.sampled_from(ACCOUNTS), ORDERS),
    st.tuples(st.just("submit"), st.sampled_from(ACCOUNTS), ORDERS),
    st.tuples(st.just("list"), st.sampled_from(ACCOUNTS), LISTS),
    st.tuples(st.just("cancel"), st.sampled_from(ACCOUNTS), st.integers(0, 20)),
    st.tuples(st.just("amend"), st.sampled_from(ACCOUNTS), st.tuples(st.integers(0, 20), LOTS, PRICES)),
    st.tuples(st.just("replace"), st.sampled_from(ACCOUNTS), st.tuples(st.integers(0, 20), ORDERS)),
    st.tuples(st.just("deposit"), st.sampled_from(ACCOUNTS), st.integers(-3, 3)),
    st.tuples(st.just("wait"), st.just(""), st.integers(1, 3)),
    st.tuples(st.just("phase"), st.just(""), st.sampled_from(["opening", "continuous", "closing", "closed", "halted"])),
)


class Witness:
    """Believes only what listeners hear."""

    def __init__(self, public: Public) -> None:
        self.public = public
        self.held = {account: {h.asset: h for h in public.exchange.held(account)} for account in ACCOUNTS}
        self.orders: dict[int, OrderState] = {}
        self.filled: defaultdict[int, int] = defaultdict(int)
        self.spent: defaultdict[int, int] = defaultdict(int)
        self.ids: dict[str, int] = {}
        depth = public.exchange.depth("BTCUSDT", 5000)
        self.book = [dict(depth.bids), dict(depth.asks)]
        self.last = depth.last
        self.changes = 0
        public.heard.clear()

    def hear(self) -> None:
        events, self.public.heard[:] = list(self.public.heard), []
        for event in events:
            if isinstance(event, OrderChanged):
                self._order(event)
            elif isinstance(event, BalancesChanged):
                self.held[event.account] |= {held.asset: held for held in event.held}
            elif isinstance(event, Traded):
                trade = event.trade
                assert trade.id == self.ids.get(trade.symbol, trade.id - 1) + 1
                self.ids[trade.symbol] = trade.id
            elif isinstance(event, DepthChanged) and event.symbol == "BTCUSDT":
                assert event.first == self.last + 1
                self.last = event.last
                for side, levels in zip(self.book, (event.bids, event.asks), strict=True):
                    side.update(levels)

    def _order(self, event: OrderChanged) -> None:
        state, before = event.order, self.orders.get(event.order.order_id)
        assert event.id > self.changes
        self.changes = event.id
        assert before is None or before.open
        assert before is not None or event.change == "new"
        self.orders[state.order_id] = state
        if event.execution is not None:
            self.filled[state.order_id] += event.execution.quantity
            self.spent[state.order_id] += event.execution.price * event.execution.quantity // SCALE
        assert self.filled[state.order_id] == state.filled
        assert self.spent[state.order_id] == state.quote_filled

    def check(self) -> None:
        self.hear()
        exchange = self.public.exchange
        depth = exchange.depth("BTCUSDT", 5000)
        self.hear()
        assert depth.last == self.last
        assert [dict(depth.bids), dict(depth.asks)] == [
            {price: size for price, size in side.items() if size} for side in self.book
        ]
        for account in ACCOUNTS:
            assert list(exchange.held(account)) == list(self.held[account].values())
            standing = {number: state for number, state in self.orders.items() if state.account == account}
            known = {state.order_id: state for state in exchange.open_orders(account)}
            assert known == {number: state for number, state in standing.items() if state.open}
            assert self._locks(known) == (self.held[account]["BTC"].locked, self.held[account]["USDT"].locked)

    def _locks(self, orders: dict[int, OrderState]) -> tuple[int, int]:
        """Base and quote that open orders lock: of an OCO the larger need."""
        needs: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for state in orders.values():
            if state.stage is not Stage.PENDING:
                left = state.quantity - state.filled - state.prevented
                price = state.limit or state.order.trigger
                need = (left, 0) if state.order.side is Side.SELL else (0, left * price // SCALE)
                needs[state.list_id if state.list_id >= 0 else -state.order_id - 1].append(need)
        largest = [(max(base for base, _ in found), max(quote for _, quote in found)) for found in needs.values()]
        return sum(base for base, _ in largest), sum(quote for _, quote in largest)


def act(public: Public, action: tuple[str, str, Any]) -> None:
    what, account, how = action
    exchange = public.exchange
    if what == "wait":
        public.run(how, step=0.5)
    elif what == "phase":
        exchange.set_reference("BTCUSDT")
        exchange.set_phase("BTCUSDT", how)
    elif what == "submit":
        exchange.submit(account, how)
    elif what == "list":
        exchange.submit_list(account, how)
    elif what == "deposit":
        exchange.deposit(account, "USDT", how * 10_000 * SCALE)
    else:
        open_orders = exchange.open_orders(account)
        place = how if what == "cancel" else how[0]
        if not open_orders:
            return
        number = open_orders[place % len(open_orders)].order_id
        if what == "cancel":
            exchange.cancel(account, number)
        elif what == "amend":
            exchange.amend(account, number, quantity=how[1], limit=how[2] if how[2] % 3 else 0)
        else:
            exchange.replace(account, number, how[1])


def money(public: Public, asset: str) -> int:
    """All there is of an asset, fees too."""
    floor = public.exchange._floor
    known = floor.exchange.currencies[asset]
    core = floor.exchange.core
    aside = sum(member.aside.get(known.number, 0) for member in floor.members.ledger.all)
    return sum(sum(core.balance(owner, known.number)) for owner in range(core.owners)) + core.fees(known.number) + aside


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.lists(ACTIONS, min_size=5, max_size=25), st.booleans())
def test_money_locks_streams_and_the_journal_agree(actions: list[tuple[str, str, Any]], crowd: bool) -> None:
    memory = Memory()
    public = Public(memory, symbols=("BTCUSDT",), crowd=crowd, segment_bytes=1 << 14, trades_kept=200)
    exchange = public.exchange
    exchange.turn(public.now)
    exchange.submit("ann", order_of(Kind.LIMIT, Side.SELL, SCALE // 100, 60_000 * SCALE, 0))
    exchange.submit("bob", order_of(Kind.LIMIT, Side.BUY, SCALE // 100, 60_000 * SCALE, 0))
    witness, all_there_is = Witness(public), [money(public, asset) for asset in ("BTC", "USDT")]
    witness.ids = {"BTCUSDT": exchange.trades("BTCUSDT", limit=1)[0].id}
    for action in actions:
        before = public.balance("ann", "USDT"), public.balance("bob", "USDT")
        try:
            act(public, action)
        except Refused:
            assert (public.balance("ann", "USDT"), public.balance("bob", "USDT")) == before
        else:
            if action[0] == "deposit":
                all_there_is[1] += action[2] * 10_000 * SCALE
        witness.check()
        assert [money(public, asset) for asset in ("BTC", "USDT")] == all_there_is
    public.run(1)
    witness.check()
    _found_again(public, memory)


def test_every_operation_can_be_read_again() -> None:
    def below(kind: type) -> set[type]:
        return {kind}.union(*[below(sub) for sub in kind.__subclasses__()])

    assert set(get_args(operations.Any)) == below(operations.Operation) - {operations.Operation, operations.Act}


def _found_again(public: Public, memory: Memory) -> None:
    """The journal alone leads to the exchange that stands, without a word of farewell."""
    floor = public.exchange._floor
    public.exchange._house.write()
    again = Floor(floor.settings)
    Keeper(memory.copy(), 1 << 14).recover(again)
    assert again.exchange.hash() == floor.exchange.hash()
    assert again.members.keep() == floor.members.keep()
    assert (again.now, again.session) == (floor.now, floor.session)

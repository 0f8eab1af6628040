"""I8, I9, I10, I11 under any interleaving: nothing that was approved can ever break a limit, whatever fills when.

The test keeps its own account of what is open and what was filled, in plain sums, and asks nothing of the center but
its answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from parrot.centers.risk.manifest import Settings
from parrot.contracts import records
from parrot.contracts.commands import Beat, OrderKind, RearmKill
from tests.unit.centers.risk.table import BTC, ETH, SECOND, STOP, Table

POSITION_MAX = Decimal(6)
STRATEGY_MAX = Decimal(4)
GROSS_MAX = Decimal(700)
ORDERS_MAX = 12
RATE_MAX = 8

sizes = st.sampled_from([Decimal(text) for text in ("0.001", "0.5", "1", "1.5", "2", "3", "3.999", "4", "5")])
part = st.sampled_from([Decimal("0.25"), Decimal("0.5"), Decimal(1)])


@dataclass
class Mine:
    """An order as the test counts it."""

    order_id: int
    strategy: str
    symbol: str
    side: str
    quantity: Decimal
    closes: bool
    filled: Decimal = Decimal(0)
    held: bool = False
    group: str = ""
    guards: bool = False

    @property
    def left(self) -> Decimal:
        return self.quantity - self.filled


@dataclass
class Account:
    """What was filled and what may still be."""

    orders: list[Mine] = field(default_factory=list)
    positions: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def position(self, symbol: str, strategy: str | None = None) -> Decimal:
        return sum((q for (s, sym), q in self.positions.items() if sym == symbol and strategy in {None, s}), Decimal(0))

    def open(self, symbol: str, side: str, strategy: str | None = None, *, sent_only: bool = False) -> Decimal:
        """Of a group the largest, of the others the sum; stops, and what is held and only closes, are not open."""
        groups: dict[str, Decimal] = {}
        for one in self.orders:
            if (
                (one.symbol, one.side) == (symbol, side)
                and strategy in {None, one.strategy}
                and not (one.guards or (one.held and (one.closes or sent_only)))
            ):
                name = f"{one.strategy} {one.group}" if one.group else str(one.order_id)
                groups[name] = max(groups.get(name, Decimal(0)), one.left)
        return sum(groups.values(), Decimal(0))

    def worst(self, symbol: str, *strategies: str) -> Decimal:
        """What orders that have left can come to; longs and shorts of strategies are not set off."""
        highs = [self.position(symbol, one) + self.open(symbol, "buy", one, sent_only=True) for one in strategies]
        lows = [self.position(symbol, one) - self.open(symbol, "sell", one, sent_only=True) for one in strategies]
        longs, shorts = [max(high, Decimal(0)) for high in highs], [max(-low, Decimal(0)) for low in lows]
        return max(sum(longs, Decimal(0)), sum(shorts, Decimal(0)))


class Trading(RuleBasedStateMachine):
    """Several strategies on one account: orders, groups, stops, changes, fills in any order, kills, restarts."""

    @initialize()
    def begin(self) -> None:
        self.table = Table(
            {
                "firm": {"max_gross": str(GROSS_MAX), "max_open_orders": str(ORDERS_MAX)},
                f"symbol:{BTC}": {"max_position": str(POSITION_MAX)},
                "strategy:a": {"max_position": str(STRATEGY_MAX), "order_rate": f"{RATE_MAX}/1s"},
            },
            settings=Settings(cash=False, remembered=5),
        )
        self.account = Account()
        self.killed = False
        self.times: list[int] = []

    def note(self, answer: object, mine: Mine) -> None:
        if mine.strategy == "a":
            self.times.append(self.table.now)
            recent = [ts for ts in self.times if self.table.now - ts < SECOND]
            assert len(recent) <= RATE_MAX or not isinstance(answer, records.OrderApproved) or mine.held
        if isinstance(answer, records.OrderApproved):
            assert not self.killed or mine.closes
            mine.order_id, mine.quantity = answer.order_id, answer.quantity
            self.account.orders.append(mine)

    @rule(
        strategy=st.sampled_from("ab"),
        symbol=st.sampled_from([BTC, ETH]),
        side=st.sampled_from(["buy", "sell"]),
        quantity=sizes,
        closes=st.booleans(),
        group=st.sampled_from(["", "", "g"]),
    )
    def ask(self, strategy, symbol, side, quantity, closes, group) -> None:
        limit = {"buy": "99", "sell": "101"}[side] if symbol == BTC else {"buy": "9.9", "sell": "10.1"}[side]
        mine = Mine(0, strategy, symbol, side, quantity, closes, group=group)
        if closes:
            before = self.account.position(symbol, strategy)
        given = {"strategy": strategy, "symbol": symbol, "reduce_only": closes, "group": group}
        answer = self.table.ask(side, str(quantity), limit, **given)
        self.make_room(strategy, symbol, side)
        if self.killed:
            assert isinstance(answer, records.OrderRefused)
        if closes and isinstance(answer, records.OrderApproved):
            assert answer.quantity <= (-before if side == "buy" else before)
        self.note(answer, mine)

    @rule(strategy=st.sampled_from("ab"), quantity=sizes, side=st.sampled_from(["buy", "sell"]))
    def ask_and_fill(self, strategy, quantity, side) -> None:
        self.ask(strategy, BTC, side, quantity, closes=False, group="")
        asked = self.account.orders[-1:]
        if asked and not asked[0].held:
            self.execute(asked[0], asked[0].left)

    @rule(strategy=st.sampled_from("ab"), symbol=st.sampled_from([BTC, ETH]), quantity=sizes)
    def stop(self, strategy, symbol, quantity) -> None:
        side = "sell" if self.account.position(symbol, strategy) > 0 else "buy"
        answer = self.table.ask(side, str(quantity), role=STOP, strategy=strategy, symbol=symbol)
        mine = Mine(0, strategy, symbol, side, quantity, closes=True, held=True, guards=True)
        self.note(answer, mine)
        if isinstance(answer, records.OrderApproved):
            self.table.tell(records.OrderHeld(order_id=answer.order_id, waits_for="trigger"))

    @rule(strategy=st.sampled_from("ab"), quantity=sizes, side=st.sampled_from(["buy", "sell"]))
    def enter_by_a_held_stop(self, strategy, quantity, side) -> None:
        trigger = {"buy": "101", "sell": "99"}[side]
        given = {"strategy": strategy, "kind": OrderKind.STOP, "trigger": trigger}
        answer = self.table.ask(side, str(quantity), **given)
        self.note(answer, Mine(0, strategy, BTC, side, quantity, closes=False, held=True))
        if isinstance(answer, records.OrderApproved):
            self.table.tell(records.OrderHeld(order_id=answer.order_id, waits_for="trigger"))

    @rule(strategy=st.sampled_from("ab"))
    def a_closing_order_races_a_plain_one(self, strategy) -> None:
        position = self.account.position(BTC, strategy)
        if not position:
            return
        side = "sell" if position > 0 else "buy"
        self.ask(strategy, BTC, side, abs(position), closes=True, group="")
        closing = self.account.orders[-1:]
        self.ask_and_fill(strategy, abs(position), side)
        if closing and closing[0] in self.sent():
            self.execute(closing[0], closing[0].left)

    def make_room(self, strategy: str, symbol: str, side: str) -> None:
        """Stops at the venue are withdrawn before anything else of their side leaves: what execution does."""
        for one in [one for one in self.sent() if one.guards]:
            if (one.strategy, one.symbol, one.side) == (strategy, symbol, side):
                self.account.orders.remove(one)
                self.table.cancel(one.order_id)

    def held(self) -> list[Mine]:
        return [one for one in self.account.orders if one.held]

    def sent(self) -> list[Mine]:
        return [one for one in self.account.orders if not one.held]

    @precondition(lambda self: self.held())
    @rule(data=st.data())
    def trigger(self, data) -> None:
        mine = data.draw(st.sampled_from(self.held()))
        self.make_room(mine.strategy, mine.symbol, mine.side)
        mine.held = False
        told = records.OrderTriggered(order_id=mine.order_id, price=Decimal(95), quoted=self.table.now)
        answer = self.table.tell(told)[-1]
        if isinstance(answer, records.OrderApproved):
            mine.quantity = answer.quantity
        else:
            self.account.orders.remove(mine)

    @precondition(lambda self: self.sent())
    @rule(data=st.data(), share=part)
    def fill(self, data, share) -> None:
        mine = data.draw(st.sampled_from(self.sent()))
        self.execute(mine, (mine.left * share).quantize(Decimal("0.001")) or mine.left)

    def execute(self, mine: Mine, quantity: Decimal) -> None:
        before = self.account.position(mine.symbol, mine.strategy)
        mine.filled += quantity
        signed = quantity if mine.side == "buy" else -quantity
        after = before + signed
        key = (mine.strategy, mine.symbol)
        self.account.positions[key] = self.account.positions.get(key, Decimal(0)) + signed
        if mine.closes:
            assert abs(after) <= abs(before), "grown by a reduce-only order"
            assert after * before >= 0, "flipped by a reduce-only order"
        price = "100" if mine.symbol == BTC else "10"
        done, left = str(mine.filled), str(mine.left)
        self.table.fill(mine.order_id, mine.side, str(quantity), price, filled=done, left=left, symbol=mine.symbol)
        if not mine.left:
            self.account.orders.remove(mine)
        if mine.group:
            self.drop_others_of(mine)

    def drop_others_of(self, mine: Mine) -> None:
        """One cancels the other, at the first fill and as one step: what a venue's own group does."""
        for other in [one for one in self.account.orders if one.group and one.strategy == mine.strategy]:
            if other is not mine and (other.symbol, other.side) == (mine.symbol, mine.side):
                self.account.orders.remove(other)
                self.table.cancel(other.order_id)

    @precondition(lambda self: self.account.orders)
    @rule(data=st.data())
    def cancel(self, data) -> None:
        mine = data.draw(st.sampled_from(self.account.orders))
        self.account.orders.remove(mine)
        self.table.cancel(mine.order_id)

    @precondition(lambda self: self.sent())
    @rule(data=st.data(), quantity=sizes, happens=st.booleans())
    def change(self, data, quantity, happens) -> None:
        mine = data.draw(st.sampled_from(self.sent()))
        quantity += mine.filled
        if not mine.guards:
            self.make_room(mine.strategy, mine.symbol, mine.side)
        answer = self.table.tell(records.ReplaceReceived(order_id=mine.order_id, quantity=quantity))[-1]
        if not isinstance(answer, records.ReplaceApproved):
            return
        before, mine.quantity = mine.quantity, max(mine.quantity, answer.quantity)
        self.limits_hold()
        self.table.tell(records.ReplaceSent(order_id=mine.order_id, client_id="c", quantity=answer.quantity))
        if happens:
            self.table.tell(records.OrderReplaced(order_id=mine.order_id, quantity=answer.quantity))
            mine.quantity = answer.quantity
        else:
            self.table.tell(records.CancelRefused(order_id=mine.order_id, client_id="c", reason="too late"))
            mine.quantity = before

    @rule(flatten=st.booleans(), stays=st.sampled_from([False, False, False, True]))
    def kill(self, flatten, stays) -> None:
        self.table.kill(flatten=flatten)
        self.killed = True
        self.ask("a", BTC, "buy", Decimal(1), closes=False, group="")
        if not stays:
            self.rearm()

    @precondition(lambda self: self.killed)
    @rule()
    def rearm(self) -> None:
        self.table.take(RearmKill(scope="all", by="ann"))
        self.killed = False

    @rule(step=st.sampled_from([1, SECOND // 4, SECOND]))
    def time_goes_on(self, step) -> None:
        self.table.now += step
        self.table.quote(BTC, "100", "100")
        self.table.quote(ETH, "10", "10")
        self.table.take(Beat(ts=self.table.now))

    @rule()
    def restart(self) -> None:
        before = self.table.desk.hash()
        assert self.table.restored() == before, "a snapshot is the same as the journal"
        self.table.open(self.table.pages)
        assert self.table.desk.hash() == before, "what was rebuilt is what was live"
        self.table.quote(BTC, "100", "100")
        self.table.quote(ETH, "10", "10")

    @invariant()
    def limits_hold(self) -> None:
        account = self.account
        assert account.worst(BTC, "a", "b") <= POSITION_MAX
        assert abs(account.position(BTC)) <= POSITION_MAX
        assert all(account.worst(symbol, "a") <= STRATEGY_MAX for symbol in (BTC, ETH))
        assert account.worst(BTC, "a", "b") * 100 + account.worst(ETH, "a", "b") * 10 <= GROSS_MAX

    @invariant()
    def what_is_set_aside_is_what_is_open(self) -> None:
        for symbol in (BTC, ETH):
            book = self.table.book("firm", symbol)
            assert book.position == self.account.position(symbol)
            assert (book.buys, book.sells) == (self.account.open(symbol, "buy"), self.account.open(symbol, "sell"))


TestTrading = Trading.TestCase
TestTrading.settings = settings(
    max_examples=120, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)

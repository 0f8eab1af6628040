"""The preview of an order says what the center then does, and leaves no trace."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.centers.risk.manifest import Settings
from parrot.contracts import records
from parrot.contracts.commands import OrderKind, Side
from tests.unit.centers.risk.table import BTC, ETH, FLATTEN, SECOND, STOP, Table

FIRM = {
    "max_position": "6",
    "max_gross": "700",
    "max_notional": "450",
    "price_collar": "0.05",
    "order_rate": "6/1s",
    "rate_breaker": "8/2s",
    "max_open_orders": "5",
    "duplicate_window": "500ms",
    "order_to_trade": "3 after 8",
    "stale_data": "5s",
    "self_trade": "yes",
    "concentration": "0.6",
}
STRATEGY = {"max_position": "4", "long_only": "yes", "trading_hours": "00:00-23:59 UTC"}

sizes = st.sampled_from(["0.001", "0.5", "1", "2", "3.999", "4", "5"])
prices = st.sampled_from(["90", "99", "100", "101", "104", "106"])
orders = st.fixed_dictionaries(
    {
        "side": st.sampled_from(["buy", "sell"]),
        "quantity": sizes,
        "limit": st.one_of(st.none(), prices),
        "strategy": st.sampled_from(["s", "t"]),
        "user": st.sampled_from(["", "ann"]),
        "symbol": st.sampled_from([BTC, BTC, BTC, ETH, BTC, ETH, "DOGE/USDT"]),
        "group": st.sampled_from(["", "", "pair"]),
        "shape": st.sampled_from(["plain", "plain", "plain", "plain", "stop", "shrinks", "guard", "flatten"]),
    }
)
usual = st.sampled_from(["fill", "fill", "cancel", "wait", "quote", "day"])
unusual = st.sampled_from(["spoil", "kill", "rearm", "rearm", "mismatch", "agree", "agree"])
steps = st.lists(st.one_of(orders, orders, orders, usual, unusual), min_size=10, max_size=40)
SHAPES: dict[str, dict] = {
    "plain": {},
    "stop": {"trigger": "103", "kind": OrderKind.STOP},
    "shrinks": {"reduce_only": True},
    "guard": {"reduce_only": True, "role": STOP, "trigger": "95", "kind": OrderKind.STOP},
    "flatten": {"reduce_only": True, "role": FLATTEN},
}


def happen(table: Table, what: str, alive: list[tuple[int, str, str, str]]) -> None:
    if what in {"fill", "cancel"} and alive:
        order_id, side, quantity, symbol = alive.pop(0)
        if what == "fill":
            table.fill(order_id, side, quantity, symbol=symbol)
        else:
            table.cancel(order_id)
    elif what == "wait":
        table.now += SECOND // 3
    elif what == "day":
        table.now += 86_400 * SECOND
        table.quote(BTC, "100", "100")
        table.quote(ETH, "10", "10")
    elif what in {"quote", "spoil"}:
        table.quote(BTC, "98", "99", valid=what == "quote")
    elif what == "kill":
        table.kill("strategy:s")
    elif what == "rearm":
        table.tell(records.KillRearmed(scope="strategy:s", by="ann", reason=""))
    elif what in {"mismatch", "agree"}:
        table.tell(records.ReduceOnlySet(account="main", on=what == "mismatch", why="balances differ", by="desk"))


class Person(Table):
    """A table at which someone asks before each order."""

    def ask_twice(self, asked: dict) -> tuple[int, str, str, str] | None:
        """Compares the preview of an order with the answer to it; the order if it is alive then."""
        given = dict(asked)
        shape = SHAPES[given.pop("shape")]
        side, quantity, limit = given.pop("side"), given.pop("quantity"), given.pop("limit")
        if shape.get("kind"):
            limit = None
        order = self.order(side, quantity, limit, **given | shape)
        before = self.desk.state()
        survey = self.risk.preview(order, self.now)
        assert self.desk.state() == before
        answer = self.tell(records.OrderReceived(order=order, parent=0))[-1]
        if isinstance(answer, records.OrderRefused):
            refusal = survey.refusal
            assert refusal is not None
            assert refusal == (answer.rule, answer.scope, answer.limit, answer.actual)
            assert refusal.text() == answer.text
            return None
        approval = survey.approval
        assert approval is not None, survey.refusal
        assert approval.gates == answer.gates == tuple(found[:4] for found in survey.findings)
        for name in ("quantity", "price", "reserved", "currency", "reduces"):
            assert getattr(approval, name) == getattr(answer, name)
        return answer.order_id, side, str(answer.quantity), given["symbol"]


@settings(max_examples=60)
@given(steps=steps, cash=st.booleans())
def test_a_preview_says_what_the_answer_will_be_and_changes_nothing(steps: list, cash: bool) -> None:
    table = Person({"firm": FIRM, "strategy:s": STRATEGY}, settings=Settings(cash=cash), cash="900", coins="3")
    table.limit("symbol:ETH/USDT", price_collar="20")
    alive: list[tuple[int, str, str, str]] = []
    for step in steps:
        if isinstance(step, str):
            happen(table, step, alive)
            continue
        placed = table.ask_twice(step)
        alive += [placed] if placed else []
    assert table.restored() == table.desk.hash()


def test_a_preview_names_every_gate_that_objects_and_not_only_the_first() -> None:
    table = Person({"firm": {"max_quantity": "1", "max_notional": "150", "max_position": "1"}})
    table.kill()
    survey = table.risk.preview(table.order("buy", "2"), table.now)
    objecting = [found.rule for found in survey.findings if not found.passed]
    assert objecting == ["kill", "max_quantity", "max_notional", "max_position"]
    assert survey.refusal is not None
    assert survey.refusal.rule == "kill"


def test_previews_count_towards_no_rate() -> None:
    table = Person({"firm": {"order_rate": "1/1s", "order_to_trade": "1 after 1"}})
    for _ in range(5):
        assert table.risk.preview(table.order("buy", "1"), table.now).approval is not None
    assert isinstance(table.ask("buy", "1"), records.OrderApproved)


def test_a_preview_of_a_name_that_never_traded_leaves_no_node_behind() -> None:
    table = Person()
    before = set(table.risk._tree.nodes)
    order = table.order("buy", "1", strategy="new", user="bob", symbol=ETH)
    assert order.side is Side.BUY
    assert table.risk.preview(order, table.now).approval is not None
    assert set(table.risk._tree.nodes) == before
    assert table.place("buy", "1", strategy="new", user="bob", symbol=ETH)
    assert table.book("user:bob", ETH).buys == Decimal(1)

"""The table of an order's life: what is in it, what is not, and that the page about it says the same."""

from __future__ import annotations

import re
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.centers.execution.life import ENDED, PENDING, TABLE, Change, Event, Pending, State, after
from parrot.contracts import venue
from parrot.contracts.commands import AmendOrder, CancelOrder, OrderKind, Side
from parrot.contracts.records import OrderFilled
from tests.unit.centers.execution.stage import SECOND, TERMS, D, Stage

ROOT = Path(__file__).resolve().parents[4]
PAGE = ROOT / "docs" / "reference" / "orders.md"
ROW = re.compile(r"^\| `(\w+)` \| `(\w+)` \| `(\w+)` \| .* \| `(test_\w+)` \|$", re.M)


def rows():
    return ROW.findall(PAGE.read_text())


def test_the_page_has_every_transition_and_no_other():
    legal = {(state.value, event.value, then.value) for state in State for event, then in TABLE[state].items()}
    beside = {(state.value, change.value, then.value) for state in Pending for change, then in PENDING[state].items()}
    told = {(state, event, then) for state, event, then, _ in rows()}
    assert told == legal | beside


def test_every_test_that_the_page_names_is_there():
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    named = {name for *_, name in rows()}
    assert {name for name in named if f"def {name}(" not in tests} == set()


@pytest.mark.parametrize("state", sorted(ENDED))
def test_an_order_that_has_ended_has_no_exit_but_a_late_fill(state):
    assert dict(TABLE[state]) == {Event.FILL_PART: state, Event.FILL_WHOLE: state}


@pytest.mark.parametrize("state", [s for s in State if s not in (State.APPROVED, State.UNKNOWN)])
def test_only_an_approved_order_is_sent_and_an_unknown_one_repeated(state):
    assert after(state, Event.SEND) is None


@pytest.mark.parametrize("event", [Event.APPROVE, Event.HOLD, Event.TRIGGER, Event.REFUSE, Event.DOUBT])
def test_unknown_is_left_by_evidence_only(event):
    assert after(State.UNKNOWN, event) is None


def test_an_order_that_waits_may_be_refused_cancelled_or_run_out_of_time():
    for state in (State.NEW, State.APPROVED, State.HELD, State.TRIGGERED):
        assert after(state, Event.REFUSE) is State.REFUSED
        assert after(state, Event.CANCEL) is State.CANCELED
        assert after(state, Event.EXPIRE) is State.EXPIRED


def test_a_change_may_be_asked_for_again_while_it_is_unknown():
    assert PENDING[Pending.UNKNOWN][Change.ASK] is Pending.ASKED
    assert PENDING[Pending.ASKED][Change.ASK] is Pending.ASKED
    assert PENDING[Pending.UNKNOWN][Change.DOUBT] is Pending.UNKNOWN


def test_a_word_about_a_change_that_nobody_asked_for_changes_nothing():
    assert PENDING[Pending.NONE][Change.SETTLE] is Pending.NONE
    assert PENDING[Pending.NONE][Change.DOUBT] is Pending.NONE


def test_every_state_can_still_end_or_has_ended():
    for state in State:
        assert set(TABLE[state].values()) & ENDED


def reports(stage, order):
    """What a venue says of an order that was accepted, filled in two parts, and withdrawn."""
    return [
        venue.Accepted(client_id=order.client_id, venue_id="v", ts=stage.now),
        stage.trade(order, "0.3"),
        stage.trade(order, "0.4", "101"),
        venue.Withdrawn(client_id=order.client_id, filled=D("0.7"), expired=False, ts=stage.now),
    ]


def test_reports_in_any_order_and_any_number_give_the_same_state():
    outcomes = set()
    for order_of in permutations(range(4)):
        stage = Stage()
        order = stage.limit()
        told = reports(stage, order)
        stage.say(*(told[number] for number in order_of), *(told[number] for number in order_of))
        if not order.ended:  # the withdrawal came first, and the venue is asked what is missing
            stage.state(trades=told[1:3])
        outcomes.add((order.state, order.filled, order.paid, len(stage.records(OrderFilled))))
        assert stage.center._orders.illegal == 0
    assert outcomes == {(State.CANCELED, D("0.7"), D("70.4"), 2)}


WORDS = (
    "accept reject fill again late withdraw expire found lost unanswered cancel amend replaced failed "
    "beat minute line back state restart kill"
)
words = st.sampled_from(WORDS.split())


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(words, st.integers(0, 3), st.integers(1, 9)), max_size=40))
def test_whatever_is_said_the_table_holds_and_the_journal_alone_gives_the_same_state(story):
    stage = Stage()
    orders = [
        stage.limit().id,
        stage.submit(stop="90", take="120").id,
        stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90").id,
        stage.limit(Side.SELL, price="120", group="g").id,
    ]
    for word, which, amount in story:
        stage = tell(stage, word, stage.center.order(orders[which]), amount)
    assert stage.center._orders.illegal == 0
    assert stage.rebuilt() == stage.desk.state()
    for order in (stage.center.order(number) for number in orders):
        assert order.filled == sum((fill.fill.quantity for fill in fills(stage, order)), D(0))


def fills(stage, order):
    return [record for record in stage.records(OrderFilled) if record.order_id == order.id]


def tell(stage, word, order, amount):
    """One thing that happens; words about an order that never left are left out."""
    tenth = D(amount) / 10
    name = {"client_id": order.client_id, "ts": stage.now}
    if word == "beat":
        stage.wait(SECOND // 5)
    elif word == "minute":
        stage.now += 60 * SECOND
    elif word == "line":
        stage.say(venue.LineLost(venue="stage", reason="reset", ts=stage.now))
    elif word == "back":
        stage.say(venue.LineBack(venue="stage", ts=stage.now))
    elif word == "state":
        stage.state(orders=[stage.shown(o) for o in stage.center.open_orders() if o.client_id and amount > 5])
    elif word == "restart":
        return stage.reborn(open_=amount > 3)
    elif word == "kill":
        stage.kill("symbol:BTC/USDT", flatten=amount > 5)
    elif word == "cancel":
        stage.say(CancelOrder(order_id=order.id))
    elif word == "amend":
        stage.say(AmendOrder(order_id=order.id, quantity=tenth * 2))
    elif order.client_id:
        say_of(stage, word, order, tenth, name)
    return stage


def say_of(stage, word, order, tenth, name):
    said = {
        "accept": lambda: venue.Accepted(venue_id="v", **name),
        "reject": lambda: venue.Rejected(reason="no", **name),
        "fill": lambda: stage.trade(order, str(min(tenth, order.left or tenth))),
        "again": lambda: stage.trade(order, "0.1", trade_id="same", number=1),
        "late": lambda: stage.trade(order, "0.001"),
        "withdraw": lambda: venue.Withdrawn(filled=order.filled, expired=False, **name),
        "expire": lambda: venue.Withdrawn(filled=order.filled + tenth, expired=True, **name),
        "found": lambda: venue.Found(venue_id="v", status="new", filled=order.filled, **name),
        "lost": lambda: venue.NotFound(client_id=order.client_id, ts=stage.now + TERMS.fence * int(tenth * 4)),
        "unanswered": lambda: venue.Unanswered(
            request=["place", "cancel", "replace"][int(tenth * 10) % 3], reason="502", **name
        ),
        "replaced": lambda: venue.Replaced(quantity=order.next_quantity or order.quantity, limit=order.limit, **name),
        "failed": lambda: venue.CancelFailed(reason="too late", **name),
    }
    stage.say(said[word]())

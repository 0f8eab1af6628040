"""What went well is not blamed, however odd it looks."""

from __future__ import annotations

from decimal import Decimal

from parrot.contracts import records
from parrot.contracts.commands import AdoptVenue, OrderKind, Role
from parrot.contracts.venue import VenueState
from tests.unit.centers.audit.histories import BUY, COLLAR, SELL, History, gates, opened
from tests.unit.centers.capital.kept import SECOND, Told


def test_a_purchase_its_protection_and_its_sale() -> None:
    history = History()
    history.bought()
    stop = history.protect()
    history.accept(stop)
    history.tell(records.CancelSent(order_id=stop, client_id=f"P{stop}A1", why="exit"))
    history.tell(records.OrderCanceled(order_id=stop, by="user", reason="exit"))
    sale = history.receive("2", SELL)
    history.approve(sale)
    history.send(sale)
    history.part(sale, "2", "2", "0", side=SELL, price="110")
    history.quote("BTCUSDT", "100")
    history.beat()
    history.tell(records.DeskClosed(reason="asked"))
    history.tell(opened(2, clean=True))
    assert history.found() == []


def test_a_timeout_that_is_settled_by_the_fence_and_a_second_attempt() -> None:
    history = History()
    order = history.receive()
    history.approve(order)
    history.send(order)
    history.doubt(order)
    history.missing(order, proved=False, after=SECOND)
    history.missing(order)
    history.send(order, attempt=2)
    history.accept(order, attempt=2)
    history.part(order, "2", "2", "0", attempt=2)
    assert history.found() == []


def test_a_late_fill_is_counted_when_its_order_has_ended() -> None:
    history = History()
    order = history.receive()
    history.approve(order)
    history.send(order)
    history.accept(order)
    history.tell(records.OrderCanceled(order_id=order, by="venue", reason="asked for"))
    history.part(order, "1", "1", "1", late=True)
    assert history.found() == []


def test_an_overfill_is_recorded_and_the_account_only_shrinks_from_then_on() -> None:
    history = History()
    order = history.receive()
    history.approve(order)
    history.send(order)
    history.part(order, "3", "3", "0")
    last = history.entries[-1].ts
    history.now = last - SECOND
    history.tell(records.ReduceOnlySet(account="main", on=True, why="overfill", by="execution"))
    assert history.found() == []


def test_a_refused_cancel_beside_a_change_that_the_venue_made() -> None:
    history = History()
    order = history.receive()
    history.approve(order)
    history.send(order)
    name = f"P{order}A1"
    history.tell(records.ReplaceSent(order_id=order, client_id=name, quantity=Decimal(3)))
    history.doubt(order, request="replace")
    history.tell(records.CancelSent(order_id=order, client_id=name, why="asked for"))
    history.tell(records.CancelRefused(order_id=order, client_id=name, reason="too late"))
    history.part(order, "2.5", "2.5", "0.5")
    assert history.found() == []


def test_an_algo_and_its_children() -> None:
    history = History()
    parent = history.receive("4", kind=OrderKind.TWAP)
    history.approve(parent, "4")
    history.tell(records.OrderHeld(order_id=parent, waits_for="schedule"))
    for _ in range(2):
        child = history.receive("2", role=Role.CHILD, parent=parent)
        history.approve(child, gates=gates("max_open_orders"))
        history.send(child)
        history.part(child, "2", "2", "0")
    history.tell(records.OrderExpired(order_id=parent, reason="worked"))
    assert history.found() == []


def test_refusals_and_orders_that_were_never_sent() -> None:
    history = History()
    bad = history.receive("NaN", fault="quantity is NaN")
    history.tell(records.OrderRefused(order_id=bad, rule="fields", scope="order", limit="", actual="", text="no"))
    history.bought("1")
    held = history.receive("1", SELL, role=Role.STOP, trigger=Decimal(90))
    history.approve(held, "1", gates=COLLAR)
    history.tell(records.OrderHeld(order_id=held, waits_for="trigger"))
    history.tell(records.OrderCanceled(order_id=held, by="desk", reason="asked for"))
    assert history.found() == []


def test_a_mismatch_that_is_shown_adopted_and_traded_on() -> None:
    history = History()
    history.take(VenueState(orders=[], trades=[], balances={"USDT": Decimal(990)}, ts=history.now + SECOND))
    history.take(AdoptVenue(by="Ada", reason="sent by hand"))
    history.bought("1")
    assert history.found() == []


def test_a_mismatch_of_orders_makes_the_account_reduce_only_at_once() -> None:
    history = History()
    compared = records.Reconciled(account="main", trades=0, orders=1, venue_ts=1, breaks=["one too many"])
    history.tell(compared, records.ReduceOnlySet(account="main", on=True, why="one too many", by="execution"))
    assert history.found() == []


def test_a_kill_leaves_protection_and_what_a_person_re_armed() -> None:
    history = History()
    history.bought()
    history.tell(records.KillEngaged(scope="all", by="Ada", source="cli", reason="drill"))
    history.protect()
    history.tell(records.KillRearmed(scope="all", by="Ada", reason="over"))
    order = history.receive("1", BUY)
    history.approve(order, "1")
    history.send(order, "1")
    assert history.found() == []


def test_a_flattening_that_one_of_two_kills_asked_for() -> None:
    history = History()
    history.bought()
    history.tell(records.KillEngaged(scope="all", by="Ada", source="cli", reason="", flatten=True))
    history.tell(records.KillEngaged(scope="symbol:BTCUSDT", by="Bob", source="cli", reason=""))
    order = history.receive("2", SELL, role=Role.FLATTEN, reduce_only=True)
    history.approve(order, gates=COLLAR)
    history.send(order)
    assert history.found() == []


def test_an_exit_beside_the_stop_that_makes_way_for_it() -> None:
    history = History()
    history.bought()
    history.protect()
    sale = history.receive("2", SELL)
    history.approve(sale)
    assert history.found() == []


def test_doubts_while_the_line_is_down_or_nobody_runs_may_last() -> None:
    history = History()
    order = history.receive()
    history.approve(order)
    history.send(order)
    history.doubt(order)
    history.tell(records.LineChanged(venue="v", up=False, reason="cut"))
    history.tell(records.LineChanged(venue="v", up=True, reason="back"), wait=600 * SECOND)
    history.take(Told(opened(2, clean=False)), wait=600 * SECOND)
    history.accept(order)
    assert history.found() == []

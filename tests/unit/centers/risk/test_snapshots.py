"""The state of the center holds everything that decides, and nothing that does not come from the journal."""

from __future__ import annotations

from decimal import Decimal

from parrot.centers.risk.manifest import Settings
from parrot.contracts import records
from parrot.contracts.commands import Beat, OrderKind
from tests.unit.centers.risk.table import BTC, CHILD, ETH, SECOND, STOP, Table

LIMITS = {
    "firm": {"duplicate_window": "1h", "order_rate": "50/1m", "rate_breaker": "90/1m", "refusal_breaker": "9/1m"},
    "strategy:s": {"daily_loss": "1", "drawdown": "5000", "max_position": "50"},
}


def busy() -> Table:
    """A desk on which a little of everything has happened."""
    table = Table(LIMITS, settings=Settings(cash=False, remembered=2))
    table.hold_position("3")
    for quantity in ("1", "2", "4"):
        table.cancel(table.place("buy", quantity, "91"))
    parent = table.place("buy", "10", kind=OrderKind.TWAP)
    table.fill(
        table.place("buy", "4", role=CHILD, parent=parent), "buy", "2", filled="2", left="2", fee="1", paid="ETH"
    )
    table.tell(records.OrderHeld(order_id=table.place("sell", "3", role=STOP), waits_for="trigger"))
    order_id = table.place("sell", "1", "110", group="g", user="ann")
    table.tell(records.ReplaceReceived(order_id=order_id, quantity=Decimal(2), limit=Decimal(111)))
    table.tell(records.CancelSent(order_id=order_id, client_id="c", why=""))
    table.tell(records.ExternalSeen(venue_id="x", symbol=ETH, side="sell", quantity=Decimal(4)))
    table.tell(records.ExternalSeen(venue_id="y", symbol="XYZ", side="sell", quantity=Decimal(4)))
    table.tell(records.ReduceOnlySet(account="other", on=True, why="differs", by="recovery"))
    table.refused("buy", "100")
    table.kill("strategy:t", flatten=True)
    table.quote(BTC, "90", "90")
    table.take(Beat(ts=table.now))
    return table


def test_a_snapshot_decides_as_the_journal_does() -> None:
    table = busy()
    before = table.desk.hash()
    assert table.restored() == before
    table.open(table.pages)
    assert table.desk.hash() == before
    assert set(table.risk.stopped()) == {"strategy:s", "strategy:t", "account:other"}


def test_quotes_and_checks_leave_no_trace_in_the_state() -> None:
    table = busy()
    before = table.desk.hash()
    table.quote(ETH, "11", "12")
    table.risk.usage()
    assert table.desk.hash() == before


def test_a_fill_of_an_order_that_was_forgotten_still_moves_the_account() -> None:
    table = Table(settings=Settings(cash=False, remembered=0))
    order_id = table.place("buy", "2", "90")
    table.cancel(order_id)
    table.fill(order_id, "buy", "2")
    assert table.book("account:main").position == 2
    assert table.book("strategy:s").position == 0


def test_approvals_are_remembered_for_an_hour() -> None:
    table = Table({"firm": {"duplicate_window": "1h"}})
    table.place("buy", "1", "90")
    table.now += 3601 * SECOND
    table.place("buy", "2", "90")
    assert len(table.risk.state()["repeats"]["approved"]) == 1

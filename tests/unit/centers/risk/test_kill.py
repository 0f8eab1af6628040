"""After a kill nothing leaves but protection that shrinks, whoever asks, until a named person re-arms it."""

from __future__ import annotations

import pytest

from parrot.centers.risk.manifest import kills_of
from parrot.contracts import records
from parrot.contracts.commands import PAUSE, EngageKill, RearmKill
from tests.unit.centers.risk.table import BTC, ETH, FLATTEN, STOP, TAKE, Table, replace


@pytest.mark.parametrize("scope", ["all", "strategy:s", f"symbol:{BTC}", "account:main", "user:ann"])
def test_a_kill_stops_its_scope_at_once(scope) -> None:
    table = Table()
    (engaged,) = table.kill(scope, reason="drill")
    assert (engaged.scope, engaged.by, engaged.source) == (scope, "ann", "cli")
    refusal = table.refused("buy", "1", user="ann")
    assert (refusal.rule, refusal.scope) == ("kill", scope)
    assert "ann (cli) drill" in refusal.text


def test_a_stopped_scope_keeps_the_time_of_its_kill_also_over_a_snapshot() -> None:
    table = Table()
    table.kill("strategy:s")
    first = table.now
    table.now += 5_000_000_000
    table.kill("all")
    table.now += 5_000_000_000
    again = Table()
    again.risk.load(table.risk.state())
    assert again.risk.stopped_since() == {"strategy:s": first, "all": first + 5_000_000_000}


def test_a_kill_stops_its_scope_only() -> None:
    table = Table()
    for scope in ("strategy:t", f"symbol:{ETH}", "account:other", "user:bob"):
        table.kill(scope)
    table.place("buy", "1")


def test_an_order_that_was_held_does_not_leave_after_a_kill() -> None:
    table = Table()
    order_id = table.place("buy", "1", "90")
    table.tell(records.OrderHeld(order_id=order_id, waits_for="trigger"))
    table.kill()
    triggered = records.OrderTriggered(order_id=order_id, price=table.order("buy", "1", "90").limit, quoted=table.now)
    (refused,) = table.tell(triggered)
    assert (refused.rule, refused.scope) == ("kill", "all")
    assert table.book().buys == 0


def test_a_change_does_not_leave_after_a_kill() -> None:
    table = Table()
    order_id = table.place("buy", "2", "90")
    table.kill()
    asked = records.ReplaceReceived(order_id=order_id, quantity=table.order("buy", "1").quantity)
    assert [type(one) for one in table.tell(asked)] == [records.ReplaceRefused]


def test_protection_may_leave_after_a_kill_and_closing_only_when_asked() -> None:
    table = Table()
    table.hold_position("3")
    table.kill()
    assert table.refused("sell", "1", reduce_only=True).rule == "kill"
    assert table.refused("sell", "1", role=FLATTEN).rule == "kill"
    table.place("sell", "1", role=STOP)
    table.place("sell", "1", role=TAKE)
    table.kill(flatten=True)
    table.place("sell", "1", role=FLATTEN)
    table.kill("strategy:s")
    table.place("sell", "1", role=FLATTEN)  # a second kill takes back no closing that another asked for


def test_protection_that_would_not_shrink_does_not_leave() -> None:
    table = Table()
    table.kill(flatten=True)
    for role in (STOP, TAKE, FLATTEN):
        assert table.refused("buy", "1", role=role).rule == "reduce_only"


def test_only_a_named_person_re_arms() -> None:
    table = Table()
    table.kill()
    for by in ("", "  ", "api", "File", "rule"):
        (refused,) = table.take(RearmKill(scope="all", by=by))
        assert isinstance(refused, records.CommandRefused)
    assert table.refused("buy", "1").rule == "kill"
    (rearmed,) = table.take(RearmKill(scope="all", by="ann", reason="checked"))
    assert (rearmed.scope, rearmed.by) == ("all", "ann")
    table.place("buy", "1")


def test_re_arming_one_scope_leaves_the_others_stopped() -> None:
    table = Table()
    table.kill("all")
    table.kill("strategy:s")
    table.take(RearmKill(scope="all", by="ann"))
    assert table.refused("buy", "1").scope == "strategy:s"
    table.place("buy", "1", strategy="t")


def test_who_takes_a_pause_back_takes_back_no_kill_that_came_meanwhile() -> None:
    table, resume = Table(), RearmKill(scope="strategy:s", by="tom", source=PAUSE)
    pause = EngageKill(scope="strategy:s", by="tom", source=PAUSE)
    table.take(pause)
    table.kill("strategy:s")
    (refused,) = table.take(resume)
    assert isinstance(refused, records.CommandRefused)
    assert table.refused("buy", "1").rule == "kill"
    table.take(RearmKill(scope="strategy:s", by="ann"))
    table.take(pause)
    (rearmed,) = table.take(resume)
    assert isinstance(rearmed, records.KillRearmed)


def test_what_is_not_stopped_is_not_re_armed() -> None:
    table = Table()
    table.kill("strategy:s")
    (refused,) = table.take(RearmKill(scope="all", by="ann"))
    assert "stopped is strategy:s" in refused.text


def test_a_kill_survives_a_restart() -> None:
    table = Table()
    table.kill()
    again = Table(pages=table.pages)
    assert again.refused("buy", "1").rule == "kill"


def test_a_kill_that_adds_nothing_is_not_written_again() -> None:
    table = Table()
    assert len(table.kill()) == 1
    assert table.kill() == []
    assert len(table.kill(flatten=True)) == 1
    assert table.kill() == []
    assert len(table.kill("strategy:s")) == 1


def test_what_is_stopped_can_be_read() -> None:
    table = Table({"firm": {"max_quantity": "5.0"}})
    table.kill("strategy:s", reason="drill")
    table.tell(records.BreakerTripped(scope="all", rule="daily_loss", limit="50", actual="51"))
    table.tell(records.ReduceOnlySet(account="main", on=True, why="the venue shows 3", by="recovery"))
    assert table.risk.stopped() == {
        "strategy:s": "kill by ann (cli) drill",
        "all": "daily_loss 51 of 50",
        "account:main": "reduce-only: the venue shows 3",
    }
    assert table.risk.limits() == {"firm": {"max_quantity": "5.0"}}


@pytest.mark.parametrize("scope", ["", "everything", "strategy:", "order:5"])
def test_a_scope_that_does_not_exist_is_refused(scope) -> None:
    (refused,) = Table().kill(scope)
    assert isinstance(refused, records.CommandRefused)


def file_kill(scope: str, *, flatten: bool = False) -> EngageKill:
    return EngageKill(scope=scope, by="file", source="file", reason="the kill file is there", flatten=flatten)


@pytest.mark.parametrize(
    "text", ["", "\n", "# note\n", "stop!", "all\nnonsense", "strategy:", "\x00\x01", "all\n" * 101]
)
def test_a_kill_file_that_says_nothing_clear_stops_everything(text) -> None:
    assert kills_of(text) == [file_kill("all")]


def test_a_kill_file_names_scopes() -> None:
    text = "# who: ann\nstrategy:my strategy\nsymbol:BTC/USDT flatten\n"
    assert kills_of(text) == [file_kill("strategy:my strategy"), file_kill("symbol:BTC/USDT", flatten=True)]


def test_the_kill_file_s_command_engages() -> None:
    table = Table()
    for kill in kills_of("all flatten"):
        table.take(replace(kill, reason="file"))
    assert table.refused("buy", "1").text.endswith("engaged by file (file) file")


def test_a_kill_over_a_pause_is_a_kill_and_no_pause_any_more() -> None:
    table = Table()
    scope = "strategy:s"
    table.kill(scope, by="tom", source=PAUSE)
    assert table.risk.paused(scope)
    assert table.kill(scope, by="tom", source=PAUSE) == []
    (engaged,) = table.kill(scope)
    assert engaged.by == "ann"
    assert not table.risk.paused(scope)
    assert table.kill(scope, by="tom", source=PAUSE) == []  # and a pause makes no pause of it again
    assert not table.risk.paused(scope)

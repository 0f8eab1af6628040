"""Money waits where nobody can spend it, and moves once, when somebody else agrees."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from parrot.app.platform.deciding import Deciding
from parrot.app.platform.funds import Funds, ref_of
from parrot.app.platform.questions.clients import ClientQuestions
from parrot.centers.approvals.manifest import DAY_NS, Approvals
from parrot.centers.clients.manifest import Clients
from parrot.contracts.approvals import ApprovalKind, ApprovalState
from parrot.contracts.clients import ClientStatus, Contact
from parrot.contracts.exchange import SCALE
from parrot.kernel.errors import AccessError, BusyError, InputError, MissingError, Refused, StorageError
from tests.unit.app.platform.asked import ANN, BEA, Asked

ALL = 1_000_000 * SCALE
OUT, IN = ApprovalKind.WITHDRAWAL, ApprovalKind.DEPOSIT


class Desk(Asked):
    def __init__(self) -> None:
        super().__init__()
        self.approvals = Approvals(self.records)
        self.funds = Funds(self, self.approvals, self.note, days=7, now=self.now)
        self.deciding = Deciding(self.approvals, None, self.funds, self.now)

    def ask(self, kind: Any, amount: str = "1.5", **more: Any) -> Any:  # type: ignore[override]  # of money
        given = {"account": "ann", "asset": "USDT", "by": ANN, "reason": ""} | more
        return self.funds.ask(kind, amount=Decimal(amount), **given)

    def state(self, request: Any) -> ApprovalState:
        return self.approvals.get(request.id, self.now()).state


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_withdrawal_is_set_aside_and_leaves_when_another_agrees(desk):
    request = desk.ask(OUT)
    aside = 15 * SCALE // 10
    assert desk.held() == (ALL - aside, aside)
    with pytest.raises(AccessError):
        desk.funds.approve(request.id, by=ANN)
    assert desk.held() == (ALL - aside, aside)
    assert desk.funds.approve(request.id, by=BEA).state is ApprovalState.BOUND
    assert desk.held() == (ALL - aside, 0)
    with pytest.raises(InputError):
        desk.funds.approve(request.id, by=BEA)
    assert desk.held() == (ALL - aside, 0)
    assert [what for _, what, _ in desk.noted] == ["withdrawal request", "withdrawal approve"]


@pytest.mark.parametrize("end", ["decline", "withdraw", "expire"])
def test_it_comes_back_when_nobody_agrees(desk, end):
    request = desk.ask(OUT)
    if end == "decline":
        desk.funds.decline(request.id, by=BEA, text="no")
    elif end == "withdraw":
        desk.funds.withdraw(request.id, by=ANN)
    else:
        desk.table.now += 7 * DAY_NS
        desk.deciding.expire()
    assert desk.held() == (ALL, 0)
    with pytest.raises(InputError):
        desk.funds.approve(request.id, by=BEA)
    assert desk.held() == (ALL, 0)


def test_a_deposit_comes_when_another_agrees_and_not_before(desk):
    request = desk.ask(IN)
    assert desk.held() == (ALL, 0)
    desk.funds.approve(request.id, by=BEA)
    assert desk.held() == (ALL + 15 * SCALE // 10, 0)


def test_more_than_is_free_is_refused_also_over_several_requests(desk):
    desk.ask(OUT, "600000")
    with pytest.raises(InputError, match="at most 400000"):
        desk.ask(OUT, "400000.00000001")
    assert [one.state for one in desk.approvals.newest(desk.now())] == [ApprovalState.FAILED, ApprovalState.PENDING]
    desk.ask(OUT, "400000")
    assert desk.held() == (0, ALL)


@pytest.mark.parametrize("amount", ["0", "-1", "0.000000001", "NaN", "Infinity", "10000000000.1", "999999999999999"])
def test_amounts_that_the_exchange_cannot_hold_are_refused(desk, amount):
    with pytest.raises(InputError):
        desk.ask(OUT, amount)
    assert desk.approvals.newest(desk.now()) == []


def test_unknown_accounts_and_assets_are_refused_before_anything_is_kept(desk):
    with pytest.raises(MissingError):
        desk.ask(IN, account="zoe")
    with pytest.raises(InputError, match="DOGE"):
        desk.ask(IN, asset="DOGE")
    assert desk.approvals.newest(desk.now()) == []


@pytest.mark.parametrize("kind", [IN, OUT])
@pytest.mark.parametrize("done", [False, True])
def test_a_start_finishes_what_was_approved_once(desk, kind, done):
    request = desk.ask(kind)
    approved = desk.approvals.approve(request.id, by=BEA, now=desk.now())
    if done:  # and the process died before it was written down
        desk.funds._finish(approved)
        desk.records.kept["ApprovalKept", request.id] = approved
        desk.records.kept["ApprovalOpen", request.id] = approved
    desk.deciding.recover()
    moved = 15 * SCALE // 10 if kind is IN else -15 * SCALE // 10
    assert desk.held() == (ALL + moved, 0)
    assert desk.state(request) is ApprovalState.BOUND


def test_a_start_sets_aside_what_a_crash_did_not_and_gives_back_what_nobody_wants(desk):
    request = desk.ask(OUT)
    desk.exchange.settle("ann", ref_of(request), paid=False)  # as if it had not been set aside
    desk.exchange.reserve("bob", "USDT", SCALE, "request:000000999")  # of a request that is at its end
    desk.exchange.reserve("bob", "BTC", SCALE, "another's")
    desk.deciding.recover()
    assert desk.held()[1] == 15 * SCALE // 10
    assert (desk.held("bob")[1], desk.held("bob", "BTC")[1]) == (0, SCALE)


def test_a_request_that_is_taken_back_before_it_is_set_aside_leaves_nothing_set_aside(desk):
    reserve = desk.exchange.reserve

    def late(account: str, asset: str, units: int, ref: str) -> None:
        desk.funds.withdraw(ref.partition(":")[2], by=ANN)
        reserve(account, asset, units, ref)

    desk.house.trading.public = SimpleNamespace(
        **{name: getattr(desk.exchange, name) for name in ("accounts", "held", "settle", "turn", "now")}, reserve=late
    )
    request = desk.ask(OUT)
    assert (desk.state(request), desk.held()) == (ApprovalState.WITHDRAWN, (ALL, 0))


def test_limits_are_not_decided_here(desk):
    number = desk.approvals.ask(ApprovalKind.LIMITS, "firm", {}, by=ANN, reason="", now=desk.now()).id
    for act in (lambda: desk.funds.approve(number, by=BEA), lambda: desk.funds.decline(number, by=BEA, text="")):
        with pytest.raises(InputError, match="money"):
            act()


def test_money_of_a_client_who_was_suspended_meanwhile_does_not_move(desk):
    clients = Clients(desk.records)
    client = clients.make("Zoe", Contact(), "", who="ann", now=desk.now())
    clients.tie(client.id, "ann", who="ann", now=desk.now())
    questions = ClientQuestions(clients, desk.funds, "USDT", desk.now)
    request = questions.ask(OUT, "ann", "USDT", Decimal("1.5"), by=ANN, reason="")
    given = {"name": "Zoe", "contact": Contact(), "notes": "", "who": "ann"}
    questions.change(client.id, 2, status=ClientStatus.SUSPENDED, **given)
    with pytest.raises(InputError, match="suspended"):
        questions.approve(request.id, by=BEA)
    assert desk.state(request) is ApprovalState.PENDING
    questions.decline(request.id, by=BEA, text="suspended")
    assert desk.held() == (ALL, 0)


@pytest.mark.parametrize("kind", [IN, OUT])
def test_what_failed_while_a_start_was_looking_at_it_moves_nothing(desk, kind):
    request = desk.ask(kind)
    seen = desk.approvals.approve(request.id, by=BEA, now=desk.now())
    desk.funds._released(desk.approvals.fail(request.id, "there was not enough"))
    desk.funds.recover(seen)  # as it was when the start looked
    assert desk.held() == (ALL, 0)
    assert desk.state(request) is ApprovalState.FAILED


def test_what_is_approved_while_it_is_being_refused_moves_nothing(desk):
    ended = []

    def refuse(*_: Any) -> None:
        ended.append(desk.approvals.approve(desk.approvals.newest(desk.now())[0].id, by=BEA, now=desk.now()))
        raise Refused("there is not enough", reason="balance")

    real, desk.house.trading.public = desk.exchange, Refusing(desk.exchange, refuse)
    with pytest.raises(InputError):
        desk.ask(OUT)
    desk.house.trading.public = real
    assert desk.funds._finish(ended[0]).state is ApprovalState.FAILED
    assert desk.held() == (ALL, 0)


class Refusing:
    """An exchange whose reservations end as `refuse` says."""

    def __init__(self, exchange: Any, refuse: Any) -> None:
        self._exchange = exchange
        self.reserve = refuse

    def __getattr__(self, name: str) -> Any:
        return getattr(self._exchange, name)


def test_one_request_that_cannot_be_finished_holds_up_no_other(desk):
    first, second = desk.ask(IN), desk.ask(IN, account="bob")
    for request in (first, second):
        desk.approvals.approve(request.id, by=BEA, now=desk.now())
    finish = desk.funds.recover

    def fail(request: Any) -> None:
        if request.id == first.id:
            raise StorageError("the disk is gone")
        finish(request)

    desk.funds.recover = fail
    assert desk.deciding.recover() is False
    assert (desk.state(first), desk.state(second)) == (ApprovalState.APPROVED, ApprovalState.BOUND)
    desk.funds.recover = finish
    assert desk.deciding.recover() is True
    assert desk.state(first) is ApprovalState.BOUND


def test_one_that_cannot_be_given_back_keeps_no_other_that_expired(desk):
    requests = [desk.ask(OUT, "1"), desk.ask(OUT, "2")]
    expired = desk.funds.expired

    def fail(request: Any) -> None:
        if request.id == requests[0].id:
            raise TimeoutError
        expired(request)

    desk.funds.expired = fail
    desk.table.now += 7 * DAY_NS
    desk.deciding.expire()
    assert desk.held() == (ALL - SCALE, SCALE)
    desk.deciding.recover()  # the next start gives it back
    assert desk.held() == (ALL, 0)


def test_without_an_exchange_there_is_nothing_to_finish_for_money(desk):
    request = desk.ask(IN)
    desk.approvals.approve(request.id, by=BEA, now=desk.now())
    desk.house.trading.public = None
    assert desk.deciding.recover() is True
    assert desk.state(request) is ApprovalState.APPROVED


def test_what_was_approved_while_the_platform_was_busy_is_done_once_a_minute_after(desk, monkeypatch):
    def busy(work: Any) -> Any:
        raise BusyError("too much to do")

    request = desk.ask(IN)
    with monkeypatch.context() as patch:
        patch.setattr(desk, "act", busy)
        with pytest.raises(BusyError):
            desk.funds.approve(request.id, by=BEA)
    desk.deciding.finish_late()  # whoever approved may be at it still
    assert (desk.state(request), desk.held()) == (ApprovalState.APPROVED, (ALL, 0))
    desk.table.now += 60 * 10**9
    for _ in range(2):
        desk.deciding.finish_late()
    assert (desk.state(request), desk.held()) == (ApprovalState.BOUND, (ALL + 15 * SCALE // 10, 0))


def test_a_withdrawal_that_could_not_be_set_aside_does_not_wait_for_anybody(desk, monkeypatch):
    turns = iter([desk.act])  # the account is looked up; then nothing has its turn

    def act(work: Any) -> Any:
        turn = next(turns, None)
        if turn is None:
            raise BusyError("too much to do")
        return turn(work)

    with monkeypatch.context() as patch:
        patch.setattr(desk, "act", act)
        with pytest.raises(BusyError):
            desk.ask(OUT)
    again = desk.ask(OUT)
    assert [request.id for request in desk.approvals.open(desk.now())] == [again.id]
    assert desk.held() == (ALL - 15 * SCALE // 10, 15 * SCALE // 10)

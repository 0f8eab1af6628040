"""Money that comes to accounts of the simulated exchange and leaves them, when somebody else agrees.

A request is written down first, then what it asks for is set aside, so that it cannot be spent while it waits. What
was decided is written down first as well, then done; everything done names its request and happens once, so that a
start finishes what a crash left.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, Final

from parrot.app.platform.limit_changes import Note
from parrot.app.platform.platform import Platform
from parrot.centers.approvals.manifest import DAY_NS, Approvals
from parrot.contracts.approvals import ApprovalKept, ApprovalKind, ApprovalState, Person
from parrot.contracts.exchange import SCALE
from parrot.kernel.decimals import EXACT, is_multiple, plain
from parrot.kernel.errors import BusyError, InputError, MissingError, Refused
from parrot.ports.exchange import PublicExchange

_STEP: Final = Decimal(1) / SCALE
_MOST: Final = Decimal(10**10)  # far below what the exchange can count
_REF: Final = "request:"
_OURS: Final = (ApprovalKind.DEPOSIT, ApprovalKind.WITHDRAWAL)


class Funds:
    """Deposits and withdrawals of a running platform. Raises MissingError without an exchange, InputError, Refused."""

    def __init__(
        self, platform: Platform, approvals: Approvals, note: Note, *, days: int, now: Callable[[], int]
    ) -> None:
        self._platform = platform
        self._approvals = approvals
        self._note = note
        self._lasts = days * DAY_NS
        self._now = now
        self._one = threading.Lock()  # what is decided is done by one at a time, as it stands then

    def run(self, work: Callable[[PublicExchange], Any]) -> Any:
        """Has `work` done in the exchange's thread, or not at all; what it did to the market is told at once."""

        def whole(house: Any) -> Any:
            exchange = house.trading.public
            if exchange is None:
                raise MissingError("there is no simulated exchange here", expected="venue.kind paper")
            try:
                return work(exchange)
            finally:
                exchange.turn(exchange.now)

        return self._platform.act(whole)

    def ask(
        self, kind: ApprovalKind, account: str, asset: str, amount: Decimal, *, by: Person, reason: str
    ) -> ApprovalKept:
        """A new request; a withdrawal is set aside, or refused where there is not enough."""
        to_units(amount)  # refuses what the exchange cannot hold
        self.run(lambda exchange: _require_known(exchange, account, asset))
        terms = {"account": account, "asset": asset, "amount": plain(amount)}
        made = self._approvals.ask(kind, account, terms, by=by, reason=reason, now=self._now(), lasts=self._lasts)
        if kind is ApprovalKind.WITHDRAWAL:
            try:
                self._set_aside(made)
            except Refused:
                free = self.run(lambda exchange: _free(exchange, account, asset))
                problem = f"{plain(amount)} {asset} cannot leave {account}"
                raise InputError(problem, expected=f"at most {free} {asset}, which is free") from None
            except BusyError as fault:
                self._approvals.fail(made.id, fault.problem)  # or it waits beside the one that is asked for again
                raise
            self._release_ended(made)
        self._note(by, f"{kind.value} request", made)
        return made

    def subject(self, number: str) -> str:
        """The account of a request. Raises MissingError."""
        return self._approvals.get(number, self._now()).subject

    def approve(self, number: str, *, by: Person) -> ApprovalKept:
        """Another person agrees: the money moves."""
        self._require(number)
        approved = self._approvals.approve(number, by=by, now=self._now())
        self._note(by, f"{approved.kind.value} approve", approved)
        return self._finish(approved)

    def decline(self, number: str, *, by: Person, text: str) -> ApprovalKept:
        """Another person refuses: what was set aside comes back."""
        self._require(number)
        declined = self._released(self._approvals.decline(number, by=by, now=self._now(), text=text))
        self._note(by, f"{declined.kind.value} decline", declined)
        return declined

    def withdraw(self, number: str, *, by: Person) -> ApprovalKept:
        """Whoever asked takes it back."""
        self._require(number)
        withdrawn = self._released(self._approvals.withdraw(number, by=by, now=self._now()))
        self._note(by, f"{withdrawn.kind.value} withdraw", withdrawn)
        return withdrawn

    def _require(self, number: str) -> None:
        found = self._approvals.get(number, self._now())
        if found.kind not in _OURS:
            raise InputError(f"request {number} is not about money", expected="a deposit or a withdrawal")
        if found.state is ApprovalState.EXPIRED:
            self._released(found)

    def _set_aside(self, request: ApprovalKept) -> None:
        """Raises Refused where there is not enough: then the request has failed."""
        account, asset, units = _terms(request)
        with self._one:
            try:
                self.run(lambda exchange: exchange.reserve(account, asset, units, ref_of(request)))
            except Refused as fault:
                self._approvals.fail(request.id, fault.problem)
                raise

    def _finish(self, approved: ApprovalKept) -> ApprovalKept:
        """Does what was approved, unless somebody has meanwhile, or it has failed."""
        with self._one:
            current = self._approvals.get(approved.id, self._now())
            return self._move(current) if current.state is ApprovalState.APPROVED else current

    def _move(self, approved: ApprovalKept) -> ApprovalKept:
        account, asset, units = _terms(approved)
        ref = ref_of(approved)

        def pay(exchange: PublicExchange) -> None:
            exchange.reserve(account, asset, units, ref)
            exchange.settle(account, ref, paid=True)

        def take(exchange: PublicExchange) -> None:
            exchange.deposit(account, asset, units, ref)

        try:
            self.run(pay if approved.kind is ApprovalKind.WITHDRAWAL else take)
        except Refused as fault:
            return self._released(self._approvals.fail(approved.id, fault.problem))
        return self._approvals.bind(approved.id, now=self._now())

    def _released(self, ended: ApprovalKept) -> ApprovalKept:
        if ended.kind is ApprovalKind.WITHDRAWAL:
            account, _, _ = _terms(ended)
            self.run(lambda exchange: exchange.settle(account, ref_of(ended), paid=False))
        return ended

    def _release_ended(self, request: ApprovalKept) -> None:
        """Gives back what was set aside for a request that somebody decided on just before."""
        if not self._approvals.is_open(request.id, self._now()):
            self._released(request)

    # -- after a start, and now and then ---------------------------------------------------------------------------

    def recover(self, request: ApprovalKept) -> None:
        """Finishes what was begun when the process ended."""
        if request.state is ApprovalState.APPROVED:
            self._finish(request)
        elif request.kind is ApprovalKind.WITHDRAWAL:
            with contextlib.suppress(Refused):
                self._set_aside(request)
            self._release_ended(request)

    def set_aside(self) -> set[tuple[str, str]]:
        """Account and name of all that waits to leave."""

        def look(exchange: PublicExchange) -> set[tuple[str, str]]:
            return {(account, ref) for account in exchange.accounts() for ref in exchange.reserved(account)}

        found: set[tuple[str, str]] = self.run(look)
        return {(account, ref) for account, ref in found if ref.startswith(_REF)}

    def release(self, found: set[tuple[str, str]]) -> None:
        """Gives back what was set aside."""
        for account, ref in sorted(found):
            self.run(partial(_give_back, account=account, ref=ref))

    def expired(self, request: ApprovalKept) -> None:
        """Nobody decided in time."""
        self._released(request)


def _give_back(exchange: PublicExchange, account: str, ref: str) -> None:
    exchange.settle(account, ref, paid=False)


def ref_of(request: ApprovalKept) -> str:
    """What the exchange knows a request by."""
    return f"{_REF}{request.id}"


def to_units(amount: Decimal) -> int:
    """An amount in units of the exchange, 10^-8. Raises InputError for one that is finer, or not above zero."""
    if not amount.is_finite() or not 0 < amount <= _MOST or not is_multiple(amount, _STEP):
        raise InputError(f"amount is {amount}", expected=f"above 0, at most {_MOST}, 8 digits behind the point")
    return int(EXACT.multiply(amount, Decimal(SCALE)))


def from_units(units: int) -> str:
    """An amount of the exchange as decimal text."""
    return plain(EXACT.multiply(Decimal(units), _STEP))


def _terms(request: ApprovalKept) -> tuple[str, str, int]:
    terms = request.terms
    return terms["account"], terms["asset"], to_units(Decimal(terms["amount"]))


def _require_known(exchange: PublicExchange, account: str, asset: str) -> None:
    if account not in exchange.accounts():
        raise MissingError(f"there is no account {account}")
    known = [held.asset for held in exchange.held(account)]
    if asset not in known:
        raise InputError(f"there is no asset {asset[:20]}", expected=", ".join(known))


def _free(exchange: PublicExchange, account: str, asset: str) -> str:
    return next((from_units(held.free) for held in exchange.held(account) if held.asset == asset), "0")

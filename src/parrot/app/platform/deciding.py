"""Requests that wait for approval on a running platform: finished after a start, ended when their time is over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any, Final, Self

import structlog

from parrot.app.platform.assemble import House
from parrot.app.platform.funds import Funds, ref_of
from parrot.app.platform.limit_changes import LimitChanges
from parrot.app.platform.limit_walks import Walks
from parrot.app.platform.platform import Platform
from parrot.centers.approvals.manifest import Approvals
from parrot.contracts.approvals import ApprovalKept, ApprovalKind, ApprovalState, Person
from parrot.kernel.errors import MissingError, ParrotError

_EVERY_S: Final = 15.0
_STOP_S: Final = 5.0
_LATE_NS: Final = 60 * 10**9  # longer than anybody waits for a turn


class Deciding:
    """Looks after requests in a thread of its own, so that neither trading nor an answer waits for it."""

    def __init__(self, approvals: Approvals, limits: LimitChanges, funds: Funds, now: Callable[[], int]) -> None:
        self.approvals = self._approvals = approvals
        self.limits = self._limits = limits
        self.funds = self._funds = funds
        self._now = now
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="requests", daemon=True)

    def __enter__(self) -> Self:
        """Begins; the platform answers questions from soon on."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        """Ends, also in the middle of a pause."""
        self._ended.set()
        self._thread.join(_STOP_S)

    def recover(self) -> bool:
        """Finishes what was begun when the process ended; whether all is done. One holds no other up."""
        found = self._approvals.open(self._now())
        done = [_done(partial(self._of(request).recover, request)) for request in found]
        return _done(self._release_unwanted) and all(done)

    def finish_late(self) -> None:
        """Finishes what was approved a minute ago or earlier and is not done: its turn did not come."""
        now = self._now()
        for request in self._approvals.open(now):
            if request.state is ApprovalState.APPROVED and request.decided <= now - _LATE_NS:
                _done(partial(self._of(request).recover, request))

    def expire(self) -> None:
        """Ends what nobody decided on in time."""
        for request in self._approvals.expire(self._now()):
            if request.kind is not ApprovalKind.LIMITS:
                _done(partial(self._funds.expired, request))

    def _release_unwanted(self) -> None:
        waiting = self._funds.set_aside()
        wanted = {ref_of(request) for request in self._approvals.open(self._now())}
        self._funds.release({(account, ref) for account, ref in waiting if ref not in wanted})

    def _of(self, request: ApprovalKept) -> LimitChanges | Funds:
        return self._limits if request.kind is ApprovalKind.LIMITS else self._funds

    def _run(self) -> None:
        recovered = False
        while not self._ended.is_set():
            try:
                recovered = recovered or self.recover()
                self.finish_late()
                self.expire()
            except (ParrotError, TimeoutError):  # of the store: nothing can be looked after without it
                _log().exception("requests could not be looked after")
            self._ended.wait(_EVERY_S)


def _done(work: Callable[[], None]) -> bool:
    """Whether it is done, or there is nothing to do; a fault stands in the log."""
    try:
        work()
    except MissingError:
        return True  # no exchange of our own, so nothing is set aside there
    except (ParrotError, TimeoutError):
        _log().exception("a request could not be looked after")
        return False
    return True


def deciding(house: House, platform: Platform) -> Deciding:
    """Requests of a running platform, kept by its records."""
    approvals, now, risk = Approvals(house.records), house.clock.now_ns, house.settings.risk

    def note(by: Person, what: str, request: ApprovalKept) -> None:
        about = {"request": request.id, "subject": request.subject, **request.terms}
        platform.read(lambda house: house.audit.note(by.name, what, ts=house.clock.now_ns(), about=about))

    above, days = risk.second_approver_above, risk.request_days
    limits = LimitChanges(platform, approvals, Walks(house.records), note, above=above, days=days, now=now)
    return Deciding(approvals, limits, Funds(platform, approvals, note, days=days, now=now), now)


def _log() -> Any:
    return structlog.get_logger("parrot.requests")

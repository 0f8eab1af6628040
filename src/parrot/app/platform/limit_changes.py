"""Changes of limits: those that tighten bind at once, those that loosen beyond a set size when another agrees."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from parrot.app.platform.limit_walks import STEPS_MOST, Walks
from parrot.app.platform.platform import Platform
from parrot.centers.approvals.manifest import DAY_NS, Approvals
from parrot.centers.risk.manifest import Change, changes
from parrot.contracts.approvals import BEFORE, ApprovalKept, ApprovalKind, ApprovalState, Person
from parrot.contracts.commands import SetLimits
from parrot.contracts.exposure import LimitUse
from parrot.contracts.records import CommandRefused
from parrot.kernel.errors import InputError

Note = Callable[[Person, str, ApprovalKept], None]
"""Has an act about a request noted in the audit log."""

_VERSION: Final = "@version"  # among the terms of a request: no rule has this name


class LimitChanges:
    """What is asked of limits on a running platform. Raises InputError for limits that cannot be read."""

    def __init__(
        self,
        platform: Platform,
        approvals: Approvals,
        walks: Walks,
        note: Note,
        *,
        above: Decimal,
        days: int,
        now: Callable[[], int],
    ) -> None:
        self._platform = platform
        self._approvals = approvals
        self._walks = walks
        self._note = note
        self._above = above
        self._lasts = days * DAY_NS
        self._now = now
        self._one = threading.Lock()  # what is looser is measured against what is in force when it binds

    def preview(self, scope: str, limits: Mapping[str, str]) -> tuple[list[Change], list[LimitUse], int]:
        """What would change, the use of the new limits as if they were in force, and the version they replace."""
        before, uses, version = self._platform.read(
            lambda house: (
                house.components.risk.limits().get(scope, {}),
                house.components.risk.sight.would_be(scope, limits, house.clock.now_ns()),
                house.components.risk.sight.version(scope),
            )
        )
        since = self._walks.since(scope, self._now())
        found = changes(scope, before, limits, above=self._above, since=since.limits)
        return [_counted(one) for one in found] if since.full else found, uses, version

    def put(
        self, scope: str, limits: Mapping[str, str], *, by: Person, reason: str, version: int | None, alone: bool
    ) -> ApprovalKept | None:
        """Binds limits at once, or returns the request that waits for another person; `alone` needs nobody.

        `version` is what was looked at, None to not care. Raises InputError when they were changed meanwhile.
        """
        with self._one:
            found, _, current = self.preview(scope, limits)
            if version is not None and version != current:
                fix = "look at them again, then change them"
                raise InputError(f"limits of {scope} are version {current}", expected=f"version {version}", fix=fix)
            if alone:
                self._bind(scope, limits, by.name)
                self._walks.agree(scope, limits)
                return None
            if not any(change.second for change in found):
                self._walks.step(scope, {one.rule: one.before for one in found if one.before}, self._now())
                self._bind(scope, limits, by.name)
                return None
        before = {f"{BEFORE}{change.rule}": change.before for change in found if change.direction != "same"}
        terms = {**limits, **before, _VERSION: str(current)}
        made = self._approvals.ask(
            ApprovalKind.LIMITS, scope, terms, by=by, reason=reason, now=self._now(), lasts=self._lasts
        )
        self._note(by, "limits request", made)
        return made

    def approve(self, number: str, *, by: Person) -> ApprovalKept:
        """Another person agrees: the limits bind, unless they were changed since they were asked for."""
        self._require(number)
        approved = self._approvals.approve(number, by=by, now=self._now())
        self._note(by, "limits approve", approved)
        return self.finish(approved)

    def finish(self, approved: ApprovalKept) -> ApprovalKept:
        """Binds what was approved; what a crash left undone is done once, whatever of it was done before."""
        with self._one:
            current = self._approvals.get(approved.id, self._now())
            return self._finish(current) if current.state is ApprovalState.APPROVED else current

    def _finish(self, approved: ApprovalKept) -> ApprovalKept:
        limits = asked(approved)
        wanted = int(approved.terms[_VERSION])
        in_force, current = self._platform.read(
            lambda house: (
                house.components.risk.limits().get(approved.subject, {}),
                house.components.risk.sight.version(approved.subject),
            )
        )
        if current == wanted + 1 and in_force == limits:
            self._walks.agree(approved.subject, limits)
            return self._approvals.bind(approved.id, now=self._now())
        if current != wanted:
            return self._approvals.fail(approved.id, f"the limits were changed meanwhile: version {current}")
        decided = approved.decided_by.name if approved.decided_by is not None else ""
        try:
            self._bind(approved.subject, limits, f"{decided}, asked by {approved.by.name}")
        except InputError as fault:
            return self._approvals.fail(approved.id, str(fault))
        self._walks.agree(approved.subject, limits)
        return self._approvals.bind(approved.id, now=self._now())

    def decline(self, number: str, *, by: Person, text: str) -> ApprovalKept:
        """Another person refuses."""
        self._require(number)
        declined = self._approvals.decline(number, by=by, now=self._now(), text=text)
        self._note(by, "limits decline", declined)
        return declined

    def withdraw(self, number: str, *, by: Person) -> ApprovalKept:
        """Whoever asked takes it back."""
        self._require(number)
        withdrawn = self._approvals.withdraw(number, by=by, now=self._now())
        self._note(by, "limits withdraw", withdrawn)
        return withdrawn

    def _require(self, number: str) -> None:
        if self._approvals.get(number, self._now()).kind is not ApprovalKind.LIMITS:
            raise InputError(f"request {number} is not about limits", expected="one about limits")

    def _bind(self, scope: str, limits: Mapping[str, str], approver: str) -> None:
        for entry in self._platform.ask(SetLimits(scope=scope, limits=dict(limits), approver=approver)):
            if isinstance(entry.record, CommandRefused):
                raise InputError(entry.record.text)

    def recover(self, request: ApprovalKept) -> None:
        """Finishes what was approved and not done when the process ended."""
        if request.state is ApprovalState.APPROVED:
            self.finish(request)


def _counted(change: Change) -> Change:
    if change.direction != "looser" or change.second:
        return change
    return change._replace(second=True, why=f"looser, after {STEPS_MOST} changes within a day")


def asked(request: ApprovalKept) -> dict[str, str]:
    """The limits that a request is about."""
    return {rule: text for rule, text in request.terms.items() if not rule.startswith("@")}

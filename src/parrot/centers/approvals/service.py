"""The life of a request: pending, then decided by somebody else, then done; or ended in another way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from parrot.contracts.approvals import ApprovalKept, ApprovalKind, ApprovalState, Person
from parrot.contracts.message import Message
from parrot.kernel.errors import AccessError, InputError, MissingError
from parrot.ports.records import Records, Work

DAY_NS: Final = 86_400 * 10**9
_OPEN: Final = frozenset({ApprovalState.PENDING, ApprovalState.APPROVED})
_PENDING_MOST: Final = 1_000


class ApprovalsCounted(Message, frozen=True, kw_only=True):
    """How many requests there ever were."""

    count: int


class ApprovalOpen(Message, frozen=True, kw_only=True):
    """A request that is not at its end, so that these are found without reading all."""

    id: str


class Approvals:
    """Requests by number. Each call is one transaction; what it says is durable when it returns.

    Whoever asked cannot approve: people are told apart by the id of their user, not by a name or a key. Times are ns
    UTC and come in with each call. Raises MissingError for a request that is not there, InputError for one that is at
    its end, AccessError for the same person, StorageError.
    """

    def __init__(self, records: Records) -> None:
        self._records = records

    def ask(
        self,
        kind: ApprovalKind,
        subject: str,
        terms: Mapping[str, str],
        *,
        by: Person,
        reason: str,
        now: int,
        lasts: int = 7 * DAY_NS,
    ) -> ApprovalKept:
        """A new request, pending until `now` + `lasts`. Raises InputError while too many wait."""
        if len(self._records.scan(ApprovalOpen, limit=_PENDING_MOST)) >= _PENDING_MOST:
            fix = "have some decided or taken back"
            raise InputError("too many requests wait", expected=f"at most {_PENDING_MOST}", fix=fix)
        with self._records.work() as work:
            counted = work.get(ApprovalsCounted, "all")
            number = (counted.count if counted else 0) + 1
            made = ApprovalKept(
                id=f"{number:09d}",
                kind=kind,
                subject=subject,
                terms=dict(terms),
                reason=reason,
                by=by,
                ts=now,
                expires=now + lasts,
            )
            work.put("all", ApprovalsCounted(count=number))
            _put(work, made)
        return made

    def get(self, number: str, now: int) -> ApprovalKept:
        """One request as it stands at `now`."""
        found = self._records.get(ApprovalKept, number)
        if found is None:
            raise MissingError(f"there is no request {number[:20]}")
        return _aged(found, now)

    def is_open(self, number: str, now: int) -> bool:
        """Whether it is not at its end."""
        return self.get(number, now).state in _OPEN

    def approve(self, number: str, *, by: Person, now: int) -> ApprovalKept:
        """Somebody else agrees; what was asked for is done next, and told by `bind` or `fail`."""
        return self._end(number, ApprovalState.APPROVED, by=by, now=now, text="")

    def decline(self, number: str, *, by: Person, now: int, text: str = "") -> ApprovalKept:
        """Somebody else refuses."""
        return self._end(number, ApprovalState.DECLINED, by=by, now=now, text=text)

    def withdraw(self, number: str, *, by: Person, now: int) -> ApprovalKept:
        """Whoever asked takes it back."""
        return self._end(number, ApprovalState.WITHDRAWN, by=by, now=now, text="")

    def bind(self, number: str, *, now: int) -> ApprovalKept:
        """What was approved is done. Saying so again changes nothing."""
        return self._done(number, ApprovalState.BOUND, "")

    def fail(self, number: str, text: str) -> ApprovalKept:
        """What was asked for cannot be done, and is not."""
        return self._done(number, ApprovalState.FAILED, text)

    def _done(self, number: str, state: ApprovalState, text: str) -> ApprovalKept:
        with self._records.work() as work:
            found = _found(work, number)
            if found.state not in _OPEN:
                return found
            ended = msgspec.structs.replace(found, state=state, text=text)
            _put(work, ended)
        return ended

    def _end(self, number: str, state: ApprovalState, *, by: Person, now: int, text: str) -> ApprovalKept:
        with self._records.work() as work:
            found = _aged(_found(work, number), now)
            if found.state is not ApprovalState.PENDING:
                raise InputError(f"request {number} is {found.state.value}", expected="one that is pending")
            own = by.user == found.by.user
            if own == (state is not ApprovalState.WITHDRAWN):
                expected = "another person decides" if own else "whoever asked takes it back"
                raise AccessError(f"{found.by.name} asked for this", expected=expected, reason="forbidden")
            ended = msgspec.structs.replace(found, state=state, decided_by=by, decided=now, text=text)
            _put(work, ended)
        return ended

    def expire(self, now: int) -> list[ApprovalKept]:
        """Ends what nobody decided on in time; returns those."""
        late = [one for one in self._opened() if one.state is ApprovalState.PENDING and one.expires <= now]
        ended = []
        for one in late:
            with self._records.work() as work:
                found = _aged(_found(work, one.id), now)
                if found.state is ApprovalState.EXPIRED:
                    _put(work, found)
                    ended.append(found)
        return ended

    def open(self, now: int) -> list[ApprovalKept]:
        """Requests that are pending, or approved and not done yet, oldest first."""
        return [one for one in (_aged(found, now) for found in self._opened()) if one.state in _OPEN]

    def _opened(self) -> list[ApprovalKept]:
        numbers = [key for key, _ in self._records.scan(ApprovalOpen, limit=_PENDING_MOST)]
        return [found for number in numbers if (found := self._records.get(ApprovalKept, number)) is not None]

    def newest(self, now: int, *, before: str = "", limit: int = 100) -> list[ApprovalKept]:
        """Requests newest first, those numbered below `before`."""
        counted = self._records.get(ApprovalsCounted, "all")
        last = int(before) - 1 if before else (counted.count if counted else 0)
        if last <= 0:
            return []
        first = max(last - limit, 0)
        found = self._records.scan(ApprovalKept, after=f"{first:09d}", limit=last - first)
        return [_aged(one, now) for key, one in reversed(found) if int(key) <= last]


def _found(work: Work, number: str) -> ApprovalKept:
    found = work.get(ApprovalKept, number)
    if found is None:
        raise MissingError(f"there is no request {number[:20]}")
    return found


def _put(work: Work, kept: ApprovalKept) -> None:
    work.put(kept.id, kept)
    if kept.state in _OPEN:
        work.put(kept.id, ApprovalOpen(id=kept.id))
    else:
        work.drop(ApprovalOpen, kept.id)


def _aged(kept: ApprovalKept, now: int) -> ApprovalKept:
    """As it stands at `now`: time ends what is pending, whether or not somebody has written that down."""
    if kept.state is ApprovalState.PENDING and kept.expires <= now:
        return msgspec.structs.replace(kept, state=ApprovalState.EXPIRED, text="nobody decided in time")
    return kept

"""Requests as routes show and take them: who may see one, who may decide, who asked."""

from __future__ import annotations

from typing import Final

from parrot.contracts.access import Permission, Principal
from parrot.contracts.approvals import BEFORE, ApprovalKept, ApprovalKind, ApprovalState, Person
from parrot.gateway.rest.access import MAIN
from parrot.gateway.rest.models.risk import Replaced, Request
from parrot.kernel.errors import MissingError

_DECIDES: Final = {
    ApprovalKind.LIMITS: Permission.RISK_WRITE,
    ApprovalKind.DEPOSIT: Permission.FUNDS_APPROVE,
    ApprovalKind.WITHDRAWAL: Permission.FUNDS_APPROVE,
}
_SEES: Final = {
    ApprovalKind.LIMITS: Permission.RISK_READ,
    ApprovalKind.DEPOSIT: Permission.CLIENTS_READ,
    ApprovalKind.WITHDRAWAL: Permission.CLIENTS_READ,
}


def exchange_account(account: str) -> str:
    """What an account of the simulated exchange is called among the accounts that people may see."""
    return f"exchange:{account}"


def person(who: Principal) -> Person:
    """Who asks, as requests know people: by the id of the user, whatever key or session it is."""
    return Person(who.user, who.name)


def sees(who: Principal, request: ApprovalKept) -> bool:
    """Whether a request is theirs to see: their own, or of what they may look at."""
    if request.by.user == who.user:
        return True
    account = MAIN if request.kind is ApprovalKind.LIMITS else exchange_account(request.subject)
    return who.may(_SEES[request.kind]) and who.sees(account)


def require(who: Principal, request: ApprovalKept, *kinds: ApprovalKind) -> None:
    """Raises MissingError for a request of other kinds, or that is not theirs to see."""
    if (kinds and request.kind not in kinds) or not sees(who, request):
        raise MissingError(f"there is no request {request.id}")


def told(who: Principal, request: ApprovalKept) -> Request:
    """A request as `who` sees it."""
    own = request.by.user == who.user
    may = who.may(_DECIDES[request.kind]) and not own and request.state is ApprovalState.PENDING
    return Request(
        id=request.id,
        kind=request.kind.value,
        subject=request.subject,
        terms={name: text for name, text in request.terms.items() if not name.startswith("@")},
        changes=[
            Replaced(term=(rule := name.removeprefix(BEFORE)), before=text, after=request.terms.get(rule, ""))
            for name, text in request.terms.items()
            if name.startswith(BEFORE)
        ],
        reason=request.reason,
        by=request.by.name,
        ts=request.ts,
        expires_ns=request.expires,
        state=request.state.value,
        decided_by=request.decided_by.name if request.decided_by is not None else None,
        decided_ns=request.decided,
        text=request.text,
        own=own,
        may_decide=may,
    )

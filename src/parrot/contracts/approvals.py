"""Requests that one person makes and another decides on before they bind."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from parrot.contracts.message import Message

BEFORE: Final = "@before:"  # and a rule: among the terms of a request about limits, what it replaces


class ApprovalKind(StrEnum):
    """What is asked for."""

    LIMITS = "limits"
    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"


class ApprovalState(StrEnum):
    """How a request stands; all but the first two are ends. `APPROVED` is decided, `BOUND` is done as well."""

    PENDING = "pending"
    APPROVED = "approved"
    BOUND = "bound"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    FAILED = "failed"


class Person(msgspec.Struct, frozen=True):
    """Somebody who asks or decides: the user's id, by which they are told apart, and their name."""

    user: str
    name: str


class ApprovalKept(Message, frozen=True, kw_only=True):
    """A request as it stands; `subject` is what it is about (a scope, an account), `terms` what is asked, as texts.

    Terms whose names begin with @ are not asked for: they say what was there then.
    Times are ns UTC; `expires` is when nobody may approve it any more. `text` says why it ended as it did.
    """

    id: str
    kind: ApprovalKind
    subject: str
    terms: dict[str, str]
    reason: str
    by: Person
    ts: int
    expires: int
    state: ApprovalState = ApprovalState.PENDING
    decided_by: Person | None = None
    decided: int = 0
    text: str = ""

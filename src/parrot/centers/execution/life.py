"""The life of an order as one table: in which state what may happen, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where an order stands."""

    NEW = "new"
    APPROVED = "approved"
    HELD = "held"
    TRIGGERED = "triggered"
    SENT = "sent"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    PARTIALLY_FILLED = "partially_filled"
    REFUSED = "refused"
    REJECTED = "rejected"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"


class Event(StrEnum):
    """What happens to an order."""

    APPROVE = "approve"
    HOLD = "hold"
    TRIGGER = "trigger"
    REFUSE = "refuse"
    SEND = "send"
    ACCEPT = "accept"
    REJECT = "reject"
    DOUBT = "doubt"
    DISPROVE = "disprove"
    FILL_PART = "fill_part"
    FILL_WHOLE = "fill_whole"
    CANCEL = "cancel"
    EXPIRE = "expire"


ENDED: Final = frozenset({State.REFUSED, State.REJECTED, State.FILLED, State.CANCELED, State.EXPIRED})

# The venue has it, had it, or may have it.
OUT: Final = frozenset({State.SENT, State.UNKNOWN, State.ACCEPTED, State.PARTIALLY_FILLED})

_ENDS: Final = {Event.CANCEL: State.CANCELED, Event.EXPIRE: State.EXPIRED}
_FILLS: Final = {Event.FILL_PART: State.PARTIALLY_FILLED, Event.FILL_WHOLE: State.FILLED}
_WAITS: Final = {Event.REFUSE: State.REFUSED, **_ENDS}


def _late(state: State) -> dict[Event, State]:
    return {Event.FILL_PART: state, Event.FILL_WHOLE: state}


TABLE: Final[Mapping[State, Mapping[Event, State]]] = {
    State.NEW: {Event.APPROVE: State.APPROVED, **_WAITS},
    State.APPROVED: {Event.SEND: State.SENT, Event.HOLD: State.HELD, **_WAITS},
    State.HELD: {Event.TRIGGER: State.TRIGGERED, **_WAITS},
    State.TRIGGERED: {Event.APPROVE: State.APPROVED, **_WAITS},
    State.SENT: {
        Event.ACCEPT: State.ACCEPTED,
        Event.REJECT: State.REJECTED,
        Event.DOUBT: State.UNKNOWN,
        **_FILLS,
        **_ENDS,
    },
    # Left by evidence only. A proved absence lets the order be sent again; the same id may be repeated where the venue
    # keeps ids apart for ever.
    State.UNKNOWN: {
        Event.ACCEPT: State.ACCEPTED,
        Event.REJECT: State.REJECTED,
        Event.DISPROVE: State.APPROVED,
        Event.SEND: State.SENT,
        **_FILLS,
        **_ENDS,
    },
    State.ACCEPTED: {Event.REJECT: State.REJECTED, **_FILLS, **_ENDS},
    State.PARTIALLY_FILLED: {Event.ACCEPT: State.PARTIALLY_FILLED, Event.REJECT: State.REJECTED, **_FILLS, **_ENDS},
    # No exits but a late fill, which is counted and changes nothing else.
    **{state: _late(state) for state in ENDED},
}


def after(state: State, event: Event) -> State | None:
    """The state that follows, None where the event is illegal."""
    return TABLE[state].get(event)


class Pending(StrEnum):
    """CANCEL_PENDING and REPLACE_PENDING, which stand beside the state of an order; each may become UNKNOWN."""

    NONE = "none"
    ASKED = "asked"
    UNKNOWN = "unknown"


class Change(StrEnum):
    """What happens to a request to cancel or to replace."""

    ASK = "ask"
    DOUBT = "doubt"
    SETTLE = "settle"


PENDING: Final[Mapping[Pending, Mapping[Change, Pending]]] = {
    Pending.NONE: {Change.ASK: Pending.ASKED, Change.DOUBT: Pending.NONE, Change.SETTLE: Pending.NONE},
    Pending.ASKED: {Change.ASK: Pending.ASKED, Change.DOUBT: Pending.UNKNOWN, Change.SETTLE: Pending.NONE},
    Pending.UNKNOWN: {Change.ASK: Pending.ASKED, Change.DOUBT: Pending.UNKNOWN, Change.SETTLE: Pending.NONE},
}

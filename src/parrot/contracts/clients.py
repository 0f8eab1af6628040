"""The broker's clients: who they are, which accounts of the exchange are theirs, what was done for them."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from parrot.contracts.message import Message


class ClientStatus(StrEnum):
    """How a client stands; only accounts of active ones take deposits and withdrawals."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Personal data, shown only to who may change it."""

    email: str = ""
    phone: str = ""
    address: str = ""


class ClientKept(Message, frozen=True, kw_only=True):
    """A client as it stands; `version` counts its changes, times are ns UTC. `erased` clients have no personal data."""

    id: str
    name: str
    status: ClientStatus
    contact: Contact
    notes: str
    accounts: list[str]
    created: int
    updated: int
    version: int = 1
    erased: bool = False


class ClientAct(Message, frozen=True, kw_only=True):
    """Somebody did something for a client; `about` are its fields as texts, never personal data."""

    client: str
    ts: int
    who: str
    what: str
    about: dict[str, str]

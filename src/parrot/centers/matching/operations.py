"""What moved the exchange, as the venue's journal keeps it: enough to do all of it again."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import msgspec

from parrot.contracts.exchange import ListForm, NewOrder
from parrot.contracts.venue import PlaceOrder
from parrot.kernel.errors import DataError

_FIX: Final = "open it with the version of Parrot that wrote it, or give the paper venue an empty folder"


class Operation(msgspec.Struct, frozen=True, tag=True, array_like=True, gc=False):
    """Base of what an entry holds."""


class Image(Operation, frozen=True, gc=False):
    """The whole venue at `now`; the first operation of a segment. `terms` tells the settings that must not change."""

    terms: str
    session: int
    now: int
    exchange: bytes
    account: bytes
    members: bytes = b""


class Begun(Operation, frozen=True, gc=False):
    """A process took the venue over."""

    session: int


class Moved(Operation, frozen=True, gc=False):
    """Time went on to `ts` (ns UTC), then the crowd sent COMMAND records."""

    ts: int
    commands: bytes


class Placed(Operation, frozen=True, gc=False):
    """We sent an order, `order` being the arguments of the exchange's `submit`."""

    number: int
    order: tuple[int, ...]
    request: PlaceOrder


class Ended(Operation, frozen=True, gc=False):
    """We cancelled our order of this number."""

    number: int


class Changed(Operation, frozen=True, gc=False):
    """We gave our order another quantity and price, in units; price 0 leaves it. `limit` is what it has then."""

    number: int
    price: int
    quantity: int
    limit: Decimal | None


class Act(Operation, frozen=True, gc=False):
    """Base of what the public exchange did at `ts`, ns UTC."""

    ts: int


class Opened(Act, frozen=True, gc=False):
    """An account was opened."""

    account: str


class Deposit(Act, frozen=True, gc=False):
    """An amount came to an account, below zero it left, in units; one that has a `ref` comes once."""

    member: int
    asset: str
    amount: int
    ref: str = ""


class Reserved(Act, frozen=True, gc=False):
    """A member's amount was set aside under `ref`, in units, until it is settled."""

    member: int
    asset: str
    amount: int
    ref: str


class Settled(Act, frozen=True, gc=False):
    """What was set aside under `ref` left the exchange, or came back."""

    member: int
    ref: str
    paid: bool


class Sent(Act, frozen=True, gc=False):
    """A member sent an order, `fields` being the arguments of the exchange's `submit`."""

    member: int
    number: int
    client_id: str
    fields: tuple[int, ...]
    order: NewOrder


class Succeeded(Act, frozen=True, gc=False):
    """A member's order `old` made room for another, whose fields are as in Sent."""

    old: int
    member: int
    number: int
    client_id: str
    fields: tuple[int, ...]
    order: NewOrder
    request_id: str = ""


class Listed(Act, frozen=True, gc=False):
    """A member sent a list."""

    member: int
    list_id: int
    form: ListForm
    client_id: str
    numbers: tuple[int, ...]
    names: tuple[str, ...]
    orders: tuple[NewOrder, ...]


class Withdrew(Act, frozen=True, gc=False):
    """A member cancelled its order of this number; `request_id` is its name of that request."""

    number: int
    request_id: str = ""


class Amended(Act, frozen=True, gc=False):
    """A member gave its order other values, in units of its symbol; 0 leaves one."""

    number: int
    price: int
    quantity: int
    trigger: int
    stp: int
    request_id: str = ""


class Rang(Act, frozen=True, gc=False):
    """A symbol went to another phase (its code)."""

    symbol: int
    phase: int


class Referred(Act, frozen=True, gc=False):
    """A symbol's reference price was set, in units."""

    symbol: int
    price: int


class Continued(Operation, frozen=True, gc=False):
    """Nothing more follows here; segment `segment` goes on."""

    segment: int


Own = Image | Begun | Moved | Placed | Ended | Changed | Continued
Public = Opened | Deposit | Reserved | Settled | Sent | Succeeded | Listed | Withdrew | Amended | Rang | Referred
Any = Own | Public
_ENCODER: Final = msgspec.msgpack.Encoder(decimal_format="string")
_DECODER: Final = msgspec.msgpack.Decoder(list[Any])


def encode(operations: Sequence[Operation]) -> bytes:
    """Operations as the body of one entry."""
    return _ENCODER.encode(operations)


def decode(body: bytes) -> list[Any]:
    """The operations of one entry; raises DataError for what is none of this version."""
    try:
        return _DECODER.decode(body)
    except msgspec.MsgspecError as fault:
        raise DataError(f"an entry of the paper venue's journal cannot be read: {fault}", fix=_FIX) from None

"""What moved the exchange, as the venue's journal keeps it: enough to do all of it again."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import msgspec

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


class Continued(Operation, frozen=True, gc=False):
    """Nothing more follows here; segment `segment` goes on."""

    segment: int


Any = Image | Begun | Moved | Placed | Ended | Changed | Continued
_ENCODER: Final = msgspec.msgpack.Encoder(decimal_format="string")
_DECODER: Final = msgspec.msgpack.Decoder(list[Any])


def encode(operations: Sequence[Any]) -> bytes:
    """Operations as the body of one entry."""
    return _ENCODER.encode(operations)


def decode(body: bytes) -> list[Any]:
    """The operations of one entry; raises DataError for what is none of this version."""
    try:
        return _DECODER.decode(body)
    except msgspec.MsgspecError as fault:
        raise DataError(f"an entry of the paper venue's journal cannot be read: {fault}", fix=_FIX) from None

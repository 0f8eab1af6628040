"""What was asked under an idempotency key, and what was answered."""

from __future__ import annotations

from parrot.contracts.message import Message


class Receipt(Message, frozen=True, kw_only=True):
    """One request by its key; `asked` is the hash of all of it, `ts` when it came, ns UTC.

    `status` is 0 until it is answered; `body` is the answer unless it was not to be kept (`kept`).
    """

    asked: str
    ts: int
    status: int = 0
    kind: str = ""
    body: bytes = b""
    kept: bool = True

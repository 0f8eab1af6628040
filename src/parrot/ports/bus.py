"""The bus port: messages by topic, to every subscription of the topic, in order, in queues that are bounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import msgspec


class Envelope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message on its way: `body` is its encoding, (`source`, `id`) names it once for ever.

    `ts` is its event time, ns UTC; `cause` the id of the message that it follows from.
    """

    topic: str
    source: str
    id: str
    ts: int
    body: bytes
    cause: str = ""


class Full(StrEnum):
    """What happens to one message more where `room` of them wait."""

    REFUSE = "refuse"
    """The publisher is told, with BusyError; nothing is lost. For facts about orders and money."""
    OLDEST = "oldest"
    """The one that waits longest is dropped, and counted. For a stream of which the present counts."""
    LATEST = "latest"
    """One message a topic waits at most: the newest. For quotes."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Topics that share a policy. Patterns end in ".>" for everything below: "md.>"; lanes do not overlap."""

    name: str
    patterns: tuple[str, ...]
    room: int
    full: Full


@dataclass(frozen=True, slots=True)
class Depth:
    """How one subscription stands: messages that wait, were handled, were dropped, and failed for good."""

    name: str
    waiting: int
    handled: int
    dropped: int
    failed: int


class Bus(Protocol):
    """At least once, in order: for each subscription, messages of one lane come in the order they were published.

    A message is held for the subscriptions there are when it is published. The bus is a carrier: what it loses comes
    again from the journal or the outbox, and who has effects keeps an inbox. Methods raise StorageError when the
    carrier fails, ParameterError for a topic of no lane.
    """

    def publish(self, envelope: Envelope) -> None:
        """Hands a message over; the same (source, id) again soon after is the same message. Raises BusyError."""

    def subscribe(self, name: str, pattern: str, handler: Callable[[Envelope], None]) -> None:
        """From here on holds messages of `pattern` for `name`, also while nobody of that name is connected."""

    def deliver(self, wait_s: float = 0.0) -> int:
        """Calls handlers, in this thread, with what waits; says how many it handled; waits that long for the first.

        A message whose handler raises comes first again in the next call, and after five times is put aside and
        counted as failed; other subscriptions go on.
        """

    def depths(self) -> list[Depth]:
        """How each subscription stands, in the order they were made."""

    def close(self) -> None:
        """Lets go; what waits stays where the carrier is durable."""

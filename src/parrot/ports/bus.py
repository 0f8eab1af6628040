"""The bus port: messages by topic to the readers of the topic, in order, in queues that are bounded."""

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
    """The publisher gets BusyError and nothing is lost. For facts about orders and money."""
    OLDEST = "oldest"
    """The one that waits longest is dropped, and counted. For a stream of which the present counts."""
    LATEST = "latest"
    """A newer message of the same topic takes the place of one that waits, too. For quotes."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who receives messages of `pattern`: a topic, or with `*` for one word of it, or ">" for all words from there."""

    name: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Lane:
    """Topics that share a queue and its policy; `room` counts messages that wait for at least one reader."""

    name: str
    patterns: tuple[str, ...]
    room: int
    full: Full
    readers: tuple[Reader, ...] = ()


@dataclass(frozen=True, slots=True)
class Depth:
    """How one reader stands: messages that wait for it, that it handled, that were dropped, that failed for good."""

    reader: str
    waiting: int
    handled: int
    dropped: int
    failed: int


@dataclass(frozen=True, slots=True)
class BusState:
    """`life` changes when the carrier may have lost what it carried: publish again from the outbox or the journal."""

    life: str
    depths: tuple[Depth, ...]


TRIES = 5
"""How often a message is given to a handler that raises."""


class Bus(Protocol):
    """At least once, and in order for each reader. Lanes and readers are declared when a bus is made.

    A message waits for every reader of its topic, also for one that is not connected. The bus is a carrier: what it
    loses comes again from the outbox or the journal, and who has effects keeps an inbox. Methods raise StorageError
    when the carrier fails, ParameterError for topics and readers that no lane has.
    """

    def publish(self, envelope: Envelope) -> None:
        """Hands a message over; the same (source, id) again soon after is the same message. Raises BusyError."""

    def subscribe(self, reader: str, handler: Callable[[Envelope], None]) -> None:
        """Says who handles what is there for a declared reader."""

    def deliver(self, wait_s: float = 0.0) -> int:
        """Calls handlers in this thread with what waits now, waiting that long for the first; says how many it handled.

        A message whose handler raises comes first again in the next call, and is put aside as failed after `TRIES`;
        the reader's later messages wait meanwhile, other readers go on.
        """

    def state(self) -> BusState:
        """How the carrier and its readers stand, in the order they were declared."""

    def close(self) -> None:
        """Lets go; what waits stays where the carrier is durable."""


def fits(pattern: str, topic: str) -> bool:
    """Whether a pattern covers a topic (or all topics of another pattern)."""
    wanted, words = pattern.split("."), topic.split(".")
    if wanted[-1] == ">":
        wanted, words = wanted[:-1], words[: len(wanted) - 1] if len(words) >= len(wanted) else []
    return len(wanted) == len(words) and all(w == "*" or w == word for w, word in zip(wanted, words, strict=True))

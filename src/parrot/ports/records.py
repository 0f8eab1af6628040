"""The records port: what a service keeps beside the journal, with what it sends and has received in one transaction."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from parrot.contracts.message import Message
from parrot.ports.bus import Envelope

R = TypeVar("R", bound=Message)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message of the outbox, by its number there."""

    number: int
    envelope: Envelope


class Work(Protocol):
    """One transaction: all of it is durable when its block ends well, and nothing of it when the block raises."""

    def get(self, kind: type[R], key: str) -> R | None:
        """The record of that kind and key as this transaction sees it."""

    def put(self, key: str, record: Message) -> None:
        """Keeps a record under its kind and `key`, in place of the one before. Decimals stay exact."""

    def drop(self, kind: type[Message], key: str) -> None:
        """Lets go of a record; of none, nothing happens."""

    def send(self, envelope: Envelope) -> None:
        """Puts a message into the outbox: it leaves if and only if the transaction stands."""

    def accept(self, reader: str, envelope: Envelope) -> bool:
        """Notes that `reader` has this message; False when it had it already, and its effect is there."""


class Records(Protocol):
    """Records by kind and key. Works follow one another, also those of different processes on one database.

    Methods raise StorageError when the store fails, DataError when what it holds is damaged.
    """

    def work(self) -> AbstractContextManager[Work]:
        """A transaction for the block of a `with`."""

    def get(self, kind: type[R], key: str) -> R | None:
        """The record of that kind and key."""

    def scan(self, kind: type[R], after: str = "", limit: int = 1000) -> list[tuple[str, R]]:
        """Keys and records of a kind in order of the keys' UTF-8 bytes, those behind key `after`."""

    def outbox(self, after: int = 0, limit: int = 100) -> list[Outgoing]:
        """Messages behind number `after`, in the order they were put there. They stay, for a bus that loses them."""

    def prune(self, before: int) -> None:
        """Lets go of messages of the outbox and notes of the inbox whose time is before `before`, ns UTC.

        Every reader has those messages by then, and no sender keeps them longer than its readers their notes.
        """

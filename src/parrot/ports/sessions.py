"""The sessions port: what both sides of a numbered conversation must still know after a break."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol


class SessionKey(NamedTuple):
    """Whose conversation it is: an account, and the names by which the two sides call each other."""

    account: str
    theirs: str
    ours: str


class SessionStore(Protocol):
    """Numbers and messages of one session; what was told is kept before it is sent.

    Raises StorageError when it cannot be written.
    """

    @property
    def incoming(self) -> int:
        """The number that the other side's next message must have."""

    @property
    def outgoing(self) -> int:
        """The number of our next message."""

    def expect(self, number: int) -> None:
        """Everything below `number` has been dealt with."""

    def keep(self, message: bytes) -> None:
        """Our next message, which then has a number; an empty one is not to be told again."""

    def kept(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        """Numbers from `first` to `last` with the messages to tell again; those not to be told again are left out."""

    def reset(self) -> None:
        """Both sides begin again at 1."""

    def close(self) -> None:
        """Lets go of it."""


class SessionStores(Protocol):
    """Where sessions are kept."""

    def known(self) -> Sequence[SessionKey]:
        """The sessions that there are."""

    def open(self, key: SessionKey) -> SessionStore:
        """One of them, made where it is missing."""

"""What a center is to the desk: a deterministic part that decides, and that is the fold of the records it follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from parrot.contracts.message import Entry

Records = Iterable[Any]


class Component(Protocol):
    """One part of a desk. It reads no clock and does no I/O; time comes in with each call.

    `receives` maps a command, report or tick to the method that answers it with records, called as `(message, now)`.
    Among the records may stand requests for the venue (contracts.venue): they are not journalled, and leave after the
    records of the same transaction are durable. All that follows from a record is worked through before the next one.
    `answers` maps a record to the method that says what follows from it in the same transaction, `(entry, now)`; it is
    called live only, never in a replay. `follows` maps a record to the method that folds it into state, `(entry)`,
    live and in a replay; nothing else may change durable state. What comes from ticks is not durable.
    """

    name: str

    @property
    def receives(self) -> Mapping[type, Callable[[Any, int], Records]]:
        """Messages from outside."""

    @property
    def answers(self) -> Mapping[type, Callable[[Entry, int], Records]]:
        """Records that something follows from."""

    @property
    def follows(self) -> Mapping[type, Callable[[Entry], None]]:
        """Records that change state."""

    def state(self) -> dict[str, Any]:
        """Durable state as plain values (str, int, Decimal, list, dict with text keys), equal for equal records."""

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the place of replaying every record up to a snapshot."""

"""The children port: a process of its own for code that is not trusted, which cannot hold anybody up."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Fault(StrEnum):
    """Why a child had to be stopped, or stopped by itself."""

    HUNG = "hung"
    CRASHED = "crashed"
    RAISED = "raised"
    MEMORY = "memory"
    DIVERGED = "diverged"
    BROKEN = "broken"
    FLOOD = "flood"


class Child(Protocol):
    """One running child. No method waits for it."""

    def fileno(self) -> int:
        """What to watch for reading."""

    def send(self, frame: bytes) -> None:
        """Hands a frame over, now or when the child reads on."""

    def receive(self) -> list[bytes]:
        """Frames that have come; lets frames leave that wait. Raises EOFError once it has gone and all was read."""

    def look(self) -> tuple[Fault, str] | None:
        """What is wrong with it: it has gone, or takes too much memory; None when nothing is."""

    def kill(self) -> None:
        """Ends it at once; nothing when it has gone."""


class Children(Protocol):
    """Starts children."""

    def start(self, name: str) -> Child:
        """A fresh child. Raises StorageError when the system gives none."""

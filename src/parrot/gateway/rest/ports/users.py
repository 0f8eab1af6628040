"""What the gateway needs of the users: who is asking, and ways in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from parrot.contracts.access import Principal
from parrot.contracts.signing import SignedRequest


class Gatekeeper(Protocol):
    """Who asks. Thread-safe and quick: it answers from memory and computes no password."""

    def is_set_up(self) -> bool:
        """Whether there is an owner; before that only the machine's owner may do anything."""

    def by_session(self, token: str, *, passive: bool = False) -> Principal | None:
        """Who comes with a cookie, None when nobody does; `passive` does not keep the session from idling out."""

    def by_key(self, signed: SignedRequest) -> Principal:
        """Who signed a request with an API key. Raises AccessError (signed_out)."""

    def csrf(self, who: Principal) -> str:
        """What every write of a session has to bring along."""

    def stands(self, who: Principal) -> Principal | None:
        """The same session or key with its rights now; None when it ended."""

    def watch(self, told: Callable[[str], None]) -> None:
        """Has `told` hear the id of a user whose rights changed, or of whom a session or key ended."""

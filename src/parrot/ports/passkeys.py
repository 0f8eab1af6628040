"""The passkeys port: what a browser is asked for, and whether what it answers is true (WebAuthn)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Registered(NamedTuple):
    """A new credential: id and public key in base64url, and how often it signed."""

    id: str
    public: str
    signed: int


class Ceremonies(Protocol):
    """`origin` is that of the page, whose host the credential belongs to; `challenge` is base64url.

    Answers are JSON as a browser gives them. What is not true raises InputError.
    """

    def ask_new(self, *, origin: str, challenge: str, user: str, name: str, known: Sequence[str]) -> str:
        """What a browser is asked for to make a credential, none of `known`; JSON."""

    def take_new(self, answer: str, *, origin: str, challenge: str) -> Registered:
        """The credential that was made."""

    def ask(self, *, origin: str, challenge: str, known: Sequence[str], alone: bool) -> str:
        """What a browser is asked for to sign, with one of `known` where any are named; JSON.

        `alone` asks that the person proves themselves to the credential, since nothing else is asked for.
        """

    def named(self, answer: str) -> str:
        """The id of the credential that signed an answer."""

    def check(self, answer: str, *, origin: str, challenge: str, public: str, count: int, alone: bool) -> int:
        """How often the credential signed by now; one that does not count on was copied."""

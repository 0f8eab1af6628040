"""The identity port: who somebody is by the word of an identity provider (OpenID Connect)."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Claims(NamedTuple):
    """What a provider says of somebody; `subject` is its own id of them and never changes."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str
    username: str


class Provider(Protocol):
    """One provider. Methods raise AccessError for what is not true, VenueError when it does not answer."""

    def place(self, *, state: str, nonce: str, verifier: str, redirect: str) -> str:
        """Where the browser is sent."""

    def claims(self, code: str, *, nonce: str, verifier: str, redirect: str, now: int) -> Claims:
        """Who came back with a code; `now` is ns UTC."""

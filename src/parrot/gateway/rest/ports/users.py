"""What the gateway needs of the users: who is asking, and ways in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from parrot.contracts.access import Principal
from parrot.contracts.signing import SignedRequest
from parrot.contracts.users import Offers, Person, PersonView, SessionView, Step, Whence


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


class Setup(Protocol):
    """The first visit."""

    def own(self, code: str, name: str, password: str, *, display: str = "", whence: Whence) -> Step:
        """Makes the owner by the code that the program printed. Raises AccessError (setup), InputError."""


class SigningIn(Protocol):
    """Ways in. They raise AccessError: signed_out for what is wrong, locked after too many tries; BusyError."""

    def password(self, name: str, password: str, *, whence: Whence) -> Step:
        """Signs in by name or e-mail address and password; perhaps a second step is left."""

    def second(self, ticket: str, code: str, *, whence: Whence) -> Step:
        """Ends a sign-in by a code of the authenticator or a recovery code."""

    def out(self, who: Principal) -> None:
        """Signs out."""

    def confirm(self, who: Principal, *, password: str = "", code: str = "", whence: Whence) -> str:
        """Proves again who one is; the session's new cookie."""


class People(Protocol):
    """Who there is."""

    def find(self, user: str) -> Person:
        """Somebody by id. Raises MissingError."""

    def view(self, person: Person, *, personal: bool) -> PersonView:
        """Somebody as others are told of them; `personal` shows what is personal."""


class Sessions(Protocol):
    """Who is signed in."""

    def expires(self, session: str) -> int:
        """When a session ends if nothing is done, ns UTC."""

    def views(self, user: str, current: str = "") -> Sequence[SessionView]:
        """A user's sessions, newest first."""

    def revoke(self, who: Principal, session: str) -> None:
        """Ends one session of one's own. Raises MissingError."""

    def revoke_others(self, who: Principal) -> int:
        """Ends all sessions of one's own but this one; says how many."""


class UsersDoor(Gatekeeper, Protocol):
    """Everything about users, each part with its own errors."""

    @property
    def setup(self) -> Setup:
        """The first visit."""

    @property
    def signing_in(self) -> SigningIn:
        """Ways in."""

    @property
    def people(self) -> People:
        """Who there is."""

    @property
    def sessions(self) -> Sessions:
        """Who is signed in."""

    def offers(self) -> Offers:
        """What the sign-in page may offer."""

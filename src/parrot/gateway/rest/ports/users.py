"""What the gateway needs of the users: who is asking, and ways in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from parrot.contracts.access import Permission, Principal, Role
from parrot.contracts.signing import SignedRequest
from parrot.contracts.users import (
    ApiKey,
    Enrolment,
    Invitation,
    Offers,
    Passkey,
    Person,
    PersonView,
    Private,
    SessionView,
    Step,
    Team,
    Whence,
)


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

    def refused(self, who: Principal, what: str) -> None:
        """Notes that somebody was refused for want of rights; may wait for the disk."""

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

    def views(self, who: Principal) -> Sequence[PersonView]:
        """Everybody by name; e-mail addresses only for who may change users."""

    def set_rights(
        self,
        by: Principal,
        user: str,
        *,
        roles: Iterable[Role] | None = None,
        accounts: Iterable[str] | None = None,
        active: bool | None = None,
    ) -> Person:
        """Other rights, which bind at once. Raises AccessError, InputError, MissingError."""

    def hand_over(self, by: Principal, user: str) -> Person:
        """Makes somebody the owner in the place of the one who is. Raises AccessError, InputError, MissingError."""

    def teams(self) -> Sequence[Team]:
        """All teams by name."""

    def save_team(self, by: Principal, team: Team) -> Team:
        """Makes a team, or changes the one of that id. Raises AccessError, InputError, MissingError."""

    def drop_team(self, by: Principal, team: str) -> None:
        """Lets go of a team. Raises MissingError."""


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

    def revoke_all(self, by: Principal, user: str) -> int:
        """Ends all sessions of a user; says how many. Raises MissingError."""


class Own(Protocol):
    """What people change about themselves; the text that most methods give is the session's new cookie."""

    def save(
        self, who: Principal, *, display: str, email: str, time_zone: str, preferences: Mapping[str, str]
    ) -> Person:
        """Another profile. Raises InputError."""

    def change_password(self, who: Principal, old: str, new: str, *, whence: Whence) -> str:
        """Another password. Raises AccessError, InputError."""

    def begin_totp(self, who: Principal) -> Enrolment:
        """A secret for an authenticator."""

    def finish_totp(self, who: Principal, ticket: str, code: str) -> tuple[str, Sequence[str]]:
        """Counts an authenticator in; the cookie, and recovery codes for once. Raises AccessError, InputError."""

    def drop_totp(self, who: Principal) -> str:
        """Lets go of the authenticator. Raises InputError."""

    def new_recovery(self, who: Principal) -> tuple[str, Sequence[str]]:
        """New recovery codes for once. Raises InputError."""


class Joining(Protocol):
    """One-time links. They raise AccessError (link) for what is over, InputError for what cannot be."""

    def invite(
        self,
        by: Principal,
        *,
        roles: Iterable[Role],
        accounts: Iterable[str] = (),
        name: str = "",
        private: Private | None = None,
        days: int = 7,
    ) -> tuple[Invitation, str]:
        """An invitation, and its link for once."""

    def invitations(self) -> Sequence[Invitation]:
        """Invitations that wait, newest first."""

    def withdraw(self, by: Principal, invitation: str) -> None:
        """Takes an invitation back. Raises MissingError."""

    def look(self, token: str) -> Invitation:
        """What an invitation says."""

    def accept(self, token: str, name: str, password: str, *, whence: Whence) -> Step:
        """Makes the invited user and signs them in."""

    def reset_for(self, by: Principal, user: str) -> str:
        """A link by which somebody sets a new password. Raises MissingError."""

    def require_may_ask(self, whence: Whence) -> None:
        """Raises AccessError (locked) when an address asks for letters too often."""

    def send_reset(self, name: str) -> None:
        """Sends a link to somebody who forgot their password, if there is such a user."""

    def reset(self, token: str, password: str) -> None:
        """Sets a password anew."""

    def reset_factors(self, by: Principal, user: str) -> None:
        """Takes somebody's second factors away. Raises MissingError."""

    def register(self, name: str, email: str, password: str, *, whence: Whence) -> None:
        """Has an address checked for a new account."""

    def finish_register(self, token: str) -> Person:
        """Makes the user whose address was checked, or counts the new address of a user as checked."""

    def check_email(self, who: Principal) -> None:
        """Sends a letter by which somebody confirms their new address."""


class Keys(Protocol):
    """API keys."""

    def make(
        self, who: Principal, label: str, *, scopes: Iterable[Permission], addresses: Iterable[str] = (), expires: int
    ) -> tuple[ApiKey, str]:
        """A new key of one's own, and its secret for once. Raises AccessError, InputError."""

    def of(self, user: str) -> Sequence[ApiKey]:
        """A user's keys, newest first."""

    def revoke(self, by: Principal, user: str, key: str) -> None:
        """Ends a key of a user. Raises MissingError."""


class Passkeys(Protocol):
    """Passkeys; `origin` is that of the page. What begins gives a ticket and what the browser is asked for."""

    def of(self, user: str) -> Sequence[Passkey]:
        """A user's passkeys, oldest first."""

    def begin_add(self, who: Principal, *, origin: str) -> tuple[str, str]:
        """Begins to make one. Raises InputError for too many."""

    def finish_add(self, who: Principal, ticket: str, label: str, answer: str) -> tuple[str, Sequence[str]]:
        """Counts it in; the cookie, and perhaps recovery codes. Raises AccessError, InputError."""

    def rename(self, who: Principal, passkey: str, label: str) -> Passkey:
        """Another label. Raises MissingError."""

    def remove(self, who: Principal, passkey: str) -> str:
        """Lets go of it; the cookie. Raises MissingError."""

    def begin(self, ticket: str = "", *, origin: str) -> tuple[str, str]:
        """Begins to sign in, or the second step of a ticket. Raises AccessError."""

    def begin_confirm(self, who: Principal, *, origin: str) -> tuple[str, str]:
        """Begins to prove again who one is."""

    def enter(self, ticket: str, answer: str, *, whence: Whence) -> Step:
        """Ends a sign-in. Raises AccessError."""

    def confirm(self, who: Principal, ticket: str, answer: str, *, whence: Whence) -> str:
        """Proves again who one is; the cookie. Raises AccessError."""


class Leaving(Protocol):
    """Access and erasure."""

    def export(self, by: Principal, user: str) -> dict[str, Any]:
        """All that is kept of somebody, as plain values. Raises MissingError."""

    def erase(self, by: Principal, user: str) -> None:
        """Destroys what is personal of somebody. Raises MissingError, InputError."""


class Visits(Protocol):
    """Signing in by identity providers."""

    def begin(self, provider: str, *, redirect: str, who: Principal | None = None) -> tuple[str, str]:
        """Where the browser goes, and the secret that it keeps meanwhile. Raises MissingError, VenueError."""

    def finish(self, state: str, code: str, *, binder: str, whence: Whence) -> Step:
        """Who came back. Raises AccessError, VenueError."""

    def unlink(self, who: Principal) -> str:
        """Lets go of all links; the cookie. Raises InputError."""


class Headless(Protocol):
    """By the owner of the data directory only; others raise AccessError."""

    def add(self, by: Principal, name: str, *, roles: Iterable[Role], accounts: Iterable[str], password: str) -> Person:
        """A user with a password; the first one is the owner. Raises InputError."""

    def set_password(self, by: Principal, user: str, password: str) -> None:
        """Another password for somebody. Raises MissingError, InputError."""

    def make_key(
        self, by: Principal, user: str, label: str, *, scopes: Iterable[Permission], days: int
    ) -> tuple[ApiKey, str]:
        """An API key of somebody, and its secret for once. Raises MissingError, InputError."""


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

    @property
    def own(self) -> Own:
        """What people change about themselves."""

    @property
    def joining(self) -> Joining:
        """One-time links."""

    @property
    def keys(self) -> Keys:
        """API keys."""

    @property
    def passkeys(self) -> Passkeys:
        """Passkeys."""

    @property
    def visits(self) -> Visits:
        """Identity providers."""

    @property
    def headless(self) -> Headless:
        """What the command line does."""

    @property
    def leaving(self) -> Leaving:
        """Access and erasure."""

    def offers(self) -> Offers:
        """What the sign-in page may offer."""

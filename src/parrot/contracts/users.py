"""People as Parrot keeps them: who they are, what they may, how they prove it; and what is told of them."""

from __future__ import annotations

import msgspec

from parrot.contracts.access import Permission, Principal, Role
from parrot.contracts.message import Message

HOUSE = "house"  # whose key is nobody's in particular


class SealingKey(Message, frozen=True, kw_only=True, gc=False):
    """The key that seals what is personal of one user, itself sealed by the master key; without it that is gone."""

    owner: str
    wrapped: str


class Person(Message, frozen=True, kw_only=True, gc=False):
    """A user; `name` stands in permanent records, so it is no e-mail address. Times ns UTC.

    `private` is a sealed Private; `email_mark` finds somebody by the address without showing it.
    `addresses` are marks of addresses from where they signed in before. `name_mark` keeps the name of who is erased
    from being given to somebody else: records have it.
    """

    id: str
    name: str
    roles: tuple[Role, ...]
    made: int
    accounts: tuple[str, ...] = ()
    owner: bool = False
    active: bool = True
    erased: bool = False
    name_mark: str = ""
    private: str = ""
    email_mark: str = ""
    email_checked: bool = False
    addresses: tuple[str, ...] = ()
    seen: int = 0


class Private(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is personal; kept sealed."""

    display: str = ""
    email: str = ""
    time_zone: str = ""
    preferences: dict[str, str] = {}


class Proofs(Message, frozen=True, kw_only=True, gc=False):
    """How a user proves who they are; `password` is an Argon2id hash, `totp` sealed, `recovery` are marks of codes.

    `step` is the newest time step whose code was used; an earlier one is worth nothing any more.
    `outside` are marks of (issuer, subject) of identity providers.
    """

    user: str
    password: str = ""
    password_at: int = 0
    totp: str = ""
    step: int = 0
    recovery: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


class Passkey(Message, frozen=True, kw_only=True, gc=False):
    """A WebAuthn credential: its id and public key in base64url, and how often it signed."""

    id: str
    user: str
    label: str
    public: str
    count: int
    made: int
    used: int = 0


class Session(Message, frozen=True, kw_only=True, gc=False):
    """Somebody who is signed in; `mark` is the hash of the secret half of the cookie. Times ns UTC.

    `ways` say how they proved it: "password", "totp", "recovery", "passkey", "oidc". `where` is sealed: address and
    program.
    """

    id: str
    user: str
    mark: str
    made: int
    seen: int
    proved: int
    ways: tuple[str, ...]
    where: str = ""


class ApiKey(Message, frozen=True, kw_only=True, gc=False):
    """A key for programs; `secret` is sealed. It may what `scopes` say, as far as its user may. Times ns UTC."""

    id: str
    user: str
    label: str
    scopes: tuple[Permission, ...]
    secret: str
    made: int
    expires: int
    addresses: tuple[str, ...] = ()
    used: int = 0


class Team(Message, frozen=True, kw_only=True, gc=False):
    """People who share accounts."""

    id: str
    name: str
    accounts: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


class Link(Message, frozen=True, kw_only=True, gc=False):
    """A one-time link by the hash of its token; `kind` is "invitation", "reset" or "register".

    Of an invitation `private` is a Private sealed by the house's key; of the others `user` is meant.
    """

    id: str
    mark: str
    kind: str
    made: int
    expires: int
    by: str
    user: str = ""
    name: str = ""
    roles: tuple[Role, ...] = ()
    accounts: tuple[str, ...] = ()
    private: str = ""


class ActWaiting(Message, frozen=True, kw_only=True, gc=False):
    """An act that happened and is not in the audit log yet."""

    ts: int
    who: str
    what: str
    about: dict[str, str]


class Whence(msgspec.Struct, frozen=True):
    """Where somebody is: the address of their machine and what their program calls itself."""

    address: str = ""
    program: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """How far a sign-in got: `token` and `who` when it is done; else what proves it further, with a `ticket`.

    `linked` says that nobody came in: whoever was signed in linked an identity to themselves.
    """

    token: str = ""
    who: Principal | None = None
    ticket: str = ""
    ways: tuple[str, ...] = ()
    linked: bool = False


class PersonView(msgspec.Struct, frozen=True, kw_only=True):
    """A user as others are told of them; what the reader may not see is empty."""

    id: str
    name: str
    display: str
    email: str
    roles: tuple[Role, ...]
    accounts: tuple[str, ...]
    teams: tuple[str, ...]
    owner: bool
    active: bool
    erased: bool
    password: bool
    totp: bool
    passkeys: int
    recovery_left: int
    linked: int
    must_enrol: bool
    should_enrol: bool
    made: int
    seen: int
    time_zone: str = ""
    preferences: dict[str, str] = {}


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """A session as its user is told of it; times ns UTC."""

    id: str
    made: int
    seen: int
    expires: int
    ways: tuple[str, ...]
    address: str
    program: str
    current: bool


class Offers(msgspec.Struct, frozen=True, kw_only=True):
    """What a sign-in page may offer; `providers` are (id, title) of identity providers."""

    set_up: bool
    registration: bool
    mail: bool
    providers: tuple[tuple[str, str], ...]
    second_factor_for: tuple[Role, ...]
    second_factor_forced: bool


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """A new authenticator: its secret as text, as an address and as a QR code (SVG)."""

    ticket: str
    secret: str
    uri: str
    picture: str


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation as it is told; times ns UTC."""

    id: str
    name: str
    display: str
    email: str
    roles: tuple[Role, ...]
    accounts: tuple[str, ...]
    by: str
    made: int
    expires: int

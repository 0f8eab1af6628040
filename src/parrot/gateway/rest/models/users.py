"""People over HTTP: what they send, and what is told of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from parrot.contracts.access import Permission, Role
from parrot.gateway.rest.bodies import Body

# Passwords are taken as they are typed; how long one may be is said by the rules of passwords, not by the form.
Password = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=1_000)]
Typed = Annotated[str, Field(min_length=1, max_length=254)]  # a name or an address as somebody types it
Code = Annotated[str, Field(min_length=1, max_length=40)]
Token = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\w.-]+$")]
Shown = Annotated[str, Field(max_length=200)]  # a name for people; its rules are the server's


class SetupBody(Body):
    """The first visit: the code that the program printed, and who the owner is."""

    code: Code
    name: Typed
    password: Password
    display: Shown = ""


class SignInBody(Body):
    """A user name or e-mail address, and the password."""

    name: Typed
    password: Password


class SecondBody(Body):
    """The second step: six digits of an authenticator, or a recovery code."""

    ticket: Token
    code: Code


class ConfirmBody(Body):
    """Who one is, again: a password, or a code."""

    password: Annotated[str, StringConstraints(strip_whitespace=False, max_length=1_000)] = ""
    code: Annotated[str, Field(max_length=40)] = ""


class ProviderOffer(Body):
    """An identity provider that people can sign in with."""

    id: str
    title: str


class AuthState(Body):
    """What the sign-in page may offer."""

    set_up: bool
    registration: bool
    mail: bool
    providers: list[ProviderOffer]
    second_factor_for: list[Role]
    second_factor_forced: bool


class Me(Body):
    """Who is signed in, and what they may; `csrf` goes into the header Parrot-CSRF of every write.

    `must_enrol`: nothing else goes before a second factor is set up; `should_enrol`: it is asked for.
    """

    user: str
    name: str
    display: str
    email: str
    time_zone: str
    preferences: dict[str, str]
    roles: list[Role]
    permissions: list[Permission]
    accounts: list[str]
    owner: bool
    second_factor: bool
    must_enrol: bool
    should_enrol: bool
    csrf: str
    session: str
    proved_ns: int
    expires_ns: int


class SecondStep(Body):
    """What a sign-in still needs: `ways` are "totp", "passkey", "recovery"."""

    ticket: str
    ways: list[str]


class SignedIn(Body):
    """Who is signed in now, or which step is left."""

    me: Me | None = None
    second: SecondStep | None = None

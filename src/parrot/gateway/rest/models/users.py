"""People over HTTP: what they send, and what is told of them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from parrot.contracts.access import Permission, Role
from parrot.gateway.rest.bodies import Body

# Passwords are taken as they are typed; how long one may be is said by the rules of passwords, not by the form.
Password = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=1_000)]
Typed = Annotated[str, Field(min_length=1, max_length=254)]  # a name or an address as somebody types it
Code = Annotated[str, Field(min_length=1, max_length=40)]
Token = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\w.-]+$")]
Preferences = dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=500)]]
Members = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=1_000)]
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
    """Who one is, again: a password, a code, or the answer of a passkey with its ticket."""

    password: Annotated[str, StringConstraints(strip_whitespace=False, max_length=1_000)] = ""
    code: Annotated[str, Field(max_length=40)] = ""
    ticket: Token | None = None
    credential: dict[str, Any] | None = None


class ProviderOffer(Body):
    """An identity provider that people can sign in with."""

    id: str
    title: str


class AuthState(Body):
    """What the sign-in page may offer."""

    set_up: bool
    signed_in: bool
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


class ResetBody(Body):
    """Who forgot their password."""

    name_or_email: Typed


class NewPasswordBody(Body):
    """A one-time link's token, and the new password."""

    token: Token
    password: Password


class TokenBody(Body):
    """A one-time link's token."""

    token: Token


class RegisterBody(Body):
    """Somebody who asks for an account."""

    name: Typed
    email: Typed
    password: Password


class JoinBody(Body):
    """Somebody who takes an invitation; `name` where it does not say one."""

    token: Token
    name: Shown = ""
    password: Password


class ProfileBody(Body):
    """What people say about themselves."""

    display: Shown = ""
    email: Annotated[str, Field(max_length=254)] = ""
    time_zone: Annotated[str, Field(max_length=60, pattern=r"^[\w/+-]*$")] = ""
    preferences: dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=500)]] = Field(
        default_factory=dict
    )


class PasswordBody(Body):
    """The password as it is, and another."""

    old: Annotated[str, StringConstraints(strip_whitespace=False, max_length=1_000)] = ""
    new: Password


class SessionTold(Body):
    """A session of one's own."""

    id: str
    made_ns: int
    seen_ns: int
    expires_ns: int
    ways: list[str]
    address: str
    program: str
    current: bool


class SessionsTold(Body):
    """Sessions, newest first."""

    items: list[SessionTold]


class Ended(Body):
    """How many sessions ended."""

    ended: int


class FactorsTold(Body):
    """Which second factors somebody has, and how many identities of providers are linked to them."""

    totp: bool
    passkeys: int
    recovery_left: int
    linked: int
    must_enrol: bool
    should_enrol: bool


class EnrolmentTold(Body):
    """A new authenticator, for once: `svg` is the QR code of `uri`."""

    ticket: str
    secret: str
    uri: str
    svg: str


class EnrolBody(Body):
    """A code of the authenticator that was just set up."""

    ticket: Token
    code: Code


class CodesTold(Body):
    """Recovery codes, for once, and who one is now."""

    recovery_codes: list[str]
    me: Me


class KeyBody(Body):
    """A new API key; `addresses` are IP addresses or networks, none for any."""

    label: Shown
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=60)]
    addresses: Annotated[list[Annotated[str, Field(max_length=50)]], Field(max_length=20)] = Field(default_factory=list)
    expires_ns: Annotated[int, Field(ge=0, lt=1 << 63)]


class KeyTold(Body):
    """An API key without its secret."""

    key: str
    label: str
    scopes: list[Permission]
    addresses: list[str]
    made_ns: int
    expires_ns: int
    used_ns: int


class NewKeyTold(KeyTold):
    """A new API key with its secret, for once."""

    secret: str


class KeysTold(Body):
    """API keys, newest first."""

    items: list[KeyTold]


class UserTold(Body):
    """A user; `email` is empty for who may not change users."""

    id: str
    name: str
    display: str
    email: str
    roles: list[Role]
    accounts: list[str]
    teams: list[str]
    owner: bool
    active: bool
    erased: bool
    second_factor: bool
    passkeys: int
    must_enrol: bool
    should_enrol: bool
    made_ns: int
    seen_ns: int


class UsersTold(Body):
    """Users by name."""

    items: list[UserTold]
    next: str | None = None


Accounts = Annotated[list[Annotated[str, Field(min_length=1, max_length=60)]], Field(max_length=200)]


class InviteBody(Body):
    """Somebody new: what they may, and for how many days the invitation is good."""

    name: Shown = ""
    display: Shown = ""
    email: Annotated[str, Field(max_length=254)] = ""
    roles: Annotated[list[Role], Field(min_length=1, max_length=6)]
    accounts: Accounts = Field(default_factory=list)
    days: Annotated[int, Field(ge=1, le=30)] = 7


class RightsBody(Body):
    """Other rights; what is left away stays."""

    roles: Annotated[list[Role], Field(max_length=6)] | None = None
    accounts: Accounts | None = None
    active: bool | None = None


class InvitationTold(Body):
    """An invitation."""

    id: str
    name: str
    display: str
    email: str
    roles: list[Role]
    accounts: list[str]
    by: str
    made_ns: int
    expires_ns: int


class InvitationsTold(Body):
    """Invitations that wait, newest first."""

    items: list[InvitationTold]


class LinkTold(Body):
    """A one-time link to hand over, for once."""

    link: str


class NewInvitationTold(Body):
    """An invitation and its link, for once."""

    invitation: InvitationTold
    link: str


class TeamBody(Body):
    """A team: accounts that its members share."""

    name: Shown
    accounts: Accounts = Field(default_factory=list)
    members: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=1_000)] = Field(
        default_factory=list
    )


class TeamTold(TeamBody):
    """A team with its id."""

    id: str


class TeamsTold(Body):
    """Teams by name."""

    items: list[TeamTold]


class RoleTold(Body):
    """A role and what it holds."""

    role: Role
    permissions: list[Permission]
    second_factor: bool


class RolesTold(Body):
    """The permission table."""

    items: list[RoleTold]


class AddUserBody(Body):
    """A user with a password."""

    name: Typed
    roles: Annotated[list[Role], Field(max_length=6)] = Field(default_factory=list)
    accounts: Accounts = Field(default_factory=list)
    password: Password


class SetPasswordBody(Body):
    """A password."""

    password: Password


class UserKeyBody(Body):
    """An API key for somebody; without scopes it may what they may."""

    label: Shown
    scopes: Annotated[list[Permission], Field(max_length=60)] = Field(default_factory=list)
    days: Annotated[int, Field(ge=1, le=366)] = 90


class PlaceTold(Body):
    """An address to go to."""

    url: str


class ExportTold(Body):
    """Everything about somebody: what is kept of them, their orders and their acts."""

    kept: dict[str, Any]
    orders: list[dict[str, Any]]
    acts: list[dict[str, Any]]

"""Passkeys over HTTP; `options` and `credential` are WebAuthn's, as JSON."""

from __future__ import annotations

from typing import Any

from parrot.gateway.rest.bodies import Body
from parrot.gateway.rest.models.users import Me, Shown, Token


class HalfBody(Body):
    """The ticket of a sign-in whose second step this is; empty for a sign-in by the passkey alone."""

    ticket: Token | None = None


class AnswerBody(Body):
    """What the browser's credential answered."""

    ticket: Token
    credential: dict[str, Any]


class AddBody(AnswerBody):
    """A new passkey and its name."""

    name: Shown = ""


class LabelBody(Body):
    """A passkey's name."""

    name: Shown


class ChallengeTold(Body):
    """What navigator.credentials is asked for."""

    ticket: str
    options: dict[str, Any]


class PasskeyTold(Body):
    """A passkey."""

    id: str
    name: str
    made_ns: int
    used_ns: int


class PasskeysTold(Body):
    """Passkeys, oldest first."""

    items: list[PasskeyTold]


class NewPasskeyTold(Body):
    """Recovery codes where this is the first second factor, for once; and who one is now."""

    recovery_codes: list[str]
    me: Me

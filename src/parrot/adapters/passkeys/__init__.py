"""The passkeys port: WebAuthn by the library webauthn."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from parrot.kernel.errors import InputError
from parrot.ports.passkeys import Registered

TITLE: Final = "Parrot"
_MS: Final = 120_000
# What the library and the parsers below it raise for bytes that were made up.
_UNTRUE: Final = (WebAuthnException, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError)


class WebAuthn:
    """Passkeys of the host of `origin`."""

    def ask_new(self, *, origin: str, challenge: str, user: str, name: str, known: Sequence[str]) -> str:
        """What a browser is asked for to make a credential."""
        options = generate_registration_options(
            rp_id=_host(origin),
            rp_name=TITLE,
            user_id=user.encode(),
            user_name=name,
            user_display_name=name,
            challenge=base64url_to_bytes(challenge),
            timeout=_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
            ),
            exclude_credentials=_described(known),
        )
        return options_to_json(options)

    def take_new(self, answer: str, *, origin: str, challenge: str) -> Registered:
        """The credential that was made."""
        try:
            made = verify_registration_response(
                credential=answer,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=_host(origin),
                expected_origin=origin,
            )
        except _UNTRUE:
            raise _untrue() from None
        public = bytes_to_base64url(made.credential_public_key)
        return Registered(bytes_to_base64url(made.credential_id), public, made.sign_count)

    def ask(self, *, origin: str, challenge: str, known: Sequence[str], alone: bool) -> str:
        """What a browser is asked for to sign."""
        options = generate_authentication_options(
            rp_id=_host(origin),
            challenge=base64url_to_bytes(challenge),
            timeout=_MS,
            allow_credentials=_described(known),
            user_verification=UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED,
        )
        return options_to_json(options)

    def named(self, answer: str) -> str:
        """The id of the credential that signed an answer."""
        try:
            return str(json.loads(answer)["id"])
        except _UNTRUE:
            raise _untrue() from None

    def check(self, answer: str, *, origin: str, challenge: str, public: str, count: int, alone: bool) -> int:
        """How often the credential signed by now."""
        try:
            return verify_authentication_response(
                credential=answer,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=_host(origin),
                expected_origin=origin,
                credential_public_key=base64url_to_bytes(public),
                credential_current_sign_count=count,
                require_user_verification=alone,
            ).new_sign_count
        except _UNTRUE:
            raise _untrue() from None


def _described(known: Sequence[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known]


def _host(origin: str) -> str:
    return urlsplit(origin).hostname or ""


def _untrue() -> InputError:
    return InputError("this passkey's answer is not true", expected="the answer of a passkey of yours to this page")

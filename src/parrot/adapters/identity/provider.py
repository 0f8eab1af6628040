"""A provider by its issuer: code flow with PKCE, state and nonce; tokens by an allow-list of algorithms."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]  # it brings no types
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from parrot.kernel.errors import AccessError, InputError, VenueError
from parrot.ports.identity import Claims
from parrot.ports.secrets import Secret

# Signatures by keys of the provider only: none, and HMAC by what a client knows, are not among them.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PATIENCE_S: Final = 10.0
_BYTES_MOST: Final = 512 * 1024
_KNOWN_FOR_S: Final = 3_600.0
_KEYS_PAUSE_S: Final = 30.0
_LEEWAY_S: Final = 60
_OLDEST_S: Final = 600
_NS: Final = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How Parrot is known to a provider; without `secret` it is a public client, which PKCE protects alone."""

    issuer: str
    client_id: str
    secret: Secret | None = None
    scopes: tuple[str, ...] = ("openid", "email", "profile")


class OpenId:
    """One provider. What it publishes is known for an hour; an unknown key has its keys fetched anew."""

    def __init__(self, registration: Registration, http: httpx2.Client | None = None) -> None:
        _require_protected(registration.issuer)
        self._registration = registration
        self._http = http or httpx2.Client(timeout=_PATIENCE_S, follow_redirects=False)
        self._lock = Lock()
        self._found: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def place(self, *, state: str, nonce: str, verifier: str, redirect: str) -> str:
        """Where the browser is sent."""
        asked = {
            "response_type": "code",
            "client_id": self._registration.client_id,
            "redirect_uri": redirect,
            "scope": " ".join(self._registration.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        place = self._endpoint("authorization_endpoint")
        return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"

    def claims(self, code: str, *, nonce: str, verifier: str, redirect: str, now: int) -> Claims:
        """Who came back with a code."""
        told = self._exchanged(code, verifier, redirect)
        token = told.get("id_token")
        if not isinstance(token, str):
            raise AccessError("the provider sent no identity", reason="provider")
        found = self._verified(token, nonce, now)
        if not found.get("email") and isinstance(told.get("access_token"), str):
            found |= self._more(told["access_token"], str(found["sub"]))
        return Claims(
            issuer=self._registration.issuer,
            subject=str(found["sub"]),
            email=_text(found.get("email")),
            email_verified=found.get("email_verified") is True,
            name=_text(found.get("name")),
            username=_text(found.get("preferred_username")),
        )

    def close(self) -> None:
        """Lets go of connections."""
        self._http.close()

    def _exchanged(self, code: str, verifier: str, redirect: str) -> Mapping[str, Any]:
        registration = self._registration
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
            "client_id": registration.client_id,
        }
        secret = registration.secret
        auth = None if secret is None else httpx2.BasicAuth(registration.client_id, secret.reveal())
        if auth is not None:
            del body["client_id"]
        place = self._endpoint("token_endpoint")
        return self._asked(lambda: self._http.post(place, data=body, auth=auth or httpx2.Auth()))

    def _verified(self, token: str, nonce: str, now: int) -> dict[str, Any]:
        registry = jwt.JWTClaimsRegistry(
            now=now // _NS,
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": self._issuer()},
            aud={"essential": True, "value": self._registration.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = dict(self._decoded(token).claims)
            registry.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError):
            raise AccessError("the provider's word is not true", fix="sign in again", reason="provider") from None
        issued, party = claims["iat"], claims.get("azp", self._registration.client_id)
        wrong_party = party != self._registration.client_id or (
            isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims
        )
        if wrong_party or not claims["sub"] or now // _NS - issued > _OLDEST_S:
            raise AccessError("the provider's word is old, or for somebody else", reason="provider")
        return claims

    def _decoded(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            if not self._may_look_again():
                raise
            return jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)  # keys may have changed

    def _more(self, access_token: str, subject: str) -> dict[str, Any]:
        """What only the provider's own page about somebody says; of the same somebody, or nothing."""
        place = self._discovered().get("userinfo_endpoint")
        if not isinstance(place, str):
            return {}
        _require_protected(place)
        headers = {"Authorization": f"Bearer {access_token}"}
        told = self._asked(lambda: self._http.get(place, headers=headers))
        names = ("email", "email_verified", "name", "preferred_username")
        return {name: told[name] for name in names if name in told} if told.get("sub") == subject else {}

    # what it publishes

    def _issuer(self) -> str:
        return str(self._discovered()["issuer"])

    def _endpoint(self, name: str) -> str:
        place = self._discovered().get(name)
        if not isinstance(place, str):
            raise VenueError(f"the identity provider publishes no {name}", temporary=False)
        _require_protected(place)
        return place

    def _discovered(self) -> Mapping[str, Any]:
        with self._lock:
            if self._found is None or time.monotonic() - self._found[0] > _KNOWN_FOR_S:
                issuer = self._registration.issuer
                place = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
                told = self._asked(lambda: self._http.get(place))
                if str(told.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
                    raise VenueError("the identity provider is another than the issuer says", temporary=False)
                self._found = (time.monotonic(), told)
            return self._found[1]

    def _key_set(self) -> KeySet:
        place = self._endpoint("jwks_uri")
        with self._lock:
            if self._keys is None or time.monotonic() - self._keys[0] > _KNOWN_FOR_S:
                told = self._asked(lambda: self._http.get(place))
                try:
                    held: Any = {"keys": [key for key in told["keys"] if key.get("kty") != "oct"]}
                    self._keys = (time.monotonic(), KeySet.import_key_set(held))
                except (JoseError, ValueError, KeyError, TypeError, AttributeError):
                    raise VenueError("the identity provider's keys cannot be read") from None
            return self._keys[1]

    def _may_look_again(self) -> bool:
        with self._lock:
            if self._keys is None or time.monotonic() - self._keys[0] < _KEYS_PAUSE_S:
                return False
            self._keys = None
            return True

    def _asked(self, ask: Callable[[], httpx2.Response]) -> Mapping[str, Any]:
        try:
            answer = ask()
            told = answer.json() if len(answer.content) <= _BYTES_MOST else None
        except (httpx2.HTTPError, ValueError):
            raise VenueError("the identity provider does not answer", fix="try again") from None
        if answer.status_code != 200 or not isinstance(told, dict):
            if 400 <= answer.status_code < 500:
                raise AccessError("the provider refused", fix="sign in again", reason="provider")
            raise VenueError("the identity provider does not answer as it should", fix="try again")
        return told


def _require_protected(place: str) -> None:
    parts = urlsplit(place)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme != "http" or parts.hostname not in _HERE:
        raise InputError(
            "an identity provider without TLS", expected="https://, or http:// to this machine", fix="mend its address"
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

"""OpenID Connect against a real provider in miniature, and against one that lies."""

from __future__ import annotations

import hmac
import json
import time
import warnings
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.util import urlsafe_b64encode

from parrot.adapters.identity import ALGORITHMS, OpenId, Registration
from parrot.kernel.errors import AccessError, InputError, VenueError
from parrot.ports.secrets import Secret

with warnings.catch_warnings():  # of its own libraries
    warnings.simplefilter("ignore")
    import oidc_provider_mock  # type: ignore[import-untyped]  # it brings no types

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:authlib")

BACK = "http://localhost:8000/api/v1/auth/oidc/callback"
VISIT = {"nonce": "the nonce of this visit", "verifier": "v" * 43, "redirect": BACK}
NS = 10**9


@pytest.fixture(scope="module")
def server():
    with oidc_provider_mock.run_server_in_thread() as running:
        yield f"http://localhost:{running.server_port}"


def visit(provider, subject, nonce=VISIT["nonce"], **claims):
    """What a browser does there: it is sent, somebody signs in, and it is sent back with a code."""
    place = provider.place(state="the state", nonce=nonce, verifier=VISIT["verifier"], redirect=BACK)
    parts = urlsplit(place)
    asked = parse_qs(parts.query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["code_challenge"] != [VISIT["verifier"]]
    with httpx2.Client() as browser:
        browser.put(f"{parts.scheme}://{parts.netloc}/users/{subject}", json=claims)
        answer = browser.post(place, data={"sub": subject})
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert back["state"] == ["the state"]
    return back["code"][0]


def test_who_signs_in_there_is_told_here(server):
    provider = OpenId(Registration(issuer=server, client_id="parrot", secret=Secret("x", "a secret of the client")))
    code = visit(provider, "ann-1", email="ann@example.org", email_verified=True, name="Ann Example")
    found = provider.claims(code, **VISIT, now=time.time_ns())
    assert (found.subject, found.email, found.email_verified) == ("ann-1", "ann@example.org", True)
    with pytest.raises(AccessError):
        provider.claims(code, **VISIT, now=time.time_ns())  # a code is good once
    provider.close()


def test_a_word_for_another_visit_or_time_is_refused(server):
    provider = OpenId(Registration(issuer=server, client_id="parrot", secret=Secret("x", "a secret of the client")))
    wrong = [("another", 0), ("n1", 24 * 3_600 * NS), ("n2", -3_600 * NS)]
    for number, (nonce, shift) in enumerate(wrong):
        code = visit(provider, "b", nonce=f"n{number}")
        with pytest.raises(AccessError, match="not true"):
            provider.claims(code, **VISIT | {"nonce": nonce}, now=time.time_ns() + shift)
    code = visit(provider, "b", nonce="the last")
    assert provider.claims(code, **VISIT | {"nonce": "the last"}, now=time.time_ns()).subject == "b"
    provider.close()


def test_a_provider_without_tls_is_taken_on_this_machine_only():
    with pytest.raises(InputError, match="without TLS"):
        OpenId(Registration(issuer="http://login.example.org", client_id="parrot"))


ISSUER = "https://login.example.org"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
NOW = 1_800_000_000


class Liar:
    """A provider whose tokens tests write."""

    def __init__(self) -> None:
        self.token = ""
        self.status = 200
        self.metadata = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/auth",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
        }
        self.keys = {"keys": [KEY.as_dict(private=False)]}
        self.asked: list[str] = []
        http = httpx2.Client(transport=httpx2.MockTransport(self._answer))
        self.provider = OpenId(Registration(issuer=ISSUER, client_id="parrot"), http)

    def _answer(self, request):
        self.asked.append(request.url.path)
        held = {
            "/.well-known/openid-configuration": self.metadata,
            "/keys": self.keys,
            "/token": {"id_token": self.token, "token_type": "Bearer"},
        }
        return httpx2.Response(self.status, json=held[request.url.path])

    def claims(self):
        return self.provider.claims("code", **VISIT, now=NOW * NS)


@pytest.fixture
def liar():
    return Liar()


def token(key=KEY, header=None, **changes):
    claims = {
        "iss": ISSUER,
        "aud": "parrot",
        "sub": "ann-1",
        "exp": NOW + 300,
        "iat": NOW,
        "nonce": VISIT["nonce"],
    } | changes
    given = {"alg": "RS256", "kid": "one"} | (header or {})
    return jwt.encode(given, {name: value for name, value in claims.items() if value is not None}, key, [given["alg"]])


def test_a_true_word_is_taken(liar):
    liar.token = token()
    assert liar.claims().subject == "ann-1"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["parrot", "another"]},
        {"aud": ["parrot", "another"], "azp": "another"},
        {"aud": None},
        {"sub": ""},
        {"sub": None},
        {"exp": NOW - 61},
        {"exp": None},
        {"iat": NOW - 601},
        {"iat": NOW + 120},
        {"iat": None},
        {"nonce": "of another visit"},
        {"nonce": None},
    ],
)
def test_a_word_that_is_not_for_us_and_now_is_refused(liar, changes):
    liar.token = token(**changes)
    with pytest.raises(AccessError):
        liar.claims()


def test_a_word_nobody_signed_is_refused(liar):
    head, body, _ = token().split(".")
    none = json.dumps({"alg": "none", "kid": "one"}).encode()
    for text in (f"{urlsafe_b64encode(none).decode()}.{body}.", f"{head}.{body}.", f"{head}.{body}.AAAA", "x.y.z", ""):
        liar.token = text
        with pytest.raises(AccessError):
            liar.claims()


def test_a_public_key_is_no_secret_to_sign_with(liar):
    head = urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "one"}).encode()).decode()
    signed = f"{head}.{token().split('.')[1]}"
    for form in ("PEM", "DER"):
        public = KEY.as_bytes(form, private=False)
        mark = urlsafe_b64encode(hmac.digest(public, signed.encode(), "sha256")).decode()
        liar.token = f"{signed}.{mark}"
        with pytest.raises(AccessError):
            liar.claims()
    assert not [name for name in ALGORITHMS if name.startswith("HS") or name == "none"]


def test_a_provider_that_publishes_a_secret_has_no_key(liar):
    secret = OctKey.generate_key(256, {"kid": "one"}, private=True)
    liar.keys = {"keys": [secret.as_dict(private=True)]}
    liar.token = token(secret, {"alg": "HS256"})
    with pytest.raises((AccessError, VenueError)):
        liar.claims()


def test_the_key_of_somebody_else_signs_nothing(liar):
    other = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
    liar.token = token(other)
    with pytest.raises(AccessError):
        liar.claims()
    liar.token = token(ECKey.generate_key("P-256", {"kid": "one"}, private=True), {"alg": "ES256"})
    with pytest.raises(AccessError):
        liar.claims()


@pytest.mark.parametrize(
    ("name", "value"),
    [("issuer", "https://evil.example"), ("token_endpoint", "http://login.example.org/token"), ("jwks_uri", None)],
)
def test_a_provider_that_contradicts_itself_is_refused(liar, name, value):
    liar.metadata[name] = value
    liar.token = token()
    with pytest.raises((InputError, VenueError)):
        liar.claims()


def test_a_provider_that_is_down_is_said_to_be(liar):
    liar.status = 503
    with pytest.raises(VenueError, match="does not answer"):
        liar.claims()

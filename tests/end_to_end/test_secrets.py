"""Secrets through every flow, and then a search: no answer, log, database or journal may hold one."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyotp
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.end_to_end.person import Person
from tests.end_to_end.platform import up

HOUR_NS = 3_600 * 10**9
KEPT_IN = ("settings.toml",)  # where its owner wrote it


def forms(secret: str) -> Iterator[bytes]:
    """A secret as it could stand in a file."""
    yield secret.encode()
    yield quote(secret).encode()
    yield json.dumps(secret)[1:-1].encode()
    yield base64.b64encode(secret.encode()).rstrip(b"=")[:-1]  # the last letters depend on what follows
    yield secret.encode().hex().encode()
    yield secret.encode("utf-16-le")


def browser_keys() -> dict[str, str]:
    """What a browser says of itself when it asks for pushes."""
    made = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = made.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    names = {"p256dh": point, "auth": secrets.token_bytes(16)}
    return {name: base64.urlsafe_b64encode(raw).decode().rstrip("=") for name, raw in names.items()}


def marker(what: str) -> str:
    return f"canary {what} {secrets.token_hex(12)}"


@pytest.mark.timeout(180)
def test_no_secret_is_told_or_kept_in_the_clear(tmp_path: Path) -> None:
    known: dict[str, str] = {name: marker(name) for name in ("first", "second", "wrong", "joined", "venue", "phrase")}
    running = up(tmp_path)
    try:
        owner = Person(running.told["url"])
        known["code"] = running.told["setup"]
        owner.enter("/auth/setup", {"code": known["code"], "name": "owner", "password": known["first"]})
        known["old session"] = owner.cookies[0]
        owner.post("/auth/confirm", {"password": known["first"]})

        begun = owner.post("/profile/totp", shows=True)
        known["totp"] = begun["secret"]
        codes = pyotp.TOTP(begun["secret"])
        done = owner.post("/profile/totp/confirm", {"ticket": begun["ticket"], "code": codes.now()}, shows=True)
        known |= {f"recovery {place}": code for place, code in enumerate(done["recovery_codes"])}
        owner.csrf = done["me"]["csrf"]
        made = owner.post(
            "/keys",
            {"label": "bot", "scopes": ["markets:read"], "addresses": [], "expires_ns": time.time_ns() + HOUR_NS},
            shows=True,
        )
        known["api key"] = made["secret"]
        venue = {"name": "mine", "exchange": "kraken", "key": known["venue"], "secret": known["phrase"]}
        owner.post("/settings/venues", venue)
        link = owner.post("/invitations", {"name": "guest", "roles": ["viewer"], "accounts": ["main"]}, shows=True)
        known["invitation"] = link["link"].partition("#")[2]
        other = owner.post(f"/users/{owner.get('/auth/session')['user']}/reset", shows=True)
        known["reset"] = other["link"].partition("#")[2]

        guest = Person(running.told["url"])
        guest.enter("/auth/invitation", {"token": known["invitation"], "name": "guest", "password": known["joined"]})
        known["guest's session"] = guest.cookies[0]

        owner.ask("PUT", "/settings/push", {"on": True, "contact": "mailto:owner@example.org"})
        known["push"] = secrets.token_hex(12)
        browser = {"endpoint": f"https://push.example.org/{known['push']}", "label": "phone"}
        guest.post("/push/subscriptions", browser | browser_keys())
        owner.ask("PUT", "/settings/push", {"on": False, "contact": "mailto:owner@example.org"})

        stranger = Person(running.told["url"])
        wrong = {"name": "owner", "password": known["wrong"]}
        stranger.ask("POST", "/auth/session", wrong, refused=True)
        # People type a password where a name belongs.
        stranger.ask("POST", "/auth/session", {"name": known["second"], "password": "x" * 14}, refused=True)
        stranger.ask("POST", "/auth/second", {"ticket": known["wrong"], "code": known["recovery 0"]}, refused=True)
        stranger.ask("GET", f"/status?token={quote(known['wrong'])}", refused=True)
        owner.ask("POST", "/profile/password", {"old": known["first"], "new": known["first"] * 40}, refused=True)
        owner.post("/auth/confirm", {"password": known["first"]})
        owner.post("/profile/password", {"old": known["first"], "new": known["second"]})

        for person in (owner, guest):
            for path, about in person.get("/openapi.json")["paths"].items() if person is owner else ():
                if "get" in about and "{" not in path and path.startswith("/api/v1/"):
                    answer = person.http.get(path)
                    assert answer.status_code < 500, (path, answer.text)
                    person.heard.append(answer.text)
        guest.ask("GET", "/users", refused=True)
        guest.post("/profile/erase")
        told = b"\n".join("\n".join(person.heard).encode() for person in (owner, guest, stranger))
    finally:
        running.process.kill()  # what a crash leaves is searched, too
    screen = "".join(running.process.communicate())
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name not in KEPT_IN}
    assert any(path.suffix == ".db" for path in files)
    assert any("logs" in path.parts for path in files)
    assert any(b"kraken" in text for text in files.values()), "the control: what is no secret is found"
    found = []
    for name, secret in known.items():
        shapes = [form for form in forms(secret) if len(form) >= 8]
        places = [
            str(path.relative_to(tmp_path)) for path, text in files.items() if any(form in text for form in shapes)
        ]
        places += ["answers"] * any(form in told for form in shapes)
        places += ["the screen"] * (name != "code" and any(form in screen.encode() for form in shapes))
        found += [f"{name}: {place}" for place in places]
    assert found == []

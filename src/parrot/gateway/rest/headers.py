"""Headers that protect who reads an answer; every answer carries them, errors too."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope

from parrot.gateway.rest.site import LOCAL, host_of, is_secure

_CLOSED: Final = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
DATA_POLICY: Final = f"default-src 'none'; {_CLOSED}"  # an answer that is no page loads nothing
WORKER_POLICY: Final = f"default-src 'none'; connect-src 'self'; {_CLOSED}"
_ALWAYS: Final = {
    "Content-Security-Policy": DATA_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Origin-Agent-Cluster": "?1",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=(), publickey-credentials-get=(self), "
    "publickey-credentials-create=(self)",
}
_HSTS: Final = "max-age=31536000; includeSubDomains"


def page_policy(*, scripts: str = "", styles: str = "") -> str:
    """The policy of a page of ours: our own files, and inline parts by the hashes that are given, nothing else."""
    return (
        f"default-src 'none'; script-src 'self'{scripts}; style-src 'self'{styles}; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        f"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    )


def protect(message: Message, scope: Scope) -> None:
    """Puts the headers on the start of an answer, where it has none of its own."""
    headers = MutableHeaders(scope=message)
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-store" if scope["path"].startswith("/api/") else "no-cache")
    if is_secure(scope) and host_of(Headers(scope=scope)) != LOCAL:  # others serve localhost too, without TLS
        headers.setdefault("Strict-Transport-Security", _HSTS)

"""What a program signs to ask by an API key: the whole request, when, and once."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

import msgspec

KEY_HEADER: Final = "Parrot-Key"
TIME_HEADER: Final = "Parrot-Time"
NONCE_HEADER: Final = "Parrot-Nonce"
SIGNATURE_HEADER: Final = "Parrot-Signature"


class SignedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it came: `time` is ms UTC as text, `path` and `query` raw, `address` whence it came."""

    key: str
    signature: str
    time: str
    nonce: str
    method: str
    path: str
    query: str = ""
    body: bytes = b""
    address: str = ""

    def signed_by(self, secret: str) -> bool:
        """Whether the signature is that of `secret` over all the rest."""
        right = sign(
            secret,
            method=self.method,
            path=self.path,
            query=self.query,
            time=self.time,
            nonce=self.nonce,
            body=self.body,
        )
        return hmac.compare_digest(right.encode(), self.signature.encode("utf-8", "replace"))


def sign(secret: str, *, method: str, path: str, query: str, time: str, nonce: str, body: bytes) -> str:
    """The signature: HMAC-SHA256 in hex over method, path, query, time, nonce and the body's hash, a line each.

    `time` is ms UTC, `path` and `query` as they are sent, the query without "?".
    """
    text = "\n".join((method.upper(), path, query, time, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), text.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()

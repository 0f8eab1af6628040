"""The keys of web push: ours, by which push services know us again, and those of browsers."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from parrot.kernel.errors import DataError, InputError

_POINT: Final = 65
_SECRET: Final = 16


@dataclass(frozen=True, slots=True)
class VapidKeys:
    """A pair on P-256; `private` is PEM and must be in no log, `public` what browsers subscribe with (base64url)."""

    private: str = field(repr=False)

    @property
    def public(self) -> str:
        """The public key."""
        try:
            key = serialization.load_pem_private_key(self.private.encode(), password=None)
        except ValueError:
            raise DataError("the key of pushes cannot be read", fix="bring it back from a copy") from None
        point = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).decode().rstrip("=")


def new_keys() -> VapidKeys:
    """A new pair."""
    key = ec.generate_private_key(ec.SECP256R1())
    return VapidKeys(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
    )


def require_browser_keys(p256dh: str, auth: str) -> None:
    """Raises InputError for keys that no browser made."""
    try:
        point, secret = _bytes(p256dh), _bytes(auth)
        if len(point) != _POINT or len(secret) != _SECRET:
            raise ValueError
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValueError, binascii.Error):
        expected = "a point on P-256 and 16 bytes, in base64url"
        raise InputError("the keys of the subscription are none", expected=expected) from None


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)

"""Ed25519 keys: what an account keeps here is the public half, its client signs with the other."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

BEGINS: Final = "-----BEGIN PUBLIC KEY-----"
_KEPT: Final = 256


def signed(pem: str, payload: bytes, signature: str) -> bool:
    """Whether `signature` (base64) is that of `payload` by the owner of the public key `pem`."""
    key = _load(pem)
    if key is None:
        return False
    try:
        key.verify(base64.b64decode(signature, validate=True), payload)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


@lru_cache(maxsize=_KEPT)
def _load(pem: str) -> Ed25519PublicKey | None:
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError:
        return None
    return key if isinstance(key, Ed25519PublicKey) else None

"""Signatures over the audit log: Ed25519 over its chain's digest."""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from parrot.kernel.errors import InputError

_PURPOSE: Final = b"parrot audit log 1"


class Signer:
    """Signs with a private key of 32 bytes; raises InputError for anything else."""

    def __init__(self, private: bytes) -> None:
        try:
            self._key = Ed25519PrivateKey.from_private_bytes(private)
        except ValueError:
            raise InputError("the audit log's key is damaged", expected="32 bytes", fix="bring it back") from None

    @property
    def key(self) -> str:
        """The public key in hex."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, seq: int, digest: bytes) -> str:
        """The signature in hex."""
        return self._key.sign(_signed(seq, digest)).hex()


def signature_holds(key: str, signature: str, *, seq: int, digest: bytes) -> bool:
    """Whether the owner of a public key (hex) signed a head."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), _signed(seq, digest))
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed(seq: int, digest: bytes) -> bytes:
    return _PURPOSE + seq.to_bytes(8, "little") + digest

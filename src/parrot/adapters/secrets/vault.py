"""The seals port: a key for each owner by AES-256-GCM, wrapped by the master key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parrot.adapters.secrets.master import Master, MasterKey, missing
from parrot.kernel.errors import DataError

_NONCE: Final = 12
_KEY: Final = b"parrot user key"
_TEXT: Final = b"parrot user text"
_MARK: Final = b"parrot user mark"
_REMEMBERED: Final = 512


class Vault:
    """Seals for many owners. `key` is what `new_key` gave; who lets go of that has erased all that it sealed."""

    def __init__(self, master: Master) -> None:
        self._master = master
        self._keys = lru_cache(_REMEMBERED)(self._unwrapped)

    def new_key(self, owner: str) -> str:
        """A new key of `owner`, wrapped."""
        return self._wrap(AESGCM.generate_key(256), owner, self._master.make())

    def rewrap(self, key: str, owner: str) -> str:
        """The same key, wrapped by the newest master key."""
        return self._wrap(self._unwrapped(key, owner), owner, self._master.make())

    def seal(self, text: str, key: str, *, owner: str, bound: str) -> str:
        """The text, sealed with `owner`'s key."""
        return _seal(self._keys(key, owner), text.encode(), _bound(_TEXT, owner, bound))

    def open(self, sealed: str, key: str, *, owner: str, bound: str) -> str:
        """The text that was sealed."""
        return _open(self._keys(key, owner), sealed, _bound(_TEXT, owner, bound)).decode()

    def mark(self, text: str, key: str, *, owner: str, bound: str) -> str:
        """A mark by which a text is known again."""
        own = hmac.new(self._keys(key, owner), _bound(_MARK, owner, bound), hashlib.sha256).digest()
        return hmac.new(own, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def forget(self) -> None:
        """Lets go of keys that were opened."""
        self._keys.cache_clear()

    def __repr__(self) -> str:
        return "Vault()"

    def _wrap(self, raw: bytes, owner: str, master: MasterKey) -> str:
        return f"{master.id}.{_seal(master.raw, raw, _bound(_KEY, owner, master.id))}"

    def _unwrapped(self, key: str, owner: str) -> bytes:
        name, _, sealed = key.partition(".")
        known = self._master.all()
        for master in known:
            if master.id == name:
                return _open(master.raw, sealed, _bound(_KEY, owner, name))
        if not known:
            raise missing(self._master.place)
        held = " or ".join(master.id for master in known)
        fix = f"use the key that it was sealed with in {self._master.place}"
        raise DataError(f"keys of users were sealed with master key {name}", expected=held, fix=fix)


def _seal(key: bytes, content: bytes, bound: bytes) -> str:
    nonce = os.urandom(_NONCE)
    return base64.urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, content, bound)).decode()


def _open(key: bytes, sealed: str, bound: bytes) -> bytes:
    try:
        raw = base64.b64decode(sealed.encode(), altchars=b"-_", validate=True)
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], bound)
    except (InvalidTag, ValueError, binascii.Error):
        fix = "bring users.db back from a copy"
        raise DataError("something sealed of a user was altered or moved", fix=fix) from None


def _bound(*parts: bytes | str) -> bytes:
    return b"\0".join(part if isinstance(part, bytes) else part.encode() for part in parts)

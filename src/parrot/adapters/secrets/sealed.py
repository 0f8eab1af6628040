"""Secrets in files that are no use without the master key.

Each secret is sealed by AES-256-GCM with a random key of its own, and that key with the master key. Both seals bind the
secret's name: a file under another name does not open. A file is one JSON object: `version`, `master` (id of the master
key), `key` (nonce and sealed key) and `text` (nonce and sealed text) in base64.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parrot.adapters.secrets.doors import alone, read_closed, sync_folder, write_closed
from parrot.adapters.secrets.master import FileMaster, Master, MasterKey, missing
from parrot.adapters.secrets.names import checked
from parrot.kernel.errors import DataError, MissingError, ParameterError, StorageError
from parrot.ports.secrets import Secret

VERSION: Final = 1
SUFFIX: Final = ".sealed"
_LARGEST: Final = 64 * 1024
_NONCE: Final = 12
_KEY_PURPOSE: Final = b"parrot secret key"
_TEXT_PURPOSE: Final = b"parrot secret text"


class SealedSecrets:
    """The secret "binance-key" is sealed in the file `binance-key.sealed` in `folder`; a SecretStore.

    `made` says whether the master key was made by this very store, so that whoever asked for it can be told to keep a
    copy. Wrong keys, swapped and altered files raise DataError; files that others can read StorageError.
    """

    def __init__(self, folder: Path, master: Master) -> None:
        self._folder = folder
        self._master = master
        self.made = False

    @property
    def master_place(self) -> str:
        """Where the master key is."""
        return self._master.place

    def get(self, name: str) -> Secret:
        """The secret of that name."""
        path = self._path(name)
        sealed = self._sealed(path, name)
        key = _opened(self._key_of(sealed, path), sealed["key"], _bound(_KEY_PURPOSE, name, sealed["master"]), path)
        text = _opened(key, sealed["text"], _bound(_TEXT_PURPOSE, name), path)
        return Secret(name, text.decode())

    def set(self, name: str, text: str) -> None:
        """Seals a secret, in the place of an older one."""
        path, content = self._path(name), text.encode()
        if not content or len(content) > _LARGEST // 2:
            raise ParameterError(f"the secret {name} has {len(content)} bytes", expected=f"1 to {_LARGEST // 2}")
        with self._alone():
            master = self._sealing()
            key = AESGCM.generate_key(256)
            sealed = {
                "version": VERSION,
                "master": master.id,
                "key": _seal(master.raw, key, _bound(_KEY_PURPOSE, name, master.id)),
                "text": _seal(key, content, _bound(_TEXT_PURPOSE, name)),
            }
            write_closed(path, _encoded(sealed))

    def remove(self, name: str) -> bool:
        """Lets go of a secret; False where there was none."""
        path = self._path(name)
        if not self._folder.exists():
            return False
        with self._alone():
            try:
                path.unlink()
                sync_folder(self._folder)
            except FileNotFoundError:
                return False
            except OSError as fault:
                fix = "look at its permissions"
                raise StorageError(f"{path} cannot be removed: {fault.strerror}", fix=fix) from None
            return True

    def names(self) -> Sequence[str]:
        """All that are kept."""
        return sorted(self._names())

    def rotate(self) -> int:
        """Wraps the key of every secret with the next master key and says how many; broken off, it can be run again.

        In the environment the next key is the first one of the variable, and the old one stands behind it.
        """
        with self._alone():
            return self._rotate()

    def __repr__(self) -> str:
        return f"SealedSecrets({self._folder})"

    def _alone(self) -> AbstractContextManager[None]:
        return alone(self._folder)

    def _rotate(self) -> int:
        if not self._master.all():
            raise missing(self._master.place)
        successor = self._master.successor()
        names = self.names()
        for name in names:
            path = self._path(name)
            sealed = self._sealed(path, name)
            old = _bound(_KEY_PURPOSE, name, sealed["master"])
            key = _opened(self._key_of(sealed, path), sealed["key"], old, path)
            wrapped = _seal(successor.raw, key, _bound(_KEY_PURPOSE, name, successor.id))
            write_closed(path, _encoded(sealed | {"master": successor.id, "key": wrapped}))
        self._master.settle()
        return len(names)

    def _path(self, name: str) -> Path:
        return self._folder / f"{checked(name)}{SUFFIX}"

    def _names(self) -> Iterator[str]:
        try:
            for entry in os.scandir(self._folder):
                if entry.name.endswith(SUFFIX) and not entry.name.startswith("."):
                    yield entry.name.removesuffix(SUFFIX)
        except FileNotFoundError:
            return

    def _sealing(self) -> MasterKey:
        found = self._master.all()
        if found:
            return found[0]
        if any(self._names()):
            raise missing(self._master.place)  # a new key would open none of what is there
        self.made = isinstance(self._master, FileMaster)
        return self._master.make()

    def _key_of(self, sealed: dict[str, Any], path: Path) -> bytes:
        known = self._master.all()
        for master in known:
            if master.id == sealed["master"]:
                return master.raw
        if not known:
            raise missing(self._master.place)
        held = " or ".join(master.id for master in known)
        fix = f"use the key that it was sealed with in {self._master.place}"
        raise DataError(f"{path} was sealed with master key {sealed['master']}", expected=held, fix=fix)

    def _sealed(self, path: Path, name: str) -> dict[str, Any]:
        try:
            content = read_closed(path, _LARGEST)
        except FileNotFoundError:
            raise MissingError(f"there is no secret {name}", fix="parrot venue add keeps those of a venue") from None
        try:
            found = json.loads(content)
            told = {part: base64.b64decode(found[part], validate=True) for part in ("key", "text")}
            if found["version"] != VERSION or not isinstance(found["master"], str):
                raise ValueError(found["version"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise _altered(path) from None
        return {**told, "version": VERSION, "master": found["master"]}


def _seal(key: bytes, content: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, bound)


def _opened(key: bytes, sealed: bytes, bound: bytes, path: Path) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
    except (InvalidTag, ValueError):
        raise _altered(path) from None


def _encoded(sealed: dict[str, Any]) -> bytes:
    told = {name: base64.b64encode(part).decode() if isinstance(part, bytes) else part for name, part in sealed.items()}
    return json.dumps(told).encode() + b"\n"


def _bound(*parts: bytes | str) -> bytes:
    return b"\0".join(part if isinstance(part, bytes) else part.encode() for part in parts)


def _altered(path: Path) -> DataError:
    fix = "bring it back from a copy, or remove it and add the secret anew"
    return DataError(f"{path} was altered, or is under another name than it was sealed under", fix=fix)

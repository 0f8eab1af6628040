"""The master key: what wraps the keys of all secrets, from a file or from the environment."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Final

from parrot.adapters.secrets.doors import alone, read_closed, sync_folder, write_closed
from parrot.kernel.errors import DataError, MissingError

VARIABLE: Final = "PARROT_MASTER_KEY"
KEY_BYTES: Final = 32
_LARGEST: Final = 1024
_NEXT: Final = ".next"


class MasterKey:
    """256 bits, and the id by which sealed files name them; its text shows the id alone."""

    __slots__ = ("id", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.id = blake2b(raw, digest_size=8, person=b"parrot-master-1").hexdigest()

    @classmethod
    def new(cls) -> MasterKey:
        """A random one."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def read(cls, text: str, place: str) -> MasterKey:
        """The key in a text of base64 or hex. Raises DataError that names the place and shows nothing of the text."""
        text = text.strip()
        try:
            if len(text) == 2 * KEY_BYTES:
                raw = bytes.fromhex(text)
            else:
                raw = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
        except (ValueError, binascii.Error):
            raw = b""
        if len(raw) != KEY_BYTES:
            fix = "parrot made it in this form; bring it back from its copy"
            raise DataError(f"{place} holds no master key", expected="32 bytes as base64 or hex", fix=fix)
        return cls(raw)

    @property
    def text(self) -> str:
        """The key as it is kept."""
        return base64.b64encode(self.raw).decode()

    def __repr__(self) -> str:
        return f"MasterKey({self.id})"


class EnvironmentMaster:
    """Master keys in PARROT_MASTER_KEY: the first one seals, others behind commas only open what they sealed once."""

    def __init__(self, text: str) -> None:
        self.keys = [MasterKey.read(one, VARIABLE) for one in text.split(",") if one.strip()]
        if not self.keys:
            raise DataError(f"{VARIABLE} is empty", expected="32 bytes as base64 or hex")

    @property
    def place(self) -> str:
        """Where it is."""
        return f"the environment variable {VARIABLE}"

    def all(self) -> list[MasterKey]:
        """The sealing key first."""
        return self.keys

    def make(self) -> MasterKey:
        """The sealing key."""
        return self.keys[0]

    def successor(self) -> MasterKey:
        """The sealing key: a new one is put first into the variable by whoever sets it."""
        return self.keys[0]

    def settle(self) -> None:
        """Nothing to do: the old key is taken from the variable by whoever sets it."""


class FileMaster:
    """The master key in a file that only its owner can read; while keys are changed the next one lies beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next = path.with_name(path.name + _NEXT)

    @property
    def place(self) -> str:
        """Where it is."""
        return str(self._path)

    def all(self) -> list[MasterKey]:
        """The sealing key first; empty where none was made yet."""
        return [key for key in (self._read(self._next), self._read(self._path)) if key is not None]

    def make(self) -> MasterKey:
        """The sealing key, made now where there is none."""
        with alone(self._path):
            found = self.all()
            if found:
                return found[0]
            made = MasterKey.new()
            write_closed(self._path, f"{made.text}\n".encode(), new=True)
            return made

    def successor(self) -> MasterKey:
        """The next key, made and durable before anything is sealed with it; that of a change that was broken off."""
        found = self._read(self._next)
        if found is None:
            found = MasterKey.new()
            write_closed(self._next, f"{found.text}\n".encode())
        return found

    def settle(self) -> None:
        """The next key takes the place of the old one, which nothing needs any more."""
        if self._next.exists():
            self._next.replace(self._path)
            sync_folder(self._path.parent)

    def _read(self, path: Path) -> MasterKey | None:
        try:
            content = read_closed(path, _LARGEST)
        except FileNotFoundError:
            return None
        return MasterKey.read(content.decode("ascii", "replace"), str(path))


Master = EnvironmentMaster | FileMaster


def master(path: Path, environment: Mapping[str, str] | None = None) -> Master:
    """The master key of the environment where it names one, else that of the file at `path`."""
    text = (os.environ if environment is None else environment).get(VARIABLE, "")
    return EnvironmentMaster(text) if text else FileMaster(path)


def missing(place: str) -> MissingError:
    """There are secrets, and no key to open them."""
    fix = f"bring {place} back from its copy, or name the key in {VARIABLE}; else remove the secrets and add them anew"
    return MissingError("the master key is missing", expected=place, fix=fix)

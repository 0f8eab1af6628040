"""The API keys of an exchange: in memory, or in a file that its owner alone can read."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from parrot.kernel.errors import DataError, StorageError
from parrot.ports.exchange import Credential
from parrot.ports.secrets import Secret

_LENGTH: Final = 32  # bytes; as text they have 64 characters, as the venue's keys have


class Keys:
    """A key ring. A request is signed with its secret, so that secrets are kept as they are, in memory and in `path`.

    Raises DataError when the file cannot be read as one of ours, StorageError.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._found: dict[str, Credential] = {}
        if path is not None and path.exists():
            self._found = _read(path)

    def find(self, key: str) -> Credential | None:
        """The credential of a key."""
        return self._found.get(key)

    def add(self, account: str, *, may_trade: bool = True) -> Credential:
        """A new random key for an account."""
        return self.keep(secrets.token_hex(_LENGTH), secrets.token_hex(_LENGTH), account, may_trade=may_trade)

    def keep(self, key: str, secret: str, account: str, *, may_trade: bool = True) -> Credential:
        """A key that is given from outside; one of that name is replaced."""
        made = Credential(key=key, secret=Secret(f"api-key-{key[:6]}", secret), account=account, may_trade=may_trade)
        self._found[key] = made
        self._write()
        return made

    def remove(self, key: str) -> bool:
        """Takes a key away."""
        if self._found.pop(key, None) is None:
            return False
        self._write()
        return True

    def of(self, account: str) -> Credential | None:
        """The oldest key of an account."""
        return next((found for found in self._found.values() if found.account == account), None)

    def names(self) -> Sequence[tuple[str, str]]:
        """(key, account) of all."""
        return [(found.key, found.account) for found in self._found.values()]

    def _write(self) -> None:
        if self._path is None:
            return
        rows = [
            {"key": one.key, "secret": one.secret.reveal(), "account": one.account, "may_trade": one.may_trade}
            for one in self._found.values()
        ]
        part = self._path.with_suffix(".part")
        try:
            part.unlink(missing_ok=True)
            file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(file, "wb") as written:
                written.write(msgspec.json.encode(rows))
                written.flush()
                os.fsync(written.fileno())
            part.replace(self._path)
        except OSError as fault:
            raise StorageError(f"{self._path} cannot be written: {fault.strerror}") from fault


def _read(path: Path) -> dict[str, Credential]:
    try:
        if path.stat().st_mode & 0o077:
            fix = f"chmod 600 {path}, and make new keys if others used this machine"
            raise StorageError(f"others can read {path}", expected="mode 0600", fix=fix)
        rows: list[dict[str, Any]] = msgspec.json.decode(path.read_bytes(), type=list[dict[str, Any]])
        return {
            row["key"]: Credential(
                key=row["key"],
                secret=Secret(f"api-key-{row['key'][:6]}", row["secret"]),
                account=row["account"],
                may_trade=row["may_trade"],
            )
            for row in rows
        }
    except StorageError:
        raise
    except (msgspec.MsgspecError, KeyError, TypeError) as fault:
        raise DataError(f"{path} holds no API keys", fix="bring it back from a copy, or delete it") from fault
    except OSError as fault:
        raise StorageError(f"{path} cannot be read: {fault.strerror}") from fault

"""The API keys of an exchange: in memory, or in a file that its owner alone can read."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from parrot.adapters.secrets.doors import write_closed
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

    def add(self, account: str, *, may_trade: bool = True, key: str = "") -> Credential:
        """A new random key for an account; one of a `key` that was drawn before is made once."""
        there = self._found.get(key)
        if there is not None and there.account == account:
            return there
        return self.keep(key or draw(), draw(), account, may_trade=may_trade)

    def keep(self, key: str, secret: str, account: str, *, may_trade: bool = True) -> Credential:
        """A key that is given from outside; one of that name is replaced."""
        made = Credential(key=key, secret=Secret(f"api-key-{key[:6]}", secret), account=account, may_trade=may_trade)
        self._become(self._found | {key: made})
        return made

    def remove(self, key: str) -> bool:
        """Takes a key away."""
        if key not in self._found:
            return False
        self._become({name: one for name, one in self._found.items() if name != key})
        return True

    def of(self, account: str) -> Credential | None:
        """The oldest key of an account."""
        return next((found for found in self._found.values() if found.account == account), None)

    def names(self) -> Sequence[tuple[str, str]]:
        """(key, account) of all."""
        return [(found.key, found.account) for found in self._found.values()]

    def _become(self, found: dict[str, Credential]) -> None:
        """Other keys: in the file first, so that one that could not be written is not there either."""
        if self._path is not None:
            _write(self._path, found)
        self._found = found


def draw() -> str:
    """A new random key, or a secret."""
    return secrets.token_hex(_LENGTH)


def _write(path: Path, found: dict[str, Credential]) -> None:
    rows = [
        {"key": one.key, "secret": one.secret.reveal(), "account": one.account, "may_trade": one.may_trade}
        for one in found.values()
    ]
    write_closed(path, msgspec.json.encode(rows))


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

"""The secrets port on files that nobody else can read."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from parrot.adapters.secrets.names import checked
from parrot.kernel.errors import DataError, MissingError, StorageError
from parrot.ports.secrets import Secret

_LARGEST: Final = 64 * 1024
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


class FileSecrets:
    """The secret "binance-key" is the text of the file `binance-key` in `folder`, less the newline at its end.

    The file is this user's or root's, with mode 0600 or 0400, and no link; the folder is one that others cannot write.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str) -> Secret:
        """The secret of that name. Raises MissingError, ParameterError; StorageError when others could get at it."""
        path = self._folder / checked(name)
        try:
            file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            raise MissingError(f"there is no secret {name}", fix=f"write it into {path}, mode 0600") from None
        except OSError as fault:
            raise StorageError(f"{path} cannot be read: {fault.strerror}", fix="make it a file of this user") from None
        try:
            self._refuse_open_doors(path, os.fstat(file))
            content = os.read(file, _LARGEST + 1)
        finally:
            os.close(file)
        return Secret(name, _text(path, content))

    def _refuse_open_doors(self, path: Path, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise StorageError(f"{path} is no file", fix="make it a file with the secret in it")
        if found.st_mode & _OTHERS:
            mode = stat.S_IMODE(found.st_mode)
            raise StorageError(
                f"{path} has mode {mode:04o}: others can read it",
                expected="mode 0600 or 0400",
                fix=f"chmod 600 {path}, and change the secret if others used this machine",
            )
        if found.st_uid not in (os.geteuid(), 0):
            raise StorageError(f"{path} belongs to another user", expected="this user or root", fix=f"chown it: {path}")
        if self._folder.stat().st_mode & _OTHERS_WRITE:
            raise StorageError(f"others can write {self._folder}", fix=f"chmod go-w {self._folder}")


def _text(path: Path, content: bytes) -> str:
    if len(content) > _LARGEST:
        raise DataError(f"{path} is larger than a secret can be", expected=f"at most {_LARGEST} bytes")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise DataError(f"{path} holds no UTF-8 text", expected="the secret as text") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise MissingError(f"{path} is empty", fix="write the secret into it")
    return text

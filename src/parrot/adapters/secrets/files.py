"""The secrets port on files that nobody else can read."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from parrot.adapters.secrets.doors import read_closed
from parrot.adapters.secrets.names import checked
from parrot.kernel.errors import DataError, MissingError
from parrot.ports.secrets import Secret

_LARGEST: Final = 64 * 1024


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
            content = read_closed(path, _LARGEST)
        except FileNotFoundError:
            raise MissingError(f"there is no secret {name}", fix=f"write it into {path}, mode 0600") from None
        return Secret(name, _text(path, content))


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

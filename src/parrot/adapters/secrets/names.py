"""Names of secrets."""

from __future__ import annotations

import re

from parrot.kernel.errors import ParameterError

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def checked(name: str) -> str:
    """The name. Raises ParameterError."""
    if not _NAME.fullmatch(name):
        raise ParameterError(f"{name!r} is no name of a secret", expected="small letters, digits and - between them")
    return name

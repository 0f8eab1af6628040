"""Secrets never reach a log: neither by the name of a key nor by their value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Final

HIDDEN: Final = "***"
_NAMES = re.compile(
    r"(^|[_\-.])(token|secret|password|passwd|passphrase|authorization|cookie|credential|(api|private|access|secret)[_-]?key)s?($|[_\-.])",
    re.IGNORECASE,
)
# The port of an address without a user: so many digits at its end, and no @ behind it.
_PORT: Final = r"\d{1,5}(?![^\s/?#\"'`,;:)}\]])(?!\S*@)"
# What carries a secret inside a text: "Authorization: Bearer x", "token=x", "postgres://user:x@host".
_IN_TEXT = re.compile(
    rf"(?P<head>\b(?:bearer|basic)\s+|\b(?:[\w\-]*(?:token|secret|password|passwd|passphrase|api[_-]?key))[\"']?\s*[=:]\s*[\"']?|://[^\s:/@]+:(?!{_PORT}))"
    r"(?P<secret>[^\s\"'&,;@}]+)",
    re.IGNORECASE,
)
_SHORTEST: Final = 8
_DEPTH_MAX: Final = 8


class Redaction:
    """A structlog processor; `hide` adds values that must not be seen anywhere, whatever they are called."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: tuple[str, ...] = ()
        self.hide(*secrets)

    def hide(self, *secrets: str) -> None:
        """Hides these values from here on; shorter ones than eight characters would hide ordinary words."""
        known = {*self._secrets, *(secret for secret in secrets if len(secret) >= _SHORTEST)}
        self._secrets = tuple(sorted(known, key=len, reverse=True))

    def __call__(self, logger: Any, method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
        """The event without secrets."""
        return {key: self._of(key, value, 0) for key, value in event.items()}

    def _of(self, key: str, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if _NAMES.search(key):
            return HIDDEN
        if isinstance(value, str):
            return self.text(value)
        if depth >= _DEPTH_MAX:
            return HIDDEN
        if isinstance(value, Mapping):
            return {str(name): self._of(str(name), one, depth + 1) for name, one in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._of("", one, depth + 1) for one in value]
        return self.text(str(value))

    def text(self, text: str) -> str:
        """A text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _IN_TEXT.sub(lambda found: found["head"] + HIDDEN, text)

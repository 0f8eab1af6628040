"""What no recording holds: keys, signatures, tokens, and what makes two equal requests differ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

HIDDEN: Final = "***"
_SHORTEST: Final = 4
_SECRET: Final = re.compile(
    r"secret|signature|^sign$|passphrase|password|api_?-?key|token|listen_?key|otp", re.IGNORECASE
)
_VOLATILE: Final = re.compile(r"^(timestamp|recv_?window|nonce|ts|expires|time)$", re.IGNORECASE)
_LONG: Final = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{48,}(?![A-Za-z0-9_-])")


class Scrubber:
    """Takes secrets out; `known` are those that must not be seen anywhere, whatever they are called."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = sorted((one for one in known if len(one) >= _SHORTEST), key=len, reverse=True)

    def url(self, url: str) -> str:
        """An address without keys and signatures, its query sorted, and without what changes from call to call."""
        parts = urlsplit(url)
        path = _LONG.sub(HIDDEN, parts.path)
        return self._known_hidden(urlunsplit((parts.scheme, parts.netloc, path, self._pairs(parts.query), "")))

    def body(self, body: Any) -> str:
        """A request's body, form or JSON, treated like a query."""
        if not body:
            return ""
        text = body if isinstance(body, str) else json.dumps(body)
        try:
            found = json.loads(text)
        except ValueError:
            return self._known_hidden(self._pairs(text))
        return self._known_hidden(json.dumps(self._told(found, request=True), sort_keys=True))

    def answer(self, text: str) -> str:
        """What a venue sent: only what is secret is hidden, and all else is as it came."""
        try:
            found = json.loads(text, parse_float=_Number, parse_int=_Number)
        except ValueError:
            return self._known_hidden(text)
        told = self._told(found, request=False)
        # Numbers are to stay as they were written: what holds no secret is not written anew.
        return self._known_hidden(text if told == found else _dumped(told))

    def message(self, message: Any) -> Any:
        """A decoded message of a stream."""
        return self._told(message, request=False)

    def _pairs(self, text: str) -> str:
        pairs = parse_qsl(text, keep_blank_values=True)
        kept = [(name, HIDDEN if _SECRET.search(name) else value) for name, value in pairs if not _VOLATILE.match(name)]
        return urlencode(sorted(kept), safe="*")

    def _told(self, found: Any, *, request: bool) -> Any:
        if isinstance(found, dict):
            return {
                name: HIDDEN
                if _SECRET.search(name) and isinstance(value, str) and value
                else self._told(value, request=request)
                for name, value in found.items()
                if not (request and _VOLATILE.match(name))
            }
        if isinstance(found, list):
            return [self._told(one, request=request) for one in found]
        return self._known_hidden(found) if type(found) is str else found

    def _known_hidden(self, text: str) -> str:
        for one in self._known:
            text = text.replace(one, HIDDEN)
        return text


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


def _dumped(told: Any) -> str:
    if isinstance(told, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{_dumped(value)}" for name, value in told.items()) + "}"
    if isinstance(told, list):
        return "[" + ",".join(map(_dumped, told)) + "]"
    return str(told) if isinstance(told, _Number) else json.dumps(told)

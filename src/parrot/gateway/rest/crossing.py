"""What a browser sends for a page of another site is refused: writes, reads and sockets."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from parrot.gateway.rest.site import origin_of

SAFE: Final = frozenset({"GET", "HEAD"})
_OURS: Final = frozenset({"same-origin", "none"})


def crosses(scope: Scope) -> bool:
    """Whether a request was made by a page of another origin, and is no plain visit.

    A browser says so in Sec-Fetch-Site and, on writes and sockets, in Origin; programs that are no browsers send
    neither. Opening one of our addresses in a window of its own is allowed from anywhere: nobody else can read it.
    """
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if scope["type"] == "websocket" or scope["method"] not in SAFE:
        if origin is not None and origin.lower() != origin_of(scope):
            return True
        return headers.get("sec-fetch-site", "none") not in _OURS
    if headers.get("sec-fetch-site", "none") in _OURS:
        return False
    return not (headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document")


def is_own(scope: Scope) -> bool:
    """Whether a browser vouches that a page of ours asks; a cookie alone does not say that."""
    headers = Headers(scope=scope)
    return headers.get("origin", "").lower() == origin_of(scope) or headers.get("sec-fetch-site") == "same-origin"

"""Text that is none, which no store of ours can hold: NUL, halves of a surrogate pair, bytes that are no UTF-8."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from parrot.gateway.rest.bounds import Body
from parrot.gateway.rest.problems import problem

# An escape of JSON: a whole pair, then what is none (NUL, one half of a pair), then any other.
_ESCAPE: Final = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u(0000|[dD][89a-fA-F]..)|.)", re.DOTALL)


def in_address(scope: Scope) -> Response | None:
    """What is wrong with the text of an address, None when nothing is."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
    wrong = any(map(_is_none, (unquote_to_bytes(raw), unquote_to_bytes(scope["query_string"]))))
    return _refused("the address") if wrong else None


async def in_body(scope: Scope, body: Body) -> Response | None:
    """The same of a body; it is read for it."""
    if scope["type"] != "http" or Headers(scope=scope).get("content-length", "0") == "0":
        return None
    whole = await body.read()
    wrong = _is_none(whole) or any(found[1] for found in _ESCAPE.finditer(whole))
    return _refused("the body") if wrong else None


def _is_none(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return True
    return b"\0" in text


def _refused(what: str) -> Response:
    fix = "send UTF-8 without NUL and without halves of surrogate pairs"
    return problem(HTTPStatus.BAD_REQUEST, f"{what} holds what is no text", code="bad_input", fix=fix)

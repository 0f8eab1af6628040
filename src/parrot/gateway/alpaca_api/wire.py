"""A request as it came from the wire, and the answer as it goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

Header = tuple[bytes, bytes]


class ApiRequest(NamedTuple):
    """One HTTP request: `path` decoded, `query` and `body` as received, names of `headers` in lower case."""

    method: str
    path: str
    query: bytes
    body: bytes
    headers: Mapping[bytes, bytes]


class ApiResponse(NamedTuple):
    """One HTTP answer; the server adds the length of its body."""

    status: int
    body: bytes
    headers: Sequence[Header]

"""Parameters as forms and query strings carry them, and the same bytes without the signature."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote_plus

from parrot.gateway.binance_api.errors import ApiError

_PAIRS_MAX: Final = 100
_SIGNATURE: Final = b"signature="


def read(raw: bytes) -> dict[str, str]:
    """The parameters of a query string or form.

    Raises ApiError for one that is there twice, or for more than any endpoint takes.
    """
    if not raw:
        return {}
    pairs = [pair.split("=", 1) for pair in raw.decode("latin-1").split("&", _PAIRS_MAX) if pair]
    if len(pairs) > _PAIRS_MAX:
        raise ApiError(-1101, "Too many parameters sent for this endpoint.")
    if b"%" in raw or b"+" in raw:
        pairs = [[unquote_plus(part) for part in pair] for pair in pairs]
    found = {pair[0]: pair[1] if len(pair) == 2 else "" for pair in pairs}
    if len(found) < len(pairs):
        raise ApiError(-1101, "Duplicate values for a parameter detected.")
    return found


def unsigned(raw: bytes) -> bytes:
    """`raw` as it was received, without its pair `signature=...`."""
    at = raw.find(_SIGNATURE)
    while at > 0 and raw[at - 1] != 0x26:  # the end of another name
        at = raw.find(_SIGNATURE, at + 1)
    if at < 0:
        return raw
    end = raw.find(b"&", at)
    if end < 0:
        return raw[: max(at - 1, 0)]
    return raw[:at] + raw[end + 1 :]

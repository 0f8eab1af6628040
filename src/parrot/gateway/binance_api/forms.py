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
    pairs = raw.decode("latin-1").split("&", _PAIRS_MAX)
    if len(pairs) > _PAIRS_MAX:
        raise ApiError(-1101, "Too many parameters sent for this endpoint.")
    coded = b"%" in raw or b"+" in raw
    found: dict[str, str] = {}
    for pair in pairs:
        if not pair:
            continue
        name, _, value = pair.partition("=")
        if coded:
            name, value = unquote_plus(name), unquote_plus(value)
        if name in found:
            raise ApiError(-1101, "Duplicate values for a parameter detected.")
        found[name] = value
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

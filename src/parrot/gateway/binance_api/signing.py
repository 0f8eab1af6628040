"""Who asks, and whether it is now: keys, signatures over the bytes as received, and the window of time."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Final

from parrot.gateway.binance_api import amounts, errors, public_keys
from parrot.gateway.binance_api.errors import ApiError
from parrot.ports.exchange import Credential, KeyRing

_MICROSECONDS_FROM: Final = 10**14  # as milliseconds this is the year 5138
_AHEAD_US: Final = 1_000_000
_WINDOW_US: Final = 5_000_000
_WINDOW_US_MAX: Final = 60_000_000
_SIGNATURE_LETTERS: Final = 64
_PLAIN_LETTERS: Final = 20

_key_form = re.compile(r"[A-Za-z0-9._~-]{1,256}").fullmatch
_window_form = re.compile(r"([0-9]{1,20})(?:\.([0-9]{1,20}))?").fullmatch
_signature_form = re.compile(r"[A-Za-z0-9+/=]{1,512}").fullmatch


def credential(keys: KeyRing, key: str | None) -> Credential:
    """What belongs to a key; raises ApiError for one that is none or that nobody knows."""
    if not key:
        raise ApiError(-2014, "API-key format invalid.")
    known = keys.find(key)
    if known is None:
        if _key_form(key) is None:
            raise ApiError(-2014, "API-key format invalid.")
        raise unauthorised()
    return known


def unauthorised() -> ApiError:
    """A key that may not do this."""
    return ApiError(-2015, "Invalid API-key, IP, or permissions for action.")


def check(known: Credential, params: Mapping[str, str], payload: bytes, now: int) -> None:
    """Raises ApiError unless `payload` was signed with the key, and lately."""
    if "timestamp" not in params:
        raise errors.missing("timestamp")
    check_signature(known, payload, params.get("signature"))
    check_time(params, now)


def check_signature(known: Credential, payload: bytes, signature: str | None) -> None:
    """Raises ApiError unless `signature` is that of `payload` by the secret of the key."""
    if signature is None:
        raise errors.missing("signature")
    secret = known.secret.reveal()
    if secret.startswith(public_keys.BEGINS):
        _check_form(signature)
        if not public_keys.signed(secret, payload, signature):
            raise _wrong()
        return
    if len(signature) != _SIGNATURE_LETTERS or not signature.isalnum() or not signature.isascii():
        _check_form(signature)
        raise _wrong()
    expected = hmac.digest(secret.encode(), payload, "sha256").hex()
    if not hmac.compare_digest(expected, signature.lower()):
        raise _wrong()


def _check_form(signature: str) -> None:
    if not signature:
        raise errors.empty("signature")
    if _signature_form(signature) is None:
        raise errors.illegal("signature", "^[A-Za-z0-9+/=]{1,512}$")


def _wrong() -> ApiError:
    return ApiError(-1022, "Signature for this request is not valid.")


def check_time(params: Mapping[str, str], now: int) -> None:
    """Raises ApiError unless the request was made within its window before `now` (ns)."""
    made = amounts.whole(params["timestamp"], "timestamp")
    if made < _MICROSECONDS_FROM:
        made *= 1000
    window = params.get("recvWindow")
    window_us = _WINDOW_US if window is None else _window(window)
    now_us = now // 1000
    if made >= now_us + _AHEAD_US:
        raise ApiError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    if now_us - made > window_us:
        raise ApiError(-1021, "Timestamp for this request is outside of the recvWindow.")


def _window(written: str) -> int:
    if written.isascii() and written.isdigit() and len(written) <= _PLAIN_LETTERS:
        window_us = int(written) * 1000
    else:
        window_us = _fine_window(written)
    if window_us > _WINDOW_US_MAX:
        raise ApiError(-1131, "'recvWindow' must be less than 60000.")
    return window_us


def _fine_window(written: str) -> int:
    if not written:
        raise errors.empty("recvWindow")
    found = _window_form(written)
    if found is None:
        raise errors.illegal("recvWindow", errors.DECIMAL_RANGE)
    whole, fraction = found.groups()
    fraction = (fraction or "").rstrip("0")
    if len(fraction) > 3:
        raise errors.too_precise("recvWindow")
    return int(whole) * 1000 + int(fraction.ljust(3, "0"))

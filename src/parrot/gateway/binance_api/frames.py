"""Requests of the WebSocket API as they come: JSON whose numbers keep the text in which they were written."""

from __future__ import annotations

import contextlib
from typing import Any, Final

import msgspec

from parrot.gateway.binance_api.errors import ApiError, illegal

_ID_MAX: Final = 128
_QUOTE: Final = 0x22
_NULL: Final = msgspec.Raw(b"null")


class Frame(msgspec.Struct):
    """One request; `id` goes back as it came."""

    method: str
    id: msgspec.Raw = _NULL
    params: dict[str, Any] | None = None


class _Id(msgspec.Struct):
    """What can still be read of a frame that is no request."""

    id: int | str | None = None
    params: Any = None


_decode = msgspec.json.Decoder(Frame, float_hook=str).decode
_decode_id = msgspec.json.Decoder(_Id).decode
_encode = msgspec.json.Encoder().encode
_plain_id = msgspec.json.Decoder(int | str | None).decode


def read(raw: bytes) -> Frame:
    """The request in a frame; raises ApiError for what is none."""
    try:
        frame = _decode(raw)
        written = bytes(frame.id)
        if not (written.isdigit() or written[0] == _QUOTE):
            _plain_id(written)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ApiError(-1135, _fault(raw)) from None
    if len(written) > _ID_MAX:
        raise illegal("id", f"^.{{1,{_ID_MAX}}}$")
    return frame


def _fault(raw: bytes) -> str:
    with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):  # then it cannot be read at all
        if not isinstance(_decode_id(raw).params, dict | None):
            return "Invalid 'params' in JSON request; expected an object."
    return "Invalid JSON Request"


def id_of(raw: bytes) -> msgspec.Raw:
    """The id of a frame that is no request, null where it has none."""
    try:
        found = msgspec.json.encode(_decode_id(raw).id)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _NULL
    return msgspec.Raw(found) if len(found) <= _ID_MAX else _NULL


def texts(params: dict[str, Any]) -> dict[str, str]:
    """Parameters in the text that was sent: strings without quotes, numbers as written; null is none."""
    return {
        name: value if type(value) is str else _written(value) for name, value in params.items() if value is not None
    }


def _written(value: Any) -> str:
    if type(value) is int:
        return str(value)
    return _encode(value).decode()


def payload(params: dict[str, str]) -> bytes:
    """What is signed: all parameters but the signature, by name."""
    pairs = [f"{name}={value}" for name, value in sorted(params.items()) if name != "signature"]
    return "&".join(pairs).encode("utf-8", "surrogatepass")

"""Requests of the WebSocket API as they come: JSON whose numbers keep the text in which they were written."""

from __future__ import annotations

from typing import Final

import msgspec

from parrot.gateway.binance_api.errors import ApiError, illegal

_ID_MAX: Final = 128
_QUOTE: Final = 0x22
_NULL: Final = msgspec.Raw(b"null")


class Frame(msgspec.Struct):
    """One request; `id` goes back as it came."""

    method: str
    id: msgspec.Raw = _NULL
    params: dict[str, msgspec.Raw] | None = None


class _Id(msgspec.Struct):
    """What can still be read of a frame that is no request."""

    id: int | str | None = None


_decode = msgspec.json.Decoder(Frame).decode
_decode_id = msgspec.json.Decoder(_Id).decode
_text = msgspec.json.Decoder(str).decode
_plain_id = msgspec.json.Decoder(int | str | None).decode


def read(raw: bytes) -> Frame:
    """The request in a frame; raises ApiError for what is none."""
    try:
        frame = _decode(raw)
        _plain_id(frame.id)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ApiError(-1135, "Invalid JSON Request") from None
    if len(bytes(frame.id)) > _ID_MAX:
        raise illegal("id", f"^.{{1,{_ID_MAX}}}$")
    return frame


def id_of(raw: bytes) -> msgspec.Raw:
    """The id of a frame that is no request, null where it has none."""
    try:
        found = msgspec.json.encode(_decode_id(raw).id)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _NULL
    return msgspec.Raw(found) if len(found) <= _ID_MAX else _NULL


def texts(params: dict[str, msgspec.Raw]) -> dict[str, str]:
    """Parameters in the text that was sent: strings without quotes, everything else as written; null is none.

    Raises ApiError for text that is none.
    """
    found: dict[str, str] = {}
    try:
        for name, raw in params.items():
            written = bytes(raw)
            if written[0] == _QUOTE:
                found[name] = _text(written)
            elif written != b"null":
                found[name] = written.decode("utf-8")
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise ApiError(-1135, "Invalid JSON Request") from None
    return found


def payload(params: dict[str, str]) -> bytes:
    """What is signed: all parameters but the signature, by name."""
    pairs = [f"{name}={params[name]}" for name in sorted(params) if name != "signature"]
    return "&".join(pairs).encode("utf-8", "surrogatepass")

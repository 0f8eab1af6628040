"""Text as one WebSocket frame of a server: the same bytes for everybody, since servers do not mask."""

from __future__ import annotations

from typing import Final

_SHORT: Final = 126
_MIDDLE: Final = 1 << 16


def text_frame(payload: bytes) -> bytes:
    """One unfragmented text frame (RFC 6455, 5.2)."""
    length = len(payload)
    if length < _SHORT:
        return bytes((0x81, length)) + payload
    if length < _MIDDLE:
        return b"\x81\x7e" + length.to_bytes(2) + payload
    return b"\x81\x7f" + length.to_bytes(8) + payload

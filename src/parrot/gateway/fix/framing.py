"""From a stream of bytes to whole messages; what is garbled is passed over, as the standard says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

MESSAGE_BYTES_MAX: Final = 32 * 1024
_START: Final = b"8=FIX"
_TYPE: Final = b"35="  # the third field of a message that is not garbled
_HEAD: Final = re.compile(rb"8=FIX[^\x01=]{0,16}\x019=([0-9]{1,6})\x01")
_HEAD_BYTES_MAX: Final = 40
_TRAILER: Final = re.compile(rb"10=([0-9]{3})\x01")
_TRAILER_BYTES: Final = 7


class Framer:
    """Cuts messages out of a stream: right length, right checksum, not too long; `garbled` counts bytes passed over."""

    def __init__(self) -> None:
        self._kept = b""
        self.garbled = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Whole messages, in order; the rest is kept for the next call, at most one message of the longest kind."""
        kept = self._kept + data
        at = 0
        while True:
            start = kept.find(_START, at)
            if start < 0:  # keep what may be the beginning of a beginning
                start = max(at, len(kept) - len(_START) + 1)
                self.garbled += start - at
                at = start
                break
            self.garbled += start - at
            at = start
            found = self._message(kept, start)
            if found is None:
                break
            end, whole = found
            if whole:
                yield kept[start:end]
            else:
                self.garbled += end - start
            at = end
        self._kept = kept[at:]

    def _message(self, kept: bytes, start: int) -> tuple[int, bool] | None:
        """Where the message at `start` ends and whether it is whole; None while that cannot be known."""
        head = _HEAD.match(kept, start, start + _HEAD_BYTES_MAX)
        if head is None:
            seen = kept[start + 1 : start + _HEAD_BYTES_MAX]
            hopeful = len(seen) < _HEAD_BYTES_MAX - 1 and seen.count(b"\x01") < 2 and _START not in seen
            return None if hopeful else (start + 1, False)
        end = head.end() + int(head[1]) + _TRAILER_BYTES
        if end - start > MESSAGE_BYTES_MAX:
            return head.end(), False
        if end > len(kept):
            return None
        trailer = _TRAILER.fullmatch(kept, end - _TRAILER_BYTES, end)
        if trailer is None:
            return head.end(), False
        if not kept.startswith(_TYPE, head.end()):
            return end, False
        return end, sum(kept[start : end - _TRAILER_BYTES]) & 0xFF == int(trailer[1])

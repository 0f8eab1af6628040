"""Moments as FIX writes them: UTC, to the millisecond."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_MOMENT: Final = re.compile(r"[0-9]{8}-(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]{1,9})?")


def moment(ts: int) -> str:
    """ns UTC as YYYYMMDD-HH:MM:SS.sss."""
    seconds, rest = divmod(ts, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%d-%H:%M:%S}.{rest // 1_000_000:03d}"


def is_moment(text: str) -> bool:
    """Whether a text is a UTCTimestamp."""
    return _MOMENT.fullmatch(text) is not None

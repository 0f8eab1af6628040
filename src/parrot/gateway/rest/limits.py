"""What one may ask for, and how often: every bound of the gateway stands here."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from typing import Final

from limits import RateLimitItem, parse
from limits.storage import MovingWindowSupport, Storage
from limits.strategies import MovingWindowRateLimiter

HEADERS_MOST: Final = 64
HEADER_BYTES_MOST: Final = 16 * 1024
BODY_BYTES_MAX: Final = 64 * 1024
# Routes that take more: files of strategies and of market data.
BODY_BYTES_MOST: Final = 8 * 1024 * 1024
UPLOADS: Final = ((re.compile(r"/api/v1/(?:[\w-]+/)*uploads?"), BODY_BYTES_MOST),)

# How long a request may take to arrive: its head, then its body, which has a second more for each so many bytes.
HEAD_S: Final = 10.0
BODY_S: Final = 15.0
BODY_BYTES_A_SECOND: Final = 64 * 1024

PER_ADDRESS: Final = parse("1000/second")
PER_PRINCIPAL: Final = parse("600/second")
WRITES: Final = parse("60/second")
SIGN_INS: Final = parse("30/minute")
# Where who one is has to be proved: nobody needs these often, and guessing must be slow.
PROOFS: Final = re.compile(r"/api/v1/(?:auth/.*|profile/password|profile/totp/confirm)")

_KEYS_MOST: Final = 20_000


class Rates:
    """Counts requests in windows that move, by the time that `now` tells (ns)."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._storage = _Windows(now)
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._now = now

    def wait(self, limit: RateLimitItem, who: str) -> int:
        """Takes one of `limit`; 0 where there was one, else the seconds after which there is one again."""
        if self._limiter.hit(limit, who):
            return 0
        reset = self._limiter.get_window_stats(limit, who).reset_time
        return max(1, int(reset - self._now() / 1e9) + 1)


class _Windows(Storage, MovingWindowSupport):
    """Moving windows in memory on a clock that comes from outside; it starts no thread."""

    STORAGE_SCHEME = None  # made here only, never by an address

    def __init__(self, now: Callable[[], int]) -> None:
        super().__init__()
        self._now = now
        self._taken: dict[str, deque[float]] = {}
        self._widths: dict[str, int] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        now = self._now() / 1e9
        taken = self._window(key, now, expiry)
        if len(taken) + amount > limit:
            return False
        taken.extend([now] * amount)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        now = self._now() / 1e9
        taken = self._window(key, now, expiry)
        return (taken[0] if taken else now), len(taken)

    def _window(self, key: str, now: float, expiry: int) -> deque[float]:
        if len(self._taken) >= _KEYS_MOST and key not in self._taken:
            self._forget(now)
        self._widths[key] = expiry
        taken = self._taken.setdefault(key, deque())
        while taken and taken[0] <= now - expiry:
            taken.popleft()
        return taken

    def _forget(self, now: float) -> None:
        """Lets go of windows that are over; were all still open, of all: a flood of addresses may not fill memory."""
        over = [key for key, taken in self._taken.items() if not taken or taken[-1] <= now - self._widths[key]]
        for key in over or list(self._taken):
            del self._taken[key], self._widths[key]

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        raise NotImplementedError("windows move here")

    def get(self, key: str) -> int:
        return len(self._taken.get(key, ()))

    def get_expiry(self, key: str) -> float:
        return self._now() / 1e9 + self._widths.get(key, 0)

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        count = len(self._taken)
        self._taken.clear()
        self._widths.clear()
        return count

    def clear(self, key: str) -> None:
        self._taken.pop(key, None)
        self._widths.pop(key, None)

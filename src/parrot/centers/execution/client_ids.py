"""Client ids: what the venue knows one attempt of one order by; never used twice."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from typing import Final

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


@cache
def own_prefix(account: str) -> str:
    """What the ids of an account begin with: 8 letters and digits."""
    mark = int.from_bytes(blake2b(account.encode(), digest_size=5).digest())
    return "P" + _base36(mark)[-7:].rjust(7, "0")


def client_id(account: str, *, epoch: int, intent: int, attempt: int) -> str:
    """f(account, epoch of the journal, number of the intent, attempt): at most 36 letters and digits."""
    return f"{own_prefix(account)}E{_base36(epoch)}N{_base36(intent)}A{_base36(attempt)}"


def _base36(number: int) -> str:
    digits = _DIGITS[number % 36]
    while number := number // 36:
        digits = _DIGITS[number % 36] + digits
    return digits

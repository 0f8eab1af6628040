"""What may be chosen about the keeping of accounts."""

from __future__ import annotations

import msgspec

from parrot.kernel.errors import ParameterError

_MINUTE_NS = 60_000_000_000


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`currency` is what equity is counted in; it is marked on every multiple of `mark_every_ns`.

    `points_kept` are the marks held in memory for the curve of the last hours; closes of days are all kept.
    """

    account: str = "main"
    currency: str = "USDT"
    mark_every_ns: int = _MINUTE_NS
    points_kept: int = 1440

    def __post_init__(self) -> None:
        """Refuses what cannot work, by ParameterError."""
        if not self.account or not self.currency:
            raise ParameterError("an account needs a name and a currency", fix="set account and currency")
        if self.mark_every_ns < 1_000_000_000:
            raise ParameterError(f"mark_every_ns is {self.mark_every_ns}", expected="at least a second (1000000000)")
        if self.points_kept < 1:
            raise ParameterError(f"points_kept is {self.points_kept}", expected="at least 1")

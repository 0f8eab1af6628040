"""Connections to venues as a person names them, and what a look at one found."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Connection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One account at one venue; its keys are kept apart from it.

    `exchange` is ccxt's id of the venue, or "alpaca". `url` replaces scheme and host of all its addresses, for a venue
    on this machine; `options` are further words to the adapter, such as {"sandbox": "true"}.
    """

    name: str
    exchange: str
    url: str = ""
    options: dict[str, str] = {}

    @property
    def secret_names(self) -> tuple[str, str, str]:
        """Under which names key, secret and passphrase are kept."""
        return f"venue-{self.name}-key", f"venue-{self.name}-secret", f"venue-{self.name}-passphrase"


class Verdict(StrEnum):
    """What a finding says: fine, worth a look, in the way of trading, or not looked at."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at: `what` is "reachable", "markets", "time offset", "balances", "may trade", ..."""

    what: str
    verdict: Verdict
    text: str

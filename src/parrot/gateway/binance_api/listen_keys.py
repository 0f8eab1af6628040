"""Keys that older clients hear their account's events with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from parrot.gateway.binance_api.errors import ApiError

LIFE: Final = 3_600 * 10**9
_LETTERS: Final = 60


class ListenKeys:
    """One key an account, good for an hour after it was last asked for or kept alive; times in ns UTC."""

    def __init__(self, new_name: Callable[[], str], *, on: bool) -> None:
        self.on = on
        self._new_name = new_name
        self._keys: dict[str, tuple[str, int]] = {}
        self._accounts: dict[str, str] = {}

    def account_of(self, key: str, now: int) -> str | None:
        """Whose events a key tells, None for one that is not known or not any more."""
        account, ends = self._keys.get(key, ("", 0))
        return account if ends > now else None

    def start(self, account: str, now: int) -> str:
        """The account's key, a new one where it has none; its hour begins again."""
        key = self._accounts.get(account, "")
        if self.account_of(key, now) is None:
            self._keys.pop(key, None)
            key = "".join(self._new_name() for _ in range(3))[:_LETTERS]
            self._accounts[account] = key
        self._keys[key] = (account, now + LIFE)
        return key

    def keep(self, account: str, key: str, now: int) -> None:
        """Begins the hour again; raises ApiError for a key of somebody else, or of nobody."""
        self._check(account, key, now)
        self._keys[key] = (account, now + LIFE)

    def stop(self, account: str, key: str, now: int) -> None:
        """Ends a key; raises ApiError for a key of somebody else, or of nobody."""
        self._check(account, key, now)
        del self._keys[key], self._accounts[account]

    def _check(self, account: str, key: str, now: int) -> None:
        if self.account_of(key, now) != account:
            raise ApiError(-1125, "This listenKey does not exist.")

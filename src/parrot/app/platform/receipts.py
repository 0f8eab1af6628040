"""Receipts of requests, kept beside the journal for a day."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from parrot.contracts.access import Way
from parrot.contracts.receipts import Receipt
from parrot.ports.records import Records

_KEPT_NS: Final = 24 * 3600 * 10**9
_TIDY_NS: Final = 3600 * 10**9
_PAGE: Final = 1_000


class KeptReceipts:
    """Receipts in a store of records; those of more than a day ago are as if they had never been."""

    def __init__(self, records: Records, now: Callable[[], int]) -> None:
        self._records = records
        self._now = now
        self._lock = threading.Lock()
        self._tidied = 0

    def begin(self, who: str, key: str, asked: str) -> Receipt | None:
        """Notes that a request begins, unless its key came before."""
        self._tidy()
        now, place = self._now(), _place(who, key)
        with self._lock, self._records.work() as work:
            found = work.get(Receipt, place)
            if found is not None and found.ts > now - _KEPT_NS:
                return found
            work.put(place, Receipt(asked=asked, ts=now))
        return None

    def finish(self, who: str, key: str, receipt: Receipt) -> None:
        """Keeps what was answered, unless whoever asked was forgotten meanwhile."""
        place = _place(who, key)
        with self._records.work() as work:
            if work.get(Receipt, place) is not None:
                work.put(place, receipt)

    def drop(self, who: str, key: str) -> None:
        """Forgets a request that changed nothing."""
        with self._records.work() as work:
            work.drop(Receipt, _place(who, key))

    def forget(self, user: str) -> bool:
        """Lets go of all of a user, however they came; says whether there were any."""
        found = [place for way in Way for place in self._of(f"{way}:{user}")]
        with self._records.work() as work:
            for place in found:
                work.drop(Receipt, place)
        return bool(found)

    def _of(self, who: str) -> list[str]:
        after = start = _place(who, "")
        found: list[str] = []
        while page := self._records.scan(Receipt, after, _PAGE):
            after = page[-1][0]
            found += [place for place, _ in page if place.startswith(start)]
            if not after.startswith(start):
                break
        return found

    def _tidy(self) -> None:
        now = self._now()
        with self._lock:
            if now < self._tidied + _TIDY_NS:
                return
            self._tidied = now
        after = ""
        while page := self._records.scan(Receipt, after, _PAGE):
            after = page[-1][0]
            old = [place for place, receipt in page if receipt.ts <= now - _KEPT_NS]
            if old:
                with self._records.work() as work:
                    for place in old:
                        work.drop(Receipt, place)


def _place(who: str, key: str) -> str:
    return f"{len(who)} {who} {key}"

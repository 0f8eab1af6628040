"""What people were refused for want of rights, noted once a minute each, so that nobody fills the audit log."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final

from parrot.centers.users.means import Means
from parrot.centers.users.settings import MINUTE
from parrot.contracts.access import Principal

_REMEMBERED: Final = 2_000


class Refusals:
    """Thread-safe."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._lock = Lock()
        self._noted: OrderedDict[tuple[str, str], int] = OrderedDict()

    def note(self, who: Principal, what: str) -> None:
        """Notes that somebody was refused `what`, unless that was noted within the last minute."""
        now, key = self._means.now(), (who.user, what)
        with self._lock:
            if now - self._noted.get(key, -MINUTE) < MINUTE:
                return
            self._noted[key] = now
            self._noted.move_to_end(key)
            while len(self._noted) > _REMEMBERED:
                self._noted.popitem(last=False)
        with self._means.store.change() as change:
            change.note(who.name, "refused", ts=now, act=what, way=who.way)

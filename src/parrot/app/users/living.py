"""The users of a platform that runs: their acts go through the thread that trades, and a thread keeps house."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

from parrot.app.auditing import Auditing
from parrot.app.users.opening import FILE, World, open_users
from parrot.centers.users.manifest import Settings, Users
from parrot.contracts.users import ActWaiting
from parrot.kernel.errors import ParrotError

_log: Final = structlog.get_logger("parrot.users")
_TIDY_S: Final = 30.0
_LATEST_S: Final = 10.0


class Questions(Protocol):
    """The trading thread as others ask it."""

    def read(self, question: Callable[[], Any]) -> Any:
        """Has `question` answered between two turns."""


class Living:
    """Users with somebody who looks after them. `pause` when the trading thread takes no questions any more."""

    def __init__(self, users: Users, audit: Auditing, spine: Questions) -> None:
        self.users = users
        self._audit = audit
        self._spine = spine
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="users", daemon=True)

    def start(self) -> None:
        """Has acts that waited noted, in this thread, which trades; later ones go through its queue."""
        self.users.audited(self._note)
        self.users.audited(lambda act: self._spine.read(lambda: self._note(act)).result(_LATEST_S))
        self._keeper.start()

    def pause(self) -> None:
        """Lets acts wait from here on: they are kept, and noted at the next start."""
        self.users.store.sink = None

    def stop(self) -> None:
        """Ends housekeeping."""
        self.pause()
        self._over.set()
        self._keeper.join(_LATEST_S)

    def _note(self, act: ActWaiting) -> None:
        self._audit.note(act.who, act.what, ts=act.ts, about=act.about)
        _log.info("act", who=act.who, what=act.what, **{f"of_{name}": text for name, text in act.about.items()})

    def _keep(self) -> None:
        while not self._over.wait(_TIDY_S):
            try:
                self.users.tidy()
            except ParrotError as fault:
                _log.warning("users", reason=str(fault))


@contextmanager
def living(
    root: Path, audit: Auditing, spine: Questions, *, now: Callable[[], int], settings: Settings, world: World
) -> Iterator[Living]:
    """The users of a platform for the block of a `with`; entered by the thread that trades, before it does."""
    audit.expect(root / FILE, now())
    with open_users(root, now, settings, world) as users:
        found = Living(users, audit, spine)
        found.start()
        try:
            yield found
        finally:
            found.stop()

"""The stream's sources: desk, market and all else that moves, taken to the hub by the thread that serves.

The thread that trades appends what it committed, and answers one short question for all channels that are looked at;
nothing of it happens while nobody listens.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

import structlog

from parrot.app.platform.desk_news import KEYED, LOGS, DeskNews
from parrot.app.platform.history import History
from parrot.app.platform.looks import Look, all_of, look_of
from parrot.app.platform.platform import Platform
from parrot.app.platform.questions.alerts import AlertQuestions, conditions
from parrot.contracts.access import Principal, Way
from parrot.contracts.message import Entry
from parrot.gateway.rest.ports.users import Gatekeeper
from parrot.gateway.stream.hub import Hub
from parrot.kernel.errors import ParrotError

_TURN_S: Final = 0.01
_LONG_TURN_S: Final = 0.1
_REVIEW_S: Final = 2.0
_AGAIN_S: Final = 1.0
_BATCHES_MOST: Final = 200  # of the desk, in one turn
_KEPT: Final = 500  # orders that ended, rows of each log
_FAILED: Final = 1011
_SECOND: Final = 10**9
_OF_DESK: Final = (*KEYED, *LOGS)

Whole = Callable[[], Any]


class Streams:
    """Keeps the hub told while it has clients. Made by any thread; `came` and all that follows is of the web's loop."""

    def __init__(self, platform: Platform, history: History, users: Gatekeeper, now: Callable[[], int]) -> None:
        self.hub = Hub(self._wanted)
        self.now = now
        self._platform = platform
        self._users = users
        self._desk = DeskNews(history, _KEPT)
        self._looks: dict[str, Look] = {}
        self._due: dict[str, int] = {}
        self._told: deque[tuple[str, list[Any], Sequence[Any]]] = deque(maxlen=10_000)
        self._whole: dict[str, Whole] = {}
        self._late: dict[str, list[tuple[list[Any], Sequence[Any]]]] = {}
        self._alerts: AlertQuestions | None = None
        self._standing: dict[str, Any] = {}
        self._here = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        users.watch(self._changed_user)

    def heard(self, entries: Sequence[Entry]) -> None:
        """A watcher of the desk."""
        self._desk.heard(entries)

    def offer(self, channel: str, whole: Whole) -> None:
        """Another source of a keyed channel: `whole` gives all rows, in a thread where it may wait."""
        self._whole[channel] = whole

    def tell(self, channel: str, row: Any) -> None:
        """A row of such a channel is new or different; any thread may say so."""
        self._told.append((channel, [row], ()))

    def watch_alerts(self, alerts: AlertQuestions) -> None:
        """Alerts come from the desk's records, from what is wrong at the moment, and go when somebody has seen them."""
        self._alerts = alerts
        self.offer("alerts", alerts.open)
        alerts.told = lambda ids: self._told.append(("alerts", [], tuple(ids)))

    def came(self) -> None:
        """A client is there: what rested until now goes on."""
        self._here.set()
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            for work in (self._tell_news, self._look_around, self._review):
                self._start(self._kept(work))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _kept(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """A source that fails is said and begins again; its clients come again, and begin with snapshots."""
        while True:
            try:
                await work()
            except Exception:  # noqa: BLE001  # whatever it is, the others go on, and the log has it
                structlog.get_logger("parrot.stream").exception("a source of the stream failed")
                for client in list(self.hub.clients):
                    client.close(_FAILED, "the stream failed: come again")
                await asyncio.sleep(1)

    async def _somebody(self) -> None:
        """Rests while nobody listens."""
        if not self.hub.clients:
            self._desk.stop()
            self._here.clear()
            await self._here.wait()

    # -- the desk ------------------------------------------------------------------------------------------------------

    async def _tell_news(self) -> None:
        while True:
            await self._somebody()
            self._desk.on = True
            if self._desk.behind:
                await self._begin()
            self._news()
            self.hub.flush(self.now())
            await asyncio.sleep(_TURN_S)

    async def _begin(self) -> None:
        try:
            standing = await asyncio.to_thread(self._desk.standing, _KEPT, _KEPT)
        except ParrotError:
            return  # the history is being made; the next turn asks again
        self._desk.begin(standing)
        for name in _OF_DESK:
            self.hub.begin(name, self._desk.state(name))

    def _news(self) -> None:
        for name, put, drop in self._desk.take(_BATCHES_MOST):
            if name in KEYED:
                self.hub.change(name, put, drop)
            elif name == "alerts":
                if self._alerts is not None:
                    self._told.append((name, self._alerts.rows(put), ()))
            else:
                self.hub.add(name, put)
        for _ in range(len(self._told)):
            channel, rows, gone = self._told.popleft()
            if self.hub.ready(channel):
                self.hub.change(channel, rows, gone)
            elif channel in self._late:
                self._late[channel].append((rows, gone))

    # -- what is looked at ---------------------------------------------------------------------------------------------

    def _wanted(self) -> None:
        """Who listens to what has changed: a topic that nobody heard has to be begun."""
        topics = self.hub.topics()
        self._looks = {name: look for name, look in self._looks.items() if name in topics}
        for name in topics:
            if name in _OF_DESK:
                if not self.hub.ready(name) and not self._desk.behind:
                    self.hub.begin(name, self._desk.state(name))
            elif name in self._whole:
                if not self.hub.ready(name) and name not in self._late:
                    self._late[name] = []
                    self._start(self._begin_whole(name))
            elif name not in self._looks:
                self._add_look(name)

    def _add_look(self, name: str) -> None:
        try:
            look = look_of(name, self._platform)
        except ParrotError as fault:
            asyncio.get_running_loop().call_soon(self.hub.refuse, name, fault)
            return
        if look is not None:
            self._looks[name], self._due[name] = look, 0

    async def _begin_whole(self, name: str) -> None:
        while (rows := await self._read_whole(name)) is None:
            if name not in self.hub.topics():
                del self._late[name]
                return
            await asyncio.sleep(_AGAIN_S)
            self._late[name] = []
        self.hub.begin(name, rows)
        for put, gone in self._late.pop(name):
            self.hub.change(name, put, gone)
        if name == "alerts":
            self._standing = {}
            self._looks[name], self._due[name] = Look(self._platform.troubles_of, self._stand, _SECOND), 0

    async def _read_whole(self, name: str) -> Any:
        try:
            return await asyncio.to_thread(self._whole[name])
        except Exception as fault:  # noqa: BLE001  # whatever it is, it is asked again: else nobody would hear it any more
            structlog.get_logger("parrot.stream").warning("a channel waits", channel=name, reason=str(fault))
            return None

    async def _look_around(self) -> None:
        while True:
            await self._somebody()
            now = self.now()
            due = {name: look for name, look in self._looks.items() if self._due.get(name, 0) <= now}
            if due:
                await self._look(due)
            quick = any(not look.every_ns for look in self._looks.values())
            await asyncio.sleep(_TURN_S if quick else _LONG_TURN_S)

    async def _look(self, due: dict[str, Look]) -> None:
        now, paces = self.now(), self.hub.topics()
        for name, look in due.items():
            self._due[name] = now + (look.every_ns or 10**9 // max(paces.get(name, 1), 1))
        try:
            found = await asyncio.wait_for(asyncio.wrap_future(self._platform.begin(all_of(due))), 10)
        except (ParrotError, TimeoutError):
            return  # it is busy with orders; the next look asks again
        for name, answer in found.items():
            if isinstance(answer, ParrotError):
                self.hub.refuse(name, answer)
            else:
                due[name].give(self.hub, name, answer)

    def _stand(self, hub: Hub, name: str, troubles: list[tuple[str, int]]) -> None:
        """What is wrong now comes and goes; it keeps the time since when it is."""
        found = {row["alert_id"]: row for row in conditions(troubles, self.now())}
        for key, row in found.items():
            row["ts"] = self._standing.get(key, row)["ts"]
        put = [row for key, row in found.items() if self._standing.get(key) != row]
        gone = [key for key in self._standing if key not in found]
        self._standing = found
        hub.change(name, put, gone)

    # -- who may hear it -----------------------------------------------------------------------------------------------

    async def _review(self) -> None:
        while True:
            await self._somebody()
            self.hub.review(self._stands)
            await asyncio.sleep(_REVIEW_S)

    def _stands(self, who: Principal) -> Principal | None:
        return who if who.way is Way.MACHINE else self._users.stands(who)

    def _changed_user(self, user: str) -> None:
        """Told by any thread; who may not hear any more is closed at once."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.hub.review, self._stands, user)

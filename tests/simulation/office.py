"""The process that holds the desk: it takes what comes in turns, commits, dies and starts again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from parrot.app.desk import Desk
from parrot.contracts.commands import CloseDesk, Deposit, OpenDesk, Quoted
from parrot.contracts.message import Entry
from parrot.contracts.records import OrderApproved
from parrot.kernel.errors import StorageError
from tests.simulation.line import MILLISECOND
from tests.simulation.store import Crash, FaultyJournal, Shelf
from tests.simulation.witness import Violation

if TYPE_CHECKING:
    from tests.simulation.world import World


class Office:
    """Runs one desk at a time. `jump` is how far the machine's clock is off."""

    def __init__(self, world: World, parts: Callable[..., Sequence[Any]]) -> None:
        self.world = world
        self.parts = parts
        self.chance = world.chance("office")
        self.desk: Desk | None = None
        self.alive = False
        self.jump = 0
        self.life = 0
        self.waiting: deque[Any] = deque()
        self.turning = False
        self.deaths = 0
        self.good_quotes: dict[str, deque[int]] = {}
        self.shelf = Shelf()
        self.snapshots = world.chance("snapshots").random() * 0.03

    def clock(self) -> int:
        return self.world.agenda.now + self.jump

    # -- life and death --------------------------------------------------------------------------------------------

    def start(self) -> None:
        """The one start path: replay, open, reconcile."""
        world = self.world
        world.line.reconnect()
        self.jump = self.clock_error()
        self.good_quotes = {symbol: deque(maxlen=40) for symbol in world.market.listings}
        self.life += 1
        self.waiting.clear()
        journal = FaultyJournal(world.disk, world.faults)
        desk = Desk(self.parts(world.market.listings, world.terms), journal, self.send, snapshots=self.shelf)
        desk.watchers.append(self.tell)
        self.desk, self.alive = desk, True
        try:
            doomed = bool(self.deaths) and world.faults.hit("crash in recovery")
            desk.recover()
            if doomed and self.chance.random() < 0.3:
                raise Crash
            opening = OpenDesk(account="main", build="b", schema="s", config="c")
            desk.take(opening, self.clock())
            for command in self.first_commands():
                desk.take(command, self.clock())
            if doomed and self.chance.random() < 0.3:
                raise Crash
            desk.commit()
            if doomed:
                raise Crash
        except (Crash, StorageError):
            self.die()
            return
        for caller in world.callers:
            caller.catch_up(world.entries(caller.seen))
            caller.see_desk_back()

    def clock_error(self) -> int:
        """How far off the clock of a new process is; within a process it runs steadily."""
        if not self.deaths or not self.world.faults.hit("clock off"):
            return 0
        return self.chance.choice((-3600_000, -3000, -500, 500, 3000)) * MILLISECOND

    def first_commands(self) -> list[Any]:
        """What a platform says at its start until the journal holds it."""
        if self.world.witness.posted:
            return []
        deposits = [
            Deposit(key=f"opening:{currency}", currency=currency, amount=amount, by="opening")
            for currency, amount in self.world.opening.items()
        ]
        return [*deposits, *self.world.person.standing]

    def fresh(self, entry: Entry) -> None:
        """I12: what opens a position was approved on a quote that was good and young enough."""
        record = entry.record
        limit = self.world.witness.stale_after
        if not isinstance(record, OrderApproved) or record.reduces or not limit:
            return
        life = self.world.witness.orders[record.order_id]
        if self.world.witness.shrinks(life, record.quantity):
            return
        received = self.good_quotes[life.order.symbol]
        if not any(0 <= entry.ts - ts <= limit for ts in received):
            raise Violation(
                "I12", f"order {life.order_id} is approved at {entry.ts}, good quotes came at {list(received)[-3:]}"
            )

    def die(self) -> None:
        self.alive, self.desk = False, None
        self.deaths += 1
        self.world.line.life += 1
        self.world.note("death", b"")
        self.world.agenda.after(self.chance.randint(50, 2500) * MILLISECOND, self.restart)

    def close(self) -> None:
        """Ends in good order; what comes meanwhile is lost all the same."""
        assert self.desk is not None
        try:
            self.desk.take(CloseDesk(reason="asked to"), self.clock())
            self.desk.commit()
        except (Crash, StorageError):
            self.world.note("death", b"")
        self.die()

    def restart(self) -> None:
        if not self.alive:
            if not self.world.line.up:
                self.world.line.up = True  # a new process makes a new connection
            self.start()

    # -- turns -----------------------------------------------------------------------------------------------------

    def deliver(self, message: Any) -> None:
        if not self.alive:
            return
        self.waiting.append(message)
        if not self.turning:
            self.turning = True
            self.world.agenda.after(MILLISECOND, self.turn)

    def turn(self) -> None:
        """Takes a few messages and commits them together."""
        self.turning = False
        if not self.alive:
            return
        assert self.desk is not None
        try:
            for _ in range(min(len(self.waiting), self.chance.choice((1, 1, 2, 4, 8)))):
                message = self.waiting.popleft()
                if self.world.faults.hit("crash between messages"):
                    raise Crash
                self.world.note("take", message)
                if isinstance(message, Quoted) and message.valid:
                    self.good_quotes[message.symbol].append(message.received)
                self.desk.take(message, self.clock())
            self.desk.commit()
        except (Crash, StorageError):
            self.die()
            return
        if self.chance.random() < self.snapshots:
            self.desk.save_snapshot()
        if self.waiting:
            self.turning = True
            self.world.agenda.after(MILLISECOND, self.turn)

    def send(self, request: Any) -> None:
        world = self.world
        doomed = world.faults.hit("crash while sending")
        if doomed and self.chance.random() < 0.5:
            raise Crash
        world.note("leaves", request)
        world.witness.leaves(request)
        world.line.send(request)
        if doomed:
            raise Crash

    def tell(self, entries: Sequence[Entry]) -> None:
        if entries and entries[-1].seq > len(self.world.disk.bodies):
            raise Violation("I5", f"entry {entries[-1].seq} is told of before it is durable")
        for caller in self.world.callers:
            caller.catch_up(entries)

"""The bus in one process and one thread, in a fixed order: as published, then as readers are declared."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Sequence

from parrot.adapters.bus.lanes import Lanes
from parrot.kernel.errors import BusyError
from parrot.ports.bus import TRIES, BusState, Depth, Envelope, Full, Lane, Reader, fits

_REMEMBERED = 100_000


class _Queue:
    """What waits for one reader, by number; the numbers are those of all messages of the bus."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.handler: Callable[[Envelope], None] | None = None
        self.waiting: dict[int, Envelope] = {}
        self.tries = self.handled = self.dropped = self.failed = 0

    def first(self) -> int:
        """Number of what comes next; 0 when nothing waits or nobody handles it."""
        return next(iter(self.waiting), 0) if self.handler else 0

    def handle(self, number: int) -> bool:
        """Whether the message was handled, or put aside for good."""
        assert self.handler is not None
        try:
            self.handler(self.waiting[number])
        except Exception:  # noqa: BLE001  whatever a reader's handler does, the other readers go on
            self.tries += 1
            if self.tries < TRIES:
                return False
            self.failed += 1
        else:
            self.handled += 1
        self.tries = 0
        del self.waiting[number]
        return True


class _Road:
    """One lane: its readers' queues, and how many readers each of its messages waits for."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.queues = [_Queue(reader) for reader in lane.readers]
        self.awaited: dict[int, int] = {}
        self.newest: dict[str, int] = {}

    def put(self, number: int, envelope: Envelope) -> None:
        """Lets a message wait for its readers. Raises BusyError."""
        queues = [queue for queue in self.queues if fits(queue.reader.pattern, envelope.topic)]
        if not queues:
            return
        if self.lane.full is Full.LATEST:
            self.drop(self.newest.get(envelope.topic, 0))
            self.newest[envelope.topic] = number
        if len(self.awaited) >= self.lane.room:
            if self.lane.full is Full.REFUSE:
                raise BusyError(
                    f"{len(self.awaited)} messages wait in lane {self.lane.name}", fix="try again when readers went on"
                )
            self.drop(next(iter(self.awaited)))
        self.awaited[number] = len(queues)
        for queue in queues:
            queue.waiting[number] = envelope

    def drop(self, number: int) -> None:
        """Takes a message away from those who still wait for it."""
        if self.awaited.pop(number, 0):
            for queue in self.queues:
                if queue.waiting.pop(number, None):
                    queue.dropped += 1

    def passed(self, number: int) -> None:
        """One reader has done with a message."""
        self.awaited[number] -= 1
        if not self.awaited[number]:
            del self.awaited[number]


class MemoryBus:
    """A bus that lives as long as its process; `room` and policy of each lane hold exactly."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = Lanes(lanes)
        self._roads = {lane.name: _Road(lane) for lane in lanes}
        self._queues = [(queue, road) for road in self._roads.values() for queue in road.queues]
        self._numbers = 0
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._life = os.urandom(8).hex()

    def publish(self, envelope: Envelope) -> None:
        """Puts a message into its lane, unless it is one of the last that were. Raises BusyError."""
        road = self._roads[self._lanes.of(envelope.topic).name]
        name = (envelope.source, envelope.id)
        if name in self._seen:
            return
        road.put(self._numbers + 1, envelope)
        self._numbers += 1
        self._seen[name] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)

    def subscribe(self, reader: str, handler: Callable[[Envelope], None]) -> None:
        """Says who handles what is there for a declared reader."""
        self._lanes.refuse_unknown(reader)
        for queue, _ in self._queues:
            if queue.reader.name == reader:
                queue.handler = handler

    def deliver(self, wait_s: float = 0.0) -> int:
        """Calls handlers with what waits now; what they publish waits for the next call."""
        last, handled = self._numbers, 0
        open_queues = list(self._queues)
        while ready := [(queue.first(), place) for place, (queue, _) in enumerate(open_queues) if queue.first()]:
            number, place = min(ready)
            if number > last:
                break
            queue, road = open_queues[place]
            before = queue.handled
            if queue.handle(number):
                road.passed(number)
                handled += queue.handled - before
            else:
                del open_queues[place]
        return handled

    def state(self) -> BusState:
        """How the readers stand; `life` is this process's."""
        depths = [
            Depth(queue.reader.name, len(queue.waiting), queue.handled, queue.dropped, queue.failed)
            for queue, _ in self._queues
        ]
        return BusState(self._life, tuple(depths))

    def close(self) -> None:
        """Forgets everything."""
        for queue, _ in self._queues:
            queue.handler = None
            queue.waiting.clear()

"""From the outbox to the bus: what was committed leaves, once at least; who reads it keeps an inbox."""

from __future__ import annotations

from parrot.contracts.message import Message
from parrot.ports.bus import Bus
from parrot.ports.records import Records

_BATCH = 100


class RelayPlace(Message, frozen=True, kw_only=True, gc=False):
    """How far a relay came on one life of its bus."""

    life: str
    number: int


class Relay:
    """Publishes what the outbox of `records` holds, and all of it again when the bus may have lost what it carried."""

    def __init__(self, records: Records, bus: Bus, name: str = "relay") -> None:
        self._records = records
        self._bus = bus
        self._name = name

    def run(self) -> int:
        """Publishes what is new; says how many. Raises BusyError or StorageError, and goes on from there next time."""
        life = self._bus.state().life
        place = self._records.get(RelayPlace, self._name)
        number = place.number if place and place.life == life else 0
        count = 0
        while rows := self._records.outbox(number, _BATCH):
            for row in rows:
                self._bus.publish(row.envelope)
            number = rows[-1].number
            count += len(rows)
            with self._records.work() as work:
                work.put(self._name, RelayPlace(life=life, number=number))
        return count

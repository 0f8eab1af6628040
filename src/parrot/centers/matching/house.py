"""The house: a floor with its crowd, its time and its journal, for the venues that live on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from parrot.centers.matching.agenda import Agenda
from parrot.centers.matching.crowd import Crowd
from parrot.centers.matching.floor import Floor
from parrot.centers.matching.keeping import Keeper
from parrot.centers.matching.settings import Settings
from parrot.kernel.errors import StorageError
from parrot.ports.journal import Segments

OPERATIONS_HELD: Final = 1_000  # of the crowd, until they are written down without anything of anybody else


class House:
    """What the venues on one floor share. Raises StorageError and DataError when the journal cannot be used."""

    def __init__(self, settings: Settings, segments: Segments | None, *, now: int) -> None:
        self.settings = settings
        self.floor = Floor(settings)
        self.agenda = Agenda()
        self.keeper = Keeper(segments, settings.segment_bytes) if segments is not None else None
        self.failed = ""
        if self.keeper is not None:
            self.keeper.recover(self.floor)
            self.keeper.begin(self.floor)
        self.agenda.run(now)
        self.before = self.floor.now
        self.last = self.floor.begin(now)
        self.crowd: Crowd | None = None
        self._resting: list[Callable[[], int]] = []

    def rests(self, until: Callable[[], int]) -> None:
        """Has nobody trade as long as `until` tells a time to come."""
        self._resting.append(until)

    def open(self, now: int) -> None:
        """Lets the crowd in, once everybody who wants to see its first orders is there."""
        self.crowd = Crowd(self.floor, self.agenda, self._rest)
        if self.settings.crowd:
            self.crowd.begin(now)

    def _rest(self) -> int:
        return max([until() for until in self._resting], default=0)

    def run(self, now: int) -> None:
        """Lets time go on."""
        if self.crowd is not None:
            self.crowd.hurry(now)
        self.agenda.run(now)

    def write(self) -> None:
        """Makes durable what was done; raises StorageError, and then nobody may be told of it, nor of what follows."""
        if self.failed:
            self.floor.done.clear()
            raise StorageError(self.failed, fix="mend the storage, then begin again")
        if self.keeper is None:
            self.floor.done.clear()
            return
        try:
            self.keeper.write(self.floor)
        except StorageError as fault:
            self.failed = f"the venue's journal failed: {fault}"
            self.keeper = None
            raise

    def write_behind(self) -> None:
        """Writes down what the crowd did, now and then."""
        if len(self.floor.done) > OPERATIONS_HELD:
            self.write()

    def close(self) -> None:
        """Writes down what is left and lets go of the journal."""
        if self.keeper is not None:
            self.keeper.write(self.floor)
            self.keeper.close()
            self.keeper = None

    def abandon(self) -> None:
        """Lets go of the journal as a killed process does, without writing down what is left."""
        self.floor.done.clear()
        self.close()

"""The venue's journal: segments that each begin with an image of the whole venue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from parrot.centers.matching import operations
from parrot.centers.matching.floor import Floor
from parrot.centers.matching.operations import Continued, Image
from parrot.kernel.errors import DataError
from parrot.ports.journal import Journal, Segments

_OVERHEAD: Final = 64  # bytes of a frame, about


class Keeper:
    """Writes a floor's operations down before anybody hears of them, and finds the floor again from them."""

    def __init__(self, segments: Segments, segment_bytes: int) -> None:
        self._segments = segments
        self._segment_bytes = segment_bytes
        self._number = 0
        self._bytes = 0
        self._journal: Journal | None = None

    def recover(self, floor: Floor) -> bool:
        """Does again what the newest segment holds; False when there is none. Raises DataError, StorageError."""
        for number in reversed(self._segments.numbers()):
            journal = self._segments.open(number)
            if journal.head().seq:
                self._again(journal, floor, number)
                return True
            journal.close()  # it ended before its image was whole, and nobody was told of it
            self._segments.drop(number)
        return False

    def _again(self, journal: Journal, floor: Floor, number: int) -> None:
        for seq, body in journal.read():
            for operation in operations.decode(body):
                if (seq == 1) != isinstance(operation, Image):
                    raise DataError(f"segment {number} of the paper venue does not begin with its image")
                if isinstance(operation, Continued):
                    raise DataError(
                        f"segment {operation.segment} of the paper venue is missing",
                        expected="the segment that goes on where this one ends",
                        fix="bring the folder back from a copy",
                    )
                floor.again(operation)
            self._bytes += len(body) + _OVERHEAD if seq > 1 else 0
        self._journal, self._number = journal, number

    def begin(self, floor: Floor) -> None:
        """The first segment, or the one that was found."""
        if self._journal is None:
            self._begin_segment(floor)
        else:
            self._tidy()

    def _tidy(self) -> None:
        for number in self._segments.numbers():
            if number < self._number - 1:
                self._segments.drop(number)

    def write(self, floor: Floor) -> None:
        """Makes durable what the floor has done. Raises StorageError, and then nobody may be told of it."""
        if not floor.done or self._journal is None:
            return
        body = operations.encode(floor.done)
        self._journal.append([body])
        floor.done.clear()
        self._bytes += len(body) + _OVERHEAD
        if self._bytes > self._segment_bytes:
            self._begin_segment(floor)

    def _begin_segment(self, floor: Floor) -> None:
        """The next segment is durable before the last one says that it ends."""
        old, self._number = self._journal, self._number + 1
        image = operations.encode([floor.image()])
        self._journal = self._segments.open(self._number)
        self._journal.append([image])
        self._bytes = 0
        if old is not None:
            old.append([operations.encode([Continued(self._number)])])
            old.close()
        self._tidy()

    def close(self) -> None:
        """Lets go of the journal."""
        if self._journal is not None:
            self._journal.close()


def verify(numbers: Sequence[int], read: Callable[[int], Iterable[tuple[int, bytes]]]) -> list[str]:
    """What is wrong with a row of segments, one text each; `read` gives the entries of one, already checked one by one.

    Each begins with its image, has no other, and where one says that another goes on, that one is there.
    """
    problems: list[str] = []
    for number in numbers:
        try:
            problems += _verified(number, numbers, read(number))
        except DataError as fault:
            problems.append(f"segment {number} of the paper venue: {fault}")
    return problems


def _verified(number: int, numbers: Sequence[int], entries: Iterable[tuple[int, bytes]]) -> list[str]:
    problems, ended = [], False
    for seq, body in entries:
        for operation in operations.decode(body):
            if (seq == 1) != isinstance(operation, Image):
                problems.append(f"segment {number} of the paper venue: entry {seq} is no image, or one too many")
            if ended:
                problems.append(f"segment {number} of the paper venue: entry {seq} lies behind its end")
            if isinstance(operation, Continued):
                ended = True
                if operation.segment not in numbers:
                    problems.append(f"segment {operation.segment} of the paper venue is missing")
    return problems

"""The shadow venue's journal: segments that each begin with an image of the account."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from parrot.adapters.venues.shadow.orders import Change, Image, decode, encode, unknown
from parrot.ports.journal import Journal, Segments


class Keeper:
    """Writes changes down before anybody hears of them. Raises StorageError, DataError."""

    def __init__(self, segments: Segments, segment_bytes: int) -> None:
        self._segments = segments
        self._segment_bytes = segment_bytes
        self._journal: Journal | None = None
        self._number = 0
        self._bytes = 0

    def recover(self) -> Iterator[Image | Change]:
        """What the newest whole segment holds; nothing where there is none."""
        for number in reversed(self._segments.numbers()):
            journal = self._segments.open(number)
            if journal.head().seq:
                self._number = number
                for seq, body in journal.read():
                    record = decode(body)
                    if (seq == 1) != isinstance(record, Image):
                        raise unknown(record)
                    yield record
                journal.close()
                return
            journal.close()  # it ended before its image was whole, and nobody was told of it
            self._segments.drop(number)

    def begin(self, image: Image) -> None:
        """A new segment; the ones before the last are let go once it is durable."""
        if self._journal is not None:
            self._journal.close()
        self._number += 1
        self._journal = self._segments.open(self._number)
        self._journal.append([encode(image)])
        self._bytes = 0
        for number in self._segments.numbers():
            if number < self._number - 1:
                self._segments.drop(number)

    def write(self, change: Change, image: Callable[[], Image]) -> None:
        """Makes a change durable."""
        assert self._journal is not None
        body = encode(change)
        self._journal.append([body])
        self._bytes += len(body)
        if self._bytes > self._segment_bytes:
            self.begin(image())

    def close(self) -> None:
        """Lets go of the journal."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

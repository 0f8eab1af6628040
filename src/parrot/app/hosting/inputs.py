"""The input journal of one strategy: its lives, each with every batch that it was given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from parrot.adapters.journal.files import FileJournal
from parrot.contracts.hosting import InputBatch, LifeBegun
from parrot.kernel.errors import DataError

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(LifeBegun | InputBatch)
_LIFE: Final = b"LifeBegun"
_TAG_WITHIN: Final = 24


class InputJournal:
    """What one strategy was given, written before it sees it; durable after `sync`."""

    def __init__(self, path: Path) -> None:
        self._journal = FileJournal(path, lazy=True)
        self._begins = 0
        self._unsynced = False

    def life(self) -> LifeBegun | None:
        """The last life that began, None before the first. Raises DataError for what cannot be read."""
        found = None
        for seq, body in self._journal.read():
            if _LIFE in body[:_TAG_WITHIN]:
                self._begins, found = seq, body
        made = None if found is None else decode(found)
        assert made is None or isinstance(made, LifeBegun)  # its tag says so
        return made

    @staticmethod
    def last_life(bodies: Sequence[bytes]) -> tuple[LifeBegun, list[InputBatch]] | None:
        """The last life in the bodies of a journal that another process owns, None before the first."""
        begins = max((at for at, body in enumerate(bodies) if _LIFE in body[:_TAG_WITHIN]), default=None)
        if begins is None:
            return None
        life, *batches = (decode(body) for body in bodies[begins:])
        assert isinstance(life, LifeBegun)  # its tag says so
        return life, [batch for batch in batches if isinstance(batch, InputBatch)]

    def batches(self) -> Iterator[InputBatch]:
        """Every batch of the last life, in order."""
        for _, body in self._journal.read(self._begins):
            made = decode(body)
            assert isinstance(made, InputBatch)  # the last life is the last that began
            yield made

    def begin(self, life: LifeBegun) -> None:
        """Another life begins."""
        self._begins = self._journal.append([_ENCODER.encode(life)]).seq
        self._journal.sync()

    def append(self, batch: InputBatch) -> bytes:
        """Writes a batch; returns its bytes."""
        body = _ENCODER.encode(batch)
        self._journal.append([body])
        self._unsynced = True
        return body

    def sync(self) -> None:
        """Makes durable what was written."""
        if self._unsynced:
            self._journal.sync()
            self._unsynced = False

    def close(self) -> None:
        """Lets go of the file."""
        self._journal.close()


def encode(message: LifeBegun | InputBatch) -> bytes:
    """A message as it stands in the journal and goes to the child."""
    return _ENCODER.encode(message)


def decode(body: bytes) -> LifeBegun | InputBatch:
    """The message in `body`. Raises DataError for what is none of this version."""
    try:
        made: LifeBegun | InputBatch = _DECODER.decode(body)
    except msgspec.MsgspecError as fault:
        fix = "open it with the version of Parrot that wrote it"
        raise DataError(f"an input journal cannot be read: {fault}", fix=fix) from None
    return made

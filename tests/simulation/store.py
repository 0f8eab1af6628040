"""A journal that keeps what it was told to keep, and the ways in which storing fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b

from parrot.kernel.errors import StorageError
from parrot.ports.journal import Head
from tests.simulation.faults import Faults


class Crash(BaseException):
    """The process ends here; nothing of it goes on."""


class Disk:
    """What outlives a process: bodies in order."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.digest = bytes(16)
        self.on_durable: Callable[[Sequence[bytes]], None] = lambda bodies: None

    def keep(self, bodies: Sequence[bytes]) -> None:
        for body in bodies:
            self.bodies.append(body)
            link = self.digest + len(self.bodies).to_bytes(8, "little") + body
            self.digest = blake2b(link, digest_size=16).digest()
        self.on_durable(bodies)


class FaultyJournal:
    """The journal port on a Disk, for the life of one process."""

    def __init__(self, disk: Disk, faults: Faults) -> None:
        self.disk = disk
        self.faults = faults
        self.broken = False

    def head(self) -> Head:
        return Head(len(self.disk.bodies), self.disk.digest)

    def append(self, bodies: Sequence[bytes]) -> Head:
        if self.broken:
            raise StorageError("the journal takes no more")
        if self.faults.hit("crash before journal"):
            raise Crash
        if self.faults.hit("batch lost"):
            self.broken = True
            raise StorageError("no space left on device")
        self.disk.keep(bodies)
        if self.faults.hit("batch kept, called lost"):
            self.broken = True
            raise StorageError("input/output error")
        if self.faults.hit("crash after journal"):
            raise Crash
        return self.head()

    def read(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        yield from enumerate(self.disk.bodies[after:], after + 1)

    def verify(self) -> list[str]:
        return []

    def close(self) -> None:
        self.broken = True


class Shelf:
    """The snapshots port: the newest state, which outlives a process."""

    def __init__(self) -> None:
        self.kept: list[tuple[Head, bytes]] = []

    def save(self, head: Head, state: bytes) -> None:
        self.kept = [*self.kept[-1:], (head, state)]

    def newest(self) -> tuple[Head, bytes] | None:
        return self.kept[-1] if self.kept else None

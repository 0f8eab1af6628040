"""Records in memory: what a work puts stands when its block ends well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class MemoryWork:
    def __init__(self, kept: dict[tuple[str, str], Any]) -> None:
        self.kept = kept

    def get(self, kind: type[Any], key: str) -> Any:
        return self.kept.get((kind.__name__, key))

    def put(self, key: str, record: Any) -> None:
        self.kept[type(record).__name__, key] = record

    def drop(self, kind: type[Any], key: str) -> None:
        self.kept.pop((kind.__name__, key), None)


class MemoryRecords:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Any] = {}

    @contextmanager
    def work(self) -> Iterator[MemoryWork]:
        work = MemoryWork(dict(self.kept))
        yield work
        self.kept = work.kept

    def get(self, kind: type[Any], key: str) -> Any:
        return self.kept.get((kind.__name__, key))

    def scan(self, kind: type[Any], after: str = "", limit: int = 1000) -> list[tuple[str, Any]]:
        found = sorted((key, one) for (name, key), one in self.kept.items() if name == kind.__name__ and key > after)
        return found[:limit]

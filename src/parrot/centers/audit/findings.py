"""What a check is, what it finds, and how several of them read a journal once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from parrot.contracts.message import Entry

Texts = Iterable[str] | None
Look = Callable[[Entry], Texts]


class Violation(NamedTuple):
    """An invariant that does not hold; `seq` is the entry that shows it."""

    invariant: str
    seq: int
    text: str


class Check(ABC):
    """One reading of a journal for one invariant, named by its number.

    `looks` maps a kind of record to the method that is shown each of them, in order, and says what is wrong with it;
    `object` stands for every record. `end` is asked after the last entry for what is wrong by then, with its number.
    """

    name = ""

    @property
    @abstractmethod
    def looks(self) -> Mapping[type, Look]:
        """Which records it is shown."""

    def end(self) -> Iterable[tuple[int, str]]:
        """What only the end shows: pairs of the entry's number and the text."""
        return ()


class Reading:
    """Several checks beside one another in one pass; `follow` folds what they share, after they have looked."""

    def __init__(self, checks: Sequence[Check], follow: Callable[[Entry], None] = lambda entry: None) -> None:
        self.violations: list[Violation] = []
        self._checks = tuple(checks)
        self._follow = follow
        self._always = [(check.name, check.looks[object]) for check in checks if object in check.looks]
        self._table: dict[type, list[tuple[str, Look]]] = {}

    def look(self, entry: Entry) -> None:
        """Shows the next entry to the checks."""
        for name, look in self._table.get(type(entry.record)) or self._enter(type(entry.record)):
            for text in look(entry) or ():
                self.violations.append(Violation(name, entry.seq, text))
        self._follow(entry)

    def end(self) -> list[Violation]:
        """All that was found, once the last entry was shown; in the order of the entries."""
        for check in self._checks:
            self.violations += [Violation(check.name, seq, text) for seq, text in check.end()]
        return sorted(self.violations, key=lambda found: found.seq)

    def _enter(self, kind: type[Any]) -> list[tuple[str, Look]]:
        looks = self._always + [(check.name, check.looks[kind]) for check in self._checks if kind in check.looks]
        self._table[kind] = looks
        return looks

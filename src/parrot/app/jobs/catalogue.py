"""Strategy files that can be named from outside: the examples and the user's own, each by an id and never by a path."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from parrot.app.strategies import code_hash, read_text
from parrot.contracts.jobs import StrategyFacts
from parrot.kernel.errors import MissingError, ParrotError

EXAMPLES: Final = "examples"
OWN: Final = "own"
_ENDINGS: Final = (".py", ".json")
_BYTES_MOST: Final = 1 << 20

Look = Callable[[str, str], list[StrategyFacts]]


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """One file: `problem` is why it cannot be used, else `strategies` is what it holds."""

    id: str
    path: Path
    source: str
    code_hash: str
    strategies: tuple[StrategyFacts, ...]
    problem: Mapping[str, str]


class Catalogue:
    """Files of the folders, by `folder/name`; `look` says what a text holds, in a process of its own.

    What was found is kept by the text's hash. Thread-safe; files are looked at one after the other.
    """

    def __init__(self, folders: Mapping[str, Path], look: Look) -> None:
        self._folders = dict(folders)
        self._look = look
        self._known: dict[tuple[str, str], tuple[tuple[StrategyFacts, ...], Mapping[str, str]]] = {}
        self._lock = threading.Lock()

    def ids(self) -> list[str]:
        """Ids of all files, those of people first."""
        return [f"{name}/{path.name}" for name, folder in self._folders.items() for path in _files(folder)]

    def place(self, given: str) -> Path:
        """The path of a file. Raises MissingError for an id that is none of `ids`."""
        if given not in self.ids():
            raise MissingError(f"there is no strategy file {given}", expected=", ".join(self.ids()[:5]))
        folder, _, name = given.partition("/")
        return self._folders[folder] / name

    def source(self, given: str) -> str:
        """The text of a file. Raises MissingError, StorageError, InputError."""
        return read_text(str(self.place(given)))

    def file(self, given: str) -> CatalogueFile:
        """One file with what it holds. Raises MissingError, StorageError; what is wrong inside is its `problem`."""
        path, source = self.place(given), self.source(given)
        hashed = code_hash(source)
        strategies, problem = self._facts(path, source, hashed)
        return CatalogueFile(given, path, source, hashed, strategies, problem)

    def warm(self) -> None:
        """Looks at every file, so that the first who asks need not wait; what fails is told when it is asked for."""
        for given in self.ids():
            with contextlib.suppress(ParrotError):
                self.file(given)

    def id_of(self, path: str) -> str:
        """The id of a path as records have it ("FILE.py" or "FILE.py:Class"), empty where it is in no folder."""
        plain = Path(path.rpartition(":")[0] if ".py:" in path else path)
        found = (name for name, folder in self._folders.items() if plain.parent.absolute() == folder.absolute())
        return next((f"{name}/{plain.name}" for name in found), "")

    def _facts(self, path: Path, source: str, hashed: str) -> tuple[tuple[StrategyFacts, ...], Mapping[str, str]]:
        with self._lock:
            known = self._known.get((str(path), hashed))
            if known is None:
                known = self._looked(path, source)
                self._known[str(path), hashed] = known
        return known

    def _looked(self, path: Path, source: str) -> tuple[tuple[StrategyFacts, ...], Mapping[str, str]]:
        try:
            return tuple(self._look(str(path), source)), {}
        except ParrotError as fault:
            return (), fault.as_dict()


def _files(folder: Path) -> list[Path]:
    try:
        found = sorted(
            path for path in folder.iterdir() if path.suffix in _ENDINGS and not path.name.startswith((".", "_"))
        )
        return [path for path in found if path.is_file() and path.stat().st_size <= _BYTES_MOST]
    except OSError:
        return []

"""Where a platform's jobs find strategy files and data, and where reports lie."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from parrot.app.exhibits import examples_folder
from parrot.app.folder import DataFolder
from parrot.app.jobs.asking import strategies_in
from parrot.app.jobs.catalogue import EXAMPLES, OWN, Catalogue
from parrot.app.jobs.datasets import Datasets
from parrot.app.wiring import home
from parrot.contracts.jobs import StatementAsked
from parrot.kernel.errors import MissingError, StorageError


@dataclass(frozen=True, slots=True)
class JobPlaces:
    """Places below a platform's data directory, and those of the command line."""

    folder: DataFolder

    @property
    def own(self) -> Path:
        """The user's strategy files."""
        return self.folder.root / "catalogue"

    @property
    def files(self) -> Path:
        """The user's files of market data."""
        return self.folder.root / "files"

    @property
    def sent(self) -> Path:
        """Files that people sent, until they are in the lake."""
        return self.folder.root / "sent"

    @property
    def reports(self) -> Path:
        """Reports of runs as pages; each can be made again."""
        return self.folder.root / "reports"

    @property
    def statements(self) -> Path:
        """Statements as files; each can be made again."""
        return self.folder.root / "statements"

    def make(self) -> None:
        """Makes the folders that people put files into, for their owner only. Raises StorageError."""
        try:
            for folder in (self.own, self.files, self.reports):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise StorageError(f"{folder} cannot be made: {fault.strerror}", fix="take away what is there") from fault

    def report(self, run_id: str) -> Path:
        """The page of one run."""
        return self.reports / f"{run_id}.html"

    def statement(self, asked: StatementAsked, form: str) -> Path:
        """The file of a statement in one form."""
        return self.statements / f"{asked.since}-{asked.until}.{form}"

    def catalogue(self) -> Catalogue:
        """Strategy files by id."""
        return _catalogue(self.own)

    def datasets(self) -> Datasets:
        """Market data by name."""
        return Datasets(home() / "lake", self.folder.lake, self.files)


@cache
def _catalogue(own: Path) -> Catalogue:
    """One in a process, so that what was looked at once is known to all who ask."""
    folders = {OWN: own}
    with contextlib.suppress(MissingError):  # an installed package has none
        folders[EXAMPLES] = examples_folder()
    return Catalogue(folders, strategies_in)

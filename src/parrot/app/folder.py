"""The data directory of a platform: what is where, and which process runs on it."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from parrot.kernel.errors import InputError, StorageError

_DURABLE = 0o700


class DataFolder:
    """Places below a data directory. Durable are only files that end in ".journal" (or ".db")."""

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser()

    @property
    def desk(self) -> Path:
        """The journal of the desk."""
        return self.root / "desk.journal"

    @property
    def audit(self) -> Path:
        """The journal of what people did."""
        return self.root / "audit.journal"

    @property
    def records(self) -> Path:
        """The database of what people keep beside the desk: requests that wait for approval, clients."""
        return self.root / "records.db"

    @property
    def venue(self) -> Path:
        """The folder of the paper venue."""
        return self.root / "venue"

    @property
    def shadow(self) -> Path:
        """The folder of paper on a real market."""
        return self.root / "shadow"

    @property
    def exchange_keys(self) -> Path:
        """The API keys of those who trade on the paper venue from outside."""
        return self.root / "exchange-keys.json"

    @property
    def strategies(self) -> Path:
        """The folder of what each strategy was given."""
        return self.root / "strategies"

    @property
    def sessions(self) -> Path:
        """The folder of recorded sessions."""
        return self.root / "sessions"

    @property
    def logs(self) -> Path:
        """The folder of logs as text."""
        return self.root / "logs"

    @property
    def lake(self) -> Path:
        """The folder of market history."""
        return self.root / "lake"

    @property
    def history(self) -> Path:
        """What happened, for those who look for it: made from the desk's journal, and never the truth."""
        return self.root / "history.sqlite"

    @property
    def kill_flag(self) -> Path:
        """The file whose presence stops all orders."""
        return self.root / "KILL"

    @property
    def instance(self) -> Path:
        """The file by which others find the running process."""
        return self.root / "run" / "instance.json"

    def make(self) -> None:
        """Makes the folders, for their owner only. Raises StorageError, InputError for a file in the way."""
        try:
            for folder in (self.root, self.venue, self.strategies, self.sessions, self.logs, self.instance.parent):
                folder.mkdir(mode=_DURABLE, parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise InputError(f"{folder} is a file", expected="a folder", fix="use another --data") from None
        except OSError as fault:
            fix = "use a --data folder that is yours to write"
            raise StorageError(f"{folder} cannot be made: {fault.strerror}", fix=fix) from fault


@dataclass(frozen=True, slots=True)
class Instance:
    """A running process: where it listens, the token that commands need, and the certificate to expect of it."""

    pid: int
    born: float
    url: str
    token: str
    cert: str = ""

    @property
    def alive(self) -> bool:
        """True while that very process runs; a number given to another process does not count."""
        try:
            return bool(abs(psutil.Process(self.pid).create_time() - self.born) < 1)
        except psutil.Error:
            return False


def announce(folder: DataFolder, url: str, cert: Path | None = None) -> Instance:
    """Writes who runs on the folder, readable by its owner only."""
    own = psutil.Process()
    instance = Instance(own.pid, own.create_time(), url, secrets.token_urlsafe(24), _whole(cert))
    made = folder.instance.with_suffix(".part")
    number = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(number, "w") as file:
        json.dump(asdict(instance), file)
    made.replace(folder.instance)
    return instance


def running(folder: DataFolder) -> Instance | None:
    """Who runs on the folder; None when nobody does."""
    try:
        found: dict[str, Any] = json.loads(folder.instance.read_text())
        instance = Instance(
            int(found["pid"]), float(found["born"]), str(found["url"]), str(found["token"]), str(found.get("cert", ""))
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return instance if instance.alive else None


def withdraw(folder: DataFolder) -> None:
    """Takes the announcement back."""
    folder.instance.unlink(missing_ok=True)


def _whole(path: Path | None) -> str:
    return "" if path is None else str(path.absolute())

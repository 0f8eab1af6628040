"""A throw-away NATS server with JetStream, from Debian."""

from __future__ import annotations

import shutil
import signal
from itertools import count
from pathlib import Path

from tests.ports.servers.processes import Server, accepts, free_port, missing


class Nats:
    """A server that keeps its streams in `folder`; `space` gives each test names of its own."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin")
        if program is None:
            missing("nats-server", "apt-get install nats-server")
        self.folder = folder
        self.port = free_port()
        self._numbers = count(1)
        command = [program, "-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(folder / "data")]
        self.server = Server(command, folder / "log")
        self.start()

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def space(self) -> str:
        return f"test{next(self._numbers)}"

    def start(self) -> None:
        self.server.start(lambda: accepts(self.port))

    def stop(self) -> None:
        self.server.stop(signal.SIGTERM)

    def wipe(self) -> None:
        """The server dies, and its disk is empty when it comes again."""
        self.server.kill()
        shutil.rmtree(self.folder / "data")
        self.start()

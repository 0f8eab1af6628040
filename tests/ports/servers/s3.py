"""A throw-away S3: moto's server."""

from __future__ import annotations

import signal
import sys
import urllib.request
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from parrot.adapters.lake.s3 import Bucket
from parrot.ports.secrets import Secret
from tests.ports.servers.processes import Server, accepts, free_port, missing


class S3:
    """A server that keeps its objects in memory; `bucket` makes an empty one a call."""

    def __init__(self, folder: Path) -> None:
        if find_spec("moto") is None:
            missing("S3", "pip install 'moto[server]'")
        self.port = free_port()
        self._numbers = count(1)
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self.server = Server(command, folder / "log")
        self.server.start(lambda: accepts(self.port))

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def make_bucket(self) -> str:
        name = f"lake{next(self._numbers)}"
        urllib.request.urlopen(urllib.request.Request(f"{self.endpoint}/{name}", method="PUT")).close()
        return name

    def bucket(self, name: str) -> Bucket:
        secret = Secret("s3-secret", "hunter2-secret")
        return Bucket(name, prefix="lake", endpoint=self.endpoint, key="hunter2-key", secret=secret, patience_s=5)

    def stop(self) -> None:
        self.server.stop(signal.SIGTERM)

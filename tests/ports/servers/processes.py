"""Starting and stopping real servers for the tests, on free ports, and saying how to get one that is missing."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import psutil
import pytest

NOBODY = 65534
LOG_LINES = 20


def missing(what: str, how: str) -> NoReturn:
    """Skips with the way to get it; where everything can be installed (CI as root) a skip is a failure."""
    text = f"no {what}: {how}"
    if os.environ.get("CI") == "true" and os.geteuid() == 0:
        pytest.fail(f"{text} (the build server skips no adapter)", pytrace=False)
    pytest.skip(text)


def tracer() -> str:
    """The program strace, where it may trace."""
    found = shutil.which("strace") or missing("strace", "apt-get install strace")
    if subprocess.run([found, "-qq", "-o", os.devnull, "true"], capture_output=True, check=False).returncode:
        missing("right to trace processes", "allow ptrace in this container (docker run --cap-add SYS_PTRACE)")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One server process; `lowered` runs it as nobody when the tests run as root."""

    def __init__(self, command: list[str], log: Path, *, lowered: bool = False) -> None:
        self.command = command
        self.log = log
        self.lowered = lowered and os.geteuid() == 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, answers: Callable[[], bool], seconds: float = 30) -> None:
        who: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if self.lowered else {}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True, **who
            )
        until = time.monotonic() + seconds
        while not answers():
            if self.process.poll() is not None or time.monotonic() > until:
                said = self.log.read_text("utf-8", errors="replace").splitlines()[-LOG_LINES:]
                pytest.fail(f"{self.command[0]} did not start:\n" + "\n".join(said), pytrace=False)
            time.sleep(0.02)

    def stop(self, how: int = signal.SIGINT, seconds: float = 10) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """The process and all that it started, without a word."""
        if self.process is not None:
            started = psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else []
            self.process.kill()
            for child in started:  # PostgreSQL's have groups of their own
                with suppress(psutil.NoSuchProcess):
                    child.kill()
            self.process.wait(10)
            wait_until(lambda: not any(alive(child) for child in started))


def alive(process: psutil.Process) -> bool:
    """Whether it still does anything; one that nobody has buried yet does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until(done: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, f"not so within {seconds} s"
        time.sleep(0.01)

"""A platform as people run it: `parrot up` on a data directory, asked and killed like any process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.end_to_end.command import parrot, started

PATIENCE_S = 60.0


@dataclass
class Running:
    """One `parrot up` and its data directory; `place` is the folder that it was started in."""

    process: subprocess.Popen[str]
    place: Path
    data: Path
    told: dict[str, Any]

    def status(self) -> dict[str, Any]:
        done = parrot("status", "--data", str(self.data), "--json", cwd=self.place)
        found: dict[str, Any] = json.loads(done.stdout)
        assert (done.returncode == 0) == bool(found["ready"]), done.stdout + done.stderr
        return found

    def wait(self, what: Callable[[dict[str, Any]], bool], seconds: float = PATIENCE_S) -> dict[str, Any]:
        """The first status of which `what` holds."""
        end = time.monotonic() + seconds
        while True:
            found = self.status()
            if what(found):
                return found
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < end, found
            time.sleep(0.5)

    def kill(self) -> None:
        """As if the power of the process went: nothing is said, nothing is closed."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=10)

    def stop(self) -> int:
        """Asks it to end, and waits until it has."""
        self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=20)
        assert "Traceback" not in errors, errors
        return self.process.returncode


def up(place: Path, *options: str, data: str = "live") -> Running:
    """Starts a platform in `place` and waits until it says that it is ready."""
    folder = place / data
    process = started("up", "--data", str(folder), "--port", "0", "--json", *options, cwd=place)
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line == "}\n":
            return Running(process, place, folder, json.loads(text))
    raise AssertionError(text + process.communicate()[1])


def verified(place: Path, data: Path, code: int = 0) -> dict[str, Any]:
    """What `parrot verify` says."""
    done = parrot("verify", "--data", str(data), "--json", cwd=place)
    assert done.returncode == code, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found

"""The whole platform killed at its own system calls, again and again on one directory, goes on without a scratch."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.command import PROGRAM, environment
from tests.end_to_end.platform import up, verified
from tests.simulation.crash.harness import STRACE

pytestmark = pytest.mark.alone  # its figures are seconds of a machine that does nothing else

# Where the process dies: the k-th call of a kind in its life, while it makes its files, recovers, and trades.
POINTS = (
    ("fdatasync", 6),
    ("pwrite64", 25),
    ("fsync", 5),
    ("pwrite64", 40),
    ("fdatasync", 60),
    ("write", 150),
    ("fdatasync", 1),
    ("fdatasync", 25),
    ("pwrite64", 9),
    ("fsync", 2),
    ("write", 60),
    ("pwrite64", 90),
    ("fdatasync", 120),
)
SAMPLED = 2
ALL = os.environ.get("PARROT_CRASH_POINTS") == "0"
RECOVERY_S = 5.0


def die_at(place: Path, call: str, number: int) -> int:
    """Runs the platform until it is killed at that call; says how it ended."""
    traced = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}"]
    inject = ["-e", f"inject={call}:signal=SIGKILL:when={number}"]
    command = [*traced, *inject, *PROGRAM, "up", "--data", str(place / "live"), "--port", "0"]
    ended = subprocess.run(
        command, cwd=place, env=environment(place / "var"), capture_output=True, timeout=60, check=False
    )
    return ended.returncode


@pytest.mark.timeout(900)
@pytest.mark.skipif(STRACE is None, reason="strace kills at a system call; install it")
def test_killed_at_its_own_system_calls_it_verifies_and_goes_on(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    fills = 0
    points = POINTS if ALL else POINTS[:SAMPLED]
    for call, number in points:
        assert die_at(tmp_path, call, number) < 0, f"{call} {number} was never reached"
        found = verified(tmp_path, tmp_path / "live")
        assert found["ok"], f"{call} {number}: {found}"
        assert found["fills"] >= fills
        fills = found["fills"]
    began = time.monotonic()
    running = up(tmp_path)
    ready = time.monotonic() - began
    running.wait(lambda status: bool(status["ready"]))
    if ALL:
        running.wait(lambda status: status["fills"] > fills)
    running.kill()
    assert verified(tmp_path, tmp_path / "live")["ok"]
    record_property("summary", f"platform: killed at {len(points)} system calls, back within {ready:.1f} s")
    assert ready <= RECOVERY_S

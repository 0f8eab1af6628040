"""A desk killed at any write, sync or send goes on after a restart without a scratch."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.crash.harness import CALLS, STRACE, Bench, counted_calls

pytestmark = pytest.mark.alone  # its figures are seconds of a machine that does nothing else

POINTS = int(os.environ.get("PARROT_CRASH_POINTS", "20"))  # 0: all of them
RECOVERY_S = 5.0
BOOKED = 1_000


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench.at(tmp_path)
    yield made
    made.close()


def ready_after(out: str) -> float:
    found = re.search(r"^ready ([\d.]+)", out, flags=re.MULTILINE)
    assert found, f"it never traded again: {out}"
    return float(found.group(1))


def points(folder: Path) -> list[tuple[str, int]]:
    """All (call, number) of an undisturbed run, or as many as are wanted, spread over all of them."""
    bench = Bench.at(folder)
    try:
        if STRACE is None:
            return [(name, number) for name in ("write", "fdatasync", "sendto") for number in range(1, 1 + POINTS // 3)]
        code, out, err = bench.run(log=folder / "calls.txt")
        assert (code, bench.judge()) == (0, []), (out, err)
        calls = counted_calls(folder / "calls.txt")
    finally:
        bench.close()
    every = [(name, number) for name in CALLS for number in range(1, calls[name] + 1)]
    step = max(1, len(every) // POINTS) if POINTS else 1
    return every[::step][: POINTS or None]


def die_and_return(folder: Path, point: tuple[str, int]) -> list[str]:
    """Kills a desk at the point, its successor too at the same point of its own life, then lets one go on."""
    bench = Bench.at(folder)
    name, number = point
    traced = {"inject": f"{name}:signal=SIGKILL:when={number}"} if STRACE else {"dies_at": f"{name}:{number}"}
    try:
        bench.run(**traced)
        bench.run(**traced)
        code, out, err = bench.run()
        problems = bench.judge()
        if code or "done" not in out:
            problems.append(f"ended with {code}: {out} {err[-500:]}")
        return [f"{name} {number}: {problem}" for problem in problems]
    finally:
        bench.close()


@pytest.mark.timeout(900)  # all points take a while
def test_kill_at_sampled_writes_syncs_and_sends_loses_and_doubles_nothing(tmp_path: Path) -> None:
    problems = []
    for number, point in enumerate(points(tmp_path / "count")):
        problems += die_and_return(tmp_path / str(number), point)
    assert not problems, "\n".join(problems)


@pytest.mark.skipif(STRACE is None, reason="strace makes system calls fail; install it")
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("call", ["fdatasync", "write"])
def test_a_failing_disk_ends_the_desk_and_nothing_of_the_batch_leaves(bench: Bench, call: str, error: str) -> None:
    code, _, err = bench.run(inject=f"{call}:error={error}:when=6")
    assert code == 6, err
    assert "Traceback" not in err
    code, out, err = bench.run()
    assert (code, bench.judge()) == (0, []), (out, err)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a tmpfs; the same is tested through strace")
def test_a_full_disk_ends_the_desk_and_room_lets_it_go_on(bench: Bench) -> None:
    data = bench.folder / "data"
    data.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "none", data], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("this root may not mount a tmpfs; the same is tested through strace")
    try:
        code, _, err = bench.run("--orders", "200", "--most", "10")
        assert code == 6, err
        assert "make room" in err
        subprocess.run(["mount", "-o", "remount,size=16m", data], check=True)
        code, out, err = bench.run("--orders", "200", "--most", "10")
        assert (code, bench.judge()) == (0, []), (out, err)
    finally:
        subprocess.run(["umount", data], check=True)


def test_a_thousand_open_orders_are_back_within_seconds(bench: Bench) -> None:
    process = bench.start("--orders", "1", "--resting", str(BOOKED), "--most", "100", "--hold", "--seconds", "60")
    assert process.stdout is not None
    while (line := process.stdout.readline()) and "done" not in line:
        pass
    process.send_signal(signal.SIGKILL)
    process.communicate()
    resting = len(bench.server.referee.resting)
    began = time.monotonic()
    code, out, err = bench.run("--orders", "2", "--resting", str(BOOKED), "--most", "10")
    assert (code, bench.judge()) == (0, []), (out, err)
    assert resting > BOOKED * 0.5
    assert ready_after(out) <= RECOVERY_S
    assert time.monotonic() - began < 2 * RECOVERY_S


def test_a_second_desk_on_the_same_journal_is_refused(bench: Bench) -> None:
    first = bench.start("--hold", "--seconds", "20")
    assert first.stdout is not None
    while (line := first.stdout.readline()) and "done" not in line:
        pass
    code, _, err = bench.run()
    first.terminate()
    first.communicate()
    assert code == 2
    assert "in use by another process" in err
    assert "Traceback" not in err

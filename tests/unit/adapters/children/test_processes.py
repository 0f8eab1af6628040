"""Children as processes: frames both ways, a clean environment, no life without their parent."""

from __future__ import annotations

import itertools
import os
import resource
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from parrot.adapters.children import ChildLimits, ProcessChildren
from parrot.kernel.errors import StorageError
from parrot.ports.children import Fault

# Answers each frame with itself, and with its environment when it is asked for it.
ECHO = """
import os, socket, struct, sys
line = socket.socket(fileno=int(sys.argv[1]))
file = line.makefile("rb")
while head := file.read(4):
    body = file.read(struct.unpack("<I", head)[0])
    if body == b"environment":
        body = " ".join(sorted(os.environ)).encode()
    if body == b"grow":
        hoard = bytearray(b"x") * (200 << 20)
    if body == b"end":
        print("a last word", file=sys.stderr)
        os._exit(7)
    if body == b"fork" and os.fork() == 0:
        hoard = bytearray(b"x") * (60 << 20)
        import time; time.sleep(60)
    if body == b"length":
        line.sendall(struct.pack("<I", 1 << 31))
    line.sendall(struct.pack("<I", len(body)) + body)
"""


@pytest.fixture
def start(tmp_path):
    program = tmp_path / "echo.py"
    program.write_text(ECHO)
    made = []

    def begin(**limits):
        child = ProcessChildren([str(program)], ChildLimits(**limits)).start("echo")
        made.append(child)
        return child

    yield begin
    for child in made:
        child.kill()


def received(child, count=1):
    frames, end = [], time.monotonic() + 10
    while len(frames) < count:
        assert time.monotonic() < end
        select.select([child.fileno()], [], [], 0.1)
        frames += child.receive()
    return frames


def gone(child):
    end = time.monotonic() + 10
    while (wrong := child.look()) is None:
        assert time.monotonic() < end
        time.sleep(0.01)
    return wrong


def test_frames_come_back_whole_and_in_order_however_large(start):
    child = start()
    sent = [b"", b"one", os.urandom(3 << 20), b"last"]
    for frame in sent:
        child.send(frame)
    assert received(child, 4) == sent
    assert child.look() is None


def test_its_environment_holds_nothing_of_ours(start, monkeypatch):
    monkeypatch.setenv("VENUE_SECRET", "x")
    child = start()
    child.send(b"environment")
    names = received(child)[0].decode().split()
    assert "PATH" in names
    assert "VENUE_SECRET" not in names


def test_one_that_ends_is_named_with_its_code_and_last_word(start):
    child = start()
    child.send(b"end")
    assert gone(child) == (Fault.CRASHED, "its process ended with code 7: a last word")
    with pytest.raises(EOFError):
        child.receive()


def test_one_that_takes_too_much_memory_is_named(start):
    child = start(memory=100 << 20)
    child.send(b"grow")
    fault, told = gone(child)
    assert fault is Fault.MEMORY
    assert told.endswith("allowed are 100")


def test_what_it_started_counts_as_its_own_and_ends_with_it(start):
    child = start(memory=100 << 20)
    child.send(b"fork")
    child.send(b"fork")
    assert gone(child)[0] is Fault.MEMORY
    started = psutil.Process(child.pid).children()
    assert len(started) == 2
    child.kill()
    end = time.monotonic() + 10
    while any(other.is_running() and other.status() != psutil.STATUS_ZOMBIE for other in started):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_length_that_cannot_be_ends_the_conversation(start):
    child = start()
    child.send(b"length")
    with pytest.raises(EOFError):
        received(child)


def test_a_killed_one_is_gone_at_once_and_killing_it_again_is_nothing(start):
    child = start()
    child.kill()
    assert not psutil.pid_exists(child.pid)
    child.kill()


def test_a_strategy_dies_with_its_platform(tmp_path):
    keeper = tmp_path / "keeper.py"
    keeper.write_text(
        "import time\n"
        "from parrot.adapters.children import ProcessChildren\n"
        "child = ProcessChildren(['-m', 'parrot.app.hosting.child']).start('x')\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    source = str(Path(__file__).parents[4] / "src")
    with subprocess.Popen(
        [sys.executable, str(keeper)], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": source}
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        time.sleep(0.3)
        parent.send_signal(signal.SIGKILL)
    end = time.monotonic() + 10
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_where_the_system_gives_no_more_files_no_child_starts_and_none_is_kept(start):
    before, limit = _open_files(), resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = next(number for number in itertools.count() if number not in before)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, limit[1]))
    try:
        with pytest.raises(StorageError, match="no process for echo"):
            start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limit)
    assert len(_open_files()) == len(before)


def _open_files() -> set[int]:
    """Numbers that are taken; the one that listing them takes for a moment is counted each time."""
    return {int(number) for number in os.listdir("/proc/self/fd")}  # noqa: PTH208

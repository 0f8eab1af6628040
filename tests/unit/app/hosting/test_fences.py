"""The fences around a strategy's process: what a strategy tries is refused, what Python needs is not."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from parrot.app.hosting.fences import ALL, CALLS, FILES, NETWORK
from tests.unit.app.hosting.houses import House

ROOT = Path(__file__).parents[4]
# Timers of a strategy that gets bars of a past year would run for all the time since: those with timers are left out.
EXAMPLES = [path for path in sorted((ROOT / "strategies").glob("*.py")) if "self.every(" not in path.read_text()]
TRIES = """
import os, signal, socket, subprocess
from pathlib import Path
from parrot.sdk import Strategy

class Tries(Strategy):
    def on_bar(self, bar):
        try:
            {attempt}
        except OSError as fault:
            assert isinstance(fault, (PermissionError, ConnectionRefusedError)) or fault.errno == 101, fault
            return
        self.buy(1)
"""


@pytest.fixture(scope="module")
def standing():
    program = "from parrot.app.hosting.fences import enclose; print(*enclose())"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return found.stdout.split()


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path, memory_mb=400)
    yield made
    made.close()


def refused(house, attempt):
    """True when the attempt failed; a strategy that gets through buys."""
    house.run("tries", TRIES.format(attempt=attempt))
    house.bars(100)
    assert house.state_of("tries")["fault"] == ""
    return not house.street.orders


def needs(standing, *fences):
    if not set(fences) & set(standing):
        pytest.skip(f"this kernel gives no fence for {' or '.join(fences)}")


def test_it_does_not_read_the_token(house, standing):
    needs(standing, FILES)
    token = house.folder / "run" / "instance.json"
    token.parent.mkdir()
    token.write_text("{}")
    assert refused(house, f"Path({str(token)!r}).read_text()")


@pytest.mark.parametrize(
    "place",
    ["/etc/passwd", f"/proc/{os.getpid()}/environ", str(ROOT / "pyproject.toml")],
    ids=["accounts", "environment", "project"],  # the same in every process that collects
)
def test_it_does_not_read_what_is_not_pythons(house, standing, place):
    needs(standing, FILES)
    assert refused(house, f"Path({place!r}).read_bytes()")


@pytest.mark.parametrize("folder", ["", str(ROOT / "src" / "parrot"), "/dev/shm"])
def test_it_writes_no_file(house, standing, folder):
    needs(standing, FILES)
    path = Path(folder or house.folder) / "written-by-a-strategy"
    assert refused(house, f"Path({str(path)!r}).write_text('x')")
    assert not path.exists()


def test_it_reaches_no_port_of_this_machine(house, standing):
    needs(standing, NETWORK, CALLS)
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert refused(house, f"socket.create_connection({server.getsockname()!r}, 1)")


def test_it_reaches_no_socket_with_a_path(house, standing):
    needs(standing, CALLS)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(house.folder / "door"))
        server.listen()
        assert refused(house, f"socket.socket(socket.AF_UNIX).connect({str(house.folder / 'door')!r})")


@pytest.mark.parametrize("attempt", ["os.fork() or os._exit(0)", "subprocess.run([os.sys.executable, '-V'])"])
def test_it_starts_no_process(house, standing, attempt):
    needs(standing, CALLS)
    assert refused(house, attempt)


def test_it_sends_the_platform_no_signal(house, standing):
    needs(standing, CALLS)
    assert refused(house, "os.kill(os.getppid(), signal.SIGCONT)")


LATE = """
from parrot.sdk import Strategy

class Late(Strategy):
    def on_bar(self, bar):
        import sqlite3, ssl, threading, zoneinfo, numpy
        {more}
        thread = threading.Thread(target=zoneinfo.ZoneInfo, args=("Europe/Berlin",))
        thread.start()
        thread.join()
        if numpy.linalg.inv(numpy.eye(3)).sum() == 3:
            self.buy(1)
"""


def test_packages_load_late_and_threads_start(house):
    polars = "import polars; assert polars.DataFrame({'a': [1, 2]}).lazy().sum().collect().item() == 3"
    house.run("late", LATE.format(more=polars if importlib.util.find_spec("polars") else "pass"))
    house.bars(100)
    assert house.state_of("late")["fault"] == ""
    assert len(house.street.orders) == 1


def test_the_platform_is_told_which_fences_stand(house, standing):
    house.run("late", LATE.format(more="pass"))
    house.bars(100)
    assert house.hosts.fences == {"late": standing}
    assert set(standing) <= set(ALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_live_inside(house, example):
    house.run("example", example.read_text())
    house.bars(*(100 + 5 * (row % 7) for row in range(40)))
    assert house.state_of("example")["fault"] == ""

"""What a journal does when its disk, its database or its server fails: it says so, and takes no more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

from parrot.adapters.sql import SqlJournal, open_postgres, open_sqlite
from parrot.kernel.errors import StorageError
from tests.conftest import ROOT
from tests.ports.appender import body, opened
from tests.ports.servers.postgres import Postgres
from tests.ports.servers.processes import tracer

KINDS = ["files", "sqlite"]
SYNCED = {"files": "desk.journal", "sqlite": "desk.db-wal"}
WRITE = {"files": "write", "sqlite": "pwrite64"}


def run_under_strace(kind: str, folder: Path, inject: str, count: int = 12) -> list[str]:
    """Lines of an appender whose system calls on the journal's file fail as `inject` says."""
    traced = ["-e", f"trace={inject.partition(':')[0]}", "-e", f"inject={inject}"]
    watch = [tracer(), "-f", "--seccomp-bpf", "-qq", "-o", os.devnull, "-P", str(folder / SYNCED[kind]), *traced]
    command = [sys.executable, "-m", "tests.ports.appender", kind, str(folder), str(count)]
    done = subprocess.run([*watch, *command], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}


def acknowledged(lines: list[str]) -> list[int]:
    return [int(line.split()[1]) for line in lines if line.startswith("ack")]


def check_kept(kind: str, folder: Path, acked: list[int]) -> None:
    """All that was acknowledged is there, and behind it at most one entry that nobody was told of."""
    journal = opened(kind, folder)
    found = dict(journal.read())
    assert journal.verify() == []
    assert found == {seq: body(seq) for seq in range(1, len(found) + 1)}
    assert len(acked) <= len(found) <= len(acked) + 1
    assert journal.append([b"it goes on"]).seq == len(found) + 1
    journal.close()


@pytest.fixture(params=KINDS)
def filled(request, tmp_path) -> tuple[str, Path]:
    """A journal that exists, so that faults meet appends and not its making."""
    journal = opened(request.param, tmp_path)
    journal.close()
    return request.param, tmp_path


@pytest.mark.parametrize("when", ["4", "4+"])
def test_after_a_failed_sync_the_journal_takes_no_more(filled, when):
    kind, folder = filled
    lines = run_under_strace(kind, folder, f"fdatasync:error=EIO:when={when}")
    acked = acknowledged(lines)
    assert acked
    assert len(acked) < 12
    assert [line.split()[:3] for line in lines[-2:]] == [["refused", "storage", "True"]] * 2
    assert "takes no more" in lines[-1]
    check_kept(kind, folder, acked)


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_after_a_failed_write_the_journal_takes_no_more(filled, error):
    kind, folder = filled
    lines = run_under_strace(kind, folder, f"{WRITE[kind]}:error={error}:when=7")
    acked = acknowledged(lines)
    assert len(acked) < 12
    assert [line.split()[:3] for line in lines[-2:]] == [["refused", "storage", "True"]] * 2
    assert "takes no more" in lines[-1]
    check_kept(kind, folder, acked)


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_is_said_and_what_was_acknowledged_is_there(kind, small_disk):
    command = [sys.executable, "-m", "tests.ports.appender", kind, str(small_disk), "100000"]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "full" in lines[-2] or "No space left" in lines[-2]
    assert "takes no more" in lines[-1]
    (small_disk / "ballast").unlink()
    check_kept(kind, small_disk, acknowledged(lines))


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 2 MiB with a file on it that can be taken away."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root, and not in every container, may mount a small disk; strace's ENOSPC stands for it")
    (folder / "ballast").write_bytes(bytes(1_000_000))
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_locked_database_is_an_error_after_the_wait_and_loses_nothing(tmp_path):
    journal = SqlJournal(open_sqlite(tmp_path / "desk.db", lock_wait_s=0.05), "desk")
    journal.append([b"one"])
    other = open_sqlite(tmp_path / "desk.db").connect()
    with other.begin(), pytest.raises(StorageError, match="database is locked") as refused:
        journal.append([b"two"])
    assert "stop the other program" in refused.value.fix
    with pytest.raises(StorageError, match="takes no more: database is locked"):
        journal.append([b"two again"])
    journal.close()
    again = SqlJournal(open_sqlite(tmp_path / "desk.db"), "desk")
    assert list(again.read()) == [(1, b"one")]
    assert again.append([b"two"]).seq == 2


def test_a_row_that_another_session_locks_is_an_error_after_the_wait(postgres: Postgres):
    url = postgres.url()
    journal = SqlJournal(open_postgres(url, lock_wait_s=0.05), "desk")
    journal.append([b"one"])
    other = open_postgres(url).connect()
    with other.begin():
        other.exec_driver_sql("SELECT * FROM journals FOR UPDATE")
        with pytest.raises(StorageError, match="lock timeout") as refused:
            journal.append([b"two"])
    other.close()
    assert "stop the other program" in refused.value.fix
    with pytest.raises(StorageError, match="takes no more"):
        journal.append([b"two again"])
    journal.close()
    assert list(SqlJournal(open_postgres(url), "desk").read()) == [(1, b"one")]


def test_a_killed_server_is_an_error_and_has_all_that_was_acknowledged_when_it_is_back(mortal_postgres: Postgres):
    url = mortal_postgres.url()
    journal = SqlJournal(open_postgres(url), "desk")
    for seq in range(1, 21):
        journal.append([body(seq)])
    mortal_postgres.server.kill()
    with pytest.raises(StorageError) as refused:
        journal.append([b"to nobody"])
    assert "server runs" in refused.value.fix
    with pytest.raises(StorageError, match="connection"):
        open_postgres(url)
    mortal_postgres.start()
    with pytest.raises(StorageError, match="takes no more"):
        journal.append([b"late"])
    journal.close()
    again = SqlJournal(open_postgres(url), "desk")
    assert dict(again.read()) == {seq: body(seq) for seq in range(1, 21)}
    assert again.append([b"it goes on"]).seq == 21


def test_a_server_that_stands_still_holds_up_the_append_and_nothing_is_acknowledged_meanwhile(postgres: Postgres):
    journal = SqlJournal(open_postgres(postgres.url()), "desk")
    journal.append([b"one"])
    with ThreadPoolExecutor(1) as pool, standing_still(postgres):
        told = pool.submit(journal.append, [b"two"])
        with pytest.raises(TimeoutError):
            told.result(0.3)
    assert told.result().seq == 2
    assert dict(journal.read()) == {1: b"one", 2: b"two"}


@contextmanager
def standing_still(postgres: Postgres):
    os.killpg(postgres.server.process.pid, signal.SIGSTOP)
    with ExitStack() as later:
        for process in psutil.Process(postgres.server.process.pid).children():
            process.suspend()
            later.callback(process.resume)
        try:
            yield
        finally:
            os.killpg(postgres.server.process.pid, signal.SIGCONT)


def test_a_session_that_the_server_ends_gives_the_lease_to_the_next(postgres: Postgres):
    url = postgres.url()
    journal = SqlJournal(open_postgres(url), "desk")
    journal.append([b"one"])
    with postgres.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    next_owner = SqlJournal(open_postgres(url), "desk")
    assert next_owner.append([b"two"]).seq == 2
    with pytest.raises(StorageError):
        journal.append([b"stale"])
    assert list(next_owner.read()) == [(1, b"one"), (2, b"two")]


def test_a_process_that_dies_leaves_the_lease_to_the_next(tmp_path):
    command = [sys.executable, "-m", "tests.ports.appender", "sqlite", str(tmp_path), "1000000"]
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acked = [seq for line in process.stdout if (seq := acknowledge_then_kill(process, line))]
    check_kept("sqlite", tmp_path, acked)


def acknowledge_then_kill(process: subprocess.Popen[str], line: str) -> int:
    if line == "ack 30\n":
        process.send_signal(signal.SIGKILL)
    return int(line.split()[1]) if line.startswith("ack") else 0

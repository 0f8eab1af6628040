"""A data directory says who runs on it, to its owner only."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys

import pytest

from parrot.app.folder import DataFolder, announce, running, withdraw
from parrot.app.platform.disk import RESERVE_BYTES, DiskWatch
from parrot.kernel.errors import InputError


def test_who_runs_is_found_and_forgotten(tmp_path):
    folder = DataFolder(tmp_path / "live")
    folder.make()
    assert running(folder) is None
    told = announce(folder, "http://localhost:1")
    assert running(folder) == told
    assert told.pid == os.getpid()
    withdraw(folder)
    assert running(folder) is None


def test_nobody_else_may_read_the_token_or_the_folder(tmp_path):
    folder = DataFolder(tmp_path / "live")
    folder.make()
    announce(folder, "http://localhost:1")
    assert stat.S_IMODE(folder.instance.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700


def test_a_process_that_died_does_not_run(tmp_path):
    folder = DataFolder(tmp_path)
    folder.make()
    announce(folder, "http://localhost:1")
    found = json.loads(folder.instance.read_text())
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for change in ({"pid": dead.pid}, {"born": 1.0}):
        folder.instance.write_text(json.dumps(found | change))
        assert running(folder) is None
    folder.instance.write_text("{")
    assert running(folder) is None


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "live").write_text("")
    with pytest.raises(InputError, match="live is a file"):
        DataFolder(tmp_path / "live").make()


def test_the_reserve_is_made_with_room_and_let_go_without(tmp_path, monkeypatch):
    watch = DiskWatch(tmp_path)
    watch.prepare()
    assert (tmp_path / "reserve").stat().st_size == RESERVE_BYTES
    assert not watch.low
    monkeypatch.setattr(DiskWatch, "free", lambda self: 1)
    assert watch.low
    watch.prepare()
    assert not (tmp_path / "reserve").exists()

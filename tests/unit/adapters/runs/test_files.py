"""Saved runs: whole or not at all, found by id, newest first."""

from __future__ import annotations

import errno
import json
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from parrot.adapters.runs import FileRuns
from parrot.adapters.runs import files as module
from parrot.contracts.runs import RunRecord, RunStatus, SavedRun
from parrot.kernel.errors import InputError, MissingError, StorageError

SECOND = 1_000_000_000
RECORD = RunRecord(
    strategy="Cross",
    status=RunStatus.FINISHED,
    code_hash="c0de",
    code_path="/somewhere/cross.py",
    parameters={"fast": 10, "level": 0.5, "mode": "é"},
    data={"X": {"kind": "bars", "hash": "da7a"}},
    terms={"cash": "1000", "fees": {"tiers": [["1", "2", "3"]]}},
    version="0.1.0",
    hash="abcdef0123456789",
    stats={"fills": 3, "sharpe": None, "final_equity": 1000.1},
    bounds={"pessimistic": 1.5},
)
FRAMES = {name: pl.DataFrame({"ts": [1, 2], "x": [0.1, None]}) for name in ("equity", "fills", "orders", "trades")}
RUN = SavedRun(RECORD, FRAMES, "class Cross: ...\n# é\n")


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000 * SECOND

    def __call__(self) -> int:
        self.now += SECOND
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> FileRuns:
    return FileRuns(tmp_path / "runs", Clock())


def test_what_is_saved_comes_back(store: FileRuns) -> None:
    run_id = store.save(RUN)
    back = store.load(run_id)
    assert back.record == replace(RECORD, run_id=run_id, made_ns=1_700_000_001 * SECOND)
    assert back.source == RUN.source
    assert {name: frame.equals(FRAMES[name]) for name, frame in back.frames.items()} == dict.fromkeys(FRAMES, True)


def test_an_id_tells_when_and_what(store: FileRuns) -> None:
    assert store.save(RUN) == "20231114-221321-abcdef"


def test_runs_of_one_second_have_ids_of_their_own(tmp_path: Path) -> None:
    store = FileRuns(tmp_path, lambda: SECOND)
    assert [store.save(RUN) for _ in range(3)] == [f"19700101-000001-abcdef{tail}" for tail in ("", "-2", "-3")]


def test_records_come_newest_first(store: FileRuns) -> None:
    ids = [store.save(RUN) for _ in range(3)]
    assert [record.run_id for record in store.records()] == ids[::-1]
    assert store.find("last").run_id == ids[-1]


def test_an_empty_store_has_no_runs(store: FileRuns) -> None:
    assert store.records() == []
    with pytest.raises(MissingError, match="no saved runs"):
        store.find("last")


def test_a_run_is_found_by_an_unambiguous_beginning(store: FileRuns) -> None:
    first, second = store.save(RUN), store.save(RUN)
    assert store.find(first[:15]).run_id == first
    with pytest.raises(InputError, match="beginning of 2 runs"):
        store.find(second[:10])
    with pytest.raises(MissingError, match="no run 'x'"):
        store.find("x")


def test_an_id_that_begins_another_is_itself(tmp_path: Path) -> None:
    store = FileRuns(tmp_path, lambda: SECOND)
    first = store.save(RUN)
    store.save(RUN)
    assert store.find(first).run_id == first


@pytest.mark.parametrize("failing", [1, 3, 6])
def test_a_disk_that_fills_up_leaves_nothing_half_done(
    failing: int, store: FileRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = store.save(RUN)
    written = [0]
    put = module._put

    def put_until_full(path: Path, content: bytes) -> None:
        written[0] += 1
        if written[0] == failing:
            path.write_bytes(content[:3])
            raise OSError(errno.ENOSPC, "No space left on device")
        put(path, content)

    monkeypatch.setattr(module, "_put", put_until_full)
    with pytest.raises(StorageError, match="No space left"):
        store.save(RUN)
    assert [path.name for path in store.root.iterdir()] == [kept]


def test_a_damaged_manifest_is_named(store: FileRuns) -> None:
    run_id = store.save(RUN)
    (store.root / run_id / "manifest.json").write_text("{")
    with pytest.raises(StorageError, match=run_id):
        store.records()


def test_a_manifest_of_a_later_format_is_not_guessed_at(store: FileRuns) -> None:
    run_id = store.save(RUN)
    path = store.root / run_id / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    with pytest.raises(StorageError, match="format 2"):
        store.find(run_id)


def test_a_missing_frame_is_named(store: FileRuns) -> None:
    run_id = store.save(RUN)
    (store.root / run_id / "fills.parquet").unlink()
    with pytest.raises(StorageError, match="cannot be read"):
        store.load(run_id)


def test_an_id_never_leads_out_of_the_store(store: FileRuns) -> None:
    store.save(RUN)
    with pytest.raises(MissingError):
        store.find("../runs")


def test_a_run_on_its_way_in_or_out_is_not_listed(store: FileRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, gone = store.save(RUN), store.save(RUN)
    half = store.root / ".half-now"
    shutil.copytree(store.root / kept, half)  # all is in it but its name
    assert [record.run_id for record in store.records()] == [gone, kept]
    shutil.rmtree(half)

    def read_late(folder: Path) -> RunRecord:
        if folder.name == gone and folder.exists():
            store.drop(gone)
        return read(folder)

    read = module._read
    monkeypatch.setattr(module, "_read", read_late)
    assert [record.run_id for record in store.records()] == [kept]

"""A loss of power takes nothing from the file journal that anybody was told of."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from parrot.adapters.journal.files import FileJournal, journal, verify_journal
from parrot.kernel.errors import ParrotError
from tests.simulation.disk.images import Recorder, image, lay_out

IMAGES = 400


def record(folder: Path, monkeypatch: pytest.MonkeyPatch, *, skip_sync: bool) -> Recorder:
    """Two lives of a journal: batches of many sizes, a clean end, a second life."""
    recorder = Recorder(skip_sync=skip_sync)
    monkeypatch.setattr(journal, "os", recorder)
    chance = Random(7)
    number = 0
    for _ in range(2):
        kept = FileJournal(folder / "desk.journal")
        for _ in range(12):
            bodies = [chance.randbytes(chance.choice((20, 200, 2000))) for _ in range(chance.randint(1, 4))]
            number += len(bodies)
            kept.append(bodies)
            recorder.acknowledge(number)
        kept.close()
    monkeypatch.undo()
    return recorder


def lost(recorder: Recorder, source: Path, target: Path) -> list[str]:
    """What each image, opened again, does not have of what was told; every image must open or be refused by name."""
    problems = []
    for number in range(IMAGES):
        chance = Random(number)
        cut = chance.randint(1, len(recorder.steps))
        files, told = image(recorder.steps[:cut], chance)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        lay_out(files, source, target)
        try:
            again = FileJournal(target / "desk.journal")
        except ParrotError as fault:
            problems.append(f"image {number}, cut {cut}: {fault}")
            continue
        entries = [seq for seq, _ in again.read()]
        if entries != list(range(1, len(entries) + 1)) or len(entries) < told:
            problems.append(f"image {number}, cut {cut}: {told} were told, {len(entries)} are there")
        again.append([b"the next one"])
        again.close()
        if found := verify_journal(target / "desk.journal").problems:
            problems.append(f"image {number}, cut {cut}: {found}")
    return problems


def test_no_told_batch_is_lost_in_any_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = record(tmp_path / "live", monkeypatch, skip_sync=False)
    problems = lost(recorder, tmp_path / "live", tmp_path / "image")
    assert not problems, "\n".join(problems[:10])


def test_without_syncs_the_images_do_lose_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = record(tmp_path / "live", monkeypatch, skip_sync=True)
    problems = lost(recorder, tmp_path / "live", tmp_path / "image")
    assert len(problems) > IMAGES // 10

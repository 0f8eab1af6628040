"""`parrot verify` passes what a platform leaves, however it ended, and fails on whatever anybody did to its files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from parrot.adapters.journal.files import FileJournal, FileSnapshots, layout
from parrot.adapters.journal.files.snapshots import read_snapshot
from parrot.adapters.sql import open_sqlite
from parrot.app.cli.program import run
from parrot.app.desk import decode, encode
from parrot.app.verify import Report, verify
from parrot.contracts.message import Entry
from parrot.kernel.errors import MissingError
from tests.unit.app.verify.platforms import START, Platform, cut, flip

FILES = ["audit.journal", "desk.journal", "desk-*.snapshot.journal", "strategies/a.journal", "venue/000001.journal"]


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`stopped` in good order and `crashed` in the midst of it, each with its second place."""
    folder = tmp_path_factory.mktemp("lives")
    platform = Platform(folder / "stopped")
    platform.trade()
    platform.crash(folder / "crashed")
    platform.stop()
    return folder


@pytest.fixture(params=["stopped", "crashed"])
def root(request: pytest.FixtureRequest, lives: Path, tmp_path: Path) -> Path:
    shutil.copytree(lives / request.param, tmp_path / "data")
    shutil.copytree(lives / f"{request.param}.audit", tmp_path / "data.audit")
    return tmp_path / "data"


def path_of(root: Path, pattern: str) -> Path:
    (found,) = root.glob(pattern)
    return found


def blamed(report: Report) -> set[str]:
    return {problem.file for problem in report.problems}


def test_what_a_platform_leaves_holds(root: Path) -> None:
    report = verify(root)
    assert report.problems == []
    assert (report.orders, report.fills, report.files) == (4, 3, 5)
    assert len(report.state_hash) == 32
    assert sum(told == "holds" for told in report.invariants.values()) == 19


def test_verifying_changes_nothing(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    verify(root)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("pattern", FILES)
@pytest.mark.parametrize("place", [0.0, 0.004, 0.35, 0.77, 0.9999])
def test_a_flipped_bit_is_found_in_its_file(root: Path, pattern: str, place: float) -> None:
    path = path_of(root, pattern)
    flip(path, int(place * path.stat().st_size))
    report = verify(root)
    assert not report.ok
    assert path.relative_to(root).as_posix() in blamed(report)


def test_no_byte_of_a_small_file_is_idle(lives: Path, tmp_path: Path) -> None:
    shutil.copytree(lives / "stopped", tmp_path / "data")
    path = tmp_path / "data" / "strategies" / "a.journal"
    whole = path.read_bytes()
    for place in range(0, len(whole), 3):
        flip(path, place)
        assert "strategies/a.journal" in blamed(verify(tmp_path / "data")), place
        path.write_bytes(whole)


@pytest.mark.parametrize("pattern", FILES)
@pytest.mark.parametrize("by", [1, 17, 100])
def test_a_tail_that_is_cut_off_is_found(root: Path, pattern: str, by: int) -> None:
    path = path_of(root, pattern)
    cut(path, by)
    assert path.relative_to(root).as_posix() in blamed(verify(root))


@pytest.mark.parametrize("pattern", [name for name in FILES if "snapshot" not in name])
def test_a_last_batch_that_is_taken_away_whole_is_found(root: Path, pattern: str) -> None:
    path = path_of(root, pattern)
    data = memoryview(path.read_bytes())
    places = [found[0].offset for found in layout.frames(data) if not isinstance(found, layout.Flaw)]
    cut(path, places[-1] - places[-2])
    assert path.relative_to(root).as_posix() in blamed(verify(root))


@pytest.mark.parametrize("pattern", FILES)
@pytest.mark.parametrize("extra", [b"\0", b"x" * 40, bytes(700)])
def test_bytes_that_are_added_are_found(root: Path, pattern: str, extra: bytes) -> None:
    path = path_of(root, pattern)
    with path.open("ab") as file:
        file.write(extra)
    assert path.relative_to(root).as_posix() in blamed(verify(root))


@pytest.mark.parametrize("pattern", FILES)
def test_a_file_that_is_missing_is_named(root: Path, pattern: str) -> None:
    path = path_of(root, pattern)
    path.unlink()
    assert path.relative_to(root).as_posix() in blamed(verify(root))


@pytest.mark.parametrize(
    "name", ["extra.journal", "strategies/z.journal", "sessions/s.journal", "x.db", "venue/note.db"]
)
def test_a_file_that_nobody_knows_is_named(root: Path, name: str) -> None:
    path = root / name
    path.parent.mkdir(exist_ok=True)
    shutil.copy(root / "strategies" / "a.journal", path)
    assert name in blamed(verify(root))


def test_a_snapshot_of_another_journal_is_found(root: Path) -> None:
    path = path_of(root, "desk-*.snapshot.journal")
    shutil.copy(path, path.with_name("desk-000000000000007.snapshot.journal"))
    report = verify(root)
    assert not report.ok


def test_a_journal_that_is_written_anew_with_another_entry_is_found(root: Path) -> None:
    """All sums are right in the new file; the audit log has seen another one, and the state is another."""
    path = root / "desk.journal"
    bodies = rewritten(path)
    path.unlink()
    journal = FileJournal(path)
    for body in bodies:
        journal.append([body])
    journal.close()
    report = verify(root)
    assert {"I7", "I16"} <= {problem.invariant for problem in report.problems}
    assert report.invariants["I7"] == "violated"


def rewritten(path: Path) -> list[bytes]:
    """The entries of the desk with one deposit a hundred times as large."""
    found = []
    for place in layout.frames(memoryview(path.read_bytes())):
        assert not isinstance(place, layout.Flaw)
        for body in place[1]:
            entry = decode(body)
            if getattr(entry.record, "what", "") == "deposit":
                legs = [msgspec.structs.replace(leg, amount=leg.amount * 100) for leg in entry.record.legs[:1]]
                record = msgspec.structs.replace(entry.record, legs=legs + entry.record.legs[1:])
                entry = Entry(entry.seq, entry.ts, entry.cause, record)
            found.append(encode(entry))
    return found


def test_a_directory_that_was_set_back_to_an_older_copy_is_found(root: Path, lives: Path, tmp_path: Path) -> None:
    older = tmp_path / "older"
    platform = Platform(older)
    platform.trade()
    old = platform.crash(tmp_path / "copy")
    platform.turn(600)
    platform.stop()
    shutil.rmtree(older)
    shutil.copytree(old, older)
    assert any("second place" in problem.text for problem in verify(older).problems)


def test_a_batch_that_was_being_written_when_the_process_ended_is_a_note(lives: Path, tmp_path: Path) -> None:
    shutil.copytree(lives / "crashed", tmp_path / "data")
    path = tmp_path / "data" / "desk.journal"
    place = layout.read_head(path.read_bytes())
    assert place is not None
    torn, _ = layout.frame(place, [b"x" * 5000])
    whole = path.read_bytes() + torn
    path.write_bytes(whole[: len(whole) // 512 * 512])
    report = verify(tmp_path / "data")
    assert report.problems == []
    assert any("being written" in note for note in report.notes)


def test_a_copy_of_a_running_directory_holds_at_any_moment(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "data")
    platform.turn(20)
    for number in range(6):
        platform.order()
        platform.turn(100)
        report = verify(platform.crash(tmp_path / f"copy{number}"))
        assert report.problems == []
        assert verify(platform.root).problems == []
    platform.stop()


def test_a_platform_that_goes_on_after_a_crash_holds(lives: Path, tmp_path: Path) -> None:
    shutil.copytree(lives / "crashed", tmp_path / "data")
    shutil.copytree(lives / "crashed.audit", tmp_path / "data.audit")
    platform = Platform(tmp_path / "data", now=START + 10**12)
    platform.trade()
    platform.stop()
    report = verify(tmp_path / "data")
    assert report.problems == []
    assert report.orders == 8


def test_a_snapshot_whose_state_was_never_live_is_found(root: Path) -> None:
    path = path_of(root, "desk-*.snapshot.journal")
    made = read_snapshot(path)
    assert made is not None
    assert b"Ada" in made[1]
    path.unlink()
    FileSnapshots(root, "desk").save(made[0], made[1].replace(b"Ada", b"Eve"))
    assert verify(root).invariants["I13"] == "violated"


def test_a_snapshot_of_another_build_is_not_compared(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "data", build="another")
    platform.trade()
    platform.stop()
    report = verify(tmp_path / "data")
    assert report.problems == []
    assert any("another build" in note for note in report.notes)


def test_a_log_with_a_secret_is_named(root: Path) -> None:
    (root / "logs").mkdir()
    key = root.with_name("data.audit").joinpath("audit.key").read_bytes().hex()
    (root / "logs" / "parrot.jsonl").write_text(json.dumps({"event": "loaded", "with": key}))
    assert ("logs/parrot.jsonl", "I18") in {(problem.file, problem.invariant) for problem in verify(root).problems}


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no folder"):
        verify(tmp_path / "nothing")
    with pytest.raises(MissingError, match="no durable file"):
        verify(tmp_path)


def test_the_command_answers_with_an_exit_code(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--data", str(root), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert {"ok", "invariants", "orders", "fills", "state_hash", "problems"} <= told.keys()
    assert told["invariants"]["I13"] == "holds"
    flip(root / "desk.journal", 4000)
    assert run(["verify", "--data", str(root)]) == 1
    assert "desk.journal" in capsys.readouterr().out


def test_a_process_that_died_before_it_wrote_anything_leaves_no_problem(tmp_path: Path) -> None:
    FileJournal(tmp_path / "data" / "desk.journal").close()
    assert verify(tmp_path / "data").problems == []
    FileJournal(tmp_path / "data" / "audit.journal").close()
    assert verify(tmp_path / "data").problems == []


def test_a_process_that_died_before_its_first_signature_was_kept_leaves_a_note(lives: Path, tmp_path: Path) -> None:
    platform = Platform(tmp_path / "data")
    copy = platform.crash(tmp_path / "copy")
    platform.stop()
    journal = FileJournal(copy / "audit.journal")
    bodies = [body for _, body in journal.read()]
    journal.close()
    for path in (copy / "audit.journal", copy / "desk.journal", copy / "strategies" / "a.journal"):
        path.unlink()
    shutil.rmtree(copy / "venue")
    FileJournal(copy / "audit.journal").append(bodies[:1])
    FileJournal(copy / "desk.journal").close()
    for path in copy.with_name("copy.audit").glob("*.json"):
        path.unlink()
    report = verify(copy)
    assert report.problems == []
    assert any("first signature" in note for note in report.notes)


def test_a_database_that_was_begun_is_not_yet_there_and_then_missing(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "data")
    records = platform.root / "records.db"
    platform.audit.expect(records, platform.now)
    records.touch()
    platform.turn(10)
    assert verify(platform.crash(tmp_path / "young")).problems == []
    open_sqlite(records).dispose()
    platform.turn(200)
    assert verify(platform.crash(tmp_path / "made")).problems == []
    records.write_bytes(b"")
    told = [(problem.file, problem.invariant) for problem in verify(platform.crash(tmp_path / "emptied")).problems]
    assert told == [("records.db", "I16")]
    platform.stop()

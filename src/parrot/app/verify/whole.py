"""A data directory as a whole: which files must be there, whether each is what was written, and what they say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from parrot.adapters.journal.files import verify_journal, verify_snapshot
from parrot.adapters.journal.files.snapshots import read_snapshot
from parrot.app.auditing import second_places
from parrot.app.durable import AUDIT, DESK, SEGMENT, SNAPSHOT, durable_files, made_room
from parrot.app.folder import DataFolder
from parrot.app.platform.settings import read_settings
from parrot.app.verify.desk import examine
from parrot.app.verify.entries import Seen, entries
from parrot.app.verify.report import Problem, Report
from parrot.centers.audit.manifest import LogReading, outside
from parrot.centers.matching import keeping
from parrot.contracts.acts import HeadSeen
from parrot.kernel.errors import DataError, MissingError
from parrot.ports.journal import Head

_EXCHANGE: Final = "exchange/"
_LOG_BYTES_MAX: Final = 64 << 20
_MADE_WITHIN: Final = 20_000_000_000  # from being expected to being there, with the time that a copy takes


def verify(root: Path) -> Report:
    """Reads every durable file below `root`, of a platform that runs, has stopped or was copied; changes nothing.

    Raises MissingError when there is no such folder or nothing in it, InputError for settings that cannot be.
    """
    folder = DataFolder(root)
    if not folder.root.is_dir():
        raise MissingError(f"there is no folder {root}", fix="name the data directory of a platform with --data")
    # In this order, because a platform may run: signatures are of a log that only grows, and so are the files it names.
    second = _read_second(folder.root)
    log = _read_log(folder.root)
    names = durable_files(folder.root)
    if not names:
        raise MissingError(f"{root} holds no durable file", fix="name the data directory of a platform with --data")
    if not {DESK, AUDIT} & set(names) and any(name.startswith(_EXCHANGE) for name in names):
        return _verify_exchange(folder.root, names)
    report = Report(files=len(names))
    snapshots = _snapshots(folder.root, names)
    heads = dict(log.witnessed) if log is not None else {}
    heads[DESK] = [*heads.get(DESK, ()), *(HeadSeen(made.seq, made.digest.hex()) for made in snapshots.values())]
    seen = {name: Seen(of_file) for name, of_file in heads.items()}
    lengths = _look_at_files(folder.root, names, seen, report)
    _look_at_log(second, log, lengths, report)
    _look_for_files(log, set(names), set(_unmade(folder.root, names)), report)
    _look_at_witness(log, lengths, seen, report)
    for name, made in snapshots.items():
        _look_at_snapshot(name, made, seen[DESK], lengths, report)
    _look_at_venue(folder.root, names, lengths, report)
    _look_at_desk(folder, log, snapshots, lengths, report)
    _look_for_secrets(folder, report)
    return report


def _verify_exchange(root: Path, names: Sequence[str]) -> Report:
    """The folder of `parrot exchange`: every byte, and whether its segments follow one another."""
    report = Report(files=len(names))
    lengths = _look_at_files(root, names, {}, report)
    segments = {int(Path(name).stem): name for name in names if name.startswith(_EXCHANGE) and lengths.get(name)}
    problems = keeping.verify(sorted(segments), lambda number: entries(root / segments[number]))
    report.add(Problem("exchange", 0, text) for text in problems)
    report.notes.append(
        "this is the folder of an exchange: it has no desk, and of the invariants only its bytes are known"
    )
    return report


def _look_at_files(root: Path, names: Iterable[str], seen: Mapping[str, Seen], report: Report) -> dict[str, int]:
    """Every byte of every file; gives the numbers of the last entries of journals that are whole so far."""
    lengths: dict[str, int] = {}
    for name in names:
        path = root / name
        try:
            if SNAPSHOT.fullmatch(name):
                report.add(Problem(name, 0, text) for text in verify_snapshot(path))
            elif name.endswith(".journal"):
                verdict = verify_journal(path, behind_batch=seen[name].behind_batch if name in seen else _pass_over)
                lengths[name] = verdict.entries
                report.entries += verdict.entries
                report.add(Problem(name, verdict.entries + 1, _bare(path, text)) for text in verdict.problems)
                report.notes += [f"{name}: {_bare(path, text)}" for text in verdict.notes]
            else:
                report.add(Problem(name, 0, text) for text in _records(path))
        except FileNotFoundError:
            report.notes.append(f"{name} made room for a newer one meanwhile")
        except OSError as fault:
            report.add([Problem(name, 0, f"it cannot be read: {fault.strerror}")])
    return lengths


def _records(path: Path) -> list[str]:
    from parrot.adapters.sql import verify_records  # loaded where there are some, not with every command

    return verify_records(path)


def _unmade(root: Path, names: Iterable[str]) -> Iterator[str]:
    """Databases that were begun by a process that died before their tables were there."""
    for name in names:
        if name.endswith(".db"):
            from parrot.adapters.sql import records_made  # as above

            if not records_made(root / name):
                yield name


def _pass_over(place: object) -> None:
    pass


def _bare(path: Path, text: str) -> str:
    return text.removeprefix(f"{path.name}: ")


def _read_log(root: Path) -> LogReading | None:
    path = root / AUDIT
    if not path.exists():
        return None
    log = LogReading()
    try:
        for seq, body in entries(path):
            log.look(seq, body)
        log.end()
    except DataError as fault:
        log.problems.append((log.entries, str(fault)))
    return log


def _read_second(root: Path) -> dict[str, bytes] | None:
    """The newest signature of each log that the second place knows; None when there is no such place."""
    place = next((place for place in second_places(root) if place.is_dir()), None)
    return None if place is None else {path.stem: path.read_bytes() for path in place.glob("*.json")}


def _look_at_log(
    second: Mapping[str, bytes] | None, log: LogReading | None, lengths: Mapping[str, int], report: Report
) -> None:
    if log is None or not log.entries:
        # It is opened before the desk writes anything: a process that died before that leaves two empty journals.
        if lengths.get(DESK) or DESK not in lengths:
            report.add([Problem(AUDIT, 0, "the audit log is missing", "I16")])
        return
    report.add(Problem(AUDIT, seq, text, "I16") for seq, text in log.problems)
    if second is None:
        report.notes.append("no second place of the audit log is beside this directory: only what it holds is known")
    elif log.identity in second:
        report.add(Problem(AUDIT, log.entries, text, "I16") for text in log.compare(second[log.identity]))
    elif log.signatures <= 1:  # each is taken there before the next
        report.notes.append("the process ended before the audit log's first signature was kept")
    else:
        report.add([Problem(AUDIT, 0, "its second place does not know this log", "I16")])


def _look_for_files(log: LogReading | None, there: set[str], unmade: set[str], report: Report) -> None:
    """Files that must be there, made to the end, and are not; and files that are there and must not be."""
    if DESK not in there:
        report.add([Problem(DESK, 0, "the journal of the desk is missing")])
    witnessed = log.witnessed if log is not None else {}
    expected = log.expected if log is not None else {}
    known = {DESK, AUDIT, *witnessed, *expected}
    for name in sorted(there):
        if name not in known and not SNAPSHOT.fullmatch(name) and not SEGMENT.fullmatch(name):
            report.add([Problem(name, 0, "nobody knows this file: it was added")])
    for name, heads in sorted(witnessed.items()):
        if name not in there and not made_room(name, there):
            report.add([Problem(name, 0, f"the file is missing; it held {heads[-1].seq} entries", "I16")])
    for name, ts in expected.items():
        late = log is not None and log.newest - ts >= _MADE_WITHIN
        if late and name not in there - unmade and name not in witnessed:
            report.add([Problem(name, 0, "the file is missing: it was made", "I16")])


def _look_at_witness(
    log: LogReading | None, lengths: Mapping[str, int], seen: Mapping[str, Seen], report: Report
) -> None:
    """Files that are not what the audit log has seen of them."""
    for name, heads in sorted(log.witnessed.items()) if log is not None else ():
        if lengths.get(name):
            report.add(Problem(name, seq, f"by the audit log: {text}", "I16") for seq, text in seen[name].unlike(heads))


def _look_at_venue(root: Path, names: Iterable[str], lengths: Mapping[str, int], report: Report) -> None:
    numbers = {int(found[1]): name for name in names if (found := SEGMENT.fullmatch(name)) and lengths.get(name)}

    def read(number: int) -> Iterator[tuple[int, bytes]]:
        return entries(root / numbers[number])

    problems = keeping.verify(sorted(numbers), read)
    report.add(Problem("venue", 0, text) for text in problems)


def _look_at_desk(
    folder: DataFolder,
    log: LogReading | None,
    snapshots: Mapping[str, Head],
    lengths: Mapping[str, int],
    report: Report,
) -> None:
    length = lengths.get(DESK)
    if length is None:
        return
    damaged = any(problem.file == DESK for problem in report.problems)
    seen = log.witnessed.get(DESK) if log is not None else None
    found = examine(
        folder.root,
        read_settings(folder.root / "settings.toml"),
        to=length,
        snapshots=[name for name, made in snapshots.items() if made.seq <= length],
        acts={act.entry: act for act in log.acts if act.entry} if log is not None else {},
        noted=seen[-1].seq if seen else 0,
    )
    report.orders, report.fills, report.state_hash = found.orders, found.fills, found.state_hash
    report.add(found.problems)
    report.notes += found.notes
    report.complete = not damaged


def _snapshots(root: Path, names: Iterable[str]) -> dict[str, Head]:
    """Where the journal was when each snapshot that is whole was made."""
    found = {}
    for name in names:
        with suppress(FileNotFoundError):  # a running platform lets go of old ones while we look
            if SNAPSHOT.fullmatch(name) and (made := read_snapshot(root / name)) is not None:
                found[name] = made[0]
    return found


def _look_at_snapshot(name: str, made: Head, desk: Seen, lengths: Mapping[str, int], report: Report) -> None:
    """A snapshot is of this very journal."""
    if f"{made.seq:015d}" not in name:
        report.add([Problem(name, made.seq, "its name tells another entry than it holds")])
    elif made.seq > lengths.get(DESK, 0):
        report.notes.append(f"{name} is newer than the journal beside it, as in a copy of a running directory")
    else:
        differ = desk.unlike([HeadSeen(made.seq, made.digest.hex())])
        report.add(Problem(name, seq, "it is of another journal", "I13") for seq, _ in differ)


def _look_for_secrets(folder: DataFolder, report: Report) -> None:
    """I18: the token of the running process and the audit log's key are in no log and in no durable file."""
    secrets = [secret for secret in (_token(folder), *_keys(folder.root)) if secret]
    logs = sorted(folder.logs.glob("*.jsonl*")) if folder.logs.is_dir() else []
    files = ((path.relative_to(folder.root).as_posix(), _tail(path)) for path in logs)
    report.add(Problem(text.partition(" holds")[0], 0, text, "I18") for text in outside.secrets_in(files, secrets))


def _token(folder: DataFolder) -> bytes:
    try:
        return str(json.loads(folder.instance.read_text())["token"]).encode()
    except (OSError, ValueError, KeyError, TypeError):
        return b""


def _keys(root: Path) -> Iterator[bytes]:
    for place in second_places(root):
        try:
            key = (place / "audit.key").read_bytes()
        except OSError:
            continue
        yield key
        yield key.hex().encode()


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _LOG_BYTES_MAX, 0))
        return file.read()

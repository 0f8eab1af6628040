"""What a loss of power may leave of files: a recording of a process's writes and syncs, and images made from it.

What was synced is there. What was written since may be there whole, in part (sector by sector) or not at all, in any
order; a name that was made is there for sure only when its folder was synced.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final

SECTOR: Final = 512
CALLS: Final = "openat,close,pwrite64,write,fsync,fdatasync,ftruncate,unlink,rename"
LINE: Final = re.compile(r"^(?:\d+ +)?(?P<call>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)")
UNFINISHED: Final = re.compile(r"^(?P<process>\d+) +(?P<start>.*) <unfinished \.\.\.>$")
RESUMED: Final = re.compile(r"^(?P<process>\d+) +<\.\.\. \w+ resumed>(?P<rest>.*)$")


@dataclass(frozen=True, slots=True)
class Event:
    """One call: what it was, the file's name, place and bytes of a write, or the line that was said."""

    what: str
    name: str = ""
    offset: int = 0
    data: bytes = b""


def record(command: list[str], folder: Path, strace: str, *, cwd: Path, environment: dict[str, str]) -> list[Event]:
    """Runs `command` and gives what it did to files below `folder`, and each line that it said ("said")."""
    log = folder.with_name(folder.name + ".trace")
    watched = [strace, "-f", "--seccomp-bpf", "-qq", "-xx", "-s", "10000000", "-e", f"trace={CALLS}", "-o", str(log)]
    subprocess.run([*watched, *command], cwd=cwd, env=environment, stdout=subprocess.DEVNULL, check=True)
    return Recording(folder).events(log.read_text("ascii").splitlines())


class Recording:
    """Reads strace's lines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[int, str] = {1: "stdout"}
        self._places: dict[int, int] = {}
        self._found: list[Event] = []

    def events(self, lines: list[str]) -> list[Event]:
        for line in joined(lines):
            match = LINE.match(line)
            if match and int(match["result"]) >= 0:
                self._take(match["call"], match["arguments"], int(match["result"]))
        return self._found

    def _take(self, call: str, arguments: str, result: int) -> None:
        if call in ("unlink", "rename"):
            names = [self._inside(text) for text in strings(arguments)]
            assert call == "unlink" or not any(names), "a rename is not in the model"
            self._note("unlink", names[0])
        elif call == "openat":
            self._opened(strings(arguments)[0], arguments, result)
        else:
            number = int(arguments.partition(",")[0])
            if number in self._open:
                self._on_file(call, number, arguments)

    def _opened(self, path: bytes, arguments: str, number: int) -> None:
        name = self._inside(path)
        self._open.pop(number, None)
        if name:
            self._open[number] = name
            if "O_CREAT" in arguments and name not in {event.name for event in self._found}:
                self._note("create", name)

    def _on_file(self, call: str, number: int, arguments: str) -> None:
        name = self._open[number]
        if call == "close":
            del self._open[number]
        elif call == "write" and name == "stdout":
            self._found.append(Event("said", data=strings(arguments)[0]))
        elif call == "pwrite64":
            self._note("write", name, int(arguments.rpartition(",")[2]), strings(arguments)[0])
        elif call == "ftruncate":
            self._note("truncate", name, int(arguments.rpartition(",")[2]))
        elif call in ("fsync", "fdatasync"):
            self._note("sync", name)
        else:
            raise AssertionError(f"{call} on {name} is not in the model")

    def _note(self, what: str, name: str, offset: int = 0, data: bytes = b"") -> None:
        if name and not name.endswith(("-shm", ".lock")):  # of no use after a restart
            self._found.append(Event(what, name, offset, data))

    def _inside(self, path: bytes) -> str:
        found = Path(path.decode())
        return found.relative_to(self.folder.parent).as_posix() if found.is_relative_to(self.folder) else ""


def joined(lines: list[str]) -> list[str]:
    """Lines of several threads, with what strace had to break put together."""
    whole, begun = [], {}
    for line in lines:
        if match := UNFINISHED.match(line):
            begun[match["process"]] = match["start"]
        elif match := RESUMED.match(line):
            whole.append(begun.pop(match["process"]) + match["rest"])
        else:
            whole.append(line)
    return whole


def strings(arguments: str) -> list[bytes]:
    return [bytes.fromhex(text.replace("\\x", "")) for text in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', arguments)]


@dataclass(slots=True)
class File:
    """What is on the disk for sure, and the writes since."""

    synced: bytearray = field(default_factory=bytearray)
    since: list[Event] = field(default_factory=list)
    named: bool = False

    def settle(self) -> None:
        for event in self.since:
            put(self.synced, event)
        self.since.clear()


def put(content: bytearray, event: Event) -> None:
    if event.what == "truncate":
        del content[event.offset :]
        content.extend(bytes(event.offset - len(content)))
        return
    content.extend(bytes(max(0, event.offset + len(event.data) - len(content))))
    content[event.offset : event.offset + len(event.data)] = event.data


class Disk:
    """A disk on which events happen, until the power goes."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.files: dict[str, File] = {}
        self.said: list[str] = []

    def happen(self, event: Event) -> None:
        if event.what == "said":
            self.said += event.data.decode().splitlines()
        elif event.what == "sync" and event.name == self.folder:
            for file in self.files.values():
                file.named = True
        elif event.what == "sync":
            self.files[event.name].settle()
        elif event.what == "unlink":
            self.files.pop(event.name, None)
        elif event.what == "create":
            self.files[event.name] = File()
        else:
            self.files[event.name].since.append(event)

    def image(self, chance: Random) -> dict[str, bytes]:
        """One of the things that the power may leave."""
        mode = chance.choice(["nothing", "everything", "first", "some", "torn"])
        kept = {name: file for name, file in self.files.items() if file.named or chance.random() < 0.5}
        return {name: self._content(file, mode, chance) for name, file in kept.items()}

    def _content(self, file: File, mode: str, chance: Random) -> bytes:
        content = bytearray(file.synced)
        first = chance.randint(0, len(file.since))
        for number, event in enumerate(file.since):
            if (
                mode == "everything"
                or (mode == "first" and number < first)
                or (mode == "some" and chance.random() < 0.5)
            ):
                put(content, event)
            elif mode == "torn":
                for sector in sectors(event):
                    if chance.random() < 0.7:
                        put(content, sector)
        return bytes(content)


def sectors(event: Event) -> list[Event]:
    """A write as the sectors that the disk takes one by one; a change of length is one piece."""
    if event.what == "truncate":
        return [event]
    cuts = [0, *range(SECTOR - event.offset % SECTOR, len(event.data), SECTOR), len(event.data)]
    return [Event("write", event.name, event.offset + a, event.data[a:b]) for a, b in pairwise(cuts) if a < b]

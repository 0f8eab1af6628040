"""The measuring project in Rust: built once by cargo, its programs answer in JSON."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench import HERE

PROJECT = HERE / "native"
SHARED = Path(os.environ.get("PARROT_SHARED", HERE.parent.parent / "shared")) / "matching"
SECONDS_MAX = 600


@dataclass(frozen=True)
class Stream:
    """A file of orders and the row of the reference that tells what comes of it."""

    name: str
    path: Path
    truth: dict[str, int | str]

    @property
    def ops(self) -> int:
        """Operations in the file."""
        return int(self.truth["ops"])

    def judge(self, found: dict[str, Any]) -> tuple[bool, str]:
        """Whether all that was found is so in the reference, and how to say it."""
        wrong = [name for name, value in found.items() if name in self.truth and value != self.truth[name]]
        if wrong:
            return False, f"differs: {wrong[0]} {found[wrong[0]]}, not {self.truth[wrong[0]]}"
        return True, f"equal: {found['trades']:,} trades"


def lacking() -> str:
    """What of this machine is missing to measure here; empty when nothing is."""
    tools = [name for name in ("g++", "cargo") if not shutil.which(name)]
    if tools:
        return f"no {' and no '.join(tools)} on this machine"
    return "" if SHARED.is_dir() else f"no folder {SHARED} (PARROT_SHARED names another place for shared/)"


@cache
def streams(folder: Path, ops: int) -> tuple[Stream, ...]:
    """The streams of `ops` operations that the reference knows, generated into `folder`."""
    made = folder / "gen"
    subprocess.run(["g++", "-O2", "-o", made, SHARED / "gen.cpp"], check=True)
    kinds = {"s1_5m": (1, 42, 10_000), "s100_5m": (100, 43, 1_000)}
    truths = {(name, row["ops"]): row for name, row in map(_row, (SHARED / "reference.txt").read_text().splitlines())}
    found = []
    for name, recipe in kinds.items():
        path = folder / f"{name}_{ops}.bin"
        subprocess.run([made, path, str(ops), *map(str, recipe)], check=True, stdout=subprocess.DEVNULL)
        found.append(Stream(name.split("_")[0], path, truths[name, ops]))
    return tuple(found)


def _row(line: str) -> tuple[str, dict[str, int | str]]:
    pairs = dict(re.findall(r"(\w+)=(\w+)", line))
    return line.split()[0], {name: text if "hash" in name else int(text) for name, text in pairs.items()}


@cache
def build() -> None:
    """Builds every program; cargo's own words say what is wrong when it cannot."""
    command = ["cargo", "build", "--release", "--locked", "--quiet", "--manifest-path", PROJECT / "Cargo.toml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"cargo build: {done.stderr.strip().splitlines()[-1]}")


def version(crate: str) -> str:
    """The version that the lock file holds."""
    text = (PROJECT / "Cargo.lock").read_text("utf-8")
    found = re.search(rf'name = "{crate}"\nversion = "([^"]+)"', text)
    return found[1] if found else "?"


def run(program: str, *arguments: object) -> dict[str, Any]:
    """What a program answers; one that fails raises."""
    build()
    return _answer([str(PROJECT / "target/release" / program), *map(str, arguments)])


def journal(folder: Path, records: int) -> dict[str, Any]:
    """What the journal's own measuring program answers; its files lie in `folder`."""
    manifest = HERE.parent / "native" / "Cargo.toml"
    cargo = ["cargo", "run", "--release", "--locked", "--quiet", "--manifest-path", manifest, "-p", "parrot-journal"]
    return _answer([*map(str, cargo), "--example", "journal_speed", "--", str(folder), str(records)])


def _answer(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    if done.returncode:
        words = done.stderr.strip().splitlines() or ["failed"]
        raise RuntimeError(f"{Path(command[0]).name}: {words[-1]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer

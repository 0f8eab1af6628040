"""What the documentation shows, works. docs/README.md states the rules for writers."""

from __future__ import annotations

import contextlib
import doctest
import json
import os
import shutil
import signal
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import shared_folder
from tests.docs.pages import PAGES, ROOT, Block, blocks

NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
WITH_CODE = [page for page in PAGES if any(not block.skipped for block in blocks(page))]
SECONDS_MAX = 60


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh folder that looks like a checkout to the reader of a page; the current folder while the test runs."""
    folder = tmp_path / "parrot"
    folder.mkdir()
    if (ROOT / "strategies").is_dir():
        shutil.copytree(ROOT / "strategies", folder / "strategies", ignore=shutil.ignore_patterns("__pycache__"))
    if recorded := shared_folder():
        (tmp_path / "shared").symlink_to(recorded)
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    known = set(sys.modules)
    yield folder
    _end_platforms(folder)
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], "__file__", None)).startswith(str(folder)):
            del sys.modules[name]


def _end_platforms(folder: Path) -> None:
    """A page that failed half-way must not leave a platform behind."""
    for instance in folder.rglob("run/instance.json"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(json.loads(instance.read_text())["pid"], signal.SIGKILL)


class Page:
    """One page being run: its blocks in their order, Python blocks in one module."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.source = source
        self.file = folder / f"{source.stem.replace('-', '_').lower()}_page.py"
        self.module = types.ModuleType(self.file.stem)
        self.module.__file__ = str(self.file)

    def run(self, block: Block) -> None:
        if block.language == "python":
            self.run_python(block)
        elif block.language == "bash":
            self.run_shell(block.code, block.line)
        else:
            self.run_console(block)

    def run_python(self, block: Block) -> None:
        # Written at the same lines as in the page, so that tracebacks and sources point to the right place.
        written = self.file.read_text("utf-8") if self.file.exists() else ""
        padding = "\n" * (block.line - 1 - written.count("\n"))
        self.file.write_text(written + padding + block.code, "utf-8")
        code = compile("\n" * (block.line - 1) + block.code, str(self.file), "exec", dont_inherit=True)
        exec(code, self.module.__dict__)

    def run_shell(self, command: str, line: int) -> str:
        shell = ["bash", "-euo", "pipefail", "-c", command]
        done = subprocess.run(shell, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
        assert done.returncode == 0, f"{self.source.name}:{line}: {command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def run_console(self, block: Block) -> None:
        for command, expected in console_steps(block.code):
            printed = self.run_shell(command, block.line)
            flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
            matches = doctest.OutputChecker().check_output(expected, printed, flags)
            assert matches or not expected, f"{self.source.name}:{block.line}: {command} printed\n{printed}"


def console_steps(code: str) -> list[tuple[str, str]]:
    """Pairs of a command and the output shown below it."""
    steps: list[tuple[str, str]] = []
    for line in code.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], ""))
        else:
            command, output = steps.pop()
            steps.append((command, f"{output}{line}\n"))
    return steps


@pytest.mark.parametrize("source", WITH_CODE, ids=[page.relative_to(ROOT).as_posix() for page in WITH_CODE])
def test_the_code_of_a_page_runs(source: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runnable = [block for block in blocks(source) if not block.skipped]
    if any("../shared" in block.code for block in runnable) and not (checkout.parent / "shared").exists():
        pytest.skip("the page reads recorded data, and there is no shared folder")
    page = Page(source, checkout)
    monkeypatch.setitem(sys.modules, page.module.__name__, page.module)
    for block in runnable:
        page.run(block)


@pytest.mark.parametrize("source", PAGES, ids=NAMES)
def test_a_block_that_does_not_run_says_why(source: Path) -> None:
    odd = [
        block for block in blocks(source) if (block.skipped and not block.reason) or (block.info and not block.skipped)
    ]
    assert not odd, f"write `no-run: reason` after the language at lines {[block.line for block in odd]}"


def test_console_output_belongs_to_the_command_above_it() -> None:
    assert console_steps("$ one\na\nb\n$ two\n$ three\nc\n") == [("one", "a\nb\n"), ("two", ""), ("three", "c\n")]

"""The examination of the machine before the first build."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT

SCRIPT = ROOT / "requirements" / "machine"
SHELL_TOOLS = ("bash", "env", "cut", "sort", "head")


def examine(folder: Path, programs: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs the examination where only the shell's own tools and `programs` (name: text of a script) exist."""
    for name in SHELL_TOOLS:
        (folder / name).symlink_to(str(shutil.which(name)))
    for name, text in programs.items():
        (folder / name).write_text(f"#!{shutil.which('bash')}\n{text}\n", "utf-8")
        (folder / name).chmod(0o755)
    environment = {"PATH": str(folder)}
    return subprocess.run([SCRIPT], env=environment, capture_output=True, text=True, check=False, timeout=30)


def test_a_bare_machine_is_told_all_that_is_missing_at_once(tmp_path: Path) -> None:
    done = examine(tmp_path, {})
    assert done.returncode == 1
    assert not done.stdout
    for missing in (
        "Python 3.11 or newer (found: none)",
        "a C linker",
        "cargo 1.85 or newer",
        "node 20.9",
        "apt-get install",
    ):
        assert missing in done.stderr


def test_tools_that_are_too_old_are_named_with_their_version(tmp_path: Path) -> None:
    old = {
        "python3": 'echo "Python 3.9.2"; [ "$1" = --version ]',
        "cc": "",
        "cargo": 'echo "cargo 1.70.0 (hash)"',
        "node": "echo v18.20.4",
        "npm": "",
    }
    old |= {"node": "echo v18.20.4", "npm": ""}
    done = examine(tmp_path, old)
    assert done.returncode == 1
    assert "found: Python 3.9.2" in done.stderr
    assert "found 1.70.0" in done.stderr
    assert "found v18.20.4" in done.stderr
    assert "found v18.20.4" in done.stderr
    assert "linker" not in done.stderr


def test_a_machine_that_has_everything_gets_the_python_to_use(tmp_path: Path) -> None:
    whole = {"python3": f'exec {sys.executable} "$@"', "cc": "", "cargo": 'echo "cargo 1.95.0 (hash)"'}
    done = examine(tmp_path, whole | {"node": "echo v20.9.0", "npm": ""})
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "python3")

"""The hand-written types of the compiled module against the module itself."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.sources import ROOT


def test_the_stub_matches_the_compiled_module() -> None:
    command = [
        sys.executable,
        "-m",
        "mypy.stubtest",
        "parrot._core",
        "--mypy-config-file",
        str(ROOT / "pyproject.toml"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

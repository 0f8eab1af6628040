"""The command `parrot` as people run it: a process of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-c", "import sys; from parrot.app.cli import main; sys.exit(main())"]

CROSS = '''from parrot.sdk import Annotated, Range, Strategy


class Cross(Strategy):
    """Long while the close is above its average."""

    n: Annotated[int, Range(2, 200)] = 20

    def init(self):
        self.average = self.sma(self.n)

    def on_bar(self, bar):
        self.target(0.9 if bar.close > self.average[0] else 0, why="side of the average")
'''


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PARROT_HOME": str(home), "NO_COLOR": "1"}


def parrot(
    *words: str, cwd: Path, home: Path | None = None, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs one command to its end."""
    return subprocess.run(
        [*PROGRAM, *words],
        cwd=cwd,
        env=environment(home or cwd / "var"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=before,
    )


def started(*words: str, cwd: Path) -> subprocess.Popen[str]:
    """Starts one command."""
    return subprocess.Popen(
        [*PROGRAM, *words],
        cwd=cwd,
        env=environment(cwd / "var"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A build server may start the tests with Ctrl-C ignored, which children would inherit.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def told(*words: str, cwd: Path, code: int = 0) -> Any:
    """What a command answers as JSON, inside this process: quicker, for what needs no process of its own."""
    from parrot.app.cli import main

    out = io.StringIO()
    with contextlib.chdir(cwd), mock.patch.dict(os.environ, environment(cwd / "var")), contextlib.redirect_stdout(out):
        ended = main([*words, "--json"])
    assert ended == code, out.getvalue()
    return json.loads(out.getvalue())


def answer(done: subprocess.CompletedProcess[str], code: int = 0) -> Any:
    """The JSON document on stdout of a command that ended with `code`."""
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)

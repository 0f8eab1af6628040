"""What every section is given: sizes, repeats, a folder for data, and peers in an environment of their own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PEER_SECONDS_MAX = 240
FLOAT_NOISE = 1e-9  # relative: peers sum money in floats


@dataclass(frozen=True)
class Bench:
    """One run of the benchmarks."""

    quick: bool
    folder: Path
    peers_python: str

    def size(self, count: int) -> int:
        """`count`, or a tenth of it in a quick run."""
        return count // 10 if self.quick else count

    def repeats(self, count: int) -> int:
        """How often a thing is measured."""
        return 1 if self.quick else count

    def store(self, name: str, columns: dict[str, Any]) -> Path:
        """Columns as a file that peers read; written once."""
        import numpy as np

        path = self.folder / f"{name}.npz"
        if not path.exists():
            np.savez(path, **columns)
        return path

    def peer(self, script: str, *arguments: object) -> dict[str, Any]:
        """What a peer answers, or {"missing": why}."""
        if not Path(self.peers_python).exists():
            return {"missing": "peers are not installed (make bench installs them)"}
        return ask([self.peers_python, str(HERE / "peers" / f"{script}.py"), *map(str, arguments)])

    def fresh(self, script: str, *arguments: object) -> dict[str, Any]:
        """What one of our scripts answers in a process of its own."""
        return ask([sys.executable, str(HERE / "fresh" / f"{script}.py"), *map(str, arguments)])


def ask(command: list[str]) -> dict[str, Any]:
    """The last line that a script printed, as JSON."""
    path = os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        done = subprocess.run(
            command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, timeout=PEER_SECONDS_MAX
        )
    except subprocess.TimeoutExpired:
        return {"missing": f"gave up after {PEER_SECONDS_MAX} s"}
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        words = done.stderr.strip().splitlines()
        return {"missing": words[-1][:100] if words else f"ended with {done.returncode}"}
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer


def close(left: float, right: float) -> bool:
    """Equal but for float noise."""
    return abs(left - right) <= FLOAT_NOISE * max(abs(left), abs(right))

"""`import parrot` is quick, and loads what is used when it is used."""

from __future__ import annotations

import json
import subprocess
import sys

SECONDS_MAX = 0.3
HEAVY = ("numpy", "polars", "pandas", "pyarrow", "ccxt", "exchange_calendars", "typer", "rich", "parrot._core")


def run(code: str) -> dict[str, object]:
    """What a fresh interpreter prints as JSON."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


def test_importing_parrot_loads_nothing_heavy() -> None:
    answer = run(f"import parrot, sys, json; print(json.dumps({{'loaded': [n for n in {HEAVY} if n in sys.modules]}}))")
    assert answer["loaded"] == []


def test_importing_parrot_is_quick() -> None:
    code = "import time; start = time.perf_counter(); import parrot; took = time.perf_counter() - start; import json; "
    answers = [run(f"{code} print(json.dumps({{'seconds': took}}))") for _ in range(3)]
    assert min(float(str(answer["seconds"])) for answer in answers) < SECONDS_MAX


def test_a_back_test_needs_neither_exchanges_nor_pandas() -> None:
    unneeded = ("ccxt", "pandas", "exchange_calendars", "typer")
    code = "import parrot, sys, json; parrot.backtest; parrot.Market; "
    answer = run(f"{code} print(json.dumps({{'loaded': [n for n in {unneeded} if n in sys.modules]}}))")
    assert answer["loaded"] == []

"""The program that writes the report of a kept run: python -m parrot.app.workers.rendering RUN_ID PATH."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from parrot.app.rerun import kept_bars
from parrot.app.wiring import backtests
from parrot.centers.backtest.reporting import write_saved_report

_NICE: Final = 10


def main(run_id: str, path: Path) -> None:
    """Writes it. Raises errors of the tree."""
    os.nice(_NICE)
    kept = backtests().load(run_id)
    bars, _ = kept_bars(kept.record)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_saved_report(kept, bars, path)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

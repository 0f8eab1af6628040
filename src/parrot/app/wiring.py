"""Which adapter stands behind which port, and where their files are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from parrot.adapters.clock import SystemClock

if TYPE_CHECKING:
    from parrot.centers.backtest.desk import Backtests
    from parrot.centers.market_data.service import MarketData
    from parrot.ports.runs import RunStore


def home() -> Path:
    """The folder of everything that Parrot keeps: PARROT_HOME, else `var` in the current folder."""
    return Path(os.environ.get("PARROT_HOME") or "var").expanduser()


def run_store() -> RunStore:
    """Saved runs, in `runs` below home."""
    from parrot.adapters.runs import FileRuns

    return FileRuns(home() / "runs", SystemClock().now_ns)


def backtests() -> Backtests:
    """The back-test center."""
    from parrot.centers.backtest.manifest import Ports, build

    return build(Ports(run_store()))


def market_data() -> MarketData:
    """The market-data center on the lake in `lake` below home."""
    from parrot.adapters.lake.files import FileLake
    from parrot.adapters.venues.ccxt import CcxtVenue
    from parrot.centers.market_data.manifest import Ports, build

    return build(Ports(FileLake(home() / "lake"), CcxtVenue, SystemClock()))

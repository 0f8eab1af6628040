"""What the full result of a back-test adds to the memory that its data take: MB of resident memory, now and at most."""

import ctypes
import gc
import sys
from pathlib import Path

import numpy as np
from clock import answer
from measured_strategies import SmaCross

import parrot

MB = 1024 * 1024


def memory(name: str) -> float:
    """`name` (VmRSS now, VmHWM at most) of this process, MB."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 / MB for line in lines if line.startswith(name + ":"))


def give_back() -> None:
    """Returns freed memory to the system, so that a later allocation counts as added."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


def main(path: str) -> None:
    few = parrot.read_bars({name: column[:1000] for name, column in np.load(path).items()})
    small = parrot.backtest(SmaCross, few)
    small.stats, small.equity, small.fills, small.orders, small.trades  # noqa: B018  # everything is imported now
    bars = parrot.read_bars(dict(np.load(path)))
    give_back()
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # forget the peak so far
    before = memory("VmRSS")
    result = parrot.backtest(SmaCross, bars, cash=1_000_000, fees="10bp")
    frames = (result.stats, result.equity, result.fills, result.orders, result.trades)
    gc.collect()
    data = sum(getattr(bars, name).nbytes for name in bars.__slots__ if hasattr(getattr(bars, name), "nbytes"))
    answer(
        added=memory("VmRSS") - before,
        peak=memory("VmHWM") - before,
        data=data / MB,
        frames=sum(frame.estimated_size() for frame in frames[1:]) / MB,
        fills=len(result.fills),
    )


main(sys.argv[1])

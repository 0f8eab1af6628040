"""Measures Parrot against its targets and its peers: `make bench`, or run.py [--quick] [--only SECTION ...]."""

import argparse
import os
import platform
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

from bench import HERE, Bench
from rich.console import Console
from table import Row, keep, show

SECTIONS = (
    *("floor", "bars", "symbols", "ticks", "indicators", "memory", "matching", "market_data", "spine", "exchange"),
    "stream",
)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the data, each thing once")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, help="sections (default: all)")
    parser.add_argument("--peers", default=os.environ.get("PEERS_PYTHON", str(HERE.parent / ".venv-bench/bin/python")))
    parser.add_argument("--results", type=Path, default=HERE.parent / ".benchmarks", help="folder for JSON")
    return parser.parse_args()


def one_core() -> int:
    """Keeps this process and its peers on one core, before NumPy and polars count cores; says how many there were."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if cores:
        os.sched_setaffinity(0, cores[-1:])
    return len(cores) or os.cpu_count() or 1


def machine(cores: int) -> dict[str, object]:
    """Where the figures come from."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return {"cpu": model, "cores": cores, "python": platform.python_version(), "system": platform.system()}


def section(name: str, bench: Bench, console: Console) -> list[Row]:
    """Measures and prints one section; one that fails says so and leaves the others alone."""
    module = import_module(f"sections.{name}")
    start = time.monotonic()
    try:
        rows: list[Row] = module.measure(bench)
    except Exception as fault:  # noqa: BLE001  # whatever goes wrong in one section, the others are still wanted
        if bench.quick:
            console.print_exception()
        rows = [Row(f"{name} failed", None, "", checked=f"{type(fault).__name__}: {fault}"[:160])]
    show(console, module.TITLE, rows, f"{time.monotonic() - start:.0f} s")
    return rows


def main() -> int:
    options = arguments()
    console = Console(width=None if sys.stdout.isatty() else 150)
    where = machine(one_core())
    load = os.getloadavg()[0]
    console.print(f"{where['cpu']}, one of {where['cores']} cores, Python {where['python']}; processor time, medians")
    if load > 0.7:
        console.print(f"[yellow]The machine is busy (load {load:.1f}); on a quiet one figures are better.[/]")
    with tempfile.TemporaryDirectory(prefix="parrot-bench-") as folder:
        bench = Bench(options.quick, Path(folder), options.peers)
        found = {name: section(name, bench, console) for name in SECTIONS if name in options.only}
    missed = [row.short for rows in found.values() for row in rows if row.missed]
    failed = [row.what for rows in found.values() for row in rows if row.what.endswith(" failed")]
    said = "[red]Targets missed:[/]\n  " + "\n  ".join(missed) if missed else "All targets met."
    console.print(f"[red]{', '.join(failed)}[/]" if failed else said)
    console.print(f"Written: {keep(options.results, time.strftime('%Y%m%d-%H%M%S'), where, found)}", soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

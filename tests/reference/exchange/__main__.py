"""The long run: python -m tests.reference.exchange [--commands 10000000] [--seed 0] [--processes 2]."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from multiprocessing import Pool

from tests.reference.exchange.commands import sequence
from tests.reference.exchange.drive import LENGTHS, divergence, shrink


def one(seed: int) -> tuple[int, int, str]:
    """One exchange's life: its seed, how many commands were compared, and the difference if there is one."""
    found, commands = divergence(sequence(seed, LENGTHS[seed % len(LENGTHS)]))
    return seed, commands, str(shrink(found)) if found else ""


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak", description="random commands through the model and the engine")
    parser.add_argument("--commands", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed; the others follow")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--all", action="store_true", help="go on after a difference")
    asked = parser.parse_args()
    with Pool(asked.processes, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)) as pool:
        try:
            return run(pool.imap_unordered(one, range(asked.seed, sys.maxsize), 4), asked)
        except KeyboardInterrupt:
            print("\ninterrupted")
            return 130
        finally:
            pool.terminate()


def run(lives, asked: argparse.Namespace) -> int:
    started, shown, commands, exchanges, differences = time.perf_counter(), 0.0, 0, 0, 0
    for seed, compared, told in lives:
        commands, exchanges = commands + compared, exchanges + 1
        if told:
            differences += 1
            print(f"seed {seed}: model and engine part\n{told}", flush=True)
        passed = time.perf_counter() - started
        over = commands >= asked.commands or (told and not asked.all)
        if passed - shown >= 10 or over:
            shown = passed
            rate = commands / passed
            print(
                f"{commands:,} commands on {exchanges:,} exchanges, {rate:,.0f}/s, {differences} differences",
                flush=True,
            )
        if over:
            break
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())

"""Many seeds in a few processes, with progress, and a place to go on from."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path

from tests.simulation.parts import real_parts
from tests.simulation.world import Outcome, World

CHUNK = 25


@dataclass(slots=True)
class Tally:
    """What the seeds so far came to."""

    done: int = 0
    faults: int = 0
    orders: int = 0
    fills: int = 0
    crashes: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    failures: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.done += 1
        self.faults += outcome.faults
        self.orders += outcome.orders
        self.fills += outcome.fills
        self.crashes += outcome.crashes
        self.kinds.update(outcome.kinds)
        if outcome.violation:
            self.failures.append(outcome)

    def __str__(self) -> str:
        mean = self.faults / max(1, self.done)
        return (
            f"{self.done:,} seeds, {mean:.1f} faults a seed, {self.crashes:,} crashes, {self.orders:,} orders, "
            f"{self.fills:,} fills, {len(self.failures)} violations"
        )


def run_seed(seed: int) -> Outcome:
    return World(seed, real_parts).run()


def run_chunk(seeds: list[int]) -> list[Outcome]:
    return [run_seed(seed) for seed in seeds]


def outcomes(seeds: Iterable[int], processes: int) -> Iterator[Outcome]:
    listed = list(seeds)
    chunks = [listed[at : at + CHUNK] for at in range(0, len(listed), CHUNK)]
    if processes < 2:
        for chunk in chunks:
            yield from run_chunk(chunk)
        return
    with get_context("spawn").Pool(processes) as pool:
        for found in pool.imap(run_chunk, chunks):
            yield from found


def run_all(
    seeds: range, *, processes: int = 2, tell: Callable[[Tally], None] = lambda tally: None, stop_after: int = 5
) -> Tally:
    """Runs the seeds in order; ends early after `stop_after` violations."""
    tally = Tally()
    for outcome in outcomes(seeds, processes):
        tally.add(outcome)
        tell(tally)
        if len(tally.failures) >= stop_after:
            break
    return tally


class Progress:
    """One line a second on the terminal, and a file that says from which seed to go on."""

    def __init__(self, first: int, last: int, place: Path) -> None:
        self.first = first
        self.last = last
        self.place = place
        self.began = self.told = time.monotonic()

    def __call__(self, tally: Tally) -> None:
        now = time.monotonic()
        if now - self.told < 1 and self.first + tally.done < self.last:
            return
        self.told = now
        rate = tally.done / (now - self.began)
        left = (self.last - self.first - tally.done) / max(rate, 0.01)
        self.place.parent.mkdir(parents=True, exist_ok=True)
        self.place.write_text(
            json.dumps({"next": self.first + tally.done, "failures": [asdict(f) for f in tally.failures]})
        )
        sys.stderr.write(f"\r{tally}, {rate:.0f}/s, {left / 60:.0f} min left   ")
        sys.stderr.flush()


def cores() -> int:
    return len(os.sched_getaffinity(0))

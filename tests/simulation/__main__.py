"""`python -m tests.simulation`: many seeds of the whole order path; `--seed N` runs one and tells its story."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.simulation.parts import real_parts
from tests.simulation.runner import Progress, Tally, cores, run_all
from tests.simulation.story import tell_story
from tests.simulation.world import World

PLACE = Path("var/chaos/simulation.json")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200_000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first one")
    parser.add_argument("--processes", type=int, default=cores())
    parser.add_argument("--resume", action="store_true", help=f"go on where {PLACE} says")
    parser.add_argument("--seed", type=int, help="run one seed and print what happened in it")
    parser.add_argument("--lines", type=int, default=0, help="with --seed: only so many last lines")
    options = parser.parse_args()
    if options.seed is not None:
        outcome = tell_story(World(options.seed, real_parts), lines=options.lines)
        print(outcome)
        return 1 if outcome.violation else 0
    first = json.loads(PLACE.read_text())["next"] if options.resume and PLACE.exists() else options.first
    last = options.first + options.seeds
    progress = Progress(first, last, PLACE)
    tally = Tally()
    try:
        tally = run_all(range(first, last), processes=options.processes, tell=progress)
    except KeyboardInterrupt:
        print(f"\nstopped; `make chaos CHAOS_ARGS=--resume` goes on (the place is kept in {PLACE})")
        return 130
    print(f"\n{tally}")
    for failure in tally.failures:
        print(f"seed {failure.seed}: {failure.violation}\n  again: python -m tests.simulation --seed {failure.seed}")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())

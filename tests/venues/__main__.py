"""`python -m tests.venues --orders 10000`: many orders through ccxt to the simulated exchange while faults go on."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.ports.trading.served import Served
from tests.venues.trial import Trial


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.venues")
    words.add_argument("--orders", type=int, default=10_000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--rate", type=float, default=60)
    words.add_argument("--pause", type=float, default=1.0, help="seconds between faults")
    words.add_argument("--keep", type=Path, help="a folder that keeps the journals")
    chosen = words.parse_args()
    exchange = Served()
    with tempfile.TemporaryDirectory() as made:
        folder = chosen.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        trial = Trial(exchange, folder, orders=chosen.orders, seed=chosen.seed, rate=chosen.rate, pause=chosen.pause)
        result = trial.run()
    exchange.stop()
    print(json.dumps(asdict(result), indent=2))
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

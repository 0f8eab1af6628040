"""What the matching engine costs from Python: one order at a time, and whole arrays of commands."""

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter_ns, process_time

import numpy as np
from numpy.typing import NDArray

from parrot import matching

MIDDLE, OWNERS = 100_000, 1000
ACCOUNTS = 10
EVERY = 64  # orders between two times that the events are dropped
BATCH = 4096


def commands(path: Path, settings: int) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """The commands of a file that `prepared` wrote: those that make the venue, and the stream."""
    found = np.fromfile(path, matching.COMMAND)
    return found[:settings], found[settings:]


def batches(settings: NDArray[np.void], stream: NDArray[np.void], repeats: int) -> tuple[float, str]:
    """Nanoseconds a command of the stream in batches, and the hash of the engine after it."""
    times = []
    for _ in range(repeats):
        core = matching.Core()
        core.execute(settings)
        core.clear_events()
        start = process_time()
        for at in range(0, len(stream), BATCH):
            core.execute(stream[at : at + BATCH])
            core.clear_events()
        times.append(process_time() - start)
    return median(times) / len(stream) * 1e9, f"{core.hash():016x}"


def exchange() -> matching.Exchange:
    """A venue with names and decimals: ten accounts with plenty, one symbol, fees."""
    venue = matching.Exchange()
    venue.add_currency("BTC", decimals=8)
    venue.add_currency("USD", decimals=6)
    venue.add_symbol("X", "BTC", "USD", price_decimals=2, quantity_decimals=4, tick="0.01", lot="0.0001")
    venue.set_fees(maker="1bp", taker="2bp")
    for number in range(ACCOUNTS):
        venue.add_account(f"A{number}")
        venue.deposit(f"A{number}", "BTC", 1_000_000)
        venue.deposit(f"A{number}", "USD", 1_000_000_000)
    venue.open("X")
    return venue


def in_units(count: int) -> float:
    """Median nanoseconds of `Exchange.submit_units`: whole numbers all the way."""
    venue = exchange()
    orders = [(0, owner % ACCOUNTS, side, price, quantity) for owner, side, price, quantity in _orders(count)]
    return _timed(venue, venue.submit_units, orders)


def with_names(count: int) -> float:
    """Median nanoseconds of `Exchange.submit` on the same orders: names, sides and decimals as text."""
    venue = exchange()
    orders = [
        (f"A{owner % ACCOUNTS}", "X", ("buy", "sell")[side], f"{quantity / 10_000:.4f}", f"{price / 100:.2f}")
        for owner, side, price, quantity in _orders(count)
    ]
    return _timed(venue, venue.submit, orders)


def _timed(venue: matching.Exchange, submit: Callable[..., int], orders: Sequence[tuple[object, ...]]) -> float:
    times = []
    for number, order in enumerate(orders):
        start = perf_counter_ns()
        submit(*order)
        times.append(perf_counter_ns() - start)
        if number % EVERY == 0:
            venue.core.clear_events()
    return median(times) - _empty(len(orders))


def _orders(count: int) -> list[tuple[int, int, int, int]]:
    chance = np.random.default_rng(1)
    side = chance.integers(0, 2, count)
    away = chance.integers(-2, 6, count)
    price = MIDDLE + np.where(side == 0, -away, away)
    columns = (chance.integers(0, OWNERS, count), side, price, chance.integers(1, 101, count))
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _empty(count: int) -> float:
    """What reading the clock twice costs."""
    times = []
    for _ in range(count):
        start = perf_counter_ns()
        times.append(perf_counter_ns() - start)
    return median(times)

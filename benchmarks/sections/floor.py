"""The physical floor: what calling a Python method once an event costs, whatever the engine around it does."""

from collections import deque
from itertools import repeat

from bench import Bench
from clock import seconds
from table import Row

TITLE = "Floor: a Python call for each event"
COUNT = 2_000_000


class Handler:
    """Has a handler that does nothing."""

    def on_bar(self, bar: object) -> None:
        """Does nothing."""


def called_from_c(bench: Bench) -> float:
    """ns for a method called from a loop in C, which is what a compiled engine does."""
    work = lambda: deque(map(Handler().on_bar, repeat(None, COUNT)), maxlen=0)  # noqa: E731  # timed as it stands
    return seconds(work, bench.repeats(5))[0] / COUNT * 1e9


def _loop() -> None:
    handler = Handler().on_bar
    for bar in repeat(None, COUNT):
        handler(bar)


def measure(bench: Bench) -> list[Row]:
    """Two loops."""
    python = seconds(_loop, bench.repeats(5))[0] / COUNT * 1e9
    return [
        Row("a loop in C calls an empty method", called_from_c(bench), "ns/call"),
        Row("a loop in Python calls an empty method", python, "ns/call"),
    ]

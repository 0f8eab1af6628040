"""Time of one core: processor time of this process (user and system), medians of several runs.

On an idle machine it equals wall time; on a busy one it leaves out what other programs took. Peers import this file
too, so it needs nothing but Python.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any


def seconds(work: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """The median time of `repeats` runs of `work` after one that is not counted, and what the last one returned."""
    result = work()
    found = []
    for _ in range(repeats):
        result = None
        gc.collect()
        start = time.process_time()
        result = work()
        found.append(time.process_time() - start)
    return median(found), result


def answer(**values: Any) -> None:
    """Prints the answer of a peer as one line of JSON, the last of its output."""
    sys.stdout.write("\n" + json.dumps(values) + "\n")

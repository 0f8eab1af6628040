"""How long `import parrot` takes, and with the functions that a first back-test loads: wall time of a new process."""

import time

start = time.perf_counter()
import parrot  # noqa: E402  # this import is what is timed

bare = time.perf_counter() - start
parrot.backtest  # noqa: B018  # loads what it needs
whole = time.perf_counter() - start

from clock import answer  # noqa: E402  # not part of what is timed

answer(bare=bare, whole=whole)

"""The garbage collector of a process that starts once and then runs for days."""

from __future__ import annotations

import gc


def hold() -> None:
    """Collects nothing until `settle`: what imports make stays, and looking through it takes a quarter of a start."""
    gc.disable()


def settle() -> None:
    """Collects again, but leaves out what is there by now: it would be looked through again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()

"""A run told line by line, for whoever looks for the fault."""

from __future__ import annotations

from collections import deque
from typing import Any

from parrot.app.desk import decode
from parrot.contracts.commands import Beat, Quoted
from tests.simulation.world import START, Outcome, World

QUIET = (Beat, Quoted)


def tell_story(world: World, *, lines: int = 0) -> Outcome:
    """Runs the world and prints what was taken, journalled and sent; with `lines` only so many last ones."""
    kept: deque[str] = deque(maxlen=lines or None)
    note = world.note

    def told(what: str, message: Any) -> None:
        note(what, message)
        if isinstance(message, QUIET):
            return
        at = (world.agenda.now - START) / 1e9
        shown = (
            f"#{(entry := decode(message)).seq} {entry.record}" if isinstance(message, bytes) and message else message
        )
        kept.append(f"{at:9.4f} {what:<8} {shown}")

    world.note = told
    outcome = world.run()
    print("\n".join(kept))
    return outcome

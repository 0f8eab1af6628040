"""`parrot verify`."""

from __future__ import annotations

from collections.abc import Mapping

from parrot.app.cli import options, screen
from parrot.app.cli.instance import Data, folder_of

NOT_WELL = 1


def verify(data: Data = None, as_json: options.AsJson = False) -> int:
    """Read every durable file of a platform whole; exit code 0 only when all invariants hold.

    The platform may run, be stopped, or be a copy. Nothing is changed.
    """
    from parrot.app.verify import Report
    from parrot.app.verify import verify as verify_folder

    report = verify_folder(folder_of(data))

    def draw(found: Report) -> None:
        for problem in found.problems:
            screen.say(f"problem  {problem}")
        for note in found.notes:
            screen.say(f"note     {note}")
        screen.values(
            [
                ("files", f"{found.files}, {found.entries:,} entries"),
                ("orders", f"{found.orders:,}, {found.fills:,} fills"),
                ("invariants", _told(found.invariants)),
                ("state", found.state_hash or "unknown"),
            ]
        )
        screen.say("All is well." if found.ok else f"{len(found.problems)} problems.")

    screen.answer(report.as_json(), lambda: draw(report), as_json=as_json)
    return 0 if report.ok else NOT_WELL


def _told(invariants: Mapping[str, str]) -> str:
    """How many hold, which do not, and which these files cannot tell."""
    broken = [name for name, told in invariants.items() if told == "violated"]
    elsewhere = [name for name, told in invariants.items() if told not in ("holds", "violated")]
    text = f"{len(invariants) - len(broken) - len(elsewhere)} hold"
    text += f", {', '.join(broken)} violated" if broken else ""
    return text + (f"; {', '.join(elsewhere)} are looked at elsewhere" if elsewhere else "")

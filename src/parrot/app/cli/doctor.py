"""`parrot doctor`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from parrot.app.cli import options, screen


def doctor(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port that `parrot up` would take.")] = 8000,
    as_json: options.AsJson = False,
) -> None:
    """Say whether this machine has what Parrot needs; exit code 1 when it does not."""
    from parrot.app.doctor import examine

    checks = examine(port)
    well = all(check.well for check in checks)

    def draw() -> None:
        rows = [(check.name, "ok" if check.well else "BAD", check.found) for check in checks]
        screen.table("", ("what", "state", "found"), rows, texts=3)
        for check in checks:
            if not check.well:
                screen.say(f"{check.name}: {check.fix}")
        screen.say("All is well." if well else "Something is missing.")

    screen.answer({"well": well, "checks": [asdict(check) for check in checks]}, draw, as_json=as_json)
    raise typer.Exit(0 if well else 1)

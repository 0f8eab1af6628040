"""`parrot up`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from parrot.app.cli import options, screen
from parrot.app.cli.instance import Data, folder_of
from parrot.app.garbage import hold


def up(
    data: Data = None,
    host: Annotated[str, typer.Option(help="Address to listen on; any but loopback needs TLS.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    tls_cert: Annotated[Path | None, typer.Option(metavar="FILE", help="Certificate in PEM: serve https.")] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Its key in PEM.")] = None,
    as_json: options.AsJson = False,
) -> None:
    """Trade, on paper unless the settings say otherwise: risk, execution and ledger here, strategies in children.

    Without settings a living exchange of its own is the venue; docs/how-to/real-venue.md says how to get to another.
    It goes on where the data directory's journals end, however the last process ended. Settings: settings.toml there.
    """
    hold()
    from parrot.app.folder import DataFolder
    from parrot.app.platform.front import open_front
    from parrot.app.platform.runtime import Runtime
    from parrot.app.platform.settings import read_settings

    folder = DataFolder(folder_of(data))
    settings = read_settings(folder.root / "settings.toml")
    front = open_front(settings.web, host, port, cert=tls_cert, key=tls_key)

    def ready(facts: dict[str, Any]) -> None:
        told = {"url": front.url, "data": str(folder.root.absolute()), **facts}
        text = (
            f"Parrot trades {facts['trades']}: {front.url} (Ctrl-C stops)\n"
            f"  {facts['replayed']:,} entries replayed; strategies: {', '.join(facts['strategies'])}\n"
            "  parrot status shows what it does"
        )
        if facts["setup"]:
            text += f"\n  first visit: open the page and give it the code {facts['setup']}"
        if facts["exchange"]:
            text += f"\n  others trade on the same venue: {facts['exchange']}"
        screen.answer(told, lambda: screen.say(text), as_json=as_json)
        for warning in facts["warnings"]:
            screen.note(f"LOOK: {warning}")

    try:
        runtime = Runtime(folder, settings)
        runtime.tell_code = lambda code: screen.note(f"the code for the first visit is now {code}")
        runtime.run(front, ready)
    finally:
        front.listener.close()
    if not as_json:
        screen.note("stopped")

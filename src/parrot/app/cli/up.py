"""`parrot up`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from parrot.app.cli import options, screen
from parrot.app.cli.instance import Data, folder_of


def up(
    data: Data = None,
    host: Annotated[str, typer.Option(help="Loopback address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    as_json: options.AsJson = False,
) -> None:
    """Trade, on paper unless the settings say otherwise: risk, execution and ledger here, strategies in children.

    Without settings a living exchange of its own is the venue; docs/how-to/real-venue.md says how to get to another.
    It goes on where the data directory's journals end, however the last process ended. Settings: settings.toml there.
    """
    from parrot.app.listening import listen
    from parrot.app.platform.folder import DataFolder
    from parrot.app.platform.runtime import Runtime
    from parrot.app.platform.settings import read_settings
    from parrot.app.wiring import home

    folder = DataFolder(folder_of(data))
    settings = read_settings(folder.root / "settings.toml")
    listener = listen(host, port)
    url = f"http://localhost:{listener.getsockname()[1]}"
    pages = home() / "demo"

    def ready(facts: dict[str, Any]) -> None:
        told = {"url": url, "data": str(folder.root.absolute()), "folder": str(pages.absolute()), **facts}
        text = (
            f"Parrot trades {facts['trades']}: {url} (Ctrl-C stops)\n"
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
        runtime = Runtime(folder, settings, pages)
        runtime.tell_code = lambda code: screen.note(f"the code for the first visit is now {code}")
        runtime.run(listener, url, ready)
    finally:
        listener.close()
    if not as_json:
        screen.note("stopped")

"""`parrot up`."""

from __future__ import annotations

from typing import Annotated

import typer

from parrot.app.cli import options, screen


def up(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on localhost; 0 takes a free one.")] = 8000,
    as_json: options.AsJson = False,
) -> None:
    """Back-test the example strategies on the demo market and serve their reports on this machine."""
    from parrot.app.exhibits import exhibit
    from parrot.app.serve import open_server, serve
    from parrot.app.wiring import home

    folder = home() / "demo"
    server = open_server(folder, port)
    try:
        exhibit(folder, screen.note)
    except BaseException:
        server.server_close()
        raise
    address = f"http://localhost:{server.server_address[1]}"

    def ready() -> None:
        told = {"url": address, "folder": str(folder.absolute())}
        screen.answer(told, lambda: screen.say(f"Reports are on {address} (Ctrl-C stops)"), as_json=as_json)

    serve(server, ready)
    if not as_json:
        screen.note("stopped")

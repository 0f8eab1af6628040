"""`parrot matching`: the matching engine on recorded order streams."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from parrot.app.cli import options, screen

app = typer.Typer(
    no_args_is_help=True,
    help="The matching engine: replay recorded order streams (in Python an exchange: parrot.matching.Exchange).",
)


@app.callback()
def matching() -> None:
    """The matching engine: replay recorded order streams."""


@app.command("replay")
def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An order stream of format PMB1.")],
    limit: Annotated[int | None, typer.Option(min=0, help="Replay the first operations only.")] = None,
    as_json: options.AsJson = False,
) -> None:
    """Replay an order stream, count its trades and hash them and the last book."""
    from parrot.engine.matching import replay as run

    found = run(file, limit)
    names = ("ops", "trades", "volume", "notional", "rejects", "resting", "levels")
    counts = [(name, f"{found[name]:,}") for name in names]
    hashes = [("trade hash", found["trade_hash"]), ("book hash", found["book_hash"])]
    seconds = found["seconds"]
    speed = f", {found['ops'] / seconds / 1e6:,.1f} million operations a second" if seconds > 0 else ""
    rows = [*counts, *hashes, ("matching", f"{seconds:.3f} s{speed}")]
    screen.answer(found, lambda: screen.values(rows), as_json=as_json)

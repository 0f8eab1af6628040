"""`parrot limits`."""

from __future__ import annotations

from typing import Annotated

import typer

from parrot.app.cli import options, screen
from parrot.app.cli.instance import By, Data, client

app = typer.Typer(no_args_is_help=True, help="Limits of a running platform, by the names of docs/reference/risk.md.")


@app.command("ls")
def ls(data: Data = None, as_json: options.AsJson = False) -> None:
    """Limits in force, how much of each is used, and who approved them."""
    rows = client(data).get("/api/v1/limits?limit=1000")["limits"]
    named = ("scope", "rule", "limit", "used", "version", "approver")
    drawn = [[row[name] for name in named] for row in rows]
    screen.answer({"limits": rows}, lambda: screen.table("", named, drawn, texts=2), as_json=as_json)


@app.command("set")
def put(
    scope: Annotated[str, typer.Argument(help="firm, account:NAME, user:NAME, strategy:ID or symbol:NAME")],
    values: Annotated[list[str], typer.Argument(metavar="RULE=VALUE...", help="Such as max_notional=5000")],
    by: By,
    data: Data = None,
    as_json: options.AsJson = False,
) -> None:
    """Set limits of a scope; its others stay. They bind at once, and are in the journal."""
    from parrot.app.sources import pairs

    running = client(data)
    rows = running.get("/api/v1/limits?limit=1000")["limits"]
    kept = {row["rule"]: row["limit"] for row in rows if row["scope"] == scope}
    limits = kept | pairs(values, "RULE=VALUE")
    running.send("PUT", "/api/v1/limits", {"scope": scope, "limits": limits, "approver": by})
    screen.answer({"scope": scope, "limits": limits}, lambda: screen.say(f"limits of {scope} are set"), as_json=as_json)

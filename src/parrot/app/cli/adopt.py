"""`parrot adopt`."""

from __future__ import annotations

from typing import Annotated

import typer

from parrot.app.cli import options, screen
from parrot.app.cli.instance import By, Data, client


def adopt(
    by: By,
    data: Data = None,
    reason: Annotated[str, typer.Option(help="Where the difference comes from; it stands in the records.")] = "",
    as_json: options.AsJson = False,
) -> None:
    """Take the venue's side of a difference in balances or trades, and trade freely again.

    An account that differs from its venue may only shrink its positions until a person has looked. The difference is
    posted to the ledger as an adjustment.
    """
    told = client(data).send("POST", "/api/v1/adopt", {"by": by, "reason": reason})
    taken = bool(told["records"])
    text = (
        "the venue's side is taken; the account trades freely"
        if taken
        else "nothing differs: there is nothing to adopt"
    )
    screen.answer(told, lambda: screen.say(text), as_json=as_json)

"""`parrot statement`."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from parrot.app.cli import options, screen
from parrot.app.cli.instance import Data, folder_of
from parrot.app.cli.moments import moment


def statement(
    data: Data = None,
    start: options.From = None,
    end: options.To = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="One row for each leg of each transaction.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """What an account had, what moved and what it has: the whole time, or from one moment to another (not included).

    Reads the journal beside a running platform; changes nothing.
    """
    from parrot.app.statements import statement_of

    since, until = moment(start, "--from"), moment(end, "--to")
    found = statement_of(folder_of(data), since=since, until=until)
    if as_csv:
        sys.stdout.write(found.as_csv())
    else:
        screen.answer(json.loads(found.as_json()), lambda: screen.say(found.as_text().rstrip()), as_json=as_json)

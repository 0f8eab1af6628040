"""`parrot strategy`."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from typing import Annotated

import typer

from parrot.app.cli import options, screen
from parrot.kernel.errors import InputError, StorageError

app = typer.Typer(no_args_is_help=True, help="Strategy files.")

_EXAMPLE = '''"""{doc}"""

from parrot.sdk import Annotated, Range, Strategy, pct


class {name}(Strategy):
    fast: Annotated[int, Range(5, 50)] = 10
    slow: Annotated[int, Range(20, 200)] = 30

    def init(self):
        self.f, self.s = self.sma(self.fast), self.sma(self.slow)

    def on_bar(self, bar):
        if self.f.crossed_above(self.s):
            self.target(0.95, stop=pct(5), why="fast crossed above slow")
        elif self.f.crossed_below(self.s):
            self.target(0, why="fast crossed below slow")
'''


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="Name of the strategy: my_idea or MyIdea; a path is fine too.")],
    as_json: options.AsJson = False,
) -> None:
    """Write an example strategy to start from; an existing file stays as it is."""
    given = Path(name).expanduser()
    stem = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", given.name.removesuffix(".py")).lower().replace("-", "_")
    if not stem.isidentifier() or keyword.iskeyword(stem):
        raise InputError(f"{name!r} is no name for a strategy", expected="a word such as my_idea")
    path = given.with_name(f"{stem}.py")
    title = "".join(word.capitalize() for word in stem.split("_"))
    text = _EXAMPLE.format(name=title, doc="Long while the fast average is above the slow one, with a stop below.")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{path} exists already", expected="a new file", fix="choose another name") from None
    except OSError as fault:
        raise StorageError(f"{path} cannot be written: {fault.strerror}", fix="choose another folder") from fault
    told = {"path": str(path), "strategy": title}
    screen.answer(told, lambda: screen.say(f"{path}: try parrot backtest {path} --data demo"), as_json=as_json)

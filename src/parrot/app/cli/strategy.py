"""`parrot strategy`: files of strategies, and strategies of a running platform."""

from __future__ import annotations

import getpass
import keyword
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from parrot.app.cli import options, screen
from parrot.app.cli.instance import Data, client
from parrot.kernel.errors import InputError, StorageError

app = typer.Typer(no_args_is_help=True, help="Strategy files, and strategies of a running platform.")

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


@app.command("start")
def start(
    strategy: Annotated[str, typer.Argument(metavar="ID", help="Its id, such as my-idea.")],
    file: Annotated[
        str | None,
        typer.Option(metavar="FILE.py[:Class]", help="Register this version first, else the known one runs."),
    ] = None,
    symbol: Annotated[list[str] | None, typer.Option(help="Symbol that it trades. Repeatable.")] = None,
    timeframe: Annotated[str, typer.Option(help="Length of its bars, such as 5s or 1m.")] = "5s",
    cash: Annotated[str, typer.Option(help="Size of its book.")] = "10000",
    settings: options.Settings = None,
    data: Data = None,
    by: Annotated[str, typer.Option("--by", help="Your name.")] = "",
    as_json: options.AsJson = False,
) -> None:
    """Let a strategy trade on a running platform, in a process of its own."""
    running, person = client(data), by or getpass.getuser()
    if file is not None:
        running.send("POST", "/api/v1/strategies", _version(strategy, file, symbol, timeframe, cash, settings, person))
    running.send("POST", f"/api/v1/strategies/{strategy}/start", {"by": person})
    screen.answer({"started": strategy}, lambda: screen.say(f"{strategy} runs"), as_json=as_json)


def _version(
    strategy: str,
    file: str,
    symbols: list[str] | None,
    timeframe: str,
    cash: str,
    settings: list[str] | None,
    by: str,
) -> dict[str, Any]:
    """What registers the strategy as it stands in its file now; it is tried in a child before anything is sent."""
    from parrot.app.hosting.trial import try_out
    from parrot.app.platform.settings import strategy_settings
    from parrot.app.platform.setup import registration
    from parrot.app.sources import pairs

    if not symbols:
        raise InputError("--symbol is missing", expected="at least one, such as --symbol BTC/USDT")
    parameters = pairs(settings or [], "--set")
    chosen = strategy_settings(
        id=strategy, file=file, symbols=symbols, timeframe=timeframe, cash=cash, parameters=parameters
    )
    command = registration(chosen, by)
    try_out(command)
    kept = ("strategy", "name", "path", "code_hash", "parameters", "symbols", "timeframe", "by")
    return {name: getattr(command, name) for name in kept} | {"cash": str(command.cash)}


@app.command("stop")
def stop(
    strategy: Annotated[str, typer.Argument(metavar="ID", help="Its id.")],
    flatten: Annotated[bool, typer.Option("--flatten", help="Close its positions as well.")] = False,
    reason: Annotated[str, typer.Option(help="Why; it stands in the records.")] = "",
    data: Data = None,
    by: Annotated[str, typer.Option("--by", help="Your name.")] = "",
    as_json: options.AsJson = False,
) -> None:
    """End a strategy: its orders are cancelled, its protection and position stay unless --flatten."""
    body = {"by": by or getpass.getuser(), "flatten": flatten, "reason": reason}
    client(data).send("POST", f"/api/v1/strategies/{strategy}/stop", body)
    screen.answer({"stopped": strategy}, lambda: screen.say(f"{strategy} is stopped"), as_json=as_json)


@app.command("ls")
def ls(data: Data = None, as_json: options.AsJson = False) -> None:
    """Strategies of a running platform: state, orders, fills, positions."""
    rows = client(data).get("/api/v1/strategies?limit=1000")["items"]
    named = ("strategy", "state", "version", "timeframe", "orders", "fills")
    drawn = [
        [*(row[name] for name in named), _positions(row["positions"]), ", ".join(row["symbols"]), row["fault"] or None]
        for row in rows
    ]
    screen.answer(
        {"strategies": rows},
        lambda: screen.table("", (*named, "position", "symbols", "fault"), drawn, texts=2),
        as_json=as_json,
    )


def _positions(held: dict[str, str]) -> str | None:
    return ", ".join(f"{quantity} {symbol}" for symbol, quantity in held.items()) or None

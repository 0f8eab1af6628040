"""What the command line writes: answers to stdout, everything else to stderr."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from parrot.kernel.errors import ParrotError

DASH: Final = "–"
_PIPE_WIDTH: Final = 160  # a file or a pipe is wide enough not to break tables


def out() -> Console:
    """Standard output."""
    return _console(stderr=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)


def err() -> Console:
    """Standard error."""
    return _console(stderr=True, width=None if sys.stderr.isatty() else _PIPE_WIDTH)


@cache
def _console(*, stderr: bool, width: int | None) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, width=width, soft_wrap=width is not None)


def answer(value: Mapping[str, Any] | Sequence[Any], draw: Callable[[], None], *, as_json: bool) -> None:
    """The answer of a command: one JSON document on stdout, or what `draw` prints."""
    if as_json:
        json.dump(value, sys.stdout, indent=2, ensure_ascii=False, allow_nan=False)
        sys.stdout.write("\n")
    else:
        draw()
    sys.stdout.flush()


def line(value: Mapping[str, Any], text: str, *, as_json: bool) -> None:
    """One line for whoever waits for it: the value as JSON, or the text; nothing breaks it."""
    sys.stdout.write((json.dumps(value, ensure_ascii=False, allow_nan=False) if as_json else text) + "\n")
    sys.stdout.flush()


def complain(fault: ParrotError) -> None:
    """An error for people, on stderr."""
    from rich.text import Text

    err().print(Text.assemble(("error: ", "bold red"), fault.problem))
    for name in ("expected", "fix"):
        text = getattr(fault, name)
        if text:
            err().print(Text.assemble((f"  {name}: ", "bold"), text))


def note(text: str) -> None:
    """A line on stderr beside the answer."""
    from rich.text import Text

    err().print(Text(text, style="dim"))


def say(text: str) -> None:
    """A plain line of the answer."""
    from rich.text import Text

    out().print(Text(text))


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, texts: int = 1) -> None:
    """A table of the answer; the first `texts` columns are words, the others numbers and right-aligned."""
    from rich.text import Text

    made = plain_table(title)
    for number, name in enumerate(columns):
        made.add_column(name, justify="left" if number < texts else "right", overflow="fold")
    for row in rows:
        made.add_row(*(Text(DASH if cell is None else str(cell)) for cell in row))
    out().print(made)


def plain_table(title: str = "") -> Table:
    """A table in the style of the command line."""
    from rich import box
    from rich.table import Table

    return Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold", pad_edge=False)


def values(rows: Sequence[tuple[str, Any]]) -> None:
    """Names and values of the answer, one a line."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(name, Text(DASH if value is None else str(value)))
    out().print(grid)


def moment(ns: int | None, *, seconds: bool = False) -> str:
    """A time in UTC."""
    if ns is None:
        return DASH
    at = datetime.fromtimestamp(ns // 1_000_000_000, UTC)
    return at.strftime("%Y-%m-%d %H:%M:%SZ" if seconds or at.second else "%Y-%m-%d %H:%MZ")


def percent(value: float | None, *, signed: bool = False) -> str:
    """A fraction as a percentage."""
    return DASH if value is None else f"{value:{'+' if signed else ''},.2%}"


def number(value: float | None) -> str:
    """A number: counts whole, others with two decimals."""
    if value is None:
        return DASH
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


@contextmanager
def progress(label: str, total: int, *, as_json: bool) -> Iterator[Callable[[int], None] | None]:
    """A callback for how far long work is, drawn on stderr; None where nobody would see it."""
    if as_json or total <= 0 or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err(), transient=True) as bars:
        task = bars.add_task(label, total=total)
        yield lambda done: bars.update(task, completed=done)


class SimulatedTime(logging.Formatter):
    """Lines of a strategy's log under the time that it lived in."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, strategy, text."""
        at = moment(getattr(record, "simulated_ns", None), seconds=True)
        return f"{at} {record.name.rpartition('.')[2]}: {record.getMessage()}"


def show_strategy_log() -> None:
    """Lets `self.log(...)` of strategies be seen on stderr."""
    logger = logging.getLogger("parrot.strategy")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(SimulatedTime())
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False

"""The program: its commands, and one place where every error becomes words and an exit code."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer
import typer.exceptions

from parrot.app.cli import (
    adopt,
    backtest,
    check,
    data,
    doctor,
    exchange,
    group,
    kill,
    limits,
    matching,
    order,
    runs,
    screen,
    session,
    statement,
    status,
    strategy,
    up,
    users,
    venue,
    verify,
)
from parrot.kernel.errors import InputError, ParrotError

_NOBODY_READS: Final = 141  # what a shell shows for a program that SIGPIPE ended

app = typer.Typer(
    name="parrot",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("backtest")(backtest.backtest)
app.command("check")(check.check)
app.add_typer(data.app, name="data")
app.add_typer(matching.app, name="matching")
app.add_typer(runs.app, name="runs")
app.add_typer(strategy.app, name="strategy")
app.command("doctor")(doctor.doctor)
app.command("up")(up.up)
app.command("exchange")(exchange.exchange)
app.add_typer(venue.app, name="venue")
app.add_typer(users.app, name="users")
app.command("status")(status.status)
app.command("kill")(kill.kill)
app.command("rearm")(kill.rearm)
app.command("adopt")(adopt.adopt)
app.add_typer(order.app, name="order")
app.add_typer(group.app, name="group")
app.add_typer(limits.app, name="limits")
app.command("verify")(verify.verify)
app.command("statement")(statement.statement)
app.command("record")(session.record)
app.command("replay")(session.replay)
app.command("why")(session.why)


@app.callback()
def root(debug: Annotated[bool, typer.Option("--debug", help="Show where in Parrot an error arose.")] = False) -> None:
    """Back-test trading strategies on exact data, and trade with them: on paper first."""


@app.command("version")
def version(as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False) -> None:
    """Which version this is."""
    from importlib.metadata import version as version_of

    found = version_of("parrot")
    screen.answer({"version": found}, lambda: screen.say(f"parrot {found}"), as_json=as_json)


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character shows another
    words = [word for word in given if word != "--debug"]
    try:
        return _run(words)
    except ParrotError as fault:
        if debug:
            raise
        _refuse(fault, words)
        return fault.exit_code
    except (typer.Abort, KeyboardInterrupt):
        if debug:
            raise
        return _stopped(words)
    except (BrokenPipeError, SystemExit):
        # Whoever read the answer has gone (Rich and Typer exit on that); nothing may be written any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NOBODY_READS
    except Exception as fault:
        if debug:
            raise
        _refuse(_unforeseen(fault), words)
        return 1


def _run(words: list[str]) -> int:
    try:
        ended: Any = app(args=words, prog_name="parrot", standalone_mode=False)
    except typer.exceptions.TyperException as fault:
        told = fault.format_message() if hasattr(fault, "format_message") else str(fault)
        if not told:  # a group without a command has printed its help already
            return InputError.exit_code
        raise InputError(told, fix="parrot --help lists commands and options") from fault
    return ended if isinstance(ended, int) else 0


def _refuse(fault: ParrotError, words: Sequence[str]) -> None:
    fault.fix = fault.fix.replace("repair=True", "--repair")  # what a program passes is a flag here
    if "--json" in words:
        json.dump({"error": fault.as_dict()}, sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
        sys.stdout.flush()
    else:
        screen.complain(fault)


def _stopped(words: Sequence[str]) -> int:
    if "--json" in words:
        json.dump({"error": {"code": "interrupted", "problem": "stopped by Ctrl-C"}}, sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        screen.note("stopped")
    return backtest.INTERRUPTED


def _unforeseen(fault: Exception) -> ParrotError:
    return ParrotError(
        f"Parrot failed: {type(fault).__name__}: {fault}",
        fix="this is a defect of Parrot: run it again with --debug and report what it prints",
    )

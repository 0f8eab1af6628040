"""`parrot venue`."""

from __future__ import annotations

import getpass
import os
import sys
from typing import Annotated, Any, Final

import typer

from parrot.app.cli import options, screen
from parrot.kernel.errors import InputError, VenueError

app = typer.Typer(no_args_is_help=True, help="Real venues: which Parrot knows, their keys, and whether they answer.")

Name = Annotated[str, typer.Argument(help="Your name for it, such as binance-main")]
_PARTS: Final = ("key", "secret", "passphrase")
_SIGNS: Final = {"ok": "fine", "warn": "LOOK", "fail": "FAILED", "skip": "not looked at"}
_LONGEST: Final = 4096


def _register() -> Any:
    from parrot.app.venues.register import Register
    from parrot.app.wiring import home

    return Register(home())


@app.command("add")
def add(
    name: Name,
    exchange: Annotated[str, typer.Option(help="ccxt's id of it (binance, kraken, ...), or alpaca.")],
    keys: Annotated[
        str, typer.Option(help="Whence its keys come: terminal (asked for), stdin (a line each), env or none.")
    ] = "",
    passphrase: Annotated[bool, typer.Option("--passphrase", help="Its keys have a passphrase as well.")] = False,
    url: Annotated[str, typer.Option(help="Scheme and host in the place of its own, for one on this machine.")] = "",
    option: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A word to the adapter.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="In the place of one of that name.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Add a venue. Keys are asked for, and kept sealed; they are never arguments, and never shown again.

    --keys env reads PARROT_VENUE_KEY, PARROT_VENUE_SECRET and PARROT_VENUE_PASSPHRASE. Give the key no right to
    withdraw, and the address of this machine where the venue lets you.
    """
    from parrot.app.sources import pairs
    from parrot.app.venues.register import require_exchange
    from parrot.contracts.connections import Connection

    require_exchange(exchange)
    told = pairs(option or [], "NAME=VALUE")
    connection = Connection(name=name, exchange=exchange, url=url.rstrip("/"), options=told)
    register = _register()
    register.add(connection, _keys(keys, _PARTS if passphrase else _PARTS[:2]), replace=replace)
    if register.secrets.made:
        place = register.secrets.master_place
        screen.note(f"the master key was made: {place}. Keep a copy elsewhere: without it no key can be read again")
    answer = {"name": name, "exchange": exchange, "keys": register.has_keys(connection)}
    screen.answer(answer, lambda: screen.say(f"{name} is added; look at it: parrot venue test {name}"), as_json=as_json)


@app.command("ls")
def ls(as_json: options.AsJson = False) -> None:
    """Venues that were added; nothing secret is shown."""
    register = _register()
    rows = [
        {
            "name": one.name,
            "exchange": one.exchange,
            "keys": register.has_keys(one),
            "url": one.url,
            "options": dict(one.options),
        }
        for one in register.all()
    ]
    drawn = [[row["name"], row["exchange"], "sealed" if row["keys"] else "none", row["url"]] for row in rows]
    named = ("name", "exchange", "keys", "url")
    screen.answer({"venues": rows}, lambda: screen.table("", named, drawn, texts=4), as_json=as_json)


@app.command("test")
def look_at(
    name: Name,
    symbol: Annotated[list[str] | None, typer.Option(metavar="SYMBOL", help="Look at its streams too.")] = None,
    as_json: options.AsJson = False,
) -> int:
    """Look at a venue without trading: does it answer, do clocks agree, what may the key do.

    The exit code is 0 when it can be traded on, 7 when something is in the way.
    """
    from parrot.app.venues.looking import failed, look

    found = look(_register(), name, symbol or [])
    bad = failed(found)
    rows = [[one.what, _SIGNS[one.verdict], one.text] for one in found]
    answer = {
        "name": name,
        "passed": not bad,
        "findings": [{"what": one.what, "verdict": one.verdict.value, "text": one.text} for one in found],
    }
    screen.answer(answer, lambda: screen.table("", ("what", "", "found"), rows, texts=3), as_json=as_json)
    for one in found:
        if one.verdict == "warn":
            screen.note(f"LOOK: {one.what}: {one.text}")
    return VenueError.exit_code if bad else 0


@app.command("rm")
def rm(name: Name, as_json: options.AsJson = False) -> None:
    """Let go of a venue and its keys. Revoke the keys at the venue as well."""
    _register().remove(name)
    told = f"{name} and its keys are gone from here; revoke them at the venue as well"
    screen.answer({"removed": name}, lambda: screen.say(told), as_json=as_json)


@app.command("rekey")
def rekey(as_json: options.AsJson = False) -> None:
    """Change the master key: every venue's keys are wrapped anew, and the old master key opens none of them."""
    register = _register()
    count = register.secrets.rotate()
    place = register.secrets.master_place
    told = f"{count} secrets are under a new master key in {place}; keep a copy of it elsewhere"
    screen.answer({"secrets": count, "master": place}, lambda: screen.say(told), as_json=as_json)


def _keys(whence: str, parts: tuple[str, ...]) -> list[str]:
    whence = whence or ("terminal" if sys.stdin.isatty() else "stdin")
    if whence == "none":
        return []
    if whence == "env":
        names = [f"PARROT_VENUE_{part.upper()}" for part in parts]
        found = [os.environ.get(name, "") for name in names]
        if not all(found):
            lacking = ", ".join(name for name, text in zip(names, found, strict=True) if not text)
            raise InputError(f"{lacking} not set", expected="the keys in the environment")
        return found
    if whence == "terminal":
        return [getpass.getpass(f"{part}: ").strip() for part in parts]
    if whence == "stdin":
        lines = [sys.stdin.readline(_LONGEST).strip() for _ in parts]
        if not all(lines):
            raise InputError("stdin held too few lines", expected=" and ".join(parts) + ", a line each")
        return lines
    raise InputError(f"--keys {whence}", expected="terminal, stdin, env or none")

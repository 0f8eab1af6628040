"""What the programs of all clients share: where the exchange is, and checks that name what they found."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pages import block

CHECKED: list[str] = []


@dataclass(frozen=True)
class Place:
    """Where the exchange is, and the key to it."""

    rest: str
    socket: str
    host: str
    port: int
    alpaca: str
    alpaca_socket: str
    fix: int
    key: str
    secret: str


def place() -> Place:
    """From the arguments of the program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    for name in ("--port", "--alpaca-port", "--fix-port"):
        parser.add_argument(name, type=int, default=0)
    parser.add_argument("--key", required=True)
    parser.add_argument("--secret", required=True)
    given = parser.parse_args()
    at, stocks = f"{given.host}:{given.port}", f"{given.host}:{given.alpaca_port}"
    return Place(
        rest=f"http://{at}",
        socket=f"ws://{at}",
        host=given.host,
        port=given.port,
        alpaca=f"http://{stocks}",
        alpaca_socket=f"ws://{stocks}",
        fix=given.fix_port,
        key=given.key,
        secret=given.secret,
    )


def equal(what: str, found: Any, wanted: Any) -> None:
    """Fails with both where they differ."""
    if found != wanted:
        raise AssertionError(f"{what}: found {found!r}, wanted {wanted!r}")
    CHECKED.append(what)


def true(what: str, found: Any, shown: Any = None) -> None:
    """Fails with what is shown where it does not hold."""
    if not found:
        raise AssertionError(f"{what}: {shown!r}")
    CHECKED.append(what)


def exact(*amounts: Any) -> Decimal:
    """The sum of amounts as text."""
    return sum((Decimal(str(amount)) for amount in amounts), Decimal(0))


def done() -> None:
    """Says how much was checked."""
    print(f"{len(CHECKED)} checks")


def shown(page: str, language: str, at: Place) -> str:
    """What a page of the documentation shows, with this exchange's address and key."""
    return block(page, language, {"127.0.0.1:9000": f"{at.host}:{at.port}", "KEY": at.key, "SECRET": at.secret})

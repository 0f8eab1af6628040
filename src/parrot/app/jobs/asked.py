"""What the fenced process of a user's file is asked; the text comes along, for it can open no file of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from parrot.app.hosting.parity import Recorded
    from parrot.contracts.market import Market
    from parrot.engine.run import Inputs

PIECE_BYTES: Final = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Asks what strategies a file holds."""

    path: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Asks for a back-test of a class in a file."""

    path: str
    source: str
    name: str
    parameters: dict[str, str]
    inputs: Inputs
    market: Market
    cash: str
    bounds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Asks for the back-test of what a strategy was given while it ran."""

    recorded: Recorded

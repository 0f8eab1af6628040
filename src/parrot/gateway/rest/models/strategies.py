"""Strategies and their versions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from parrot.gateway.rest.bodies import Amount, Body, Name, Optional, Text


class StrategyBody(Body):
    """A version of a strategy; the hash is of the text in its file, so that what was looked at is what runs."""

    strategy: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    name: Name
    path: Annotated[str, Field(min_length=1, max_length=4096)]
    code_hash: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    parameters: dict[Name, Text] = Field(default_factory=dict)
    symbols: Annotated[list[Name], Field(min_length=1, max_length=100)]
    timeframe: Annotated[str, Field(max_length=20)] = ""
    cash: Amount
    by: Optional = ""

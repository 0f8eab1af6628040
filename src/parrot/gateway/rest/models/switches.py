"""Stops, limits, the venue's side."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from parrot.gateway.rest.bodies import Body, Name, Optional, Text


class KillBody(Body):
    """Stops orders of a scope."""

    scope: Name = "all"
    by: Optional = ""
    reason: Text = ""
    flatten: bool = False
    source: Annotated[str, Field(pattern="^(api|cli)$")] = "api"


class LimitsBody(Body):
    """The limits of one scope, by the names of docs/reference/risk.md."""

    scope: Name
    limits: dict[Name, Text]
    approver: Optional = ""

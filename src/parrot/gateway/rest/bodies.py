"""What every body is made of: exact amounts, names, texts with bounds; and what commands answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w@.: /-]+$")]
Optional = Annotated[str, Field(max_length=60, pattern=r"^[\w@.: /-]*$")]  # a name that may be left away
Amount = Annotated[Decimal, Field(gt=0, lt=Decimal("1e15"), max_digits=33, decimal_places=18)]
Nanoseconds = Annotated[int, Field(ge=0, lt=1 << 63)]
Text = Annotated[str, Field(max_length=300)]


class Body(BaseModel):
    """Base of all: nothing unknown is taken, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class ByBody(Body):
    """Who asks, and why."""

    by: Optional = ""
    reason: Text = ""
    scope: Name = "all"
    flatten: bool = False


class Done(Body):
    """What was written down, by the names of the records."""

    records: list[str]

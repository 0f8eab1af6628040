"""Pages of lists: how many rows at most, and after which one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

Limit = Annotated[int, Query(ge=1, le=1_000, description="Rows at most.")]

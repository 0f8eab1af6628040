"""What a fenced process handed over of its run, checked before anything is done with it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from parrot.contracts.jobs import Begun, Piece, Played, Reached, Spoken
from parrot.kernel.errors import StrategyError

if TYPE_CHECKING:
    import polars as pl

    from parrot.engine.bars import Bars

_FRAMES: Final = frozenset({"equity", "fills", "orders", "trades"})

Tell = Callable[[Mapping[str, Any]], None]


def span(bars: Mapping[str, Bars]) -> tuple[int, int]:
    """First and last moment of the data, ns UTC."""
    ends = [(int(held.ts[0]), int(held.ts[-1])) for held in bars.values() if len(held)]
    return min((first for first, _ in ends), default=0), max((last for _, last in ends), default=0)


def played_frames(spoken: Any, between: tuple[int, int], tell: Tell) -> tuple[dict[str, pl.DataFrame], Played]:
    """What a fenced process handed over. Raises StrategyError where it is not whole; and what it raised."""
    import polars as pl

    pieces: dict[str, list[bytes]] = {}
    played: Played | None = None
    for said in spoken:
        played = said if isinstance(said, Played) else played
        _follow(said, pieces, between, tell)
    if played is None or set(pieces) != _FRAMES:
        raise StrategyError("the run ended without a result", fix="do not end the process in the strategy")
    try:
        frames = {name: pl.read_parquet(io.BytesIO(b"".join(held))) for name, held in pieces.items()}
    except pl.exceptions.PolarsError:
        raise StrategyError("what the run handed over cannot be read") from None
    return frames, played


def _follow(said: Spoken, pieces: dict[str, list[bytes]], between: tuple[int, int], tell: Tell) -> None:
    first, last = between
    if isinstance(said, Piece):
        pieces.setdefault(said.name, []).append(said.body)
    elif isinstance(said, Begun):
        tell({"fences": said.fences})
    elif isinstance(said, Reached):
        part = (said.ts - first) / (last - first) if last > first else 0.0
        tell({"reached": said.ts, "equity": said.equity, "part": min(1.0, max(0.0, part))})

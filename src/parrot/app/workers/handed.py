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
HANDED_MOST: Final = 1 << 30  # bytes of all frames together: half of what the process itself may hold
ROWS_MOST: Final = 50_000_000  # of one frame: what is small as Parquet may be large when it is read
_EACH: Final = 128  # bytes that a piece costs whatever is in it
_FIX: Final = "take less data, or longer bars"

Tell = Callable[[Mapping[str, Any]], None]


def span(bars: Mapping[str, Bars]) -> tuple[int, int]:
    """First and last moment of the data, ns UTC."""
    ends = [(int(held.ts[0]), int(held.ts[-1])) for held in bars.values() if len(held)]
    return min((first for first, _ in ends), default=0), max((last for _, last in ends), default=0)


class _Pieces:
    """Frames as they come in pieces; too much of them is refused before it is held."""

    def __init__(self) -> None:
        self.held: dict[str, bytearray] = {}
        self._size = 0

    def take(self, piece: Piece) -> None:
        """Adds a piece. Raises StrategyError."""
        self._size += len(piece.body) + _EACH
        if self._size > HANDED_MOST:
            raise StrategyError(f"the run handed over more than {HANDED_MOST:,} bytes", fix=_FIX)
        if piece.name not in _FRAMES:
            raise StrategyError("the run handed over what nobody asked for", fix="leave the process's files alone")
        self.held.setdefault(piece.name, bytearray()).extend(piece.body)


def played_frames(spoken: Any, between: tuple[int, int], tell: Tell) -> tuple[dict[str, pl.DataFrame], Played]:
    """What a fenced process handed over. Raises StrategyError where it is not whole; and what it raised."""
    import polars as pl

    pieces = _Pieces()
    played: Played | None = None
    for said in spoken:
        played = said if isinstance(said, Played) else played
        _follow(said, pieces, between, tell)
    if played is None or set(pieces.held) != _FRAMES:
        raise StrategyError("the run ended without a result", fix="do not end the process in the strategy")
    try:
        frames = {name: pl.read_parquet(io.BytesIO(held), n_rows=ROWS_MOST + 1) for name, held in pieces.held.items()}
    except pl.exceptions.PolarsError:
        raise StrategyError("what the run handed over cannot be read") from None
    for name, frame in frames.items():
        if frame.height > ROWS_MOST:
            raise StrategyError(f"the run handed over more than {ROWS_MOST:,} rows of {name}", fix=_FIX)
    return frames, played


def _follow(said: Spoken, pieces: _Pieces, between: tuple[int, int], tell: Tell) -> None:
    first, last = between
    if isinstance(said, Piece):
        pieces.take(said)
    elif isinstance(said, Begun):
        tell({"fences": said.fences})
    elif isinstance(said, Reached):
        part = (said.ts - first) / (last - first) if last > first else 0.0
        tell({"reached": said.ts, "equity": said.equity, "part": min(1.0, max(0.0, part))})

"""Replaying recorded order streams."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from parrot import _core
from parrot.kernel.errors import DataError, MissingError, ParameterError, StorageError


def replay(path: str | Path, limit: int | None = None) -> dict[str, Any]:
    """Replay the first `limit` operations (all when None) of a PMB1 file through a fresh matching engine.

    The venue has accounts that hold enough, locks, fees for makers and takers and events, which are drained into one
    buffer; self-trade prevention is off. Keys: ops, trades, volume (lots), notional (ticks x lots modulo 2**64),
    rejects (cancellations of orders that are gone), resting, levels, trade_hash and book_hash (16 hexadecimal digits),
    seconds. These are what decoding and matching took, chunk by chunk, with the file in memory; hashing the trades
    between the chunks and the book at the end is not in them.
    Raises MissingError or StorageError when the file cannot be read, DataError when it is no such stream,
    ParameterError for a limit below zero or beyond 64 bits.
    """
    if limit is not None and (type(limit) is not int or not 0 <= limit < 1 << 64):
        raise ParameterError(f"limit is {limit!r}", expected="a whole number from 0 to 2^64 - 1, or None for all")
    data = _read(Path(path))
    try:
        found: dict[str, Any] = _core.matching_replay(data, limit)
    except ValueError as problem:
        raise DataError(f"{path}: {problem}", expected="an order stream of format PMB1") from None
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingError(f"there is no file {path}", expected="an order stream of format PMB1") from None
    except OSError as problem:
        raise StorageError(f"{path} cannot be read: {problem.strerror}") from None

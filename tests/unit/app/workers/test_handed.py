"""What a fenced process hands over is taken in measure: bytes, pieces, names, and rows once it is read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from parrot.app.workers import handed
from parrot.contracts.jobs import Piece, Played
from parrot.kernel.errors import StrategyError

PLAYED = Played(strategy="Turn", parameters={}, status="finished", hash="h", stats={})


def whole(rows: int = 3) -> list[Any]:
    body = io.BytesIO()
    pl.DataFrame({"ts": [7] * rows}).write_parquet(body)
    text = body.getvalue()
    halves = [(text[:20], False), (text[20:], True)]
    names = ("equity", "fills", "orders", "trades")
    return [*(Piece(name=name, body=part, last=last) for name in names for part, last in halves), PLAYED]


def taken(spoken: Any) -> Any:
    return handed.played_frames(spoken, (0, 1), lambda _: None)


def test_pieces_are_put_together() -> None:
    frames, played = taken(whole())
    assert {name: frame.height for name, frame in frames.items()} == dict.fromkeys(frames, 3)
    assert (len(frames), played) == (4, PLAYED)


@pytest.mark.parametrize("size", [0, 1, 10_000])
def test_who_never_stops_handing_over_is_stopped(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed, "HANDED_MOST", 100_000)
    heard: list[int] = []

    def endless() -> Iterator[Piece]:
        for number in range(10_000):
            heard.append(number)
            yield Piece(name="equity", body=bytes(size), last=False)

    with pytest.raises(StrategyError, match="100,000 bytes"):
        taken(endless())
    assert len(heard) < 1_000


def test_names_that_nobody_asked_for_are_refused() -> None:
    with pytest.raises(StrategyError, match="nobody asked"):
        taken([Piece(name="more", body=b"", last=True), *whole()])


def test_a_small_piece_of_very_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed, "ROWS_MOST", 1_000)
    taken(whole(1_000))
    with pytest.raises(StrategyError, match="1,000 rows"):
        taken(whole(1_001))

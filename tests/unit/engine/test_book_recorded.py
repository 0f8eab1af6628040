"""Books rebuilt from recorded streams against what the venues themselves said was best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from parrot.engine.book import ASK, BID, L2Book, Touches, grid_step

# Messages from the snapshot on; the few before it change a book that nobody has seen whole.
MESSAGES = {
    "binance/BTCUSDT": 3_449,
    "binance/ETHUSDT": 3_433,
    "binance_coinm/BTCUSD_PERP": 26_823,
    "binance_coinm/ETHUSD_PERP": 22_886,
    "binance_usdm/BTCUSDT": 6_546,
    "binance_usdm/ETHUSDT": 6_580,
}
SCALE = 10**8


@dataclass(frozen=True)
class Rows:
    ts: NDArray[np.int64]
    side: NDArray[np.int8]
    price_ticks: NDArray[np.int64]
    size_lots: NDArray[np.int64]
    flags: NDArray[np.uint8]


def integers(values: pl.Series) -> NDArray[np.int64]:
    whole = np.rint(values.to_numpy() * SCALE).astype(np.int64)
    assert (whole / SCALE == values.to_numpy()).all(), "the scale loses digits"
    return whole


def rows_of(frame: pl.DataFrame) -> Rows:
    side, flags = frame["side"].to_numpy().astype(np.int8), frame["flags"].to_numpy().astype(np.uint8)
    return Rows(frame["ts"].to_numpy(), side, integers(frame["price"]), integers(frame["size"]), flags)


def disagreements(touches: Touches, quotes: pl.DataFrame) -> tuple[int, list[int]]:
    """How many synced messages were compared, and which of them differ from the last quote at or before their id.

    The venue sends a quote at every change of best price or size, with the id of the update that made it. So the last
    quote whose id is not beyond the last update in the book must be the book's touch, prices and sizes to the last lot.
    """
    latest = np.searchsorted(quotes["update_id"].to_numpy(), touches.last_id, side="right") - 1
    compared = touches.synced & (latest >= 0)
    equal = np.ones(len(touches), dtype=np.bool_)
    for ours, name in (
        (touches.bid, "bid"),
        (touches.bid_size, "bid_size"),
        (touches.ask, "ask"),
        (touches.ask_size, "ask_size"),
    ):
        equal &= ours == integers(quotes[name])[latest]
    return int(compared.sum()), np.flatnonzero(compared & ~equal).tolist()


@pytest.mark.parametrize("name", MESSAGES)
def test_the_touch_agrees_with_the_quotes_after_every_message(
    shared: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    frame = pl.read_parquet(shared / "data" / name / "l2.parquet")
    rows = rows_of(frame)
    touches = L2Book.on_grid_of(rows).apply(rows, frame["last_id"].to_numpy())
    compared, differing = disagreements(touches, pl.read_parquet(shared / "data" / name / "quotes.parquet"))
    record_property(
        "summary", f"{name}: {compared} of {int(touches.synced.sum())} books compared, {len(differing)} differ"
    )
    assert differing == []
    assert compared == int(touches.synced.sum()) == MESSAGES[name]
    assert not (touches.bid >= touches.ask)[touches.synced].any()


def test_one_lost_message_would_show(shared: Path) -> None:
    folder = shared / "data" / "binance" / "ETHUSDT"
    frame = pl.read_parquet(folder / "l2.parquet")
    lost = frame["ts"].unique().sort()[1_000]
    rows = rows_of(frame.filter(pl.col("ts") != lost))
    touches = L2Book.on_grid_of(rows).apply(rows, frame.filter(pl.col("ts") != lost)["last_id"].to_numpy())
    assert disagreements(touches, pl.read_parquet(folder / "quotes.parquet"))[1]


@pytest.mark.parametrize("name", ["binance/BTCUSDT", "binance_usdm/ETHUSDT"])
def test_the_whole_book_is_that_of_plain_dictionaries(shared: Path, name: str) -> None:
    frame = pl.read_parquet(shared / "data" / name / "l2.parquet")
    rows = rows_of(frame.filter(pl.col("flags").cum_max() > 0))
    book, plain = L2Book.on_grid_of(rows), {BID: dict[int, int](), ASK: dict[int, int]()}
    book.apply(rows)
    columns = (rows.side.tolist(), rows.price_ticks.tolist(), rows.size_lots.tolist())
    for side, price, size in zip(*columns, strict=True):
        plain[side][price] = size
    for side, sign in ((BID, -1), (ASK, 1)):
        expected = sorted((item for item in plain[side].items() if item[1]), key=lambda level: sign * level[0])
        assert len(expected) > 500
        assert list(zip(*(column.tolist() for column in book.levels(side, 10**6)), strict=True)) == expected


def test_snapshots_replace_the_book_each_time(shared: Path) -> None:
    frame = pl.read_parquet(shared / "data" / "hyperliquid" / "BTC_PERP" / "l2.parquet")
    whole = rows_of(frame)
    book = L2Book(grid_step(whole.price_ticks))
    times = np.unique(whole.ts)
    assert len(times) == 46
    for ts in times:
        at = whole.ts == ts
        rows = replace(whole, **{name: getattr(whole, name)[at] for name in Rows.__dataclass_fields__})
        touches = book.apply(rows)
        assert len(touches) == 1
        for side, best in ((BID, touches.bid), (ASK, touches.ask)):
            prices, sizes = book.levels(side, 99)
            assert prices.tolist() == rows.price_ticks[rows.side == side].tolist()
            assert sizes.tolist() == rows.size_lots[rows.side == side].tolist()
            assert (len(prices), best[0]) == (20, prices[0])
        assert touches.bid[0] < touches.ask[0]
    together = L2Book(1).apply(whole)
    assert together.synced.all()
    assert (len(together), together.bid[-1]) == (46, touches.bid[0])

"""The center's service: import, find, show, inspect, download and the demo market, on a lake of files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from parrot.adapters.importers import read_bars, read_trades
from parrot.adapters.lake.files import FileLake
from parrot.centers.market_data.download import Order
from parrot.centers.market_data.generator import Recipe, generate
from parrot.centers.market_data.manifest import NAME, MarketData, Ports, build
from parrot.centers.market_data.quality import Flaw
from parrot.engine.bars import Bars
from parrot.engine.ticks import Trades
from parrot.kernel.errors import DataError, MissingError, ParameterError, VenueError
from parrot.ports.lake import SeriesKey
from parrot.ports.venue import Venue
from tests.unit.centers.market_data.test_download import HOUR, START, FakeClock, FakeVenue

HOURLY = SeriesKey("demo", "AAA", "ohlcv_1h")


def no_venue(name: str) -> Venue:
    raise MissingError(f"unknown venue {name!r}")


def center(folder: Path, venue: FakeVenue | None = None) -> MarketData:
    found = (lambda name: venue) if venue else no_venue
    return build(Ports(lake=FileLake(folder), venue=found, clock=FakeClock(100)))


def market(**changes: object) -> dict[str, Bars]:
    return center(Path("unused")).demo(Recipe(**{"symbols": ("AAA", "BBB"), "bars": 200, **changes}))


def stored(folder: Path) -> MarketData:
    """A center whose lake holds two symbols by the hour, and one by the day."""
    made = center(folder)
    bars = market()
    made.import_files([Path("a")], "demo", read=lambda path: bars["AAA"])
    made.import_files([Path("b")], "demo", read=lambda path: bars["BBB"])
    made.import_files([Path("a")], "demo", read=lambda path: bars["AAA"].resample(24 * HOUR))
    return made


def test_the_manifest_names_the_center() -> None:
    assert NAME == "market_data"


def test_files_are_imported_by_the_reader_that_is_handed_in(tmp_path: Path) -> None:
    made = generate(Recipe(bars=300))["DEMO"]
    paths = [tmp_path / "first.npz", tmp_path / "second.npz"]
    np.savez(paths[0], **{name: column[:200] for name, column in made.items()})
    np.savez(paths[1], **{name: column[150:] for name, column in made.items()})
    seen: list[str] = []
    done = center(tmp_path / "lake").import_files(
        paths, "mine", "XYZ", read=read_bars, on_file=lambda one: seen.append(one.path.name)
    )
    assert [(one.key, one.rows) for one in done] == [(SeriesKey("mine", "XYZ", "ohlcv_1h"), n) for n in (200, 150)]
    assert seen == ["first.npz", "second.npz"]
    found = center(tmp_path / "lake").show(done[0].key)
    assert found.symbol == "XYZ"
    np.testing.assert_array_equal(found.ts, made["ts"])
    np.testing.assert_array_equal(found.close, made["close"])


def test_ticks_are_imported_and_shown_too(tmp_path: Path) -> None:
    columns = {"ts": START + np.arange(3), "price": [1.5, 1.25, 2.0], "size": [1.0, 2.0, 3.0], "side": [1, -1, 0]}
    [done] = center(tmp_path).import_files([Path("t")], "mine", "XYZ", read=lambda path: read_trades(columns))
    assert (str(done.key), done.rows) == ("mine/XYZ/trades", 3)
    found = center(tmp_path).show_ticks(center(tmp_path).find("XYZ/trades"))
    assert isinstance(found, Trades)
    assert found.side.tolist() == [1, -1, 0]


def test_a_file_without_a_symbol_needs_one(tmp_path: Path) -> None:
    nameless = replace(market()["AAA"], symbol="")
    with pytest.raises(ParameterError, match="symbol"):
        center(tmp_path).import_files([Path("x.csv")], "mine", read=lambda path: nameless)


def test_what_was_imported_before_a_bad_file_stays(tmp_path: Path) -> None:
    def read(path: Path) -> Bars:
        if path.name == "bad":
            raise DataError("bad: no bars")
        return market()["AAA"]

    with pytest.raises(DataError, match="bad"):
        center(tmp_path).import_files([Path("good"), Path("bad")], "demo", read=read)
    assert [entry.key for entry in center(tmp_path).entries()] == [HOURLY]


def test_a_series_is_found_by_as_much_of_its_name_as_it_takes(tmp_path: Path) -> None:
    made = stored(tmp_path)
    assert made.find("demo/AAA/ohlcv_1h") == HOURLY
    assert made.find("AAA/1h") == HOURLY
    assert made.find("BBB") == SeriesKey("demo", "BBB", "ohlcv_1h")
    assert made.find("1d") == SeriesKey("demo", "AAA", "ohlcv_1d")
    with pytest.raises(ParameterError, match="AAA names 2 series"):
        made.find("AAA")
    with pytest.raises(MissingError, match="no 1h/AAA") as caught:
        made.find("1h/AAA")
    assert "demo/AAA/ohlcv_1h" in caught.value.expected


def test_a_span_is_shown(tmp_path: Path) -> None:
    bars = market()["AAA"]
    assert len(stored(tmp_path).show(HOURLY, int(bars.ts[10]), int(bars.ts[20]))) == 10


def test_quality_looks_at_the_lake_at_bars_and_at_raw_columns(tmp_path: Path) -> None:
    made = stored(tmp_path)
    assert made.quality(HOURLY).rows == 200
    assert made.quality(market()["AAA"]).usable
    broken = {name: np.delete(column, 50) for name, column in generate(Recipe(bars=200))["DEMO"].items()}
    broken["low"][3] = 1e9
    assert [finding.flaw for finding in made.quality(broken).findings] == [Flaw.BAD_OHLC, Flaw.GAP]
    reference = market()["AAA"]
    late = replace(reference, ts=reference.ts + HOUR, close_ts=reference.close_ts + HOUR)
    assert made.quality(late, reference=HOURLY).count(Flaw.TIME_SHIFT) == 200


def test_a_download_goes_into_the_lake(tmp_path: Path) -> None:
    made = center(tmp_path, FakeVenue(list(range(50))))
    done = made.download("fake", Order("BTC/USDT", HOUR, START))
    assert done.bars == 50
    assert [(str(entry.key), entry.rows) for entry in made.entries()] == [("fake/BTCUSDT/ohlcv_1h", 50)]


def test_errors_of_venues_come_through(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="nowhere"):
        center(tmp_path).download("nowhere", Order("BTCUSDT", HOUR, START))
    venue = FakeVenue([1])
    venue.troubles = [VenueError("closed", temporary=False)]
    with pytest.raises(VenueError, match="closed"):
        center(tmp_path, venue).download("fake", Order("BTCUSDT", HOUR, START))


def test_the_demo_market_is_exact_bars() -> None:
    bars = market(timeframe=24 * HOUR, calendar="XNYS")
    assert list(bars) == ["AAA", "BBB"]
    assert {len(one) for one in bars.values()} == {200}
    assert bars["AAA"].symbol == "AAA"
    assert bars["AAA"].timeframe == 24 * HOUR
    assert bars["AAA"].source == "demo market, seed 42"
    assert bars["AAA"].content_hash() == market(timeframe=24 * HOUR, calendar="XNYS")["AAA"].content_hash()

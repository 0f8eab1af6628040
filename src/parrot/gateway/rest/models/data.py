"""Market data: series of the lakes, their quality, downloads and imports. Times ns UTC."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from parrot.gateway.rest.bodies import Body, Nanoseconds
from parrot.gateway.rest.models.chores import Chore

Source = Annotated[str, Field(min_length=3, max_length=200, examples=["lake:binance/BTCUSDT/ohlcv_1h"])]
VenueId = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9._-]+$", examples=["binance"])]
Symbol = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9._:/-]*$", examples=["BTC/USDT"])]
Timeframe = Annotated[str, Field(pattern=r"^(\d{1,3}[smhdw])?$", examples=["1h"])]
Calendar = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9/_-]+$", examples=["24/7"])]
FILE_BYTES_MAX = 6 * 1024 * 1024


class Series(Body):
    """One series: `lake` is "lake" (imports, downloads) or "recorded" (what this platform saw); `source` names it."""

    source: str
    lake: str
    venue: str
    symbol: str
    kind: str
    timeframe: str
    rows: int
    first_ts: int
    last_ts: int
    files: int
    bytes: int


class SeriesPage(Body):
    """Series in the order of lake, venue, symbol and kind; totals are over all that fit, not over the page."""

    items: list[Series]
    next: str | None
    total_series: int
    total_rows: int
    total_bytes: int


class DataFacts(Body):
    """What forms offer: exchanges with public history, calendars, how large a file may be."""

    venues: list[str]
    calendars: list[str]
    file_bytes_max: int


class Downloaded(Body):
    """What a download brought: new bars, requests, what the lake holds of the series now."""

    series: str
    new_bars: int
    requests: int
    first_ts: int | None
    last_ts: int | None


class Imported(Body):
    """What a file brought, and what was repaired."""

    series: str
    rows: int
    first_ts: int
    last_ts: int
    notes: list[str]


class FlawPlace(Body):
    """Where: row from 0, its time, and what is there."""

    row: int
    ts: int
    text: str
    time: str


class Finding(Body):
    """One kind of flaw; with a breaking one a back-test refuses the data."""

    flaw: str
    count: int
    breaking: bool
    summary: str
    advice: str
    places: list[FlawPlace]


class Quality(Body):
    """What is wrong with a series."""

    source: str
    rows: int
    first_ts: int
    last_ts: int
    timeframe: str | None
    calendar: str
    usable: bool
    findings: list[Finding]


class DataJob(Chore):
    """One download, import or look at the quality, with what came of it."""

    source: str
    downloaded: Downloaded | None
    imported: Imported | None
    quality: Quality | None


class DataJobs(Body):
    """Jobs on data, newest first."""

    items: list[DataJob]
    next: str | None


class DownloadBody(Body):
    """History that is wanted, from `from_ns` to `to_ns` or to now; what is in the lake already is not fetched again."""

    venue: VenueId
    symbol: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9._:/-]+$")]
    timeframe: Annotated[str, Field(pattern=r"^\d{1,3}[smhdw]$")] = "1h"
    from_ns: Nanoseconds
    to_ns: Nanoseconds | None = None


class UploadBody(Body):
    """A file of bars: `content` is base64. `symbol` and `timeframe` where the file does not say them."""

    name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^/\\\x00-\x1f]+\.(csv|parquet|json|jsonl)$")]
    content: Annotated[str, Field(min_length=1, max_length=FILE_BYTES_MAX * 4 // 3 + 4)]
    venue: VenueId = "files"
    symbol: Symbol = ""
    timeframe: Timeframe = ""
    timezone: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_+/-]+$")] = "UTC"
    repair: bool = False


class QualityBody(Body):
    """A series to look at, and when its market is open."""

    source: Source
    calendar: Calendar = "24/7"


JobKind = Literal["download", "import", "quality"]

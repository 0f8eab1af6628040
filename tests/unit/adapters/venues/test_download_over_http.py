"""The whole way: an exchange over HTTP on loopback, ccxt, the downloader, files; and a process that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from parrot.adapters.lake.files import FileLake
from parrot.adapters.venues.ccxt import CcxtVenue
from parrot.centers.market_data.download import Downloader, Order, Patience, Progress
from parrot.kernel.errors import VenueError
from parrot.ports.lake import SeriesKey
from tests.unit.adapters.venues.binance_server import BARS, HOUR_MS, START_MS, Binance, kline, refusal

HOUR = HOUR_MS * 1_000_000
START = START_MS * 1_000_000
KEY = SeriesKey("binance", "BTCUSDT", "ohlcv_1h")
WHOLE = Order("BTCUSDT", HOUR, START, START + BARS * HOUR)


class QuickClock:
    """The end of the recorded history; waiting takes no time and is noted."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def now_ns(self) -> int:
        return START + BARS * HOUR

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
def binance(httpserver: HTTPServer) -> Binance:
    return Binance(httpserver)


def loader(binance: Binance, folder: Path, clock: QuickClock, tries: int = 6) -> Downloader:
    venue = CcxtVenue("binance", base_url=binance.url)
    return Downloader(venue, FileLake(folder), clock, Patience(tries=tries))


def holds_everything(folder: Path) -> None:
    """Every bar of the exchange is stored, with the decimals that it sent."""
    found = FileLake(folder).read(KEY)
    sent = [kline(number) for number in range(BARS)]
    assert found.ts.tolist() == [row[0] * 1_000_000 for row in sent]
    assert found.high_ticks.tolist() == [int(Decimal(str(row[2])).scaleb(found.price_decimals)) for row in sent]
    assert found.volume_lots.tolist() == [int(Decimal(str(row[5])).scaleb(found.volume_decimals)) for row in sent]


def asked(binance: Binance) -> list[int]:
    return [(since - START_MS) // HOUR_MS for since in binance.since]


def test_a_full_download_arrives_page_by_page(binance: Binance, tmp_path: Path) -> None:
    told: list[Progress] = []
    done = loader(binance, tmp_path, QuickClock()).run(WHOLE, told.append)
    holds_everything(tmp_path)
    assert asked(binance) == [0, 1_000, 2_000]
    assert (done.bars, done.pages) == (BARS, 3)
    assert [round(progress.done / progress.total, 2) for progress in told] == [0.38, 0.77, 1.0]


def test_every_trouble_on_the_way_is_survived(binance: Binance, tmp_path: Path) -> None:
    clock = QuickClock()
    binance.troubles = [
        refusal(429, Retry_After="11"),
        Response("<html>Bad gateway</html>", status=502),
        Response("{garbage", content_type="application/json"),
        refusal(418, Retry_After="30"),
    ]
    loader(binance, tmp_path, clock).run(WHOLE)
    holds_everything(tmp_path)
    assert clock.waits == [11.0, 2.0, 4.0, 30.0]


def test_an_exchange_that_stays_down_ends_with_its_name_and_keeps_what_came(binance: Binance, tmp_path: Path) -> None:
    served = iter(range(100))

    def down_after_two() -> None:
        if next(served) == 2:
            binance.troubles = [refusal(503, -1008, "overloaded") for _ in range(100)]

    binance.before_answer = down_after_two
    with pytest.raises(VenueError, match="binance did not answer properly"):
        loader(binance, tmp_path, QuickClock(), tries=3).run(WHOLE)
    assert FileLake(tmp_path).span(KEY) == (START, START + 1_999 * HOUR)
    binance.troubles, binance.before_answer = [], lambda: None
    binance.since.clear()
    loader(binance, tmp_path, QuickClock()).run(WHOLE)
    holds_everything(tmp_path)
    assert asked(binance) == [2_000]


CHILD = f"""
    import sys
    from parrot.adapters.lake.files import FileLake
    from parrot.adapters.venues.ccxt import CcxtVenue
    from parrot.centers.market_data.download import Downloader, Order

    class Clock:
        def now_ns(self):
            return {START + BARS * HOUR}

    venue = CcxtVenue("binance", base_url=sys.argv[1])
    Downloader(venue, FileLake(sys.argv[2]), Clock()).run(Order("BTCUSDT", {HOUR}, {START}))
"""


def test_a_killed_download_goes_on_where_it_stopped(binance: Binance, tmp_path: Path) -> None:
    third_asked, killed = threading.Event(), threading.Event()

    def hold_the_third() -> None:
        if len(binance.since) == 3:
            third_asked.set()
            killed.wait(20)

    binance.before_answer = hold_the_third
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD), binance.url, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert third_asked.wait(60)
    child.send_signal(signal.SIGKILL)
    child.wait()
    killed.set()
    assert FileLake(tmp_path).span(KEY) == (START, START + 1_999 * HOUR)
    binance.before_answer = lambda: None
    binance.since.clear()
    loader(binance, tmp_path, QuickClock()).run(WHOLE)
    holds_everything(tmp_path)
    assert asked(binance) == [2_000]

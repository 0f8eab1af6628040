"""ccxt behind the venue port: exact numbers, other addresses, and every failure as one clear error."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from parrot.adapters.venues.ccxt import CcxtVenue
from parrot.kernel.errors import MissingError, ParameterError, VenueError
from parrot.ports.venue import Kline
from tests.unit.adapters.venues.binance_server import BARS, EXCHANGE_INFO, HOUR_MS, START_MS, Binance, refusal

HOUR = HOUR_MS * 1_000_000
START = START_MS * 1_000_000


@pytest.fixture
def binance(httpserver: HTTPServer) -> Binance:
    return Binance(httpserver)


@pytest.fixture
def venue(binance: Binance) -> CcxtVenue:
    return CcxtVenue("binance", base_url=binance.url)


def test_the_library_is_loaded_only_when_an_exchange_is_asked_for() -> None:
    code = "import sys, parrot.adapters.venues.ccxt; assert 'ccxt' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_numbers_are_the_text_that_the_exchange_sent(venue: CcxtVenue) -> None:
    first, second = venue.klines("BTCUSDT", HOUR, START, 2)
    assert first == Kline(
        START, Decimal("40000.01"), Decimal("40000.99"), Decimal("40000.01"), Decimal("40000.99"), Decimal("1.12345678")
    )
    assert second.ts == START + HOUR


def test_more_digits_than_a_float_holds_survive(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v3/exchangeInfo").respond_with_json(EXCHANGE_INFO)
    row = [
        START_MS,
        "12345678.123456789",
        "12345678.123456789",
        "12345678.123456789",
        "12345678.123456789",
        "98765432.12345678",
        0,
        "0",
        0,
        "0",
        "0",
        "0",
    ]
    httpserver.expect_request("/api/v3/klines").respond_with_json([row])
    bar = CcxtVenue("binance", base_url=httpserver.url_for("")).klines("BTCUSDT", HOUR, START, 1)[0]
    assert (bar.open, bar.volume) == (Decimal("12345678.123456789"), Decimal("98765432.12345678"))


def test_symbols_are_known_in_both_spellings(venue: CcxtVenue) -> None:
    assert venue.resolve("BTC/USDT") == venue.resolve("BTCUSDT") == "BTCUSDT"
    with pytest.raises(MissingError, match="no symbol BTCUSD") as caught:
        venue.resolve("BTCUSD")
    assert "BTCUSDT" in caught.value.expected


def test_a_page_is_what_the_exchange_allows(venue: CcxtVenue) -> None:
    assert venue.page_rows("BTCUSDT") == 1_000
    assert len(venue.klines("BTCUSDT", HOUR, START, 1_000)) == 1_000
    assert venue.klines("BTCUSDT", HOUR, START + BARS * HOUR, 10) == []


def test_a_timeframe_that_the_exchange_lacks_is_refused_with_those_it_has(venue: CcxtVenue) -> None:
    with pytest.raises(ParameterError, match="no bars of 7m") as caught:
        venue.klines("BTCUSDT", 7 * 60_000_000_000, START, 10)
    assert "15m" in caught.value.expected
    assert "1M" not in caught.value.expected


def test_an_unknown_exchange_is_refused_with_a_near_name() -> None:
    with pytest.raises(MissingError, match="binanse") as caught:
        CcxtVenue("binanse")
    assert "binance" in caught.value.expected


@pytest.mark.parametrize("status", [429, 418])
def test_a_rate_limit_tells_how_long_to_wait(status: int, venue: CcxtVenue, binance: Binance) -> None:
    binance.troubles.append(refusal(status, Retry_After="17"))
    with pytest.raises(VenueError, match="slow down") as caught:
        venue.klines("BTCUSDT", HOUR, START, 1)
    assert caught.value.temporary
    assert caught.value.retry_after_s == 17


@pytest.mark.parametrize(
    ("answer", "temporary"),
    [
        (refusal(500, -1000, "An unknown error occurred."), True),
        (Response("<html>Bad gateway</html>", status=502), True),
        (refusal(503, -1008, "Server is currently overloaded."), True),
        (Response("{not json", content_type="application/json"), True),
        (Response("<html>maintenance</html>"), True),
        (Response(""), True),
        (Response('{"unexpected": 1}', content_type="application/json"), True),
        (Response('[[1704067200000, "a", "b", "c", "d", "e"]]', content_type="application/json"), True),
        (Response('[[1704067200000, "1", "NaN", "1", "1", "1"]]', content_type="application/json"), True),
        (Response('[[1704067200000, "2", "1", "2", "2", "1"]]', content_type="application/json"), True),
        (Response("[[1704067200000]]", content_type="application/json"), True),
        (refusal(451, 0, "Service unavailable from a restricted location"), False),
        (refusal(400, -1120, "Invalid interval."), False),
    ],
)
def test_every_failure_is_a_venue_error_that_says_whether_to_try_again(
    answer: Response, temporary: bool, venue: CcxtVenue, binance: Binance
) -> None:
    venue.resolve("BTCUSDT")
    binance.troubles.append(answer)
    with pytest.raises(VenueError, match="binance") as caught:
        venue.klines("BTCUSDT", HOUR, START, 10)
    assert caught.value.temporary is temporary


def test_an_exchange_that_is_down_is_a_venue_error() -> None:
    with pytest.raises(VenueError, match="did not answer") as caught:
        CcxtVenue("binance", base_url="http://127.0.0.1:9").resolve("BTCUSDT")
    assert caught.value.temporary


def test_an_exchange_that_hangs_is_a_venue_error(httpserver: HTTPServer) -> None:
    def hang(request: Request) -> Response:
        import time

        time.sleep(1.0)
        return Response("[]")

    httpserver.expect_request("/api/v3/exchangeInfo").respond_with_handler(hang)
    with pytest.raises(VenueError, match="did not answer"):
        CcxtVenue("binance", base_url=httpserver.url_for(""), timeout_s=0.2).resolve("BTCUSDT")


def test_recorded_answers_of_the_exchange_are_read_to_the_last_digit(httpserver: HTTPServer, shared: Path) -> None:
    import pyarrow as pa

    path = shared / "data" / "fixtures" / "gocryptotrader" / "binance" / "http.json.zst"
    with pa.CompressedInputStream(pa.OSFile(str(path)), "zstd") as stream:
        recorded = json.load(io.TextIOWrapper(io.BytesIO(stream.read())))["routes"]["/api/v3/klines"]["GET"][0]["data"]
    httpserver.expect_request("/api/v3/exchangeInfo").respond_with_json(EXCHANGE_INFO)
    httpserver.expect_request("/api/v3/klines").respond_with_json(recorded)
    bars = CcxtVenue("binance", base_url=httpserver.url_for("")).klines("BTCUSDT", 300_000_000_000, 0, 1_000)
    assert len(bars) == len(recorded) > 5
    for bar, row in zip(bars, recorded, strict=True):
        assert bar == Kline(row[0] * 1_000_000, *(Decimal(text) for text in row[1:6]))

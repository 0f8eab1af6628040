"""Recorded streams through the adapters' own way give exactly what the recordings say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.adapters.venues.recorded.traffic import Told, heard, messages

pytestmark = pytest.mark.shared


def binance(message: Any) -> Iterator[Told]:
    told = message.get("data", {})
    if told.get("e") == "aggTrade":
        yield told["s"], Decimal(told["p"]), Decimal(told["q"]), -1 if told["m"] else 1


def bitstamp(message: Any) -> Iterator[Told]:
    if message.get("event") == "trade":
        told = message["data"]
        symbol = message["channel"].removeprefix("live_trades_")
        yield symbol, Decimal(told["price_str"]), Decimal(told["amount_str"]), -1 if told["type"] else 1


def okx(message: Any) -> Iterator[Told]:
    if message.get("arg", {}).get("channel") == "trades":
        for told in message.get("data", ()):
            yield told["instId"], Decimal(told["px"]), Decimal(told["sz"]), 1 if told["side"] == "buy" else -1


CASES: list[tuple[str, str, Callable[[Any], Iterator[Told]], int]] = [
    ("BINANCE.ws.1.0.zst", "binance", binance, 2),
    ("BINANCE_FUTURES.ws.1.0.zst", "binanceusdm", binance, 91),
    ("BITSTAMP.ws.1.0.zst", "bitstamp", bitstamp, 10),
    ("OKX.ws.1.0.zst", "okx", okx, 74),
]


@pytest.mark.parametrize(("file", "name", "read", "count"), CASES, ids=[case[0] for case in CASES])
def test_every_trade_comes_as_it_was_sent(
    shared: Path, file: str, name: str, read: Callable[[Any], Iterator[Told]], count: int
) -> None:
    path = shared / "data/fixtures/cryptofeed" / file
    told = [one for _, message in messages(path) for one in read(message)]
    assert len(told) == count
    trades, _, faults, kept = heard(name, path, {symbol for symbol, *_ in told})
    assert not faults
    assert not kept
    for symbol in {one[0] for one in told}:
        wanted = [(int(price.scaleb(8)), int(size.scaleb(8)), side) for own, price, size, side in told if own == symbol]
        assert [(tick.price, tick.size, tick.side) for tick in trades[symbol]] == wanted


RETIRED = {
    "BYBIT.ws.25.0.zst": ("bybit", "the second version of its API, which ccxt does not speak any more"),
    "BYBIT.ws.26.0.zst": ("bybit", "the second version of its API, which ccxt does not speak any more"),
    "KRAKEN.ws.48.0.zst": ("kraken", "the first version of its streams, which ccxt does not speak any more"),
    "KRAKEN.ws.49.0.zst": ("kraken", "the first version of its streams, which ccxt does not speak any more"),
    "KRAKEN.ws.50.0.zst": ("kraken", "the first version of its streams, which ccxt does not speak any more"),
    "BITMEX.ws.1.0.zst": ("", "ccxt has no such exchange any more"),
    "COINBASE.ws.28.0.zst": ("coinbaseexchange", "its books need numbers that are floats; the adapters refuse floats"),
    "DERIBIT.ws.1.0.zst": ("deribit", "no trade in it; options, which the adapters do not list"),
}
"""Streams from which the adapters take no trade, and why."""


def test_of_every_recorded_stream_it_is_known_whether_it_is_read(
    shared: Path, record_property: Callable[[str, object], None]
) -> None:
    files = {path.name for path in (shared / "data/fixtures/cryptofeed").glob("*.ws.*")}
    read = {case[0] for case in CASES}
    assert files == read | RETIRED.keys()
    record_property("summary", f"recorded streams: {len(read)} read, {len(RETIRED)} not: retired or not listed")


@pytest.mark.parametrize(
    ("file", "symbols"),
    [
        ("BYBIT.ws.25.0.zst", {"BCHUSDT", "XTZUSDT", "UNIUSDT", "LTCUSDT", "DOTUSDT"}),
        ("BYBIT.ws.26.0.zst", {"BTCUSD", "EOSUSD"}),
        ("KRAKEN.ws.48.0.zst", {"XMR/USD", "WAVES/EUR", "ADA/XBT", "ADA/BTC"}),
    ],
)
def test_streams_of_retired_versions_make_no_trade_up(shared: Path, file: str, symbols: set[str]) -> None:
    found = heard(RETIRED[file][0], shared / "data/fixtures/cryptofeed" / file, symbols)
    assert found.messages > 0
    assert not any(found.trades.values())
    assert set(found.kept) <= {"malformed"}

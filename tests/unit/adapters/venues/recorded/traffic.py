"""Traffic that other projects recorded: messages of streams and answers of REST, as they are on disk."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from parrot.adapters.venues.ccxt.taps import tap_trades
from parrot.adapters.venues.traffic.playing import PlayedClient
from parrot.centers.market_data.live import Gates, LiveMarket, LiveSettings
from parrot.contracts.listing import Listing
from parrot.contracts.ticks import TradeTick

Told = tuple[str, Decimal, Decimal, int]
"""Price and size as text of the recording, with the market's id before and the aggressor (1 buys) behind."""


def text_of(path: Path) -> str:
    """The text of a file, compressed or not."""
    if path.suffix != ".zst":
        return path.read_text("utf-8")
    with pa.input_stream(str(path), compression="zstd") as stream:
        return bytes(stream.read()).decode()


def messages(path: Path) -> Iterator[tuple[str, Any]]:
    """Address and message, of all that came in a recording of cryptofeed."""
    url = ""
    for line in text_of(path).splitlines():
        head, _, body = line.partition(": ")
        if " <-> " in line[:2000] and not body.startswith(("{", "[")):
            url = line.partition(" <-> ")[0]
        elif " <- " not in head and body.startswith(("{", "[")):
            yield url, json.loads(body)


def exchange_of(name: str) -> Any:
    """An exchange of ccxt as the adapters make it, without markets: symbols are then the venue's own ids."""
    import ccxt.pro

    made = getattr(ccxt.pro, name)()
    made.number = str
    made.markets, made.markets_by_id = {}, {}
    return made


class Heard(NamedTuple):
    """Trades by symbol, how many messages there were, what ccxt raised, what the gates kept back."""

    trades: dict[str, list[TradeTick]]
    messages: int
    faults: list[str]
    kept: list[str]


def heard(name: str, path: Path, symbols: set[str]) -> Heard:
    """Trades of a recording by the adapters' own way: ccxt's handlers, the tap, the gates."""
    raw: list[Any] = []
    faults: list[str] = []
    count = 0

    async def play() -> None:
        nonlocal count
        exchange = exchange_of(name)
        exchange.asyncio_loop = asyncio.get_running_loop()
        tap_trades(exchange, symbols, raw.append, now=lambda: 1, offset=lambda: 0)
        client = PlayedClient("")
        for url, message in messages(path):
            count += 1
            client.url = url
            try:
                exchange.handle_message(client, message)
            except Exception as fault:  # noqa: BLE001  which ones is what the test asks
                faults.append(f"{type(fault).__name__}: {fault}")

    asyncio.run(play())
    listings = [
        Listing(
            symbol=symbol, base=symbol, quote="X", tick=Decimal("1e-8"), lot=Decimal("1e-8"), price_decimals=8,
            quantity_decimals=8,
        )
        for symbol in symbols
    ]  # fmt: skip
    market = LiveMarket(listings, LiveSettings(gates=Gates(stale=2**62, future=2**62, window=3, sure_ppm=10**6)))
    flow = market.take(raw, 2 * 10**18)
    found: dict[str, list[TradeTick]] = {symbol: [] for symbol in symbols}
    for tick in flow.messages:
        if isinstance(tick, TradeTick):
            found[tick.symbol].append(tick)
    return Heard(found, count, faults, [kept.gate for kept in flow.quarantined])

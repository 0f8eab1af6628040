"""The history of own trades, however a venue cuts it into pages."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from parrot.adapters.venues.ccxt.making import make
from parrot.adapters.venues.ccxt.wire import CcxtWire
from parrot.adapters.venues.skeleton.news import Cursor
from parrot.adapters.venues.skeleton.weights import WeightLedger
from parrot.adapters.venues.table import row

NOW_MS = time.time_ns() // 1_000_000
TRADES = [
    {
        "id": str(number),
        "order": f"o{number}",
        "symbol": "BTC/USDT",
        "side": "buy",
        "amount": "1",
        "price": "100",
        "fee": {"cost": "0.1", "currency": "USDT"},
        "timestamp": NOW_MS - 60_000 + number * 10,
    }
    for number in range(23)
]


def pages(newest: bool, size: int) -> Any:
    async def fetch_my_trades(symbol: str, since: int, limit: int, params: Any = None) -> list[Any]:
        until = (params or {}).get("until", NOW_MS)
        found = [trade for trade in TRADES if since <= trade["timestamp"] <= until]
        return found[-size:] if newest else found[:size]

    return fetch_my_trades


@pytest.mark.parametrize("newest", [True, False], ids=["newest first", "oldest first"])
@pytest.mark.parametrize("size", [4, 500])
def test_every_trade_of_a_gap_is_read(newest: bool, size: int) -> None:
    known = row("okx")
    exchange = make("okx", known, key=None, secret=None, passphrase=None)
    exchange.fetch_my_trades = pages(newest, size)
    wire = CcxtWire(exchange, known, WeightLedger(()), now=time.time_ns)
    since = (NOW_MS - 120_000) * 1_000_000
    found = asyncio.run(wire.own_trades("BTC/USDT", Cursor("", since)))
    assert [trade.trade_id for trade in found] == [trade["id"] for trade in TRADES]

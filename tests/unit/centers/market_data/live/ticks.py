"""Ticks for tests: one symbol of two decimals, times in milliseconds from a start."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from parrot.centers.market_data.live import Gates, LiveMarket, LiveSettings
from parrot.contracts.listing import Listing
from parrot.contracts.ticks import BarClosed, BookChanged, BookLevel, BookSnapshot, QuoteTick, TradeTick
from parrot.engine.columns import WEEK

MS = 1_000_000
SECOND = 1_000 * MS
START = 1_700_000_000 * SECOND
LISTING = Listing(
    symbol="BTC-USD",
    base="BTC",
    quote="USD",
    tick=Decimal("0.05"),
    lot=Decimal("0.0001"),
    price_decimals=2,
    quantity_decimals=4,
)
SYMBOL = LISTING.symbol
COIN = 10**8


def at(ms: float) -> int:
    return START + int(ms * MS)


def trade(seq: Any, price: Any = 10_000, *, ms: float | None = None, **changes: Any) -> TradeTick:
    ts = at(seq if ms is None else ms)
    fields = {"symbol": SYMBOL, "seq": seq, "ts": ts, "received": ts, "price": price, "size": COIN, "side": 1}
    return TradeTick(**(fields | changes))


def quote(seq: Any, bid: Any = 10_000, ask: Any = 10_005, *, ms: float | None = None, **changes: Any) -> QuoteTick:
    ts = at(seq if ms is None else ms)
    fields = {"symbol": SYMBOL, "seq": seq, "ts": ts, "received": ts, "bid": bid, "ask": ask}
    return QuoteTick(**(fields | {"bid_size": COIN, "ask_size": COIN} | changes))


def change(
    first: Any, last: Any, *levels: tuple[int, int, int], ms: float | None = None, **changes: Any
) -> BookChanged:
    ts = at(last if ms is None else ms)
    fields = {"symbol": SYMBOL, "first": first, "last": last, "ts": ts, "received": ts}
    return BookChanged(**(fields | {"levels": [BookLevel(*level) for level in levels]} | changes))


def snapshot(last: Any, *levels: tuple[int, int, int], ms: float | None = None, **changes: Any) -> BookSnapshot:
    ts = at(last if ms is None else ms)
    fields = {"symbol": SYMBOL, "last": last, "ts": ts, "received": ts}
    return BookSnapshot(**(fields | {"levels": [BookLevel(*level) for level in levels]} | changes))


def bar(number: int, close: int = 10_000, *, step: int = SECOND, **changes: Any) -> BarClosed:
    ts = START + number * step
    fields = {"symbol": SYMBOL, "kind": "time", "step": step, "ts": ts, "close_ts": ts + step}
    prices = {"open": close, "high": close, "low": close, "close": close, "volume": COIN, "trades": 1}
    return BarClosed(**(fields | prices | changes))


def patient(**settings: Any) -> LiveMarket:
    """A market to which nothing is too old: for ticks of a long time in one call."""
    return market(gates=Gates(stale=100 * WEEK), **settings)


def market(**settings: Any) -> LiveMarket:
    return LiveMarket([LISTING], LiveSettings(**settings))


def gates(flow: Any) -> list[str]:
    return [kept.gate for kept in flow.quarantined]

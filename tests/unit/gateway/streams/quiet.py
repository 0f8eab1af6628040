"""An exchange on which nothing happens but what a test says, and connections that remember."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from parrot.contracts.exchange import Candle, Depth, DepthChanged, PublicMarket, PublicTrade, Statistics, TopChanged

SECOND = 1_000_000_000
MS = 1_000_000
UNIT = 10**8


def market(symbol: str) -> PublicMarket:
    return PublicMarket(
        symbol=symbol,
        base=symbol[:3],
        quote="USDT",
        price_decimals=2,
        quantity_decimals=5,
        tick=UNIT // 100,
        step=1_000,
        min_price=0,
        max_price=0,
        min_quantity=1_000,
        max_quantity=0,
        market_max_quantity=0,
        min_notional=5 * UNIT,
        max_notional=0,
    )


def trade(number: int, ts: int = SECOND, price: int = 60_000 * UNIT, **more: Any) -> PublicTrade:
    fields = {"symbol": "BTCUSDT", "quantity": UNIT // 1000, "buyer_is_maker": False} | more
    return PublicTrade(id=number, ts=ts, price=price, **fields)


def change(first: int, last: int, *, bids: Any = (), asks: Any = (), ts: int = SECOND) -> DepthChanged:
    return DepthChanged(symbol="BTCUSDT", first=first, last=last, bids=tuple(bids), asks=tuple(asks), ts=ts)


def top(last: int) -> TopChanged:
    return TopChanged(
        symbol="BTCUSDT",
        last=last,
        bid=59_999 * UNIT,
        bid_quantity=UNIT,
        ask=60_001 * UNIT,
        ask_quantity=2 * UNIT,
        ts=SECOND,
    )


def bar(open_ts: int, close: int, *, closed: bool) -> Candle:
    return Candle(
        symbol="BTCUSDT",
        interval="1m",
        open_ts=open_ts,
        close_ts=open_ts + 60 * SECOND - 1,
        open=UNIT,
        high=max(UNIT, close),
        low=UNIT,
        close=close,
        volume=2 * UNIT,
        quote_volume=3 * UNIT,
        trades=4,
        taker_volume=UNIT,
        taker_quote_volume=UNIT,
        closed=closed,
    )


@dataclass
class QuietExchange:
    now: int = 0
    book: int = 1
    price: int = 110 * UNIT
    bars: list[Candle] = field(default_factory=list)

    def markets(self) -> list[PublicMarket]:
        return [market("BTCUSDT"), market("ETHUSDT")]

    def depth(self, symbol: str, limit: int) -> Depth:
        bids = tuple((100 - level, level + 1) for level in range(limit))
        return Depth(symbol=symbol, last=self.book, bids=bids, asks=((200, 1),))

    def candles(self, symbol: str, interval: str, *, since: int = 0, limit: int) -> list[Candle]:
        return [bar for bar in self.bars if bar.open_ts >= since][:limit] if since else self.bars[-limit:]

    def trades(self, symbol: str, *, limit: int) -> list[PublicTrade]:
        return [trade(1)]

    def average_price(self, symbol: str, minutes: int) -> int:
        return self.price

    def statistics(self, symbol: str, window: int) -> Statistics:
        return Statistics(
            symbol=symbol,
            open_ts=0,
            close_ts=window,
            open=100 * UNIT,
            high=120 * UNIT,
            low=90 * UNIT,
            last=self.price,
            last_quantity=UNIT,
            previous_close=99 * UNIT,
            volume=10 * UNIT,
            quote_volume=1050 * UNIT,
            trades=7,
            first_trade=1,
            last_trade=self.book,
            bid=109 * UNIT,
            bid_quantity=UNIT,
            ask=111 * UNIT,
            ask_quantity=UNIT,
        )


class Ear:
    """A connection that keeps what it is sent."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.send = self.frames.append

    def take(self) -> list[Any]:
        """The messages since the last time."""
        found = [msgspec.json.decode(payload(frame)) for frame in self.frames]
        self.frames.clear()
        return found


def payload(frame: bytes) -> bytes:
    assert frame[0] == 0x81
    length, begin = frame[1], 2
    if length == 126:
        length, begin = int.from_bytes(frame[2:4]), 4
    elif length == 127:
        length, begin = int.from_bytes(frame[2:10]), 10
    assert len(frame) == begin + length
    return frame[begin:]


def call(work: Any, done: Any) -> None:
    """The exchange is here: work is done at once."""
    done(work(), None)

"""Candles of days and hours that begin at another midnight than that of UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from parrot.contracts.exchange import Candle
from parrot.ports.exchange import PublicExchange

_MINUTE: Final = 60 * 10**9
_DAY: Final = 1440 * _MINUTE
_MONDAY: Final = 4 * _DAY  # 1970-01-05
_PIECES_MAX: Final = 50_000

_LENGTHS: Final = {
    "2h": 120,
    "4h": 240,
    "6h": 360,
    "8h": 480,
    "12h": 720,
    "1d": 1440,
    "3d": 4320,
    "1w": 10_080,
}


def shifted_candles(
    exchange: PublicExchange, symbol: str, interval: str, *, shift: int, since: int, until: int, limit: int
) -> list[Candle]:
    """Candles whose days begin `shift` minutes before those of UTC, put together from shorter ones.

    Those of an hour or less begin as in UTC where the shift is in whole hours, and are not shifted elsewhere.
    """
    length = _LENGTHS.get(interval)
    if length is None and interval != "1M":
        return list(exchange.candles(symbol, interval, since=since, until=until, limit=limit))
    piece = "1h" if shift % 60 == 0 else "15m"
    per = 60 if piece == "1h" else 15
    wanted = min((length or 44_640) // per * (limit + 1), _PIECES_MAX)
    pieces = exchange.candles(symbol, piece, since=since, until=until, limit=wanted)
    made: list[Candle] = []
    for one in pieces:
        start, end = _bounds(one.open_ts, interval, shift * _MINUTE, length)
        if since and start < since:
            continue
        if made and made[-1].open_ts == start:
            made[-1] = _joined(made[-1], one)
        else:
            made.append(_first(one, interval, start, end - 1))
    return made[:limit] if since else made[-limit:]


def _bounds(ts: int, interval: str, shift: int, length: int | None) -> tuple[int, int]:
    local = ts + shift
    if length is None:
        month = datetime.fromtimestamp(local // 10**9, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        after = (month + timedelta(days=32)).replace(day=1)
        return int(month.timestamp()) * 10**9 - shift, int(after.timestamp()) * 10**9 - shift
    size = length * _MINUTE
    origin = _MONDAY if interval == "1w" else 0
    start = (local - origin) // size * size + origin
    return start - shift, start - shift + size


def _first(one: Candle, interval: str, start: int, end: int) -> Candle:
    return Candle(
        symbol=one.symbol,
        interval=interval,
        open_ts=start,
        close_ts=end,
        open=one.open,
        high=one.high,
        low=one.low,
        close=one.close,
        volume=one.volume,
        quote_volume=one.quote_volume,
        trades=one.trades,
        taker_volume=one.taker_volume,
        taker_quote_volume=one.taker_quote_volume,
    )


def _joined(whole: Candle, one: Candle) -> Candle:
    return Candle(
        symbol=whole.symbol,
        interval=whole.interval,
        open_ts=whole.open_ts,
        close_ts=whole.close_ts,
        open=whole.open,
        high=max(whole.high, one.high),
        low=min(whole.low, one.low),
        close=one.close,
        volume=whole.volume + one.volume,
        quote_volume=whole.quote_volume + one.quote_volume,
        trades=whole.trades + one.trades,
        taker_volume=whole.taker_volume + one.taker_volume,
        taker_quote_volume=whole.taker_quote_volume + one.taker_quote_volume,
    )

"""Bars of any length, added up from those that the exchange keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from parrot.contracts.exchange import SCALE, Candle
from parrot.gateway.alpaca_api.days import MINUTE, local, midnight, midnight_of
from parrot.gateway.alpaca_api.problems import malformed
from parrot.gateway.alpaca_api.values import divided, moment, number
from parrot.ports.exchange import PublicExchange

_HOUR: Final = 60 * MINUTE
_PAGE: Final = 1_000
_FRAME: Final = re.compile(r"(\d{1,2})(Min|T|Hour|H|Day|D|Week|W|Month|M)", re.ASCII)
_MONTHS: Final = (1, 2, 3, 4, 6, 12)

Start = Callable[[int], int]


class Frame(NamedTuple):
    """A length of bars: made of the exchange's `interval`, which takes `step` ns; `start` tells where each begins."""

    interval: str
    step: int
    start: Start


def frame(given: str) -> Frame:
    """The length that a text such as 5Min, 1Hour, 1Day names; raises Problem."""
    found = _FRAME.fullmatch(given)
    amount, unit = (int(found[1]), found[2][0] if len(found[2]) > 1 else found[2]) if found else (0, "")
    if found and found[2] in ("Month", "M"):
        unit = "Month"
    if unit in ("M", "T") and 1 <= amount <= 59:
        return Frame("1m", MINUTE, lambda ts: ts - ts % (amount * MINUTE))
    if unit == "H" and 1 <= amount <= 23:
        return Frame("1h", _HOUR, lambda ts: ts - ts % (amount * _HOUR))
    if unit == "D" and amount == 1:
        return Frame("1h", _HOUR, midnight)
    if unit == "W" and amount == 1:
        return Frame("1h", _HOUR, _monday)
    if unit == "Month" and amount in _MONTHS:
        return Frame("1h", _HOUR, lambda ts: _first(ts, amount))
    raise malformed(f"invalid timeframe: {given[:20]!r}")


def _monday(ts: int) -> int:
    day = local(ts).date()
    return midnight_of(date.fromordinal(day.toordinal() - day.weekday()))


def _first(ts: int, months: int) -> int:
    day = local(ts).date()
    return midnight_of(date(day.year, (day.month - 1) // months * months + 1, 1))


class Bar(NamedTuple):
    """One bar that begins at `ts`."""

    ts: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    amount: int
    trades: int

    def told(self) -> dict[str, Any]:
        """As Alpaca writes it."""
        vwap = divided(self.amount * SCALE, self.volume) if self.volume else self.close
        return {
            "t": moment(self.ts),
            "o": number(self.open),
            "h": number(self.high),
            "l": number(self.low),
            "c": number(self.close),
            "v": number(self.volume),
            "n": self.trades,
            "vw": number(divided(vwap, 100) * 100),
        }


def traded(exchange: PublicExchange, symbol: str, length: Frame, *, since: int, until: int) -> Iterator[Bar]:
    """Bars with trades that begin from `since` to `until`, oldest first."""
    current: Bar | None = None
    for candle in _candles(exchange, symbol, length, since=length.start(since), until=until):
        begins = length.start(candle.open_ts)
        if not candle.trades or begins < since:
            continue
        if current is None or begins != current.ts:
            if current is not None:
                yield current
            current = _begun(begins, candle)
        else:
            current = _joined(current, candle)
    if current is not None:
        yield current


def _candles(exchange: PublicExchange, symbol: str, length: Frame, *, since: int, until: int) -> Iterable[Candle]:
    since = max(since, 1)
    while True:
        page = exchange.candles(symbol, length.interval, since=since, until=until, limit=_PAGE)
        yield from (candle for candle in page if length.start(candle.open_ts) <= until)
        if len(page) < _PAGE or page[-1].open_ts + length.step > until:
            return
        since = page[-1].open_ts + length.step


def _begun(ts: int, candle: Candle) -> Bar:
    volume, amount = candle.volume, candle.quote_volume
    return Bar(ts, candle.open, candle.high, candle.low, candle.close, volume, amount, candle.trades)


def _joined(bar: Bar, candle: Candle) -> Bar:
    return Bar(
        bar.ts,
        bar.open,
        max(bar.high, candle.high),
        min(bar.low, candle.low),
        candle.close,
        bar.volume + candle.volume,
        bar.amount + candle.quote_volume,
        bar.trades + candle.trades,
    )

"""Names of market streams: what each one is about, and how often it speaks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

SECOND: Final = 1_000_000_000
_EACH_100_MS: Final = SECOND // 10
INTERVALS: Final = ("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M")
WINDOWS: Final = {"1h": 3_600 * SECOND, "4h": 14_400 * SECOND, "1d": 86_400 * SECOND}
DAY: Final = 86_400 * SECOND
_DEPTH: Final = re.compile(r"depth(5|10|20)?(?:@(100|1000)ms)?")
_FORMS: Final = {"arr": SECOND, "arr@1000ms": SECOND, "arr@3000ms": 3 * SECOND}  # clients add the time
_INSTANT: Final = frozenset({"trade", "aggTrade", "bookTicker"})
_EACH_SECOND: Final = frozenset({"ticker", "miniTicker", "avgPrice"})


class Topic(NamedTuple):
    """What a stream is about.

    `kind` is "trade", "aggTrade", "bookTicker", "depth", "partial", "kline", "ticker", "miniTicker", "window" or
    "avgPrice"; `symbol` is empty for all symbols at once; `period` in ns, 0 for at once.
    """

    kind: str
    symbol: str
    period: int = 0
    detail: str = ""


def topic(name: str, symbols: Mapping[str, str]) -> Topic | None:
    """What the stream `name` is about; `symbols` by their small letters. None for one that the venue does not have."""
    if name.startswith("!"):
        return _of_all(name[1:])
    begin, _, rest = name.partition("@")
    symbol = symbols.get(begin)
    return None if symbol is None else _of_one(symbol, rest)


def _of_one(symbol: str, rest: str) -> Topic | None:
    if rest in _INSTANT:
        return Topic(rest, symbol)
    if rest in _EACH_SECOND:
        return Topic(rest, symbol, SECOND)
    if rest.startswith("kline_"):
        interval = rest.removeprefix("kline_")
        period = SECOND if interval == "1s" else 2 * SECOND
        return Topic("kline", symbol, period, interval) if interval in INTERVALS else None
    if rest.startswith("ticker_"):
        window = rest.removeprefix("ticker_")
        return Topic("window", symbol, SECOND, window) if window in WINDOWS else None
    found = _DEPTH.fullmatch(rest)
    if found is None:
        return None
    levels, speed = found.groups()
    period = _EACH_100_MS if speed == "100" else SECOND
    return Topic("partial", symbol, period, levels) if levels else Topic("depth", symbol, period)


def _of_all(rest: str) -> Topic | None:
    if rest == "bookTicker":
        return Topic("bookTicker", "")
    kind, _, form = rest.partition("@")
    period = _FORMS.get(form)
    if period is None:
        return None
    if kind in ("ticker", "miniTicker"):
        return Topic(kind, "", period)
    window = kind.removeprefix("ticker_")
    return Topic("window", "", period, window) if kind.startswith("ticker_") and window in WINDOWS else None

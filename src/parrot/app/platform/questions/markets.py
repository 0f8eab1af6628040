"""Markets as the gateway asks for them: the live market from the house, history from the lake."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import numpy as np

from parrot.app.platform.assemble import House
from parrot.app.platform.candle_history import CandleHistory
from parrot.app.platform.platform import Platform
from parrot.app.platform.questions import indicators
from parrot.centers.market_data.candles import CLOSE, HIGH, LOW, NONE, TS, VOLUME, coarser
from parrot.centers.market_data.live.units import SIZE_DECIMALS
from parrot.contracts.listing import Listing
from parrot.engine.columns import DAY, HOUR, MINUTE, SECOND, Integers, timeframe_ns, timeframe_text, to_floats
from parrot.kernel.decimals import plain
from parrot.kernel.errors import InputError

TIMEFRAMES: Final = tuple(
    [SECOND * count for count in (1, 5, 15, 30)]
    + [MINUTE * count for count in (1, 3, 5, 15, 30)]
    + [HOUR * count for count in (1, 2, 4, 6, 12)]
    + [DAY]
)
_WARM_UP_MOST: Final = 2_000
_SILENCE: Final = 10 * MINUTE  # a span without a trade that is worth a word


class MarketQuestions:
    """Answers of one running platform (gateway.rest.ports.markets.MarketsDoor)."""

    def __init__(self, platform: Platform, history: CandleHistory) -> None:
        self._platform = platform
        self._history = history
        self._seeded: set[str] = set()

    def markets(self) -> list[dict[str, Any]]:
        """Each symbol with its terms, its quote and its last 24 hours."""
        self._seed()
        return self._platform.read(_markets)

    def depth(self, symbol: str, levels: int) -> dict[str, Any]:
        """The book, best level first."""
        return self._platform.read(lambda house: house.watch.book(house.market, symbol, levels, house.clock.now_ns()))

    def tape(self, symbol: str, limit: int) -> list[dict[str, Any]]:
        """The newest trades of the market, newest first."""
        return self._platform.read(lambda house: house.watch.tape(symbol, limit))[::-1]

    def known_indicators(self) -> list[dict[str, Any]]:
        """What `indicators` can be asked for."""
        return indicators.known()

    def candles(self, symbol: str, timeframe: str, *, begin: int | None, end: int | None, limit: int) -> dict[str, Any]:
        """The newest `limit` candles that open in [begin, end), oldest first; what is missing is said."""
        step = _step(timeframe)
        listing, rows, now = self._rows(symbol, step, begin=begin, end=end, limit=limit + 1)
        more, rows = len(rows) > limit, rows[-limit:]
        items = self._platform.read(lambda house: house.watch.candle_rows(symbol, rows, step, now))
        return {
            "symbol": listing.symbol,
            "timeframe": timeframe_text(step),
            "items": items,
            "next": str(int(rows[0, TS])) if more else None,
            "missing": _missing(rows, step, begin=begin, more=more),
        }

    def indicators(
        self, symbol: str, timeframe: str, wanted: Sequence[str], *, end: int | None, limit: int
    ) -> dict[str, Any]:
        """Indicators over those candles."""
        step = _step(timeframe)
        choices = {text: indicators.chosen(text) for text in wanted}
        extra = max(indicators.warm_up(name, values) for name, values in choices.values())
        if any(name == "vwap" for name, _ in choices.values()):
            extra = max(extra, DAY // step)
        extra = min(extra, _WARM_UP_MOST)
        listing, rows, _ = self._rows(symbol, step, begin=None, end=end, limit=limit + extra)
        rows = rows[-(limit + extra) :]
        skip = max(0, len(rows) - limit)
        items = indicators.lines(_columns(rows, listing), choices, skip) if len(rows) else []
        ts = rows[skip:, TS].tolist()
        return {"symbol": symbol, "timeframe": timeframe_text(step), "ts": ts, "items": items}

    def _rows(
        self, symbol: str, step: int, *, begin: int | None, end: int | None, limit: int
    ) -> tuple[Listing, Integers, int]:
        """Candles of history and of the live market, at least the newest `limit` where there are so many."""
        listing, live, since, now = self._platform.read(partial(_live, symbol=symbol, step=step))
        first = 0 if begin is None else begin
        last = now + step if end is None else min(end, now + step)
        cut = min(since or last, last)
        begun = live[(live[:, TS] >= first // step * step) & (live[:, TS] < last)]
        kept = NONE
        if len(coarser(begun, step)) < limit:
            kept = self._history.rows(listing, step, begin=first, end=cut, limit=limit)
        rows = coarser(np.concatenate((kept, begun)), step)
        return listing, rows[(rows[:, TS] >= first) & (rows[:, TS] < last)], now

    def _seed(self) -> None:
        """Gives the live market the last day of an earlier process, the first time that somebody asks."""
        for symbol in self._platform.read(lambda house: house.watch.symbols()):
            if symbol in self._seeded:
                continue
            listing, _, since, now = self._platform.read(partial(_live, symbol=symbol, step=MINUTE))
            if since:
                self._seeded.add(symbol)
                begin = (now - DAY) // MINUTE * MINUTE
                rows = self._history.rows(listing, MINUTE, begin=begin, end=since, limit=DAY // MINUTE)
                self._platform.read(partial(_take_seed, symbol=symbol, rows=rows))


def _live(house: House, *, symbol: str, step: int) -> tuple[Listing, Integers, int, int]:
    rows, since = house.watch.live(symbol, step)
    return house.watch.listing(symbol), rows, since, house.clock.now_ns()


def _take_seed(house: House, *, symbol: str, rows: Integers) -> None:
    house.watch.seed(symbol, rows)


def _markets(house: House) -> list[dict[str, Any]]:
    now = house.clock.now_ns()
    ages = house.market.ages(now)
    return [
        quote | _terms(house, house.watch.listing(quote["symbol"])) | {"age_ns": _age(ages[quote["symbol"]])}
        for quote in house.watch.quotes(now)
    ]


def _age(streams: dict[str, int]) -> int | None:
    return min(streams.values(), default=None)


def _terms(house: House, listing: Listing) -> dict[str, Any]:
    amounts = ("tick", "lot", "min_quantity", "max_quantity", "min_notional", "maker_fee", "taker_fee")
    return {
        "venue": house.terms.name,
        "mode": house.terms.mode,
        "base": listing.base,
        "quote": listing.quote,
        "price_decimals": listing.price_decimals,
        "quantity_decimals": listing.quantity_decimals,
        **{name: plain(getattr(listing, name)) for name in amounts},
    }


def _step(timeframe: str) -> int:
    step = timeframe_ns(timeframe)
    if step not in TIMEFRAMES:
        known = ", ".join(map(timeframe_text, TIMEFRAMES))
        raise InputError(f"there are no candles of {timeframe[:20]!r}", expected=f"one of {known}")
    return step


def _columns(rows: Integers, listing: Listing) -> dict[str, Any]:
    prices = {"high": HIGH, "low": LOW, "close": CLOSE}
    found = {name: to_floats(rows[:, place], listing.price_decimals) for name, place in prices.items()}
    return found | {"volume": to_floats(rows[:, VOLUME], SIZE_DECIMALS), "ts": np.ascontiguousarray(rows[:, TS])}


def _missing(rows: Integers, step: int, *, begin: int | None, more: bool) -> list[dict[str, Any]]:
    """Spans without candles: before the first that there is, and where nothing was recorded for long."""
    if not len(rows):
        return []
    opens = rows[:, TS]
    said = []
    if not more and (begin is None or opens[0] - begin > step):
        why = "nothing was recorded before"
        said.append({"from_ns": begin or 0, "to_ns": int(opens[0]), "why": why})
    gaps = np.flatnonzero(np.diff(opens) > max(2 * step, _SILENCE))
    why = "no trade was recorded: the platform did not run, or the market was silent"
    return said + [{"from_ns": int(opens[k]) + step, "to_ns": int(opens[k + 1]), "why": why} for k in gaps]

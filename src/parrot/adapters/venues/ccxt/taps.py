"""ccxt's caches with an ear: each thing that its streams put in is heard at once.

`watch_orders` and its like wake up once for several messages that came together, and not at all for those between two
calls; what they would miss, the caches see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from parrot.adapters.venues.skeleton.wire import OnRaw

_MS: Final = 1_000_000
_KEPT: Final = 1_000
_SIDES: Final = {"buy": 1, "sell": -1}

Hear = Callable[[Mapping[str, Any]], None]
Broken = Callable[[Exception], None]


def tap_private(exchange: Any, on_order: Hear, on_trade: Hear, broken: Broken) -> None:
    """Gives the exchange caches of orders and own trades that tell of what comes in, and `broken` of what they lost."""
    from ccxt.async_support.base.ws.cache import ArrayCacheBySymbolById

    exchange.orders = _tapped(ArrayCacheBySymbolById, on_order, broken)
    exchange.myTrades = _tapped(ArrayCacheBySymbolById, on_trade, broken)


def tap_trades(
    exchange: Any, symbols: Iterable[str], on_raw: OnRaw, *, now: Callable[[], int], offset: Callable[[], int]
) -> None:
    """Gives the exchange caches of public trades that tell of what comes in, counted by symbol."""
    from ccxt.async_support.base.ws.cache import ArrayCache

    for symbol in symbols:
        exchange.trades[symbol] = _tapped(ArrayCache, _counting(symbol, on_raw, now=now, offset=offset), _lost)


def _counting(symbol: str, on_raw: OnRaw, *, now: Callable[[], int], offset: Callable[[], int]) -> Hear:
    number = 0

    def hear(trade: Mapping[str, Any]) -> None:
        nonlocal number
        number += 1
        stamp = trade.get("timestamp")
        ts = stamp * _MS - offset() if isinstance(stamp, int) else now()
        side = _SIDES.get(str(trade.get("side")), 0)
        price, size = trade.get("price"), trade.get("amount")
        on_raw({"type": "trade", "symbol": symbol, "seq": number, "ts": ts, "price": price, "size": size, "side": side})

    return hear


def _lost(fault: Exception) -> None:
    """A trade that cannot be read leaves a gap in their numbers."""


def _tapped(kind: Any, hear: Hear, broken: Broken) -> Any:
    class Tapped(kind):  # type: ignore[misc]  # ccxt has no types
        def append(self, item: Any) -> None:
            super().append(item)
            try:
                hear(item)
            except Exception as fault:  # noqa: BLE001  what is raised in here would end ccxt's listening without a word
                broken(fault)

    return Tapped(_KEPT)

"""Markets: what may be traded, and how it trades. Symbols hold a slash, so they are always a query parameter."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from parrot.contracts.access import Permission, Principal
from parrot.gateway.rest.access import allowed
from parrot.gateway.rest.models.markets import Candles, Depth, Indicators, KnownIndicators, Markets, Tape
from parrot.gateway.rest.ports.markets import MarketsDoor

Reader = Annotated[Principal, allowed(Permission.MARKETS_READ)]
Symbol = Annotated[str, Query(min_length=1, max_length=60, examples=["BTC/USDT"])]
Timeframe = Annotated[str, Query(max_length=4, pattern=r"^\d{1,3}[smhd]$", examples=["1m"])]
Moment = Annotated[int | None, Query(ge=0, lt=1 << 63, description="ns UTC")]
Many = Annotated[int, Query(ge=1, le=5_000, description="Candles at most.")]
Wanted = Annotated[list[str], Query(min_length=1, max_length=10, description="Such as ema:20 or bbands:20:2.")]


def routes(markets: MarketsDoor) -> APIRouter:
    """The routes of markets."""
    router = APIRouter(tags=["markets"])
    _candles(router, markets)

    @router.get("/markets", operation_id="list_markets", response_model=Markets)
    def listed(_: Reader) -> Any:
        """Every symbol with the venue's terms, its quote, and what its last 24 hours did."""
        return {"items": markets.markets()}

    @router.get("/markets/depth", operation_id="depth", response_model=Depth)
    def depth(_: Reader, symbol: Symbol, levels: Annotated[int, Query(ge=1, le=500)] = 50) -> Any:
        """The book of a symbol, best level first."""
        return markets.depth(symbol, levels)

    @router.get("/markets/tape", operation_id="tape", response_model=Tape)
    def tape(_: Reader, symbol: Symbol, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> Any:
        """The newest trades of a symbol's market, newest first."""
        return {"items": markets.tape(symbol, limit)}

    return router


def _candles(router: APIRouter, markets: MarketsDoor) -> None:
    @router.get("/markets/candles", operation_id="candles", response_model=Candles)
    def candles(
        _: Reader,
        symbol: Symbol,
        timeframe: Timeframe,
        from_ns: Moment = None,
        to_ns: Moment = None,
        limit: Many = 500,
        after: Annotated[str | None, Query(pattern=r"^\d{1,19}$", description="`next` of the page before.")] = None,
    ) -> Any:
        """Candles from history and the live market, oldest first; the newest where nothing else is said."""
        end = to_ns if after is None else int(after)
        return markets.candles(symbol, timeframe, begin=from_ns, end=end, limit=limit)

    @router.get("/markets/indicators", operation_id="indicators", response_model=Indicators)
    def indicators(
        _: Reader, symbol: Symbol, timeframe: Timeframe, wanted: Wanted, to_ns: Moment = None, limit: Many = 500
    ) -> Any:
        """Indicators over the newest candles before `to_ns`, warmed up by those before them."""
        return markets.indicators(symbol, timeframe, wanted, end=to_ns, limit=limit)

    @router.get("/markets/known-indicators", operation_id="known_indicators", response_model=KnownIndicators)
    def known(_: Reader) -> Any:
        """The indicators of the engine with their parameters."""
        return {"items": markets.known_indicators()}

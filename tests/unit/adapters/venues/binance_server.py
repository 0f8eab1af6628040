"""A small Binance on loopback: exchange information and klines in the shape that the exchange sends."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

HOUR_MS = 3_600_000
START_MS = 1_704_067_200_000  # 2024-01-01
BARS = 2_600

EXCHANGE_INFO = {
    "timezone": "UTC",
    "serverTime": START_MS,
    "rateLimits": [],
    "exchangeFilters": [],
    "symbols": [
        {
            "symbol": base + "USDT",
            "status": "TRADING",
            "baseAsset": base,
            "baseAssetPrecision": 8,
            "quoteAsset": "USDT",
            "quotePrecision": 8,
            "quoteAssetPrecision": 8,
            "orderTypes": ["LIMIT", "MARKET"],
            "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": False,
            "filters": [
                {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000000.00", "tickSize": "0.01"},
                {"filterType": "LOT_SIZE", "minQty": "0.00001", "maxQty": "9000.0", "stepSize": "0.00001"},
            ],
            "permissions": ["SPOT"],
        }
        for base in ("BTC", "ETH")
    ],
}


def kline(number: int) -> list[object]:
    """The bar with that number since the start, with prices that tell the number and many digits of volume."""
    opened = START_MS + number * HOUR_MS
    low = f"{40_000 + number}.01000000"
    high = f"{40_000 + number}.99000000"
    volume = f"{number + 1}.12345678"
    return [opened, low, high, low, high, volume, opened + HOUR_MS - 1, "1.0", 7, "0.5", "0.5", "0"]


@dataclass
class Binance:
    """Answers klines by startTime and limit; `troubles` are answers that come first, one a request.

    `since` notes the startTime of every request for klines, answered or not; `bars` is how many the market has.
    """

    server: HTTPServer
    bars: int = BARS
    first: int = 0
    troubles: list[Response] = field(default_factory=list)
    since: list[int] = field(default_factory=list)
    before_answer: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.server.expect_request("/api/v3/exchangeInfo").respond_with_json(EXCHANGE_INFO)
        self.server.expect_request("/api/v3/klines").respond_with_handler(self._klines)

    @property
    def url(self) -> str:
        return self.server.url_for("").rstrip("/")

    def _klines(self, request: Request) -> Response:
        since = int(request.args.get("startTime", 0))
        limit = min(int(request.args.get("limit", 500)), 1_000)
        assert request.args["symbol"] == "BTCUSDT"
        assert request.args["interval"] == "1h"
        self.since.append(since)
        self.before_answer()
        if self.troubles:
            return self.troubles.pop(0)
        begin = max(-(-(since - START_MS) // HOUR_MS), self.first)
        rows = [kline(number) for number in range(begin, min(begin + limit, self.bars))]
        return Response(json.dumps(rows), content_type="application/json")


def refusal(status: int, code: int = -1003, text: str = "Too many requests.", **headers: str) -> Response:
    """An error as Binance words it."""
    body = json.dumps({"code": code, "msg": text})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(body, status=status, content_type="application/json", headers=named)

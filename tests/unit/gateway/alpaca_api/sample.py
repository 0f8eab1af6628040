"""The real exchange behind Alpaca's face: two clients, a calendar of a few days, a clock that the test moves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from parrot.centers.matching.manifest import build_exchange, public_settings
from parrot.contracts.exchange import SCALE
from parrot.gateway.alpaca_api.face import Face
from parrot.gateway.alpaca_api.wire import ApiRequest, ApiResponse
from parrot.ports.exchange import Credential
from parrot.ports.journal import Segments
from parrot.ports.secrets import Secret

SECOND = 1_000_000_000
MINUTE = 60 * SECOND


def at(text: str) -> int:
    """A moment in November 2026, UTC: "25 14:30"."""
    return int(datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC).timestamp()) * SECOND


# Tuesday, Wednesday, Friday (an early close after a holiday), Monday, Tuesday.
DAYS = [
    (at("24 14:30"), at("24 21:00")),
    (at("25 14:30"), at("25 21:00")),
    (at("27 14:30"), at("27 18:00")),
    (at("30 14:30"), at("30 21:00")),
]
NOON = at("25 17:00")
KEYS = {"ann-key": ("ann", True), "bob-key": ("bob", True), "eve-key": ("ann", False)}


class Ring:
    """Keys that are known; the secret of each is its name backwards."""

    def find(self, key: str) -> Credential | None:
        if key not in KEYS:
            return None
        account, may_trade = KEYS[key]
        return Credential(key=key, secret=Secret(key, key[::-1]), account=account, may_trade=may_trade)

    def add(self, account: str, *, may_trade: bool = True) -> Credential:
        raise NotImplementedError

    def remove(self, key: str) -> bool:
        raise NotImplementedError

    def names(self) -> Sequence[tuple[str, str]]:
        return []


class Market:
    """An exchange with two stocks and a coin. Ann and Bob have a million dollars, Bob a thousand shares of each."""

    def __init__(
        self,
        now: int = NOON,
        *,
        crowd: bool = False,
        limits: bool = False,
        sessions: bool = False,
        days: Sequence[tuple[int, int]] = (),
        segments: Segments | None = None,
    ) -> None:
        more: dict[str, Any] = {"stock_days": tuple(days or DAYS)} if sessions or days else {}
        made = public_settings(("BTCUSDT",), ("AAPL", "MSFT"), crowd=crowd, **more)
        self.exchange = build_exchange(made, segments, now=now)
        self.exchange.turn(now)
        if not self.exchange.accounts():
            self._fund()
        self.face = Face(self.exchange, Ring(), days or DAYS, limits=limits)
        self.ann, self.bob = Client(self, "ann-key"), Client(self, "bob-key")

    def _fund(self) -> None:
        for account in ("ann", "bob"):
            self.exchange.open_account(account)
            self.exchange.deposit(account, "USD", 1_000_000 * SCALE)
        for stock in ("AAPL", "MSFT"):
            self.exchange.deposit("bob", stock, 1_000 * SCALE)

    def go(self, seconds: float) -> None:
        self.exchange.turn(self.exchange.now + int(seconds * SECOND))

    def until(self, moment: int) -> None:
        self.exchange.turn(moment)


class Client:
    """Sends requests with a key; answers are parsed JSON, numbers exact."""

    def __init__(self, market: Market, key: str) -> None:
        self._market = market
        self._headers = {b"apca-api-key-id": key.encode(), b"apca-api-secret-key": key[::-1].encode()}
        self.last: ApiResponse | None = None

    def ask(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **query: Any) -> Any:
        """The answer of a request, with its status in `last`."""
        found = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        request = ApiRequest(method, path, urlencode(query).encode(), found, self._headers)
        self._market.exchange.turn(self._market.exchange.now)
        self.last = self._market.face.handle(request)
        return json.loads(self.last.body, parse_float=Decimal) if self.last.body else None

    def get(self, path: str, **query: Any) -> Any:
        return self.good(self.ask("GET", path, **query))

    def post(self, path: str, **body: Any) -> Any:
        return self.good(self.ask("POST", path, body))

    def good(self, answer: Any) -> Any:
        assert self.last.status in (200, 204, 207), answer
        return answer

    def refused(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, int, str]:
        """Status, code and message of an error."""
        answer = self.ask(method, path, body, **query)
        assert self.last.status >= 400, answer
        return self.last.status, answer["code"], answer["message"]

    def order(self, side: str, qty: Any = 1, limit: Any = None, **more: Any) -> Any:
        """Sends an order for AAPL: a limit order with a limit, else a market order."""
        return self.post("/v2/orders", **order(side, qty, limit, **more))


def order(side: str, qty: Any = 1, limit: Any = None, **more: Any) -> dict[str, Any]:
    fields = {"symbol": "AAPL", "side": side, "type": "market" if limit is None else "limit", "time_in_force": "day"}
    if qty is not None:
        fields["qty"] = qty
    if limit is not None:
        fields["limit_price"] = limit
    return fields | more

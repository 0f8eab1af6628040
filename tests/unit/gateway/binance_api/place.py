"""A simulated exchange behind the face, and clients that sign as real ones do."""

from __future__ import annotations

import hmac
import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from parrot.centers.matching.manifest import build_exchange, public_settings
from parrot.contracts.exchange import SCALE, AccountEvent, MarketEvent
from parrot.gateway.binance_api.face import Face
from parrot.gateway.binance_api.session import ApiSession
from parrot.gateway.binance_api.wire import ApiRequest, ApiResponse
from parrot.ports.exchange import Credential
from parrot.ports.secrets import Secret

START = 1_700_000_000_000_000_000  # ns; the start of a second
SECOND = 10**9
KEY, SECRET = "K" * 64, "S" * 64
OTHER_KEY, OTHER_SECRET = "L" * 64, "T" * 64
READ_KEY = "R" * 64


class Ring:
    """The keys of two accounts, and one that may not trade."""

    def __init__(self) -> None:
        self.known = {
            KEY: Credential(key=KEY, secret=Secret("k", SECRET), account="main"),
            OTHER_KEY: Credential(key=OTHER_KEY, secret=Secret("l", OTHER_SECRET), account="other"),
            READ_KEY: Credential(key=READ_KEY, secret=Secret("r", SECRET), account="main", may_trade=False),
        }

    def find(self, key: str) -> Credential | None:
        return self.known.get(key)


def signature(payload: str | bytes, secret: str = SECRET) -> str:
    raw = payload.encode() if isinstance(payload, str) else payload
    return hmac.digest(secret.encode(), raw, "sha256").hex()


def form(params: dict[str, Any]) -> str:
    return "&".join(f"{name}={quote(str(value), safe='')}" for name, value in params.items())


class Place:
    """One exchange with BTCUSDT and ETHUSDT, two funded accounts and everything that they hear."""

    def __init__(self, *, limits: bool = False, legacy: bool = False, **settings: Any) -> None:
        chosen = replace(public_settings(["BTCUSDT", "ETHUSDT"], ["AAPL"]), **settings)
        self.exchange = build_exchange(chosen, now=START)
        for account in ("main", "other"):
            self.exchange.open_account(account)
            self.exchange.deposit(account, "USDT", 1_000_000 * SCALE)
            self.exchange.deposit(account, "BTC", 10 * SCALE)
        self.ring = Ring()
        self.face = Face(self.exchange, self.ring, limits=limits, legacy_listen_key=legacy)
        self.heard: list[AccountEvent | MarketEvent] = []
        self.exchange.listen(self.heard.extend)

    @property
    def ms(self) -> int:
        return self.face.venue.now // 1_000_000

    def raw(
        self, method: str, path: str, query: str | bytes = b"", body: str | bytes = b"", **headers: str
    ) -> ApiResponse:
        query = query.encode() if isinstance(query, str) else query
        body = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
        return self.face.handle(ApiRequest(method, path, query, body, named, "127.0.0.1"))

    def ask(self, path: str, **params: Any) -> Any:
        """A public question."""
        response = self.raw("GET", "/api/v3/" + path, form(params))
        assert response.status == 200, response
        return json.loads(response.body)

    def sent(self, method: str, path: str, params: dict[str, Any], *, key: str = KEY) -> ApiResponse:
        """A signed request, in the query for GET and DELETE, else in the body."""
        secret = OTHER_SECRET if key == OTHER_KEY else SECRET
        path = path if path.startswith("/") else "/api/v3/" + path
        text = form({**params, "timestamp": self.ms})
        text += "&signature=" + signature(text, secret)
        if method in ("GET", "DELETE"):
            return self.raw(method, path, text, x_mbx_apikey=key)
        return self.raw(method, path, b"", text, x_mbx_apikey=key)

    def done(self, method: str, path: str, *, key: str = KEY, **params: Any) -> Any:
        response = self.sent(method, path, params, key=key)
        assert response.status == 200, response
        return json.loads(response.body)

    def refused(self, method: str, path: str, *, key: str = KEY, **params: Any) -> tuple[int, int, str]:
        response = self.sent(method, path, params, key=key)
        assert response.status >= 400, response
        body = json.loads(response.body)
        return response.status, body["code"], body["msg"]

    def order(self, side: str, quantity: str, price: str = "", *, key: str = KEY, **more: Any) -> Any:
        """A limit order, or a market order where there is no price."""
        params = {"symbol": "BTCUSDT", "side": side, "type": "LIMIT" if price else "MARKET", "quantity": quantity}
        if price:
            params |= {"price": price}
            if more.get("type", "LIMIT") == "LIMIT":
                params |= {"timeInForce": "GTC"}
        return self.done("POST", "order", key=key, **(params | more))

    def balance(self, asset: str, *, key: str = KEY) -> tuple[str, str]:
        balances = self.done("GET", "account", key=key)["balances"]
        return next((one["free"], one["locked"]) for one in balances if one["asset"] == asset)

    def best(self, symbol: str = "BTCUSDT") -> tuple[int, int]:
        """Best bid and ask in 10^-8."""
        book = self.exchange.depth(symbol, 1)
        return book.bids[0][0], book.asks[0][0]

    def state(self) -> tuple[Any, ...]:
        """Everything that a request which fails must leave as it was."""
        exchange = self.exchange
        return tuple(
            (tuple(exchange.held(account)), tuple(exchange.open_orders(account))) for account in ("main", "other")
        )


class Socket:
    """A client of the WebSocket API."""

    def __init__(self, place: Place, query: bytes = b"", *, key: str = KEY, secret: str = SECRET) -> None:
        self.place = place
        self.session = ApiSession(place.face, "127.0.0.1", query)
        self.key, self.secret = key, secret

    def send(self, method: str, *, signed: bool = False, **params: Any) -> Any:
        if signed:
            params |= {"timestamp": self.place.ms, "apiKey": self.key}
            pairs = [f"{name}={_written(params[name])}" for name in sorted(params)]
            params["signature"] = signature("&".join(pairs), self.secret)
        return json.loads(self.session.handle(json.dumps({"id": 7, "method": method, "params": params}).encode()))

    def done(self, method: str, *, signed: bool = False, **params: Any) -> Any:
        answer = self.send(method, signed=signed, **params)
        assert answer["status"] == 200, answer
        assert answer["id"] == 7
        return answer["result"]


def _written(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool | list) else str(value)


def decimal(value: int) -> str:
    """10^-8 units as the venue writes them."""
    sign = "-" if value < 0 else ""
    return f"{sign}{abs(value) // SCALE}.{abs(value) % SCALE:08d}"

"""The face: a request comes in, Alpaca's answer goes out. Synchronous; the exchange's time is the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from parrot.contracts.exchange import AccountEvent, MarketEvent, TopChanged
from parrot.gateway.alpaca_api.account import Accounts
from parrot.gateway.alpaca_api.asking import word
from parrot.gateway.alpaca_api.days import Days
from parrot.gateway.alpaca_api.history import history
from parrot.gateway.alpaca_api.market_data import MarketData
from parrot.gateway.alpaca_api.names import asset_id
from parrot.gateway.alpaca_api.positions import Positions
from parrot.gateway.alpaca_api.problems import (
    Problem,
    forbidden,
    malformed,
    not_found,
    told,
    too_large,
    too_many,
    unauthorized,
)
from parrot.gateway.alpaca_api.stocks import Stocks
from parrot.gateway.alpaca_api.trading import Query, Trading
from parrot.gateway.alpaca_api.values import SECOND, read_date
from parrot.gateway.alpaca_api.wire import ApiRequest, ApiResponse, Header
from parrot.kernel.errors import Refused, StorageError
from parrot.ports.exchange import Credential, KeyRing, PublicExchange

BODY_MAX: Final = 1 << 20
_A_MINUTE: Final = 200  # requests of one key, trading and data each
_MINUTE: Final = 60 * SECOND
_PARAMETERS_MAX: Final = 100
_JSON: Final[Header] = (b"content-type", b"application/json; charset=UTF-8")

Json = dict[str, Any]
Answer = tuple[int, Any]

ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)


class Face:
    """Alpaca's REST API on an exchange; `days` are opens and closes of its stocks, ns UTC."""

    def __init__(
        self, exchange: PublicExchange, keys: KeyRing, days: Sequence[tuple[int, int]], *, limits: bool = True
    ) -> None:
        self.stocks = Stocks(exchange, Days(days))
        self.trading = Trading(self.stocks)
        self.data = MarketData(self.stocks)
        self._positions = Positions(self.stocks, self.trading)
        self._accounts = Accounts(self.stocks)
        self._keys = keys
        self._limits = limits
        self._used: dict[tuple[str, bool], tuple[int, int]] = {}
        exchange.listen(self._hear)

    def _hear(self, events: Sequence[AccountEvent | MarketEvent]) -> None:
        for event in events:
            if isinstance(event, TopChanged):
                self.data.hear(event)

    # -- one request ---------------------------------------------------------------------------------------------------

    def handle(self, request: ApiRequest) -> ApiResponse:
        """Answers a request; never raises for what a client sends."""
        headers: list[Header] = [_JSON]
        try:
            status, answer = self._answer(request, headers)
        except Problem as problem:
            status, answer = problem.status, problem.body
        except Refused as fault:
            refused = told(fault)
            status, answer = refused.status, refused.body
        except StorageError:
            status, answer = 500, {"code": 50010000, "message": "internal server error occurred"}
        return ApiResponse(status, b"" if answer is None else ENCODER.encode(answer), headers)

    def _answer(self, request: ApiRequest, headers: list[Header]) -> Answer:
        credential = self._known(request)
        parts = [part for part in request.path.split("/") if part]
        if parts[:1] != ["v2"] or len(parts) < 2:
            raise not_found("endpoint not found")
        self._count(credential, parts[1] == "stocks", headers)
        if len(request.body) > BODY_MAX:
            raise too_large()
        query = _query(request.query)
        if parts[1] == "stocks":
            return 200, self._market_data(request.method, parts[2:], query)
        return self._trade(credential, request, parts[1:], query)

    def _known(self, request: ApiRequest) -> Credential:
        key = request.headers.get(b"apca-api-key-id", b"").decode("latin-1")
        found = self.credential(key, request.headers.get(b"apca-api-secret-key", b"").decode("latin-1"))
        if found is None:
            raise unauthorized()
        return found

    def credential(self, key: str, secret: str) -> Credential | None:
        """Who has this key and secret, None for nobody."""
        found = self._keys.find(key) if key else None
        right = found is not None and compare_digest(found.secret.reveal().encode(), secret.encode())
        return found if right else None

    def _count(self, credential: Credential, data: bool, headers: list[Header]) -> None:
        if not self._limits:
            return
        minute = self.stocks.now // _MINUTE
        begun, used = self._used.get((credential.key, data), (minute, 0))
        used = used + 1 if begun == minute else 1
        self._used[credential.key, data] = (minute, used)
        headers += [
            (b"x-ratelimit-limit", b"%d" % _A_MINUTE),
            (b"x-ratelimit-remaining", b"%d" % max(_A_MINUTE - used, 0)),
            (b"x-ratelimit-reset", b"%d" % ((minute + 1) * 60)),
        ]
        if used > _A_MINUTE:
            raise too_many()

    # -- market data ---------------------------------------------------------------------------------------------------

    def _market_data(self, method: str, path: list[str], query: Query) -> Json:
        _only(method, "GET")
        match path:
            case [("bars" | "trades" | "quotes") as what]:
                return self.data.history(what, query)
            case [("bars" | "trades" | "quotes") as what, "latest"]:
                return self.data.newest(what, query)
            case ["snapshots"]:
                return self.data.snapshots(query)
            case [symbol, ("bars" | "trades" | "quotes") as what]:
                return self.data.history_of(what, symbol.upper(), query)
            case [symbol, ("bars" | "trades" | "quotes") as what, "latest"]:
                return self.data.newest_of(what, symbol.upper(), query)
            case [symbol, "snapshot"]:
                return self.data.snapshot_of(symbol.upper(), query)
        raise not_found("endpoint not found")

    # -- trading -------------------------------------------------------------------------------------------------------

    def _trade(self, credential: Credential, request: ApiRequest, path: list[str], query: Query) -> Answer:
        method, account = request.method, credential.account
        if method != "GET" and not credential.may_trade:
            raise forbidden("the key is not allowed to trade")
        match path:
            case ["account", *rest]:
                return self._account(account, request, rest, query)
            case ["orders", *_] | ["orders:by_client_order_id"]:
                return self._orders(account, request, path, query)
            case ["positions", *rest]:
                return self._position(account, method, rest, query)
            case ["assets", *rest]:
                _only(method, "GET")
                return 200, self._asset(self.stocks.asset(rest[0])) if rest else self._assets(query)
            case ["clock"]:
                _only(method, "GET")
                return 200, self.stocks.days.clock(self.stocks.now)
            case ["calendar"]:
                _only(method, "GET")
                return 200, self._calendar(query)
        raise not_found("endpoint not found")

    def _account(self, account: str, request: ApiRequest, path: list[str], query: Query) -> Answer:
        accounts, method = self._accounts, request.method
        match path:
            case []:
                _only(method, "GET")
                return 200, accounts.show(account)
            case ["configurations"]:
                _only(method, "GET", "PATCH")
                if method == "PATCH":
                    return 200, accounts.change(account, _fields(request))
                return 200, accounts.settings(account)
            case ["activities", *kind] if len(kind) < 2:
                _only(method, "GET")
                return 200, accounts.activities(account, query, *kind)
            case ["portfolio", "history"]:
                _only(method, "GET")
                return 200, history(self.stocks, account, query)
        raise not_found("endpoint not found")

    def _orders(self, account: str, request: ApiRequest, path: list[str], query: Query) -> Answer:
        trading, method = self.trading, request.method
        match path:
            case ["orders"]:
                _only(method, "GET", "POST", "DELETE")
                return self._all_orders(account, request, query)
            case ["orders:by_client_order_id"]:
                _only(method, "GET")
                return 200, trading.named(account, query)
            case ["orders", given]:
                _only(method, "GET", "PATCH", "DELETE")
                if method == "GET":
                    return 200, trading.one(account, given, query)
                if method == "PATCH":
                    return 200, trading.replace(account, given, _fields(request))
                trading.cancel(account, given)
                return 204, None
        raise not_found("endpoint not found")

    def _all_orders(self, account: str, request: ApiRequest, query: Query) -> Answer:
        if request.method == "GET":
            return 200, self.trading.many(account, query)
        if request.method == "DELETE":
            return 207, self.trading.cancel_all(account)
        if self._accounts.suspended(account):
            raise forbidden("trading is suspended by the account's own configuration")
        return 200, self.trading.submit(account, _fields(request))

    def _position(self, account: str, method: str, path: list[str], query: Query) -> Answer:
        _only(method, "GET", "DELETE")
        positions = self._positions
        action: dict[tuple[str, int], Callable[[], Answer]] = {
            ("GET", 0): lambda: (200, positions.all(account)),
            ("DELETE", 0): lambda: (207, positions.close_all(account, query)),
            ("GET", 1): lambda: (200, positions.one(account, path[0])),
            ("DELETE", 1): lambda: (200, positions.close(account, path[0], query)),
        }
        if len(path) > 1:
            raise not_found("endpoint not found")
        return action[method, len(path)]()

    def _assets(self, query: Query) -> list[Json]:
        wanted = word(query, "status", ("", "active", "inactive", "all"), "")
        kind, exchange = query.get("asset_class") or "us_equity", query.get("exchange") or "NASDAQ"
        if wanted == "inactive" or kind != "us_equity" or exchange != "NASDAQ" or query.get("attributes"):
            return []
        return [self._asset(symbol) for symbol in self.stocks.markets]

    def _asset(self, symbol: str) -> Json:
        return {
            "id": asset_id(symbol),
            "class": "us_equity",
            "exchange": "NASDAQ",
            "symbol": symbol,
            "name": f"{symbol} Common Stock",
            "status": "active",
            "tradable": True,
            "marginable": False,
            "maintenance_margin_requirement": 100,
            "margin_requirement_long": "100",
            "margin_requirement_short": "100",
            "shortable": False,
            "easy_to_borrow": False,
            "fractionable": True,
            "attributes": [],
        }

    def _calendar(self, query: Query) -> list[dict[str, str]]:
        start = read_date(query["start"], "start") if query.get("start") else None
        end = read_date(query["end"], "end") if query.get("end") else None
        return self.stocks.days.calendar(start, end)


def _only(method: str, *known: str) -> None:
    if method not in known:
        raise Problem(405, 40510000, "method not allowed")


def _query(given: bytes) -> Query:
    try:
        pairs = parse_qsl(given.decode(), keep_blank_values=True, max_num_fields=_PARAMETERS_MAX)
    except ValueError:
        raise malformed("the query cannot be read") from None
    return dict(pairs)


def _fields(request: ApiRequest) -> Json:
    try:
        found = _DECODER.decode(request.body) if request.body.strip() else {}
    except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError, RecursionError):
        raise malformed("request body format is invalid") from None
    if not isinstance(found, dict):
        raise malformed("request body format is invalid")
    return found

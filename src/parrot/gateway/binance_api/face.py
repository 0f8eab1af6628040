"""One request in, one answer out: the way through limits, keys, signatures and the table of endpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from parrot.gateway.binance_api import forms, signing
from parrot.gateway.binance_api.call import Call
from parrot.gateway.binance_api.endpoints import BY_PATH, PATHS, Endpoint, Security
from parrot.gateway.binance_api.errors import ApiError
from parrot.gateway.binance_api.limits import SECOND
from parrot.gateway.binance_api.refusals import of_order
from parrot.gateway.binance_api.venue import Venue
from parrot.gateway.binance_api.views import MICROSECOND, MILLISECOND
from parrot.gateway.binance_api.wire import ApiRequest, ApiResponse, Header
from parrot.kernel.errors import Refused
from parrot.ports.exchange import Credential, KeyRing, PublicExchange

BODY_MAX: Final = 65_536
_UNREAD_WEIGHT: Final = 1
_JSON: Final[Header] = (b"content-type", b"application/json;charset=UTF-8")
_UNITS: Final = {b"MICROSECOND": MICROSECOND, b"MILLISECOND": MILLISECOND}

_encode = msgspec.json.Encoder().encode


class Face:
    """The REST side of the venue: synchronous, called by the thread that owns the exchange."""

    def __init__(
        self,
        exchange: PublicExchange,
        keys: KeyRing,
        *,
        limits: bool = True,
        legacy_listen_key: bool = False,
        seed: int = 0,
    ) -> None:
        self.venue = Venue(exchange, keys, limits=limits, legacy_listen_key=legacy_listen_key, seed=seed)

    def listen_account(self, key: str) -> str | None:
        """Whose events a listen key tells, None for one that is not known or not any more."""
        return self.venue.listen_keys.account_of(key, self.venue.now)

    @property
    def skew(self) -> int:
        """By how many ns the venue's clock is wrong."""
        return self.venue.skew

    @skew.setter
    def skew(self, skew: int) -> None:
        self.venue.skew = skew

    def handle(self, request: ApiRequest) -> ApiResponse:
        """Answers a request; what is wrong with it is in the answer, nothing is raised for it."""
        venue = self.venue
        now = venue.now
        call: Call | None = None
        try:
            endpoint, params = self._read(request, now)
            weight = endpoint.weight
            used = venue.limits.charge(request.address, weight if isinstance(weight, int) else weight(params), now)
            known = _credential(venue, endpoint, request, params, now)
            call = Call(venue, params, known, _unit(request))
            check_names(endpoint, params)
            answer = _encode(run(endpoint.handler, call))
        except ApiError as problem:
            return self._failed(problem, request.address, now)
        headers = [_JSON, *_used(used)]
        if call.orders_counted:
            headers += self._order_counts(call.account, now)
        return ApiResponse(200, answer, headers)

    def _read(self, request: ApiRequest, now: int) -> tuple[Endpoint, dict[str, str]]:
        """What is asked for, at the endpoint's weight; what cannot be read costs the least that there is."""
        try:
            endpoint = _endpoint(request)
            return endpoint, _params(endpoint, request)
        except ApiError:
            self.venue.limits.charge(request.address, _UNREAD_WEIGHT, now)
            raise

    def _failed(self, problem: ApiError, address: str, now: int) -> ApiResponse:
        headers = [_JSON, *_used(self.venue.limits.used(address, now))]
        if problem.retry_at:
            wait = max(-((now - problem.retry_at) // SECOND), 1)
            headers.append((b"retry-after", b"%d" % wait))
        return ApiResponse(problem.status, _encode(problem.body()), headers)

    def _order_counts(self, account: str, now: int) -> list[Header]:
        short, day = self.venue.limits.orders(account, now)
        return [(b"x-mbx-order-count-10s", b"%d" % short), (b"x-mbx-order-count-1d", b"%d" % day)]


def run(handler: Callable[[Call], Any], call: Call) -> Any:
    """What a handler answers; a refusal that it did not expect becomes an ApiError as well."""
    try:
        return handler(call)
    except Refused as refused:
        raise of_order(refused) from None


def check_names(endpoint: Endpoint, params: dict[str, str]) -> None:
    """Raises ApiError for parameters that nobody would read."""
    names = endpoint.names
    if names.issuperset(params) or (not names and endpoint.path.startswith("/sapi")):
        return
    read = len(params.keys() & names)
    if not names:
        raise ApiError(-1101, f"Too many parameters; expected '{read}' and received '{len(params)}'.")
    words = f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{len(params)}'."
    raise ApiError(-1104, words)


def check_rights(endpoint: Endpoint, known: Credential) -> None:
    """Raises ApiError where the key may not do this."""
    if endpoint.security is Security.TRADE and not known.may_trade:
        raise signing.unauthorised()


def _endpoint(request: ApiRequest) -> Endpoint:
    found = BY_PATH.get((request.method, request.path))
    if found is not None:
        return found
    known = request.path in PATHS
    words = f"Path {request.path[:200]}, Method {request.method[:20]} is invalid"
    raise ApiError(-5000, words, status=405 if known else 404)


def _params(endpoint: Endpoint, request: ApiRequest) -> dict[str, str]:
    query, body = request.query, request.body
    if len(body) + len(query) > BODY_MAX:
        raise ApiError(-1101, "Too many parameters sent for this endpoint.", status=413)
    params = forms.read(query)
    if body and endpoint.method != "GET":
        sent = forms.read(body)
        params = sent | params if params else sent
    return params


def _credential(
    venue: Venue, endpoint: Endpoint, request: ApiRequest, params: dict[str, str], now: int
) -> Credential | None:
    if endpoint.security is Security.NONE:
        return None
    key = request.headers.get(b"x-mbx-apikey")
    known = signing.credential(venue.keys, key.decode("latin-1") if key is not None else None)
    if endpoint.security is Security.KEY:
        return known
    check_rights(endpoint, known)
    query, body = request.query, request.body
    if query:
        query = forms.unsigned(query)
    if body and endpoint.method != "GET" and len(query) == len(request.query):
        body = forms.unsigned(body)
    signing.check(known, params, query + body, now)
    return known


def _unit(request: ApiRequest) -> int:
    wanted = request.headers.get(b"x-mbx-time-unit")
    if wanted is None:
        return MILLISECOND
    unit = _UNITS.get(wanted.upper())
    if unit is None:
        raise ApiError(-1194, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.")
    return unit


def _used(weight: int) -> tuple[Header, Header]:
    used = b"%d" % weight
    return (b"x-mbx-used-weight", used), (b"x-mbx-used-weight-1m", used)

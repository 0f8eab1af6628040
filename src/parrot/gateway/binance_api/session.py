"""One connection to the WebSocket API: requests by name, who is logged on, whose events it hears."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec

from parrot.gateway.binance_api import errors, frames, signing, user_events
from parrot.gateway.binance_api.call import Call
from parrot.gateway.binance_api.endpoints import BY_NAME, Endpoint, Security
from parrot.gateway.binance_api.errors import ApiError
from parrot.gateway.binance_api.face import Face, check_names, check_rights, run
from parrot.gateway.binance_api.views import MICROSECOND, MILLISECOND
from parrot.ports.exchange import Credential

_CONNECT_WEIGHT: Final = 2
_METHOD_WEIGHT: Final = 2
_SUBSCRIPTIONS_MAX: Final = 1_000
_SUBSCRIPTIONS_EVER_MAX: Final = 65_535
_FRAME_MAX: Final = 65_536
_TIME: Final = frozenset({"timestamp", "recvWindow"})
_SIGNED: Final = _TIME | {"signature", "apiKey"}

_encode = msgspec.json.Encoder().encode


class ApiSession:
    """One connection; after each `handle` the server sends what is in `pending`, and looks at `subscriptions`."""

    def __init__(self, face: Face, address: str, query: bytes = b"") -> None:
        self.subscriptions: dict[int, str] = {}
        self.pending: list[bytes] = []
        self._venue = face.venue
        self._address = address
        self._connected = face.venue.now
        self._since = 0
        self._logged_on: Credential | None = None
        self._logon_subscription = -1
        self._opened = 0
        asked = parse_qs(query.decode("latin-1"))
        self.unit = MICROSECOND if asked.get("timeUnit", [""])[0].upper() == "MICROSECOND" else MILLISECOND
        self._tell_limits = asked.get("returnRateLimits", ["true"])[0].lower() != "false"
        self._ordering = ""
        with contextlib.suppress(ApiError):  # an address that is banned hears so when it asks for something
            self._charge(_CONNECT_WEIGHT)
        self._own: dict[str, Callable[[Call], Any]] = {
            "session.logon": self._logon,
            "session.status": self._status,
            "session.logout": self._logout,
            "session.subscriptions": self._list,
            "userDataStream.subscribe": self._subscribe,
            "userDataStream.subscribe.signature": self._subscribe_signed,
            "userDataStream.unsubscribe": self._unsubscribe,
        }

    def handle(self, text: bytes) -> bytes:
        """Answers one text frame."""
        tell, self._ordering = self._tell_limits, ""
        given: msgspec.Raw | None = None
        try:
            frame = self._read(text)
            given = frame.id
            params = frames.texts(frame.params or {})
            tell = self._tells(params)
            answer = self._answer(frame.method.removeprefix("v3/"), params)
            whole = {"id": given, "status": 200, "result": answer}
        except ApiError as problem:
            whole = self._failed(problem, frames.id_of(text) if given is None else given)
        if tell:
            whole["rateLimits"] = self._venue.limits.told(self._address, self._ordering, self._venue.now)
        return _encode(whole)

    def _read(self, text: bytes) -> frames.Frame:
        try:
            if len(text) > _FRAME_MAX:
                raise ApiError(-1101, "Too many parameters sent for this endpoint.", status=413)
            return frames.read(text)
        except ApiError:
            self._charge(1)
            raise

    def _tells(self, params: dict[str, str]) -> bool:
        """Whether the answer tells how far the limits are used; the parameter stays where it is, for it is signed."""
        written = params.get("returnRateLimits")
        if written is None:
            return self._tell_limits
        if written not in ("true", "false"):
            self._charge(1)
            raise errors.invalid("returnRateLimits")
        return written == "true"

    def _answer(self, method: str, params: dict[str, str]) -> Any:
        own = self._own.get(method)
        if own is not None:
            self._charge(_METHOD_WEIGHT)
            return own(Call(self._venue, params, None, self.unit))
        endpoint = BY_NAME.get(method)
        if endpoint is None:
            self._charge(1)
            raise ApiError(-1020, "This operation is not supported.")
        weight = endpoint.weight
        self._charge(weight if isinstance(weight, int) else weight(params))
        known = self._credential(endpoint, params)
        params.pop("apiKey", None)
        params.pop("returnRateLimits", None)
        check_names(endpoint, params)
        if endpoint.counts_orders and known is not None:
            self._ordering = known.account
        return run(endpoint.handler, Call(self._venue, params, known, self.unit))

    def _credential(self, endpoint: Endpoint, params: dict[str, str]) -> Credential | None:
        if endpoint.security is Security.NONE:
            return None
        known = self._known(params)
        if endpoint.security is not Security.KEY:
            check_rights(endpoint, known)
            self._check(known, params)
        return known

    def _known(self, params: dict[str, str]) -> Credential:
        """Who asks: the key of the request, else the one that is logged on and still there."""
        if "apiKey" in params or self._logged_on is None:
            if "apiKey" not in params:
                raise errors.missing("apiKey")
            return signing.credential(self._venue.keys, params["apiKey"])
        known = self._venue.keys.find(self._logged_on.key)
        if known is None:
            self._forget()
            raise signing.unauthorised()
        return known

    def _check(self, known: Credential, params: dict[str, str]) -> None:
        """Raises ApiError unless a request is signed and of now; one of a session that is logged on needs no more."""
        if "apiKey" in params or "signature" in params:
            signing.check(known, params, frames.payload(params), self._venue.now)
            return
        if "timestamp" not in params:
            raise errors.missing("timestamp")
        signing.check_time(params, self._venue.now)

    def _signed(self, call: Call) -> Credential:
        """The key of a request that must be signed by itself."""
        _only(call, _SIGNED)
        if "apiKey" not in call.params:
            raise errors.missing("apiKey")
        known = signing.credential(self._venue.keys, call.params["apiKey"])
        signing.check(known, call.params, frames.payload(call.params), self._venue.now)
        return known

    def _logon(self, call: Call) -> dict[str, Any]:
        known = self._signed(call)
        if self._logged_on is not None and self._logged_on.account != known.account:
            self._forget()
        self._logged_on, self._since = known, self._venue.now
        return self._status_now()

    def _status(self, call: Call) -> dict[str, Any]:
        _only(call, frozenset())
        return self._status_now()

    def _status_now(self) -> dict[str, Any]:
        known = self._logged_on
        return {
            "apiKey": known.key if known else None,
            "authorizedSince": self._since // self.unit if known else None,
            "connectedSince": self._connected // self.unit,
            "returnRateLimits": self._tell_limits,
            "serverTime": self._venue.now // self.unit,
            "userDataStream": bool(self.subscriptions),
        }

    def _logout(self, call: Call) -> dict[str, Any]:
        _only(call, frozenset())
        self._forget()
        return self._status_now()

    def _forget(self) -> None:
        self._logged_on, self._since = None, 0
        if self._logon_subscription in self.subscriptions:
            self._end(self._logon_subscription)
        self._logon_subscription = -1

    def _list(self, call: Call) -> list[dict[str, int]]:
        _only(call, frozenset())
        return [{"subscriptionId": one} for one in self.subscriptions]

    def _subscribe(self, call: Call) -> dict[str, int]:
        _only(call, _SIGNED)
        if self._logged_on is None:
            raise ApiError(-2015, "Invalid API-key, IP, or permissions for action.")
        number = self._open(self._known({}).account)
        self._logon_subscription = number
        return {"subscriptionId": number}

    def _subscribe_signed(self, call: Call) -> dict[str, int]:
        return {"subscriptionId": self._open(self._signed(call).account)}

    def _unsubscribe(self, call: Call) -> dict[str, Any]:
        _only(call, _SIGNED | {"subscriptionId"})
        number = call.whole("subscriptionId")
        if number is not None and number not in self.subscriptions:
            raise ApiError(-2036, "User Data Stream subscription not active.")
        if number is None and not self.subscriptions:
            raise ApiError(-2036, "User Data Stream subscription not active.")
        for one in list(self.subscriptions) if number is None else [number]:
            self._end(one)
        return {}

    def _open(self, account: str) -> int:
        if account in self.subscriptions.values():
            raise ApiError(-2035, "User Data Stream subscription already active.")
        if len(self.subscriptions) >= _SUBSCRIPTIONS_MAX:
            raise ApiError(-1191, f"Too many subscriptions. Connection may create up to '{_SUBSCRIPTIONS_MAX}'.")
        if self._opened >= _SUBSCRIPTIONS_EVER_MAX:
            raise ApiError(-2042, "Maximum subscription ID reached for this connection.")
        number = self._opened
        self._opened += 1
        self.subscriptions[number] = account
        return number

    def _end(self, number: int) -> None:
        del self.subscriptions[number]
        event = user_events.stream_terminated(self._venue.now, self.unit)
        self.pending.append(_encode({"subscriptionId": number, "event": event}))

    def _charge(self, weight: int) -> None:
        self._venue.limits.charge(self._address, weight, self._venue.now)

    def _failed(self, problem: ApiError, given: msgspec.Raw) -> dict[str, Any]:
        error = problem.body()
        if problem.retry_at:
            data = error.setdefault("data", {})
            data["serverTime"] = self._venue.now // self.unit
            data["retryAfter"] = problem.retry_at // self.unit
        return {"id": given, "status": problem.status, "error": error}


def _only(call: Call, names: frozenset[str]) -> None:
    unread = call.params.keys() - names - {"returnRateLimits"}
    if unread:
        read, sent = len(call.params) - len(unread), len(call.params)
        raise ApiError(-1104, f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'.")

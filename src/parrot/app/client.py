"""A client of a running platform for programs: signed requests, errors of the one tree, nothing sent twice."""

from __future__ import annotations

import http.client
import json
import secrets
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote, urlencode, urlsplit

from parrot.contracts.signing import KEY_HEADER, NONCE_HEADER, SIGNATURE_HEADER, TIME_HEADER, sign
from parrot.kernel.errors import (
    AccessError,
    BusyError,
    ChangedError,
    InputError,
    MissingError,
    OrderError,
    ParrotError,
    StorageError,
)

_PREFIX: Final = "/api/v1"
_BESIDE: Final = frozenset({"/health", "/ready", "/metrics"})
_TOKEN_HEADER: Final = "X-Parrot-Token"  # the header's name
_LATEST_S: Final = 30.0
_AGAIN: Final = 3
_PAUSE_MOST_S: Final = 10
_NEVER_AGAIN: Final = ("/api/v1/auth/", "/api/v1/profile", "/api/v1/users")  # what proves who one is has no receipts
_KINDS: Final[Mapping[int, type[ParrotError]]] = {404: MissingError, 409: InputError, 412: ChangedError}

Amount = Decimal | str | int
Side = Literal["buy", "sell"]


class Client:
    """One platform, by an API key, or on its own machine by the token of its data directory.

    Answers are what the interface says (docs/reference/rest.md): amounts are text, times are ns UTC. Errors are those
    of `parrot.kernel.errors`, with the platform's words. Thread-safe; one connection is kept open.
    """

    def __init__(
        self, url: str, *, key: str = "", secret: str = "", token: str = "", cert: str = "", timeout: float = _LATEST_S
    ) -> None:
        """`url` such as "https://desk.example:8000"; `cert` is a file with the one certificate to trust."""
        place = urlsplit(url)
        if place.scheme not in ("http", "https") or not place.hostname or place.path not in ("", "/"):
            raise InputError(f"{url!r} is no address of a platform", expected="such as http://localhost:8000")
        if bool(key) != bool(secret) or (key and token):
            raise InputError("a platform is asked with a key and its secret, or with a token", fix="give one of them")
        self._place = place
        self._key, self._secret, self._token = key, secret, token
        self._timeout = timeout
        self._trusted = trusted(cert) if place.scheme == "https" else None
        self._connection: http.client.HTTPConnection | None = None
        self._lock = threading.Lock()

    @classmethod
    def local(cls, data: str | Path | None = None, *, timeout: float = _LATEST_S) -> Client:
        """The platform that runs on a data directory of this machine, without one on that of `parrot up`.

        Raises MissingError when none does.
        """
        from parrot.app.folder import DataFolder, running
        from parrot.app.wiring import home

        folder = DataFolder(home() / "live" if data is None else Path(data))
        found = running(folder)
        if found is None:
            raise MissingError(f"nothing runs on {folder.root}", expected="a running platform", fix="parrot up")
        return cls(found.url, token=found.token, cert=found.cert, timeout=timeout)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; the next request opens another."""
        with self._lock:
            self._close()

    def get(self, path: str, **query: Any) -> Any:
        """What a question is answered with: `get("/orders", symbol="BTC/USDT", limit=10)`."""
        return self._ask("GET", path, query=query)

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, once: str = "") -> Any:
        """What a command is answered with. A POST carries an Idempotency-Key, `once` or one of its own."""
        return self._ask(method, path, body=body or {}, once=once or secrets.token_urlsafe(16))

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, page by page."""
        after: str | None = None
        while True:
            page = self.get(path, **query, **({"after": after} if after else {}))
            yield from page["items"]
            after = page.get("next")
            if not after:
                return

    def status(self) -> dict[str, Any]:
        """The platform in one look."""
        found: dict[str, Any] = self.get("/status")
        return found

    def orders(self, **filters: Any) -> Iterator[dict[str, Any]]:
        """Orders, newest first; filters such as symbol=, strategy=, status="open", since=."""
        return self.pages("/orders", **filters)

    def order(self, order_id: int) -> dict[str, Any]:
        """One order as it stands."""
        found: dict[str, Any] = self.get(f"/orders/{order_id}")
        return found

    def fills(self, **filters: Any) -> Iterator[dict[str, Any]]:
        """Fills, newest first."""
        return self.pages("/fills", **filters)

    def positions(self) -> list[dict[str, Any]]:
        """Positions of the account and of each strategy's book."""
        found: list[dict[str, Any]] = self.get("/positions", limit=1_000)["positions"]
        return found

    def submit(self, side: Side, quantity: Amount, symbol: str, *, key: str = "", **terms: Any) -> dict[str, Any]:
        """Sends an order: a market order, unless `limit`, `trigger` or `trail` say otherwise.

        The same `key` again is the same order. Raises OrderError where risk refuses it, with the rule.
        """
        body = {"key": key or secrets.token_hex(8), "symbol": symbol, "side": side, "quantity": quantity, **terms}
        found: dict[str, Any] = self.send("POST", "/orders", body, once=f"order {body['key']}")
        return found

    def cancel(self, order_id: int, *, reason: str = "") -> None:
        """Asks for the end of an order."""
        self.send("DELETE", f"/orders/{order_id}", {"reason": reason})

    def cancel_all(self, scope: str = "all", *, reason: str = "") -> None:
        """Asks for the end of all orders of a scope ("all", "strategy:ID", "symbol:SYMBOL"), but not of protection."""
        self.send("POST", "/orders/cancel-all", {"scope": scope, "reason": reason})

    def kill(self, scope: str = "all", *, reason: str = "", flatten: bool = False) -> None:
        """Stops all orders of a scope until somebody re-arms it."""
        self.send("POST", "/kill", {"scope": scope, "reason": reason, "flatten": flatten})

    def rearm(self, scope: str = "all", *, reason: str = "") -> None:
        """Lets orders of a scope leave again."""
        self.send("POST", "/rearm", {"scope": scope, "reason": reason})

    def strategies(self) -> list[dict[str, Any]]:
        """Strategies with their state and profit."""
        return list(self.pages("/strategies"))

    def start(self, strategy: str) -> None:
        """Lets a registered strategy run."""
        self.send("POST", f"/strategies/{quote(strategy, safe='')}/start")

    def stop(self, strategy: str, *, flatten: bool = False, reason: str = "") -> None:
        """Ends a strategy: its orders are cancelled, its position stays unless `flatten`."""
        body = {"flatten": flatten, "reason": reason}
        self.send("POST", f"/strategies/{quote(strategy, safe='')}/stop", body)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        once: str = "",
    ) -> Any:
        place = path if path.startswith(_PREFIX) or path in _BESIDE else _PREFIX + path
        given = {name: value for name, value in (query or {}).items() if value is not None}
        text = "" if body is None else json.dumps(body, default=_plain)
        with self._lock:
            status, kind, told = self._patiently(method, place, urlencode(given, doseq=True), text.encode(), once)
        answer = json.loads(told) if "json" in kind and told else told.decode()
        if status >= 400:
            raise _error(status, answer)
        return answer

    def _patiently(self, method: str, path: str, query: str, body: bytes, once: str) -> tuple[int, str, bytes]:
        """Asks again after a lost connection and where the platform says when; a POST is done once all the same."""
        most = 1 if path.startswith(_NEVER_AGAIN) else _AGAIN
        for attempt in range(1, most + 1):
            try:
                status, headers, told = self._once(method, path, query, body, once)
            except (OSError, http.client.HTTPException) as fault:
                self._close()
                if attempt == most:
                    problem = f"the platform on {self._place.geturl()} does not answer: {fault}"
                    raise StorageError(problem, fix="see whether it runs: parrot status") from None
                continue
            pause = headers.get("retry-after", "")
            busy = status == http.client.TOO_MANY_REQUESTS or (status == http.client.CONFLICT and pause)
            if not busy or attempt == most or not pause.isdecimal() or int(pause) > _PAUSE_MOST_S:
                break
            time.sleep(int(pause))
        return status, headers.get("content-type", ""), told

    def _once(self, method: str, path: str, query: str, body: bytes, once: str) -> tuple[int, Mapping[str, str], bytes]:
        headers = self._headers(method, path, query, body)
        if body:
            headers["Content-Type"] = "application/json"
        if method == "POST":
            headers["Idempotency-Key"] = once
        if self._connection is None:
            self._connection = self._connect()
        self._connection.request(method, f"{path}?{query}" if query else path, body or None, headers)
        reply = self._connection.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()

    def _headers(self, method: str, path: str, query: str, body: bytes) -> dict[str, str]:
        if self._token:
            return {_TOKEN_HEADER: self._token}
        if not self._key:
            return {}
        given = {"time": str(time.time_ns() // 1_000_000), "nonce": secrets.token_urlsafe(18)}
        signature = sign(self._secret, method=method, path=path, query=query, body=body, **given)
        return {
            KEY_HEADER: self._key,
            TIME_HEADER: given["time"],
            NONCE_HEADER: given["nonce"],
            SIGNATURE_HEADER: signature,
        }

    def _connect(self) -> http.client.HTTPConnection:
        host = self._place.hostname or ""
        if self._trusted is None:
            return http.client.HTTPConnection(host, self._place.port, timeout=self._timeout)
        return http.client.HTTPSConnection(host, self._place.port, timeout=self._timeout, context=self._trusted)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def trusted(cert: str) -> ssl.SSLContext:
    """The machine's authorities; with `cert` that one certificate only, whoever signed it and for which name."""
    if not cert:
        return ssl.create_default_context()
    try:
        found = ssl.create_default_context(cafile=cert)
    except OSError as fault:
        raise StorageError(f"{cert} cannot be read: {fault}", fix="it is the certificate of `parrot up`") from None
    found.check_hostname = False
    found.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return found


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise InputError(f"{value!r} cannot be sent", expected="text, numbers, lists and mappings of them")


def _error(status: int, answer: Any) -> ParrotError:
    told = answer if isinstance(answer, dict) else {"title": str(answer)[:200]}
    given = {"expected": told.get("expected", ""), "fix": told.get("fix", "")}
    title = str(told.get("title", f"answer {status}"))
    if status in (401, 403, 423):
        return AccessError(title, reason=told.get("reason", "forbidden"), **given)
    if status == http.client.TOO_MANY_REQUESTS or told.get("code") == "busy":
        return BusyError(title, **given)
    if told.get("code") == "bad_order":
        return OrderError(title, **given)
    return _KINDS.get(status, StorageError if status >= 500 else InputError)(title, **given)

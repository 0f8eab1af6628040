"""One push: sealed for the browser (RFC 8291), signed for its service (RFC 8292), sent where it was checked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol
from urllib.parse import urlsplit

import httpx2

from parrot.adapters.push.keys import VapidKeys
from parrot.contracts.push import PushSubscription
from parrot.kernel.errors import ParrotError

_TIME_S: Final = 10.0
_KEPT_S: Final = 4 * 3_600  # how long a service keeps it for a browser that is asleep
_GONE: Final = frozenset({404, 410})
_SIGNED_FOR_S: Final = 12 * 3_600


class Place(Protocol):
    """A place that may be asked: the address to connect to, and the name that it is asked by."""

    @property
    def url(self) -> str:
        """With the address in it."""

    @property
    def host(self) -> str:
        """The name, which the certificate must have."""

    @property
    def host_header(self) -> str:
        """The name for the request."""


class Sent(StrEnum):
    """What became of a push."""

    SENT = "sent"
    GONE = "gone"  # the browser does not want any more
    FAILED = "failed"


@dataclass(slots=True)
class Pusher:
    """Sends pushes, one at a time. `check` says where an address leads, and raises where it must not.

    Redirects are not followed and answers not read; nothing of the environment is used.
    """

    keys: VapidKeys
    contact: str
    check: Callable[[str], Place]
    clock: Callable[[], float] = time.time
    transport: httpx2.BaseTransport | None = None

    def send(self, to: PushSubscription, message: bytes, *, urgent: bool = False) -> tuple[Sent, str]:
        """Sends one; what became of it, and why it failed."""
        try:
            place = self.check(to.endpoint)
        except ParrotError as fault:
            return Sent.FAILED, str(fault)
        headers = {
            **self._signature(to.endpoint),
            "Host": place.host_header,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(_KEPT_S),
            "Urgency": "high" if urgent else "normal",
        }
        return self._ask(place, _sealed(to, message), headers)

    def _ask(self, place: Place, body: bytes, headers: dict[str, str]) -> tuple[Sent, str]:
        # A connection is for one name: kept open it would serve another name at the same address.
        limits = httpx2.Limits(max_keepalive_connections=0)
        try:
            with (
                httpx2.Client(
                    transport=self.transport, trust_env=False, follow_redirects=False, limits=limits, timeout=_TIME_S
                ) as client,
                client.stream(
                    "POST", place.url, content=body, headers=headers, extensions={"sni_hostname": place.host}
                ) as answer,
            ):
                status = answer.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, ValueError) as fault:
            return Sent.FAILED, f"{place.host} did not answer properly: {type(fault).__name__}"
        if 200 <= status < 300:
            return Sent.SENT, ""
        return (Sent.GONE if status in _GONE else Sent.FAILED), f"{place.host} answered {status}"

    def _signature(self, endpoint: str) -> dict[str, str]:
        from pywebpush import Vapid  # type: ignore[import-untyped]  # it has no types; slow to load

        parts = urlsplit(endpoint)
        signer = Vapid.from_pem(self.keys.private.encode())
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(self.clock()) + _SIGNED_FOR_S,
            "sub": self.contact,
        }
        signed: dict[str, str] = signer.sign(claims)
        return signed


def _sealed(to: PushSubscription, message: bytes) -> bytes:
    from pywebpush import WebPusher  # the same

    info = {"endpoint": to.endpoint, "keys": {"p256dh": to.p256dh, "auth": to.auth}}
    body: bytes = WebPusher(info).encode(message, content_encoding="aes128gcm")["body"]
    return body

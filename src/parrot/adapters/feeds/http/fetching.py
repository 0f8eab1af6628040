"""Asking politely: not too often, only for what changed, with a limit on everything, and slower after a failure."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Final, NamedTuple
from urllib.parse import urljoin

import httpx2

from parrot.adapters.feeds.http.guard import Guard, Target
from parrot.kernel.errors import InputError, ParrotError, VenueError

_SECOND: Final = 1_000_000_000
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_UNCHANGED: Final = 304
_OK: Final = 200
_REDIRECTS: Final = 5
_LONGEST_PAUSE: Final = 3_600 * _SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a place is asked: at most once in `every` ns, for at most `bytes_most` bytes and `time_most` seconds."""

    every: int = 60 * _SECOND
    bytes_most: int = 4 << 20
    time_most: float = 20.0


class Fetched(NamedTuple):
    """What came: the body and its type. `changed` False means that it is what the last one was."""

    body: bytes
    kind: str
    changed: bool


@dataclass(slots=True)
class _Known:
    etag: str = ""
    modified: str = ""
    body: bytes = b""
    kind: str = ""
    failures: int = 0
    next: int = 0


@dataclass(slots=True)
class Fetcher:
    """Fetches bodies through a guard; one at a time, in whatever thread. Nothing of the environment is used."""

    guard: Guard
    transport: httpx2.BaseTransport | None = None
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, _Known] = field(default_factory=dict)
    _client: httpx2.Client | None = None

    def due(self, url: str) -> int:
        """When `url` may be asked again, ns UTC; 0 for never asked."""
        known = self._known.get(url)
        return known.next if known else 0

    def fetch(self, url: str, manners: Manners, now: int) -> Fetched:
        """What is at `url` at `now` (ns UTC). Raises VenueError, InputError; the next time is later after each."""
        known = self._known.setdefault(url, _Known())
        known.next = now + manners.every
        try:
            fetched = self._asked(url, manners, known)
        except ParrotError as fault:
            known.failures += 1
            pause = min(manners.every << min(known.failures, 20), _LONGEST_PAUSE)
            asked = int((getattr(fault, "retry_after_s", None) or 0) * _SECOND)
            known.next = now + max(pause, min(asked, 24 * _LONGEST_PAUSE), manners.every)
            raise
        known.failures = 0
        return fetched

    def close(self) -> None:
        """Ends connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _asked(self, url: str, manners: Manners, known: _Known) -> Fetched:
        ends, place = self.clock() + manners.time_most, url
        for _ in range(_REDIRECTS + 1):
            target = self.guard.check(place)
            answer = self._once(target, manners, known, ends)
            if isinstance(answer, Fetched):
                return answer
            place = urljoin(place, answer)
            if target.scheme == "https" and place.strip().lower().startswith("http:"):
                raise InputError(f"{url} leads from https to http", expected="https to the end")
        raise VenueError(f"{url} leads from place to place", expected=f"at most {_REDIRECTS} redirects")

    def _once(self, target: Target, manners: Manners, known: _Known, ends: float) -> Fetched | str:
        """The answer of one place, or where it leads."""
        headers = {"Host": target.host_header, "User-Agent": f"parrot/{version('parrot')}", "Accept-Encoding": "gzip"}
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.modified:
            headers["If-Modified-Since"] = known.modified
        left = max(0.001, ends - self.clock())
        # The address was checked; the name goes into the header and into the check of the certificate.
        extensions = {"sni_hostname": target.host}
        try:
            with self._opened().stream(
                "GET", target.url, headers=headers, timeout=left, extensions=extensions
            ) as answer:
                return self._read(target, answer, manners, known, ends)
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, ValueError) as fault:
            raise VenueError(f"{target.host} did not answer properly: {type(fault).__name__}", fix="later") from None

    def _read(
        self, target: Target, answer: httpx2.Response, manners: Manners, known: _Known, ends: float
    ) -> Fetched | str:
        status = answer.status_code
        if status in _MOVED:
            return answer.headers.get("Location", "")
        if status == _UNCHANGED and known.etag + known.modified:
            return Fetched(known.body, known.kind, changed=False)
        if status != _OK:
            raise VenueError(
                f"{target.host} answered {status}",
                temporary=status in (408, 425, 429) or status >= 500,
                retry_after_s=_seconds(answer.headers.get("Retry-After", "")),
            )
        body = bytearray()
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > manners.bytes_most:
                raise VenueError(f"{target.host} sent more than {manners.bytes_most} bytes", temporary=False)
            if self.clock() > ends:
                raise VenueError(f"{target.host} took longer than {manners.time_most} s")
        changed = bytes(body) != known.body
        known.etag, known.modified = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
        known.body, known.kind = bytes(body), answer.headers.get("Content-Type", "")
        return Fetched(known.body, known.kind, changed)

    def _opened(self) -> httpx2.Client:
        if self._client is None:
            # A connection is for one name: kept open it would serve another name at the same address.
            limits = httpx2.Limits(max_keepalive_connections=0)
            self._client = httpx2.Client(
                transport=self.transport, trust_env=False, follow_redirects=False, limits=limits
            )
        return self._client


def _seconds(text: str) -> float | None:
    """Retry-After: seconds, or a date."""
    if text.strip().isdecimal() and len(text) < 12:
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None

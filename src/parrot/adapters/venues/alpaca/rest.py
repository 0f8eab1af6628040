"""Requests to Alpaca, and what their failures mean."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx2
import msgspec

from parrot.adapters.venues.alpaca.reading import decode
from parrot.adapters.venues.skeleton.requests import urgency
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.skeleton.weights import WeightLedger
from parrot.adapters.venues.table import Row
from parrot.ports.secrets import Credentials

_SECOND: Final = 1_000_000_000
_PAUSE: Final = 2 * _SECOND
_STATUS: Final = {
    400: Outcome.REFUSED,
    401: Outcome.KEY,
    403: Outcome.REFUSED,
    404: Outcome.MISSING,
    418: Outcome.SLOW,
    422: Outcome.REFUSED,
    429: Outcome.SLOW,
}
_TAKEN: Final = "client_order_id must be unique"
_OK: Final = 300


class Rest:
    """Signed requests under one address, within the limits of the ledger."""

    def __init__(
        self, url: str, credentials: Credentials | None, row: Row, ledger: WeightLedger, now: Callable[[], int]
    ):
        headers = {}
        if credentials is not None:
            headers["APCA-API-KEY-ID"] = credentials.key.reveal()
            headers["APCA-API-SECRET-KEY"] = credentials.secret.reveal()
        self._client = httpx2.AsyncClient(
            base_url=url, headers=headers, timeout=row.timeout_ms / 1000, trust_env=False, follow_redirects=False
        )
        self._ledger = ledger
        self._now = now
        self._patience = row.timeout_ms * 1_000_000 // 2

    async def ask(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
    ) -> Any:
        """The answer, None for an empty one. Raises Trouble."""
        await self._room()
        content = None if body is None else msgspec.json.encode(body)
        headers = {"Content-Type": "application/json"} if content else None
        try:
            given = await self._client.request(method, path, params=query, content=content, headers=headers)
        except httpx2.HTTPError as fault:
            raise Trouble(Outcome.UNKNOWN, f"{type(fault).__name__}: {fault}"[:200]) from fault
        if given.status_code >= _OK:
            raise self._refusal(given)
        try:
            return decode(given.content) if given.content else None
        except msgspec.DecodeError as fault:
            raise Trouble(Outcome.UNKNOWN, f"an answer that cannot be read: {fault}") from fault

    async def _room(self) -> None:
        while wait := self._ledger.admit(1, self._now(), urgent=urgency.get() == 0):
            if wait > self._patience:
                raise Trouble(Outcome.SLOW, "the venue's request limit is used up", retry_after=wait)
            await asyncio.sleep(wait / _SECOND)

    def _refusal(self, given: httpx2.Response) -> Trouble:
        outcome = _STATUS.get(given.status_code, Outcome.UNKNOWN)
        text = _message(given.content) or f"{given.request.method} {given.request.url.path} is not answered there"
        if outcome is Outcome.REFUSED and _TAKEN in text:
            outcome = Outcome.DUPLICATE
        wait = given.headers.get("retry-after", "")
        pause = int(float(wait) * _SECOND) if wait.replace(".", "", 1).isdigit() else 0
        if outcome is Outcome.SLOW:
            pause = pause or _PAUSE
            self._ledger.pause(self._now() + pause)
        return Trouble(outcome, f"{text} ({given.status_code})", retry_after=pause)

    async def close(self) -> None:
        """Ends the connections."""
        await self._client.aclose()


def _message(content: bytes) -> str:
    try:
        body = decode(content)
    except msgspec.DecodeError:
        return content[:100].decode(errors="replace")
    return str(body.get("message", ""))[:300] if isinstance(body, dict) else ""

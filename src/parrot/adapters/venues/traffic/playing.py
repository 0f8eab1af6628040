"""A player: an exchange of ccxt on a recording instead of a line."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from http import HTTPStatus
from pathlib import Path
from typing import Any

from parrot.adapters.venues.traffic.recording import VERSION
from parrot.adapters.venues.traffic.scrubbing import Scrubber
from parrot.kernel.errors import DataError, MissingError


class PlayedClient:
    """The connection of a stream as ccxt's handlers see it; what they say is kept in `resolved` and `rejected`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.subscriptions: dict[str, Any] = {}
        self.futures: dict[str, Any] = {}
        self.rejections: dict[str, Any] = {}
        self.error: Any = None
        self.lastPong = 0
        self.keepAlive = 0
        self.resolved: list[tuple[Any, Any]] = []
        self.rejected: list[tuple[Any, Any]] = []

    def resolve(self, result: Any, message_hash: Any = None) -> Any:
        """What a message meant."""
        self.resolved.append((message_hash, result))
        return result

    def reject(self, error: Any, message_hash: Any = None) -> Any:
        """What a message was refused with."""
        self.rejected.append((message_hash, error))
        return error

    def future(self, message_hash: Any) -> asyncio.Future[Any]:
        """Nobody waits here."""
        found: asyncio.Future[Any] = self.futures.setdefault(message_hash, asyncio.get_running_loop().create_future())
        return found

    reusable_future = future


class Player:
    """Gives an exchange the answers of a recording, in their order for each request, and its streams.

    Raises DataError for a file that is no recording; a request that was not recorded, or not so often, MissingError.
    """

    def __init__(self, path: Path) -> None:
        self._answers: defaultdict[tuple[str, str, str], deque[dict[str, Any]]] = defaultdict(deque)
        self.messages: list[tuple[str, Any]] = []
        self._scrub = Scrubber()
        try:
            lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            head, *rest = lines
            if (head["kind"], head["version"]) != ("recording", VERSION):
                raise ValueError(head["kind"])
            self.exchange = str(head["exchange"])
            for line in rest:
                self._take(line)
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise DataError(f"{path} is no recording: {fault}", fix="record it anew") from None

    def _take(self, line: dict[str, Any]) -> None:
        if line["kind"] == "message":
            self.messages.append((line["url"], line["message"]))
        elif line["kind"] == "answer":
            self._answers[line["method"], line["url"], line["body"]].append(line)
        else:
            raise ValueError(line["kind"])

    @property
    def left(self) -> int:
        """Answers that nobody asked for yet."""
        return sum(map(len, self._answers.values()))

    def hook(self, exchange: Any) -> None:
        """Has an exchange ask here instead of at its venue."""

        async def fetch(url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
            told = self._next(method, url, body)
            status, reason = told["status"], HTTPStatus(told["status"]).phrase
            text = exchange.on_rest_response(status, reason, url, method, told["headers"], told["text"], headers, body)
            found = exchange.parse_json(text)
            exchange.handle_errors(status, reason, url, method, told["headers"], text, found, headers, body)
            exchange.handle_http_status_code(status, reason, url, method, text)
            return text if found is None else found

        exchange.fetch = fetch

    def play(self, exchange: Any) -> dict[str, PlayedClient]:
        """Hands all messages of streams to an exchange, in their order; its connections by address."""
        clients: dict[str, PlayedClient] = {}
        for url, message in self.messages:
            exchange.handle_message(clients.setdefault(url, PlayedClient(url)), message)
        return clients

    def _next(self, method: str, url: str, body: Any) -> dict[str, Any]:
        key = (method, self._scrub.url(url), self._scrub.body(body))
        waiting = self._answers.get(key)
        if not waiting:
            raise MissingError(f"the recording has no (further) answer to {method} {key[1]}", fix="record it anew")
        return waiting.popleft()

"""One reader's durable consumer: what waits is pulled when asked for, and acknowledged when it was handled."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import TimeoutError as SilentError

from parrot.ports.bus import TRIES, Envelope

_BATCH: Final = 256
_GONE: Final = ("409", "503")  # the consumer was deleted; nobody answers for it
_SILENCE_S: Final = 0.5


class GoneError(Exception):
    """The consumer is not there: the carrier was wiped."""


class Pulling:
    """Messages of one reader in the order of its stream."""

    def __init__(self, client: Client, stream: str, reader: str, *, prefix: int) -> None:
        self.reader = reader
        self.handler: Callable[[Envelope], None] | None = None
        self.handled = self.failed = 0
        self._client = client
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{reader}"
        self._prefix = prefix
        self._inbox: Subscription | None = None
        self._asked = 0
        self._held: deque[Msg] = deque()
        self._tries = 0
        self._done = 0

    async def pull(self) -> None:
        """Adds what waits on the server to what is held here, unless something is. Raises GoneError."""
        if self._held:
            for message in self._held:
                await message.in_progress()  # or the server would give it out again
            return
        if self._inbox is None:
            self._inbox = await self._client.subscribe(self._client.new_inbox() + ".*")
        self._asked += 1
        ask = json.dumps({"batch": _BATCH, "no_wait": True}).encode()
        await self._client.publish(self._next, ask, reply=self._inbox.subject[:-1] + str(self._asked))
        while len(self._held) < _BATCH and (found := await self._answer(self._inbox)):
            if found.metadata.sequence.stream <= self._done:
                await found.ack()  # it came a second time because it was handled slowly
            else:
                self._held.append(found)
            if not found.metadata.num_pending:
                return

    def handle(self) -> tuple[int, list[Msg]]:
        """Calls the handler with what is held until it raises; how many it handled, and what is to be acknowledged."""
        handled, done = 0, []
        while self._held and self.handler is not None:
            message = self._held[0]
            try:
                self.handler(self._envelope(message))
            except Exception:  # noqa: BLE001  whatever a reader's handler does, the other readers go on
                self._tries += 1
                if self._tries < TRIES:
                    break
                self.failed += 1
            else:
                handled += 1
            self._tries = 0
            self._done = message.metadata.sequence.stream
            done.append(self._held.popleft())
        self.handled += handled
        return handled, done

    def forget(self) -> None:
        """The carrier begins anew, and so do its numbers."""
        self._held.clear()
        self._done = self._tries = 0

    async def _answer(self, inbox: Subscription) -> Msg | None:
        """The next message of a pull, None at its end; ends of earlier pulls may come late, and are passed over."""
        while True:
            try:
                message: Msg = await inbox.next_msg(timeout=_SILENCE_S)
            except SilentError:
                return None
            status = (message.headers or {}).get("Status", "")
            if not status:
                return message
            if status in _GONE:
                raise GoneError
            if message.subject.endswith(f".{self._asked}"):
                return None

    def _envelope(self, message: Msg) -> Envelope:
        headers: dict[str, Any] = message.headers or {}
        return Envelope(
            topic=message.subject[self._prefix :],
            source=headers["Parrot-Source"],
            id=headers["Parrot-Id"],
            ts=int(headers["Parrot-Ts"]),
            cause=headers.get("Parrot-Cause", ""),
            body=message.data,
        )

"""A connection to NATS with a thread of its own, so that the bus can be called as a plain object."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import TimeoutError as LateError
from pathlib import Path
from typing import Any, Final, TypeVar

import nats
from nats.aio.client import Client
from nats.errors import Error

from parrot.kernel.errors import StorageError

T = TypeVar("T")
PATIENCE_S: Final = 5.0


class Link:
    """Connects at once and reconnects for ever. Raises StorageError when there is nobody."""

    def __init__(self, url: str, credentials: Path | None, patience_s: float) -> None:
        self._patience_s = patience_s
        self._place = f"NATS at {url.rpartition('@')[2]}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nats", daemon=True)
        self._thread.start()
        try:
            self.client: Client = self.run(self._connect(url, credentials))
        except BaseException:
            self._end()
            raise

    @property
    def server(self) -> str:
        """The id that the server gave itself when it started."""
        return str(self.client._server_info.get("server_id", ""))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`. Raises StorageError for what the server or the line does, and when it takes long."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(self._patience_s)
        except LateError:
            future.cancel()
            raise self.failed(f"no answer within {self._patience_s:g} s") from None
        except (Error, OSError) as fault:
            raise self.failed(str(fault) or type(fault).__name__) from fault

    def failed(self, text: str) -> StorageError:
        """What the caller is told."""
        return StorageError(
            f"{self._place}: {text.removeprefix('nats: ')}",
            fix="see that nats-server runs with JetStream (-js) and answers; what was not accepted stays in the outbox",
        )

    def close(self) -> None:
        """Ends connection and thread."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self.client.close(), self._loop).result(self._patience_s)
            self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _connect(self, url: str, credentials: Path | None) -> Client:
        options: dict[str, Any] = {} if credentials is None else {"user_credentials": str(credentials)}
        return await nats.connect(
            url,
            connect_timeout=2,
            allow_reconnect=True,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.1,
            error_cb=_quiet,
            **options,
        )


async def _quiet(_fault: Exception) -> None:
    """Each call says itself what failed."""

"""An ASGI application as one of the servers of an exchange, on the loop that owns it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from typing import Any, Final

import uvicorn

from parrot.app.listening import listen

_LATEST_STOP_S: Final = 3
_CLIENTS_FAULTS: Final = ("Invalid UTF-8 sequence received from client",)


class AsgiServer:
    """Serves `application` on a port of a loopback address."""

    def __init__(self, name: str, application: Any, host: str, port: int) -> None:
        self.name = name
        self.url = ""
        self._host = host
        self._port = port
        config = uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            http="httptools",
            ws="websockets-sansio",
            ws_ping_interval=20,
            ws_ping_timeout=60,
            ws_max_size=1 << 16,
            limit_concurrency=1_024,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=1,
        )
        logging.getLogger("uvicorn.error").addFilter(_is_ours)
        self._server = _Quiet(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns when it answers."""
        listener = listen(self._host, self._port, option=f"--{self.name}-port")
        host, port = listener.getsockname()[:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started and not self._task.done():
            await asyncio.sleep(0.002)

    async def stop(self) -> None:
        """Lets requests end, then lets go of the port."""
        self._server.should_exit = True
        if self._task is not None:
            with contextlib.suppress(asyncio.TimeoutError):  # a request without an end does not hold up the stop
                await asyncio.wait_for(self._task, _LATEST_STOP_S)


class _Quiet(uvicorn.Server):
    """One that leaves signals to whoever runs the loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether a fault is none of a client's, whose connection uvicorn ends anyway: it logs those with a traceback."""
    return not record.getMessage().startswith(_CLIENTS_FAULTS)

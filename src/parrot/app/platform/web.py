"""The web server in a thread of its own, so that no page or client can hold the order path up."""

from __future__ import annotations

import socket
import threading
from typing import Any, Final

import uvicorn

from parrot.app.platform.connections import Connection
from parrot.app.platform.front import Tls
from parrot.app.platform.sockets import FrameSocket
from parrot.kernel.errors import StorageError

_LATEST_START_S: Final = 10.0
_LATEST_STOP_S: Final = 5.0


class WebServer:
    """Serves an ASGI application on a listening socket until `stop`."""

    def __init__(self, application: Any, listener: socket.socket, tls: Tls | None = None) -> None:
        config = uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            ssl_certfile=None if tls is None else tls.cert,
            ssl_keyfile=None if tls is None else tls.key,
            proxy_headers=False,  # the gateway knows whom it trusts
            http=Connection,
            ws=FrameSocket,
            ws_max_size=64 * 1024,
            ws_per_message_deflate=False,  # frames are made once for all who hear them
            limit_concurrency=1_024,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._listener = listener
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)

    def start(self) -> None:
        """Returns when it answers. Raises StorageError when it does not within ten seconds."""
        self._thread.start()
        patience = threading.Event()
        for _ in range(int(_LATEST_START_S * 100)):
            if self._server.started:
                return
            patience.wait(0.01)
        raise StorageError("the web server did not start", fix="look into the log")

    def stop(self) -> None:
        """Lets requests end, then lets go of the port."""
        self._server.should_exit = True
        self._thread.join(_LATEST_STOP_S)
        self._listener.close()

    def _serve(self) -> None:
        self._server.run(sockets=[self._listener])

"""The web server in a thread of its own, so that no page or client can hold the order path up."""

from __future__ import annotations

import errno
import ipaddress
import socket
import threading
from typing import Any, Final

import uvicorn

from parrot.kernel.errors import InputError, StorageError

_BACKLOG: Final = 128
_LATEST_START_S: Final = 10.0
_LATEST_STOP_S: Final = 5.0


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises InputError when the port is taken or not allowed.

    Anything but a loopback address is refused: what is served here has no log-in.
    """
    if host != "localhost" and not _is_loopback(host):
        fix = "use 127.0.0.1, and a tunnel or a proxy with a log-in in front of it"
        raise InputError(f"{host} is no loopback address", expected="127.0.0.1, ::1 or localhost", fix=fix)
    address = "127.0.0.1" if host == "localhost" else host
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(_BACKLOG)
    except OverflowError:
        listener.close()
        raise InputError(f"port {port} does not exist", expected="0 to 65535") from None
    except OSError as fault:
        listener.close()
        raise _taken(port, fault) from fault
    return listener


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _taken(port: int, fault: OSError) -> InputError:
    reason = "is not allowed to this user" if fault.errno == errno.EACCES else "is already in use"
    fix = f"parrot up --port {port + 1 if port < 65535 else 8000}"
    return InputError(f"port {port} {reason}", expected="a free port", fix=fix)


class WebServer:
    """Serves an ASGI application on a listening socket until `stop`."""

    def __init__(self, application: Any, listener: socket.socket) -> None:
        config = uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            limit_concurrency=256,
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

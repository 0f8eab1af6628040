"""A folder of pages on http://127.0.0.1, for the eyes of this machine's user only."""

from __future__ import annotations

import errno
import signal
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from parrot.kernel.errors import InputError

HOST: Final = "127.0.0.1"
_NAMES: Final = frozenset({"localhost", HOST, "[::1]"})
# The pages carry stricter policies of their own, by hash; this one holds for whatever else stands in the folder.
_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class _Pages(SimpleHTTPRequestHandler):
    """Gives files of one folder: no listings, nothing outside, only to pages of this machine."""

    server_version = "Parrot"
    sys_version = ""
    timeout = 10  # a connection that says nothing does not hold a thread for long

    def send_head(self) -> Any:
        """Refuses what is not for this reader, else does as a file server does."""
        host = self.headers.get("Host", "")
        if host.rpartition(":")[0].lower() not in _NAMES and host.lower() not in _NAMES:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "This server answers to localhost only")
            return None
        place = Path(self.translate_path(self.path))
        folder = Path(self.directory).resolve()
        if not place.resolve().is_relative_to(folder) or any(part.startswith(".") for part in place.parts[1:][-1:]):
            self.send_error(HTTPStatus.NOT_FOUND, "Not found")
            return None
        return super().send_head()

    def list_directory(self, path: Any) -> None:
        """No listings."""
        self.send_error(HTTPStatus.NOT_FOUND, "Not found")

    def end_headers(self) -> None:
        """Adds what protects the reader."""
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name is the parent's
        """Says nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


def open_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of `folder` that listens already; port 0 takes a free one. Raises InputError when the port is taken."""
    try:
        return _Server((HOST, port), partial(_Pages, directory=str(folder)))
    except OverflowError:
        raise InputError(f"port {port} does not exist", expected="0 to 65535") from None
    except OSError as fault:
        if fault.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        reason = "is already in use" if fault.errno == errno.EADDRINUSE else "is not allowed to this user"
        raise InputError(
            f"port {port} {reason}",
            expected="a free port",
            fix=f"parrot up --port {port + 1 if port < 65535 else 8000}",
        ) from fault


def serve(server: ThreadingHTTPServer, ready: Callable[[], None]) -> None:
    """Serves until Ctrl-C or SIGTERM, then lets go of the port."""
    done = threading.Event()
    before = {number: signal.signal(number, lambda *_: done.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    worker = threading.Thread(target=server.serve_forever, name="pages", daemon=True)
    worker.start()
    try:
        ready()
        done.wait()
    finally:
        server.shutdown()
        server.server_close()
        worker.join()
        for number, handler in before.items():
            signal.signal(number, handler)

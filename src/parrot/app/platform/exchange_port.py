"""The simulated venue's door for other clients: opened and closed while the platform runs."""

from __future__ import annotations

import threading

from parrot.app.exchange.beside import Ask, PublicServer
from parrot.app.exchange.keys import Keys
from parrot.app.exchange.settings import ExchangeSettings
from parrot.app.folder import DataFolder
from parrot.app.platform.settings import ExchangeSection
from parrot.kernel.errors import InputError
from parrot.ports.exchange import SandboxExchange


class ExchangePort:
    """One public exchange on a port, or on none. `token` is what its admin calls ask for. Thread-safe.

    Raises InputError when a port is taken, DataError or StorageError for the file of keys.
    """

    def __init__(
        self, exchange: SandboxExchange, ask: Ask, chosen: ExchangeSection, *, token: str, folder: DataFolder
    ) -> None:
        self.keys = Keys(folder.exchange_keys)
        self.chosen = chosen
        self._exchange = exchange
        self._ask = ask
        self._token = token
        self._folder = folder
        self._lock = threading.Lock()
        self._server: PublicServer | None = None

    @property
    def url(self) -> str:
        """Where clients reach it; "" while it is closed."""
        server = self._server
        return server.url if server is not None else ""

    def server(self) -> PublicServer:
        """The server. Raises InputError while the port is closed."""
        server = self._server
        if server is None:
            raise InputError("the exchange is on no port", expected="an open port", fix="open it first")
        return server

    def open(self, port: int) -> str:
        """Serves the exchange on a port of this machine, 0 takes a free one; where it is. It stays where it is."""
        with self._lock:
            if self._server is None:
                settings = ExchangeSettings(
                    port=port,
                    api_key="",
                    secret=self._token,
                    limits=self.chosen.limits,
                    legacy_listen_key=self.chosen.legacy_listen_key,
                    data=self._folder.root,
                )
                server = PublicServer(self._exchange, self._ask, settings, self.keys)
                server.start()
                self._server = server
            return self._server.url

    def close(self) -> None:
        """Says good-bye to clients and lets go of the port."""
        with self._lock:
            server, self._server = self._server, None
            if server is not None:
                server.stop()

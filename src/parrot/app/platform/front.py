"""The front of a platform: where it listens, by which names it is known, and what protects the way there."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from parrot.app.listening import is_loopback, listen
from parrot.app.platform.settings import WebSettings
from parrot.app.screen import screen_folder
from parrot.gateway.rest import Site
from parrot.kernel.errors import InputError

_EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})
_LOCAL: Final = "localhost"


@dataclass(frozen=True, slots=True)
class Tls:
    """A certificate with its key, as files in PEM."""

    cert: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Front:
    """A socket that listens, and how it is reached: `url` by people, `near` by programs of this machine."""

    listener: socket.socket
    url: str
    near: str
    site: Site
    tls: Tls | None = None

    @property
    def only_here(self) -> bool:
        """Whether nobody but this machine can reach it."""
        return self.site.open_metrics


def open_front(web: WebSettings, host: str, port: int, *, cert: Path | None, key: Path | None) -> Front:
    """Listens; the files given win over those of the settings.

    Raises InputError for another address than loopback that neither TLS nor a trusted proxy protects, and for a
    certificate that cannot be used.
    """
    tls = _tls(cert or _path(web.tls_cert), key or _path(web.tls_key))
    proxies = tuple(ipaddress.ip_network(network) for network in web.trusted_proxies)
    here = host == _LOCAL or is_loopback(host)
    if not here and tls is None and not proxies:
        fix = "give --tls-cert and --tls-key, or name the proxy in front in [web] trusted_proxies; or use 127.0.0.1"
        problem = f"{host} is no loopback address, and nothing protects what is sent there"
        raise InputError(problem, expected="TLS, a trusted proxy, or a loopback address", fix=fix)
    listener = listen(host, port, protected=not here)
    port = listener.getsockname()[1]
    reached = _LOCAL if here or host in _EVERYWHERE else f"[{host}]" if ":" in host else host
    scheme = "https" if tls is not None else "http"
    own = set() if here or host in _EVERYWHERE else {reached}
    site = Site(
        names=frozenset(web.names) | own,
        proxies=proxies,
        open_metrics=here and not proxies,
        screen=screen_folder(),
    )
    url = f"{scheme}://{web.names[0] if web.names and not here else reached}:{port}"
    return Front(listener, url, f"{scheme}://{reached}:{port}", site, tls)


def _tls(cert: Path | None, key: Path | None) -> Tls | None:
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise InputError("a certificate and its key go together", expected="--tls-cert and --tls-key")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key, password=lambda: b"")
    except (OSError, ValueError) as fault:  # SSLError is an OSError
        raise InputError(
            f"{cert} with {key} cannot be used: {fault}", expected="a certificate and its unlocked key, in PEM"
        ) from None
    return Tls(cert, key)


def _path(text: str) -> Path | None:
    return Path(text).expanduser() if text else None

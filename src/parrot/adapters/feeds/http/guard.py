"""Where a request may go: never to this machine, its network or a cloud's metadata, whatever a name resolves to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from parrot.kernel.errors import InputError, VenueError

Resolve = Callable[[str, int], Sequence[str]]
_PORTS: Final = {"http": 80, "https": 443}
_EMBEDDING: Final = tuple(
    ipaddress.ip_network(text) for text in ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
_NEAR: Final = tuple(  # public by their numbers only: Azure's metadata, 6to4's relays, documentation, old site-local
    ipaddress.ip_network(text) for text in ("168.63.129.16/32", "192.88.99.0/24", "3fff::/20", "fec0::/10")
)
_LONGEST: Final = 4_096


class Target(NamedTuple):
    """A checked place: the address to connect to, and what the request is for there."""

    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def url(self) -> str:
        """The address as a URL; the host goes into the header and the certificate's check."""
        place = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{place}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


class Guard:
    """Resolves a URL once and gives the address that was checked, so that a name cannot change its mind in between.

    All addresses of a name have to be public. `allow` are "host:port" of this machine or its network that are meant,
    for tests.
    """

    def __init__(self, allow: Collection[str] = (), resolve: Resolve | None = None) -> None:
        self._allow = frozenset(allow)
        self._resolve = resolve or _resolved

    def check(self, url: str) -> Target:
        """Where a request for `url` goes. Raises InputError for what must not be asked, VenueError for no address."""
        scheme, host, port, path = _parts(url)
        addresses = self._resolve(host, port)
        if not addresses:
            raise VenueError(f"{host} has no address", fix="look at the name and the connection")
        if f"{host}:{port}" not in self._allow:
            for address in addresses:
                reason = forbidden(address)
                if reason:
                    problem = f"{host} is {address}, which is {reason}"
                    fix = f"name another address, or say --allow {host}:{port} where it is your own and meant"
                    raise InputError(problem, expected="a public address", fix=fix)
        return Target(scheme, host, port, addresses[0], path)


def forbidden(address: str) -> str:
    """Why nothing may be asked of an address, "" for a public one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "no address"
    if isinstance(found, ipaddress.IPv6Address) and any(found in net for net in _EMBEDDING):
        return "an address within an address"
    named = (
        ("this machine", found.is_loopback or found.is_unspecified),
        ("on its link, where clouds keep their metadata", found.is_link_local),
        ("of many", found.is_multicast),
        ("not public", not found.is_global or found.is_reserved or any(found in net for net in _NEAR)),
    )
    return next((reason for reason, true in named if true), "")


def _parts(url: str) -> tuple[str, str, int, str]:
    if len(url) > _LONGEST or not url.isprintable() or any(mark in url for mark in " \\"):
        raise InputError("the url holds what no url holds", expected=f"at most {_LONGEST} visible characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError(f"{url[:100]!r} is no url", expected="https://host/path") from None
    if parts.scheme not in _PORTS:
        raise InputError(f"the scheme of {url[:100]!r}", expected="http or https")
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise InputError("the url has no host, or a user in it", expected="https://host/path")
    if port == 0:
        raise InputError("the url has port 0", expected="1 to 65535")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme], path


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(place[4][0]) for place in found))

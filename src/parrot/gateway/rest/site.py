"""Where the gateway stands: its names, who may speak for others, and what a request says about whence it came."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
NUMBERS: Final = frozenset({"127.0.0.1", "[::1]"})
LOCAL: Final = "localhost"
_FORWARDED: Final = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded")
_BY_STRANGER: Final = "by_stranger"
_SECURE: Final = frozenset({"https", "wss"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How this gateway is reached.

    `names` are host names beside localhost; requests of `proxies` may say for whom they speak; `open_metrics` lets
    everyone read /metrics, for a gateway that only this machine reaches; `screen` is the folder of exported pages.
    """

    names: frozenset[str] = frozenset()
    proxies: tuple[Network, ...] = ()
    open_metrics: bool = True
    screen: Path | None = None
    answered: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        names = frozenset(name.lower() for name in self.names)
        object.__setattr__(self, "answered", names | NUMBERS | {LOCAL})

    def trusts(self, address: str) -> bool:
        """Whether what comes from an address may say for whom it speaks."""
        found = _address(address)
        return found is not None and any(found in network for network in self.proxies)


def arrive(scope: Scope, site: Site) -> None:
    """Makes address, scheme and host of a request those of who asked, where a trusted proxy says so."""
    headers = Headers(scope=scope)
    client = scope.get("client")
    if client is None or not site.trusts(client[0]):
        if any(name in headers for name in _FORWARDED):
            scope.setdefault("state", {})[_BY_STRANGER] = True
        return
    hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    asked = next((hop for hop in reversed(hops) if not site.trusts(hop)), None)
    if asked is not None:
        scope["client"] = (asked if _address(asked) is not None else "0.0.0.0", 0)
    if headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower() == "https":
        scope["scheme"] = "wss" if scope["type"] == "websocket" else "https"
    host = headers.get("x-forwarded-host", "").rpartition(",")[2].strip()
    if host:
        kept = [(name, value) for name, value in scope["headers"] if name != b"host"]
        scope["headers"] = [*kept, (b"host", host.encode("latin-1"))]


def host_of(headers: Headers) -> str:
    """The host that is asked for, without its port."""
    host = headers.get("host", "").lower()
    name, _, port = host.rpartition(":")
    return name if name and port.isdecimal() else host


def origin_of(scope: Scope) -> str:
    """The origin of the pages that this request's server serves."""
    scheme = "https" if is_secure(scope) else "http"
    return f"{scheme}://{Headers(scope=scope).get('host', '').lower()}"


def is_secure(scope: Scope) -> bool:
    """Whether TLS protects it."""
    return scope["scheme"] in _SECURE


def is_near(scope: Scope) -> bool:
    """Whether it comes from this machine, by a name that only this machine has, and not by a proxy."""
    client, server = scope.get("client"), scope.get("server")
    host = host_of(Headers(scope=scope))
    local = host == LOCAL or host in NUMBERS or (server is not None and _same(host, server[0]))
    if scope.get("state", {}).get(_BY_STRANGER) or not local:
        return False
    if client is None:  # a socket of this machine
        return True
    found = _address(client[0])
    if found is None:
        return False
    ours = server is not None and _same(client[0], server[0])  # whoever calls itself comes from there
    return found.is_loopback or _mapped_loopback(found) or ours


def _same(one: str, other: str) -> bool:
    found = _address(one)
    return found is not None and found == _address(other)


def _mapped_loopback(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped is not None and bool(mapped.is_loopback)


@lru_cache(4_096)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None

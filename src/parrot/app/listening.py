"""Sockets that listen, on this machine only unless something protects them."""

from __future__ import annotations

import errno
import ipaddress
import socket
from typing import Final

from parrot.kernel.errors import InputError

_BACKLOG: Final = 1_024


def listen(host: str, port: int, *, option: str = "--port", protected: bool = False) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises InputError when the port is taken or not allowed.

    `option` is what people choose the port with. Anything but a loopback address is refused unless what is served is
    `protected` by a log-in and by TLS, its own or a proxy's.
    """
    if not protected and host != "localhost" and not is_loopback(host):
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
    except socket.gaierror:
        listener.close()
        raise InputError(f"{host} is no address of this machine", expected="a number such as 127.0.0.1") from None
    except OSError as fault:
        listener.close()
        if fault.errno == errno.EADDRNOTAVAIL:
            raise InputError(f"{host} is no address of this machine", expected="127.0.0.1 or one of its own") from None
        raise _taken(port, fault, option) from fault
    return listener


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _taken(port: int, fault: OSError, option: str) -> InputError:
    reason = "is not allowed to this user" if fault.errno == errno.EACCES else "is already in use"
    fix = f"{option} {port + 1 if port < 65535 else 8000}"
    return InputError(f"port {port} {reason}", expected="a free port", fix=fix)

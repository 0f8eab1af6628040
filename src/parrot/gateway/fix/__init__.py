"""FIX 4.4 for the clients of a public exchange: sessions, order entry and market data, bytes in and bytes out."""

from parrot.gateway.fix.acceptor import Acceptor, Link

__all__ = ["Acceptor", "Link"]

"""The way into the clients center."""

from __future__ import annotations

from parrot.centers.clients.service import Clients

__all__ = ["NAME", "Clients"]

NAME = "clients"

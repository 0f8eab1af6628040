"""A client of a running platform: `parrot.client.Client`."""

from parrot.app.client import Client

__all__ = ["Client"]

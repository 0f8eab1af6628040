"""The platform over HTTP, on this machine only: health, what is, and the commands of its owner."""

from parrot.gateway.rest.application import create_app
from parrot.gateway.rest.platform import RunningPlatform

__all__ = ["RunningPlatform", "create_app"]

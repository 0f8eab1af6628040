"""The platform over HTTP: health, what is, and the commands of people."""

from parrot.gateway.rest.application import create_app
from parrot.gateway.rest.doors import Doors
from parrot.gateway.rest.ports.platform import RunningPlatform
from parrot.gateway.rest.site import Site

__all__ = ["Doors", "RunningPlatform", "Site", "create_app"]

"""The doors of a running platform: what the gateway's routes ask."""

from __future__ import annotations

from parrot.app.platform.assemble import House
from parrot.app.platform.platform import Platform
from parrot.gateway.rest import Doors


def open_doors(house: House, platform: Platform) -> Doors:
    """Every area's door on one running platform."""
    return Doors(now=house.clock.now_ns, platform=platform)

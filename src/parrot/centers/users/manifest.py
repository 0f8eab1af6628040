"""The way into the users center."""

from __future__ import annotations

from parrot.centers.users.needs import Ports
from parrot.centers.users.service import Users
from parrot.centers.users.settings import HOUR, MINUTE, Settings
from parrot.centers.users.visits import Known

__all__ = ["HOUR", "MINUTE", "NAME", "Known", "Ports", "Settings", "Users", "build"]

NAME = "users"


def build(ports: Ports, settings: Settings | None = None) -> Users:
    """The center on what was kept before. Raises StorageError, DataError."""
    return Users.on(ports, settings or Settings())

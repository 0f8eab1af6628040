"""The way into the users center."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from parrot.centers.users.service import Users
from parrot.centers.users.settings import HOUR, MINUTE, Settings
from parrot.centers.users.visits import Known
from parrot.ports.chance import Chance
from parrot.ports.codes import Codes
from parrot.ports.mail import Mail
from parrot.ports.passkeys import Ceremonies
from parrot.ports.passwords import Passwords
from parrot.ports.records import Records
from parrot.ports.seals import Seals

__all__ = ["HOUR", "MINUTE", "NAME", "Known", "Ports", "Settings", "Users", "build"]

NAME = "users"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the center needs of the world; `now` is ns UTC, `address` that of the pages (scheme, host and port)."""

    records: Records
    seals: Seals
    chance: Chance
    passwords: Passwords
    codes: Codes
    ceremonies: Ceremonies
    now: Callable[[], int]
    mail: Mail | None = None
    address: str = ""
    providers: Mapping[str, Known] = field(default_factory=dict)


def build(ports: Ports, settings: Settings | None = None) -> Users:
    """The center on what was kept before. Raises StorageError, DataError."""
    return Users.on(
        records=ports.records,
        seals=ports.seals,
        chance=ports.chance,
        passwords=ports.passwords,
        codes=ports.codes,
        ceremonies=ports.ceremonies,
        now=ports.now,
        settings=settings or Settings(),
        mail=ports.mail,
        address=ports.address,
        providers=ports.providers,
    )

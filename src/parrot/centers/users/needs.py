"""What the center needs of the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from parrot.centers.users.visits import Known
from parrot.ports.chance import Chance
from parrot.ports.codes import Codes
from parrot.ports.mail import Mail
from parrot.ports.passkeys import Ceremonies
from parrot.ports.passwords import Passwords
from parrot.ports.records import Records
from parrot.ports.seals import Seals


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the center needs of the world; `now` is ns UTC, `address` that of the pages (scheme, host and port).

    `scrub` has the records' store overwrite what was dropped.
    """

    records: Records
    seals: Seals
    chance: Chance
    passwords: Passwords
    codes: Codes
    ceremonies: Ceremonies
    now: Callable[[], int]
    scrub: Callable[[], None] = lambda: None
    mail: Mail | None = None
    address: str = ""
    providers: Mapping[str, Known] = field(default_factory=dict)

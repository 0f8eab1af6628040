"""Opens the users of a data directory; one process at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from parrot.adapters.chance import SystemChance
from parrot.adapters.codes import Authenticators
from parrot.adapters.passkeys import WebAuthn
from parrot.adapters.passwords import ArgonPasswords
from parrot.adapters.secrets.master import master, missing
from parrot.adapters.secrets.vault import Vault
from parrot.adapters.sql import SqlRecords, open_sqlite, scrub
from parrot.centers.users.manifest import Known, Ports, Settings, Users, build
from parrot.contracts.users import SealingKey
from parrot.kernel.errors import InputError
from parrot.ports.mail import Mail

FILE: Final = "users.db"
MASTER: Final = "master.key"
_LOCK: Final = ".users.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What users of a platform that runs reach outside; `address` is that of its pages."""

    mail: Mail | None = None
    address: str = "http://localhost:8000"
    providers: Mapping[str, Known] = field(default_factory=dict)


_NOTHING: Final = World()


@contextmanager
def open_users(
    root: Path, now: Callable[[], int], settings: Settings | None = None, world: World = _NOTHING
) -> Iterator[Users]:
    """The users of the data directory at `root`, for the block of a `with`.

    `users.db` keeps them; what is personal or secret in it is sealed by `master.key` beside it, or by the key that the
    environment names. Raises InputError while another process has them open, StorageError, DataError.
    """
    with ExitStack() as stack:
        stack.enter_context(_alone(root))
        engine = open_sqlite(root / FILE, forgetful=True)
        stack.callback(engine.dispose)
        passwords = ArgonPasswords()
        stack.callback(passwords.close)
        ports = Ports(
            records=SqlRecords(engine),
            seals=Vault(master(root / MASTER)),
            chance=SystemChance(),
            passwords=passwords,
            codes=Authenticators(),
            ceremonies=WebAuthn(),
            now=now,
            scrub=lambda: scrub(engine),
            mail=world.mail,
            address=world.address,
            providers=world.providers,
        )
        yield build(ports, settings)


def rekey(root: Path, now: Callable[[], int]) -> int:
    """Changes the master key: every user's key is wrapped anew, and the old master key opens none; says how many.

    Broken off, it can be run again. Raises InputError while a process has the users open, MissingError without a key.
    """
    keys = master(root / MASTER)
    if not keys.all():
        raise missing(keys.place)
    with open_users(root, now) as users:
        keys.successor()
        vault = Vault(keys)
        with users.store.change() as change:
            found = users.store.all(SealingKey)
            for owner, key in found.items():
                change.put(owner, SealingKey(owner=owner, wrapped=vault.rewrap(key.wrapped, owner)))
            change.note("machine", "master key changed", ts=now(), users=str(len(found)))
        keys.settle()
    return len(found)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    number = os.open(root / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fix = "wait for it to end, or ask the platform that runs"
            raise InputError(f"another process has the users of {root} open", fix=fix) from None
        yield
    finally:
        os.close(number)

"""A town of users for tests: records in memory, a clock that is set, passwords whose work is counted."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from parrot.adapters.chance import SystemChance
from parrot.adapters.codes import Authenticators
from parrot.adapters.passkeys import WebAuthn
from parrot.adapters.secrets.master import EnvironmentMaster
from parrot.adapters.secrets.vault import Vault
from parrot.centers.users.manifest import Known, Ports, Settings, Users, build
from parrot.contracts.access import Principal
from parrot.contracts.users import ActWaiting, Whence

SECOND = 10**9
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
START = 1_800_000_000 * SECOND
PASSWORD = "violet engine under seven bridges"
MASTER = base64.b64encode(bytes(range(32))).decode()
HOME = Whence("192.0.2.1", "Firefox")


class MemoryRecords:
    """The records port in memory, encoded as it would be on a disk."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}
        self.broken = False

    @contextmanager
    def work(self) -> Iterator[MemoryRecords]:
        before = dict(self.kept)
        try:
            yield self
            if self.broken:
                raise OSError("no room")
        except BaseException:
            self.kept = before
            raise

    def put(self, key: str, record: Any) -> None:
        self.kept[type(record).__name__, key] = msgspec.json.encode(record)

    def drop(self, kind: type, key: str) -> None:
        self.kept.pop((kind.__name__, key), None)

    def scan(self, kind: type, after: str = "", limit: int = 1000) -> list[tuple[str, Any]]:
        found = [
            (key, body) for (name, key), body in sorted(self.kept.items()) if name == kind.__name__ and key > after
        ]
        return [(key, msgspec.json.decode(body, type=kind)) for key, body in found[:limit]]


class CountedPasswords:
    """The passwords port without its slowness: every call counts as one piece of work."""

    def __init__(self) -> None:
        self.work = 0

    def hash(self, password: str) -> str:
        self.work += 1
        return "hashed:" + base64.b64encode(password.encode()).decode()

    def verify(self, password: str, kept: str) -> bool:
        self.work += 1
        return kept == "hashed:" + base64.b64encode(password.encode()).decode()

    def outdated(self, kept: str) -> bool:
        return False


@dataclass
class Town:
    """The center with its fakes; `acts` are what the audit log was told."""

    settings: Settings = field(default_factory=Settings)
    records: MemoryRecords = field(default_factory=MemoryRecords)
    passwords: CountedPasswords = field(default_factory=CountedPasswords)
    now: int = START
    acts: list[ActWaiting] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    letters: list[tuple[str, str, str]] = field(default_factory=list)
    providers: dict[str, Known] = field(default_factory=dict)
    users: Users = None

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """As at a start of the process, on what is kept."""
        ports = Ports(
            records=self.records,
            seals=Vault(EnvironmentMaster(MASTER)),
            chance=SystemChance(),
            passwords=self.passwords,
            codes=Authenticators(),
            ceremonies=WebAuthn(),
            now=lambda: self.now,
            mail=self,
            address="http://localhost:8000",
            providers=self.providers,
        )
        self.users = build(ports, self.settings)
        self.users.audited(self.acts.append)
        self.users.watch(self.told.append)

    def send(self, to: str, subject: str, text: str) -> None:
        """The mail port."""
        self.letters.append((to, subject, text))

    def settle(self) -> Principal:
        """The owner, ann, signed in."""
        return self.own()[1]

    def own(self) -> tuple[str, Principal]:
        step = self.users.setup.own(self.users.setup.begin(), "ann", PASSWORD, whence=HOME)
        return step.token, step.who

    def did(self) -> list[tuple[str, str]]:
        return [(act.who, act.what) for act in self.acts]

    def everything(self) -> bytes:
        """All that is kept, as bytes."""
        return b"\n".join(self.records.kept.values())

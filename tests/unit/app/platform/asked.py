"""A platform that is asked in this thread: a desk with risk and capital, records in memory, a public exchange."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from parrot.contracts.approvals import ApprovalKept, Person
from parrot.contracts.message import Entry
from tests.unit.centers.approvals.memory import MemoryRecords
from tests.unit.centers.matching.public import Public
from tests.unit.centers.risk.table import Table

ANN, BEA = Person("u1", "ann"), Person("u2", "bea")


class Asked:
    """As app.platform.platform.Platform is asked; `noted` are acts for the audit log."""

    def __init__(self, limits: dict[str, dict[str, str]] | None = None) -> None:
        self.table = Table(limits)
        self.exchange = Public(crowd=False).exchange
        self.records = MemoryRecords()
        self.noted: list[tuple[str, str, str]] = []
        risk = self.table.risk
        self.house = SimpleNamespace(
            components=SimpleNamespace(risk=risk),
            trading=SimpleNamespace(public=self.exchange),
            clock=SimpleNamespace(now_ns=self.now),
        )

    def now(self) -> int:
        return self.table.now

    def read(self, question: Callable[[Any], Any]) -> Any:
        return question(self.house)

    def act(self, work: Callable[[Any], Any]) -> Any:
        return work(self.house)

    def ask(self, command: Any) -> list[Entry]:
        entries = self.table.desk.take(command, self.table.now)
        self.table.desk.commit()
        return entries

    def note(self, by: Person, what: str, request: ApprovalKept) -> None:
        self.noted.append((by.name, what, request.id))

    def held(self, account: str = "ann", asset: str = "USDT") -> tuple[int, int]:
        return next((one.free, one.locked) for one in self.exchange.held(account) if one.asset == asset)

"""The two machines that run every case: the compiled engine, and the plain model of the rules."""

from __future__ import annotations

import pickle

import numpy as np

from parrot.engine.matching import COMMAND, Core
from tests.golden.matching.story import Row
from tests.reference.exchange.model import Model
from tests.reference.exchange.rows import Row as ModelRow


class Engine:
    """`parrot.engine.matching.Core`, its records as rows."""

    def __init__(self, core: Core | None = None) -> None:
        self.core = core or Core()
        self.phase = self.core.phase
        self.balance = self.core.balance
        self.fees = self.core.fees
        self.position = self.core.position

    def execute(self, rows: list[Row]) -> list[Row]:
        records = np.zeros(len(rows), COMMAND)
        for record, row in zip(records, rows, strict=True):
            for name, value in row.items():
                record[name] = value
        results = self.core.execute(records)
        events = [dict(zip(event.dtype.names, event.tolist(), strict=True)) for event in self.core.events()]
        refused = [-event["reason"] for event in events if event["seq"] == 0]
        assert not refused or results.tolist() == refused
        assert refused or (results >= 0).all()
        return events

    def levels(self, symbol: int, side: int) -> list[tuple[int, ...]]:
        return [tuple(row) for row in self.core.levels(symbol, side).tolist()]

    def orders(self, symbol: int, side: int) -> list[Row]:
        return [dict(zip(row.dtype.names, row.tolist(), strict=True)) for row in self.core.orders(symbol, side)]

    def last(self, symbol: int) -> int:
        return self.core.last(symbol) or 0

    def reference(self, symbol: int) -> int:
        return self.core.reference(symbol) or 0

    def indicative(self, symbol: int) -> tuple[int, int, int]:
        return self.core.indicative(symbol) or (0, 0, 0)

    def state(self) -> int:
        return self.core.hash()

    def audit(self) -> None:
        found = self.core.audit()
        assert not found, found

    def fresh(self) -> Engine:
        return Engine()

    def copies(self) -> list[Engine]:
        return [Engine(Core.restore(self.core.snapshot()))]


class Plain:
    """The model of tests/reference/exchange."""

    def __init__(self) -> None:
        self.model = Model()
        self.phase = self.model.phase
        self.levels = self.model.levels
        self.balance = self.model.balance
        self.fees = self.model.fees
        self.position = self.model.position

    def execute(self, rows: list[Row]) -> list[Row]:
        return [event._asdict() for event in self.model.execute([ModelRow(**row) for row in rows])]

    def orders(self, symbol: int, side: int) -> list[Row]:
        return [
            {
                "id": order.id,
                "handle": order.handle,
                "price": order.at,
                "visible": order.visible,
                "hidden": order.left - order.visible,
            }
            for order in self.model.orders(symbol, side)
        ]

    def last(self, symbol: int) -> int:
        return self.model.last(symbol) or 0

    def reference(self, symbol: int) -> int:
        return self.model.reference(symbol) or 0

    def indicative(self, symbol: int) -> tuple[int, int, int]:
        return self.model.indicative(symbol)

    def state(self) -> bytes:
        world = {name: value for name, value in vars(self.model.world).items() if name != "events"}
        return pickle.dumps(world)

    def audit(self) -> None:
        """What is locked is checked by the engine's audit; the venue of the cases counts the money of both."""

    def fresh(self) -> Plain:
        return Plain()

    def copies(self) -> list[Plain]:
        return []


MACHINES = {"engine": Engine, "model": Plain}

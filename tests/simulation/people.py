"""Persons at the desk: they kill and re-arm, change limits, and put right what they find at the end."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from parrot.contracts.commands import AdoptVenue, CancelAll, EngageKill, RearmKill, SetLimits
from tests.simulation.witness import Witness

SCOPES = ("all", "strategy:s0", "strategy:s1", "symbol:BTCUSDT", "symbol:ETHUSDT", "account:main")
FIRM = {"price_collar": "0.05", "stale_data": "3s", "max_open_orders": "60", "order_rate": "40/1s", "long_only": "yes"}
POSITION = {"symbol:BTCUSDT": "0.030", "symbol:ETHUSDT": "0.450"}


class Person:
    """Acts by commands only, sees the journal only."""

    def __init__(self, witness: Witness, *, chance: Random, ask: Callable[[Any], None]) -> None:
        self.witness = witness
        self.chance = chance
        self.ask = ask
        self.standing = self.limits()

    def limits(self) -> list[SetLimits]:
        """What binds from the first order on."""
        firm = {rule: text for rule, text in FIRM.items() if self.chance.random() < 0.8}
        if self.chance.random() < 0.3:
            firm["self_trade"] = "yes"
        if self.chance.random() < 0.2:
            firm["duplicate_window"] = "500ms"
        found = [SetLimits(scope="firm", limits=firm, approver="ann")]
        return found + [
            SetLimits(scope=scope, limits={"max_position": most}, approver="ann") for scope, most in POSITION.items()
        ]

    def change_limits(self) -> None:
        scope = self.chance.choice(list(POSITION))
        most = self.chance.choice((0, 0.2, 0.5, 1))
        limits = {"max_position": f"{float(POSITION[scope]) * most:.4f}"}
        self.ask(SetLimits(scope=scope, limits=limits, approver="ann"))

    def kill(self) -> None:
        flatten = self.chance.random() < 0.3
        source = self.chance.choice(("api", "cli", "file"))
        scope = self.chance.choice(SCOPES)
        self.ask(EngageKill(scope=scope, by="ann", source=source, reason="drill", flatten=flatten))

    def rearm(self) -> None:
        for scope in list(self.witness.kills):
            self.ask(RearmKill(scope=scope, by="ann", reason="drill over"))

    def cancel(self) -> None:
        self.ask(CancelAll(user="ann", why="drill"))

    def put_right(self) -> None:
        self.rearm()
        for command in self.standing:
            self.ask(command)
        if self.witness.reduce_only:
            self.ask(AdoptVenue(by="ann", reason="the venue is right"))

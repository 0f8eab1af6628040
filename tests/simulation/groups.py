"""Somebody who places grids and ladders, changes and ends them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import msgspec

from parrot.contracts.commands import Side
from parrot.contracts.groups import (
    AmendGroup,
    CancelGroup,
    Grid,
    GridStart,
    GroupEnded,
    GroupPlaced,
    Ladder,
    PlaceGroup,
    Plan,
    Spacing,
)
from parrot.contracts.message import Entry
from tests.simulation.callers import LISTINGS, UNIT


class Planner:
    """Acts by commands, and sees the journal only."""

    def __init__(self, *, chance: Random, ask: Callable[[Any], None], price: Callable[[str], Decimal]) -> None:
        self.chance = chance
        self.ask = ask
        self.price = price
        self.count = 0
        self.open: dict[int, Plan] = {}

    def see(self, entry: Entry) -> None:
        if isinstance(entry.record, GroupPlaced):
            self.open[entry.seq] = entry.record.asked.plan
        elif isinstance(entry.record, GroupEnded):
            self.open.pop(entry.record.group_id, None)

    def place(self) -> None:
        self.count += 1
        symbol = self.chance.choice(list(LISTINGS))
        plan = self.grid(symbol) if self.chance.random() < 0.5 else self.ladder(symbol)
        # The verdict tells what is protected by book: what has stops shares none with what has not.
        guarded = isinstance(plan, Ladder) and plan.stop is not None
        strategy = "guarded" if guarded else "groups"
        command = PlaceGroup(strategy=strategy, key=str(self.count), plan=plan, user="ann")
        self.ask(command)
        if self.chance.random() < 0.3:
            self.ask(command)

    def grid(self, symbol: str) -> Grid:
        return Grid(
            symbol=symbol,
            low=self.near(symbol, -self.chance.randint(5, 60)),
            high=self.near(symbol, self.chance.randint(5, 60)),
            levels=self.chance.randint(2, 9),
            quantity=UNIT[symbol],
            spacing=self.chance.choice(list(Spacing)),
            start=self.chance.choice(list(GridStart)),
        )

    def ladder(self, symbol: str) -> Ladder:
        deviation = Decimal(self.chance.randint(2, 30)) / 100
        count = self.chance.randint(0, 4)
        side = Side.BUY if self.chance.random() < 0.8 else Side.SELL
        # What sells here closes what grids have bought: it opens nothing that a stop could protect.
        guarded = side is Side.BUY and self.chance.random() < 0.4
        return Ladder(
            symbol=symbol,
            side=side,
            quantity=UNIT[symbol],
            limit=self.near(symbol, -2) if self.chance.random() < 0.3 else None,
            safety_orders=count,
            safety_quantity=UNIT[symbol],
            deviation=deviation,
            quantity_scale=Decimal(self.chance.randint(10, 15)) / 10,
            take=Decimal(self.chance.randint(1, 30)) / 100,
            stop=self.near(symbol, -400) if guarded else None,
            rounds=self.chance.randint(0, 2),
        )

    def near(self, symbol: str, points: int) -> Decimal:
        """A price some basis points from the market."""
        tick = LISTINGS[symbol].tick
        return self.price(symbol) * (10_000 + points) / 10_000 // tick * tick

    def change(self) -> None:
        for group_id, plan in list(self.open.items()):
            if isinstance(plan, Grid):
                changed: Plan = msgspec.structs.replace(plan, quantity=plan.quantity * self.chance.randint(1, 2))
            else:
                changed = msgspec.structs.replace(plan, take=plan.take * 2)
            self.ask(AmendGroup(group_id=group_id, plan=changed, user="ann"))

    def end(self) -> None:
        for group_id in list(self.open):
            self.ask(CancelGroup(group_id=group_id, user="ann", why="over"))

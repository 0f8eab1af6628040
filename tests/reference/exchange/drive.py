"""Model and engine side by side: the first difference between them, and the shortest way there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from parrot.engine.matching import COMMAND, Core
from tests.reference.exchange import words as w
from tests.reference.exchange.commands import aim, sequence
from tests.reference.exchange.model import Model
from tests.reference.exchange.rows import EventRow, Row, tell

LENGTHS = (60, 200, 500, 1500)  # of one exchange's life, by seed
Groups = list[list[Row]]
STATES = {"book": 1, "waiting": 2, "aside": 4, "child": 5}


@dataclass
class Divergence:
    """Where model and engine part: what was carried out, and what each says."""

    groups: Groups
    told: str

    def __str__(self) -> str:
        return "\n".join([*(f"    {rows}" for rows in self.groups), self.told])


class Pair:
    """The model and an engine, fed with the same commands."""

    def __init__(self) -> None:
        self.model = Model()
        self.core = Core()
        self.commands = 0

    def exchange_core(self) -> str:
        """Goes on with an engine made from the snapshot of this one; what is not the same, or nothing."""
        fresh = Core.restore(self.core.snapshot())
        same = fresh.hash() == self.core.hash()
        self.core = fresh
        return "" if same else "the hash of an engine made from a snapshot is another"

    def feed(self, groups: Groups) -> str:
        """Carries out commands; what differs, or nothing."""
        rows = [row for group in groups for row in group]
        expected: list[tuple[int, ...]] = []
        results: list[int] = []
        while len(results) < len(rows):
            at = len(results)
            rows[at] = aim(rows[at], self.model.world)
            expected += self.model.begin(rows[at : at + 3])
            results += self.model.results
        self.commands += len(rows)
        got = self.core.execute(np.array([row.values() for row in rows], COMMAND)).tolist()
        events = self.core.events().tolist()
        return different_events(expected, events) or different_results(results, got) or self.different_state()

    def different_state(self) -> str:
        """Compares all that can be asked."""
        for name, ours, theirs in self.questions():
            if ours != theirs:
                return f"{name}: the rules say {ours}, the engine {theirs}"
        found = self.core.audit()
        return f"audit: {found}" if found else ""

    def questions(self):
        model, core = self.model, self.core
        for symbol in range(len(model.world.symbols)):
            for side in (w.BUY, w.SELL):
                yield f"orders of {symbol} {side}", standing(model, symbol, side), core_standing(core, symbol, side)
                levels = [tuple(row) for row in core.levels(symbol, side).tolist()]
                yield f"levels of {symbol} {side}", model.levels(symbol, side), levels
            yield f"phase of {symbol}", model.phase(symbol), core.phase(symbol)
            yield f"last of {symbol}", model.last(symbol), core.last(symbol)
            yield f"reference of {symbol}", model.reference(symbol), core.reference(symbol)
            yield f"indicative of {symbol}", model.indicative(symbol), core.indicative(symbol) or (0, 0, 0)
            for owner in range(len(model.world.owners)):
                name = f"position of {owner} in {symbol}"
                yield name, model.position(owner, symbol), core.position(owner, symbol)
        for currency in range(model.world.currencies):
            yield f"fees in {currency}", model.fees(currency), core.fees(currency)
            for owner in range(len(model.world.owners)):
                yield f"balance of {owner} in {currency}", model.balance(owner, currency), core.balance(owner, currency)
        for handle, order in model.world.live.items():
            found = core.order(handle)
            theirs = None if found is None else tuple(int(found[0][field]) for field in ("id", "owner", "state"))
            yield f"order {handle}", (order.id, order.owner.number, STATES[order.state]), theirs


def standing(model: Model, symbol: int, side: int) -> list[tuple[int, ...]]:
    return [(o.handle, o.at, o.visible, o.left - o.visible) for o in model.orders(symbol, side)]


def core_standing(core: Core, symbol: int, side: int) -> list[tuple[int, ...]]:
    rows = core.orders(symbol, side)
    return [tuple(int(row[name]) for name in ("handle", "price", "visible", "hidden")) for row in rows]


def different_events(expected: list[tuple[int, ...]], got: list[tuple[int, ...]]) -> str:
    if expected == got:
        return ""
    at = next((i for i, (a, b) in enumerate(zip(expected, got, strict=False)) if a != b), min(len(expected), len(got)))
    ours = [f"    rules:  {tell(EventRow(*event))}" for event in expected[max(0, at - 2) : at + 3]]
    theirs = [f"    engine: {tell(EventRow(*event))}" for event in got[max(0, at - 2) : at + 3]]
    return "\n".join([f"event {at}:", *ours, *theirs])


def different_results(expected: list[int], got: list[int]) -> str:
    if expected == got:
        return ""
    at = next((i for i, (a, b) in enumerate(zip(expected, got, strict=False)) if a != b), min(len(expected), len(got)))
    return f"result {at}: the rules say {expected[at : at + 1]}, the engine {got[at : at + 1]}"


def divergence(groups: Groups, chunk: int = 100) -> tuple[Divergence | None, int]:
    """The first difference on a fresh exchange that is fed in chunks, and how many commands were compared."""
    pair = Pair()
    for start in range(0, len(groups), chunk):
        told = pair.feed(groups[start : start + chunk]) or pair.exchange_core()
        if told:
            return Divergence(groups[: start + chunk], told), pair.commands
    return None, pair.commands


def streams(first: int, commands: int) -> tuple[Divergence | None, int]:
    """Fresh exchanges from a first seed on until so many commands were compared, or a difference was found."""
    compared, seed = 0, first
    while compared < commands:
        found, more = divergence(sequence(seed, LENGTHS[seed % len(LENGTHS)]))
        compared, seed = compared + more, seed + 1
        if found:
            return found, compared
    return None, compared


def one_by_one(groups: Groups) -> Divergence | None:
    return divergence(groups, chunk=1)[0]


def together(groups: Groups) -> Divergence | None:
    return divergence(groups)[0]


def shrink(found: Divergence, tries: int = 400) -> Divergence:
    """Leaves out commands as long as model and engine still part; in batches first, which is quick."""
    found = shrunk(found, together, tries)
    single = one_by_one(found.groups)
    return shrunk(single, one_by_one, tries) if single else found


def shrunk(found: Divergence, parts: Callable[[Groups], Divergence | None], tries: int) -> Divergence:
    size = max(1, len(found.groups) // 2)
    while size and tries > 0:
        start, better = 0, False
        while start < len(found.groups) and tries > 0:
            tries -= 1
            fewer = parts(found.groups[:start] + found.groups[start + size :])
            if fewer:
                found, better = fewer, True
            else:
                start += size
        if not better or size > 1:
            size //= 2
    return found

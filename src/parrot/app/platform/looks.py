"""What the stream looks at between two turns of the desk: each channel's question, and what becomes of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from parrot.app.jobs.places import JobPlaces
from parrot.app.platform.assemble import House
from parrot.app.platform.platform import Platform, rows_of
from parrot.app.platform.questions.exchange import floor_of
from parrot.app.platform.questions.portfolio import summary_of
from parrot.app.platform.questions.risk import exposures_of, stress_of, tree_of
from parrot.app.platform.questions.shown import shown as plain
from parrot.app.platform.questions.strategies import shown, strategy_rows
from parrot.engine.columns import timeframe_ns
from parrot.gateway.stream.hub import Hub
from parrot.kernel.errors import ParrotError

_DEPTH: Final = 20
_TRADES: Final = 100
_BARS: Final = 3
_ROWS_MOST: Final = 1_000
_SECOND: Final = 10**9

Answer = Any
Question = Callable[[House], Answer]
Give = Callable[[Hub, str, Answer], None]


@dataclass(frozen=True, slots=True)
class Look:
    """`ask` is answered by the thread that trades, `give` takes the answer to the hub.

    It is looked at `every_ns`; 0 is the pace of who listens.
    """

    ask: Question
    give: Give
    every_ns: int = 0


def look_of(name: str, platform: Platform) -> Look | None:
    """How a channel is looked at, None for one that is not. Raises errors of the tree for words that cannot be."""
    family, *words = name.split(":")
    if family == "book":
        return Look(lambda house: house.watch.book(house.market, words[0], _DEPTH, house.clock.now_ns()), Hub.set)
    if family == "tape":
        return Look(lambda house: house.watch.tape(words[0], _TRADES), _add_trades)
    if family == "bars":
        step = timeframe_ns(words[1])
        return Look(lambda house: house.watch.bars(words[0], step, _BARS, house.clock.now_ns()), Hub.sync)
    return _whole(platform).get(family)


def _whole(platform: Platform) -> Mapping[str, Look]:
    return {
        "quotes": Look(lambda house: house.watch.quotes(house.clock.now_ns()), Hub.sync),
        "status": Look(platform.status_of, Hub.set, _SECOND),
        "positions": Look(lambda house: rows_of(house, "positions", _ROWS_MOST), Hub.sync, _SECOND // 2),
        "portfolio": Look(summary_of, _give_facts, _SECOND),
        "limits": Look(tree_of, _give_facts, _SECOND),
        "exposures": Look(exposures_of, _give_facts, _SECOND),
        "stress": Look(stress_of, _give_facts, _SECOND),
        "exchange": Look(floor_of, _give_facts, _SECOND),
        "strategies": Look(strategy_rows, _give_strategies(JobPlaces(platform.folder)), _SECOND),
    }


def _give_facts(hub: Hub, name: str, answer: Answer) -> None:
    """An answer of the interface as a whole value; without its moment, or it would differ each time."""
    hub.set(name, {fact: value for fact, value in plain(answer).items() if fact != "ts"})


def _give_strategies(places: JobPlaces) -> Give:
    id_of = places.catalogue().id_of
    return lambda hub, name, rows: hub.sync(name, [shown(row, id_of) for row in rows])


def all_of(looks: Mapping[str, Look]) -> Callable[[House], dict[str, Answer | ParrotError]]:
    """One question for several: what cannot be answered is its fault, the others are."""

    def ask(house: House) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, look in looks.items():
            try:
                found[name] = look.ask(house)
            except ParrotError as fault:
                found[name] = fault
        return found

    return ask


def _add_trades(hub: Hub, name: str, rows: list[dict[str, Any]]) -> None:
    if not hub.ready(name):
        hub.begin(name, rows)
        return
    newest = hub.newest(name)
    hub.add(name, [row for row in rows if newest is None or row["seq"] > newest["seq"]])

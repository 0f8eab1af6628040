"""The running platform as others ask it: thread-safe questions and commands."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from concurrent.futures import Future
from decimal import Decimal
from typing import Any, Final, TypeVar

import psutil

from parrot.adapters.telemetry import Logs, Metrics
from parrot.app.folder import DataFolder, Instance
from parrot.app.monitoring.readiness import Signs, reasons, stop_of
from parrot.app.platform.assemble import House
from parrot.app.platform.disk import DiskWatch
from parrot.app.platform.spine import Spine
from parrot.contracts.accounts import Position
from parrot.contracts.message import Entry
from parrot.kernel.decimals import plain
from parrot.kernel.errors import BusyError

_LATEST_S: Final = 10.0
_STRATEGIES_MOST: Final = 100_000
_LOG_MOST: Final = 10_000
_LAKE_MOST: Final = 2_000_000
_T = TypeVar("_T")


class Platform:
    """One running platform. Every call hands over to the thread that trades and waits for its answer.

    Raises StorageError when too much waits already, TimeoutError when no answer comes within ten seconds.
    """

    def __init__(
        self, house: House, spine: Spine, folder: DataFolder, instance: Instance, metrics: Metrics, logs: Logs
    ) -> None:
        self._house = house
        self._spine = spine
        self._folder = folder
        self._instance = instance
        self._metrics = metrics
        self._logs = logs
        self._disk = DiskWatch(folder.root)

    @property
    def token(self) -> str:
        """What commands must bring along."""
        return self._instance.token

    @property
    def folder(self) -> DataFolder:
        """Where its data are."""
        return self._folder

    def ask(self, command: Any) -> list[Entry]:
        """Takes a command; its entries once they are durable."""
        return self._spine.ask(command).result(_LATEST_S)

    def read(self, question: Callable[[House], _T]) -> _T:
        """What `question` finds between two turns."""
        answer: _T = self._spine.read(lambda: question(self._house)).result(_LATEST_S)
        return answer

    def act(self, work: Callable[[House], _T]) -> _T:
        """Has `work` done between two turns: wholly, or not at all. Raises BusyError where its turn does not come."""
        asked = self.begin(work)
        try:
            return asked.result(_LATEST_S)
        except TimeoutError:
            if asked.cancel():
                raise BusyError("the platform is busy: this was not done", fix="try again in a moment") from None
        return asked.result(_LATEST_S)  # it is under way

    def begin(self, question: Callable[[House], _T]) -> Future[_T]:
        """The same without waiting for it. Raises StorageError when too much waits already."""
        return self._spine.read(lambda: question(self._house))

    def status(self) -> dict[str, Any]:
        """What `parrot status` shows: counts, positions, equity, ages and queues."""
        return self.read(self.status_of)

    def rows(self, what: str, limit: int) -> list[dict[str, Any]]:
        """Rows of one kind, newest first."""
        return self.read(lambda house: rows_of(house, what, limit))

    def metrics(self) -> str:
        """Everything that is measured, in the text format of Prometheus."""
        return self._metrics.text(self.status())

    def status_of(self, house: House) -> dict[str, Any]:
        """The same as a question."""
        parts, now = house.components, house.clock.now_ns()
        worth = parts.capital.worth()
        why_not = self.reasons_of(house)
        return {
            "ready": not why_not,
            "reasons": why_not,
            "pid": os.getpid(),
            "url": self._instance.url,
            "mode": "simulated" if house.terms.kind == "paper" else house.terms.mode,
            "venue": house.terms.name,
            "account": "main",
            "data": str(self._folder.root.absolute()),
            "strategies": _strategies(house),
            "orders": parts.blotter.orders,
            "open_orders": len(parts.blotter.live),
            "fills": parts.blotter.fills,
            "last_fill_ts": parts.blotter.last_fill_ts,
            "positions": _positions(house),
            "equity": plain(worth.equity),
            "currency": worth.currency,
            "data_age_ms": _age(house, now) // 1_000_000,
            "data_ages": house.market.ages(now),
            "queues": {name: depth for name, (depth, _) in self._queues(house).items()},
            "memory": _memory(house),
            "killed": list(parts.risk.stopped()),
            "log_lines_dropped": self._logs.dropped,
            "journal_seq": house.desk.seq,
            "clock_offset_ms": house.clock.offset_ns // 1_000_000,
        }

    def reasons_of(self, house: House) -> list[str]:
        """Why it is not ready, as a question; empty when it is."""
        parts, now = house.components, house.clock.now_ns()
        ages = house.market.ages(now)
        return reasons(
            Signs(
                data_ages={symbol: min(streams.values(), default=None) for symbol, streams in ages.items()},
                lag=self._spine.lag,
                queues=self._queues(house),
                reconciled=parts.execution.ready,
                strategies_ready=house.hosts.ready(),
                disk_low=self._disk.low,
                stopped=parts.risk.stopped(),
            )
        )

    def troubles_of(self, house: House) -> list[tuple[str, int]]:
        """The same with the time since when, ns UTC; 0 where nobody has noted it."""
        risk = house.components.risk
        since = risk.stopped_since()
        known = {stop_of(scope, why): since.get(scope, 0) for scope, why in risk.stopped().items()}
        return [(text, known.get(text, 0)) for text in self.reasons_of(house)]

    def _queues(self, house: House) -> dict[str, tuple[int, int]]:
        strategies = (house.hosts.waiting, _STRATEGIES_MOST)
        lake = (house.recorder.waiting, _LAKE_MOST)
        return {**self._spine.queues, "strategies": strategies, "lake": lake, "log": (self._logs.waiting, _LOG_MOST)}


def _age(house: House, now: int) -> int:
    """Age of the oldest symbol's newest datum, ns."""
    ages = house.market.ages(now)
    return max((min(streams.values(), default=now) for streams in ages.values()), default=now)


def _memory(house: House) -> dict[str, int]:
    """Resident bytes of each strategy's process."""
    found = {}
    for strategy, pid in house.hosts.pids.items():
        with contextlib.suppress(psutil.Error):  # it may have ended meanwhile; its host says so
            found[strategy] = int(psutil.Process(pid).memory_info().rss)
    return found


def _strategies(house: House) -> list[dict[str, Any]]:
    rows, fences = house.components.strategies.rows(), house.hosts.fences
    return [
        row | {"state": "running" if row["running"] else "stopped", "fences": fences.get(row["strategy"])}
        for row in rows
    ]


def _positions(house: House) -> list[dict[str, Any]]:
    capital = house.components.capital
    return [_position(held) for held in (*capital.positions(), *capital.books()) if held.quantity or held.realised]


def _position(held: Position) -> dict[str, Any]:
    return {
        "strategy": held.strategy,
        "symbol": held.symbol,
        "quantity": plain(held.quantity),
        "average": plain(held.average),
        "mark": _plain(held.mark),
        "unrealised": _plain(held.unrealised),
        "realised": plain(held.realised),
        "fees": {currency: plain(fee) for currency, fee in held.fees.items()},
        "currency": held.currency,
    }


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


_ROWS: Final[dict[str, Callable[[House, int], list[dict[str, Any]]]]] = {
    "positions": lambda house, limit: _positions(house)[:limit],
    "groups": lambda house, limit: house.components.groups.rows()[:limit],
    "strategies": lambda house, limit: _strategies(house)[:limit],
    "limits": lambda house, limit: house.components.risk.usage()[:limit],
}


def rows_of(house: House, what: str, limit: int) -> list[dict[str, Any]]:
    """Rows of one kind, newest first, as a question."""
    return _ROWS[what](house, limit)

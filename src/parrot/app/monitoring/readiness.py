"""When a platform is ready: fresh data, no lag, short queues, the venue's state known, nothing stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Signs:
    """What is looked at.

    `data_ages` are ns by symbol, None where nothing has come yet; `lag` is how far the order path is behind, ns;
    `queues` maps a name to (depth, room); `stopped` maps a scope to its reason.
    """

    data_ages: Mapping[str, int | None]
    lag: int = 0
    queues: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    line_up: bool = True
    reconciled: bool = True
    strategies_ready: bool = True
    disk_low: bool = False
    stopped: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is still allowed: ages and lag in ns, queues as a part of their room in percent."""

    data_age_max: int = 5_000 * _MS
    lag_max: int = 1_000 * _MS
    queue_percent_max: int = 80


def reasons(signs: Signs, bounds: Bounds | None = None) -> list[str]:
    """Why the platform is not ready, most telling first; empty when it is."""
    bounds = bounds or Bounds()
    return [
        *_stopped(signs),
        *_venue(signs),
        *_data(signs, bounds),
        *_pace(signs, bounds),
        *(["strategies are being rebuilt"] if not signs.strategies_ready else []),
        *(["the disk is nearly full"] if signs.disk_low else []),
    ]


def _stopped(signs: Signs) -> list[str]:
    whole = {scope: why for scope, why in signs.stopped.items() if scope == "all" or scope.startswith("account:")}
    return [stop_of(scope, why) for scope, why in whole.items()]


def stop_of(scope: str, why: str) -> str:
    """How a stopped scope is told."""
    return f"orders of {scope} are stopped: {why}"


def _venue(signs: Signs) -> list[str]:
    if not signs.line_up:
        return ["the line to the venue is down"]
    return [] if signs.reconciled else ["orders and trades have not been compared with the venue yet"]


def _data(signs: Signs, bounds: Bounds) -> list[str]:
    if not signs.data_ages:
        return ["no market data are asked for"]
    missing = [symbol for symbol, age in signs.data_ages.items() if age is None]
    old = {symbol: age for symbol, age in signs.data_ages.items() if age is not None and age > bounds.data_age_max}
    told = [f"no market data of {symbol} have come yet" for symbol in missing]
    allowed = bounds.data_age_max // _MS
    return told + [f"market data of {symbol} are {age // _MS} ms old, allowed {allowed}" for symbol, age in old.items()]


def _pace(signs: Signs, bounds: Bounds) -> list[str]:
    told = []
    if signs.lag > bounds.lag_max:
        told.append(f"the order path is {signs.lag // _MS} ms behind, allowed {bounds.lag_max // _MS}")
    for name, (depth, room) in signs.queues.items():
        if depth * 100 > room * bounds.queue_percent_max:
            told.append(f"{depth} wait in {name}, which has room for {room}")
    return told

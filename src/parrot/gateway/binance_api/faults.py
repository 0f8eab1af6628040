"""Faults on purpose: what goes wrong for clients, when, how often, and by which seed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Final

import msgspec
import numpy as np

MILLISECOND: Final = 1_000_000
_HELD_LONGEST: Final = 1_000 * MILLISECOND
_HELD_MOST: Final = 10_000


class FaultKind(StrEnum):
    """What goes wrong: with requests first, then with events, then with all."""

    TOO_MANY = "429"  # refused, not carried out
    BANNED = "418"
    ERROR_BEFORE = "error_before"  # 5xx, not carried out
    ERROR_AFTER = "error_after"  # 5xx, and carried out
    DROP_BEFORE = "drop_before"  # the connection is cut, not carried out
    DROP_AFTER = "drop_after"  # carried out, and the connection cut instead of an answer
    SILENT = "silent"  # never answered, not carried out
    SLOW = "slow"  # carried out, answered late
    LOST_EVENTS = "lost_events"
    DEPTH_GAP = "depth_gap"  # lost, of depth streams only
    DUPLICATE_EVENTS = "duplicate_events"
    LATE_EVENTS = "late_events"
    REORDERED_EVENTS = "reordered_events"  # told after the next one
    DROP_SOCKETS = "drop_sockets"  # open WebSocket connections are cut, once
    SILENT_SOCKETS = "silent_sockets"  # they stay open and say nothing
    REFUSED_SOCKETS = "refused_sockets"  # no new ones
    CLOCK_SKEW = "clock_skew"
    MAINTENANCE = "maintenance"


REQUESTS: Final = frozenset(
    {
        FaultKind.TOO_MANY,
        FaultKind.BANNED,
        FaultKind.ERROR_BEFORE,
        FaultKind.ERROR_AFTER,
        FaultKind.DROP_BEFORE,
        FaultKind.DROP_AFTER,
        FaultKind.SILENT,
        FaultKind.SLOW,
        FaultKind.MAINTENANCE,
    }
)
EVENTS: Final = frozenset(
    {
        FaultKind.LOST_EVENTS,
        FaultKind.DEPTH_GAP,
        FaultKind.DUPLICATE_EVENTS,
        FaultKind.LATE_EVENTS,
        FaultKind.REORDERED_EVENTS,
    }
)
SOCKETS: Final = frozenset({FaultKind.DROP_SOCKETS, FaultKind.SILENT_SOCKETS, FaultKind.REFUSED_SOCKETS})


class FaultSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fault as it is asked for.

    It happens to what matches: the first `after` matches are spared, then each with `probability` (by `seed`), at most
    `count` times, for `duration_ms` from now on (0: until it is cleared). `match` is a pattern with `*`: of
    "POST /api/v3/order" or a WebSocket method ("order.place") for requests, of the stream ("btcusdt@depth*", "user")
    for events, of the path ("/ws*") for sockets. `delay_ms` is for slow and late ones, `skew_ms` for the clock,
    `status` for 5xx, `retry_after_s` for 429 and 418.
    """

    kind: FaultKind
    match: str = "*"
    probability: float = 1.0
    count: int | None = None
    after: int = 0
    seed: int = 1
    duration_ms: int = 0
    delay_ms: int = 500
    skew_ms: int = 0
    status: int = 0
    retry_after_s: int = 1

    def __post_init__(self) -> None:
        limits = {
            "match": 0 < len(self.match) <= 128,
            "probability": 0 <= self.probability <= 1,
            "count": self.count is None or 0 < self.count <= 10**9,
            "after": 0 <= self.after <= 10**9,
            "seed": 0 <= self.seed < 1 << 63,
            "duration_ms": 0 <= self.duration_ms <= 86_400_000,
            "delay_ms": 0 <= self.delay_ms <= 600_000,
            "skew_ms": abs(self.skew_ms) <= 86_400_000,
            "status": self.status == 0 or 500 <= self.status <= 599,
            "retry_after_s": 0 <= self.retry_after_s <= 259_200,
        }
        wrong = [name for name, right in limits.items() if not right]
        if wrong:
            raise ValueError(f"{', '.join(wrong)} out of range")


class Fault:
    """A fault that is set: its spec, and how often it has happened."""

    def __init__(self, number: int, spec: FaultSpec, now: int) -> None:
        self.number = number
        self.spec = spec
        self.matched = 0
        self.happened = 0
        self.until = now + spec.duration_ms * MILLISECOND if spec.duration_ms else None
        self._chance = np.random.default_rng(spec.seed)
        self.held: deque[tuple[int, str, bytes, Callable[[bytes], None]]] = deque()

    def live(self, now: int) -> bool:
        """Whether it may still happen."""
        spent = self.spec.count is not None and self.happened >= self.spec.count
        return not spent and (self.until is None or now < self.until)

    def strikes(self, name: str, now: int) -> bool:
        """Whether it happens to this one; that counts."""
        if not self.live(now) or not fnmatchcase(name, self.spec.match):
            return False
        self.matched += 1
        if self.matched <= self.spec.after:
            return False
        if self.spec.probability < 1 and self._chance.random() >= self.spec.probability:
            return False
        self.happened += 1
        return True

    def told(self, now: int) -> dict[str, Any]:
        """The fault for people."""
        spec: dict[str, Any] = msgspec.to_builtins(self.spec)
        state = {"id": self.number, "matched": self.matched, "happened": self.happened, "live": self.live(now)}
        return state | spec


class Faults:
    """All faults of an exchange; `active` is False while there is none, so that nothing is paid for."""

    def __init__(self) -> None:
        self.active = False
        self._number = 0
        self._faults: dict[int, Fault] = {}

    def add(self, spec: FaultSpec, now: int) -> Fault:
        """Sets a fault."""
        self._number += 1
        fault = Fault(self._number, spec, now)
        self._faults = self._faults | {self._number: fault}
        self.active = True
        return fault

    def clear(self, number: int | None = None) -> int:
        """Takes one fault or all away, tells what they held back, says how many there were."""
        chosen = [fault for one, fault in self._faults.items() if number in (None, one)]
        self._faults = {one: fault for one, fault in self._faults.items() if fault not in chosen}
        self.active = bool(self._faults)
        for fault in chosen:
            for _, _, message, send in fault.held:
                send(message)
        return len(chosen)

    def all(self) -> Sequence[Fault]:
        """Every fault that is set, spent ones too."""
        return list(self._faults.values())

    def request(self, name: str, now: int) -> FaultSpec | None:
        """What goes wrong with a request, the first that does."""
        return self._first(REQUESTS, name, now)

    def socket(self, path: str, now: int, kind: FaultKind) -> bool:
        """Whether that happens to a connection."""
        return self._first(frozenset({kind}), path, now) is not None

    def maintenance(self, now: int) -> bool:
        """Whether the exchange is in maintenance; asking does not count."""
        return any(fault.spec.kind is FaultKind.MAINTENANCE and fault.live(now) for fault in self._faults.values())

    def skew(self, now: int) -> int:
        """How far the clock is wrong, ns."""
        found = (fault for fault in self._faults.values() if fault.spec.kind is FaultKind.CLOCK_SKEW)
        return sum(fault.spec.skew_ms * MILLISECOND for fault in found if fault.live(now))

    def _first(self, kinds: frozenset[FaultKind], name: str, now: int) -> FaultSpec | None:
        for fault in self._faults.values():
            if fault.spec.kind in kinds and fault.strikes(name, now):
                return fault.spec
        return None

    # -- events --------------------------------------------------------------------------------------------------------

    def told(self, stream: str, message: bytes, now: int, send: Callable[[bytes], None]) -> None:
        """Sends an event on: once, later, twice, after the next one or never."""
        struck = next(
            (
                fault
                for fault in self._faults.values()
                if fault.spec.kind in EVENTS
                and (fault.spec.kind is not FaultKind.DEPTH_GAP or "@depth" in stream)
                and fault.strikes(stream, now)
            ),
            None,
        )
        if struck is None:
            send(message)
            self._swap(stream)
            return
        match struck.spec.kind:
            case FaultKind.DUPLICATE_EVENTS:
                send(message)
                send(message)
            case FaultKind.LATE_EVENTS:
                self._hold(struck, now + struck.spec.delay_ms * MILLISECOND, stream, message, send)
            case FaultKind.REORDERED_EVENTS:
                self._swap(stream)
                self._hold(struck, now + _HELD_LONGEST, stream, message, send)
                return
            case _:
                pass
        self._swap(stream)

    def release(self, now: int) -> None:
        """Sends what was held back and is due."""
        for fault in self._faults.values():
            while fault.held and fault.held[0][0] <= now:
                _, _, message, send = fault.held.popleft()
                send(message)

    def _hold(self, fault: Fault, until: int, stream: str, message: bytes, send: Callable[[bytes], None]) -> None:
        fault.held.append((until, stream, message, send))
        if len(fault.held) > _HELD_MOST:
            _, _, oldest, to = fault.held.popleft()
            to(oldest)

    def _swap(self, stream: str) -> None:
        """What waited for the next event of its stream goes out after it."""
        for fault in self._faults.values():
            if fault.spec.kind is not FaultKind.REORDERED_EVENTS or not fault.held:
                continue
            waiting, fault.held = fault.held, deque()
            for one in waiting:
                if one[1] == stream:
                    one[3](one[2])
                else:
                    fault.held.append(one)

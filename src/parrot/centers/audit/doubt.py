"""I20: what is in doubt is settled soon after the line stands and the venue can no longer accept it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from parrot.centers.audit.findings import Check, Look
from parrot.contracts import records
from parrot.contracts.message import Entry

SETTLED_WITHIN: Final = 30_000_000_000  # after the last fault
_ENDS: Final = (
    *(records.OrderAccepted, records.OrderRejected, records.OrderCanceled, records.OrderExpired, records.OrderFilled),
    *(records.OrderReplaced, records.CancelRefused),
)


class Settled(Check):
    """Every UNKNOWN is left within 30 s (`within`, ns) of working time after its fence.

    Working time runs while a desk is open and the line is up: from entry to entry, so that a time in which nothing was
    written counts, and the time between two owners does not. A doubt without a fence waits for a person and is not
    looked at.
    """

    name = "I20"

    def __init__(self, within: int = SETTLED_WITHIN) -> None:
        self._within = within
        self._doubts: dict[tuple[int, str], list[int]] = {}
        self._last = 0
        self._up = True
        self._told: set[tuple[int, str]] = set()

    @property
    def looks(self) -> Mapping[type, Look]:
        """The passing of time, doubts, and evidence."""
        looks: dict[type, Look] = dict.fromkeys(_ENDS, self._evidence)
        return looks | {
            object: self._each,
            records.OrderUnknown: self._doubt,
            records.OrderMissing: self._missing,
            records.LineChanged: self._line,
            records.DeskOpened: self._opened,
        }

    def _each(self, entry: Entry) -> Iterator[str]:
        passed, self._last = max(entry.ts - self._last, 0) if self._last else 0, entry.ts
        if not (self._doubts and self._up and passed) or isinstance(entry.record, records.DeskOpened):
            return
        for key, doubt in self._doubts.items():
            behind = min(passed, entry.ts - doubt[1])
            if behind > 0:
                doubt[2] += behind
            if doubt[2] > self._within and key not in self._told:
                self._told.add(key)
                yield f"{key[1]} of order {key[0]} is in doubt since entry {doubt[0]}, {doubt[2] // 10**9} s too long"

    def _doubt(self, entry: Entry) -> None:
        record: records.OrderUnknown = entry.record
        if record.fence:
            kept = self._doubts.get((record.order_id, record.request))
            self._doubts[record.order_id, record.request] = [entry.seq, record.fence, kept[2] if kept else 0]

    def _missing(self, entry: Entry) -> None:
        if entry.record.proved:
            self._doubts.pop((entry.record.order_id, "place"), None)

    def _evidence(self, entry: Entry) -> None:
        if not self._doubts:
            return
        order_id = entry.record.order_id
        ends = isinstance(entry.record, records.OrderRejected | records.OrderCanceled | records.OrderExpired)
        settled = {"place"} if not ends else {"place", "cancel", "replace"}
        if isinstance(entry.record, records.OrderReplaced | records.CancelRefused):
            settled = {"cancel", "replace"}
        elif isinstance(entry.record, records.OrderFilled) and not entry.record.left:
            settled = {"place", "cancel", "replace"}
        for request in settled:
            self._doubts.pop((order_id, request), None)
            self._told.discard((order_id, request))

    def _line(self, entry: Entry) -> None:
        self._up = entry.record.up

    def _opened(self, entry: Entry) -> None:
        # What passed between two owners is nobody's; the new one gets the whole time again.
        for doubt in self._doubts.values():
            doubt[2] = 0
        self._up = True

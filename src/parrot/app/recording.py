"""Keeps the market data of a running platform: in its lake by a thread of its own, in a session, and in the log."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Final

import structlog

from parrot.centers.market_data.live import Flow
from parrot.centers.market_data.live.lake_writer import EVERY, MOST, LakeWriter
from parrot.centers.market_data.live.session import SessionRecorder
from parrot.contracts.listing import Listing
from parrot.contracts.ticks import Quarantined
from parrot.ports.lake import Lake

_PATIENCE: Final = 4  # so many times the rows of one write may wait while the lake is slow
_FAILURES: Final = 100
_SAID_EVERY: Final = 10_000_000_000  # ns
_log: Final = structlog.get_logger("parrot.market_data")


class QuarantineLog:
    """Says in the log what was kept back: a line for each symbol, kind and gate, at most every ten seconds."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._texts: dict[tuple[str, str, str], str] = {}
        self._said = 0

    def take(self, kept: Sequence[Quarantined], now: int) -> None:
        """Takes what was kept back at `now` (ns UTC)."""
        for datum in kept:
            key = (datum.symbol, datum.kind, datum.gate)
            self._counts[key] += 1
            self._texts[key] = datum.text
        if self._counts and now - self._said >= _SAID_EVERY:
            self.say(now)

    def say(self, now: int) -> None:
        """Writes what was not written yet."""
        for (symbol, kind, gate), count in self._counts.items():
            text = self._texts[symbol, kind, gate]
            _log.warning("kept back", symbol=symbol, kind=kind, gate=gate, count=count, newest=text)
        self._counts.clear()
        self._texts.clear()
        self._said = now


class MarketRecorder:
    """`take` costs little and never waits for a disk, except for a session's own sync.

    `kinds` are those of LakeWriter. Changes of books are not among them unless asked for: the lake writes a day's file
    anew each time, and theirs grow by millions of rows a day. While the lake is slow rows wait, up to four times
    `most`; then they are let go and named in `failures`.
    """

    def __init__(
        self,
        lake: Lake,
        venue: str,
        listings: Sequence[Listing],
        *,
        session: SessionRecorder | None = None,
        kinds: Sequence[str] = ("trades", "quotes", "bars"),
        every: int = EVERY,
        most: int = MOST,
    ) -> None:
        self.failures: deque[str] = deque(maxlen=_FAILURES)
        self._writer = LakeWriter(lake, venue, listings, kinds=kinds, every=every, most=most)
        self._session = session
        self._most = most
        self._quarantine = QuarantineLog()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lake")
        self._writing: Future[int] | None = None

    @property
    def waiting(self) -> int:
        """Rows that the lake does not have yet."""
        return self._writer.waiting()

    @property
    def rows(self) -> int:
        """Rows that were written to the lake."""
        return self._writer.rows

    def take(self, flow: Flow, now: int) -> None:
        """Takes what passed at `now` (ns UTC). Raises StorageError when a session's journal fails."""
        self._writer.take(flow, now)
        self._quarantine.take(flow.quarantined, now)
        if self._session is not None:
            self._session.take(flow, now)
        if not self._writer.due(now):
            return
        if self._writing is None or self._writing.done():
            self._heard()
            self._writing = self._thread.submit(self._writer.write, self._writer.cut(now))
        elif self._writer.waiting() >= _PATIENCE * self._most:
            lost = sum(len(data) for _, data in self._writer.cut(now))
            self.failures.append(f"{lost} rows lost: the lake has not taken the ones before them yet")

    def close(self, now: int) -> None:
        """Writes what waits and ends the session in good order."""
        if self._session is not None:
            self._session.close(now)
        self._quarantine.say(now)
        if self._writing is not None:
            wait([self._writing])
        self._heard()
        self._writing = self._thread.submit(self._writer.write, self._writer.cut(now, last=True))
        self._thread.shutdown(wait=True)
        self._heard()

    def _heard(self) -> None:
        """Takes over what the last write could not do."""
        if self._writing is not None and self._writing.done():
            fault: Any = self._writing.exception()
            if fault is not None:
                self.failures.append(f"the lake failed: {fault}")
            self._writing = None
        self.failures.extend(self._writer.failures)
        self._writer.failures.clear()

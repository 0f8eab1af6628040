"""Sources over HTTP asked for a while: what passes the gates goes into the lake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from parrot.adapters.clock.steady import SteadyClock
from parrot.adapters.feeds.http import Fetcher, Guard, HttpFeed, read_sources
from parrot.adapters.lake.files import FileLake
from parrot.app.recording import MarketRecorder
from parrot.centers.market_data.live import Gates, LiveMarket, LiveSettings

VENUE: Final = "http"
_PAUSE_S: Final = 0.05
_LATEST_S: Final = 60.0
_ANY_AGE: Final = 2**62  # pages tell of yesterday: that is no fault of theirs


@dataclass(slots=True)
class Polled:
    """What came: good messages by symbol, rows that were kept back with their reasons, sources that failed."""

    messages: Counter[str] = field(default_factory=Counter)
    kept_back: list[str] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)


def poll(path: Path, lake: Path, *, duration: int, allow: Collection[str] = ()) -> Polled:
    """Asks the sources of a file for `duration` ns, each at least once, and keeps what is good in the lake.

    Raises InputError, StorageError for the file of sources.
    """
    feed = HttpFeed(read_sources(path), Fetcher(Guard(allow)))
    clock, polled = SteadyClock(), Polled()
    market = LiveMarket(feed.listings(), LiveSettings(gates=Gates(stale=_ANY_AGE)))
    recorder = MarketRecorder(FileLake(lake), VENUE, feed.listings())
    try:
        ends = clock.now_ns() + duration
        _take(feed, market, recorder, clock.now_ns(), polled)
        feed.settle(_LATEST_S)
        while clock.now_ns() < ends:
            _take(feed, market, recorder, clock.now_ns(), polled)
            clock.sleep(_PAUSE_S)
        _take(feed, market, recorder, clock.now_ns(), polled)
    finally:
        feed.close()
        recorder.close(clock.now_ns())
    polled.kept_back += [kept.text for kept in feed.quarantined]
    polled.failures |= feed.failures
    return polled


def _take(feed: HttpFeed, market: LiveMarket, recorder: MarketRecorder, now: int, polled: Polled) -> None:
    flow = market.take(feed.poll(now), now)
    recorder.take(flow, now)
    polled.messages.update(message.symbol for message in flow.messages)
    polled.kept_back += [f"{kept.symbol}: {kept.gate}: {kept.text}" for kept in flow.quarantined]

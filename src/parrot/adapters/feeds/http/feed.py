"""The feed port on sources over HTTP: a thread asks, `poll` gives what came."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from typing import Final

from parrot.adapters.feeds.http.fetching import Fetched, Fetcher, Manners
from parrot.adapters.feeds.http.parsing import Bad, fresh, message, rows
from parrot.adapters.feeds.http.sources import HttpSource
from parrot.contracts.listing import Listing
from parrot.contracts.ticks import Quarantined
from parrot.kernel.errors import ParrotError
from parrot.ports.feed import Raw

_KEPT: Final = 1_000


class HttpFeed:
    """A Feed: messages of all sources as raw mappings, each row once.

    Rows that cannot be read are in `quarantined` with their reasons, the newest thousand; what sources failed with is
    in `failures`, by name. `errors` counts both. Nothing here raises for what a source does.
    """

    def __init__(self, sources: Sequence[HttpSource], fetcher: Fetcher, *, manners: Manners | None = None) -> None:
        self.quarantined: deque[Quarantined] = deque(maxlen=_KEPT)
        self.failures: dict[str, str] = {}
        self.errors: Counter[str] = Counter()
        self._sources = list(sources)
        self._fetcher = fetcher
        self._manners = manners or Manners()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="http-feed")
        self._asked: dict[str, Future[Fetched]] = {}
        self._seq: Counter[tuple[str, str]] = Counter()
        self._last: dict[str, int] = {}

    def listings(self) -> Sequence[Listing]:
        """The symbols of the sources."""
        return [_listing(source) for source in {source.symbol: source for source in self._sources}.values()]

    def poll(self, now: int) -> Sequence[Raw]:
        """What came since the last time; asks those whose time it is."""
        found: list[Raw] = []
        for source in self._sources:
            asked = self._asked.get(source.name)
            if asked is not None and asked.done():
                del self._asked[source.name]
                found += self._taken(source, asked, now)
            if source.name not in self._asked and self._fetcher.due(source.url) <= now:
                manners = Manners(
                    every=source.interval, bytes_most=self._manners.bytes_most, time_most=self._manners.time_most
                )
                self._asked[source.name] = self._thread.submit(self._fetcher.fetch, source.url, manners, now)
        return found

    def ask_snapshot(self, symbol: str, now: int) -> None:
        """There are no books here."""

    def due(self) -> int | None:
        """When the next source is asked."""
        return min((self._fetcher.due(source.url) for source in self._sources), default=None)

    def settle(self, patience_s: float) -> None:
        """Waits until what was asked has come, for those who ask once."""
        for asked in list(self._asked.values()):
            asked.exception(patience_s)

    def close(self) -> None:
        """Asks nothing any more."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._fetcher.close()

    def _taken(self, source: HttpSource, asked: Future[Fetched], now: int) -> list[Raw]:
        try:
            fetched = asked.result()
            if not fetched.changed:
                return []
            held = rows(source, fetched.body, fetched.kind)
        except ParrotError as fault:
            self.failures[source.name] = str(fault)
            self.errors[source.name] += 1
            return []
        self.failures.pop(source.name, None)
        made = []
        for number, row in enumerate(held):
            try:
                made.append(message(source, row, 0, now))
            except Bad as fault:
                self._keep_back(source, number, str(fault), now)
        given = list(fresh(made, self._last.get(source.name, 0)))
        for one in given:
            self._last[source.name] = one["ts"]
            if "seq" in one:
                self._seq[source.symbol, source.kind] += 1
                one["seq"] = self._seq[source.symbol, source.kind]
        return list(given)

    def _keep_back(self, source: HttpSource, number: int, reason: str, now: int) -> None:
        text = f"{source.name}, row {number}: {reason}"
        self.quarantined.append(
            Quarantined(symbol=source.symbol, kind=source.kind, gate="unreadable", text=text, ts=now)
        )
        self.errors[source.name] += 1


def _listing(source: HttpSource) -> Listing:
    base, _, quote = source.symbol.partition("/")
    return Listing(
        symbol=source.symbol,
        base=base,
        quote=quote or "USD",
        tick=Decimal(1).scaleb(-source.price_decimals),
        lot=Decimal("1e-8"),
        price_decimals=source.price_decimals,
        quantity_decimals=8,
    )

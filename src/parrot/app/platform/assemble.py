"""The parts of a platform, made from a data directory and its settings: the one place where they meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from parrot.adapters.children import ChildLimits, ProcessChildren
from parrot.adapters.clock.steady import SteadyClock
from parrot.adapters.journal.files import FileJournal, FileSnapshots
from parrot.adapters.lake.files import FileLake
from parrot.app.auditing import Auditing
from parrot.app.desk import Desk, decode
from parrot.app.folder import DataFolder
from parrot.app.hosting.hosted import Limits
from parrot.app.hosting.hosts import Desklog, Hosts
from parrot.app.platform.blotter import Blotter
from parrot.app.platform.market_watch import MarketWatch
from parrot.app.platform.settings import PlatformSettings
from parrot.app.platform.trading import Connect, Reached, Terms, Trading, home_currency, reach
from parrot.app.recording import MarketRecorder
from parrot.centers.capital import manifest as capital
from parrot.centers.execution import manifest as execution
from parrot.centers.execution.manifest import Groups
from parrot.centers.market_data.live import LiveMarket
from parrot.centers.risk import manifest as risk
from parrot.centers.strategies import manifest as strategies
from parrot.contracts.listing import Listing, VenueTerms
from parrot.contracts.message import Entry
from parrot.kernel.errors import DataError
from parrot.ports.records import Records

_CHILD: Final = ("-m", "parrot.app.hosting.child")


@dataclass(slots=True)
class Components:
    """The parts of a desk in the order in which they see a record."""

    risk: risk.Risk
    execution: execution.Execution
    groups: Groups
    capital: capital.Capital
    strategies: strategies.Strategies
    blotter: Blotter

    @property
    def all(self) -> Sequence[Any]:
        """In order."""
        return (self.risk, self.execution, self.groups, self.capital, self.strategies, self.blotter)


def components(listings: Sequence[Listing], terms: VenueTerms, *, live: bool = False) -> Components:
    """New components for one account at one venue, `live` where orders cost money; they know no journal yet."""
    orders, currency = execution.build(listings, terms), home_currency(listings)
    return Components(
        risk.build(listings, risk.Settings(currency=currency, live=live)),
        orders,
        execution.build_groups(orders),
        capital.build(listings, capital.Settings(currency=currency)),
        strategies.build(listings),
        Blotter(),
    )


@dataclass(slots=True)
class House:
    """Everything that a process owns while it runs a platform."""

    components: Components
    journal: FileJournal
    desk: Desk
    clock: SteadyClock
    trading: Trading
    market: LiveMarket
    hosts: Hosts
    recorder: MarketRecorder
    audit: Auditing
    records: Records
    replayed: int
    snapshot: int
    watch: MarketWatch
    terms: Terms
    settings: PlatformSettings
    by_venue: bool = False
    scrub: Callable[[], None] = lambda: None  # what was dropped of the records leaves the disk
    close_records: Callable[[], None] = lambda: None


def assemble(folder: DataFolder, settings: PlatformSettings, connect: Connect | None = None) -> House:
    """Opens the data directory, reaches the venue (by `connect`) and rebuilds everything from the journals.

    Raises InputError when another process owns it, DataError when a journal is damaged, StorageError, VenueError.
    """
    _require_both(folder)
    journal = FileJournal(folder.desk)  # owning the journal is owning the directory
    try:
        return _assemble(folder, settings, journal, connect)
    except BaseException:
        journal.close()
        raise


def _require_both(folder: DataFolder) -> None:
    """The desk's journal is made first, then the audit log: one without the other was lost."""
    if folder.audit.exists() and not folder.desk.exists():
        fix = "run `parrot verify`, bring it back from a copy, or use another --data"
        raise DataError(f"{folder.desk} is missing, and {folder.audit.name} is there", expected="both", fix=fix)


def _assemble(folder: DataFolder, settings: PlatformSettings, journal: FileJournal, connect: Connect | None) -> House:
    reached = reach(folder, settings.venue, SteadyClock(), connect, fresh=not journal.head().seq)
    try:
        return _assembled(folder, settings, journal, reached)
    except BaseException:
        reached.close()
        raise


def _assembled(folder: DataFolder, settings: PlatformSettings, journal: FileJournal, reached: Reached) -> House:
    listings, terms = reached.terms.listings, reached.terms.venue
    parts = components(listings, terms, live=reached.terms.mode == "live")
    open_ones: list[Trading] = []
    desk = Desk(
        parts.all,
        journal,
        lambda request: open_ones[0].venue.send(request),
        snapshots=FileSnapshots(folder.root, "desk"),
    )
    replayed = desk.recover()
    clock = SteadyClock(desk.ts)
    if desk.seq and not folder.audit.exists():
        fix = "run `parrot verify`, bring it back from a copy"
        raise DataError(f"{folder.audit} is missing, and {folder.desk.name} is there", expected="both", fix=fix)
    audit = Auditing(folder.root)
    audit.open("main", desk=desk.seq, missed=partial(_entries, journal), now=clock.now_ns())
    records, scrub, close_records = _records(folder, audit, clock)
    trading = reached.open(clock.now_ns())
    open_ones.append(trading)
    market = LiveMarket(listings)
    hosts = _hosts(folder, settings, parts, listings, journal, desk, lambda path: audit.expect(path, clock.now_ns()))
    recorder = MarketRecorder(FileLake(folder.lake), reached.terms.name, listings)
    since = desk.seq - replayed
    watch, by_venue = MarketWatch(listings), reached.by_venue
    return House(
        parts, journal, desk, clock, trading, market, hosts, recorder, audit, records, replayed, since, watch,
        reached.terms, settings, by_venue, scrub, close_records,
    )  # fmt: skip


def _records(
    folder: DataFolder, audit: Auditing, clock: SteadyClock
) -> tuple[Records, Callable[[], None], Callable[[], None]]:
    """The records, what scrubs them, and what closes them."""
    # Loaded where a platform runs, not with every command.
    from parrot.adapters.sql import SqlRecords, open_sqlite, scrub

    audit.expect(folder.records, clock.now_ns())
    engine = open_sqlite(folder.records, forgetful=True)
    return SqlRecords(engine), partial(scrub, engine), engine.dispose


def _hosts(
    folder: DataFolder,
    settings: PlatformSettings,
    parts: Components,
    listings: Sequence[Listing],
    journal: FileJournal,
    desk: Desk,
    expect: Callable[[Path], object],
) -> Hosts:
    children = ProcessChildren(_CHILD, ChildLimits(memory=settings.strategy_memory_mb << 20))
    log = Desklog(partial(_entries, journal), lambda: desk.seq)
    limits = Limits(patience=settings.strategy_patience_s * 10**9)
    return Hosts(parts.strategies, listings, folder.strategies, children, log, limits, expect=expect)


def _entries(journal: FileJournal, after: int) -> Iterator[Entry]:
    return (decode(body) for _, body in journal.read(after))

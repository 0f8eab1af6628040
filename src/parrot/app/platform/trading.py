"""What a platform trades on: the simulated venue, paper on a real market, or a real venue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from parrot.adapters.journal.files import FileJournal, FileSegments
from parrot.adapters.secrets.doors import write_closed
from parrot.app.folder import DataFolder
from parrot.app.platform.settings import VenueSettings
from parrot.centers.market_data.live import Flow
from parrot.centers.matching import manifest as matching
from parrot.contracts.connections import Connection
from parrot.contracts.listing import Listing, VenueTerms
from parrot.contracts.venue import Report, VenueState
from parrot.kernel.errors import DataError, InputError
from parrot.ports.clock import Clock
from parrot.ports.exchange import PublicExchange, SandboxExchange
from parrot.ports.feed import Feed, Incoming
from parrot.ports.secrets import Credentials, Secret
from parrot.ports.trading import TradingVenue

TERMS: Final = "market.json"


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a data directory was begun with: of which venue, in which mode, and what that listed when last seen."""

    kind: str
    name: str
    mode: str
    listings: list[Listing]
    venue: VenueTerms

    @property
    def place(self) -> str:
        """The venue and the mode in words."""
        return f"{self.mode} on {self.name}"


@dataclass(slots=True)
class Trading:
    """The two sides of a market, open; `close` ends both.

    `heard` takes what passed the gates; `wake` names who is to be woken by data. `public` is the simulated venue as
    others may trade on it. `secrets` must be in no log.
    """

    venue: TradingVenue
    feed: Feed
    close: Callable[[], None]
    heard: Callable[[Flow, int], None] = lambda flow, now: None
    wake: Callable[[Callable[[], None]], None] = lambda callback: None
    warnings: Sequence[str] = ()
    public: SandboxExchange | None = None
    secrets: Sequence[Secret] = ()


class Shared:
    """The simulated venue's market data; with each turn the exchange on the same floor has its time as well."""

    def __init__(self, feed: Feed, exchange: PublicExchange) -> None:
        self._feed = feed
        self._exchange = exchange
        self.listings = feed.listings
        self.ask_snapshot = feed.ask_snapshot
        self.close = feed.close

    def poll(self, now: int) -> Sequence[Incoming]:
        """What arrived up to `now`."""
        found = self._feed.poll(now)
        self._exchange.turn(now)
        return found

    def due(self) -> int | None:
        """When the next datum comes."""
        return min((due for due in (self._feed.due(), self._exchange.due()) if due is not None), default=None)


class Narrowed:
    """A venue as an account of some symbols sees it: what it holds of other currencies is no concern of the desk.

    Their worth could not be known here, and with it no limit that is a share of equity.
    """

    def __init__(self, venue: TradingVenue, listings: Sequence[Listing]) -> None:
        self._venue = venue
        self._listings = listings
        self._currencies = {currency for one in listings for currency in (one.base, one.quote)}
        self.send = venue.send
        self.close = venue.close

    @property
    def terms(self) -> VenueTerms:
        """How the venue treats orders."""
        return self._venue.terms

    def listings(self) -> Sequence[Listing]:
        """What may be traded."""
        return self._listings

    def connect(self, inbox: Callable[[Report], None]) -> None:
        """Says where reports go."""
        self._venue.connect(lambda report: inbox(self._narrow(report)))

    def _narrow(self, report: Report) -> Report:
        if not isinstance(report, VenueState):
            return report
        kept = {name: amount for name, amount in report.balances.items() if name in self._currencies}
        return msgspec.structs.replace(report, balances=kept)


class Live(Protocol):
    """A connection that stands."""

    @property
    def venue(self) -> Any:
        """The venue, None without keys."""

    @property
    def feed(self) -> Any:
        """Its market data."""

    @property
    def warnings(self) -> Sequence[str]:
        """What a person should know."""

    def wake(self, callback: Callable[[], None]) -> None:
        """`callback` is called when something waits."""

    def close(self) -> None:
        """Ends it."""


Connect = Callable[..., Live]


@dataclass(slots=True)
class Reached:
    """A venue that was reached: its terms are known, and `open` begins trading at a time (ns UTC)."""

    terms: Terms
    open: Callable[[int], Trading]
    close: Callable[[], None] = lambda: None
    by_venue: bool = field(default=False)  # the account begins with what the venue says that it has


def reach(
    folder: DataFolder,
    chosen: VenueSettings,
    clock: Clock,
    connect: Connect | None = None,
    *,
    fresh: bool = True,
) -> Reached:
    """Reaches the venue of the settings; its terms are kept in the data directory, for those who read it later.

    Raises InputError for settings that cannot be, or another venue than the directory was begun with; VenueError.
    """
    before = _kept(folder.root)
    if chosen.kind == "paper":
        if before is not None:
            raise _another(folder, before, "the simulated venue")
        return _simulated(folder, chosen)
    if before is None and not fresh:
        raise _another(folder, None, f"{chosen.mode} on {chosen.place}")
    if before is not None and (before.kind, before.name, before.mode) != (chosen.kind, chosen.place, chosen.mode):
        raise _another(folder, before, f"{chosen.mode} on {chosen.place}")
    reached = _real(folder, chosen, clock, connect or _connect())
    write_closed(folder.root / TERMS, msgspec.json.format(msgspec.json.encode(reached.terms)) + b"\n")
    return reached


def known_terms(root: Path, chosen: VenueSettings) -> tuple[list[Listing], VenueTerms]:
    """Listings and terms that a data directory's journal was written with. Raises InputError, DataError."""
    kept = _kept(root)
    if kept is not None:
        return kept.listings, kept.venue
    paper = paper_settings(chosen)
    return [pair.listing for pair in paper.pairs], paper.terms


def home_currency(listings: Sequence[Listing]) -> str:
    """What an account is counted in: the currency in which most symbols are quoted, the first of several."""
    counts = Counter(listing.quote for listing in listings)
    return counts.most_common(1)[0][0] if counts else "USDT"


def paper_settings(chosen: VenueSettings) -> matching.Settings:
    """The simulated venue's settings. Raises InputError for a symbol that it does not have."""
    known = {pair.listing.symbol: pair for pair in matching.Settings().pairs}
    unknown = [symbol for symbol in chosen.symbols if symbol not in known]
    if unknown or not chosen.symbols:
        raise InputError(f"venue.symbols is {chosen.symbols}", expected=f"some of {', '.join(known)}")
    return matching.Settings(
        seed=chosen.seed,
        pairs=tuple(known[symbol] for symbol in chosen.symbols),
        deposits=dict(chosen.deposit),
        requests=matching.Latency(fixed=chosen.latency_us * 500, jitter=chosen.latency_us * 100),
        replies=matching.Latency(fixed=chosen.latency_us * 500, jitter=chosen.latency_us * 100),
    )


def _simulated(folder: DataFolder, chosen: VenueSettings) -> Reached:
    paper = paper_settings(chosen)
    listings = [pair.listing for pair in paper.pairs]
    terms = Terms(kind="paper", name=paper.venue, mode="paper", listings=listings, venue=paper.terms)

    def begin(now: int) -> Trading:
        venue, exchange = matching.build_both(paper, FileSegments(folder.venue), now=now)
        return Trading(venue, Shared(venue, exchange), venue.close, public=exchange)

    return Reached(terms, begin)


def _real(folder: DataFolder, chosen: VenueSettings, clock: Clock, connect: Connect) -> Reached:
    connection, credentials = _connection(chosen)
    alive = chosen.mode == "live"
    trades = FileJournal(folder.root / "trades.journal") if alive else None
    try:
        live = connect(connection, credentials, list(chosen.symbols), clock=clock, trades=trades)
    except BaseException:
        if trades is not None:
            trades.close()
        raise
    secrets = [one for one in credentials or () if one is not None]
    known = {listing.symbol: listing for listing in live.feed.listings()}
    listings = [known[symbol] for symbol in chosen.symbols]
    if alive:

        def close() -> None:
            live.close()
            if trades is not None:
                trades.close()

        venue, terms = Narrowed(live.venue, listings), _terms(chosen, listings, live.venue.terms)
        return Reached(
            terms,
            lambda now: Trading(venue, live.feed, close, wake=live.wake, warnings=live.warnings, secrets=secrets),
            close,
            by_venue=True,
        )
    return _shadowed(folder, chosen, live, listings, secrets)


def _shadowed(
    folder: DataFolder, chosen: VenueSettings, live: Live, listings: list[Listing], secrets: list[Secret]
) -> Reached:
    from parrot.adapters.venues.shadow import ShadowSettings, ShadowVenue

    settings = ShadowSettings(
        terms=VenueTerms(venue=chosen.place),
        deposits=dict(chosen.deposit),
        latency=chosen.latency_us * 500,
        books=chosen.books,
    )

    if live.venue is not None:  # keys that only its market data need: its own account is no concern here
        live.venue.connect(lambda report: None)

    def begin(now: int) -> Trading:
        venue = ShadowVenue(listings, settings, FileSegments(folder.shadow), now=now)

        def close() -> None:
            venue.close()
            live.close()

        def heard(flow: Flow, now: int) -> None:
            venue.heard(flow.messages, now)

        return Trading(venue, live.feed, close, heard, live.wake, live.warnings, secrets=secrets)

    return Reached(_terms(chosen, listings, settings.terms), begin, live.close)


def _terms(chosen: VenueSettings, listings: list[Listing], terms: VenueTerms) -> Terms:
    return Terms(kind=chosen.kind, name=chosen.place, mode=chosen.mode, listings=listings, venue=terms)


def _connection(chosen: VenueSettings) -> tuple[Connection, Credentials | None]:
    """The connection that is meant and its keys: none on paper, unless the market data ask for them too."""
    from parrot.app.venues.register import ALPACA, Register
    from parrot.app.wiring import home

    if not chosen.name:
        return Connection(name=chosen.exchange, exchange=chosen.exchange), None
    register = Register(home())
    connection = register.find(chosen.name)
    if (connection.exchange == ALPACA) != (chosen.kind == ALPACA):
        raise InputError(
            f"venue.kind is {chosen.kind}, and {chosen.name} is {connection.exchange}", expected="one kind"
        )
    wanted = chosen.mode == "live" or chosen.kind == ALPACA
    credentials = register.credentials(connection) if wanted else None
    if wanted and credentials is None:
        fix = f"parrot venue add {chosen.name} --exchange {connection.exchange} --replace"
        raise InputError(f"there are no keys of {chosen.name}", expected="its key and secret", fix=fix)
    return connection, credentials


def _kept(root: Path) -> Terms | None:
    path = root / TERMS
    try:
        return msgspec.json.decode(path.read_bytes(), type=Terms)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as fault:
        raise DataError(f"{path} cannot be read: {fault}", fix="bring it back from a copy") from None


def _another(folder: DataFolder, before: Terms | None, wanted: str) -> InputError:
    began = "the simulated venue" if before is None else before.place
    fix = "use another --data for another venue: orders and money of one directory are of one venue"
    return InputError(f"{folder.root} was begun with {began}", expected=wanted, fix=fix)


def _connect() -> Connect:
    from parrot.adapters.venues.connecting import connect

    return connect

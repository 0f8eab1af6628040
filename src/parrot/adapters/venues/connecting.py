"""From a connection as a person names it to a venue that trades, and a look at one that changes nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from parrot.adapters.venues.ccxt.making import make
from parrot.adapters.venues.skeleton.line import Pace
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.skeleton.venue import LiveVenue
from parrot.adapters.venues.skeleton.weights import WeightLedger, Window, shared
from parrot.adapters.venues.skeleton.wire import Wire
from parrot.adapters.venues.table import Row, row
from parrot.contracts.connections import Connection, Finding, Verdict
from parrot.kernel.errors import InputError, ParameterError, ParrotError
from parrot.ports.clock import Clock
from parrot.ports.journal import Journal
from parrot.ports.secrets import Credentials

_SECOND: Final = 1_000_000_000
_LOOK_S: Final = 30.0
_STREAM_S: Final = 10.0
_FAR: Final = 1_000_000_000  # ns that the venue's clock may be off before a person should look at this one
WITHDRAWALS: Final = "allow_withdrawals"
SANDBOX: Final = "sandbox"
RECORD: Final = "record"
LIMITS: Final = "limits"  # "off" for an exchange of one's own that has none
DEAD_MAN: Final = "withdraw_after"
_SILENCE_S_MIN: Final = 30  # three words of ours fit into it
_OPTIONS: Final = frozenset({WITHDRAWALS, SANDBOX, RECORD, LIMITS, DEAD_MAN})


@dataclass(frozen=True, slots=True)
class Live:
    """A venue and its feed, which are one object; `venue` is None without credentials."""

    venue: LiveVenue | None
    feed: LiveVenue

    @property
    def warnings(self) -> Sequence[str]:
        """What a person should know."""
        return self.feed.warnings

    def wake(self, callback: Callable[[], None]) -> None:
        """`callback` is called from the adapter's thread when something waits to be polled."""
        self.feed.wake(callback)

    def close(self) -> None:
        """Ends the connection."""
        self.feed.close()


def connect(
    connection: Connection,
    credentials: Credentials | None,
    symbols: Sequence[str],
    *,
    clock: Clock,
    trades: Journal | None = None,
    pace: Pace | None = None,
) -> Live:
    """Connects; returns once markets, clock and key were looked at and the streams stand.

    Raises VenueError when the venue cannot be reached or the key may not be used, MissingError for a symbol or venue
    that does not exist, InputError for a venue that cannot trade here.
    """
    if credentials is not None and row(connection.exchange).id_form == "none":
        raise InputError(
            f"{connection.exchange} cannot hold the client ids by which orders are kept safe",
            expected="a venue of docs/reference/venues.md that trades",
            fix="use it without keys, as a feed",
        )
    live = LiveVenue(
        wire(connection, credentials, clock.now_ns),
        symbols=symbols,
        clock=clock,
        trades=trades,
        private=credentials is not None,
        allow_withdrawals=_on(connection, WITHDRAWALS),
        pace=pace,
    )
    live.open()
    return Live(live if credentials is not None else None, live)


def wire(connection: Connection, credentials: Credentials | None, now: Callable[[], int]) -> Wire:
    """The protocol of a connection; nothing has been sent yet. Raises ParameterError for options that nobody knows."""
    if strange := sorted(connection.options.keys() - _OPTIONS):
        expected = f"some of {', '.join(sorted(_OPTIONS))}"
        raise ParameterError(f"{connection.name}: there is no option {', '.join(strange)}", expected=expected)
    name, known = connection.exchange, row(connection.exchange)
    key = credentials.key.reveal() if credentials is not None else ""
    silence = _withdraw_after(connection, known)
    if name == "alpaca":
        if connection.options.get(RECORD):
            raise InputError("traffic with Alpaca is not recorded", expected="a venue of ccxt, or no option record")
        from parrot.adapters.venues.alpaca.wire import AlpacaWire

        ledger = _ledger(connection, key, known.weights, known.orders)
        return AlpacaWire(credentials, known, ledger, now=now, url=connection.url, paper=_on(connection, SANDBOX))
    from parrot.adapters.venues.ccxt.binance import BinanceWire
    from parrot.adapters.venues.ccxt.wire import CcxtWire

    exchange = make(
        name,
        known,
        key=credentials.key if credentials else None,
        secret=credentials.secret if credentials else None,
        passphrase=credentials.passphrase if credentials else None,
        url=connection.url,
        sandbox=_on(connection, SANDBOX),
    )
    ledger = _ledger(connection, key, known.weights or _paced(exchange), known.orders)
    kind = BinanceWire if name == "binance" else CcxtWire
    made = kind(exchange, known, ledger, now=now, withdraw_after=silence)
    if connection.options.get(RECORD):
        from parrot.adapters.venues.traffic import Recorder

        secrets = [one.reveal() for one in credentials or () if one is not None]
        Recorder(Path(connection.options[RECORD]).expanduser(), exchange, secrets, now=now)
    return made


def _withdraw_after(connection: Connection, known: Row) -> int:
    """The silence in ns after which the venue is to withdraw all orders, 0 where it was not asked for."""
    said = connection.options.get(DEAD_MAN)
    if said is None:
        return 0
    if not known.dead_man:
        raise ParameterError(f"{connection.exchange} has no dead-man's switch", expected=f"no option {DEAD_MAN}")
    least, most = _SILENCE_S_MIN, known.silence_s_max
    if not (said.isascii() and said.isdigit() and least <= int(said) <= most):
        raise ParameterError(f"{connection.name}: option {DEAD_MAN} is {said!r}", expected=f"{least} to {most} seconds")
    return int(said) * _SECOND


def _ledger(connection: Connection, key: str, weights: tuple[Window, ...], orders: tuple[Window, ...]) -> WeightLedger:
    if connection.options.get(LIMITS) == "off":
        return WeightLedger(())
    return shared(f"{connection.exchange} {connection.url}", key, weights, orders)


def _paced(exchange: Any) -> tuple[Window, ...]:
    """The limit that ccxt paces itself by: so many units of cost within ten seconds."""
    return (Window(max(1, int(10_000 / float(exchange.rateLimit or 1000))), 10 * _SECOND),)


class _TimeOfDay:
    def now_ns(self) -> int:
        return time.time_ns()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def _on(connection: Connection, option: str) -> bool:
    """Nothing but true and false: a sandbox that was meant and not understood would be the venue itself."""
    said = connection.options.get(option, "false")
    if said not in ("true", "false"):
        raise ParameterError(f"{connection.name}: option {option} is {said!r}", expected="true or false")
    return said == "true"


# -- a look ----------------------------------------------------------------------------------------------------------


def check(
    connection: Connection,
    credentials: Credentials | None,
    symbols: Sequence[str] = (),
    *,
    clock: Clock | None = None,
) -> list[Finding]:
    """What a look at a venue finds: read-only, one finding each, and never an error for what the network does."""
    found: list[Finding] = []
    clock = clock or _TimeOfDay()
    try:
        looked = wire(connection, credentials, clock.now_ns)
    except ParrotError as fault:
        return [Finding("venue", Verdict.FAIL, str(fault))]
    try:
        asyncio.run(_look(looked, row(connection.exchange), symbols, found, keyed=credentials is not None, clock=clock))
    except TimeoutError:
        found.append(Finding("answers", Verdict.FAIL, f"what comes next was not answered within {_LOOK_S:g} s"))
    except Exception as fault:  # noqa: BLE001  whatever a venue sends, a look ends with what was found
        found.append(Finding("answers", Verdict.FAIL, f"what cannot be read: {type(fault).__name__}"))
    return found


async def _look(
    looked: Wire, known: Row, symbols: Sequence[str], found: list[Finding], *, keyed: bool, clock: Clock
) -> None:
    try:
        async with asyncio.timeout(_LOOK_S):
            if not await _reached(looked, symbols, found, clock):
                return
            if keyed and known.id_form != "none":
                keyed = await _keyed(looked, found)
            else:
                found.append(Finding("key", Verdict.SKIP, "no key: market data only"))
            await _streams(looked, symbols, found, keyed=keyed)
    finally:
        await looked.close()


async def _reached(looked: Wire, symbols: Sequence[str], found: list[Finding], clock: Clock) -> bool:
    try:
        await looked.open()
    except Trouble as trouble:
        found.append(Finding("reachable", Verdict.FAIL, trouble.reason))
        return False
    found.append(Finding("reachable", Verdict.OK, "the venue answers"))
    listed = {listing.symbol for listing in looked.listings()}
    missing = [symbol for symbol in symbols if symbol not in listed]
    text = f"{len(listed)} markets" + (f", none is called {', '.join(missing)}" if missing else "")
    found.append(Finding("markets", Verdict.FAIL if missing else Verdict.OK, text))
    asked = clock.now_ns()
    told = await _or_none(looked.server_time())
    if told is None:
        found.append(Finding("time offset", Verdict.SKIP, "the venue does not tell its time"))
        return True
    looked.offset = told - (asked + clock.now_ns()) // 2
    verdict = Verdict.WARN if abs(looked.offset) > _FAR else Verdict.OK
    found.append(Finding("time offset", verdict, f"{looked.offset / 1e6:+.0f} ms"))
    return True


async def _keyed(looked: Wire, found: list[Finding]) -> bool:
    """Whether the key works, as far as the venue says."""
    try:
        scope = await looked.scope()
        balances = await looked.balances()
    except Trouble as trouble:
        verdict = Verdict.FAIL if trouble.outcome is Outcome.KEY else Verdict.WARN
        found.append(Finding("key", verdict, trouble.reason))
        return trouble.outcome is not Outcome.KEY
    found.append(Finding("balances", Verdict.OK, f"{len(balances)} currencies"))
    said = {True: "yes", False: "no", None: "the venue does not say"}
    trade = {True: Verdict.OK, False: Verdict.FAIL, None: Verdict.SKIP}[scope.trade]
    found.append(Finding("may trade", trade, said[scope.trade]))
    withdraw = {True: Verdict.WARN, False: Verdict.OK, None: Verdict.WARN}[scope.withdraw]
    fix = "; make a key that may only trade" if scope.withdraw else ""
    found.append(Finding("may withdraw", withdraw, said[scope.withdraw] + fix))
    return True


async def _streams(looked: Wire, symbols: Sequence[str], found: list[Finding], *, keyed: bool) -> None:
    if keyed:
        ready = asyncio.Event()
        said = await _until(looked.private(lambda news: None, ready.set), ready)
        found.append(Finding("private stream", Verdict.OK if not said else Verdict.FAIL, said or "stands"))
    names = list(symbols) or [listing.symbol for listing in looked.listings()][:1]
    heard = asyncio.Event()
    streams = looked.markets(names, lambda raw: heard.set())
    said = await _until(_all(streams), heard)
    found.append(Finding("streams", Verdict.OK if not said else Verdict.FAIL, said or f"{names[0]} comes"))


async def _all(streams: Sequence[Callable[[], Any]]) -> None:
    await asyncio.gather(*(stream() for stream in streams))


async def _until(work: Coroutine[Any, Any, None], event: asyncio.Event) -> str:
    """Empty once the event came, else what came in between."""
    running, waiting = asyncio.ensure_future(work), asyncio.ensure_future(event.wait())
    done, _ = await asyncio.wait({running, waiting}, timeout=_STREAM_S, return_when=asyncio.FIRST_COMPLETED)
    said = "" if waiting in done else "nothing came"
    if running in done and not event.is_set():
        fault = running.exception()
        said = fault.reason if isinstance(fault, Trouble) else f"it ended: {type(fault).__name__}"
    for task in (running, waiting):
        task.cancel()
    await asyncio.gather(running, waiting, return_exceptions=True)
    return said


async def _or_none(work: Coroutine[Any, Any, int | None]) -> int | None:
    try:
        return await work
    except Trouble:
        return None

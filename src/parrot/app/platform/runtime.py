"""A platform from recovery to a clean end: there is one way to start, and it is to recover."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import structlog

from parrot.adapters.telemetry import Logs, Metrics, set_up
from parrot.app.folder import DataFolder, announce, withdraw
from parrot.app.garbage import settle
from parrot.app.platform.assemble import House, assemble
from parrot.app.platform.deciding import deciding
from parrot.app.platform.disk import DiskWatch
from parrot.app.platform.doors import open_doors
from parrot.app.platform.exchange_port import ExchangePort
from parrot.app.platform.front import Front
from parrot.app.platform.history import history_of
from parrot.app.platform.loop import Loop
from parrot.app.platform.people import users_settings, world_of
from parrot.app.platform.platform import Platform
from parrot.app.platform.settings import PlatformSettings
from parrot.app.platform.setup import Opening, first_commands, require_limits, strategies_of
from parrot.app.platform.spine import Parts, Spine
from parrot.app.platform.telling import tell
from parrot.app.platform.web import WebServer
from parrot.app.platform.working import working
from parrot.app.users.living import Living, living
from parrot.app.users.opening import World
from parrot.centers.market_data.live import BarRule, Flow
from parrot.centers.risk.manifest import kills_of
from parrot.contracts import commands as contract_commands
from parrot.contracts import records as contract_records
from parrot.contracts.commands import CloseDesk, EngageKill, OpenDesk
from parrot.contracts.message import Entry
from parrot.engine.columns import timeframe_ns
from parrot.gateway.rest import create_app
from parrot.kernel.errors import MissingError

_WORTH_A_SNAPSHOT: Final = 10_000


class Runtime:
    """One platform in this process. `run` returns after a signal, when everything is closed."""

    def __init__(self, folder: DataFolder, settings: PlatformSettings) -> None:
        self._folder = folder
        self._settings = settings
        self._disk = DiskWatch(folder.root)
        self.tell_code: Callable[[str], None] = lambda code: None  # shows another code for the first visit

    def run(self, front: Front, ready: Callable[[dict[str, Any]], None]) -> None:
        """Recovers, serves and trades until a signal. Raises InputError, DataError, StorageError."""
        require_limits(self._settings)
        settle()  # what a recovery makes may go
        self._folder.make()
        house = assemble(self._folder, self._settings)
        logs = set_up(self._folder.logs, screen=None)
        try:
            self._disk.prepare()
            self._trade(house, logs, front, ready)
        except Exception:
            _log().exception("stopped by a fault")
            raise
        finally:
            logs.close()
            house.hosts.close()
            house.recorder.close(house.clock.now_ns())
            house.trading.close()
            house.journal.close()
            house.close_records()  # all of them into the one file, which then holds every byte
            house.audit.close(house.clock.now_ns())

    def _trade(self, house: House, logs: Logs, front: Front, ready: Callable[[dict[str, Any]], None]) -> None:
        spine = self._spine(house)
        metrics = Metrics(version("parrot"))
        spine.turned, spine.committed = metrics.turned, metrics.committed
        history = history_of(self._folder.history, house.journal.read, house.desk.seq)
        house.desk.watchers += [metrics.heard, tell, house.audit.heard, history.heard]
        with contextlib.ExitStack() as stack:
            stack.enter_context(history)
            loop = stack.enter_context(Loop(house.clock, spine.turn, house.hosts.filenos))
            spine.wake = loop.wake
            house.trading.wake(loop.wake)
            self._open(house, spine)
            instance = announce(self._folder, front.near, front.tls.cert if front.tls is not None else None)
            logs.redaction.hide(instance.token, *(secret.reveal() for secret in house.trading.secrets))
            platform = Platform(house, spine, self._folder, instance, metrics, logs)
            world = stack.enter_context(world_of(self._folder.root, self._settings, front.url))
            people = stack.enter_context(self._people(house, spine, front, world))
            people.users.setup.tell = self.tell_code
            jobs = stack.enter_context(working(house, self._folder))
            port = self._port(house, spine, instance.token)
            asked = stack.enter_context(deciding(house, platform))
            doors = open_doors(
                house,
                platform,
                history,
                people.users,
                jobs,
                port=port,
                settings=self._settings,
                requests=asked,
                until=stack,
            )
            web = WebServer(create_app(doors, front.site), front.listener, front.tls)
            if port is not None and self._settings.exchange.port is not None:
                port.open(self._settings.exchange.port)
            web.start()
            for warning in house.trading.warnings:
                _log().warning("venue", text=warning)
            settle()
            ready(
                {
                    "pid": instance.pid,
                    "replayed": house.replayed,
                    "strategies": house.components.strategies.running(),
                    "trades": _place(self._settings),
                    "warnings": list(house.trading.warnings),
                    "exchange": (port.url or None) if port is not None else None,
                    "setup": people.users.setup.begin(),
                }
            )
            try:
                loop.run()
            finally:
                spine.close()
                withdraw(self._folder)
                people.pause()
                web.stop()
                if port is not None:
                    port.close()
            self._close(house, spine)

    def _people(self, house: House, spine: Spine, front: Front, world: World) -> AbstractContextManager[Living]:
        settings = users_settings(self._settings.users, only_here=front.only_here)
        clock = house.clock
        return living(self._folder.root, house.audit, spine, now=clock.now_ns, settings=settings, world=world)

    def _port(self, house: House, spine: Spine, token: str) -> ExchangePort | None:
        chosen, exchange = self._settings.exchange, house.trading.public
        if exchange is None:
            return None
        return ExchangePort(exchange, spine.read, chosen, token=token, folder=self._folder)

    def _spine(self, house: House) -> Spine:
        return Spine(
            Parts(
                desk=house.desk,
                venue=house.trading.venue,
                feed=house.trading.feed,
                market=house.market,
                hosts=house.hosts,
                flagged_kills=self._flagged_kills,
                record=lambda flow, now: record(house, flow, now),
                beat=lambda now: self._beat(house, now),
            )
        )

    def _open(self, house: House, spine: Spine) -> None:
        """Takes the desk over, gives an empty one its beginning, and lets strategies that ran go on."""
        spine.connect()
        house.desk.watchers.append(lambda entries: _build_new_bars(house, entries))
        now = house.clock.now_ns()
        desk = house.desk
        fresh = desk.seq == 0
        desk.take(OpenDesk(build=build_hash(), schema=schema_hash(), config=config_hash(self._settings)), now)
        desk.commit()
        if fresh:
            for command in first_commands(self._settings, by_venue=house.by_venue):
                desk.take(command, now)
            desk.commit()
            if house.by_venue:
                desk.watchers.append(Opening(spine.ask).heard)
        for strategy in house.components.strategies.running():
            build_bars(house, strategy)
        house.hosts.resume(now)
        for command in strategies_of(self._settings, house.components.strategies.known()):
            desk.take(command, now)
        desk.commit()

    def _close(self, house: House, spine: Spine) -> None:
        now = house.clock.now_ns()
        house.desk.take(CloseDesk(reason="asked to stop"), now)
        house.desk.commit()
        self._snapshot(house, _WORTH_A_SNAPSHOT)

    def _beat(self, house: House, now: int) -> None:
        house.audit.beat(now)
        self._snapshot(house, self._settings.snapshot_every)

    def _snapshot(self, house: House, after: int) -> None:
        """Keeps the state where `after` entries have come since the last time, so that a start need not replay them."""
        if house.desk.seq - house.snapshot >= after:
            house.desk.save_snapshot()
            house.snapshot = house.desk.seq

    def _flagged_kills(self) -> Sequence[EngageKill]:
        kills: list[EngageKill] = []
        if self._disk.low:
            reason = f"{self._disk.free() >> 20} MiB left on the disk"
            kills.append(EngageKill(by="disk watch", source="rule", reason=reason))
        try:
            kills += kills_of(self._folder.kill_flag.read_text(encoding="utf-8", errors="replace"))
        except FileNotFoundError:
            pass
        except OSError:
            kills += kills_of("")  # a flag that cannot be read is a flag
        return kills


def _place(settings: PlatformSettings) -> str:
    """Where orders go, in words."""
    venue = settings.venue
    if venue.kind == "paper":
        return "on paper"
    return f"LIVE on {venue.place}" if venue.mode == "live" else f"on paper, on the market of {venue.place}"


def record(house: House, flow: Flow, now: int) -> None:
    """Hands on what passed the gates: to paper on a real market, to those who watch, and to those who keep it."""
    house.trading.heard(flow, now)
    house.watch.take(flow, now)
    house.recorder.take(flow, now)


def _build_new_bars(house: House, entries: Sequence[Entry]) -> None:
    for entry in entries:
        if isinstance(entry.record, contract_records.StrategyStarted):
            build_bars(house, entry.record.strategy)


def build_bars(house: House, strategy: str) -> None:
    """Has the market build the bars that a strategy takes."""
    version = house.components.strategies.version(strategy)
    if version.timeframe:
        for symbol in version.symbols:
            with contextlib.suppress(MissingError):  # its host stops the strategy and names the symbol
                house.market.build(symbol, BarRule("time", timeframe_ns(version.timeframe)))


def _log() -> Any:
    return structlog.get_logger("parrot.platform")


def build_hash() -> str:
    """What this process is made of."""
    return version("parrot")


def schema_hash() -> str:
    """The hash of the text of all contracts: two processes with different ones must not trade together."""
    text = "".join(Path(str(part.__file__)).read_text() for part in (contract_commands, contract_records))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def config_hash(settings: PlatformSettings) -> str:
    """The hash of the settings."""
    return hashlib.sha256(settings.model_dump_json().encode()).hexdigest()[:16]

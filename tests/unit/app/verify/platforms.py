"""A small platform on a data directory: the real desk, venue, journals and audit log, without strategies and clock."""

from __future__ import annotations

import os
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

from parrot.adapters.journal.files import FileJournal, FileSegments, FileSnapshots
from parrot.app.auditing import Auditing
from parrot.app.desk import Desk, decode
from parrot.app.platform.assemble import components
from parrot.app.platform.runtime import build_hash
from parrot.app.platform.settings import PlatformSettings
from parrot.app.platform.trading import paper_settings
from parrot.centers.market_data.live import LiveMarket
from parrot.centers.matching import manifest as matching
from parrot.centers.risk.manifest import paper_limits
from parrot.contracts.commands import Beat, CloseDesk, Deposit, EngageKill, OpenDesk, OrderKind, Side, SubmitOrder

SECOND = 1_000_000_000
STEP = 100_000_000
START = 1_800_000_000 * SECOND
SETTINGS = PlatformSettings()


class Platform:
    """Runs on virtual time; `turn` is a tenth of a second."""

    def __init__(self, root: Path, *, now: int = START, build: str = "") -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root
        self.now = now
        self.reports: list[Any] = []
        self.orders = 0
        paper = paper_settings(SETTINGS.venue)
        listings = [pair.listing for pair in paper.pairs]
        self.journal = FileJournal(root / "desk.journal")
        self.parts = components(listings, paper.terms)
        self.desk = Desk(
            self.parts.all,
            self.journal,
            lambda request: self.venue.send(request),
            snapshots=FileSnapshots(root, "desk"),
        )
        self.desk.recover()
        self.audit = Auditing(root)
        before = self.desk.seq
        missed = lambda after: (decode(body) for _, body in self.journal.read(after))  # noqa: E731
        self.audit.open("main", desk=before, missed=missed, now=now)
        self.venue = matching.build(paper, FileSegments(root / "venue"), now=now)
        self.venue.connect(self.reports.append)
        self.market = LiveMarket(listings)
        self.strategy = self.input("strategies/a.journal")
        self.desk.watchers.append(self.audit.heard)
        self.take(OpenDesk(account="main", build=build or build_hash(), schema="s", config="c"))
        if not before:
            for command in paper_limits("Ada"):
                self.take(command)
            for currency, amount in paper.deposits.items():
                self.take(Deposit(key=f"opening:{currency}", currency=currency, amount=Decimal(amount), by="opening"))

    def input(self, name: str) -> FileJournal:
        self.audit.expect(self.root / name, self.now)
        return FileJournal(self.root / name)

    def take(self, command: Any) -> None:
        self.desk.take(command, self.now)
        self.desk.commit()

    def turn(self, count: int = 1) -> None:
        for _ in range(count):
            self.now += STEP
            flow = self.market.take(self.venue.poll(self.now), self.now)
            for symbol in flow.asks:
                self.venue.ask_snapshot(symbol, self.now)
            for message in (*flow.quoted, *self.reports, Beat(ts=self.now)):
                self.desk.take(message, self.now)
            self.reports.clear()
            self.desk.commit()
            self.audit.beat(self.now)

    def order(self, side: Side = Side.BUY, quantity: str = "0.01", **fields: Any) -> None:
        self.orders += 1
        self.strategy.append([b"input %d" % self.orders])
        key = f"{self.now}"
        asked = SubmitOrder(
            strategy="a",
            key=key,
            symbol="BTC/USDT",
            side=side,
            quantity=Decimal(quantity),
            kind=OrderKind.MARKET,
            **fields,
        )
        self.take(asked)
        self.turn(3)

    def trade(self) -> None:
        """A minute with four orders, a kill and a snapshot in it."""
        self.turn(30)
        for _ in range(2):
            self.order()
            self.order(Side.SELL)
        self.desk.save_snapshot()
        self.take(EngageKill(scope="strategy:b", by="Ada", source="cli", reason="drill"))
        self.turn(550)

    def stop(self) -> None:
        self.take(CloseDesk(reason="asked"))
        self.strategy.close()
        self.venue.close()
        self.journal.close()
        self.audit.close(self.now)

    def crash(self, into: Path) -> Path:
        """What a killed process leaves: the files as they are, and the second place beside."""
        shutil.copytree(self.root, into)
        place = self.root.with_name(f"{self.root.name}.audit")
        shutil.copytree(place, into.with_name(f"{into.name}.audit"))
        return into


def flip(path: Path, place: int) -> None:
    """Turns one bit of a file."""
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)
        file.seek(place)
        file.write(bytes([byte[0] ^ 4]))


def cut(path: Path, by: int) -> None:
    os.truncate(path, path.stat().st_size - by)

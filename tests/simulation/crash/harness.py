"""The referee behind a socket, and desks as processes that are killed, started again and judged."""

from __future__ import annotations

import os
import re
import select
import shutil
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from parrot.adapters.journal.files import verify_journal
from parrot.app.desk import decode
from parrot.contracts.venue import CancelPlaced
from tests.simulation.crash.program import OPENING, PRICE, TERMS
from tests.simulation.crash.wire import REQUESTS, Wire
from tests.simulation.market import Market
from tests.simulation.referee import Referee
from tests.simulation.witness import Witness

ROOT = Path(__file__).resolve().parents[3]
CALLS = ("write", "pwrite64", "fdatasync", "fsync", "sendto")
STRACE = shutil.which("strace")


class StillMarket(Market):
    """Prices stand, so that a run is about processes only."""

    def move(self, symbol: str) -> None:
        """Nothing moves."""


class VenueServer:
    """The referee, which lives on while desks die; serves one connection after another in a thread."""

    def __init__(self, place: Path) -> None:
        self.referee = Referee(TERMS, StillMarket(Random(1)), Random(1))
        self.referee.market.middle["BTCUSDT"] = PRICE
        self.referee.balances = dict(OPENING)
        self.referee.hit_rate = 0.0
        self.cancels: list[float] = []
        self.placed: list[float] = []
        self.place = place
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(place))
        self.listener.listen(4)
        self.over = False
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        wires: list[Wire] = []
        while not self.over:
            readable, _, _ = select.select([self.listener, *(wire.end for wire in wires)], [], [], 0.02)
            wires += [Wire(end.accept()[0], REQUESTS) for end in readable if end is self.listener]
            for wire in [wire for wire in wires if wire.end in readable]:
                if not self.answer(wire):
                    wires.remove(wire)
                    wire.end.close()
            self.tell(wires, self.referee.step("BTCUSDT", time.time_ns()))

    def answer(self, wire: Wire) -> bool:
        try:
            requests = wire.take()
        except OSError:
            return False
        if requests is None:
            return False
        for request in requests:
            (self.cancels if isinstance(request, CancelPlaced) else self.placed).append(time.monotonic())
            self.tell([wire], self.referee.answer(request, time.time_ns()))
        return True

    def tell(self, wires: list[Wire], reports: list[object]) -> None:
        for wire in wires:
            try:
                for report in reports:
                    wire.send(report)
            except OSError:
                continue  # its process died; the next read says so

    def close(self) -> None:
        self.over = True
        self.thread.join()
        self.listener.close()


@dataclass(slots=True)
class Bench:
    """A data folder, a venue, and desks on them."""

    folder: Path
    server: VenueServer

    @classmethod
    def at(cls, folder: Path) -> Bench:
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder, VenueServer(folder / "venue.socket"))

    def start(
        self, *arguments: str, inject: str = "", log: Path | None = None, dies_at: str = ""
    ) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.simulation.crash.program"]
        command += [str(self.folder / "data"), str(self.server.place), *arguments]
        if inject or log:
            traced = ["strace", "-f", "-qq", "-o", str(log or "/dev/null"), "-e", "trace=" + ",".join(CALLS)]
            command = [*traced, *(["-e", "inject=" + inject] if inject else []), *command]
        environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DESK_DIES_AT": dies_at}
        return subprocess.Popen(
            command, env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(
        self, *arguments: str, inject: str = "", log: Path | None = None, dies_at: str = ""
    ) -> tuple[int, str, str]:
        process = self.start(*arguments, inject=inject, log=log, dies_at=dies_at)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def judge(self) -> list[str]:
        """Everything that is wrong with the journal, and between it and the referee."""
        witness = Witness(TERMS)
        problems: list[str] = []

        def look(_seq: int, body: bytes) -> None:
            try:
                witness(decode(body))
            except AssertionError as found:
                problems.append(str(found))

        problems += verify_journal(self.folder / "data" / "desk.journal", look).problems
        theirs = {(t.symbol, t.trade_id, t.client_id) for t in self.server.referee.trades}
        if theirs != witness.fills:
            problems.append(f"fills differ: {sorted(theirs ^ witness.fills)}")
        resting = {placed.client_id for placed in self.server.referee.resting.values()}
        if resting != set(witness.open_ids()):
            problems.append(f"open orders differ: {sorted(resting ^ set(witness.open_ids()))}")
        known = {client_id for life in witness.orders.values() for client_id in life.attempts}
        problems += [
            f"{placed.client_id} was never intended"
            for placed in self.server.referee.placed
            if placed.client_id not in known
        ]
        if len(witness.orders) != len(witness.keys):
            problems.append(f"{len(witness.orders)} orders of {len(witness.keys)} keys")
        return problems

    def close(self) -> None:
        self.server.close()


def counted_calls(log: Path) -> dict[str, int]:
    """How often each call was made in a traced run."""
    names = re.findall(r"^\d+ +(\w+)\(", log.read_text(), flags=re.MULTILINE)
    return {name: names.count(name) for name in CALLS}

"""What the paper venue has told survives its process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from parrot.adapters.journal.files import FileJournal, FileSegments, verify_journal
from parrot.centers.matching import keeping
from parrot.centers.matching.floor import Floor
from parrot.centers.matching.manifest import Settings, build
from parrot.centers.matching.settings import PAIRS
from parrot.contracts.commands import OrderKind, Side
from parrot.contracts.ticks import TradeTick
from parrot.contracts.venue import Accepted, CancelPlaced, Filled, LineLost, PlaceOrder, Unanswered, VenueState
from parrot.kernel.errors import DataError, StorageError
from parrot.ports.journal import Head, Journal
from tests.conftest import ROOT
from tests.unit.centers.matching.sample import SECOND, START, Paper


def traded(folder: Path, *, now: int = START, number: int = 0, **settings: object) -> Paper:
    """A venue on `folder` with open orders of several kinds, trades and a cancelled order."""
    paper = Paper(folder, now=now, **settings)
    for _ in range(5):
        number += 1
        paper.place(f"m{number}", "buy" if number % 2 else "sell", "0.02")
        paper.place(f"l{number}", "buy", "0.01", limit=f"{50000 + number}")
        paper.place(f"s{number}", "sell", "0.01", kind=OrderKind.STOP, trigger="40000")
        paper.place(f"t{number}", "sell", "0.01", kind=OrderKind.TRAILING, trail="9000")
        paper.place(f"c{number}", "buy", "0.01", limit="45000")
        paper.cancel(f"c{number}")
        paper.run(2)
    return paper


def left(paper: Paper) -> Paper:
    """The process is gone without a word."""
    keeper = paper.venue._keeper
    assert keeper is not None
    journal = keeper._journal
    assert isinstance(journal, FileJournal)
    os.close(journal._file)
    return paper


def without_time(state: VenueState) -> tuple[object, ...]:
    return state.orders, state.trades, state.balances


@pytest.mark.parametrize("segment_bytes", [1 << 12, 1 << 24])
def test_a_venue_goes_on_where_it_ended(tmp_path: Path, segment_bytes: int) -> None:
    paper = traded(tmp_path, segment_bytes=segment_bytes)
    told, number = paper.state(), 5
    for _ in range(3):
        left(paper)
        paper = Paper(tmp_path, now=paper.now + SECOND, segment_bytes=segment_bytes)
        assert without_time(paper.state()) == without_time(told)
        for client_id, status in (("m1", "filled"), ("l1", "new"), ("s1", "new"), ("c1", "canceled")):
            assert paper.query(client_id)[0].status == status  # type: ignore[union-attr]
        paper = left(paper) and traded(tmp_path, now=paper.now + SECOND, number=number, segment_bytes=segment_bytes)
        told, number = paper.state(), number + 5


def test_a_clean_end_and_a_kill_lead_to_the_same_venue(tmp_path: Path) -> None:
    clean, killed = traded(tmp_path / "a"), left(traded(tmp_path / "b"))
    clean.venue.close()
    again = [Paper(tmp_path / name, now=clean.now + SECOND) for name in "ab"]
    assert without_time(again[0].state()) == without_time(again[1].state())
    assert killed.now == clean.now


def test_replaying_leads_to_the_exchange_that_was(tmp_path: Path) -> None:
    paper = traded(tmp_path)
    paper.state()
    was = paper.venue.hash()
    left(paper)
    floor = Floor(paper.venue.settings)
    assert keeping.Keeper(FileSegments(tmp_path), 1 << 24).recover(floor)
    assert floor.exchange.hash() == was


def test_the_crowd_goes_on_after_a_restart_where_the_price_was(tmp_path: Path) -> None:
    paper = traded(tmp_path)
    paper.run(30)
    paper.state()
    last = paper.venue._floor.last_price(0)
    assert last is not None
    left(paper)
    again = Paper(tmp_path, now=paper.now + SECOND)
    trades = [tick for tick in again.run(5) if isinstance(tick, TradeTick) and tick.symbol == "BTC/USDT"]
    assert abs(trades[0].price / last - 1) < 0.003
    assert trades[0].seq > 1 << 32


def test_trade_ids_never_come_twice(tmp_path: Path) -> None:
    seen: set[str] = set()
    now = START
    for run in range(4):
        paper = Paper(tmp_path, now=now)
        for number in range(5):
            paper.place(f"r{run}n{number}")
            ids = {fill.trade_id for fill in paper.heard(Filled)}
            assert not ids & seen
            seen |= ids
            paper.run(1)
        now = left(paper).now + SECOND


def test_disk_use_is_bounded(tmp_path: Path) -> None:
    paper = Paper(tmp_path, segment_bytes=1 << 14, orders_kept=50, trades_kept=50)
    sizes = []
    for number in range(200):
        paper.place(f"n{number}", "sell" if number % 2 else "buy")
        paper.run(1)
        sizes.append(sum(path.stat().st_size for path in tmp_path.iterdir()))
    assert len(FileSegments(tmp_path).numbers()) == 2
    assert max(sizes[150:]) < 1.3 * max(sizes[50:100])


def test_verify_finds_a_segment_that_is_missing(tmp_path: Path) -> None:
    paper = traded(tmp_path, segment_bytes=1 << 12)
    paper.venue.close()
    segments = FileSegments(tmp_path)

    def problems() -> list[str]:
        def read(number: int) -> Iterator[tuple[int, bytes]]:
            entries: list[tuple[int, bytes]] = []
            assert not verify_journal(tmp_path / f"{number:06d}.journal", lambda *e: entries.append(e)).problems
            return iter(entries)

        return keeping.verify(segments.numbers(), read)

    assert not problems()
    newest = segments.numbers()[-1]
    segments.drop(newest)
    assert problems() == [f"segment {newest} of the paper venue is missing"]
    with pytest.raises(DataError, match="missing"):
        Paper(tmp_path, now=paper.now)


def test_a_segment_that_was_just_begun_is_nothing(tmp_path: Path) -> None:
    paper = traded(tmp_path)
    told = paper.state()
    left(paper)
    FileSegments(tmp_path).open(FileSegments(tmp_path).numbers()[-1] + 1).close()
    assert without_time(Paper(tmp_path, now=paper.now + SECOND).state()) == without_time(told)


def test_a_folder_of_other_symbols_is_refused(tmp_path: Path) -> None:
    left(traded(tmp_path))
    with pytest.raises(DataError, match="other symbols"):
        Paper(tmp_path, pairs=PAIRS[:2], deposits={})


def test_a_second_owner_is_refused(tmp_path: Path) -> None:
    paper = traded(tmp_path)
    with pytest.raises(Exception, match="in use"):
        Paper(tmp_path, now=paper.now)


class FullDisk:
    """A journal that takes a number of batches and then fails."""

    def __init__(self, room: int) -> None:
        self.room = room

    def numbers(self) -> Sequence[int]:
        return ()

    def open(self, number: int) -> Journal:
        return self

    def drop(self, number: int) -> None:
        raise AssertionError

    def head(self) -> Head:
        return Head(0, b"")

    def append(self, bodies: Sequence[bytes]) -> Head:
        self.room -= 1
        if self.room < 0:
            raise StorageError("no space left")
        return self.head()

    def read(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        return iter(())

    def verify(self) -> list[str]:
        return []

    def close(self) -> None:
        pass


def test_when_its_disk_is_full_the_venue_is_gone_and_acknowledges_nothing() -> None:
    venue = build(Settings(), FullDisk(2), now=START)
    heard: list[object] = []
    venue.connect(heard.append)

    def order(client_id: str) -> PlaceOrder:
        amounts = {"quantity": Decimal("0.01"), "limit": Decimal(50000)}
        return PlaceOrder(
            client_id=client_id, symbol="BTC/USDT", side=Side.BUY, kind=OrderKind.LIMIT, ts=START, **amounts
        )

    venue.send(order("a"))
    assert [type(report) for report in heard] == [Accepted]
    heard.clear()
    venue.send(order("b"))
    venue.send(CancelPlaced(client_id="a", symbol="BTC/USDT", ts=START))
    assert [type(report) for report in heard] == [LineLost, Unanswered, Unanswered]
    venue.poll(START + SECOND)


CHILD = """
import sys
from pathlib import Path
from tests.unit.centers.matching.sample import Paper
from parrot.contracts.venue import Accepted, Filled

paper = Paper(Path(sys.argv[1]), now=int(sys.argv[2]), segment_bytes=1 << 14)
for number in range(100_000):
    name = f"{sys.argv[2]}n{number}"[-36:]
    limit = {} if number % 2 else {"limit": "50000"}
    for report in paper.place(name, "sell" if number % 4 == 1 else "buy", "0.0002", **limit):
        if isinstance(report, Accepted):
            print("accepted", report.client_id, flush=True)
        if isinstance(report, Filled):
            print("filled", report.trade_id, flush=True)
    if limit:
        paper.cancel(name)
        print("cancelled", name, flush=True)
    paper.run(0.1)
"""


@pytest.mark.parametrize("lines", [3, 40, 150])
def test_kill_9_loses_nothing_that_was_told(tmp_path: Path, lines: int) -> None:
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    command = [sys.executable, "-c", CHILD, str(tmp_path), str(START)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        told = [child.stdout.readline().split() for _ in range(lines)]
        child.send_signal(signal.SIGKILL)
        told += [line.split() for line in child.stdout if line.endswith("\n")]
    paper = Paper(tmp_path, now=START + 1000 * SECOND)
    state = paper.state()
    assert {found[1] for found in told if found[0] == "filled"} <= {trade.trade_id for trade in state.trades}
    for word, name in (found for found in told if found[0] != "filled"):
        (found,) = paper.query(name)
        assert found.status in ({"canceled"} if word == "cancelled" else {"new", "filled", "canceled"})  # type: ignore[union-attr]

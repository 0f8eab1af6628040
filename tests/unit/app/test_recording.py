"""A running platform's market data reach the lake by a thread that nobody waits for, and slow lakes cost little."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from parrot.adapters.journal.files import FileJournal
from parrot.adapters.lake.files import FileLake
from parrot.app.recording import MarketRecorder
from parrot.centers.market_data.live.session import SessionRecorder, opened, read_session
from parrot.ports.lake import SeriesKey
from tests.unit.centers.market_data.live.ticks import LISTING, MS, START, SYMBOL, at, market, snapshot, trade

KEY = SeriesKey("paper", SYMBOL, "trades")


class HeldLake(FileLake):
    """A lake that writes only when it is let."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.let = threading.Event()

    def write(self, key: SeriesKey, data: Any) -> None:
        self.let.wait(10)
        super().write(key, data)


def feed(recorder: MarketRecorder, numbers: range) -> None:
    live = market()
    live.take([trade(numbers.start, ms=numbers.start)], at(numbers.start))
    for number in numbers[1:]:
        recorder.take(live.take([trade(number)], at(number)), at(number))


def test_everything_is_in_the_lake_when_it_is_closed(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    recorder = MarketRecorder(lake, "paper", [LISTING], every=10 * MS)
    feed(recorder, range(1, 101))
    recorder.close(at(200))
    assert len(lake.read_ticks(KEY)) == recorder.rows == 99
    assert not recorder.failures
    assert recorder.waiting == 0


def test_books_stay_out_of_the_lake_unless_they_are_asked_for(tmp_path: Path) -> None:
    for kinds, wanted in ((None, ["trades"]), (("l2",), ["l2"])):
        lake = FileLake(tmp_path / str(kinds))
        recorder = MarketRecorder(lake, "paper", [LISTING], **({"kinds": kinds} if kinds else {}))
        recorder.take(market().take([trade(1), snapshot(1, (1, 9_995, 1), (-1, 10_005, 1))], at(1)), at(1))
        recorder.close(at(2))
        assert [entry.key.kind for entry in lake.entries()] == wanted


def test_nobody_waits_for_a_slow_lake_and_what_is_let_go_is_named(tmp_path: Path) -> None:
    lake = HeldLake(tmp_path)
    recorder = MarketRecorder(lake, "paper", [LISTING], every=10**18, most=10)
    feed(recorder, range(1, 203))
    assert recorder.waiting < 40
    lake.let.set()
    recorder.close(at(500))
    lost = sum(int(text.split()[0]) for text in recorder.failures)
    assert lost > 100
    assert len(lake.read_ticks(KEY)) + lost == 201


class BrokenLake(FileLake):
    """A lake with a defect."""

    def write(self, key: SeriesKey, data: Any) -> None:
        raise ZeroDivisionError("a defect")


def test_a_lake_that_fails_is_named_and_stops_nothing(tmp_path: Path) -> None:
    recorder = MarketRecorder(BrokenLake(tmp_path), "paper", [LISTING], every=10**18, most=10)
    feed(recorder, range(1, 30))
    recorder.close(at(40))
    assert set(recorder.failures) == {"the lake failed: a defect"}


def test_a_session_is_written_beside(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "one.journal", sync=False)
    session = SessionRecorder(journal, opened("one", "paper", [LISTING], START))
    recorder = MarketRecorder(FileLake(tmp_path / "lake"), "paper", [LISTING], session=session)
    feed(recorder, range(1, 11))
    recorder.close(at(20))
    found = read_session(journal)
    assert sum(len(batch.messages) for batch in found.batches()) >= 9
    assert found.closed


def test_what_was_kept_back_is_in_the_log_a_line_a_gate_at_most_every_ten_seconds(tmp_path: Path) -> None:
    recorder, live = MarketRecorder(FileLake(tmp_path), "paper", [LISTING]), market()
    with capture_logs() as said:
        for number in range(1, 30):
            bad = [trade(number, ms=1_000 * number), trade(number, ms=1_000 * number)]
            recorder.take(live.take([*bad, None], at(1_000 * number)), at(1_000 * number))
        recorder.close(at(30_000))
    lines = [
        (line["symbol"], line["kind"], line["gate"], line["count"]) for line in said if line["event"] == "kept back"
    ]
    assert lines == [
        (symbol, kind, gate, count)
        for count in (1, 10, 10, 8)
        for symbol, kind, gate in ((SYMBOL, "trade", "duplicate"), ("", "raw", "malformed"))
    ]

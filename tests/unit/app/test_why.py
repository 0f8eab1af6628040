"""`parrot why` on a journal in which one strategy noted a great deal."""

from __future__ import annotations

import json
import time

from parrot.adapters.journal.files import FileJournal
from parrot.app.cli import session
from parrot.app.desk import encode
from parrot.contracts.message import Entry
from parrot.contracts.records import DecisionNoted, StrategyStarted

MANY = 30_000


def journal(folder, now):
    made = FileJournal(folder / "desk.journal", sync=False)
    note = DecisionNoted(strategy="spam", symbol="A/B", order_id=0, gate="account", passed=False, text="no", decided=1)
    records = [StrategyStarted(strategy="spam", by="ann"), *[note] * MANY]
    made.append([encode(Entry(at, now - 60 * 10**9 + at, 0, record)) for at, record in enumerate(records, 1)])
    made.close()


def test_the_newest_stand_first_and_the_others_are_counted_within_seconds(tmp_path, capsys):
    journal(tmp_path, time.time_ns())
    begun = time.monotonic()
    session.why("spam", data=tmp_path)
    took = time.monotonic() - begun
    lines = capsys.readouterr()
    assert lines.out.count("account") == 100
    assert "29,901 older ones are left out" in lines.err
    assert took < 5


def test_as_json_the_newest_stand_first(tmp_path, capsys):
    journal(tmp_path, time.time_ns())
    session.why("spam", data=tmp_path, limit=2, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert [gate["seq"] for gate in told["gates"]] == [MANY + 1, MANY, 0]
    assert told["left_out"] == MANY - 1

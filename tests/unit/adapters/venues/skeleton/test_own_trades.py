"""Own trades keep their numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from parrot.adapters.journal.files import FileJournal
from parrot.adapters.venues.skeleton.own_trades import OVERLAP, OwnTrades
from parrot.kernel.errors import DataError
from tests.unit.adapters.venues.skeleton.news import trade

SECOND = 1_000_000_000


def given(trades, *names):
    return trades.add((trade(name), "a") for name in names)


def test_a_trade_is_counted_once_and_numbered_as_it_came():
    trades = OwnTrades(None, opened=0)
    assert [fill.number for fill in given(trades, "5", "3", "5")] == [1, 2]
    assert not given(trades, "3")
    assert [fill.trade_id for fill in trades.after(1)] == ["3"]


def test_numbers_outlive_the_process(tmp_path: Path):
    journal = FileJournal(tmp_path / "own.journal", sync=False)
    trades = OwnTrades(journal, opened=100 * SECOND)
    given(trades, "5", "3")
    trades.read_until({"BTC/USDT": "5"}, 200 * SECOND)
    journal.close()
    again = OwnTrades(FileJournal(tmp_path / "own.journal", sync=False), opened=900 * SECOND)
    assert (again.number, [fill.trade_id for fill in again.after(0)]) == (2, ["5", "3"])
    assert [fill.number for fill in given(again, "3", "9")] == [3]
    assert (again.cursor("BTC/USDT").trade_id, again.cursor("BTC/USDT").since) == ("5", 200 * SECOND - OVERLAP)


def test_before_anything_was_read_the_history_is_wanted_from_the_very_beginning(tmp_path: Path):
    journal = FileJournal(tmp_path / "own.journal", sync=False)
    OwnTrades(journal, opened=100 * SECOND)
    assert OwnTrades(journal, opened=900 * SECOND).cursor("BTC/USDT").since == 100 * SECOND - OVERLAP


def test_what_is_no_trade_in_the_journal_is_named(tmp_path: Path):
    journal = FileJournal(tmp_path / "own.journal", sync=False)
    journal.append([b"no trade"])
    with pytest.raises(DataError, match="entry 1"):
        OwnTrades(journal, opened=0)

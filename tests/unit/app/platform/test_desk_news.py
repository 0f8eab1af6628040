"""What the stream tells of the desk is what the history holds, also while the history is behind."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.app.platform.desk_news import LOGS, DeskNews
from parrot.app.platform.history import History, history_of
from parrot.contracts import records
from parrot.contracts.history import ENDED
from tests.unit.app.platform.lives import Log, lives, received

KEPT = 500


def told(news: DeskNews) -> dict[str, Any]:
    """Each channel's state as plain rows."""
    states = {name: [_plain(row) for row in news.state(name)] for name in LOGS}
    return states | {"orders": {row.order_id: row for row in news.state("orders")}}


def _plain(row: Any) -> Any:
    return msgspec.json.decode(bytes(row) if isinstance(row, msgspec.Raw) else msgspec.json.encode(row))


def truth(history: History) -> dict[str, Any]:
    """The same out of the history once it has everything."""
    assert history.settle(10)
    news = DeskNews(history, KEPT)
    news.begin(history.reader.standing(KEPT, KEPT))
    return told(news)


def begun(history: History) -> DeskNews:
    news = DeskNews(history, KEPT)
    news.on = True
    assert history.settle(10)
    news.begin(history.reader.standing(KEPT, KEPT))
    return news


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), begin=st.integers(0, 80), sizes=st.lists(st.integers(1, 30), max_size=6))
def test_followed_beside_a_history_that_stands_still_it_is_what_the_history_becomes(
    tmp_path_factory: pytest.TempPathFactory, seed: int, begin: int, sizes: list[int]
) -> None:
    log, path = lives(seed, 25), tmp_path_factory.mktemp("news") / "h.sqlite"
    rest = log.entries[min(begin, log.seq) :]
    held = Log()
    held.entries = log.entries[: log.seq - len(rest)]
    with history_of(path, held.read, held.seq) as history:
        news = begun(history)
        while rest:
            size = sizes.pop() if sizes else len(rest)
            news.heard(rest[:size])
            rest = rest[size:]
            list(news.take(100))
        assert not news.behind
        held.entries = log.entries
        history.heard(log.entries[-1:])
        assert told(news) == truth(history)


def test_every_state_of_an_order_is_told_in_order(tmp_path: Path) -> None:
    log = Log()
    with history_of(tmp_path / "h.sqlite", log.read, 0) as history:
        news = begun(history)
        entries = log.add(received(1, Random(1)))
        order_id = entries[0].seq
        entries += log.add(
            records.OrderSent(order_id=order_id, client_id="c", attempt=1, quantity=Decimal(1)),
            records.OrderAccepted(order_id=order_id, client_id="c", venue_id="v", venue_ts=1),
            records.OrderCanceled(order_id=order_id, by="user", reason="x"),
        )
        news.heard(entries)
        (change,) = [change for change in news.take(10) if change[0] == "orders"]
        assert [row.status for row in change[1]] == ["new", "sent", "accepted", "canceled"]


def test_what_had_no_room_makes_it_begin_anew(tmp_path: Path) -> None:
    log = lives(1, 30)
    with history_of(tmp_path / "h.sqlite", log.read, 0) as history:
        news = begun(history)
        news.heard(log.entries[3:5])
        assert list(news.take(10)) == []
        assert news.behind


def test_orders_that_ended_go_once_newer_ones_have_and_never_untold(tmp_path: Path) -> None:
    log = Log()
    with history_of(tmp_path / "h.sqlite", log.read, 0) as history:
        news = DeskNews(history, 3)
        news.on = True
        assert history.settle(10)
        news.begin(history.reader.standing(3, 3))
        seen: set[int] = set()
        for number in range(10):
            entries = log.add(received(number, Random(number)))
            entries += log.add(records.OrderCanceled(order_id=entries[0].seq, by="user", reason="x"))
            news.heard(entries)
            for name, put, gone in news.take(10):
                if name == "orders":
                    assert set(gone) <= seen
                    assert put[-1].status in ENDED
                    seen |= {row.order_id for row in put}
        assert len(news.state("orders")) == 4  # three that ended, and the one told just now

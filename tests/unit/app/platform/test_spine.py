"""A turn of the platform: what the kill file says holds as long as it is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from parrot.app.desk import Desk
from parrot.app.platform.platform import Platform
from parrot.app.platform.spine import BEAT_NS, Parts, Spine
from parrot.centers.risk import manifest as risk
from parrot.contracts.commands import Quoted, RearmKill
from parrot.contracts.records import KillEngaged, KillRearmed
from parrot.contracts.ticks import BarClosed, TradeTick
from parrot.kernel.errors import BusyError, StorageError
from parrot.ports.journal import EMPTY_DIGEST, Head


class Nowhere:
    """A journal that keeps nothing."""

    def head(self) -> Head:
        return Head(0, EMPTY_DIGEST)

    def append(self, bodies: Sequence[bytes]) -> Head:
        return self.head()

    def read(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        return iter(())

    def verify(self) -> list[str]:
        return []

    def close(self) -> None:
        pass


def make_spine(flag: list[str]) -> tuple[Spine, list[Any]]:
    """A spine with risk alone; `flag` holds the text of the kill file, where there is one."""
    desk, told = Desk([risk.build([])], Nowhere(), lambda request: None), []
    desk.watchers.append(lambda entries: told.extend(type(entry.record) for entry in entries))
    flow = SimpleNamespace(asks=(), quoted=(), messages=())
    parts: Any = {
        "desk": desk,
        "venue": SimpleNamespace(),
        "feed": SimpleNamespace(poll=lambda now: ()),
        "market": SimpleNamespace(take=lambda ticks, now: flow),
        "hosts": SimpleNamespace(collect=lambda take, now: 0, beat=lambda now: None),
        "flagged_kills": lambda: [kill for text in flag for kill in risk.kills_of(text)],
        "record": lambda flow, now: None,
        "beat": lambda now: None,
    }
    return Spine(Parts(**parts)), told


@pytest.mark.parametrize("text", ["", "symbol:BTC/USDT flatten"])
def test_a_kill_file_engages_once_and_again_when_it_is_re_armed_while_it_is_there(text):
    spine, told = make_spine([text])
    for turn in range(1, 4):
        spine.turn(turn * BEAT_NS)
    assert told == [KillEngaged]
    spine.ask(RearmKill(scope=text.removesuffix(" flatten") or "all", by="ann"))
    spine.turn(3 * BEAT_NS + 1)  # between two beats
    assert told == [KillEngaged, KillRearmed, KillEngaged]


def test_a_kill_file_that_is_taken_away_re_arms_nothing_and_stops_nothing_again():
    flag = [""]
    spine, told = make_spine(flag)
    spine.turn(BEAT_NS)
    flag.clear()
    spine.turn(2 * BEAT_NS)
    assert told == [KillEngaged]
    spine.ask(RearmKill(by="ann"))
    spine.turn(3 * BEAT_NS)
    assert told == [KillEngaged, KillRearmed]


def trade(symbol: str, seq: int) -> TradeTick:
    return TradeTick(symbol=symbol, seq=seq, ts=seq, received=seq, price=100, size=1)


def quoted(symbol: str, *, valid: bool) -> Quoted:
    return Quoted(symbol=symbol, ts=1, received=1, bid=Decimal(99), ask=Decimal(101), last=Decimal(100), valid=valid)


def test_strategies_get_ticks_of_a_symbol_from_its_first_valid_quote_on_and_bars_always():
    spine, _ = make_spine([])
    offered: list[Any] = []
    spine.parts.hosts.offer = lambda messages, now: offered.extend(messages)
    bar = BarClosed(
        symbol="ETH/USDT", kind="time", step=1, ts=0, close_ts=1, open=1, high=1, low=1, close=1, volume=1, trades=1
    )
    given = [[bar, trade("ETH/USDT", 1)], [trade("BTC/USDT", 1), trade("ETH/USDT", 2)], [trade("ETH/USDT", 3)]]
    told = [quoted("ETH/USDT", valid=False)], [quoted("BTC/USDT", valid=True)], [quoted("ETH/USDT", valid=True)]
    again = [trade("BTC/USDT", 2), trade("ETH/USDT", 4)]
    turns = [*zip(given, told, strict=True), (again, [quoted("ETH/USDT", valid=False)])]
    for now, (messages, quotes) in enumerate(turns):
        flow: Any = SimpleNamespace(asks=(), quoted=quotes, messages=messages)
        spine.parts.market.take = partial(lambda flow, ticks, now: flow, flow)
        spine.turn(now)
    assert offered == [bar, trade("BTC/USDT", 1), trade("ETH/USDT", 3), *again]


def test_an_act_whose_turn_does_not_come_is_not_done_later(monkeypatch):
    monkeypatch.setattr("parrot.app.platform.platform._LATEST_S", 0.01)
    spine, _ = make_spine([])
    nowhere: Any = SimpleNamespace(root=Path())
    unused: Any = SimpleNamespace()
    platform, done = Platform(unused, spine, nowhere, unused, unused, unused), []
    with pytest.raises(BusyError, match="not done"):
        platform.act(lambda _: done.append("late"))
    spine.turn(BEAT_NS)
    assert done == []


def test_who_asks_when_there_are_no_more_turns_hears_it_at_once():
    spine, told = make_spine([])
    waiting, gone = spine.ask(RearmKill(by="ann", reason="now")), spine.read(list)
    gone.cancel()
    spine.close()
    for asked in (waiting, spine.read(list), spine.ask(RearmKill(by="ann", reason="late"))):
        with pytest.raises(StorageError, match="this Parrot stops"):
            asked.result(0)
    spine.turn(BEAT_NS)
    assert told == []

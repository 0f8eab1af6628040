"""Live market data in a process of its own: 50,000 ticks a second through gates, bars, a strategy and the recorder.

Arguments: seconds, ticks a second, folder. Half of the ticks are trades, half quotes, of four symbols, from a seed.
The recorder writes a session to a journal on the disk; the strategy is given every message over a bounded queue, packed
and unpacked as for a process of its own, and keeps an average of each symbol's price.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from array import array
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from clock import answer

from parrot.adapters.feeds import Pace, Recording, ReplayFeed, generated
from parrot.adapters.journal.files import FileJournal
from parrot.app.wiring import market_data
from parrot.centers.market_data.generator import Recipe
from parrot.centers.market_data.live import BarRule, LiveMarket, LiveSettings
from parrot.centers.market_data.live.session import SessionRecorder, opened, read_session
from parrot.contracts.sessions import MarketBatch
from parrot.contracts.ticks import BarClosed, QuoteTick, TradeTick

SECOND = 1_000_000_000
SYMBOLS = ("ALDER", "BIRCH", "CEDAR", "MAPLE")
RULES = (BarRule("time", SECOND), BarRule("tick", 1_000), BarRule("volume", 10**12), BarRule("dollar", 200_000))
TURN_NS = 1_000_000  # a loop that finds nothing to do waits so long


class Average:
    """The strategy: an exponential average of each symbol's middle, and a decision with each trade."""

    def __init__(self) -> None:
        self.averages: dict[str, float] = {}
        self.decisions = self.bars = 0

    def take(self, messages: list[Any]) -> None:
        for message in messages:
            if isinstance(message, QuoteTick):
                middle = (message.bid + message.ask) * 0.5
                before = self.averages.get(message.symbol, middle)
                self.averages[message.symbol] = before + 0.01 * (middle - before)
            elif isinstance(message, TradeTick):
                self.decisions += message.price > self.averages.get(message.symbol, 0.0)
            else:
                self.bars += 1


class Line:
    """Feed, live market, strategy and recorder, as the platform's loop drives them."""

    def __init__(self, recordings: list[Recording], folder: Path) -> None:
        self.feed = ReplayFeed(recordings)
        self.market = LiveMarket(self.feed.listings(), LiveSettings(bars=RULES))
        self.queue = self.market.subscribe("strategy", ("trade", "quote", "bar"))
        self.journal = FileJournal(folder / "session.journal")
        self.session = SessionRecorder(self.journal, opened("bench", "made", self.feed.listings(), self.feed.span[0]))
        self.strategy = Average()
        self.quarantined = self.quoted = 0
        self.bars: list[BarClosed] = []
        self._pack = msgspec.msgpack.Encoder().encode
        self._unpack = msgspec.msgpack.Decoder(list[TradeTick | QuoteTick | BarClosed]).decode

    def turn(self, now: int) -> int:
        """Everything that came up to `now`; says how many ticks."""
        incoming = self.feed.poll(now)
        flow = self.market.take(incoming, now)
        self.session.take(flow, now)
        self.strategy.take(self._unpack(self._pack(self.queue.take())))
        self.bars += [message for message in flow.messages if message.__class__ is BarClosed]
        self.quarantined += len(flow.quarantined)
        self.quoted += len(flow.quoted)
        return len(incoming)


def memory_mb() -> float:
    """Resident memory of this process."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def market(seconds: int, rate: int) -> list[Recording]:
    """Trades and quotes of all symbols, `rate` of them a second."""
    recipe = Recipe(symbols=SYMBOLS, bars=seconds, timeframe=SECOND, prices=(100.0, 40.0, 2_500.0, 12.0), seed=5)
    return generated(market_data().demo(recipe), seed=5, trades=rate // (2 * len(SYMBOLS)))


def paced(line: Line) -> tuple[array[int], array[int], list[float]]:
    """Runs in real time; ticks of each turn, when they were done (recorded time), and memory every second."""
    counts, done = array("q"), array("q")
    memory: list[float] = []
    start, end = line.feed.span
    pace = Pace(start, time.monotonic_ns())
    while line.feed.due() is not None:
        now = pace.now(time.monotonic_ns())
        count = line.turn(now)
        if count:
            counts.append(count)
            done.append(pace.now(time.monotonic_ns()))
        else:
            time.sleep(TURN_NS / SECOND)
        if (now - start) // SECOND > len(memory):
            memory.append(memory_mb())
    line.session.close(end)
    return counts, done, memory


def unpaced(recordings: list[Recording], folder: Path) -> float:
    """Processor seconds for all ticks in steps of a millisecond, as fast as it goes."""
    line = Line(recordings, folder)
    start, end = line.feed.span
    begin = time.process_time()
    for now in range(start, end + TURN_NS, TURN_NS):
        line.turn(now)
    spent = time.process_time() - begin
    line.journal.close()
    return spent


def plain_bars(recording: Recording, rule: BarRule) -> list[tuple[int, ...]]:
    """Another reading of the rules for bars: open time, open, high, low, close, volume, trades; complete ones only."""
    rows, found = recording.trades, []
    assert rows is not None
    scale = 10 ** (rows.price_decimals - recording.listing.price_decimals)
    lots = 10 ** (8 - rows.size_decimals)
    trades = [
        *zip(rows.ts.tolist(), (rows.price_ticks // scale).tolist(), (rows.size_lots * lots).tolist(), strict=True)
    ]
    cuts = _time_cuts(trades, rule.step) if rule.kind == "time" else _event_cuts(trades, rule, recording.listing)
    for first, last in pairwise(cuts):
        part = trades[first:last]
        prices = [price for _, price, _ in part]
        ts = part[0][0] // rule.step * rule.step if rule.kind == "time" else part[0][0]
        size = sum(size for _, _, size in part)
        found.append((ts, prices[0], max(prices), min(prices), prices[-1], size, len(part)))
    return found


def _time_cuts(trades: list[tuple[int, int, int]], step: int) -> list[int]:
    changes = [row for row in range(1, len(trades)) if trades[row][0] // step != trades[row - 1][0] // step]
    return [0, *changes]


def _event_cuts(trades: list[tuple[int, int, int]], rule: BarRule, listing: Any) -> list[int]:
    cuts, filled = [0], 0
    target = rule.step * (10 ** (listing.price_decimals + 8) if rule.kind == "dollar" else 1)
    for row, (_, price, size) in enumerate(trades, start=1):
        filled += {"tick": 1, "volume": size, "dollar": price * size}[rule.kind]
        if filled >= target:
            cuts.append(row)
            filled = 0
    return cuts


def differences(recordings: list[Recording], bars: list[BarClosed]) -> int:
    """Series whose bars are not those of the plain reading."""
    wrong = 0
    for recording in recordings:
        for rule in RULES:
            made = [b for b in bars if (b.symbol, b.kind, b.step) == (recording.symbol, rule.kind, rule.step)]
            found = [(b.ts, b.open, b.high, b.low, b.close, b.volume, b.trades) for b in made]
            wrong += found != plain_bars(recording, rule)
    return wrong


def recorded(folder: Path) -> tuple[int, bool]:
    """Ticks in the session that was written, and whether it ended well."""
    journal = FileJournal(folder / "session.journal")
    session = read_session(journal)
    ticks = sum(not isinstance(m, BarClosed) for b in session.batches() for m in _market(b))
    journal.close()
    return ticks, session.closed


def _market(batch: MarketBatch) -> list[Any]:
    return [message for message in batch.messages if isinstance(message, TradeTick | QuoteTick | BarClosed)]


def main(seconds: int, rate: int, folder: Path) -> None:
    recordings = market(seconds, rate)
    (folder / "unpaced").mkdir()
    spent = unpaced(recordings, folder / "unpaced")
    (folder / "unpaced" / "session.journal").unlink()
    line = Line(recordings, folder)
    gc.collect()
    before = time.process_time()
    counts, done, memory = paced(line)
    used = time.process_time() - before
    line.journal.close()
    due = np.sort(np.concatenate([stream.due for recording in recordings for stream in recording.streams()]))
    lag = np.repeat(done, counts) - due
    ticks, closed = recorded(folder)
    answer(
        ticks=len(due),
        per_second=len(due) / ((done[-1] - line.feed.span[0]) / SECOND),
        busy=used / seconds,
        most_per_second=len(due) / spent,
        lag_ms={str(q): float(np.percentile(lag, q)) / 1e6 for q in (50, 99, 100)},
        memory_mb=memory,
        growth_mb=max(memory[len(memory) // 2 :]) - max(memory[: len(memory) // 2]),
        wrong_bars=differences(recordings, line.bars),
        bars=len(line.bars),
        strategy_bars=line.strategy.bars,
        quarantined=line.quarantined,
        lost=line.queue.lost.total(),
        conflated=line.queue.conflated,
        recorded=ticks,
        closed=closed,
        quoted=line.quoted,
        load=os.getloadavg()[0],
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))

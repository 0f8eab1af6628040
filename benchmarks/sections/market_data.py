"""Live market data in real time: ticks through gates, bars, a strategy and the recorder, and their results checked."""

import asyncio
import time
from typing import Any

import numpy as np
import tape
from bench import Bench, close
from clock import seconds
from table import EQUAL, Row

from parrot.adapters.feeds import Recording, ReplayFeed
from parrot.adapters.importers import read_trades
from parrot.centers.market_data.live import BarRule, LiveMarket, LiveSettings
from parrot.contracts.ticks import BarClosed, TradeTick

TITLE = "Live market data: gates, bars by time, trades, volume and value, one strategy, a recorded session"
RATE = 50_000  # ticks a second
SECONDS = 30
LAG_MS, GROWTH_MB = 50, 5
QUEUED = 200_000
TRADES, BATCH = 200_000, 50
TRADES_A_BAR, SIZE_A_BAR, VALUE_A_BAR = 1_000, 1_000, 200_000


def measure(bench: Bench) -> list[Row]:
    """All rows of the section."""
    length = bench.size(SECONDS) + 2
    found = bench.fresh("live_market", length, RATE, bench.folder)
    if "missing" in found:
        return [Row("live market data failed", None, "", checked=found["missing"])]
    checked = _verdict(found)
    name = f"{RATE:,} ticks/s for {length} s"
    return [
        Row(f"{name}: sustained", found["per_second"], "ticks/s", RATE * 0.99, checked=checked, rate=True),
        Row(f"{name}: lag, 99 of 100", found["lag_ms"]["99"], "ms", LAG_MS, checked=f"load {found['load']:.1f}"),
        Row(f"{name}: lag, median", found["lag_ms"]["50"], "ms"),
        Row(f"{name}: lag, longest", found["lag_ms"]["100"], "ms"),
        Row(f"{name}: share of one core", found["busy"] * 100, "%", 100, checked="feed, strategy and fsync included"),
        Row(f"{name}: memory", max(found["memory_mb"]), "MB"),
        Row(f"{name}: memory, second half over first", found["growth_mb"], "MB", GROWTH_MB),
        Row("as fast as it goes, processor time", found["most_per_second"], "ticks/s", RATE, rate=True),
        Row("floor: one object through an asyncio queue", _queued(bench), "objects/s", rate=True),
        _beside(bench),
    ]


def _verdict(found: dict[str, Any]) -> str:
    """What was compared: bars with a plain reading of their rules, the session with what was sent."""
    faults = {
        "series of bars differ": found["wrong_bars"],
        "kept back": found["quarantined"],
        "lost": found["lost"] + found["conflated"],
        "not recorded": found["ticks"] - found["recorded"],
        "bars not handed over": found["bars"] - found["strategy_bars"],
        "session without its end": int(not found["closed"]),
    }
    wrong = [f"{count} {what}" for what, count in faults.items() if count]
    return ", ".join(wrong) or f"{EQUAL}: {found['bars']:,} bars, {found['recorded']:,} ticks read back"


def _queued(bench: Bench) -> float:
    """Objects a second from a producer to a consumer that only counts: what asyncio itself costs."""
    count = bench.size(QUEUED)
    begin = time.process_time()
    assert asyncio.run(_through(count)) == count
    return count / (time.process_time() - begin)


async def _through(count: int) -> int:
    queue: asyncio.Queue[object] = asyncio.Queue(1_000)

    async def produce() -> None:
        for number in range(count):
            await queue.put(number)

    producer = asyncio.create_task(produce())
    for _ in range(count):
        await queue.get()
    await producer
    return count


class Average:
    """The strategy of the comparison: the same arithmetic as the peer's."""

    def __init__(self) -> None:
        self.average, self.decisions, self.bars, self.closes = 0.0, 0, 0, 0

    def on_trade(self, trade: TradeTick) -> None:
        """A decision with each trade."""
        price = float(trade.price)
        self.average += 0.01 * (price - self.average)
        self.decisions += price > self.average

    def on_bar(self, bar: BarClosed) -> None:
        """Adds up the closes of the bars of a thousand trades."""
        if bar.kind == "tick":
            self.bars += 1
            self.closes += bar.close


def _beside(bench: Bench) -> Row:
    """Trades through the gates, bars by trades, volume and value, and a strategy, beside a peer's data engine."""
    raw = tape.trades(bench.size(TRADES))
    feed = ReplayFeed([Recording("BTCUSDT", trades=read_trades(raw, symbol="BTCUSDT"))])
    decimals = feed.listings()[0].price_decimals
    ticks = list(feed.poll(int(raw["ts"][-1])))
    rules = (BarRule("tick", TRADES_A_BAR), BarRule("volume", SIZE_A_BAR * 10**8), BarRule("dollar", VALUE_A_BAR))
    last: list[Average] = []

    def work() -> None:
        market = LiveMarket(feed.listings(), LiveSettings(bars=rules))
        queue = market.subscribe("strategy", ("trade", "bar"))
        strategy = Average()
        for start in range(0, len(ticks), BATCH):
            part = ticks[start : start + BATCH]
            market.take(part, part[-1].ts)
            for message in queue.take():
                if message.__class__ is TradeTick:
                    strategy.on_trade(message)
                else:
                    strategy.on_bar(message)
        last[:] = [strategy]

    time_ours, _ = seconds(work, bench.repeats(5))
    ours, what = last[0], f"{len(ticks):,} trades, three kinds of bars, a strategy"
    answer = bench.peer(
        "nautilus_live",
        bench.store(f"trades_{len(ticks)}", {name: np.asarray(column) for name, column in raw.items()}),
        bench.repeats(5),
        TRADES_A_BAR,
        SIZE_A_BAR,
        VALUE_A_BAR,
    )
    rate = len(ticks) / time_ours
    if "missing" in answer:
        return Row(what, rate, "trades/s", peer="nautilus_trader", checked=answer["missing"], rate=True)
    same = ours.bars == answer["bars"] and close(ours.closes / 10**decimals, answer["closes"])
    return Row(
        what,
        rate,
        "trades/s",
        peer=f"nautilus_trader {answer['version']} data engine",
        theirs=len(ticks) / answer["seconds"],
        checked=f"{EQUAL}: closes of {ours.bars} bars" if same else f"differs: {answer['bars']} bars, not {ours.bars}",
        same=same,
        rate=True,
    )

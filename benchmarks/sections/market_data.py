"""Live market data in real time: ticks through gates, bars, a strategy and the recorder, and their results checked."""

import asyncio
import time
from typing import Any

from bench import Bench
from table import EQUAL, Row

TITLE = "Live market data: gates, bars by time, trades, volume and value, one strategy, a recorded session"
RATE = 50_000  # ticks a second
SECONDS = 30
LAG_MS, GROWTH_MB = 50, 5
QUEUED = 200_000


def measure(bench: Bench) -> list[Row]:
    """All rows of the section."""
    seconds = bench.size(SECONDS) + 2
    found = bench.fresh("live_market", seconds, RATE, bench.folder)
    if "missing" in found:
        return [Row("live market data failed", None, "", checked=found["missing"])]
    checked = _verdict(found)
    name = f"{RATE:,} ticks/s for {seconds} s"
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

"""The live spine: from a tick to the venue's answer, the ledger, and starting again, beside a node and a bare floor."""

import asyncio
import shutil
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import order_path
from bench import Bench
from order_path import OrderPath, share
from table import EQUAL, Row

from parrot.adapters.journal.files import FileJournal
from parrot.app.desk import Desk
from parrot.centers.capital import manifest as capital
from parrot.contracts.commands import Side
from parrot.contracts.records import OrderFilled
from parrot.contracts.venue import Filled

TITLE = "Spine: one process; tick, gates, strategy, risk, journal, venue, ledger; synced rows are wall time"
ORDERS, FILLS, RECORDS = 3_000, 20_000, 1_000_000
ANSWER_US, DURABLE_US, DURABLE_P99_US = 300, 700, 3_000
POSTINGS, RESTART_S, SNAPSHOT_S = 20_000, 60, 3


def measure(bench: Bench) -> list[Row]:
    """All rows of the section."""
    return _answers(bench) + _floor(bench) + _ledger(bench) + _restart(bench)


# -- from a tick to the venue's answer ---------------------------------------------------------------------------------


def _answers(bench: Bench) -> list[Row]:
    count = bench.size(ORDERS)
    plain, said = _run(bench.folder / "plain", count, sync=False)
    durable, said_too = _run(bench.folder / "durable", count, sync=True, venue_sync=False)
    both, said_both = _run(bench.folder / "both", count, sync=True)
    node = bench.peer("nautilus_sandbox", count)
    peer, same = "", False
    if "missing" in node:
        node = {"p50_us": None, "p99_us": None, "missing": node["missing"]}
    else:
        peer = f"nautilus sandbox {node['version']}"
        same = said == EQUAL and node["orders"] == node["fills"] == count
    checked = f"{said}: accepted, filled, rebuilt" if said == EQUAL else said
    theirs = {"peer": peer, "same": same}
    sync = _sync_us(bench.folder)
    bare, safe, twice = "no sync", "journal synced", "and the paper venue's journal too"
    return [
        Row(
            f"tick to answer, {bare}: median",
            plain[0],
            "us",
            ANSWER_US,
            checked=checked,
            theirs=node["p50_us"],
            **theirs,
        ),
        Row(f"tick to answer, {bare}: 99 of 100", plain[1], "us", theirs=node["p99_us"], **theirs),
        Row(f"the answer in the journal, {bare}: median", plain[2], "us"),
        Row(f"tick to answer, {safe}: median", durable[0], "us", DURABLE_US, checked=said_too),
        Row(f"tick to answer, {safe}: 99 of 100", durable[1], "us", DURABLE_P99_US),
        Row(f"{twice}: median", both[0], "us", DURABLE_US, checked=said_both),
        Row(f"{twice}: 99 of 100", both[1], "us", DURABLE_P99_US),
        Row("one batch written and synced: median", sync, "us", checked="of this disk"),
    ]


def _run(
    folder: Path, count: int, *, sync: bool, venue_sync: bool | None = None
) -> tuple[tuple[float, float, float], str]:
    path = OrderPath(folder, sync=sync, venue_sync=venue_sync)
    timed = order_path.timed(path, count)
    wrong = path.wrong() or (f"{len(timed.answered)} answers" if len(timed.answered) != count else "")
    path.close()
    shutil.rmtree(folder)
    found = share(timed.answered, 0.5), share(timed.answered, 0.99), share(timed.recorded, 0.5)
    return found, wrong or EQUAL


def _sync_us(folder: Path) -> float:
    journal, spent = FileJournal(folder / "alone.journal"), []
    for _ in range(300):
        begin = time.perf_counter_ns()
        journal.append([bytes(600)])
        spent.append(time.perf_counter_ns() - begin)
    journal.close()
    return share(spent, 0.5)


# -- a bare asyncio floor ----------------------------------------------------------------------------------------------


def _floor(bench: Bench) -> list[Row]:
    spent = asyncio.run(_bare(bench.size(20_000)))
    text = "three tasks and three queues; nothing checked, kept or booked"
    return [Row("floor: asyncio from a tick to an answer: median", share(spent, 0.5), "us", checked=text)]


async def _bare(count: int) -> list[int]:
    """Feed to strategy to venue and back over queues: what any asyncio program pays before it does anything."""
    ticks: asyncio.Queue[int] = asyncio.Queue()
    orders: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def strategy() -> None:
        while True:
            await orders.put({"key": await ticks.get(), "side": "buy", "quantity": "0.001"})

    async def venue() -> None:
        while True:
            await answers.put({"accepted": (await orders.get())["key"]})

    tasks = [asyncio.ensure_future(strategy()), asyncio.ensure_future(venue())]
    spent = []
    for number in range(count):
        begin = time.perf_counter_ns()
        await ticks.put(number)
        answer = await answers.get()
        spent.append(time.perf_counter_ns() - begin)
        if answer["accepted"] != number:
            raise AssertionError(answer)
    for task in tasks:
        task.cancel()
    return spent


# -- the ledger --------------------------------------------------------------------------------------------------------


class Fills:
    """Makes an order and its fill of what it is given, so that capital has something to book."""

    name = "fills"

    def __init__(self) -> None:
        self.receives = {Filled: self._filled}
        self.answers: dict[type, Any] = {}
        self.follows: dict[type, Any] = {}

    def _filled(self, fill: Filled, now: int) -> Iterator[Any]:
        yield OrderFilled(order_id=2 - fill.number % 2, fill=fill, filled=fill.quantity, left=Decimal(1))

    def state(self) -> dict[str, Any]:
        return {}

    def load(self, state: Any) -> None:
        """Nothing is kept."""


def _ledger(bench: Bench) -> list[Row]:
    path = OrderPath(bench.folder / "listed", sync=False)
    listings = path.venue.listings()
    path.close()
    shutil.rmtree(bench.folder / "listed")
    count = bench.size(FILLS)
    journal = FileJournal(bench.folder / "ledger.journal")
    desk = Desk([Fills(), capital.build(listings)], journal, order_path.refuse)
    legs = _count_legs(desk)
    fills = [_fill(number) for number in range(1, count + 1)]
    begin = time.perf_counter()
    for start in range(0, count, 100):
        for fill in fills[start : start + 100]:
            desk.take(fill, order_path.START)
        desk.commit()
    spent = time.perf_counter() - begin
    again = Desk([Fills(), capital.build(listings)], journal, order_path.refuse)
    again.recover()
    same = again.state() == desk.state() and not legs["unbalanced"]
    journal.close()
    said = f"{EQUAL}: every transaction balanced, rebuilt the same" if same else "differs"
    each = f"{legs['legs'] / count:.1f} postings each"
    return [
        Row("ledger: postings, synced by 100 fills", legs["legs"] / spent, "1/s", POSTINGS, checked=said, rate=True),
        Row("ledger: fills booked", count / spent, "1/s", checked=each, rate=True),
    ]


def _count_legs(desk: Desk) -> dict[str, int]:
    found = {"legs": 0, "unbalanced": 0}

    def heard(entries: Any) -> None:
        for entry in entries:
            legs = getattr(entry.record, "legs", ())
            found["legs"] += len(legs)
            sums: dict[str, Decimal] = {}
            for leg in legs:
                sums[leg.currency] = sums.get(leg.currency, Decimal(0)) + leg.amount
            found["unbalanced"] += any(sums.values())

    desk.watchers.append(heard)
    return found


def _fill(number: int) -> Filled:
    buys = number % 2
    return Filled(
        client_id=f"c{number}",
        venue_id=str(number),
        symbol=order_path.SYMBOL,
        trade_id=str(number),
        number=number,
        side=Side.BUY if buys else Side.SELL,
        quantity=Decimal("0.01"),
        price=Decimal(60_000) + number % 100,
        fee=Decimal("0.00001") if buys else Decimal("0.6"),
        fee_currency="BTC" if buys else "USDT",
        maker=False,
        ts=order_path.START,
    )


# -- starting again ----------------------------------------------------------------------------------------------------


def _restart(bench: Bench) -> list[Row]:
    records = bench.size(RECORDS)
    path = OrderPath(bench.folder / "long", sync=False)
    path.play(lambda: path.desk.seq < records)
    booked, count = path.desk.state(), path.desk.seq
    whole = _rebuilt(path, booked, snapshots=False)
    begin = time.perf_counter()
    path.desk.save_snapshot()
    saved = time.perf_counter() - begin
    short = _rebuilt(path, booked, snapshots=True)
    size = (bench.folder / "long" / "desk.journal").stat().st_size / 1e6
    path.close()
    shutil.rmtree(bench.folder / "long")
    scale = RECORDS / count
    what = f"{count:,} records, {size:.0f} MB"
    return [
        Row(f"restart: {what}", whole[0], "s", RESTART_S / scale, checked=whole[1]),
        Row("restart: with a snapshot", short[0], "s", SNAPSHOT_S, checked=short[1]),
        Row("restart: the snapshot is written", saved, "s"),
    ]


def _rebuilt(path: OrderPath, booked: bytes, *, snapshots: bool) -> tuple[float, str]:
    """A desk opened as at a start, the journal's own recovery included."""
    path.journal.close()
    begin = time.process_time()
    path.journal = FileJournal(path.journal.path, sync=False)
    kept = path.snapshots if snapshots else None
    desk = Desk(order_path.parts(path.venue), path.journal, order_path.refuse, snapshots=kept)
    desk.recover()
    spent = time.process_time() - begin
    path.desk = Desk(order_path.parts(path.venue), path.journal, order_path.refuse, snapshots=path.snapshots)
    path.desk.load(path.journal.head(), booked)
    return spent, f"{EQUAL}: the state's bytes" if desk.state() == booked else "another state"
